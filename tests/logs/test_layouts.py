"""Every format is recognised by itself: method, path without its query, status, duration, time."""

from __future__ import annotations

import gzip
from calendar import timegm

import pytest

from launchready_tui.logs.recognise import Wanted
from tests.logs.kit import Request, collect, one

AT = timegm((2026, 11, 24, 6, 25, 1))
"""24 November 2026, 06:25:01 UTC: when all requests came."""

AGENT = "Mozilla/5.0 (X11; Linux x86_64)"
CLF = '203.0.113.7 - ana [24/Nov/2026:06:25:01 +0000] "GET /search?q=oak HTTP/1.1" 200 512'
COMBINED = f'{CLF} "https://www.acme.test/" "{AGENT}"'
CADDY = (
    '{"level":"info","ts":1795501501.25,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":'
    '"203.0.113.7","method":"GET","host":"www.acme.test","uri":"/search?q=oak","headers":{"Accept":["*/*"]}},'
    '"duration":0.1235,"size":512,"status":200}'
)
TRAEFIK = (
    '{"ClientHost":"203.0.113.7","DownstreamStatus":200,"Duration":123500000,"RequestMethod":"GET","RequestPath":'
    '"/search?q=oak","StartUTC":"2026-11-24T06:25:01.5Z","level":"info","msg":""}'
)
ENVOY = (
    '{":authority":"www.acme.test","duration":123,"method":"GET","response_code":200,"start_time":'
    '"2026-11-24T06:25:01.479Z","x-envoy-origin-path":"/search?q=oak","x-request-id":null}'
)
VERCEL = (
    '{"id":"1","source":"lambda","deploymentId":"dpl_1","timestamp":1795501501999,"path":"/search","statusCode":200,'
    '"message":"START\\nEND\\nREPORT RequestId: x Duration: 123.50 ms Billed Duration: 124 ms",'
    '"proxy":{"timestamp":1795501501250,"method":"GET","path":"/search?q=oak","statusCode":200}}'
)
CLOUDFLARE = (
    '{"ClientRequestMethod":"GET","ClientRequestURI":"/search?q=oak","EdgeResponseStatus":200,'
    '"EdgeStartTimestamp":1795501501000000000,"EdgeEndTimestamp":1795501501123500000}'
)
CLOUDFLARE_DATES = (
    '{"ClientRequestMethod":"GET","ClientRequestPath":"/search","EdgeResponseStatus":200,'
    '"EdgeStartTimestamp":"2026-11-24T06:25:01.000Z","EdgeEndTimestamp":"2026-11-24T06:25:01.123Z"}'
)
LOGRAGE = (
    '{"method":"GET","path":"/search","format":"html","controller":"SearchController","action":"index","status":200,'
    '"duration":123.5,"view":40.43,"db":15.26,"@timestamp":"2026-11-24T06:25:01.479Z"}'
)
ALB = (
    "https 2026-11-24T06:25:01.186641Z app/x/490d68edf04676fe 203.0.113.7:44740 10.0.0.1:80 0.020 0.100 0.003 200 200"
    f' 34 366 "GET https://www.acme.test:443/search?q=oak HTTP/2.0" "{AGENT}" ECDHE TLSv1.2 arn:aws:x "Root=1"'
)
EVENT = (
    '<Event><EventData><Data Name="date">2026-11-24</Data> <Data Name="time">06:25:01</Data><Data Name="c-ip">x</Data>'
    '<Data Name="cs-method">GET</Data><Data Name="cs-uri-stem">/search</Data><Data Name="cs-uri-query">q=oak</Data>'
    '<Data Name="sc-status">200</Data><Data Name="time-taken">123</Data></EventData></Event>'
)
HAPROXY = "203.0.113.7:14853 [24/Nov/2026:06:25:01.127] www~ app/one 10/0/3/100/123 200 739 - - ---- 1/1/0/0/0 0/0"


