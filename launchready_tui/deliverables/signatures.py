"""Signatures under the gate: whose counts, and whether the records changed after it."""

from __future__ import annotations

from launchready_tui.deliverables.blocks import Break, Line, RecordRef, Text, When, joined, line
from launchready_tui.deliverables.dates import minute
from launchready_tui.deliverables.reading import Reading
from launchready_tui.model.board import GateVerdict
from launchready_tui.model.journal import payload
from launchready_tui.model.records import Record, SignOff

_QUIET = ("sign-off", "clock")
"""Kinds of records after which a signature stands as before."""


def newest(reading: Reading) -> tuple[Record, ...]:
    """The signature that counts of each role, in the order in which they were given."""
    by_role = {payload(record, SignOff).role: record for record in reading.snapshot.state.sign_offs}
    return tuple(sorted(by_role.values(), key=lambda record: record.number))


def overrides(reading: Reading) -> tuple[Record, ...]:
    """The signatures that count although the gate was shut."""
    return tuple(r for r in newest(reading) if payload(r, SignOff).verdict == GateVerdict.NO_GO.value)


def outdated_since(reading: Reading, record: Record) -> Record | None:
    """The first record that changed something after a signature; None while it stands for what is recorded."""
    later = (other for other in reading.snapshot.records if other.number > record.number)
    return next((other for other in later if other.payload.kind not in _QUIET), None)


def outdated(reading: Reading, record: Record) -> Line:
    """That a signature is outdated and since when; nothing if it is not."""
    since = outdated_since(reading, record)
    return line(Text("outdated since ", "strong"), RecordRef(since.number)) if since else ()


def signed(reading: Reading) -> Line:
    """Who signed, as what, at which verdict and when; a line each."""
    return joined([_signature(reading, record) for record in newest(reading)], Break())


def _signature(reading: Reading, record: Record) -> Line:
    said = payload(record, SignOff)
    parts = [line("signed by ", Text(said.by, "strong"), f" as {said.role}"), outdated(reading, record)]
    proof = line(f"at {said.verdict}, ", RecordRef(record.number), ", ", When(minute(record.at)))
    return joined([*parts, proof])
