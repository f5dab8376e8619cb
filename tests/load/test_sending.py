"""What the generator sends and measures, seen by a server that keeps its own record. Real processes on loopback."""

from __future__ import annotations

import re
import ssl
import threading
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from launchready_tui.errors import InputError
from launchready_tui.load.judging import judge
from launchready_tui.load.preparing import start
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.runner import LoadRun
from launchready_tui.load.ticks import LoadTick
from launchready_tui.model.questions.loadtest import LoadLimits
from launchready_tui.model.statistics import percentile
from tests.load.running import LENIENT, NEEDS_LOCUST, prepared, run
from tests.load.site import Reply, Request, Site, latency, profile

pytestmark = NEEDS_LOCUST

MARKET = """
[[route]]
id = "login"
url = "{url}/login"
[[route]]
id = "search"
url = "{url}/search"
[[route]]
id = "listing"
url = "{url}/listings/x"
[[route]]
id = "order"
url = "{url}/api/orders"
kind = "api"
expect_status = [201]
[[account]]
role = "buyer"
username = "buyer@acme.test"
[pools]
word = "words.txt"
colour = ["red & blue"]
[[journey]]
id = "buy"
account = "buyer"
[[journey.step]]
route = "login"
extract = {{ csrf = 'name="csrf" value="([^"]+)"' }}
[[journey.step]]
route = "login"
method = "POST"
data = {{ email = "{{account.username}}", password = "{{account.password}}", csrf = "{{csrf}}", n = "{{n}}" }}
[[journey.step]]
route = "search"
path = "/search?q={{word}}&colour={{colour}}"
extract = {{ listing = "json:items.*.id" }}
[[journey.step]]
route = "listing"
path = "/listings/{{listing}}"
times = "3..4"
[[journey.step]]
route = "order"
method = "POST"
path = "/api/orders"
data = {{ listing = "{{listing}}", n = "{{n}}" }}
json = true
expect_status = [201]
"""


