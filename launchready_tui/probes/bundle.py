"""Answers `BundleScan`: what a page makes a browser load from its own site, and the secrets in it (S1.SEC.06)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.secrets import BundleScan, FoundSecret, SecretKind, ShippedBundle
from launchready_tui.probes.decoding import decode_text
from launchready_tui.probes.http import read_url
from launchready_tui.probes.httpfetch import Fetched, Fetcher, Order
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.probes.page import read_page
from launchready_tui.probes.redaction import redact_url
from launchready_tui.probes.walls import wall
from launchready_tui.secrets.engine import ExtraMissing, TextGivenUp
from launchready_tui.secrets.open import open_scanner
from launchready_tui.secrets.scanner import MOST_FINDINGS as MOST_IN_ONE
from launchready_tui.secrets.scanner import Origin, SecretScanner
from launchready_tui.text import one_line

MOST_FILES = 30
MOST_BYTES = 20 * 1024 * 1024
MOST_FILE_BYTES = 5 * 1024 * 1024
MOST_HOPS = 5
MOST_FINDINGS = 200
AT_ONCE = 4
_GRAVITY: tuple[SecretKind, ...] = ("provider", "private-key", "generic", "publishable")

_SOURCE_MAP = re.compile(rb"[#@]\s{0,4}sourceMappingURL=([^\s'\"*]{1,4096})")
_INLINE_MAP = re.compile(r"data:application/json[^,]{0,80};base64,", re.IGNORECASE)
_PUBLIC_NAME = re.compile(
    rb"\b(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY|VUE_APP)_[A-Z0-9_]{0,60}?"
    rb"(?:SECRET|PASSWORD|PRIVATE_KEY|SERVICE_ROLE|SERVICE_KEY|ACCESS_KEY|AUTH_TOKEN|API_TOKEN|ADMIN_KEY)[A-Z0-9_]{0,40}"
)
"""Public prefixes before a name that says it is secret. KEY and TOKEN alone name publishable keys as often as not."""


@dataclass(slots=True)
class _Reading:
    """What was read of one page so far."""

    question: BundleScan
    texts: list[tuple[str, bytes]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    read_bytes: int = 0
    files: int = 0

    def room(self, url: str) -> bool:
        """Whether one more file may be fetched."""
        if self.files >= MOST_FILES or self.read_bytes >= MOST_BYTES:
            self.incomplete.append(
                f"only {self.files} files with {self.read_bytes:,} bytes were read; {redact_url(url)[:200]} was not"
            )
            return False
        self.files += 1
        return True


class BundleProbe:
    """Fetches as a browser would. `fetcher` is shared with the HTTP probe, which closes it."""

    def __init__(self, fetcher: Fetcher, scanner: Callable[[], SecretScanner] | None = None) -> None:
        self._fetcher = fetcher
        self._open = scanner or (lambda: open_scanner().scanner)
        self._scanner: SecretScanner | None = None
        self._loading = asyncio.Lock()

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `BundleScan`."""
        assert isinstance(question, BundleScan)
        try:
            scanner = await self._ready()
        except ExtraMissing as error:
            return failure("extra-missing", f"{error.message} {error.hint}", fault=Fault.USAGE)
        page = await self._page(question, ask)
        if isinstance(page, Outcome):
            return page
        url, got = page
        content_type = got.response.headers.get("content-type", "")
        text = decode_text(got.body, content_type)
        vantage = Vantage(address=got.target.address)
        if by := wall(got.response.status_code, got.headers, text):
            return failure(
                "bot-wall",
                f"a bot wall ({by}) answered in place of {question.host}",
                fault=Fault.PERMISSION,
                vantage=vantage,
            )
        if got.response.status_code == 429:
            message = f"{question.host} answers a single visit with 429 Too Many Requests"
            return failure("rate-limited", message, fault=Fault.PERMISSION, vantage=vantage)
        reading = _Reading(question, [(url, got.body)], read_bytes=len(got.body))
        if got.cut:
            reading.incomplete.append(f"the page is larger than {MOST_FILE_BYTES:,} bytes")
        await self._scripts(url, content_type, text, reading, ask)
        try:
            findings, named = await asyncio.to_thread(_found, scanner, reading)
        except InputError as error:
            return failure("input-missing", error.message, fault=Fault.USAGE)
        facts = ShippedBundle(
            status=got.response.status_code,
            findings=tuple(findings[:MOST_FINDINGS]),
            scripts=tuple(redact_url(script) for script in reading.scripts),
            source_maps=tuple(redact_url(place) for place in reading.maps),
            named=named,
            read_bytes=reading.read_bytes,
            incomplete=tuple(sorted(reading.incomplete)),
        )
        return Outcome(facts, vantage=vantage)

    async def aclose(self) -> None:
        """Nothing of its own is held open."""

    async def _ready(self) -> SecretScanner:
        async with self._loading:
            if self._scanner is None:
                self._scanner = await asyncio.to_thread(self._open)
            return self._scanner

    async def _page(self, question: BundleScan, ask: Ask) -> tuple[str, Fetched] | Outcome:
        """The page behind a few redirects within the product."""
        got = await self._follow(question.url, question, ask)
        if isinstance(got, Failure):
            return Outcome(failure=got)
        url, fetched = got
        if fetched.response.is_redirect:
            # Another site's bundle is another site's matter.
            return Outcome(
                ShippedBundle(status=fetched.response.status_code), vantage=Vantage(address=fetched.target.address)
            )
        return url, fetched

    async def _follow(self, url: str, question: BundleScan, ask: Ask) -> tuple[str, Fetched] | Failure:
        """The answer behind redirects within the product; a redirect that leads elsewhere is the answer."""
        for _ in range(MOST_HOPS + 1):
            got = await self._get(url, ask)
            if isinstance(got, Failure):
                return got
            target = _joined(url, got.response.headers.get("location", ""))
            if not got.response.is_redirect or not target or _host(target) not in _own(question):
                return url, got
            url = target
        return Failure("redirect-loop", f"{one_line(question.url, 160)} redirects without an end", Fault.TARGET)

    async def _get(self, url: str, ask: Ask) -> Fetched | Failure:
        target = read_url(url)
        if isinstance(target, Failure):
            return target
        return await self._fetcher.fetch(Order("GET", target, max_bytes=MOST_FILE_BYTES), ask)

    async def _scripts(self, url: str, content_type: str, text: str, reading: _Reading, ask: Ask) -> None:
        """Fetch the site's own scripts and the maps that they name."""
        page = read_page(url, content_type.partition(";")[0].strip().lower(), text)
        wanted = dict.fromkeys(
            reference.url
            for reference in page.references
            if (
                reference.role == "script"
                or (reference.role == "preload" and urlsplit(reference.url).path.endswith((".js", ".mjs")))
            )
            and _host(reference.url) in _own(reading.question)
        )
        if page.cut:
            reading.incomplete.append("the page names more files than were looked at")
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(script: str) -> None:
            async with turn:
                await self._script(script, reading, ask)

        await asyncio.gather(*(one(script) for script in wanted))

    async def _script(self, url: str, reading: _Reading, ask: Ask) -> None:
        got = await self._file(url, reading, ask)
        if got is None:
            return
        reading.scripts.append(url)
        header = next((value for name, value in got.headers if name in ("sourcemap", "x-sourcemap")), "")
        named = _SOURCE_MAP.findall(got.body[-8_192:])
        place = header or (named[-1].decode("utf-8", "replace") if named else "")
        if _INLINE_MAP.match(place):
            reading.maps.append(f"{url} (within the script)")
            _take_map(url, _inline(got.body), reading)
        elif place and (target := _joined(url, place)) and _host(target) in _own(reading.question):
            answer = await self._file(target, reading, ask, optional=True)
            if answer is not None and _is_map(answer.body):
                reading.maps.append(target)
                _take_map(target, answer.body, reading)

    async def _file(self, url: str, reading: _Reading, ask: Ask, *, optional: bool = False) -> Fetched | None:
        """One file of the site that came with status 200. A map that is not there is as it should be."""
        if not reading.room(url):
            return None
        answer = await self._follow(url, reading.question, ask)
        if isinstance(answer, Failure):
            reading.incomplete.append(f"{redact_url(url)[:200]}: {answer.message}")
            return None
        url, got = answer
        if got.response.status_code != 200:
            if not optional and got.response.status_code not in (404, 410):
                reading.incomplete.append(f"{redact_url(url)[:200]} answers {got.response.status_code}")
            return None
        reading.read_bytes += len(got.body)
        if got.cut:
            reading.incomplete.append(f"{redact_url(url)[:200]} is larger than {MOST_FILE_BYTES:,} bytes")
        reading.texts.append((url, got.body))
        return got


