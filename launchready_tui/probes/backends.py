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
from launchready_tui.text import one_line

MOST_SCRIPTS = 20
MOST_TABLES = 40
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
    """What the scripts of one page hold. The keys stay here."""

    supabase: dict[str, str] = field(default_factory=dict)
    firebase: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    scripts: int = 0
    cut: bool = False


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
        page = await self._get(url, ask)
        if isinstance(page, Failure):
            return page
        found = _Found()
        html = _text(page)
        _take(found, html)
        sources = [tag.attributes.get("src", "") for tag in tags(html) if tag.name in ("script", "link")]
        sources += [
            tag.attributes.get("href", "") for tag in tags(html) if tag.attributes.get("rel") == "modulepreload"
        ]
        own = [script for source in sources if source and (script := _joined(url, source))]
        scripts = list(dict.fromkeys(script for script in own if urlsplit(script).hostname == urlsplit(url).hostname))
        found.cut = len(scripts) > MOST_SCRIPTS
        for script in scripts[:MOST_SCRIPTS]:
            got = await self._get(script, ask)
            if isinstance(got, Failure):
                found.cut = True
                continue
            found.scripts += 1
            found.cut = found.cut or got.cut
            _take(found, _text(got))
        return found

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
        for table in tables[:MOST_TABLES]:
            got = await self._get(f"{base}/rest/v1/{quote(table, safe='')}?select=*&limit=1", ask, headers)
            if not isinstance(got, Failure):
                collections.append(Collection(one_line(table, 63), got.response.status_code, _rows(got)))
        buckets = await self._get(f"{base}/storage/v1/bucket", ask, headers)
        if not isinstance(buckets, Failure) and _rows(buckets):
            collections.append(Collection("storage buckets", buckets.response.status_code, _rows(buckets)))
        return Outcome(BackendView(bool(named), tuple(collections), cut=len(tables) > MOST_TABLES))

    async def _firebase(self, base: str, ask: Ask) -> Outcome:
        got = await self._get(f"{base}/.json?shallow=true", ask, (("accept", "application/json"),))
        if isinstance(got, Failure):
            return Outcome(failure=got)
        return Outcome(BackendView(True, (Collection("/", got.response.status_code, _rows(got)),)))

    async def _get(self, url: str, ask: Ask, headers: tuple[tuple[str, str], ...] = ()) -> Fetched | Failure:
        target = read_url(url)
        if isinstance(target, Failure):
            return target
        return await self._fetcher.fetch(Order("GET", target, headers, max_bytes=SCRIPT_BYTES), ask)


def _listed(found: _Found) -> BackendList:
    backends = [Backend("supabase", base, bool(key)) for base, key in found.supabase.items()]
    backends += [Backend("firebase", base, True) for base in found.firebase]
    return BackendList(tuple(backends[:10]), found.scripts, found.cut)


def _take(found: _Found, text: str) -> None:
    """Take projects, public keys and table names from a script."""
    key = next(iter(_PUBLISHABLE.findall(text)), "") or next((jwt for jwt in _jwts(text)), "")
    for match in _SUPABASE.finditer(text):
        found.supabase.setdefault(match[0], "")
    if key:
        for base, known in found.supabase.items():
            found.supabase[base] = known or key
    for match in _FIREBASE.finditer(text):
        found.firebase.setdefault(match[0])
    for match in list(_TABLE.finditer(text))[:MOST_TABLES]:
        found.tables.setdefault(match[1])


def _jwts(text: str) -> list[str]:
    """The tokens whose payload says that they are the anonymous key; a service key is never used."""
    found: list[str] = []
    for match in list(_JWT.finditer(text))[:50]:
        try:
            payload = json.loads(base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4)))
        except (ValueError, RecursionError):
            continue
        if isinstance(payload, dict) and payload.get("role") == "anon":
            found.append(match[0])
    return found


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


def _rows(got: Fetched) -> int:
    document = _json(got)
    if got.response.status_code != 200 or not isinstance(document, list | dict):
        return 0
    return 0 if isinstance(document, dict) and "error" in document else len(document)


def _text(got: Fetched) -> str:
    return decode_text(got.body, next((value for name, value in got.headers if name == "content-type"), ""))


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""
