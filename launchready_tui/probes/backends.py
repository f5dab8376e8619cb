"""Answers `PageBackends` and `BackendRead`: what a stranger reads from a hosted database with the key in the page.

The key is public by design, and still never leaves the probe. Rows are counted, not kept.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.questions import (
    Backend,
    BackendList,
    BackendRead,
    BackendView,
    Collection,
    PageBackends,
    Question,
)
from launchready_tui.probes.decoding import decode_text
from launchready_tui.probes.htmltokens import tags
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetched, Fetcher, Order
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.redaction import redact_url
from launchready_tui.probes.walls import wall
from launchready_tui.text import one_line

MOST_SCRIPTS = 20
MOST_TABLES = 40
MOST_BACKENDS = 10
MOST_HOPS = 5
BESIDE = 300
"""Characters between a project's URL and the key that belongs to it, as the two arguments of one call."""

_TELLING = (200, 401, 403, 404)
"""Statuses that say whether something is open: an answer, or a refusal."""

SCRIPT_BYTES = 4 * 1024 * 1024

_SUPABASE = re.compile(r"https://([a-z0-9]{10,30})\.supabase\.co\b")
_FIREBASE = re.compile(
    r"https://([a-z0-9-]{3,60})(?:\.firebaseio\.com|(?:\.[a-z0-9-]{3,30})?\.firebasedatabase\.app)\b"
)
_JWT = re.compile(r"\beyJ[0-9A-Za-z_-]{8,400}\.(eyJ[0-9A-Za-z_-]{8,2000})\.[0-9A-Za-z_-]{10,400}")
_PUBLISHABLE = re.compile(r"\bsb_publishable_[0-9A-Za-z_-]{10,80}")
_TABLE = re.compile(r"""\.from\(\s{0,8}["'`]([A-Za-z_][A-Za-z0-9_]{0,62})["'`]""")


@dataclass(slots=True)
class _Found:
    """What the scripts of one page hold. The keys stay here: `supabase` and `tokens` by project."""

    supabase: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    firebase: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    scripts: int = 0
    cut: bool = False
    elsewhere: str = ""


class BackendProbe:
    """Reads scripts as a browser does, and tables as a stranger could. `fetcher` belongs to the HTTP probe."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._pages: dict[str, _Found] = {}

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `PageBackends` or a `BackendRead`."""
        assert isinstance(question, PageBackends | BackendRead)
        url = question.url if isinstance(question, PageBackends) else question.page
        found = self._pages.get(url) or await self._scan(url, ask)
        if isinstance(found, Failure):
            return Outcome(failure=found)
        self._pages[url] = found
        if isinstance(question, PageBackends):
            return Outcome(_listed(found))
        if question.backend == "firebase":
            return await self._firebase(question.base, ask)
        return await self._supabase(question.base, found, ask)

    async def aclose(self) -> None:
        """Forget all keys."""
        self._pages.clear()

    async def _scan(self, url: str, ask: Ask) -> _Found | Failure:
        url, page = await self._page(url, ask)
        if isinstance(page, Failure):
            return page
        found = _Found()
        if page.response.is_redirect:
            found.elsewhere = redact_url(_target(url, page))[:500]
            return found
        if failure := _not_served(url, page):
            return failure
        found.cut = page.cut
        html = _text(page)
        _take(found, html)
        sources = [tag.attributes.get("src", "") for tag in tags(html) if tag.name in ("script", "link")]
        sources += [
            tag.attributes.get("href", "") for tag in tags(html) if tag.attributes.get("rel") == "modulepreload"
        ]
        own = [script for source in sources if source and (script := _joined(url, source))]
        scripts = list(dict.fromkeys(script for script in own if urlsplit(script).hostname == urlsplit(url).hostname))
        found.cut = found.cut or len(scripts) > MOST_SCRIPTS
        for named in scripts[:MOST_SCRIPTS]:
            script, got = await self._page(named, ask)
            if isinstance(got, Failure) or _not_served(script, got) or got.response.status_code not in (200, 404, 410):
                found.cut = True
                continue
            if got.response.status_code != 200:
                continue
            found.scripts += 1
            found.cut = found.cut or got.cut
            _take(found, _text(got))
        for base in found.supabase:
            found.supabase[base] = found.tokens.get(_ref(base), "") or found.supabase[base]
        return found

    async def _page(self, url: str, ask: Ask) -> tuple[str, Fetched | Failure]:
        """A page or script behind redirects within its host (with and without www); one beyond it is the answer."""
        for _ in range(MOST_HOPS + 1):
            got = await self._get(url, ask)
            if isinstance(got, Failure) or not got.response.is_redirect:
                return url, got
            target = _target(url, got)
            if _bare(target) != _bare(url):
                return url, got
            url = target
        return url, Failure("redirect-loop", f"{one_line(redact_url(url), 160)} redirects without an end", Fault.TARGET)

    async def _supabase(self, base: str, found: _Found, ask: Ask) -> Outcome:
        key = found.supabase.get(base, "")
        if not key:
            return Outcome(failure=Failure("no-key", "the scripts hold no public key for it", Fault.TARGET))
        headers = (("apikey", key), ("authorization", f"Bearer {key}"), ("accept", "application/json"))
        index = await self._get(f"{base}/rest/v1/", ask, headers)
        if isinstance(index, Failure):
            return Outcome(failure=index)
        named = _tables(index)
        tables = list(dict.fromkeys([*named, *found.tables]))
        collections: list[Collection] = []
        if index.response.status_code not in _TELLING:
            collections.append(Collection("the list of tables", index.response.status_code))
        for table in tables[:MOST_TABLES]:
            got = await self._get(f"{base}/rest/v1/{quote(table, safe='')}?select=*&limit=1", ask, headers)
            collections.append(_collection(one_line(table, 63), got))
        buckets = _collection("storage buckets", await self._get(f"{base}/storage/v1/bucket", ask, headers))
        # A project without storage, and one that keeps its list to itself, are as they should be.
        if buckets.rows or buckets.status not in (*_TELLING, 400):
            collections.append(buckets)
        return Outcome(BackendView(bool(named), tuple(collections), cut=len(tables) > MOST_TABLES or index.cut))

    async def _firebase(self, base: str, ask: Ask) -> Outcome:
        got = await self._get(f"{base}/.json?shallow=true", ask, (("accept", "application/json"),))
        if isinstance(got, Failure):
            return Outcome(failure=got)
        return Outcome(BackendView(True, (_collection("/", got),)))

    async def _get(self, url: str, ask: Ask, headers: tuple[tuple[str, str], ...] = ()) -> Fetched | Failure:
        target = read_url(url)
        if isinstance(target, Failure):
            return target
        return await self._fetcher.fetch(Order("GET", target, headers, max_bytes=SCRIPT_BYTES), ask)


