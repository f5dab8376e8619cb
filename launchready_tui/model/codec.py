"""Questions, evidence, records and results as JSON, and back. The same value always gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from launchready_tui.model.evidence import Evidence, Failure, Vantage
from launchready_tui.model.questions import QUESTIONS, Facts, Question
from launchready_tui.model.records import PAYLOADS, Payload
from launchready_tui.model.results import Result

T = TypeVar("T")


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and ASCII only: lone surrogates and control characters survive as escapes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def plain(value: object) -> Any:
    """Dataclasses, dates and enums as dicts, lists and strings."""
    return msgspec.to_builtins(value)


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def moment(value: datetime) -> datetime:
    """The moment in UTC, cut to milliseconds: what is stored is what was judged."""
    return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)


def question_to_plain(question: Question[Any]) -> dict[str, Any]:
    """A question with its kind."""
    return {"kind": question.kind, **plain(question)}


def question_from_plain(data: dict[str, Any]) -> Question[Any]:
    """Raises `KeyError` for an unknown kind, `msgspec.ValidationError` for fields that do not fit."""
    fields = dict(data)
    question: Question[Any] = msgspec.convert(fields, QUESTIONS[fields.pop("kind")])
    return question


def evidence_to_plain(evidence: Evidence[Any]) -> dict[str, Any]:
    """Evidence with its id."""
    return {
        "id": evidence.id,
        "question": question_to_plain(evidence.question),
        "attempt": evidence.attempt,
        "facts": None if evidence.facts is None else plain(evidence.facts),
        "failure": None if evidence.failure is None else plain(evidence.failure),
        "started_at": plain(evidence.started_at),
        "finished_at": plain(evidence.finished_at),
        "vantage": plain(evidence.vantage),
        "tool": evidence.tool,
    }


def evidence_from_plain(data: dict[str, Any]) -> Evidence[Any]:
    """The inverse of `evidence_to_plain`. Raises `KeyError` or `msgspec.ValidationError`."""
    question = question_from_plain(data["question"])
    return Evidence(
        id=data["id"],
        question=question,
        attempt=data["attempt"],
        facts=None if data["facts"] is None else msgspec.convert(data["facts"], question.answer),
        failure=None if data["failure"] is None else msgspec.convert(data["failure"], Failure),
        started_at=msgspec.convert(data["started_at"], datetime),
        finished_at=msgspec.convert(data["finished_at"], datetime),
        vantage=msgspec.convert(data["vantage"], Vantage),
        tool=data["tool"],
    )


def identified(evidence: Evidence[Any]) -> Evidence[Any]:
    """The evidence with the id that its content gives it: 16 hex digits."""
    content = evidence_to_plain(evidence)
    del content["id"]
    return replace(evidence, id=digest(content)[:16])


def payload_to_plain(payload: Payload) -> dict[str, Any]:
    """A record's payload without its kind."""
    found: dict[str, Any] = plain(payload)
    return found


def payload_from_plain(kind: str, data: dict[str, Any]) -> Payload:
    """Raises `KeyError` for an unknown kind, `msgspec.ValidationError` for fields that do not fit."""
    return msgspec.convert(data, PAYLOADS[kind])


def result_from_plain(data: dict[str, Any]) -> Result:
    """A stored result. Raises `msgspec.ValidationError`."""
    return msgspec.convert(data, Result)


def facts_type(kind: str) -> type[Facts]:
    """The type of the facts that answer a kind of question."""
    return QUESTIONS[kind].answer