class Market:
    """A shop that insists on its rules: a session cookie, the CSRF token that it gave, the password."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.tokens: dict[str, str] = {}

    def __call__(self, request: Request, number: int) -> Reply:
        session = request.cookies.get("session", "")
        match request.method, request.path:
            case "GET", "/login":
                if session:
                    self.wrong.append("a new visitor came with a cookie")
                fresh = f"s{number}"
                self.tokens[fresh] = f"token-{number}"
                page = f'<input name="csrf" value="{self.tokens[fresh]}">'.encode()
                return Reply(200, page, [("Set-Cookie", f"session={fresh}; Path=/; HttpOnly")])
            case "POST", "/login":
                form = request.form
                if form.get("csrf") != self.tokens.get(session) or form.get("password") != "s3cret pass":
                    self.wrong.append(f"login with {sorted(form)}")
                return Reply(303, b"", [("Location", "/home")])
            case "GET", "/search":
                if request.query.get("q") not in ("oak", "ash") or request.query.get("colour") != "red & blue":
                    self.wrong.append(f"searched {request.query}")
                items = ", ".join(f'{{"id": "item-{n}"}}' for n in range(5))
                return Reply(200, f'{{"items": [{items}]}}'.encode(), [("Content-Type", "application/json")])
            case "POST", "/api/orders":
                if not re.fullmatch(rb'\{"listing": "item-\d", "n": "\d+"\}', request.body) or not session:
                    self.wrong.append(f"ordered {request.body!r}")
                return Reply(201)
            case "GET", _:
                return Reply()
        self.wrong.append(f"{request.method} {request.path}")
        return Reply(404)


async def test_a_journey_is_walked_as_a_visitor_would(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("oak\n\nash\n")
    market = Market()
    with Site(market) as site:
        product = profile(site, MARKET.format(url=site.url), base=str(tmp_path))
        report = await run(
            product, LoadRequest(users=3, duration_s=3), tokens={"account:buyer": "s3cret pass"}, limits=LENIENT
        )
        seen = list(site.seen)
    assert market.wrong == []
    loads = {load.route: load for load in report.routes}
    assert {route: load.errors for route, load in loads.items()} == {route: {} for route in loads}
    assert report.requests == len([one for one in seen if one.path != "/home"])
    assert report.journeys[0].failed == 0
    assert report.journeys[0].finished > 3
    assert loads["listing"].bytes == 2 * loads["listing"].requests

    listings, numbers = defaultdict(list), defaultdict(set)
    for one in seen:
        session = one.cookies.get("session", "")
        if one.path.startswith("/listings/"):
            listings[session].append(one.path)
        elif one.method == "POST":
            number = one.form.get("n") if one.path == "/login" else re.findall(rb'"n": "(\d+)"', one.body)[0].decode()
            numbers[session].add(number)
    complete = [paths for paths in listings.values() if len(paths) >= 3]
    assert complete
    assert all(len(set(paths)) == len(paths) for paths in complete), "the same listing was opened twice"
    assert all(len(found) == 1 for found in numbers.values()), "{n} changed within a session"
    unique = [next(iter(found)) for found in numbers.values()]
    assert len(set(unique)) == len(unique), "{n} repeats"


async def test_latencies_are_those_that_the_server_made() -> None:
    # Whoever else wants the cores can only make it later: the best of three is what the generator itself adds.
    for _ in range(3):
        with Site(latency) as site:
            report = await run(profile(site), LoadRequest(users=5, duration_s=5))
            made = sorted(request.seconds * 1000 for request in site.seen)
        load = report.routes[0]
        assert (report.requests, load.failures) == (len(made), 0)
        if load.p95_ms <= percentile(made, 0.95) * 1.02:
            break
    assert load.p95_ms == pytest.approx(percentile(made, 0.95), rel=0.02)
    assert load.p50_ms >= percentile(made, 0.50) * 0.99
    assert load.max_ms >= made[-1] * 0.99
    assert load.p95_low_ms <= load.p95_ms <= load.p95_high_ms
    assert sum(point.requests for point in report.timeline) == report.requests
    assert report.most_users == 5


async def test_arrivals_show_a_stall_that_constant_users_hide() -> None:
    async def stalled(request: LoadRequest) -> tuple[float, float]:
        with Site(lambda _, number: Reply()) as site:
            stalls: list[threading.Timer] = []

            def during(tick: LoadTick, _: LoadRun) -> None:
                if tick.at >= 1 and not stalls:
                    site.stall()
                    stalls.append(threading.Timer(2.0, site.go))
                    stalls[0].start()

            report = await run(profile(site), request, during=during)
            assert report.requests == len(site.seen)
        return report.routes[0].p95_ms, report.routes[0].max_ms

    arrival_p95, arrival_max = await stalled(LoadRequest(rate=20, duration_s=6))
    closed_p95, closed_max = await stalled(LoadRequest(users=2, duration_s=6))
    assert arrival_max > 1_500
    assert closed_max > 1_500
    assert arrival_p95 > 1_000, "a third of all visitors came during the stall"
    assert closed_p95 < 500, "two users who wait together send nothing, and so measure nothing"


async def test_arrivals_keep_their_schedule() -> None:
    with Site(lambda _, number: Reply()) as site:
        report = await run(profile(site), LoadRequest(rate=25, duration_s=4), limits=LoadLimits(lag_p99_ms=1e9))
    assert report.requests == len(site.seen) == 100
    assert report.generator.scheduled == 100
    assert report.generator.dropped == 0
    assert report.routes[0].service_p95_ms is not None


async def test_a_generator_that_cannot_keep_up_is_invalid() -> None:
    with Site(lambda _, number: Reply()) as site:
        report = await run(profile(site), LoadRequest(rate=20_000, duration_s=3), limits=LoadLimits())
    assert not report.generator.valid
    assert judge(report).verdict == "invalid"
    assert report.generator.dropped == report.routes[0].dropped > 0


async def test_the_cap_is_kept_where_requests_are_sent() -> None:
    with Site(lambda _, number: Reply()) as site:
        report = await run(profile(site), LoadRequest(users=10, duration_s=4, max_rps=20))
    assert report.generator.capped
    assert report.requests == len(site.seen)
    assert 20 < report.requests <= 4 * 20 + 20 * 0.2 + 10


async def test_names_certificates_and_ports_are_those_of_the_url(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("www.acme.test").configure_cert(context)

    def rest(site: Site, bundle: str) -> str:
        return f"""
