"""Failure signals of journeys: is there one, was it tried, and can its threshold work (S5.SIG.01, S5.SIG.02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from launchready_tui.checks.limits import count, number
from launchready_tui.checks.operations.poisson import at_least, enough, minutes_to
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import BusinessSignal, Journey, Product
from launchready_tui.model.profilesignals import window_minutes
from launchready_tui.model.questions import RunMoment
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict, failed, not_applicable, passed, unknown, warned
from launchready_tui.text import one_line, plural

USUAL_SHARE = 0.02
"""The share of tries that fails in an ordinary hour, where the profile does not say how many do."""

FEW_SAMPLES = 20
"""With fewer tries in a window the 95th percentile is simply the slowest one."""

SLOW_MINUTES = 15
"""A dead journey has to be noticed within that time."""

_TOLERANCE = 1.25
_WORST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


def signals_of(journey: str, product: Product) -> tuple[BusinessSignal, ...]:
    """The signals of a journey."""
    return tuple(signal for signal in product.signals if signal.journey == journey)


@check("signals.registry", over="signal-journeys")
async def registry(subject: Subject[Journey | None], ask: Ask, limits: Limits) -> Judgement:
    """Every critical journey has a complete signal that was fired on purpose not long ago."""
    now = (await ask(RunMoment())).facts.at
    journey = subject.item
    if journey is None:
        return failed("no-journey", "no journey is declared, so none has a failure signal")
    signals = signals_of(journey.id, subject.product)
    if not signals:
        if journey.minor:
            return passed("a minor journey; it has no signal", note="minor")
        return failed("no-signal", "nobody would hear that it fails: no failure signal is declared")
    complete = [signal for signal in signals if not signal.lacking]
    if not complete:
        first = signals[0]
        lacks = ", ".join(first.lacking)
        text = (
            f"“{one_line(first.id, 40)}” is an intention: {lacks} {'is' if len(first.lacking) == 1 else 'are'} missing"
        )
        return failed("incomplete", text, details=tuple(_told(signal) for signal in signals))
    within = timedelta(days=count(limits, "fired_within_days", 30))
    details = tuple(_told(signal) for signal in signals)
    today = now.date()
    tested = [signal for signal in complete if signal.tested and today - within <= signal.tested <= today]
    if tested:
        newest = max(tested, key=lambda signal: signal.tested or today)
        text = f"“{one_line(newest.id, 40)}” was fired on {newest.tested}, {one_line(newest.owner, 40)} is told"
        return passed(text, details=details)
    latest = max((signal.tested for signal in complete if signal.tested), default=None)
    if latest is None:
        return warned("untested", f"“{one_line(complete[0].id, 40)}” was never fired on purpose", details=details)
    if latest > today:
        return warned("untested", f"its test of {latest} lies in the future", details=details)
    return warned("untested", f"last fired on {latest}, {plural((today - latest).days, 'day')} ago", details=details)


def _told(signal: BusinessSignal) -> str:
    unit = {"count": "failures", "rate": "% failing", "latency": "ms"}[signal.kind]
    tested = f"fired {signal.tested}" if signal.tested else "never fired"
    owner = one_line(signal.owner, 60) or "nobody"
    source = one_line(signal.source, 120) or "no source"
    return (
        f"{one_line(signal.id, 60)}: {one_line(signal.signal, 100)} ≥ {signal.threshold:g} {unit} in {signal.window}; "
        f"{owner} is told; {source}; {tested}"
    )


@check("signals.statistics", over="signal-journeys")
async def statistics(subject: Subject[Journey | None], ask: Ask, limits: Limits) -> Judgement:
    """The thresholds of a journey's signals can work with the traffic that it has."""
    _ = (await ask(RunMoment())).facts.at  # the evidence is when the profile was read
    journey = subject.item
    signals = signals_of(journey.id, subject.product) if journey else ()
    if journey is None or not signals:
        return not_applicable("there is no signal whose threshold could be judged")
    usable = [signal for signal in signals if signal.threshold > 0]
    if not usable:
        return failed("no-threshold", "no signal of it has a threshold")
    if not journey.per_hour:
        return unknown(
            "traffic-not-declared",
            "nobody said how often it is tried in an ordinary hour",
            decide_by=f"Count a day; write per_hour into the [[journey]] {one_line(journey.id, 40)} of the profile.",
        )
    judged = [_fit(signal, journey.per_hour, limits) for signal in usable]
    best = max(judged, key=lambda judgement: _WORST.index(judgement.verdict))
    details = tuple(line for judgement in judged for line in judgement.details)
    if best.verdict is Verdict.PASS:
        return passed(best.summary, details=details)
    make = failed if best.verdict is Verdict.FAIL else warned
    return make(best.reason, best.summary, details=details)


