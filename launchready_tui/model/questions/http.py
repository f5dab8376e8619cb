"""Requests, responses and what a page names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from launchready_tui.model.questions.base import Facts, Family, Question
from launchready_tui.model.verdicts import Consent


@dataclass(frozen=True, slots=True)
class Reference:
    """A URL that a page, style sheet or script names.

    `url` is absolute. `role` says what a browser does with it: `link` (a), `form`, `script`, `style`, `frame`, `image`,
    `media`, `object`, `css` (url() in CSS), `literal` (a string in a script that looks like a URL), `canonical`, `meta`
    (OpenGraph and the like), `refresh`, `manifest`, `preload`.
    """

    role: str
    url: str


@dataclass(frozen=True, slots=True)
class Page(Facts):
    """What was read from a body.

    `references` are at most 2,000; `cut` says that there were more or the body was cut.
    """

    title: str = ""
    references: tuple[Reference, ...] = ()
    robots: str = ""
    password_field: bool = False
    payment_keys: tuple[str, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Cookie:
    """A Set-Cookie without its value. `attributes` are lower-case `name` or `name=value` in their order."""

    name: str
    attributes: tuple[str, ...] = ()

    def get(self, attribute: str) -> str | None:
        """The value of an attribute, '' if it stands alone, None if absent."""
        for item in self.attributes:
            key, _, value = item.partition("=")
            if key == attribute:
                return value
        return None


@dataclass(frozen=True, slots=True)
class HttpResponse(Facts):
    """One response; redirects are not followed.

    `headers` keep their order and repetitions, names in lower case, secrets replaced by a mark. `location` is the
    Location header made absolute ('' if none). `text` is the beginning of the decoded body (at most 16 KiB, secrets
    replaced), `body_sha256` and `body_bytes` are of what was read of the body (at most 5 MiB; `cut` says that it went
    on). `elapsed_ms` is from the first byte sent to the last byte read. A bot wall that answered in place of the
    product, and a 429, are failures of the question (`bot-wall`, `rate-limited`).
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    location: str = ""
    cookies: tuple[Cookie, ...] = ()
    page: Page = Page()
    text: str = ""
    body_sha256: str = ""
    body_bytes: int = 0
    cut: bool = False
    address: str = ""
    http_version: str = ""
    elapsed_ms: float = 0.0

    def header(self, name: str) -> str:
        """The first header of that name, '' if absent."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        """All headers of that name."""
        return tuple(value for key, value in self.headers if key == name.lower())

    @property
    def media_type(self) -> str:
        """`text/html` of `Text/HTML; charset=utf-8`."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class HttpExchange(Question[HttpResponse]):
    """One request, one response.

    `family` pins the address family ('' takes whichever answers first, IPv4 tried first). `session` names a cookie jar
    that lives for this run: exchanges of one session send the cookies set by its earlier `step`s; without a session no
    cookie is sent. `address` is dialled instead of what DNS says; name, certificate and Host header stay those of the
    URL. `active` marks a GET that probes rather than visits; every method but GET, HEAD and OPTIONS is active by
    itself. `crawl` asks for the pacing of a crawl; it does not make another question.
    """

    kind: ClassVar[str] = "http-exchange"
    answer: ClassVar[type[Facts]] = HttpResponse

    method: str
    url: str
    family: Family = ""
    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    session: str = ""
    step: int = 0
    active: bool = False
    crawl: bool = field(default=False, compare=False)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        visits = self.method in ("GET", "HEAD", "OPTIONS") and not self.active
        return Consent.PASSIVE if visits else Consent.ACTIVE
