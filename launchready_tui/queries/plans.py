"""Pure: plans that auto_explain logged, as text or as JSON: steps and row counts, never a value."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from launchready_tui.database.conditions import conditions
from launchready_tui.database.planreading import MOST_NODES, plan_nodes
from launchready_tui.model.questions.plans import PlanNode

MOST_TEXT = 512 * 1024

_TEXT = re.compile(
    r"\A\s*Query Text: ?(?P<sql>.*?)(?=\n[^\n]*\(cost=|\nQuery (?:Parameters|Identifier):|\Z)", re.DOTALL
)
_NODE = re.compile(
    r"^(?P<indent>\s*)(?:->\s+)?(?P<kind>[A-Z][A-Za-z ]{1,40}?)"
    r"(?: using (?P<index>\S{1,128}))?(?: on (?P<table>\S{1,128})(?: \S{1,128})?)?"
    r"  \(cost=[\d.]+\.\.(?P<cost>[\d.]+) rows=(?P<planned>\d+) width=\d+\)"
    r"(?: \(actual (?:time=[\d.]+\.\.[\d.]+ )?rows=(?P<rows>[\d.]+) loops=(?P<loops>\d+)\)| \(never executed\))?"
)
_REMOVED = re.compile(r"^\s*Rows Removed by (?:Join )?Filter: (\d{1,18})")
_FILTER = re.compile(r"^\s*(?:Join |One-Time )?Filter: (.*)")
_KEY = re.compile(r"^\s*(?:Index|Hash|Merge|TID) Cond: (.*)")
_DISK = re.compile(r"^\s*Sort Method: .{0,60}Disk: (\d{1,12})kB")
_LOSSY = re.compile(r"^\s*Heap Blocks:.{0,40} lossy=(\d{1,12})")


def read_plan(text: str) -> tuple[str, tuple[PlanNode, ...]]:
    """The statement (with its values) and the steps of a logged plan; ('', ()) for a form that is not read."""
    text = text[:MOST_TEXT].strip()
    if text.startswith("{"):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return "", ()
        sql = data.get("Query Text")
        return (whole(sql), plan_nodes(data)) if isinstance(sql, str) else ("", ())
    found = _TEXT.match(text)
    if found is None:
        return "", ()
    return found["sql"].strip(), _from_text(text[found.end() :])


def whole(text: str) -> str:
    """Text without lone surrogates, which JSON may escape and nobody can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _from_text(text: str) -> tuple[PlanNode, ...]:
    nodes: list[PlanNode] = []
    indents: list[int] = []
    for line in text.split("\n"):
        found = _NODE.match(line[:500])
        if found is None:
            if nodes:
                nodes[-1] = _noted(nodes[-1], line[:4_000])
            continue
        if len(nodes) == MOST_NODES:
            break
        indent = len(found["indent"].expandtabs())
        while indents and indents[-1] >= indent:
            indents.pop()
        indents.append(indent)
        nodes.append(_node(found, len(indents) - 1))
    return tuple(nodes)


def _node(found: re.Match[str], depth: int) -> PlanNode:
    schema, _, table = (found["table"] or "").replace('"', "").rpartition(".")
    loops = 0.0 if found[0].endswith("(never executed)") else float(found["loops"]) if found["loops"] else None
    index = found["index"] or ""
    if found["kind"] == "Bitmap Index Scan":
        index, table = table, ""
    return PlanNode(
        depth=depth,
        kind=found["kind"].removeprefix("Parallel "),
        schema=schema,
        table=table,
        index=index.replace('"', ""),
        plan_rows=float(found["planned"]),
        cost=float(found["cost"]),
        rows=None if loops is None else float(found["rows"] or 0),
        loops=loops,
        removed=None if loops is None else 0.0,
    )


def _noted(node: PlanNode, line: str) -> PlanNode:
    """A step with what the lines below it say."""
    if (removed := _REMOVED.match(line)) is not None and node.loops is not None:
        return replace(node, removed=(node.removed or 0.0) + float(removed[1]))
    if (demanded := _FILTER.match(line)) is not None:
        return replace(node, filters=(*node.filters, *conditions(demanded[1])))
    if (demanded := _KEY.match(line)) is not None:
        return replace(node, keys=(*node.keys, *conditions(demanded[1])))
    if (disk := _DISK.match(line)) is not None:
        return replace(node, sort_disk_kb=int(disk[1]))
    if (lossy := _LOSSY.match(line)) is not None:
        return replace(node, lossy_blocks=int(lossy[1]))
    return node


def sketch(plan: tuple[PlanNode, ...]) -> str:
    """The steps that read tables, in a line: `Seq Scan on listings (1 of 120,000 rows)`."""
    parts: list[str] = []
    for node in plan:
        if not node.table and not node.index:
            continue
        where = f" on {node.table}" if node.table else f" by {node.index}"
        if node.rows is None:
            told = f"about {node.plan_rows * node.divisor:,.0f} rows"
        else:
            times = node.loops or 0.0
            rows, removed = node.rows * times, (node.removed or 0.0) * times
            told = f"{rows:,.0f} of {rows + removed:,.0f} rows" if removed else f"{rows:,.0f} rows"
        parts.append(f"{node.kind}{where} ({told})")
    return "; ".join(parts[:6]) or (plan[0].kind if plan else "")
