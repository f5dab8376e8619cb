"""Pure: spots in code that are often slow with real amounts of data (S1.PERF.02).

A mark is a hypothesis and never a finding.

The marks look at lines, not at meaning: they find what a reviewer would look at first, and miss what only a profiler
sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchready_tui.model.questions.secrets import SlowMark

NEAR = 10
"""Lines of a loop's body that are looked at."""

_LOOP = {
    "py": re.compile(r"^(\s*)(?:async\s+)?for\s.+\sin\s.+:\s*$"),
    "js": re.compile(r"^(\s*)(?:.*\.(?:map|forEach)\(\s*async\b.*|\s*for\s*(?:await\s*)?\(.+)\{\s*$"),
    "rb": re.compile(r"^(\s*).*\.(?:each|map|find_each)\s*(?:do|\{)\s*\|.*$"),
    "php": re.compile(r"^(\s*)foreach\s*\(.+\)\s*\{?\s*$"),
}
_QUERY = {
    "py": re.compile(
        r"\.objects\.(?:get|filter|exclude|create|count|first)\(|\.execute\(|session\.(?:query|get|scalars?)\(|requests\.(?:get|post)\("
    ),
    "js": re.compile(
        r"await\s+(?:\w+\.)*(?:find\w*|query|aggregate|count|save|create|execute)\(|await\s+fetch\(|await\s+axios"
    ),
    "rb": re.compile(r"\b[A-Z]\w*\.(?:find|find_by|where|count|create)\b"),
    "php": re.compile(r"\b[A-Z]\w*::(?:find|where|first|create)\(|DB::"),
}
_UNBOUNDED = {
    "py": re.compile(
        r"\.objects\.all\(\)(?!\s*(?:\[|\.(?:first|last|count|exists|get|filter|aggregate|delete|iterator|none|paginate)))|\.query\.all\(\)"
    ),
    "js": re.compile(r"\.findMany\(\s*\)|\.find\(\s*(?:\{\s*\})?\s*\)(?!\s*\.(?:limit|skip|cursor))|\.findAll\(\s*\)"),
    "rb": re.compile(r"=\s*[A-Z]\w*\.all\s*$"),
    "php": re.compile(r"\b[A-Z]\w*::all\(\)|->get\(\)\s*;"),
}
_PAGED = re.compile(r"paginat|limit|LIMIT|\btake\b|\[:|page_size|per_page|kaminari|cursor|\.first\(", re.IGNORECASE)
_STAR = re.compile(r"[\"'`(\s]SELECT\s+\*\s+FROM\s", re.IGNORECASE)
_FOREIGN_CALL = {
    "py": re.compile(r"\b(?:requests\.(?:get|post|put|patch|delete)|urllib\.request\.urlopen|httpx\.(?:get|post))\("),
    "js": re.compile(r"await\s+(?:fetch|axios(?:\.\w+)?)\(\s*[\"'`]https?://"),
    "rb": re.compile(r"\b(?:Net::HTTP|HTTParty|Faraday|RestClient)\.(?:get|post)"),
    "php": re.compile(r"\bHttp::(?:get|post)\(|curl_exec\("),
}
_KINDS = {
    "py": "py",
    "js": "js",
    "jsx": "js",
    "ts": "js",
    "tsx": "js",
    "mjs": "js",
    "cjs": "js",
    "rb": "rb",
    "php": "php",
}


def kind_of(path: str) -> str:
    """The family of a source file that can be marked, '' for others."""
    return _KINDS.get(path.rpartition(".")[2].lower(), "")


def marks_of(path: str, text: str, *, handles_requests: bool) -> Iterator[SlowMark]:
    """The marks of a source file.

    `handles_requests`: it holds routes or views, so that a call to somebody else makes a visitor wait.
    """
    kind = kind_of(path)
    if not kind:
        return
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if len(line) > 400:
            continue
        place, code = f"{path}:{at + 1}", line.strip()[:160]
        nearby = "\n".join(lines[at : at + NEAR])
        if _STAR.search(line) and not _PAGED.search(nearby):
            yield SlowMark("select-star", place, code)
        elif _UNBOUNDED[kind].search(line) and not _PAGED.search(nearby):
            yield SlowMark("unbounded-list", place, code)
        elif handles_requests and _FOREIGN_CALL[kind].search(line):
            yield SlowMark("call-in-request", place, code)
        loop = _LOOP[kind].match(line)
        if loop and (inner := _query_in(lines, at, len(loop[1]), kind)):
            yield SlowMark("query-in-loop", f"{path}:{inner}", lines[inner - 1].strip()[:160])


def _query_in(lines: list[str], at: int, indent: int, kind: str) -> int:
    """The line number of a query in the body of a loop, 0 if none is seen."""
    for number, line in enumerate(lines[at + 1 : at + 1 + NEAR], at + 2):
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return 0
        if _QUERY[kind].search(line):
            return number
    return 0
