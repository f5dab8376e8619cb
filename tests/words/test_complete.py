"""Nothing that can be asked, answered or recorded is without words, and no text breaks out of its line."""

from __future__ import annotations

import re
from typing import Any

import pytest

from launchready_tui.model.evidence import Evidence, Failure
from launchready_tui.model.questions import QUESTIONS, DnsAnswer, DnsLookup, Facts, Question
from launchready_tui.model.records import PAYLOADS
from launchready_tui.words.answered import answered, said
from launchready_tui.words.asked import asked, asked_parts
from launchready_tui.words.families import ANSWERED, ASKED
from launchready_tui.words.figures import Place
from launchready_tui.words.records import describe
from tests.kit import SEEN_AT
from tests.words.build import full, subclasses

ASKABLE = sorted({kind for kind in subclasses(Question) if kind.kind}, key=lambda kind: kind.kind)
ANSWERS = sorted({kind.answer for kind in ASKABLE}, key=lambda kind: kind.__name__)
HOSTILE = [
    "a\x1b]52;c;Zm9v\x07b",
    "one\ntwo\r\n\tthree\x85four\u2028five",
    "x" * 10_000,
    "\u202eevil\u2066txt\u200f\u061c",
    "\ud800 lone",
    "[@click=app.quit]q[/] <b>&amp; | `code`",
    "",
]
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029\ud800-\udfff]")


def test_the_walk_finds_every_kind_that_is_stored() -> None:
    assert {kind.kind: kind for kind in ASKABLE} == QUESTIONS


@pytest.mark.parametrize("kind", ASKABLE, ids=lambda kind: kind.kind)
def test_every_question_has_words(kind: type[Question[Any]]) -> None:
    assert kind in ASKED


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_every_answer_has_words(kind: type[Facts]) -> None:
    assert kind in ANSWERED


def test_no_words_are_for_what_nobody_asks() -> None:
    assert set(ASKED) == set(ASKABLE)
    assert set(ANSWERED) == set(ANSWERS)


@pytest.mark.parametrize("text", HOSTILE, ids=["escape", "lines", "long", "bidi", "surrogate", "markup", "empty"])
@pytest.mark.parametrize("kind", ASKABLE, ids=lambda kind: kind.kind)
def test_a_question_stays_one_visible_line(kind: type[Question[Any]], text: str) -> None:
    question = full(kind, text)
    line = asked(question)
    assert line
    assert UNSEEN.search(line) is None
    assert len(line) < 120 + 30
    parts = asked_parts(question)
    assert UNSEEN.search("".join(parts)) is None
    assert all(len(part) < 340 for part in parts)


@pytest.mark.parametrize("text", HOSTILE, ids=["escape", "lines", "long", "bidi", "surrogate", "markup", "empty"])
@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_an_answer_stays_one_visible_line(kind: type[Facts], text: str) -> None:
    line = said(full(kind, text))
    assert line
    assert UNSEEN.search(line) is None
    assert len(line) < 240 + 30
    assert not line.startswith(("{", ","))


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_an_answer_with_nothing_in_it_has_words_too(kind: type[Facts]) -> None:
    from launchready_tui.model.questions import Certificate, LoadPlan
    from launchready_tui.model.questions.caching import View

    needed: dict[str, Any] = {
        "rcode": "NOERROR", "resolvers": (), "exists": False, "allowed": False, "registered": False, "status": 0,
        "address": "", "version": 0, "cipher": "", "chain": (full(Certificate, ""),), "accepted": False, "host": "",
        "configured": False, "listed": False, "lines": 0, "unparsed": 0, "requests": 0, "timed": 0, "target": "",
        "plain": View("owner", 0), "bare": View("stranger", 0), "value": "", "plan": LoadPlan(),
        "started_at": SEEN_AT, "finished_at": SEEN_AT, "found": False, "at": SEEN_AT, "record": 0,
    }  # fmt: skip
    from dataclasses import MISSING, fields

    required = [item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING]
    assert said(kind(**{name: needed[name] for name in required}))


@pytest.mark.parametrize("kind", PAYLOADS.values(), ids=lambda kind: kind.kind)
@pytest.mark.parametrize("text", HOSTILE[:5], ids=["escape", "lines", "long", "bidi", "surrogate"])
def test_every_record_has_words(kind: type[Any], text: str) -> None:
    line = describe(full(kind, text))
    assert line != kind.kind
    assert UNSEEN.search(line) is None
    assert len(line) < 200 + 30


def test_a_failure_is_said_as_its_reason_and_message() -> None:
    evidence = Evidence(
        "e", DnsLookup("acme.test", "A"), 1, None, Failure("timeout", "nobody answers\x1b[31m"), SEEN_AT, SEEN_AT
    )
    assert answered(evidence) == "timeout: nobody answers␛[31m"


def test_an_answer_without_facts_was_left_out() -> None:
    evidence: Evidence[DnsAnswer] = Evidence("e", DnsLookup("acme.test", "A"), 1, None, None, SEEN_AT, SEEN_AT)
    assert answered(evidence) == "answer left out"


def test_the_parts_of_a_question_are_its_line() -> None:
    question = DnsLookup("acme.test", "MX", "9.9.9.9")
    parts = asked_parts(question)
    assert "".join(parts) == asked(question)
    assert [part for part in parts if isinstance(part, Place)] == ["acme.test"]
