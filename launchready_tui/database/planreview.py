"""Pure: what is wasteful in a plan (CHECKS.md S4.Q.04). A rule says whether it saw a run or goes by an estimate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launchready_tui.model.questions.plans import Condition, PlanNode

_SCANS = frozenset({"Index Scan", "Index Only Scan", "Bitmap Heap Scan"})
_HOLDING = frozenset({"Sort", "Hash", "Materialize", "BitmapOr", "BitmapAnd", "SetOp", "WindowAgg", "Aggregate"})
"""Steps that read all of what is below them before they give the first row: a LIMIT above does not stop them early.
(An aggregate over sorted rows would stop; it is counted as one that does not.)
"""


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """The thresholds of the rules. `ratio` is rows thrown away for each one that is returned."""

    scan_rows: float = 10_000
    ratio: float = 100
    loop_rows: float = 100_000
    estimate_factor: float = 10
    estimate_rows: float = 1_000
    index_ratio: float = 100
    index_rows: float = 1_000
    offset: float = 1_000


LIMITS = PlanLimits()


@dataclass(frozen=True, slots=True)
class Flaw:
    """One waste of a plan. `rule`: seq-scan, disk-sort, nested-loop, wrong-estimate, index-filter, lossy-bitmap,
    deep-offset.

    `schema` and `table` are where it happens ('' where it is no table), `conditions` what was demanded there, `read`
    and `returned` the rows.
    """

    rule: str
    text: str
    measured: bool
    schema: str = ""
    table: str = ""
    conditions: tuple[Condition, ...] = ()
    read: float = 0.0
    returned: float = 0.0

    @property
    def place(self) -> str:
        """The table with its schema, where that is not the usual one."""
        return f"{self.schema}.{self.table}" if self.schema not in ("", "public") else self.table


def review(nodes: Sequence[PlanNode], limits: PlanLimits = LIMITS) -> tuple[Flaw, ...]:
    """All wastes of a plan, in the order of its steps."""
    return tuple(_flaws(nodes, limits))


def _flaws(nodes: Sequence[PlanNode], limits: PlanLimits) -> Iterator[Flaw]:
    parents = _parents(nodes)
    for at, node in enumerate(nodes):
        early = _early_stop(nodes, parents, at)
        if node.loops is None:
            yield from _estimated_scan(node, early, limits)
        elif node.loops > 0:
            yield from _measured_rows(node, limits)
            yield from _wrong_estimate(nodes, at, early is not None, limits)
        if node.kind == "Nested Loop":
            yield from _nested_loop(nodes, parents, at, early, limits)
        if node.kind == "Limit":
            yield from _deep_offset(nodes, at, limits)


def _estimated_scan(node: PlanNode, early: float | None, limits: PlanLimits) -> Iterator[Flaw]:
    """A whole table is read for few of its rows, by the planner's own estimate for values that it does not know."""
    if node.kind != "Seq Scan" or not node.filters or node.table_rows < limits.scan_rows:
        return
    returned = node.plan_rows * node.divisor
    read = node.table_rows * (1.0 if early is None else early)
    if read >= limits.scan_rows and node.table_rows - returned >= limits.ratio * max(returned, 1.0):
        text = f"reads all {node.table_rows:,.0f} rows of {_place(node)} for about {returned:,.0f}{_by(node)}"
        yield _flaw("seq-scan", node, text, read, returned)


def _measured_rows(node: PlanNode, limits: PlanLimits) -> Iterator[Flaw]:
    loops = node.loops or 0.0
    returned, removed = (node.rows or 0.0) * loops, (node.removed or 0.0) * loops
    read = returned + removed
    times = f" ({loops:,.0f} times over)" if loops > 8 else ""
    if node.kind == "Seq Scan" and read >= limits.scan_rows and removed >= limits.ratio * max(returned, 1.0):
        text = f"read {read:,.0f} rows of {_place(node)}{times} to return {returned:,.0f}{_by(node)}"
        yield _flaw("seq-scan", node, text, read, returned)
    wasted = removed >= limits.index_rows and removed >= limits.index_ratio * max(returned, 1.0)
    if node.kind in _SCANS and wasted:
        index = f" through {node.index}" if node.index else ""
        text = f"read {read:,.0f} rows of {_place(node)}{index} and threw {removed:,.0f} away{_by(node)}"
        yield _flaw("index-filter", node, text, read, returned)
    if node.sort_disk_kb:
        yield _flaw(
            "disk-sort", node, f"sorted on disk: {node.sort_disk_kb:,} kB did not fit into work_mem", 0.0, returned
        )
    if node.lossy_blocks:
        text = f"the bitmap of {_place(node)} was lossy: {node.lossy_blocks:,} blocks were read row by row"
        yield _flaw("lossy-bitmap", node, text, read, returned)


