"""Pure: what a page, style sheet or script refers to, and what else is judged of its body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from launchready_tui.model.questions import Page, Reference
from launchready_tui.probes.htmltokens import Tag, plain, tags

MAX_REFERENCES = 2_000
MAX_TRIED = 20_000
"""Different values that are made absolute at most, whether they are references or not."""

MAX_URL = 2_048
MAX_TITLE = 300
MAX_KEYS = 20

_SCHEMES = ("http", "https", "ws", "wss")
_NAMESPACES = ("www.w3.org", "schema.org", "json-schema.org", "ns.adobe.com")
"""Hosts of URLs that scripts carry as identifiers; nobody fetches them."""

_KEY = re.compile(r"(?<![A-Za-z0-9_])pk_(?:test|live)_[0-9A-Za-z]{4,128}")
_CSS_URL = re.compile(
    r"""url\(\s{0,16}(?:"([^"\n]{1,2048})"|'([^'\n]{1,2048})'|([^)\s"']{1,2048}))|@import\s{1,16}["']([^"'\n]{1,2048})""",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"""["'`]((?:(?:https?|wss?):)?(?:\\?/){2}(?:\\/|[^\s"'`<>\\]){1,2048})""", re.IGNORECASE)
_HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z0-9-]{2,63}|localhost|\[[0-9A-Fa-f:.]{2,45}\]")
_REFRESH = re.compile(r"[\d.\s]*[;,]\s{0,16}(?:url\s{0,16}=\s{0,16})?[\"']?([^\"']{1,2048})", re.IGNORECASE)

_ATTRIBUTE_ROLES = {
    ("a", "href"): "link",
    ("area", "href"): "link",
    ("form", "action"): "form",
    ("button", "formaction"): "form",
    ("input", "formaction"): "form",
    ("input", "src"): "image",
    ("script", "src"): "script",
    ("iframe", "src"): "frame",
    ("frame", "src"): "frame",
    ("img", "src"): "image",
    ("image", "href"): "image",
    ("image", "xlink:href"): "image",
    ("body", "background"): "image",
    ("video", "poster"): "image",
    ("video", "src"): "media",
    ("audio", "src"): "media",
    ("source", "src"): "media",
    ("track", "src"): "media",
    ("object", "data"): "object",
    ("embed", "src"): "object",
}
_LINK_ROLES = {
    "stylesheet": "style",
    "canonical": "canonical",
    "manifest": "manifest",
    "icon": "image",
    "apple-touch-icon": "image",
    "mask-icon": "image",
    "preload": "preload",
    "modulepreload": "preload",
    "prefetch": "preload",
}
_META_URLS = re.compile(r"(?:og|twitter):(?:url|image|video|audio)(?::(?:url|secure_url|src))?")