def _listed(found: _Found) -> BackendList:
    backends = [Backend("supabase", base, bool(key)) for base, key in found.supabase.items()]
    backends += [Backend("firebase", base, True) for base in found.firebase]
    cut = found.cut or len(backends) > MOST_BACKENDS
    return BackendList(tuple(backends[:MOST_BACKENDS]), found.scripts, cut, found.elsewhere)


def _take(found: _Found, text: str) -> None:
    """Take projects, public keys and table names from a script."""
    for ref, token in _jwts(text):
        found.tokens.setdefault(ref, token)
    projects = [(match.start(), match.end(), match[0]) for match in _SUPABASE.finditer(text)]
    for _, _, base in projects:
        found.supabase.setdefault(base, "")
    for match in list(_PUBLISHABLE.finditer(text))[:50]:
        # Such a key does not say whose it is: it belongs to the project that it stands beside, if to any.
        gaps = [(max(start - match.end(), match.start() - end), base) for start, end, base in projects]
        gap, base = min(gaps, default=(BESIDE + 1, ""))
        if gap <= BESIDE:
            found.supabase[base] = found.supabase[base] or match[0]
    for match in _FIREBASE.finditer(text):
        found.firebase.setdefault(match[0])
    for match in _TABLE.finditer(text):
        if len(found.tables) > MOST_TABLES:
            break
        found.tables.setdefault(match[1])


def _jwts(text: str) -> list[tuple[str, str]]:
    """The tokens whose payload says that they are the anonymous key of a project, each behind the project's name; a
    service key is never used.
    """
    found: list[tuple[str, str]] = []
    for match in list(_JWT.finditer(text))[:50]:
        try:
            payload = json.loads(base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)))
        except (ValueError, RecursionError):
            continue
        if isinstance(payload, dict) and payload.get("role") == "anon":
            found.append((str(payload.get("ref", "")), match[0]))
    return found


def _ref(base: str) -> str:
    """The name of a Supabase project."""
    return base.removeprefix("https://").partition(".")[0]


def _json(got: Fetched) -> Any:
    try:
        return json.loads(got.body)
    except (ValueError, RecursionError):
        return None


def _tables(index: Fetched) -> list[str]:
    """The tables that PostgREST's description names."""
    document = _json(index)
    paths = document.get("paths") if index.response.status_code == 200 and isinstance(document, dict) else None
    names = [path.strip("/") for path in paths if isinstance(path, str)] if isinstance(paths, dict) else []
    return [name for name in names if name and not name.startswith("rpc/")]


def _collection(name: str, got: Fetched | Failure) -> Collection:
    """What one read of a collection shows. Only a 200 with JSON in it says what can be seen."""
    if isinstance(got, Failure) or wall(got.response.status_code, got.headers, _text(got)):
        return Collection(name, 0)
    status, document = got.response.status_code, _json(got)
    if status != 200:
        # Firebase says 404 where the tree is kept in another region.
        moved = isinstance(document, dict) and "correctUrl" in document
        return Collection(name, 0 if moved else status)
    if got.cut and got.body.lstrip()[:1] in (b"[", b"{"):
        return Collection(name, 200, 1)
    if document is None and got.body.strip() != b"null":
        return Collection(name, 0)
    rows = len(document) if isinstance(document, list | dict) else int(document is not None)
    return Collection(name, 200, 0 if isinstance(document, dict) and "error" in document else rows)


def _not_served(url: str, got: Fetched) -> Failure | None:
    """Why an answer is not the page or script that was asked for; one that is not there (404) is an answer."""
    status = got.response.status_code
    host = urlsplit(url).hostname or ""
    if by := wall(status, got.headers, _text(got)):
        message = f"a bot wall ({by}) answered in place of {host}, with status {status}"
        return Failure("bot-wall", message, Fault.PERMISSION)
    if status == 429:
        return Failure("rate-limited", f"{host} answers a single visit with 429 Too Many Requests", Fault.PERMISSION)
    if status >= 400 and status not in (404, 410):
        return Failure("page-not-served", f"{host} answers {status} instead of the page", Fault.TARGET)
    return None


def _target(url: str, got: Fetched) -> str:
    return _joined(url, got.response.headers.get("location", ""))


def _bare(url: str) -> str:
    """The host of a URL without www, '' where it has none or is no web page."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower() if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _text(got: Fetched) -> str:
    return decode_text(got.body, next((value for name, value in got.headers if name == "content-type"), ""))


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""
