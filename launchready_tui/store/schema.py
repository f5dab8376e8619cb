"""The tables of an engagement file, and how older files become current ones.

Every append-only table takes its `seq` from one count and its `hash` from one chain, so that the order over all tables,
and any change after the fact, can be told.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from launchready_tui.model.chain import TABLES

APPLICATION_ID = 0x4C524459
"""Marks a SQLite file as an engagement ("LRDY")."""

VERSION = 1
"""The format that this program writes; a file with a higher one is refused."""

APPEND_ONLY = TABLES

migrations = Migrations("launchready")


@migrations()
def create_tables(db: Database) -> None:
    """The first format."""
    chain = {"seq": int, "hash": str}
    db.table("meta").create({"key": str, "value": str}, pk="key", strict=True)
    db.table("records").create({**chain, "number": int, "at": str, "kind": str, "payload": str}, pk="seq", strict=True)
    db.table("runs").create({**chain, "id": int, "started_at": str, "scope": str, "tool": str}, pk="seq", strict=True)
    db.table("run_ends").create({**chain, "run": int, "finished_at": str, "state": str}, pk="seq", strict=True)
    db.table("evidence").create(
        {**chain, "id": str, "run": int, "kind": str, "host": str, "attempt": int, "content": str},
        pk="seq",
        strict=True,
    )
    db.table("results").create(
        {
            **chain,
            "run": int,
            "check": str,
            "subject": str,
            "verdict": str,
            "severity": str,
            "reason": str,
            "at": str,
            "content": str,
        },
        pk="seq",
        strict=True,
    )
    db.table("records").create_index(["number"], unique=True)
    db.table("runs").create_index(["id"], unique=True)
    db.table("run_ends").create_index(["run"], unique=True)
    db.table("evidence").create_index(["id"])
    db.table("evidence").create_index(["run", "kind", "host"])
    db.table("results").create_index(["check", "subject", "seq"])
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for kind in ("decision", "attestation", "waiver", "grant", "system", "person", "authorization", "drill", "note"):
        query = f"SELECT number, at, payload FROM records WHERE kind = '{kind}' ORDER BY number"  # noqa: S608 - our words
        db.create_view(f"{kind}s", query)