class _Reader:
    """Collects from one body; bounded, duplicates dropped, order kept."""

    def __init__(self, url: str) -> None:
        self.base = url
        self.rebased = False
        self.title = ""
        self.robots: list[str] = []
        self.password_field = False
        self.references: dict[Reference, None] = {}
        self.tried: set[tuple[str, str]] = set()
        self.cut = False

    def add(self, role: str, url: str) -> None:
        """Remember a reference, made absolute. What no client fetches (mailto:, data:, javascript:) is dropped."""
        if (role, url) in self.tried:
            return
        if len(self.references) >= MAX_REFERENCES or len(self.tried) >= MAX_TRIED:
            self.cut = True
            return
        self.tried.add((role, url))
        try:
            absolute = urldefrag(urljoin(self.base, url.strip())).url
            if urlsplit(absolute).scheme in _SCHEMES and urlsplit(absolute).hostname:
                self.references[Reference(role, absolute[:MAX_URL])] = None
        except ValueError:
            # An address like http://[: that no client can open.
            return

    def css(self, text: str) -> None:
        """Take url() and @import."""
        for found in _CSS_URL.finditer(text):
            self.add("css", plain(next(group for group in found.groups() if group)))

    def script(self, text: str) -> None:
        """Take string literals that look like absolute URLs, also with slashes escaped as in JSON."""
        for found in _LITERAL.finditer(text):
            url = found[1].replace("\\/", "/")
            host = _HOST.match(url.partition("//")[2])
            if host and host[0].lower() not in _NAMESPACES:
                self.add("literal", url)

    def tag(self, tag: Tag) -> None:
        """Take what one start tag says."""
        get = tag.attributes.get
        match tag.name:
            case "base" if get("href") and not self.rebased:
                self.rebased = True
                self.base = _joined(self.base, tag.attributes["href"])
            case "title" if not self.title:
                self.title = " ".join(plain(tag.text[: MAX_TITLE * 4]).split())[:MAX_TITLE]
            case "style":
                self.css(tag.text)
            case "script" if "ld+json" not in get("type", ""):
                self.script(tag.text)
            case "meta":
                self.meta(tag)
            case "link":
                for role in dict.fromkeys(_LINK_ROLES.get(rel) for rel in get("rel", "").lower().split()):
                    if role and get("href"):
                        self.add(role, tag.attributes["href"])
            case "input":
                self.password_field = self.password_field or get("type", "").strip().lower() == "password"
        for name, value in tag.attributes.items():
            role = _ATTRIBUTE_ROLES.get((tag.name, name))
            if role and value.strip():
                self.add(role, value)
            elif name in ("srcset", "imagesrcset"):
                for url in _srcset(value):
                    self.add("image", url)
            elif name == "style":
                self.css(value)
            elif name.startswith("on"):
                self.script(value)

    def meta(self, tag: Tag) -> None:
        """Take what a meta element says."""
        content = tag.attributes.get("content", "")
        name = (tag.attributes.get("name") or tag.attributes.get("property") or "").strip().lower()
        if name == "robots" and content:
            self.robots.append(content.strip().lower()[:200])
        elif _META_URLS.fullmatch(name) and content.strip():
            self.add("meta", content)
        elif tag.attributes.get("http-equiv", "").strip().lower() == "refresh":
            target = _REFRESH.match(content)
            if target:
                self.add("refresh", target[1])


def read_page(url: str, media_type: str, text: str) -> Page:
    """Read a decoded body. HTML, CSS and JavaScript are searched for references, everything for payment keys.

    `media_type` is in lower case without parameters; a body without one that begins with a tag is taken for HTML.
    """
    reader = _Reader(url)
    if "html" in media_type or (not media_type and text[:512].lstrip("\ufeff \t\r\n").startswith("<")):
        for tag in tags(text):
            reader.tag(tag)
    elif media_type == "text/css":
        reader.css(text)
    elif media_type.endswith(("javascript", "ecmascript")):
        reader.script(text)
    return Page(
        title=reader.title,
        references=tuple(reader.references),
        robots=", ".join(reader.robots[:5]),
        password_field=reader.password_field,
        payment_keys=_payment_keys(text),
        cut=reader.cut,
    )


def _payment_keys(text: str) -> tuple[str, ...]:
    """Stripe's publishable keys as `pk_test_…last4`: which mode a page runs in."""
    shown: dict[str, None] = {}
    for found in _KEY.finditer(text):
        shown[f"{found[0][:8]}…{found[0][-4:]}"] = None
        if len(shown) >= MAX_KEYS:
            break
    return tuple(shown)


def _srcset(value: str) -> Iterator[str]:
    """The URLs of a srcset: candidates are `URL descriptor,`; a comma inside a URL belongs to it."""
    url_next = True
    for word in value.split():
        if not url_next:
            # A descriptor, perhaps with the next candidate right behind its comma.
            _, comma, word = word.partition(",")
            url_next = bool(comma)
        if url_next and word.strip(","):
            yield word.strip(",")
            url_next = word.endswith(",")


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return base
