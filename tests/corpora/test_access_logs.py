"""Crowdsec's parser tests: every event with a path and a status is read with that path, status and method.

Each file is recognised by itself. Query strings are compared with nothing: they are dropped while reading, on purpose.
A request line that is no HTTP has no method, and its path is the whole of it, in their words and in ours.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.corpora.place import needs, read
from tests.logs.kit import collect

CASES = "access_logs_crowdsec/cases.json"
EVENTS = 153
MUST_BE_AMONG = {"envoy-logs", "iis-xml-logs", "bunkerweb-logs", "zoraxy-http-logs", "nginx-proxy-manager-logs"}

DISAGREEMENTS: dict[tuple[str, str], str] = {}
"""By case and path, why an event is read differently."""

Event = tuple[str, str, str]


def expected(case: dict[str, Any]) -> list[Event]:
    """Method, path and status of the events that assert a path and a status."""
    found = []
    for event in case["lines_expected"]:
        if "meta.http_path" in event and "meta.http_status" in event:
            method = event.get("meta.http_verb", "-")
            path = event["meta.http_path"]
            found.append((method, path if method == "-" else path.partition("?")[0], event["meta.http_status"]))
    return found


def lines_of(case: dict[str, Any]) -> list[bytes]:
    """The lines of the log file; an event that was exported over several is one."""
    return [line.replace("\n", " ").encode() for line in case["lines"] if line.strip()]


@needs(CASES)
def test_every_event_is_read(capsys: Any) -> None:
    total, formats = 0, Counter[str]()
    missed: dict[tuple[str, str], Event] = {}
    for case in read(CASES):
        requests, seen = collect(lines_of(case))
        assert seen.lines == len(lines_of(case))
        assert len(requests) + seen.unparsed == seen.lines, case["id"]
        ours = Counter((request.method, request.path, request.status) for request in requests)
        for event in expected(case):
            total += 1
            if ours[event]:
                ours[event] -= 1
            else:
                missed[case["id"], event[1]] = event
        if expected(case):
            formats.update(seen.formats)
    with capsys.disabled():
        print(f"\nAccess logs, Crowdsec: {total - len(missed)}/{total} events in {len(formats)} formats")
        for place, event in missed.items():
            print(f"  differs: {place}: {event}: {DISAGREEMENTS.get(place, 'unexplained')}")
    assert total == EVENTS
    assert missed.keys() == DISAGREEMENTS.keys()


@needs(CASES)
def test_the_formats_that_were_asked_for_are_among_them() -> None:
    cases = {case["id"]: case for case in read(CASES)}
    for name in MUST_BE_AMONG:
        assert expected(cases[name]), name
        _, seen = collect(lines_of(cases[name]))
        assert seen.formats


@needs(CASES)
def test_no_value_of_a_line_that_was_not_understood_is_kept() -> None:
    for case in read(CASES):
        _, seen = collect(lines_of(case))
        for sample in seen.samples:
            assert not any(character.isdigit() and character != "9" for character in sample), case["id"]
            assert "@" not in sample.replace("a@", ""), case["id"]
