"""How fast statements become fingerprints, and logs a digest; how memory grows with the log.

Statements of five shapes, each with other values, so that nothing can be remembered. Times are those of the processor:
the machine may be busy.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from launchready_tui.queries.fingerprint import fingerprint
from launchready_tui.queries.reading import digest_of
from tests.benchmarks.figures import Table, machine, middle

STATEMENTS = 100_000
AIM = 100_000
"""Fingerprints a second on one core."""

FORMS = (
    "SELECT * FROM listings WHERE seller_id = {n} AND status = 'active-{n}' ORDER BY created_at DESC LIMIT 20",
    "SELECT id, name FROM users WHERE id IN ({n}, {n}1, {n}2, {n}3)",
    "INSERT INTO orders (buyer, total, note) VALUES ({n}, {n}.5, 'it''s {n}')",
    "UPDATE listings SET price = {n}, updated_at = '2026-11-24 10:00:00' WHERE id = {n}",
    'SELECT "users"."id", "users"."email" FROM "users" WHERE "users"."id" = {n} LIMIT 1',
)

_PEAK = """
import re, resource, sys
from pathlib import Path
from launchready_tui.queries.reading import digest_of
digest_of([Path(sys.argv[1])])
status = Path("/proc/self/status")  # ru_maxrss remembers the parent's size, too
own = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
print((int(own[1]) if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024)
"""


def statements(count: int) -> list[str]:
    """Statements of all forms in turn."""
    values = random.Random(1)
    return [FORMS[number % len(FORMS)].format(n=values.randrange(10**6)) for number in range(count)]


def _text(number: int, sql: str, ms: float, at: str) -> str:
    tag = f"/*request_id='r{number // 8}',route='listing'*/"
    return f"{at} UTC [{4_000 + number % 20}] shop@market LOG:  duration: {ms:.3f} ms  statement: {sql} {tag}\n"


def _json(number: int, sql: str, ms: float, at: str) -> str:
    line = {"timestamp": f"{at} UTC", "user": "shop", "dbname": "market", "pid": 4_000 + number % 20,
            "session_id": f"67430000.{number % 20:x}", "error_severity": "LOG",
            "message": f"duration: {ms:.3f} ms  statement: {sql} /*request_id='r{number // 8}',route='listing'*/",
            "application_name": "web", "backend_type": "client backend"}  # fmt: skip
    return json.dumps(line) + "\n"


def _mysql(number: int, sql: str, ms: float, at: str) -> str:
    return (
        f"# Time: {at.replace(' ', 'T')}000Z\n# User@Host: shop[shop] @ web [10.0.0.1]  Id: {4_000 + number % 20}\n"
        f"# Query_time: {ms / 1000:.6f}  Lock_time: 0.000010 Rows_sent: 1  Rows_examined: 100\n"
        f"SET timestamp=1795514400;\n{sql} /*request_id='r{number // 8}',route='listing'*/;\n"
    )


def write_log(path: Path, count: int, line: Callable[[int, str, float, str], str]) -> int:
    """A log of so many statements; returns its bytes."""
    values = random.Random(2)
    with path.open("w", encoding="utf-8") as file:
        for number, sql in enumerate(statements(count)):
            second = number // 50
            at = f"2026-11-24 {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.{number % 50 * 20:03}"
            file.write(line(number, sql, values.expovariate(0.2), at))
    return path.stat().st_size


def measure(count: int = STATEMENTS) -> Table:
    """Fingerprints, digests of three forms of log, and the memory that one and five logs of them take."""
    rows = []
    texts = statements(count)
    per_second = []
    for _ in range(3):
        start = time.process_time()
        shapes = {fingerprint(text) for text in texts}
        per_second.append(count / (time.process_time() - start))
    rows.append(("fingerprints", f"{middle(per_second):,.0f}/s", f"{count:,} statements, {len(shapes)} shapes"))
    with tempfile.TemporaryDirectory(prefix="lr-bench-") as folder:
        log = Path(folder) / "q.log"
        for name, line in (("PostgreSQL text", _text), ("jsonlog", _json), ("MySQL slow log", _mysql)):
            size = write_log(log, count, line)
            start = time.process_time()
            facts = digest_of([log])
            took = time.process_time() - start
            told = f"{size / took / 1e6:.0f} MB/s; {facts.ties.request:,} of {facts.statements:,} tied to requests"
            rows.append((f"digest of {name}", f"{count / took:,.0f}/s", told))
        peaks = []
        for times in (1, 5):
            write_log(log, count * times, _text)
            done = subprocess.run(
                [sys.executable, "-c", _PEAK, str(log)], capture_output=True, text=True, check=True, timeout=600
            )
            peaks.append(int(done.stdout))
        rows.append(("memory", f"{peaks[1]:,} MB", f"{peaks[0]:,} MB for a fifth of the log"))
    reached = middle(per_second)
    return Table(
        f"Fingerprints and digests of query logs ({machine()})",
        tuple(rows),
        f"aim ≥ {AIM:,}/s",
        f"{reached:,.0f}/s",
        reached >= AIM,
    )


if __name__ == "__main__":
    print(measure(*[int(word) for word in sys.argv[1:2]]))
