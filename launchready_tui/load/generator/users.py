"""The users that Locust spawns: people who come again and again, or a pacer that lets sessions begin on a schedule.

Both send through the HTTP client of Locust's FastHttpUser, without its session around it: that one would follow
redirects to any host and measure from the moment of sending only.
"""

from __future__ import annotations

import math
import time

from gevent.pool import Group  # type: ignore[import-untyped]
from geventhttpclient.client import HTTPClientPool
from locust import User, task
from locust.exception import StopUser

from launchready_tui.load.generator.browser import HEADERS, Browser
from launchready_tui.load.generator.pinning import context_factory
from launchready_tui.load.generator.sessions import Session, Traffic

LATE_S = 1.0
"""Seconds after which a session that is due and did not begin is dropped: the generator lost its schedule."""


class Browsers:
    """Makes browsers: verified connections, one at a time, bounded in time, no retries of the client's own."""

    def __init__(self, traffic: Traffic) -> None:
        script = traffic.script
        self._script = script
        self._options = {
            "headers": HEADERS,
            "ssl_context_factory": context_factory(script),
            "connection_timeout": script.connect_s,
            "network_timeout": script.silence_s,
            "concurrency": 1,
        }

    def new(self) -> Browser:
        """A browser without connections and cookies."""
        return Browser(self._script, HTTPClientPool(**self._options))


class Schedule:
    """The share of the arrivals that this process lets begin. `pacers` is how many share them."""

    def __init__(self, traffic: Traffic) -> None:
        self.pacers = 1
        self.sessions = Group()
        self._traffic = traffic
        self.browsers = Browsers(traffic)
        self._idle: list[Browser] = []
        self._began = 0

    def stop(self) -> None:
        """Cut off every session."""
        self.sessions.kill(block=False)

    def run(self) -> None:
        """Start sessions when they are due, whatever became of the earlier ones."""
        traffic, tally = self._traffic, self._traffic.tally
        rate = traffic.script.rate
        place = (traffic.worker + self._began) % self.pacers
        self._began += 1
        began = time.perf_counter() - tally.elapsed
        missed = max(0, math.ceil((tally.elapsed - LATE_S) * rate / self.pacers))
        total = math.floor(rate * traffic.script.duration_s + 1e-6)
        for number in range(place + missed * self.pacers, total, self.pacers):
            due = began + number / rate
            if traffic.ending.wait(max(0.0, due - time.perf_counter())):
                return
            walk = traffic.draw()
            tally.due()
            if time.perf_counter() - due > LATE_S or tally.open * self.pacers >= traffic.script.most_open:
                tally.drop(traffic.script.walks[walk].steps[0].key)
            else:
                self.sessions.spawn(self._visit, walk, due)

    def _visit(self, walk: int, due: float) -> None:
        browser = self._idle.pop() if self._idle else self.browsers.new()
        Session(self._traffic, browser, walk, due).run()
        self._idle.append(browser)


def sender_class(traffic: Traffic, schedule: Schedule) -> type[User]:
    """What Locust spawns. In the closed model it is a person who comes again and again, one session after the other;
    in arrival mode it is this process' pacer. Which of them, a worker hears from its master before the first request.
    """

    class Sender(User):
        @task
        def send(self) -> None:
            traffic.cleared.wait()
            if traffic.script.mode == "arrival":
                schedule.run()
                traffic.ending.wait()
            browser = schedule.browsers.new()
            while not traffic.ending.is_set():
                if not Session(traffic, browser, traffic.draw()).run():
                    traffic.ending.wait(LATE_S)
            raise StopUser

    return Sender
