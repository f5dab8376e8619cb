"""Pure: the steps of a plan from `EXPLAIN (FORMAT JSON)`, of a statement of ours or of a log of auto_explain.

The text of a plan is from outside: it is read tolerantly and bounded. Its conditions hold the values of a statement:
what is kept of them is which column is compared how.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from launchready_tui.database.conditions import conditions
from launchready_tui.model.questions.plans import Condition, PlanNode
from launchready_tui.text import one_line

MOST_NODES, DEEPEST, LONGEST = 400, 60, 4_000_000

Sizes = Mapping[tuple[str, str], float]
"""Rows of tables by schema and name."""

_FILTERS = ("Filter", "Join Filter", "One-Time Filter")
_KEYS = ("Index Cond", "Hash Cond", "Merge Cond", "TID Cond")


def read_plan(text: str, sizes: Sizes | None = None) -> tuple[PlanNode, ...]:
    """The steps of a plan in its order; empty for what is no plan. `sizes` are the rows of the tables, where known."""
    if len(text) > LONGEST:
        return ()
    try:
        return plan_nodes(json.loads(text), sizes)
    except (ValueError, RecursionError):
        return ()


def plan_nodes(value: object, sizes: Sizes | None = None) -> tuple[PlanNode, ...]:
    """The same for JSON that was read already: the list that EXPLAIN gives, or the object that auto_explain logs."""
    if isinstance(value, list):
        value = value[0] if value else None
    root = value.get("Plan") if isinstance(value, dict) else None
    if not isinstance(root, dict):
        return ()
    nodes: list[PlanNode] = []
    for depth, node, workers in _walk(root):
        if len(nodes) >= MOST_NODES:
            break
        nodes.append(_node(node, depth, workers, sizes or {}))
    return tuple(nodes)


def shape_of(nodes: Sequence[PlanNode]) -> str:
    """A name of the plan's form: the same steps, on the same tables, through the same indexes (16 hex digits)."""
    form = "\n".join(f"{node.depth} {node.kind} {node.schema}.{node.table} {node.index}" for node in nodes)
    return blake2b(form.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _walk(root: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any], float]]:
    """The steps with their depth and the number of workers that were planned for them."""
    waiting: list[tuple[int, Mapping[str, Any], float]] = [(0, root, 0.0)]
    while waiting:
        depth, node, workers = waiting.pop()
        yield depth, node, workers
        children = node.get("Plans")
        below = _figure(node, "Workers Planned") or workers
        if isinstance(children, list) and depth < DEEPEST:
            waiting += [(depth + 1, child, below) for child in reversed(children) if isinstance(child, dict)]


def _node(node: Mapping[str, Any], depth: int, workers: float, sizes: Sizes) -> PlanNode:
    schema, table = _text(node, "Schema"), _text(node, "Relation Name")
    loops = _figure(node, "Actual Loops")
    removed = [_figure(node, f"Rows Removed by {what}") for what in ("Filter", "Join Filter", "Index Recheck")]
    on_disk = node.get("Sort Space Type") == "Disk"
    return PlanNode(
        depth=depth,
        kind=_text(node, "Node Type") or "unknown",
        schema=schema,
        table=table,
        index=_text(node, "Index Name"),
        table_rows=sizes.get((schema, table), -1.0),
        plan_rows=_figure(node, "Plan Rows") or 0.0,
        cost=_figure(node, "Total Cost") or 0.0,
        rows=None if loops is None else _figure(node, "Actual Rows") or 0.0,
        loops=loops,
        removed=None if loops is None else sum(item or 0.0 for item in removed[:2]),
        filters=_conditions(node, _FILTERS),
        keys=_conditions(node, _KEYS),
        sort_disk_kb=int(_figure(node, "Sort Space Used") or 0) if on_disk else 0,
        lossy_blocks=int(_figure(node, "Lossy Heap Blocks") or 0),
        divisor=1.0 if loops is not None else _divisor(node, workers),
    )


def _divisor(node: Mapping[str, Any], workers: float) -> float:
    """By how much the estimate of a parallel step was divided: the leader helps less the more workers there are
    (PostgreSQL's get_parallel_divisor). What was run is multiplied by its loops instead.
    """
    return workers + max(0.0, 1.0 - 0.3 * workers) if node.get("Parallel Aware") is True and workers else 1.0


def _conditions(node: Mapping[str, Any], keys: Sequence[str]) -> tuple[Condition, ...]:
    found: dict[Condition, None] = {}
    for key in keys:
        text = node.get(key)
        if isinstance(text, str):
            found.update(dict.fromkeys(conditions(text)))
    return tuple(found)


def _text(node: Mapping[str, Any], key: str) -> str:
    value = node.get(key)
    return one_line(value, 63) if isinstance(value, str) else ""


def _figure(node: Mapping[str, Any], key: str) -> float | None:
    value = node.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        return None
    return float(value)
