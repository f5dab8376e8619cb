"""Answers `PayloadReading`: the JSON of an API, or what is embedded in a page. Values stay here."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from launchready_tui.model.evidence import Ask, Failure, Vantage
from launchready_tui.model.questions import Question
from launchready_tui.model.questions.payload import Danger, Payload, PayloadReading
from launchready_tui.probes.answers import media_type, not_the_product, text_of
from launchready_tui.probes.htmltokens import tags
from launchready_tui.probes.http import HttpProbe, read_url
from launchready_tui.probes.httpfetch import Fetched, Order
from launchready_tui.probes.jsonreading import Reading
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.sessions import copied
from launchready_tui.text import plural

MAX_BYTES = 12 * 1024 * 1024
"""Of a body after decompression."""

MOST_DOCUMENTS = 60
"""Embedded documents of one page."""

_ACCEPT = (("accept", "application/json, text/html;q=0.9, */*;q=0.8"),)
_STATE = re.compile(
    r"(?:\bwindow|\bself|\bglobalThis)?\.?(?:__[A-Z][A-Z0-9_]{2,40}__|__remixContext|__INITIAL_STATE__)\s{0,8}=\s{0,8}(?=[{\[])"
)
"""Where a script assigns the state that the server rendered with."""

_FLIGHT = re.compile(
    r"self\.__next_f\.push\(\s{0,8}\[\s{0,8}\d{1,3}\s{0,8},\s{0,8}(\"(?:[^\"\\]|\\.)*\")\s{0,8}\]\s{0,8}\)", re.DOTALL
)
"""A piece of the stream in which React server components send what they render: a JSON string of lines."""

_FLIGHT_LINE = re.compile(r"^[0-9a-f]{1,8}:(?:[A-Z])?(?=[{\[])", re.MULTILINE)
_SIGNS = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
_SECRETS: frozenset[Danger] = frozenset({"secret"})


class PayloadProbe:
    """Reads payloads with the fetcher and the jars of the HTTP probe, which closes them."""

    def __init__(self, http: HttpProbe) -> None:
        self._http = http

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `PayloadReading`. Redirects are not followed."""
        assert isinstance(question, PayloadReading)
        target = read_url(question.url)
        if isinstance(target, Failure):
            return Outcome(failure=target)
        jar = copied(self._http.jar(question.session)) if question.session else None
        got = await self._http.fetcher.fetch(Order("GET", target, _ACCEPT, max_bytes=MAX_BYTES), ask, jar)
        if isinstance(got, Failure):
            return Outcome(failure=got)
        found = await asyncio.to_thread(read_payload, question, got)
        vantage = Vantage(address=got.target.address)
        return (
            Outcome(failure=found, vantage=vantage) if isinstance(found, Failure) else Outcome(found, vantage=vantage)
        )

    async def aclose(self) -> None:
        """Nothing of its own is held open."""


def read_payload(question: PayloadReading, got: Fetched) -> Payload | Failure:
    """Pure: the fields of an answer."""
    text = text_of(got)
    if failure := not_the_product(question.host, got, text):
        return failure
    kind = media_type(got)
    reading = Reading(question.words, question.own, question.decimals)
    reading.cut = got.cut
    if is_json(kind, text):
        if got.cut:
            reading.largest = len(got.body)
            reading.unreadable.append(f"it goes on after {len(got.body):,} bytes")
        else:
            reading.take(text, len(got.body))
    elif "html" in kind or not kind:
        for number, (document, only) in enumerate(embedded(text)):
            if number >= MOST_DOCUMENTS:
                reading.unreadable.append(f"more than {plural(MOST_DOCUMENTS, 'embedded document')}")
                break
            reading.take(document, len(document.encode(errors="replace")), only)
    return Payload(
        status=got.response.status_code,
        media_type=kind[:100],
        documents=reading.documents,
        bytes=reading.largest,
        keys=reading.keys,
        lists=reading.lists,
        exposures=reading.exposures,
        unreadable=tuple(dict.fromkeys(reading.unreadable))[:20],
        cut=reading.cut,
    )


def is_json(kind: str, text: str) -> bool:
    """Whether a body is JSON by its type (RFC 6839: also `+json`), or looks like it where none is given."""
    if kind in ("application/json", "text/json", "application/x-json") or kind.endswith("+json"):
        return True
    return kind in ("", "text/plain", "application/octet-stream") and text[:64].lstrip("\ufeff \t\r\n")[:1] in (
        "{",
        "[",
    )


def embedded(html: str) -> Iterator[tuple[str, frozenset[Danger] | None]]:
    """The JSON documents in a page, with the dangers that count in them (None: all)."""
    flight: list[str] = []
    for tag in tags(html):
        if tag.name != "script" or not tag.text.strip():
            continue
        kind = tag.attributes.get("type", "").partition(";")[0].strip().lower()
        if kind == "application/ld+json":
            yield tag.text, _SECRETS
        elif kind == "application/json" or kind.endswith("+json"):
            yield tag.text, None
        elif kind in ("", "text/javascript", "module", "application/javascript"):
            flight += [match[1] for match in _FLIGHT.finditer(tag.text)]
            for document in _closed(tag.text, _STATE):
                yield document, None
    for line in flight_documents(flight):
        yield line, None


def flight_documents(pieces: list[str]) -> Iterator[str]:
    """The JSON values in the pieces of a React stream, which are JSON strings themselves."""
    texts: list[object] = []
    for piece in pieces:
        with suppress(ValueError):
            texts.append(json.loads(piece))
    yield from _closed("".join(text for text in texts if isinstance(text, str)), _FLIGHT_LINE)


def _closed(text: str, before: re.Pattern[str]) -> Iterator[str]:
    """The objects and lists that stand behind a pattern; ends at the first that is never closed (linear time)."""
    for match in before.finditer(text):
        document = balanced(text, match.end())
        if not document:
            return
        yield document


def balanced(text: str, at: int) -> str:
    """The object or list that begins at a place, up to its closing bracket; '' if it is never closed."""
    depth, inside = 0, False
    for match in _SIGNS.finditer(text, at):
        sign = match[0]
        if inside:
            inside = sign != '"'
        elif sign == '"':
            inside = True
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth <= 0:
                return text[at : match.end()]
    return ""