def _found(scanner: SecretScanner, reading: _Reading) -> tuple[list[FoundSecret], tuple[str, ...]]:
    """The secrets of all texts, each value once, and the public names that say they are secret."""
    findings: dict[tuple[str, str], FoundSecret] = {}
    named: set[str] = set()
    for url, data in reading.texts:
        named.update(name.decode("ascii") for name in _PUBLIC_NAME.findall(data))
        try:
            # Without a path: whatever a folder is called, everything here was sent to browsers.
            found = scanner.scan(data, Origin(""))
        except TextGivenUp:
            reading.incomplete.append(f"{redact_url(url)[:200]} took too long to look through")
            continue
        if len(found) >= MOST_IN_ONE:
            reading.incomplete.append(f"{redact_url(url)[:200]} holds {len(found)} findings or more")
        for secret in found:
            findings.setdefault((secret.fingerprint, secret.kind), replace(secret, path=redact_url(url)[:500]))
    # The grave ones first: the list is cut.
    ordered = sorted(
        findings.values(),
        key=lambda secret: (_GRAVITY.index(secret.kind), secret.path, secret.line, secret.rule),
    )
    if len(ordered) > MOST_FINDINGS:
        reading.incomplete.append(f"only {MOST_FINDINGS} of {len(ordered)} findings are kept")
    return ordered, tuple(sorted(named)[:50])


def _take_map(url: str, data: bytes, reading: _Reading) -> None:
    """The original sources in a map are texts of their own: escaped in JSON, half of the rules would not see them."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    sources = document.get("sourcesContent") if isinstance(document, dict) else None
    texts = [item for item in sources if isinstance(item, str)] if isinstance(sources, list) else []
    reading.texts.append((url, "\n".join(texts).encode("utf-8", "replace")[:MOST_FILE_BYTES]))


def _is_map(data: bytes) -> bool:
    """Whether a body is a source map (ECMA-426) rather than the page that single-page apps give for everything."""
    start = data[:200].lstrip(b"\xef\xbb\xbf \r\n\t)]}'")
    return start.startswith(b"{") and b'"mappings"' in data and b'"sources"' in data


def _inline(script: bytes) -> bytes:
    """The map at the end of a script, b'' where it cannot be read."""
    at = script.rfind(b";base64,")
    try:
        return base64.b64decode(script[at + 8 :].split()[0], validate=True) if at >= 0 else b""
    except (binascii.Error, ValueError, IndexError):
        return b""


def _joined(url: str, place: str) -> str:
    try:
        return urljoin(url, place)
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _own(question: BundleScan) -> frozenset[str]:
    return frozenset({question.host, *question.hosts})
