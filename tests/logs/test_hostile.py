"""Lines that were made to be slow or to break something: every layout takes time in proportion to their length.

There is no clock here. A pattern that goes back and forth over 100,000 characters does not come to an end at all.
"""

from __future__ import annotations

import pytest

from launchready_tui.logs.declared import declared
from launchready_tui.logs.dialects import DIALECTS
from launchready_tui.logs.jsonlog import JsonLayout, read_any
from launchready_tui.logs.layouts import TextLayout
from launchready_tui.logs.masking import MOST_CHARACTERS, shape
from launchready_tui.logs.plan import groups, text_layouts
from launchready_tui.logs.recognise import Wanted, recognise
from launchready_tui.logs.templates import route_of
from tests.logs.kit import collect

SIZE = 100_000
HEADS = (
    b"", b'1.2.3.4 - - [09/Jun/2026:10:20:20 +0000] "GET /',
    b'1.2.3.4 - - [09/Jun/2026:10:20:20 +0000] "GET / HTTP/1.1" 200 5 "-" "',
    b"2026-01-01T00:00:00Z heroku[router]: method=GET path=", b"[09/Jun/2026:10:20:20 +0000] ", b'{"log":"', b"{",
)  # fmt: skip
UNITS = (
    b"a", b" ", b'"', b"[", b'\\"', b"1.111 ", b'" "1.111" ', b"[09/Jun/2026:10:20:20 +0000] ", b"] A b ", b"/", b"-",
    b'[09/Jun/2026:10:20:20 +0000] "GET / HTTP/1.1" 200 ', b" method=GET path=/ status=200", b" rt=0.1", b" 1ms", b"1/",
    b'" 1 "a" "b" 1ms ', b"2026-01-01T00:00:00", b'<Data Name="cs-method">GET</Data>', b"1, ", b"{", b"[{", b'{"a":',
    b"\t", b"\x00", b"\xff", b" 5 ", b"|", b'1.1.1.1:1 [01/Jan/2026:00:00:00.000] a b 1/1/1/1/1 200 1 - - "GET ',
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_every_layout_comes_to_an_end(unit: bytes) -> None:
    own = [
        declared(
            '$remote_addr - $remote_user [$time_local] "$request" $status $http_referer $http_user_agent $request_time'
        ),
        declared(r'LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D" x'),
    ]
    for head in HEADS:
        line = b"\n" + head + (unit * (SIZE // len(unit) + 1))[:SIZE]
        for layout in (*text_layouts(), *own):
            assert isinstance(layout, TextLayout)
            columns, rest = layout.read(line, 1)
            assert (columns is None) == (rest == line)
        for group in groups():
            if group.gate is not None:
                assert group.gate.findall(line) in ([line], [])
        read_any(line, DIALECTS)
        assert len(shape(line[1:])) <= MOST_CHARACTERS + 1
        route_of(line[1:])


@pytest.mark.parametrize("unit", UNITS)
def test_no_line_is_lost_or_counted_twice(unit: bytes) -> None:
    lines = [head + unit * 20 for head in HEADS]
    requests, seen = collect(lines)
    blank = sum(not line.strip(b" \t\0") for line in lines)
    assert seen.lines == len(lines) - blank
    assert len(requests) + seen.unparsed >= seen.lines
    assert seen.unparsed <= seen.lines


@pytest.mark.parametrize(
    "line",
    [
        b'{"status":200,"path":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"path":"/a","status":1e999,"duration":1e999}',
        b'{"path":"/a","status":true,"duration_ms":NaN}',
        b'{"path":"/a\\ud800","status":200}',
        b'{"path":"\\u0000","status":"2\xff0"}',
        b'{"path":"/a","status":200,"time":1e308,"duration_ms":1e308}',
        b'{"request":{"uri":7,"method":[]},"status":{},"logger":null}',
        b'{"RequestPath":null,"RequestMethod":"GET"}',
        b"[" + b'{"path":"/a","status":200},' * 100 + b"1]",
        b"[1,2,3]",
        b"{}",
    ],
)
def test_odd_json_breaks_nothing(line: bytes) -> None:
    _, seen = collect([line, b'{"path":"/b","status":200,"duration_ms":5}'])
    assert seen.lines == 2
    for dialect in DIALECTS:
        JsonLayout(dialect).read(b"\n" + line + b"\n" + line, 2)


def test_recognising_nothing_is_no_error() -> None:
    assert recognise([]).first == ()
    assert recognise([b"", b"\x00\xff"]).first == ()
    assert recognise([], Wanted("nginx")).only


def test_all_columns_hold_what_they_promise() -> None:
    columns, _ = JsonLayout(DIALECTS[0]).read(b'\n{"request":{"uri":"/a"},"status":200}' * 3, 3)
    assert columns is not None
    assert len(columns.times) == len(columns.calls) == len(columns.statuses) == 3
    assert columns.durations is None or list(columns.durations) == [None] * 3
