"""Runs the test inside Locust: waits for workers, starts, reports every second, ends with or without mercy.

One object a process. Locust's three kinds of runner differ in who counts (local, worker), who prints (local, master)
and who has to be told (workers).
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import Any

import gevent  # type: ignore[import-untyped]
from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

from launchready_tui.load.generator import pipes
from launchready_tui.load.generator.sessions import Traffic
from launchready_tui.load.generator.users import Schedule
from launchready_tui.load.generator.vitals import Watch

REPORT_S = 1.0
SETTLE_S = 3.0
"""Seconds without a new worker after which a master that was not told their number begins."""

BEHIND_S = 2.0
"""Seconds that a worker may be behind its master."""

TERMS = ("mode", "rate", "duration_s", "most_open", "drain_s")
"""What a worker takes from its master's script instead of its own."""

SETTINGS, STRANGER = "launchready-settings", "launchready-stranger"
FINISH, FINISHED = "launchready-finish", "launchready-finished"


class Control:
    """The test as this process sees it."""

    def __init__(self, environment: Environment, traffic: Traffic, schedule: Schedule) -> None:
        self._environment = environment
        self._traffic = traffic
        self._schedule = schedule
        self._watch = Watch()
        self._deltas: list[dict[str, Any]] = []
        self._known: dict[str, float] = {}
        self._strangers = 0
        self._finished: set[str] = set()
        self._began: float | None = None
        self._over = self._said_end = False
        self._runner: Any = environment.runner
        self._is_master = isinstance(self._runner, MasterRunner)
        self._is_worker = isinstance(self._runner, WorkerRunner)

    def begin(self, control: int, lifeline: int) -> None:
        """Start what runs beside the users."""
        events: Any = self._environment.events
        self._environment.process_exit_code = 0
        events.test_start.add_listener(self._on_start)
        events.test_stopping.add_listener(self._on_stopping)
        gevent.spawn(self._die_alone, lifeline)
        if not self._is_master:
            gevent.spawn(self._watch.run)
        if self._is_worker:
            self._runner.register_message(SETTINGS, self._on_settings)
            self._runner.register_message(STRANGER, self._on_stranger)
            self._runner.register_message(FINISH, self._on_finish, concurrent=True)
            events.report_to_master.add_listener(self._on_report)
            return
        if self._is_master:
            self._runner.register_message(FINISHED, self._on_finished)
            events.worker_report.add_listener(self._on_worker_report)
        events.quit.add_listener(self._on_quit)
        gevent.spawn(self._report_for_ever)
        gevent.spawn(pipes.commands, control, self._hear)

    # --- what the shape asks ------------------------------------------------------------------------------------------

    @property
    def elapsed(self) -> float:
        """Seconds since the test began."""
        return self._traffic.tally.elapsed

    @property
    def pacers(self) -> int:
        """How many processes share a schedule."""
        return max(1, len(self._known)) if self._is_master else 1

    def gather(self) -> None:
        """Wait until the workers are there, and have said what they run."""
        if not self._is_master:
            self._set(self._traffic.script.max_rps, 1)
            return
        wanted = self._traffic.script.workers
        while not self._known or self._alive() - self._known.keys() or self._come(wanted):
            gevent.sleep(0.05)
        self._share()

    def _come(self, wanted: int) -> bool:
        """Whether more workers may come."""
        if wanted:
            return len(self._known) < wanted
        return time.monotonic() - max(self._known.values()) < SETTLE_S

    def finish(self, *, early: bool = False) -> None:
        """End in peace: nothing new is sent, what is under way may end. `early`: before the planned time is over."""
        if self._over:
            return
        self._over = True
        gevent.spawn(self._finish, early)

    # --- beginning ----------------------------------------------------------------------------------------------------

    def _on_start(self, **_: Any) -> None:
        self._traffic.tally.begin(time.perf_counter() - self._began if self._began is not None else 0.0)
        if not self._is_worker:
            gevent.spawn_later(self._traffic.script.duration_s, self.finish)

    def _share(self) -> None:
        """Tell every worker its share of the cap and of the schedule, and how long the test has run."""
        for who in self._known:
            self._runner.send_message(SETTINGS, self._settings(), client_id=who)

    def _settings(self) -> dict[str, Any]:
        script = self._traffic.script
        return {
            "elapsed": self.elapsed,
            "cap": script.max_rps / max(1, len(self._known)),
            "pacers": self.pacers,
            "terms": {name: getattr(script, name) for name in TERMS},
        }

    def _on_settings(self, environment: Environment, msg: Any) -> None:
        elapsed = float(msg.data["elapsed"])
        if elapsed > 0:
            self._began = time.perf_counter() - elapsed
        self._traffic.worker = max(0, int(self._runner.worker_index))
        self._traffic.agree(replace(self._traffic.script, **{name: msg.data["terms"][name] for name in TERMS}))
        self._set(float(msg.data["cap"]), int(msg.data["pacers"]))

    def _on_stranger(self, environment: Environment, msg: Any) -> None:
        """This process has other journeys than its master. Leaving in Locust's way could end the master as well."""
        sys.stderr.write("The master runs other journeys: the profiles of the two machines differ.\n")
        sys.stderr.flush()
        os._exit(1)

    def _set(self, cap: float, pacers: int) -> None:
        self._traffic.cleared.set()
        self._traffic.cap.limit = cap
        self._schedule.pacers = pacers

    # --- reporting ----------------------------------------------------------------------------------------------------

    def _delta(self) -> dict[str, Any]:
        return self._traffic.tally.take(self._watch.vitals()).to_plain()

    def _on_report(self, client_id: str, data: dict[str, Any]) -> None:
        data["launchready"] = self._delta() | {"who": client_id}

    def _on_worker_report(self, client_id: str, data: dict[str, Any]) -> None:
        delta = data.pop("launchready", None)
        if delta is None:
            return
        if delta.get("journeys") != self._traffic.script.journeys:
            self._strangers += client_id not in self._finished
            self._finished.add(client_id)
            self._runner.send_message(STRANGER, {}, client_id=client_id)
            return
        if client_id not in self._known:
            self._known[client_id] = time.monotonic()
            if self.elapsed > 0:
                self._share()
        self._deltas.append(delta)

    def _report_for_ever(self) -> None:
        while not self._said_end:
            gevent.sleep(REPORT_S)
            self._report()

    def _report(self) -> None:
        if self._said_end:
            return
        deltas, self._deltas = self._deltas, []
        if not self._is_master:
            deltas = [self._delta()]
        pipes.say(
            {
                "at": round(self.elapsed, 3),
                "over": self._over,
                "workers": self._workers(),
                "known": len(self._known) if self._is_master else 1,
                "strangers": self._strangers,
                "deltas": deltas,
            }
        )

    def _workers(self) -> int:
        return int(self._runner.worker_count) if self._is_master else 1

    # --- ending -------------------------------------------------------------------------------------------------------

    def _hear(self, command: str) -> None:
        if command == "finish":
            self.finish(early=True)
        elif command == "stop":
            self._over = True
            gevent.spawn(self._stop)

    def _finish(self, early: bool) -> None:
        if self._is_master:
            patience = self._traffic.script.drain_s + BEHIND_S + 2 * REPORT_S
            waiting = set(self._known)
            for who in waiting:
                self._runner.send_message(FINISH, {"early": early}, client_id=who)
            until = time.monotonic() + patience
            while not waiting & self._alive() <= self._finished and time.monotonic() < until:
                gevent.sleep(0.02)
        else:
            self._drain()
        self._leave()

    def _alive(self) -> set[str]:
        """The workers that still send their heartbeat."""
        return {node.id for node in self._runner.clients.all if node.state != STATE_MISSING}

    def _stop(self) -> None:
        self._traffic.ending.set()
        self._leave()

    def _drain(self) -> None:
        """Let requests end; what does not end in time counts as a failure that took at least as long."""
        tally = self._traffic.tally
        self._traffic.ending.set()
        until = time.monotonic() + self._traffic.script.drain_s
        while tally.in_flight and time.monotonic() < until:
            gevent.sleep(0.01)
        tally.unfinished()

    def _on_finish(self, environment: Environment, msg: Any) -> None:
        if not msg.data["early"]:
            # A worker hears of the beginning a little after its master, and still owes the end of its schedule.
            left = self._traffic.script.duration_s - self._traffic.tally.elapsed
            gevent.sleep(min(BEHIND_S, max(0.0, left)))
        self._drain()
        self._runner.send_message(FINISHED, self._delta())

    def _on_finished(self, environment: Environment, msg: Any) -> None:
        self._deltas.append(msg.data | {"who": msg.node_id})
        self._finished.add(msg.node_id)

    def _on_stopping(self, **_: Any) -> None:
        self._traffic.ending.set()
        self._schedule.stop()

    def _leave(self) -> None:
        self._runner.quit()
        self._on_quit()

    def _on_quit(self, **_: Any) -> None:
        """The last report; whoever comes first gives it."""
        if not self._said_end:
            self._report()
            self._said_end = True
            pipes.say_end()

    def _die_alone(self, lifeline: int) -> None:
        pipes.until_alone(lifeline)
        self._traffic.ending.set()
        gevent.spawn(self._runner.quit)
        gevent.sleep(0.4)
        os._exit(1)