@pytest.mark.parametrize(
    ("line", "title", "ms"),
    [
        (COMBINED, "combined (nginx, Apache)", None),
        (CLF, "common log format", None),
        (f"www.acme.test:443 {COMBINED}", "combined (nginx, Apache)", None),
        (f"Nov 24 06:25:01 web-1 nginx[2869]: {COMBINED}", "combined (nginx, Apache)", None),
        (f"<134>1 2026-11-24T06:25:01Z web-1 nginx 2869 - - {COMBINED}", "combined (nginx, Apache)", None),
        (f"2026-11-24T06:25:01.493+00:00 stdout F {COMBINED}", "combined (nginx, Apache)", None),
        (f"web-1  | {COMBINED}", "combined (nginx, Apache)", None),
        (f'{COMBINED} "198.51.100.1"', "combined (nginx, Apache)", None),
        (f"{COMBINED} gzip 3.10", "combined with further columns", None),
        (f"{COMBINED} 1795501501.123", "combined with further columns", None),
        (f"{COMBINED} 0.124", "combined (nginx, Apache), request time last", 124),
        (f'{COMBINED} "198.51.100.1" 0.124', "combined (nginx, Apache), request time last", 124),
        (f"{COMBINED} 0.124 - .", "combined (nginx, Apache), request time after the agent", 124),
        (f'{COMBINED} "0.124"', "combined (nginx, Apache), request time in quotes", 124),
        (f'{COMBINED} "0.124" "0.120, 0.001"', "combined (nginx, Apache), request time in quotes", 124),
        (f'{COMBINED} rt=0.124 uct="0.001" urt="0.120"', "combined (nginx, Apache), request time by name", 124),
        (f"{COMBINED} 124ms", "combined (nginx, Apache), duration in milliseconds", 124),
        (f"{COMBINED} 123500us", "combined (nginx, Apache), duration in microseconds", 123.5),
        (f"{COMBINED} 2s", "combined (nginx, Apache), duration in seconds", 2_000),
        (f'{COMBINED} 500 "shop@docker" "http://172.17.0.3:80" 42ms', "Traefik, common log format", 42),
        (CADDY, "Caddy, JSON", 123.5),
        (CADDY.replace("0.1235", '"123.5ms"'), "Caddy, JSON", 123.5),
        (TRAEFIK, "Traefik, JSON", 123.5),
        (f'{HAPROXY} "GET /search?q=oak HTTP/1.1"', "HAProxy, httplog", 123),
        (f'Nov 24 06:25:01 hap-1 haproxy[1]: {HAPROXY} {{x|y}} {{}} "GET /search HTTP/1.1"', "HAProxy, httplog", 123),
        (ENVOY, "Envoy, JSON", 123),
        (f"2026-11-24T06:25:02.493035218+01:00 stdout F {ENVOY}", "Envoy, JSON", 123),
        (
            '[2026-11-24T06:25:01.310Z] "GET /search?q=oak HTTP/2" 200 - 154 0 123 100 "10.0.35.28" "x" "y" "z" "t"',
            "Envoy, default format",
            123,
        ),
        (
            '[2026-11-24T06:25:01.310Z] "GET /search HTTP/2" 200 - via_upstream - "-" 154 0 123 100 "10.0.35.28" "x"',
            "Envoy, default format",
            123,
        ),
        (ALB, "AWS load balancer", 123),
        (ALB.removeprefix("https "), "AWS load balancer", 123),
        (EVENT, "IIS, exported events", 123),
        (
            "2026-11-24T06:25:01.479+00:00 heroku[router]: at=info method=GET path=\"/search?q=oak\" host=www.acme.test"
            ' request_id=x fwd="203.0.113.7" dyno=web.1 connect=1ms service=123ms status=200 bytes=5 protocol=https',
            "Heroku router",
            123,
        ),
        (
            "I, [2026-11-24T06:25:01.479#12]  INFO -- : [0f3a] method=GET path=/search format=html controller=Search"
            " action=index status=200 duration=123.50 view=40.43 db=15.26",
            "Rails, lograge",
            123.5,
        ),
        (LOGRAGE, "Rails, lograge JSON", 123.5),
        (
            "time=2026-11-24T06:25:01Z level=info msg=ok method=GET path=/search?q=oak status=200 duration=123.5ms",
            "key=value, duration in milliseconds",
            123.5,
        ),
        (
            "time=2026-11-24T06:25:01Z status=200 method=GET uri=/search duration_ms=124 level=info",
            "key=value, duration in milliseconds",
            124,
        ),
        (
            "time=2026-11-24T06:25:01Z method=GET path=/search status=200 duration=0.1235s",
            "key=value, duration in seconds",
            123.5,
        ),
        (VERCEL, "Vercel, log drain", 123.5),
        (f"[{VERCEL}]", "Vercel, log drain", 123.5),
        (CLOUDFLARE, "Cloudflare Logpush", 123.5),
        (CLOUDFLARE_DATES, "Cloudflare Logpush", 123),
        (
            '{"httpRequest":{"requestMethod":"GET","requestUrl":"https://www.acme.test/search?q=oak","status":200,'
            '"latency":"0.1235s"},"timestamp":"2026-11-24T06:25:01.2Z"}',
            "Google Cloud, httpRequest",
            123.5,
        ),
        (
            '{"level":30,"time":1795501501250,"req":{"method":"GET","url":"/search?q=oak"},"res":{"statusCode":200},'
            '"responseTime":123.5,"msg":"request completed"}',
            "pino-http",
            123.5,
        ),
        (
            '{"time_iso8601":"2026-11-24T07:25:01+01:00","request":"GET /search?q=oak HTTP/1.1","status":"200",'
            '"request_time":"0.1235"}',
            "JSON",
            123.5,
        ),
        (
            "[24/Nov/2026:06:25:01 +0000] - 200 200 - GET https www.acme.test \"/search?q=oak\" [Client 203.0.113.7]"
            f' [Length 1] [Gzip -] [Sent-to app] "{AGENT}" "-"',
            "Nginx Proxy Manager",
            None,
        ),
        (
            '[24/Nov/2026:06:25:01 +0000] www.acme.test 203.0.113.7 0.124 "GET /search HTTP/2.0" 200 125 440 - x y',
            "nginx, host and request time first",
            124,
        ),
        (
            f"www.acme.test 203.0.113.7 - 95386da81aa13b6ab3ce9c989e1e470e - {COMBINED.partition(' ana ')[2]}",
            "BunkerWeb",
            None,
        ),
        (
            "2026/11/24 06:25:01 [2026-11-24 06:25:01.150624] [router:host-http] [origin:www.acme.test] [client: x]"
            f" [useragent: {AGENT}] GET /search?q=oak 200",
            "Zoraxy",
            None,
        ),
        (
            "2026-11-24\t06:25:01\tCDG50-P2\t703\t203.0.113.7\tGET\td6.cloudfront.net\t/search\t200\t-\tcurl\tq=oak\t-"
            "\tHit\tx\twww.acme.test\thttps\t62\t0.124\t-\tTLSv1.3\tx\tHit\tHTTP/2.0",
            "CloudFront",
            124,
        ),
        (
            "2026-11-24 06:25:01 10.0.0.1 GET /search q=oak 443 - 203.0.113.7 Mozilla/5.0 - 200 0 0 123",
            "IIS, W3C extended",
            123,
        ),
    ],
)  # fmt: skip
def test_formats(line: str, title: str, ms: float | None) -> None:
    request, found = one(line)
    path = "https://www.acme.test/search" if "httpRequest" in line else "/search"
    assert (found, request) == (title, Request("GET", path, "200", ms, AT))


