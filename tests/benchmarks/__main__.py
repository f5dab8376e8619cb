"""Runs all benchmarks and prints a table: `python -m tests.benchmarks [names]`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.benchmarks import audit, cold_start, fingerprints, first_paint, key_to_paint, load, logs, secrets, versus
from tests.benchmarks.figures import Table

ALL: dict[str, Callable[[], Table]] = {
    "cold_start": cold_start.measure,
    "first_paint": first_paint.measure,
    "audit": audit.measure,
    "versus": versus.measure,
    "key_to_paint": key_to_paint.measure,
    "logs": logs.measure,
    "fingerprints": fingerprints.measure,
    "load": load.measure,
    "secrets": secrets.measure,
}


def main(names: list[str]) -> None:
    """One after the other, each printed when it is done, all of them once more in a few lines at the end."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]}; there are {', '.join(ALL)}.")
    tables: dict[str, Table] = {}
    for name in names or list(ALL):
        tables[name] = ALL[name]()
        print(f"{tables[name]}\n", flush=True)
    for name, table in tables.items():
        print(f"{name:<14}{table.reached:<34}{table.aim:<16}{'met' if table.met else 'missed'}")


if __name__ == "__main__":
    main(sys.argv[1:])