[[route]]
id = "page"
url = "https://www.acme.test/page"
[[journey]]
id = "read"
[[journey.step]]
route = "page"
[network]
ca_bundle = "{bundle}"
connect_to = ["www.acme.test:443:127.0.0.1:{site.port}"]
public = ["127.0.0.0/8"]
"""

    def product(site: Site, bundle: str):  # type: ignore[no-untyped-def]
        from launchready_tui.model.profile import parse_product

        text = '[product]\nname = "Acme"\ndomain = "acme.test"\n' + rest(site, bundle)
        return parse_product(text, "product.toml", str(tmp_path))

    with Site(lambda _, number: Reply(), context) as site:
        report = await run(product(site, "ca.pem"), LoadRequest(users=2, duration_s=2))
        hosts = {request.headers["host"] for request in site.seen}
        assert report.failures == 0
        assert report.requests == len(site.seen) > 0
        assert hosts == {"www.acme.test"}

        other = trustme.CA()
        other.cert_pem.write_to_path(tmp_path / "other.pem")
        refused = await run(product(site, "other.pem"), LoadRequest(users=1, duration_s=2))
    assert set(refused.routes[0].errors) == {"certificate"}
    assert refused.failures == refused.requests > 0


async def test_redirects_lead_nowhere_but_to_the_product() -> None:
    with Site(lambda _, number: Reply()) as stranger:
        target = f"{stranger.url}/else"

        def handler(request: Request, number: int) -> Reply:
            if request.path == "/away":
                return Reply(302, b"", [("Location", target)])
            if request.path == "/loop":
                return Reply(302, b"", [("Location", "/loop")])
            return Reply(302, b"", [("Location", "page")]) if request.path == "/in/" else Reply()

        routes = "".join(
            f'[[route]]\nid = "{name}"\nurl = "{{url}}/{path}"\n'
            for name, path in (("in", "in/"), ("away", "away"), ("loop", "loop"))
        )
        steps = "".join(f'[[journey.step]]\nroute = "{name}"\nthink = "100ms"\n' for name in ("in", "away", "loop"))
        with Site(handler) as site:
            rest = routes.format(url=site.url) + f'[[journey]]\nid = "walk"\n{steps}'
            report = await run(profile(site, rest), LoadRequest(users=2, duration_s=2))
            assert any(request.path == "/in/page" for request in site.seen)
        assert stranger.seen == []
    kinds = {load.route: set(load.errors) for load in report.routes}
    assert kinds == {"in": set(), "away": {"left-site"}, "loop": {"redirects"}}


async def test_every_way_to_fail_has_a_name() -> None:
    bad = {
        "gone": Reply(404),
        "broken": Reply(503),
        "short": Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nonly this"),
        "garbage": Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        "nothing": Reply(raw=b""),
        "huge": Reply(200, b"x" * (17 * 1024 * 1024)),
        "plain": Reply(200, b"no token here"),
        "bomb": Reply(200, b"\x1f\x8b" + b"\x00" * 30, [("Content-Encoding", "gzip")]),
    }
    routes = "".join(f'[[route]]\nid = "{name}"\nurl = "{{url}}/{name}"\n' for name in bad)
    extract = {"plain": 'extract = { token = "token=(.+)" }\n', "bomb": 'extract = { other = "other=(.+)" }\n'}
    steps = "".join(f'[[journey.step]]\nroute = "{name}"\n{extract.get(name, "")}' for name in bad)
    with Site(lambda request, number: bad[request.path.strip("/")]) as site:
        rest = routes.format(url=site.url) + f'[[journey]]\nid = "walk"\n{steps}'
        report = await run(
            profile(site, rest),
            LoadRequest(users=2, duration_s=4),
            limits=replace(LENIENT, abort_error_percent=100.0, abort_burst=10**9),
        )
    kinds = {load.route: set(load.errors) for load in report.routes}
    assert kinds == {
        "gone": {"status-404"},
        "broken": {"status-503"},
        "short": {"malformed"},
        "garbage": {"malformed"},
        "nothing": {"reset"},
        "huge": {"too-large"},
        "plain": {"extract"},
        "bomb": {"extract"},
    }
    assert all(load.failures == load.requests > 0 for load in report.routes)
    assert sum(point.server_errors for point in report.timeline) == report.routes[1].requests


async def test_what_never_ends_counts_as_failed_and_slow() -> None:
    with Site(lambda request, number: Reply(delay=600)) as site:
        ready = await prepared(profile(site), LoadRequest(users=3, duration_s=2))
        ready = replace(ready, planned=replace(ready.planned, script=replace(ready.planned.script, drain_s=1.0)))
        report = await start(ready, limits=LENIENT).run()
    load = report.routes[0]
    assert (load.requests, load.errors) == (3, {"unfinished": 3})
    assert load.p50_ms > 2_500


async def test_load_goes_to_no_private_address() -> None:
    with Site(lambda _, number: Reply()) as site:
        product = profile(site)
        closed = replace(product, network=replace(product.network, public=()))
        with pytest.raises(InputError, match="not a public address"):
            await prepared(closed, LoadRequest(users=1, duration_s=1))
        assert site.seen == []