@pytest.mark.parametrize(
    ("line", "request_line"),
    [
        (r'1.2.3.4 - - [24/Nov/2026:06:25:01 +0000] "\x16\x03\x01\x01 \x02" 400 226 "-" "-"', r"\x16\x03\x01\x01 \x02"),
        ('1.2.3.4 - - [24/Nov/2026:06:25:01 +0000] "-" 400 0 "-" "-"', "-"),
        ('1.2.3.4 - - [24/Nov/2026:06:25:01 +0000] "HELP" 400 157 "-" "-" 0.001', "HELP"),
        (f'{HAPROXY} "<BADREQ>"', "<BADREQ>"),
    ],
)
def test_what_is_no_http_is_counted_as_such(line: str, request_line: str) -> None:
    request, _ = one(line)
    assert (request.method, request.path) == ("-", request_line)


def test_escaped_quotes_and_statuses_that_are_missing() -> None:
    request, _ = one(r'1.2.3.4 - - [24/Nov/2026:06:25:01 +0000] "GET /a\"b?c=\"d HTTP/1.1" 200 5 "-" "x \"y\" z" 0.250')
    assert (request.path, request.status, request.ms) == (r"/a\"b", "200", 250)
    request, _ = one('1.2.3.4 - - [24/Nov/2026:06:25:01 +0000] "GET /a HTTP/1.1" - - "-" "x" 45640 "-" "-" 0ms')
    assert (request.path, request.status, request.ms) == ("/a", "-", 0)


def test_durations_that_are_missing_are_missing_and_not_zero() -> None:
    lines = [
        ALB.replace("0.020 0.100 0.003", "-1 -1 -1").encode(),
        f'{HAPROXY.replace("/123 ", "/-1 ")} "GET /search HTTP/1.1"'.encode(),
        CADDY.replace('"duration":0.1235,', "").encode(),
        CADDY.replace("0.1235", "-5").encode(),
        b'{"path":"/search","status":200,"duration":12}',
    ]
    for line in lines:
        requests, seen = collect([line])
        assert [request.ms for request in requests] == [None], line
        assert sum(seen.timed.values()) == 0


