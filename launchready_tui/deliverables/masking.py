"""Makes an engagement fit for third parties: the same snapshot and rows, in which people are letters.

Names become "Person A", everywhere the same letter; contacts, custody, notes, proofs, the content of evidence, and why
somebody decided or accepted something are left out; e-mail addresses, telephone numbers, private addresses and home
folders are masked wherever they stand.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

import msgspec

from launchready_tui.model import codec
from launchready_tui.model.board import Snapshot
from launchready_tui.model.chain import ChainRow
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.records import (
    Attestation,
    Authorization,
    ClockMark,
    Decision,
    Drill,
    Note,
    Person,
    ProductText,
    Record,
    System,
    Waiver,
)
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Entry, Runbook

T = TypeVar("T")

GONE = "(left out)"
_LEFT_OUT: Mapping[type[Any], tuple[str, ...]] = {
    Person: ("contact",),
    System: ("custody", "note", "recovery"),
    Decision: ("options", "why"),
    Waiver: ("why", "control"),
    ClockMark: ("reason",),
    Note: ("text",),
    Attestation: ("note", "proof", "proof_sha256"),
    Drill: ("note",),
    Authorization: ("proof",),
    ProductText: ("toml", "base"),
}
"""What is left out of records, by their kind."""

_NAMING = ("name", "person", "by", "witness", "who", "owner")
"""The fields of records that name somebody, but for `System.name`."""

EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w.:/-])(?:\+\d|0\d)[\d ()/.-]{5,}\d(?![\w:.]\d)")
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w.]?\w)")
_HOME = re.compile(r"(?<=/home/|Users/)[^/\s\"']+")


class Mask:
    """The mask of one engagement. Equal texts become equal texts."""

    def __init__(self, records: Iterable[Record]) -> None:
        records = tuple(records)
        self._people: dict[str, str] = {}
        self._private: dict[str, str] = {}
        self._known: dict[str, str] = {}
        parts: dict[str, str] = {}
        for name, is_person in _named(records):
            if name not in self._people:
                self._people[name] = f"Person {_letters(len(self._people))}"
            for part in name.split() if is_person else ():
                if len(part) > 2:
                    parts.setdefault(part, self._people[name])
        known = {**parts, **self._people}
        words = sorted((name for name in known if len(name) > 1), key=len, reverse=True)
        self._words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None
        self._lettered = known
        self._added = _added(records)

    def text(self, text: str) -> str:
        """A text without names, contacts, private addresses and home folders."""
        if text in self._people:
            return self._people[text]
        if text not in self._known:
            bare = self._added.sub(f" {GONE}", text) if self._added is not None else text
            masked = EMAIL.sub("(e-mail address)", bare)
            if self._words is not None:
                masked = self._words.sub(lambda found: self._lettered[found[0]], masked)
            masked = PHONE.sub("(telephone number)", masked)
            self._known[text] = _HOME.sub("(user)", _ADDRESS.sub(self._address, masked))
        return self._known[text]

    def _address(self, found: re.Match[str]) -> str:
        try:
            address = ipaddress.ip_address(found[0])
        except ValueError:
            return found[0]
        if address.is_global or address.is_multicast or address.is_unspecified:
            return found[0]
        return self._private.setdefault(str(address), f"(private address {len(self._private) + 1})")

    def value(self, value: T) -> T:
        """Any value of the model with every text in it masked, and with what is left out left out."""
        masked: Any = self._value(value)
        found: T = masked
        return found

    def _value(self, value: Any) -> Any:
        match value:
            case Runbook() | Entry() | Enum():
                return value
            case str():
                return self.text(value)
            case tuple() | list():
                return type(value)(self._value(item) for item in value)
            case Mapping():
                return {self._value(key): self._value(item) for key, item in value.items()}
            case Result():
                return self._fields(replace(value, details=(), facts={}))
            case Evidence():
                return self._fields(replace(value, facts=None))
            case _ if is_dataclass(value) and not isinstance(value, type):
                said = {name: getattr(value, name) for name in _LEFT_OUT.get(type(value), ())}
                gone = {name: (GONE,) if isinstance(text, tuple) else GONE for name, text in said.items() if text}
                return self._fields(replace(value, **gone))
        return value

    def _fields(self, value: Any) -> Any:
        """A dataclass with its fields masked."""
        before = {item.name: getattr(value, item.name) for item in fields(value) if item.init}
        after = {name: self._value(item) for name, item in before.items()}
        return replace(value, **{name: item for name, item in after.items() if item is not before[name]})


def masked_snapshot(mask: Mask, snapshot: Snapshot) -> Snapshot:
    """The snapshot for third parties. Its product keeps its name and its public addresses."""
    shown = mask.value(replace(snapshot, path=""))
    return replace(shown, product=replace(shown.product, name=snapshot.product.name, base=""), head=snapshot.head)


def masked_rows(mask: Mask, rows: Iterable[ChainRow]) -> tuple[ChainRow, ...]:
    """The rows of the chain for third parties; their hashes no longer fit them."""
    return tuple(ChainRow(row.table, {**_row(mask, row), "seq": row.seq}, row.hash) for row in rows)


def _row(mask: Mask, row: ChainRow) -> dict[str, Any]:
    stored = {key: mask.text(value) if isinstance(value, str) else value for key, value in row.stored.items()}
    try:
        match row.table:
            case "records":
                payload = codec.payload_from_plain(row.stored["kind"], json.loads(row.stored["payload"]))
                stored["payload"] = codec.canonical(codec.payload_to_plain(mask.value(payload)))
            case "evidence":
                item = codec.evidence_from_plain(json.loads(row.stored["content"]))
                stored["content"] = codec.canonical(codec.evidence_to_plain(mask.value(item)))
            case "results":
                result = codec.result_from_plain(json.loads(row.stored["content"]))
                stored["content"] = codec.canonical(codec.plain(mask.value(result)))
    except (KeyError, ValueError, msgspec.MsgspecError):
        stored["payload" if row.table == "records" else "content"] = "{}"
    return stored


def _added(records: Iterable[Record]) -> re.Pattern[str] | None:
    """What people added to the answer that something does not hold: summaries repeat it (`engine.standing`)."""
    notes = {record.payload.note.strip() for record in records if isinstance(record.payload, Attestation)} - {""}
    longest = sorted(notes, key=len, reverse=True)
    return re.compile(rf"(?<=does not hold\.)\s+(?:{'|'.join(map(re.escape, longest))})") if notes else None


def _named(records: Iterable[Record]) -> Iterable[tuple[str, bool]]:
    """Everybody who is named in a field, in the order of the records, and whether they are on the access map."""
    for record in records:
        if isinstance(record.payload, System):
            continue
        for name in _NAMING:
            value = getattr(record.payload, name, "")
            if isinstance(value, str) and value.strip():
                yield value, isinstance(record.payload, Person)


def _letters(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
