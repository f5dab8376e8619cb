"""Walks a journey as one visitor: fills placeholders, sends, extracts, thinks."""

from __future__ import annotations

import json
import random
import time
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from urllib.parse import urlencode

import gevent  # type: ignore[import-untyped]
from gevent.event import Event  # type: ignore[import-untyped]

from launchready_tui.load.generator.browser import Browser, Reply
from launchready_tui.load.generator.cap import Cap
from launchready_tui.load.generator.failures import CONNECTION
from launchready_tui.load.generator.tally import Tally
from launchready_tui.load.script import Script, Step, Walk
from launchready_tui.load.templates import extract, fill, fill_path
from launchready_tui.load.thinking import pause

_GOLDEN = 0.6180339887498949
_SIGHING = 1.0
"""Seconds that a visitor waits at least after a connection that failed."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class Traffic:
    """What all visitors of a process share.

    `cleared` is set when the first request may be sent: a worker waits for its master's word. `ending` is set when no
    new one may be sent any more.
    """

    def __init__(self, script: Script, secrets: Mapping[str, str], tally: Tally) -> None:
        self.script = script
        self.secrets = secrets
        self.tally = tally
        self.cap = Cap(script.max_rps)
        self.ending = Event()
        self.cleared = Event()
        self.rng = random.Random()  # noqa: S311 - pauses and words, no secrets
        self.worker = 0
        self._walked = 0
        self._position = self.rng.random()
        self._shares = list(accumulate(walk.weight for walk in script.walks))

    def agree(self, script: Script) -> None:
        """Follow these terms from now on; the journeys are the same."""
        self.script = script
        self.tally.apart = script.mode == "arrival"

    def draw(self) -> int:
        """The journey of the next visitor: shares follow the weights closely even over a few sessions."""
        self._position = (self._position + _GOLDEN) % 1.0
        return min(bisect_right(self._shares, self._position * self._shares[-1]), len(self._shares) - 1)

    def number(self) -> str:
        """A number that no other session has, in this run or another: seconds of the start, machine, counter."""
        self._walked += 1
        return f"{(self.script.epoch % 10**8) * 1000 + self.worker % 1000}{self._walked:06d}"


class Session:
    """One visit. `due` is when it should have begun, on the clock of `time.perf_counter`."""

    def __init__(self, traffic: Traffic, browser: Browser, walk: int, due: float | None = None) -> None:
        self._traffic = traffic
        self._browser = browser
        self._number = walk
        self._walk: Walk = traffic.script.walks[walk]
        self._due = due
        self._found: dict[str, list[str]] = {}
        self._now: dict[str, str] = {}
        self._sent = False

    def run(self) -> bool:
        """Walk the journey; False where nothing could be sent. Ends early when the test ends, or where a placeholder
        cannot be filled.
        """
        tally = self._traffic.tally
        began = self._due if self._due is not None else time.perf_counter()
        tally.walk(self._number).started += 1
        tally.come()
        self._browser.forget()
        failed = False
        try:
            for step in self._walk.steps:
                for turn in range(self._times(step)):
                    if self._traffic.ending.is_set():
                        return True
                    if turn:
                        self._redraw(step)
                    failed |= not self._step(step)
                    self._think(step)
            walked = tally.walk(self._number)
            walked.finished += 1
            walked.seconds += time.perf_counter() - began
        except KeyError:
            failed = True
        finally:
            tally.go()
            if failed:
                tally.walk(self._number).failed += 1
        return self._sent

    def _times(self, step: Step) -> int:
        low, high = step.times
        return low if low == high else self._traffic.rng.randint(low, high)

    def _step(self, step: Step) -> bool:
        """Send one step; False where it failed. Raises `KeyError` for a placeholder that nothing filled."""
        traffic = self._traffic
        target = fill_path(step.target, self._value)
        body, headers = self._body(step)
        due = self._due
        if wait := traffic.cap.wait():
            traffic.tally.held()
            if traffic.ending.wait(wait):
                return True
            due = None if due is None else due + wait
        self._due = None
        self._sent = True
        tally = traffic.tally
        ticket = tally.sent(step.key, due if due is not None else time.perf_counter())
        try:
            reply = self._browser.ask(step.method, step.origin, target, body, headers, step.expect)
        except gevent.GreenletExit:
            tally.cut(ticket)
            raise
        ended = time.perf_counter()
        error = reply.error or (self._extract(step, reply) if step.extract else "")
        tally.done(ticket, ended, error, reply.status, reply.size)
        if error in CONNECTION and traffic.script.mode != "arrival":
            traffic.ending.wait(_SIGHING)
        return not error

    def _think(self, step: Step) -> None:
        low, high = step.think
        seconds = pause(low, high, self._traffic.rng) if high > 0 else 0.0
        if seconds > 0:
            due = time.perf_counter() + seconds
            self._traffic.ending.wait(seconds)
            if self._traffic.script.mode == "arrival":
                self._due = due

    def _body(self, step: Step) -> tuple[bytes, Mapping[str, str]]:
        if not step.body:
            return b"", {}
        values = {name: fill(value, self._value) for name, value in step.body.items()}
        if step.json:
            return json.dumps(values).encode(), _JSON
        return urlencode(values).encode(), _FORM

    def _value(self, name: str) -> str:
        """What fills a placeholder: what the server said last, the account, a pool. Raises `KeyError`."""
        traffic = self._traffic
        if name in self._now:
            return self._now[name]
        if name == "n":
            found = traffic.number()
        elif name == "account.username":
            found = self._walk.username
        elif name == "account.password":
            found = traffic.secrets[self._walk.role]
        else:
            return traffic.rng.choice(traffic.script.pools[name])
        self._now[name] = found
        return found

    def _extract(self, step: Step, reply: Reply) -> str:
        """Take what later steps need from the answer; `extract` where it is not there."""
        text = reply.text()
        for name, pattern in step.extract.items():
            found = extract(pattern, text)
            if not found:
                self._now.pop(name, None)
                self._found.pop(name, None)
                return "extract"
            self._traffic.rng.shuffle(found)
            self._found[name] = found
            self._now[name] = found[-1]
        return ""

    def _redraw(self, step: Step) -> None:
        """A repeated step is about another thing each time: people open several listings, not one several times."""
        for name in step.needs:
            choices = self._found.get(name)
            if choices and len(choices) > 1:
                choices.insert(0, choices.pop())
                self._now[name] = choices[-1]
