"""Pure: the wastes of a database's plans, statement by statement: what was run outweighs what was estimated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launchready_tui.checks.limits import number
from launchready_tui.database.planreview import LIMITS, Flaw, PlanLimits, review
from launchready_tui.model.questions.plans import Condition, PlanList, StatementPlan
from launchready_tui.model.runbook import Limits
from launchready_tui.text import one_line, plural

_PATTERN = frozenset({"~~", "~~*", "!~~", "!~~*", "~", "~*"})


@dataclass(frozen=True, slots=True)
class Waste:
    """A flaw and the statement that has it."""

    plan: StatementPlan
    flaw: Flaw

    @property
    def is_sure(self) -> bool:
        """Whether it is more than a hint. An estimate counts where the statistics of columns speak (equality): for a
        pattern (LIKE) or a range between two unknown values the planner only guesses.
        """
        if self.flaw.measured:
            return self.flaw.rule not in ("wrong-estimate", "lossy-bitmap")
        return self.flaw.rule == "seq-scan" and not _is_guessed(self.flaw.conditions)

    @property
    def line(self) -> str:
        """One sentence: what, by which statement, how much it matters."""
        seen = "" if self.flaw.measured else " (estimated)"
        return f"{self.flaw.text}{seen}: {described(self.plan)}"


def plan_limits(limits: Limits) -> PlanLimits:
    """The thresholds of a runbook entry, each with the catalogue's default."""
    return PlanLimits(
        scan_rows=number(limits, "seq_scan_min_rows", LIMITS.scan_rows),
        ratio=number(limits, "removed_per_returned", LIMITS.ratio),
        loop_rows=number(limits, "nested_loop_rows", LIMITS.loop_rows),
        estimate_factor=number(limits, "estimate_factor", LIMITS.estimate_factor),
        estimate_rows=number(limits, "estimate_min_rows", LIMITS.estimate_rows),
        index_ratio=number(limits, "index_filter_ratio", LIMITS.index_ratio),
        index_rows=number(limits, "index_filter_min_rows", LIMITS.index_rows),
        offset=number(limits, "max_offset", LIMITS.offset),
    )


def described(plan: StatementPlan) -> str:
    """The statement with its weight, its name, and where it comes from as far as it says so."""
    route = f", from {one_line(plan.route, 80)}" if plan.route else ", route not told"
    weight = f"{plan.share:.1%} of the time, {plural(plan.calls, 'call')}"
    return f"statement {plan.fingerprint} ({weight}{route}) {one_line(plan.text, 100)}"


def wastes(found: PlanList, limits: PlanLimits) -> Iterator[Waste]:
    """All flaws of all statements, those of the statement that takes most time first, each table and rule once."""
    measured = {plan.fingerprint: plan for plan in found.plans if plan.basis == "measured"}
    for plan in found.plans:
        if plan.basis != "estimated":
            continue
        ran = measured.get(plan.fingerprint)
        run_flaws = review(ran.nodes, limits) if ran else ()
        seen: set[tuple[str, str]] = set()
        for owner, flaw in [
            *((ran or plan, flaw) for flaw in run_flaws),
            *((plan, flaw) for flaw in review(plan.nodes, limits)),
        ]:
            if (flaw.rule, flaw.place) in seen or (not flaw.measured and _is_disproved(flaw, ran, limits)):
                continue
            seen.add((flaw.rule, flaw.place))
            yield Waste(owner, flaw)


def _is_guessed(conditions: Sequence[Condition]) -> bool:
    """Whether an estimate goes by the planner's fixed guesses, not by what is known of the columns."""
    lower = {item.column for item in conditions if item.operator in (">", ">=")}
    upper = {item.column for item in conditions if item.operator in ("<", "<=")}
    patterns = any(item.operator in _PATTERN for item in conditions)
    return patterns or bool(lower & upper) or not any(item.operator == "=" for item in conditions)


def _is_disproved(flaw: Flaw, ran: StatementPlan | None, limits: PlanLimits) -> bool:
    """Whether a run on a table of realistic size did without this waste."""
    tables = (node for node in (ran.nodes if ran else ()) if (node.schema, node.table) == (flaw.schema, flaw.table))
    return any(node.table_rows >= limits.scan_rows for node in tables)
