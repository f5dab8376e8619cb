"""What a reader hands on: one statement that a database executed, as its log tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from launchready_tui.model.questions.plans import PlanNode
from launchready_tui.queries.lexing import Dialect

End = Literal["", "line", "torn"]
"""Where the log of a statement ends: with the line behind it, or within it (`torn`); '' where more follows."""


class Statement(msgspec.Struct, frozen=True):
    """One execution. `sql` is its text with values: it is made a fingerprint at once and kept nowhere.

    `us` is the time it took in microseconds, -1 where the log does not say. `at` is when it ended (seconds since 1970,
    UTC; None: unknown). `session` names the connection. Row counts are -1 where unknown. `trouble` is `error` or
    `timeout` for one that did not finish: it counts as no call. `again`: the execution was handed on before, and this
    brings its plan. `end` is set for the last one of a log, which may have been cut in the middle.
    """

    sql: str
    us: int = -1
    at: float | None = None
    session: str = ""
    database: str = ""
    user: str = ""
    application: str = ""
    rows_sent: int = -1
    rows_examined: int = -1
    lock_us: int = -1
    trouble: str = ""
    plan: tuple[PlanNode, ...] = ()
    again: bool = False
    dialect: Dialect = "postgresql"
    end: End = ""


Sink = Callable[[Statement], None]

MOST_SQL = 1024 * 1024
"""Characters of a statement that are read; what is beyond is dropped."""


def microseconds(ms: str) -> int:
    """`12.345` milliseconds as 12345, exactly; -1 for what is no number."""
    whole, _, fraction = ms.partition(".")
    try:
        return int(whole) * 1000 + int((fraction + "000")[:3])
    except ValueError:
        return -1