def _fit(signal: BusinessSignal, per_hour: float, limits: Limits) -> Judgement:
    small = number(limits, "count_below_per_hour", 100)
    if signal.kind == "latency":
        return _latency(signal, per_hour)
    if signal.kind == "rate":
        return _rate(signal, per_hour, small, limits)
    return _count(signal, per_hour, small, limits)


def _count(signal: BusinessSignal, per_hour: float, small: float, limits: Limits) -> Judgement:
    """Failures in a window: bad luck must hardly ever reach the threshold, and a dead journey must reach it soon."""
    hours = window_minutes(signal.window) / 60
    name, wanted = one_line(signal.id, 40), ceil(signal.threshold)
    assumed = "" if signal.usual else f" ({USUAL_SHARE:.0%} of {per_hour:g}/h assumed)"
    mean = (signal.usual or per_hour * USUAL_SHARE) * hours
    chance, allowed = at_least(wanted, mean), number(limits, "poisson_p", 0.01)
    takes = minutes_to(wanted, per_hour)
    details = (
        f"{name}: usual m = {mean:.3g} in {signal.window}{assumed}; P(X ≥ {wanted}) = 1 − Σ e^−m·m^i/i! = {chance:.2g}",
        f"{name}: if every try fails at {per_hour:g}/h, {wanted} failures take {takes:.0f} min",
    )
    if takes > hours * 60 * (1 + 1e-9):
        text = f"{wanted} failures in {signal.window} cannot be reached with {per_hour:g} tries an hour"
        return failed("never-fires", text, details=details)
    if chance >= allowed:
        better = enough(mean, allowed)
        text = f"bad luck alone reaches {wanted} with a chance of {chance:.2g}; {better} would be quiet"
        return failed("noisy-threshold", text, details=details)
    if takes > SLOW_MINUTES:
        text = f"a dead journey is noticed after {takes:.0f} min; a try of one's own every 5 min is faster"
        return warned("slow-to-fire", text, details=details)
    if per_hour >= small:
        return warned("count-for-much-traffic", f"{per_hour:g} tries an hour deserve burn rates", details=details)
    return passed(
        f"{wanted} in {signal.window}: chance {chance:.1g} by bad luck, {takes:.0f} min to fire", details=details
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two windows in minutes with the burn rate that both have to exceed."""

    burn: float
    long: int
    short: int


def _pairs(limits: Limits) -> tuple[_Pair, ...]:
    usual = {
        "page_fast": (14.4, 60, 5),
        "page_slow": (6.0, 360, 30),
        "ticket_fast": (3.0, 1440, 120),
        "ticket_slow": (1.0, 4320, 360),
    }
    return tuple(
        _Pair(
            number(limits, f"{name}_burn", burn),
            count(limits, f"{name}_long_minutes", long),
            count(limits, f"{name}_short_minutes", short),
        )
        for name, (burn, long, short) in usual.items()
    )


def _rate(signal: BusinessSignal, per_hour: float, small: float, limits: Limits) -> Judgement:
    """A failing share: only for much traffic, and as a burn rate over two windows."""
    name = one_line(signal.id, 40)
    burn = signal.threshold / signal.budget
    details = (
        f"{name}: {signal.threshold:g} % ÷ budget {signal.budget:g} % = burn rate {burn:.3g} over {signal.window}",
    )
    if per_hour < small:
        text = f"a share of {per_hour:g} tries an hour jumps with each one; count failures below {small:g} an hour"
        return failed("rate-for-little-traffic", text, details=details)
    pair = next((pair for pair in _pairs(limits) if pair.long == window_minutes(signal.window)), None)
    if pair is None:
        return warned("odd-window", f"{signal.window} is none of the windows 1h, 6h, 1d, 3d", details=details)
    if window_minutes(signal.short_window) != pair.short:
        text = f"over {signal.window} it rings on long after the repair: add a short_window of {pair.short} min"
        return warned("one-window", text, details=details)
    if burn > pair.burn * _TOLERANCE:
        return failed(
            "late-threshold", f"burn rate {burn:.3g} is above {pair.burn:g}: it fires too late", details=details
        )
    if burn < pair.burn / _TOLERANCE:
        return failed("noisy-threshold", f"burn rate {burn:.3g} is below {pair.burn:g}: it cries wolf", details=details)
    return passed(f"burn rate {burn:.3g} over {signal.window} and {signal.short_window}", details=details)


def _latency(signal: BusinessSignal, per_hour: float) -> Judgement:
    """A 95th percentile needs enough tries in its window to be one."""
    tries = per_hour * window_minutes(signal.window) / 60
    details = (f"{one_line(signal.id, 40)}: {per_hour:g}/h × {signal.window} = {tries:.3g} tries in the window",)
    if tries < FEW_SAMPLES:
        text = f"{tries:.3g} tries in {signal.window}: their 95th percentile is the slowest one; widen the window"
        return warned("few-samples", text, details=details)
    return passed(f"{tries:.0f} tries in {signal.window} make a percentile", details=details)
