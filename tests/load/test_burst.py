"""The burst test, and the watch beside a real load test: processes, sockets, a queue with a worker, one timeline."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from launchready_tui.load.burst import JOBS, burst_through, burst_walks, start_burst
from launchready_tui.load.preparing import make_watch, start
from launchready_tui.load.request import LoadRequest
from launchready_tui.load.walks import make_walks
from launchready_tui.model.performance import Dependency, Logs, Queue, Server
from launchready_tui.model.product import Network, Product
from tests.checks.load import GOOD, LIMITS
from tests.load.running import LENIENT, NEEDS_LOCUST, prepared
from tests.load.site import Reply, Request, Site, profile

SHOP = """
[[route]]
id = "signup"
url = "{url}/signup"
reach = "mail"
[[route]]
id = "pay"
url = "{url}/pay"
reach = "payment"
[load]
environment = "staging"
mail_sink = "attested"
payment_test = "attested"
[[journey]]
id = "browse"
weight = 5
[[journey.step]]
route = "home"
think = "0s"
times = "2..4"
[[journey]]
id = "signup"
[[journey.step]]
route = "home"
think = "1s..2s"
[[journey.step]]
route = "signup"
method = "POST"
data = {{ email = "load-{{n}}@acme.test" }}
think = "1s"
[[journey]]
id = "pay"
[[journey.step]]
route = "pay"
method = "POST"
think = "0s"
"""


class Shop:
    """Sign-ups go into a queue that a worker empties; every one is written to the log as a call to a supplier."""

    def __init__(self, log: Path, seconds: float) -> None:
        self.log, self.seconds = log, seconds
        self.jobs: list[float] = []
        self.mails: list[str] = []
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._end.set()
        self._thread.join(10)

    def answer(self, request: Request, number: int) -> Reply:
        if request.path == "/metrics":
            with self._lock:
                waiting = [time.time() - came for came in self.jobs]
            body = f"jobs {len(waiting)}\nprocess_resident_memory_bytes 5e7\nconns 4\n"
            return Reply(body=body.encode())
        if request.path == "/signup":
            with self._lock:
                self.jobs.append(time.time())
                self.mails.append(request.form["email"])
            with self.log.open("a") as file:
                file.write('{"dependency": "mailer", "status": 429}\n')
        return Reply()

    def _work(self) -> None:
        while not self._end.wait(self.seconds):
            with self._lock:
                if self.jobs:
                    self.jobs.pop(0)


def shop_profile(site: Site) -> Product:
    return profile(site, SHOP.format(url=site.url))


def product_of(site: Site, folder: Path) -> Product:
    return replace(
        shop_profile(site),
        base=str(folder),
        network=Network(public=("127.0.0.0/8",)),
        server=Server(f"{site.url}/metrics", connections="conns", max_connections="20"),
        queues=(Queue("mail", "prometheus", "jobs"),),
        dependencies=(Dependency("mailer", "smtp.mail.test"),),
        logs=Logs(app=("app.log",)),
    )


@NEEDS_LOCUST
async def test_load_and_burst_are_watched_on_one_timeline(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("")
    shop = Shop(log, seconds=0.15)
    try:
        with Site(shop.answer) as site:
            product = product_of(site, tmp_path)
            ready = await prepared(product, LoadRequest(users=4, duration_s=3, authorized_by="Ada", burst=True))
            watch = await make_watch(product, lambda name: None)
            report = await start(ready, limits=LENIENT, watch=watch, settle_s=60).run()
            before = len(shop.mails)
            again = await make_watch(product, lambda name: None)
            burst = start_burst(ready, report, limits=LENIENT, watch=again, settle_s=60)
            assert burst is not None
            report = burst_through(report, await burst.run())
    finally:
        shop.close()
    server = report.server
    assert {value for _, value in server.points("memory")} == {5e7}
    assert server.points("memory")[0][0] <= 0, "there is a baseline before the first request"
    assert server.points("db.limit")[0][1] == 20
    assert server.until > report.timeline[-1].at
    [calls] = server.dependencies
    assert (calls.host, calls.calls) == ("smtp.mail.test", sum(count.throttled for count in calls.counts))
    assert calls.calls == before
    found = report.burst
    assert found is not None
    assert len(shop.mails) - before >= JOBS
    assert len(set(shop.mails)) == len(shop.mails), "no address is used twice"
    assert found.sessions >= JOBS
    assert max(value for _, value in found.server.points("queue.mail.depth")) > 5
    assert found.server.points("queue.mail.depth")[-1][1] == 0, "it was watched until the queue was drained"


def test_a_burst_takes_the_journeys_that_send_mail_without_their_pauses() -> None:
    with Site(lambda request, number: Reply()) as site:
        product = shop_profile(site)
    walks, keys = make_walks(product)
    [walk] = burst_walks(product, walks, keys)
    assert walk.id == "signup"
    assert {step.think for step in walk.steps} == {(0.0, 0.0)}
    assert {step.times for step in walk.steps} == {(1, 1)}
    without_mail = replace(
        product, routes=tuple(replace(route, reach="") if route.id == "signup" else route for route in product.routes)
    )
    assert [walk.id for walk in burst_walks(without_mail, walks, keys)] == ["pay"]
    nothing = replace(product, routes=tuple(replace(route, reach="") for route in product.routes))
    assert burst_walks(nothing, walks, keys) == ()


def test_the_burst_is_as_large_as_the_runbook_asks() -> None:
    assert LIMITS["load.queue"]["burst_jobs"] == JOBS


@pytest.mark.parametrize(("cap", "seconds"), [(0.0, 5.0), (400.0, 5.0), (10.0, 11.0)])
async def test_the_cap_of_requests_a_second_holds(cap: float, seconds: float) -> None:
    with Site(lambda request, number: Reply()) as site:
        product = shop_profile(site)
        ready = await prepared(product, LoadRequest(users=1, duration_s=2, authorized_by="Ada", max_rps=cap))
        burst = start_burst(ready, GOOD)
    assert burst is not None
    assert burst.plan.duration_s == seconds
    assert burst.plan.rate * burst.plan.requests_per_session <= (cap or 1e9)