def _wrong_estimate(nodes: Sequence[PlanNode], at: int, stopped: bool, limits: PlanLimits) -> Iterator[Flaw]:
    """The planner was wrong by a factor, and no step below it was: the deepest one is the cause."""
    if _is_wrong(nodes[at], stopped, limits) and not any(
        _is_wrong(nodes[child], stopped, limits) for child in _children(nodes, at)
    ):
        node = nodes[at]
        where = f" of {_place(node)}" if node.table else ""
        text = f"{node.kind}{where}: {node.plan_rows:,.0f} rows were expected and {node.rows or 0:,.0f} came{_by(node)}"
        yield _flaw("wrong-estimate", node, text, 0.0, node.rows or 0.0)


def _is_wrong(node: PlanNode, stopped: bool, limits: PlanLimits) -> bool:
    if not node.loops or node.rows is None or node.kind in ("Limit", "Gather", "Gather Merge"):
        return False
    few, many = sorted((max(node.plan_rows, 1.0), max(node.rows, 1.0)))
    # Under a LIMIT a step ends as soon as there are enough rows.
    ended = stopped and node.rows < node.plan_rows
    return not ended and many >= limits.estimate_factor * few and many * node.loops >= limits.estimate_rows


def _nested_loop(
    nodes: Sequence[PlanNode], parents: Sequence[int], at: int, early: float | None, limits: PlanLimits
) -> Iterator[Flaw]:
    children = list(_children(nodes, at))
    if len(children) != 2:
        return
    outer, inner = nodes[children[0]], nodes[children[1]]
    scan = next((node for node in _below(nodes, children[1]) if node.table), inner)
    if inner.loops is None:
        touched = outer.plan_rows * max(inner.plan_rows, 1.0) * (1.0 if early is None else early)
        if touched > limits.loop_rows:
            text = f"a nested loop is expected to touch {touched:,.0f} rows of {_place(scan)}"
            yield _flaw("nested-loop", scan, text, touched, nodes[at].plan_rows)
        return
    touched = inner.loops * max((inner.rows or 0.0) + (inner.removed or 0.0), 1.0)
    if touched > limits.loop_rows:
        text = f"a nested loop went {inner.loops:,.0f} times over {_place(scan)} and touched {touched:,.0f} rows"
        yield _flaw("nested-loop", scan, text, touched, (nodes[at].rows or 0.0) * (nodes[at].loops or 0.0))


def _deep_offset(nodes: Sequence[PlanNode], at: int, limits: PlanLimits) -> Iterator[Flaw]:
    node, child = nodes[at], next((nodes[item] for item in _children(nodes, at)), None)
    if child is None or not node.loops or child.rows is None:
        return
    skipped = child.rows * (child.loops or 0.0) - (node.rows or 0.0) * node.loops
    if skipped > limits.offset:
        text = f"OFFSET: {skipped:,.0f} rows were read and skipped to return {node.rows or 0:,.0f}"
        yield _flaw("deep-offset", node, text, skipped, node.rows or 0.0)


def _early_stop(nodes: Sequence[PlanNode], parents: Sequence[int], at: int) -> float | None:
    """Which part of a step's rows a LIMIT above it asks for (0 to 1); None where nothing stops it early."""
    child, parent = at, parents[at]
    while parent >= 0:
        kind = nodes[parent].kind
        if kind == "Limit":
            return min(1.0, nodes[parent].plan_rows / max(nodes[child].plan_rows, 1.0))
        if kind in _HOLDING or (kind in ("Hash Join", "Nested Loop") and child != next(_children(nodes, parent), -1)):
            return None
        child, parent = parent, parents[parent]
    return None


def _parents(nodes: Sequence[PlanNode]) -> list[int]:
    found: list[int] = []
    path: list[int] = []
    for at, node in enumerate(nodes):
        while path and nodes[path[-1]].depth >= node.depth:
            path.pop()
        found.append(path[-1] if path else -1)
        path.append(at)
    return found


def _children(nodes: Sequence[PlanNode], at: int) -> Iterator[int]:
    for place in range(at + 1, len(nodes)):
        if nodes[place].depth <= nodes[at].depth:
            return
        if nodes[place].depth == nodes[at].depth + 1:
            yield place


def _below(nodes: Sequence[PlanNode], at: int) -> Iterator[PlanNode]:
    yield nodes[at]
    for place in range(at + 1, len(nodes)):
        if nodes[place].depth <= nodes[at].depth:
            return
        yield nodes[place]


def _place(node: PlanNode) -> str:
    if not node.table:
        return node.kind.lower()
    return f"{node.schema}.{node.table}" if node.schema not in ("", "public") else node.table


def _by(node: PlanNode) -> str:
    """The columns that were looked for, without values."""
    columns = dict.fromkeys(
        f"{item.function}({item.column})" if item.function.isidentifier() else item.column for item in node.filters
    )
    return f", by {', '.join(list(columns)[:4])}" if columns else ""


def _flaw(rule: str, node: PlanNode, text: str, read: float, returned: float) -> Flaw:
    measured = node.loops is not None
    return Flaw(rule, text, measured, node.schema, node.table, node.filters, read, returned)