def test_columns_that_a_log_names_itself() -> None:
    lines = [
        b"#Software: Microsoft Internet Information Services 10.0",
        b"#Fields: date time cs-method cs-uri-stem cs-uri-query s-ip sc-status time-taken",
        b"2026-11-24 06:25:01 GET /search q=oak 10.0.0.1 200 123",
        b"#Date: 2026-11-24 07:00:00",
        b"#Fields: date time sc-status time-taken cs-method cs-uri-stem s-ip",
        b"2026-11-24 06:25:01 404 7 POST /cart 10.0.0.1",
    ]
    requests, seen = collect(lines)
    assert requests == [Request("GET", "/search", "200", 123, AT), Request("POST", "/cart", "404", 7, AT)]
    assert (seen.lines, seen.unparsed) == (2, 0), "comments are no lines of the log"


def test_time_taken_is_in_seconds_where_the_standard_says_so() -> None:
    requests, seen = collect(
        [b"#Fields: date time cs-uri-stem sc-status time-taken", b"2026-11-24 06:25:01 /a 200 0.25"]
    )
    assert requests == [Request("GET", "/a", "200", 250, AT)]
    assert set(seen.formats) == {"W3C extended"}


def test_lines_within_json() -> None:
    line = COMBINED.replace('"', r"\"")
    for wrapped in (
        f'{{"log":"{line} 0.124\\n","stream":"stdout","time":"2026-11-24T06:25:02Z"}}',
        f'{{"container":{{"name":"web"}},"message":"frontend.0 nginx: {line} 0.124"}}',
    ):
        request, title = one(wrapped)
        assert request == Request("GET", "/search", "200", 124, AT)
        assert title == "combined (nginx, Apache), request time last"


def test_mixed_formats_and_noise_in_one_file() -> None:
    noise = b'2026/11/24 06:25:01 [error] 7#7: *1 open() failed, client: 203.0.113.7, request: "GET /a HTTP/1.1"'
    lines = [
        f"{COMBINED} 0.124".encode(), COMBINED.encode(), CADDY.encode(), noise, b"", ALB.encode(),
        b'{"level":"info","msg":"worker started"}', LOGRAGE.encode(), "héllo \udcff".encode("utf-8", "surrogateescape"),
    ] * 20  # fmt: skip
    requests, seen = collect(lines)
    assert len(requests) == 100
    assert seen.lines == 160, "blank lines do not count"
    assert seen.unparsed == 60
    assert set(seen.formats.values()) == {20}
    assert sum(seen.timed.values()) == 80
    assert 1 <= len(seen.samples) <= 5


def test_other_lines_of_caddy_are_no_requests() -> None:
    other = CADDY.replace("http.log.access", "http.log.error")
    requests, seen = collect([CADDY.encode(), other.encode(), CADDY.encode()])
    assert len(requests) == 2
    assert seen.unparsed == 1


def test_of_two_times_the_longer_is_that_of_the_whole() -> None:
    upstream_first = [f"{COMBINED} 0.{n:03d} 0.{n + 5:03d}".encode() for n in range(100, 150)]
    requests, _ = collect(upstream_first)
    assert [request.ms for request in requests] == [float(n + 5) for n in range(100, 150)]
    upstream_last = [f"{COMBINED} 0.{n + 5:03d} 0.{n:03d}".encode() for n in range(100, 150)]
    requests, _ = collect(upstream_last)
    assert [request.ms for request in requests] == [float(n + 5) for n in range(100, 150)]


def test_a_bare_number_is_no_duration_unless_it_is_declared() -> None:
    line = f"{COMBINED} 123500"
    request, title = one(line)
    assert (request.ms, title) == (None, "combined with further columns")
    declared = r'LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D" timed'
    request, title = one(line, Wanted(declared))
    assert (request, title) == (Request("GET", "/search", "200", 123.5, AT), "Apache, declared")


def test_a_named_format_reads_nothing_else() -> None:
    requests, seen = collect([CADDY.encode(), COMBINED.encode()], Wanted("nginx"))
    assert len(requests) == 1
    assert (seen.lines, seen.unparsed) == (2, 1)


def test_unparsed_lines_are_kept_without_what_they_say() -> None:
    secret = b"login failed for ana.smith@acme.test from 203.0.113.7 with token=s3cr3t-Value request: GET /x"
    _, seen = collect([secret])
    (sample,) = seen.samples
    assert not any(word in sample for word in ("ana", "smith", "acme", "203", "s3cr3t", "Value", "/x"))
    assert "request: GET" in sample
    assert gzip.compress(sample.encode())  # a plain string
