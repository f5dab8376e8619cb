"""S6.SRV.03: how long jobs wait, whether a queue drains, whether it took a burst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from launchready_tui.checks.load.drain import read_queue
from launchready_tui.model.performance import Queue
from launchready_tui.model.questions import LoadReport
from launchready_tui.model.questions.loadtest import BurstLoad
from launchready_tui.model.questions.serverwatch import Gap
from tests.checks.load import END, GOOD, PRODUCT, blind, look, outcome, over, watched

Value = Callable[[float], float] | float


def queue(
    depth: Value, delay: Value | None = 5.0, added: Value | None = None, end: int = 900, **more: object
) -> LoadReport:
    series = [("queue.mail.depth", over(depth, end=end))]
    series += [("queue.mail.delay", over(delay, end=end))] if delay is not None else []
    series += [("queue.mail.added", over(added, end=end))] if added is not None else []
    return watched(*series, **more)


def burst(at: float) -> float:
    """80 jobs at once, which are done after a minute."""
    return max(0.0, 80 - 1.5 * (at - 300)) if at >= 300 else 0.0


def backs_up(at: float) -> float:
    return max(0.0, min(at, END))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (queue(burst), ("pass", "")),
        (queue(0, added=lambda at: 0 if at < 300 else 60), ("pass", "")),
        (queue(3), ("unknown", "burst-not-seen")),
        (queue(lambda at: 45 if at > 300 else 0, end=1_000), ("fail", "queue-not-drained")),
        (queue(burst, 61), ("fail", "queue-delay")),
        (queue(burst, 60), ("pass", "")),
        # Never becomes shorter after the load: no need to wait for five minutes.
        (queue(backs_up, None, end=630), ("fail", "queue-not-drained")),
        # Becomes shorter, but at its pace it takes too long.
        (queue(lambda at: backs_up(at) - max(0, at - END), None, end=660), ("fail", "queue-not-drained")),
        # Drains in time, but without a time in its jobs that is how long the last one waited.
        (queue(lambda at: backs_up(at) - 5 * max(0, at - END), None, end=660), ("fail", "queue-delay")),
        (queue(lambda at: max(0, 100 - 5 * abs(at - END)), None), ("pass", "")),
        (queue(backs_up, 5, end=605), ("unknown", "recovery-not-watched")),
        # What waited before the load need not be gone after it.
        (queue(lambda at: 500 + burst(at)), ("pass", "")),
    ],
)
def test_queues(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.queue", report, "mail")) == expected


def test_a_queue_may_have_a_patience_of_its_own() -> None:
    product = replace(PRODUCT, queues=(Queue("mail", max_delay="5m"),))
    assert outcome(look("load.queue", queue(burst, 200), "mail", product)) == ("pass", "")
    product = replace(PRODUCT, queues=(Queue("mail", max_delay="soon"),))
    assert outcome(look("load.queue", queue(burst, 61), "mail", product)) == ("fail", "queue-delay")


def fired(sessions: int, depth: Value, delay: Value = 2.0, end: int = 400, **more: object) -> LoadReport:
    """A calm test, and a burst after it that ended at second 10."""
    server = queue(depth, delay, end=end, **more).server
    return replace(queue(0), burst=BurstLoad(sessions, 4 * sessions, 0, 10.0, server))


def jobs(at: float) -> float:
    """Fifty jobs, done within a minute."""
    return max(0.0, 50 - at) if at > 0 else 0.0


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (fired(53, jobs), ("pass", "")),
        # The workers were so fast that no look saw a job: the sessions are known to have left them.
        (fired(53, 0), ("pass", "")),
        (fired(20, 0), ("unknown", "burst-not-seen")),
        (fired(53, jobs, 75), ("fail", "queue-delay")),
        (fired(53, lambda at: 50 if at > 0 else 0, end=30), ("fail", "queue-not-drained")),
        (fired(53, lambda at: 50 - at / 10 if at > 0 else 0, end=60), ("fail", "queue-not-drained")),
        # What was wrong before the burst stays wrong.
        (replace(queue(burst, 90), burst=BurstLoad(53, 200, 0, 10.0)), ("fail", "queue-delay")),
        (replace(queue(0), burst=BurstLoad(53, 200, 0, 10.0)), ("unknown", "burst-not-seen")),
    ],
)
def test_a_burst_that_was_fired_on_purpose(report: LoadReport, expected: tuple[str, str]) -> None:
    assert outcome(look("load.queue", report, "mail")) == expected


def test_a_burst_counts_for_the_queue_in_which_it_was_seen() -> None:
    two = replace(PRODUCT, queues=(Queue("mail"), Queue("images")))
    assert outcome(look("load.queue", fired(53, 0), "mail", two)) == ("unknown", "burst-not-seen")
    judged = look("load.queue", fired(53, jobs), "mail", two)
    assert outcome(judged) == ("pass", "")
    assert "a burst of 53 jobs included" in judged.summary
    assert any(line.startswith("in the burst: longest at 00:05") for line in judged.details)


def test_figures() -> None:
    def late(at: float) -> float:
        return max(0.0, 600 - 10 * (at - END)) if at > END else backs_up(at)

    judged = look("load.queue", queue(late, lambda at: at / 4 if at <= END else 0, end=700), "mail")
    assert outcome(judged) == ("fail", "queue-delay")
    assert "the oldest job waited 2 min at 10:00; 60 s are allowed" in judged.summary
    assert "longest at 10:00: 600 jobs" in judged.details[0]
    judged = look("load.queue", queue(backs_up, 200, end=700), "mail")
    assert outcome(judged) == ("fail", "queue-not-drained"), "worse than that jobs wait"
    assert "600 jobs waited when the load ended, and 2 min later it was not drained" in judged.summary


def test_what_nobody_declared_or_saw() -> None:
    bare = replace(PRODUCT, queues=())
    judged = look("load.queue", GOOD, "acme.test", bare)
    assert outcome(judged) == ("not-run", "input-missing")
    assert "[[queue]]" in judged.summary
    missing = blind("queue.mail.depth", "missing-object", "there is no table jobs")
    assert outcome(look("load.queue", missing, "mail")) == ("unknown", "missing-object")
    assert outcome(look("load.queue", blind("queue.mail.depth"), "mail")) == ("not-run", "input-missing")
    assert outcome(look("load.queue", GOOD, "mail")) == ("not-run", "input-missing")


def test_too_much_unseen_is_no_pass() -> None:
    gap = Gap("queue.mail", 100.0, 300.0, "timeout", "no answer")
    assert outcome(look("load.queue", queue(burst, gaps=(gap,)), "mail")) == ("unknown", "partly-watched")
    assert outcome(look("load.queue", queue(burst, 99, gaps=(gap,)), "mail")) == ("fail", "queue-delay")


def test_an_age_alone_tells_whether_anything_waits() -> None:
    view = read_queue((), [(0.0, 0.0), (10.0, 30.0), (20.0, 0.0)], (), 15.0)
    assert view is not None
    assert (view.delay, view.delay_at, view.drained_s) == (30.0, 10.0, 5.0)
    assert read_queue((), (), (), 15.0) is None
