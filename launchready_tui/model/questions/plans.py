"""How the database would do, or did, what it is asked most: the plans of its statements, without a literal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.questions.database import DatabaseFacts, StatisticsState

PLAN_PATIENCE = 180.0
"""Seconds for all plans of a question: a statement that is run ends after ten."""

Basis = Literal["estimated", "measured"]
ScratchState = Literal["", "used", "refused", "no-token", "failed"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a scan demands of a column. `function` is what the column is wrapped in (`lower`), '' for nothing.

    `operator` is PostgreSQL's (`~~` is LIKE); `or` where the column stands in an alternative. `parameter` is the number
    of the placeholder that it is compared with, 0 for none.
    """

    column: str
    operator: str
    function: str = ""
    parameter: int = 0


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A step of a plan. Nodes stand in the order of the plan, a child one `depth` below its parent.

    Rows are per loop, as PostgreSQL reports them; what is only known after a run is None in an estimate. `table_rows`
    is the size of the table by its statistics (-1: not known). `divisor` is by how many parallel workers the estimate
    of rows was divided. `filters` are demands on rows that were read, `keys` those that an index answers.
    """

    depth: int
    kind: str
    schema: str = ""
    table: str = ""
    index: str = ""
    table_rows: float = -1.0
    plan_rows: float = 0.0
    cost: float = 0.0
    rows: float | None = None
    loops: float | None = None
    removed: float | None = None
    filters: tuple[Condition, ...] = ()
    keys: tuple[Condition, ...] = ()
    sort_disk_kb: int = 0
    lossy_blocks: int = 0
    divisor: float = 1.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What a hypothetical index would change: the planner's cost of the statement without and with it (hypopg)."""

    statement: str
    cost_before: float
    cost_after: float


@dataclass(frozen=True, slots=True)
class StatementPlan:
    """The plan of one statement of pg_stat_statements. `failure` is a slug where there is no plan.

    `shape` names the form of the plan: the same steps on the same tables through the same indexes. `basis` tells an
    estimate for unknown values from a run with values that the column statistics hold.
    """

    fingerprint: str
    text: str
    calls: int
    total_ms: float
    mean_ms: float
    share: float
    route: str = ""
    basis: Basis = "estimated"
    nodes: tuple[PlanNode, ...] = ()
    shape: str = ""
    failure: str = ""
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanList(DatabaseFacts):
    """The plans of the statements that read and took most time in total.

    `share` is their part of the time of all statements. `scratch` says what came of the scratch database ('' where none
    is declared), `scratch_note` why, for people.
    """

    state: StatisticsState = ""
    since: datetime | None = None
    plans: tuple[StatementPlan, ...] = ()
    share: float = 0.0
    hidden: int = 0
    scratch: ScratchState = ""
    scratch_note: str = ""


@dataclass(frozen=True, slots=True)
class DatabasePlans(Question[PlanList]):
    """The plans of the reading statements with the largest total time.

    They are estimated through the read-only login `token`. They are run (SELECT only, read-only, rolled back, ten
    seconds at most) only on the database of `scratch_token`, or on that of `token` where `production_host` is declared
    and is another one.
    """

    kind: ClassVar[str] = "query-plans"
    answer: ClassVar[type[Facts]] = PlanList

    token: str = "database"  # noqa: S105 - the name of a secret, not the secret
    scratch_token: str = ""
    production_host: str = ""
    top: int = 10

    @property
    def patience(self) -> float:
        return PLAN_PATIENCE
