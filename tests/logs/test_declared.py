"""Declared formats: nginx's log_format and Apache's LogFormat, whole lines or what stands between their quotes."""

from __future__ import annotations

import pytest

from launchready_tui.errors import InputError
from launchready_tui.logs.recognise import Wanted, layouts_of, names
from tests.logs.kit import Request, collect, one
from tests.logs.test_layouts import AT

NGINX = (
    "log_format timed '$remote_addr - $remote_user [$time_local] \"$request\" '\n"
    "    '$status $body_bytes_sent \"$http_user_agent\" $request_time $upstream_response_time';"
)
LINE = '203.0.113.7 - ana [24/Nov/2026:06:25:01 +0000] "GET /search?q=oak HTTP/1.1" 200 5 "x y" 0.124 0.100, 0.020'
EXPECTED = Request("GET", "/search", "200", 124, AT)


@pytest.mark.parametrize(
    ("declared", "line", "expected"),
    [
        (NGINX, LINE, EXPECTED),
        (NGINX, LINE.replace("0.100, 0.020", "-"), EXPECTED),
        ('$remote_addr [$time_local] "$request" $status $request_time',
         '203.0.113.7 [24/Nov/2026:06:25:01 +0000] "GET /search?q=oak HTTP/1.1" 200 0.124', EXPECTED),
        ("$time_iso8601|$request_method|$host$request_uri|$status|${request_time}",
         "2026-11-24T06:25:01+00:00|GET|www.acme.test/search?q=oak|200|0.124", EXPECTED),
        ("$msec $request_method $uri $status $upstream_response_time",
         "1795501501.123 GET /search 200 0.124", EXPECTED),
        ("$msec $request_method $uri $status $upstream_response_time",
         "1795501501.123 GET /search 200 -", Request("GET", "/search", "200", None, AT)),
        ('"$time_iso8601" "$http_referer" $http_user_agent "$request" $status',
         '"2026-11-24T06:25:01Z" "-" Mozilla/5.0 (X11; Linux) "GET /search?q=oak HTTP/1.1" 200',
         Request("GET", "/search", "200", None, AT)),
        (r'LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D" vhost',
         'www.acme.test:443 203.0.113.7 - - [24/Nov/2026:06:25:01 +0000] "GET /search HTTP/1.1" 200 5 "-" "x" 124000',
         EXPECTED),
        ("%h %t %m %U%q %>s %T", "203.0.113.7 [24/Nov/2026:06:25:01 +0000] GET /search?q=oak 200 2",
         Request("GET", "/search", "200", 2_000, AT)),
        ("%{%Y-%m-%dT%H:%M:%S}t %m %U %s %{ms}T", "2026-11-24T06:25:01 GET /search 200 124", EXPECTED),
        ('%t "%r" %>s %{us}T %%', '[24/Nov/2026:06:25:01 +0000] "GET /search?q=oak HTTP/1.1" 200 124000 %', EXPECTED),
        ('log_format j escape=json \'{"t":"$time_iso8601","m":"$request_method","u":"$request_uri","s":$status,'
         '"d":$request_time}\';',
         '{"t":"2026-11-24T06:25:01Z","m":"GET","u":"/search?q=oak","s":200,"d":0.124}', EXPECTED),
        ('{"http":{"call":"$request","code":"$status","took":"$request_time"},"at":"$msec"}',
         '{"http":{"call":"GET /search?q=oak HTTP/1.1","code":"200","took":"0.124"},"at":"1795501501.5"}', EXPECTED),
    ],
)  # fmt: skip
def test_declared_formats(declared: str, line: str, expected: Request) -> None:
    assert one(line, Wanted(declared))[0] == expected


def test_other_lines_are_not_understood() -> None:
    requests, seen = collect(
        [LINE.encode(), b'1.2.3.4 - - [24/Nov/2026:06:25:01 +0000] "GET / HTTP/1.1" 200 5'], Wanted(NGINX)
    )
    assert len(requests) == 1
    assert seen.unparsed == 1


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted("$remote_addr $status"), "names no path"),
        (Wanted("%h %>s"), "names no path"),
        (Wanted('{"a":"$status"}'), "names no path"),
        (Wanted('{"a":$status,,}'), "begins like JSON"),
        (Wanted("$request " * 1_000), "longer than any"),
        (Wanted("ngnix"), 'did you mean "nginx"'),
        (Wanted(fields=(("pth", "x"),)), 'did you mean "path"'),
        (Wanted(fields=(("status", "x"),)), "names no path"),
        (Wanted(fields=(("path", "x"), ("duration", "y:min"))), "no unit min"),
        (Wanted("$request", (("path", "x"),)), "exclude each other"),
    ],
)
def test_what_makes_no_sense_is_said(wanted: Wanted, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        layouts_of(wanted)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("fields", "line", "expected"),
    [
        ({"path": "req.url", "method": "req.verb", "status": "res.code", "duration": "took:us", "time": "at"},
         '{"req":{"url":"/search?q=oak","verb":"get"},"res":{"code":200},"took":124000,"at":"2026-11-24T06:25:01Z"}',
         EXPECTED),
        ({"path": "a.b", "status": "s", "duration": "elapsed_ms", "time": "at"},
         '{"a.b":"/search","s":"200","elapsed_ms":124,"at":1795501501}', EXPECTED),
        ({"path": "p", "status": "s", "duration": "d"},
         '{"p":"/search","s":200,"d":"124ms","ts":1795501501}', EXPECTED),
        ({"path": "p", "status": "s", "duration": "d"}, '{"p":"/search","s":200,"d":124,"ts":1795501501}',
         Request("GET", "/search", "200", None, AT)),
        ({"path": "p"}, '{"p":"/search"}', Request("GET", "/search", "None", None, None)),
    ],
)  # fmt: skip
def test_mapped_fields(fields: dict[str, str], line: str, expected: Request) -> None:
    request, title = one(line, Wanted(fields=tuple(fields.items())))
    assert (request, title) == (expected, "JSON, by field mapping")


@pytest.mark.parametrize("name", names())
def test_every_name_is_one(name: str) -> None:
    assert layouts_of(Wanted(name))
