"""Queues of background work under load (S6.SRV.03)."""

from __future__ import annotations

from dataclasses import replace

from launchready_tui.checks.limits import number
from launchready_tui.checks.load.drain import QueueView, read_queue
from launchready_tui.checks.load.kept import complete, gap_lines, newest, unseen_share, unwatched
from launchready_tui.checks.load.server import BLIND_SHARE
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.performance import Queue, seconds
from launchready_tui.model.questions.loadtest import BurstLoad
from launchready_tui.model.questions.serverwatch import queue_added, queue_delay, queue_depth
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_run, passed, unknown
from launchready_tui.text import clock, span


@check("load.queue", over="queues")
async def queue(subject: Subject[Queue | None], ask: Ask, limits: Limits) -> Judgement:
    """S6.SRV.03: no job waits too long at the peak, the queue drains after it, and a burst drains as well."""
    found = subject.item
    if found is None:
        return not_run("input-missing", "declare what customers wait for as [[queue]]: a table, a Redis key, a metric")
    kept = await newest(ask, limits)
    if isinstance(kept, Judgement):
        return kept
    server = kept.report.server
    depth, delay = server.points(queue_depth(found.id)), server.points(queue_delay(found.id))
    view = read_queue(depth, delay, server.points(queue_added(found.id)), kept.end)
    if view is None:
        return unwatched(
            kept.report, queue_depth(found.id), f"the test did not watch the queue {found.id}: run it again"
        )
    names = (queue_depth(found.id), f"queue.{found.id}", "database", "metrics")
    details = (*_queue_lines(view), *gap_lines(kept.report, names))
    patience = _patience(found, limits)
    judged = _judge_queue(view, patience, limits, details)
    if judged is None and unseen_share(kept.report, names[:2], 0.0, kept.end) > BLIND_SHARE:
        summary = "more than a fifth of the load was not seen"
        return unknown(
            "partly-watched", summary, decide_by="Run it again with a sampler that answers.", details=details
        )
    if judged is None and kept.report.burst is not None:
        alone = len(subject.product.queues) == 1
        return complete(kept, _judge_burst_test(found, view, kept.report.burst, limits, alone=alone))
    return judged or complete(kept, _judge_burst(view, limits, details))


def _patience(found: Queue, limits: Limits) -> float:
    """Seconds that a job may wait: what the profile says of this queue, else the runbook's."""
    try:
        return seconds(found.max_delay)
    except ValueError:
        return number(limits, "delay_pass_s", 60)


def _judge_queue(view: QueueView, patience: float, limits: Limits, details: tuple[str, ...]) -> Judgement | None:
    """What is wrong about a queue; None where nothing is. That it does not drain is worse than that jobs wait."""
    within = 60 * number(limits, "drain_minutes", 5)
    if view.drained_s is None and (view.stuck or view.watched_s >= within - 5):
        summary = (
            f"{view.at_end:.0f} jobs waited when the load ended, and {span(view.watched_s)} later it was not drained"
        )
        return failed("queue-not-drained", summary, details=details)
    if view.projected_s is not None and view.projected_s > within:
        when = "took" if view.drained_s is not None else "will take"
        summary = f"{view.at_end:.0f} jobs waited when the load ended; draining them {when} {span(view.projected_s)}"
        return failed("queue-not-drained", summary, details=details)
    if view.delay is not None and view.delay > patience:
        summary = f"the oldest job waited {span(view.delay)} at {clock(view.delay_at)}; {patience:.0f} s are allowed"
        return failed("queue-delay", summary, details=details)
    if view.delay is None and view.projected_s is not None and view.projected_s > patience:
        # The last job of a queue waits until everything before it is done.
        summary = f"the last job waited about {span(view.projected_s)}: that long the queue took to drain"
        return failed("queue-delay", summary, details=details)
    if view.drained_s is None and view.projected_s is None:
        summary = f"{view.at_end:.0f} jobs waited when the load ended, and nobody watched whether they were done"
        decide_by = "Run it again and let it watch the recovery to its end."
        return unknown("recovery-not-watched", summary, decide_by=decide_by, details=details)
    return None


def _judge_burst_test(found: Queue, before: QueueView, burst: BurstLoad, limits: Limits, *, alone: bool) -> Judgement:
    """A burst that was fired on purpose after a test in which nothing was wrong.

    Each session that went well left a job behind: in this queue, where it is the only one, else where it was seen.
    """
    server = burst.server
    depth, delay = server.points(queue_depth(found.id)), server.points(queue_delay(found.id))
    view = read_queue(depth, delay, server.points(queue_added(found.id)), burst.until)
    if view is None:
        return _judge_burst(before, limits, _queue_lines(before))
    came = max(view.burst, float(burst.sessions) if alone or view.backed_up else 0.0)
    view = replace(view, burst=max(came, before.burst))
    details = (*_queue_lines(before), *(f"in the burst: {text}" for text in _queue_lines(view)), *burst.partial)
    judged = _judge_queue(view, _patience(found, limits), limits, details)
    if judged is not None:
        return replace(judged, summary=f"after a burst of {came:.0f} jobs: {judged.summary}")
    return _judge_burst(view, limits, details)


def _judge_burst(view: QueueView, limits: Limits, details: tuple[str, ...]) -> Judgement:
    """The queue kept up; a pass needs a burst as well, as small launches have one on the first evening."""
    jobs = number(limits, "burst_jobs", 50)
    drained = f"drained {span(view.drained_s or 0.0)} after the load"
    waited = f"the oldest job waited {span(view.delay)}" if view.delay is not None else "no job says when it came"
    if view.burst < jobs:
        summary = f"{waited}, {drained}; but at most {view.burst:.0f} jobs came within a minute, not {jobs:.0f}"
        decide_by = "Run `launchready load FILE --burst`, or time such a burst by hand and attest."
        return unknown("burst-not-seen", summary, decide_by=decide_by, details=details)
    return passed(f"{waited}, {drained}, a burst of {view.burst:.0f} jobs included", details=details)


def _queue_lines(view: QueueView) -> tuple[str, ...]:
    lines = [f"longest at {clock(view.peak_at)}: {view.peak:.0f} jobs; before the load {view.baseline:.0f}"]
    if view.added is not None:
        lines.append(f"{view.added:.0f} jobs came during the test")
    if view.drained_s is None and view.projected_s is not None:
        lines.append(f"at its pace since the load ended it is drained after {span(view.projected_s)}")
    return tuple(lines)
