"""Counts what a pack tells about people, for the notice that goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from launchready_tui.deliverables.masking import EMAIL, PHONE
from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.records import Person, Record
from launchready_tui.pack.layout import PersonalData
from launchready_tui.text import plural


def personal_data(records: Iterable[Record], evidence: Iterable[Evidence[Any]], *, redacted: bool) -> PersonalData:
    """The count over everything that people recorded and over the evidence that the documents rest on."""
    said = tuple(records)
    texts = [text for record in said for text in _texts(codec.payload_to_plain(record.payload))]
    seen = [text for item in evidence for text in _texts(codec.evidence_to_plain(item))]
    people = {record.payload.name for record in said if isinstance(record.payload, Person)}
    emails = {found.lower() for text in (*texts, *seen) for found in EMAIL.findall(text)}
    phones = {"".join(filter(str.isdigit, found)) for text in texts for found in PHONE.findall(text)}
    return PersonalData(
        len(people), len(emails), len(phones), _notice(len(people), len(emails), len(phones), redacted=redacted)
    )


def _notice(people: int, emails: int, phones: int, *, redacted: bool) -> str:
    if redacted:
        return "Redacted for third parties: people are called by letters, contacts are left out."
    if not (people or emails or phones):
        return "This pack names nobody and holds no e-mail address and no telephone number."
    held = [plural(emails, "e-mail address", "e-mail addresses"), plural(phones, "telephone number")]
    return (
        f"This pack names {plural(people, 'person', 'people')} and holds {' and '.join(held)}. "
        "Give it only to those who need it; --redact makes one for third parties."
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
