"""One engagement file: opened, checked, read and appended to, always on the one thread that owns the connection."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
from sqlite_utils import Database

from launchready_tui.errors import EngagementError
from launchready_tui.model import chain, codec
from launchready_tui.model.chain import ChainRow
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.records import Payload, Record
from launchready_tui.model.results import Result, Run
from launchready_tui.store.opening import open_file
from launchready_tui.store.schema import APPEND_ONLY

T = TypeVar("T")


class EngagementFile:
    """An open engagement file.

    Methods may be called from any thread and return when the work is done; what a writing method returned is on disk.
    Every method raises `EngagementError` where SQLite refuses.
    """

    def __init__(self, path: Path | None, *, create: bool = False) -> None:
        self.path = path
        self.read_only = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engagement")
        self._head = ""
        self._seq = 0
        try:
            self._db = self._call(lambda: self._open(create))
        except BaseException:
            self._thread.shutdown()
            raise

    def _open(self, create: bool) -> Database:
        opened = open_file(self.path, create=create)
        self.read_only = opened.read_only
        self._read_head(opened.db)
        return opened.db

    def _read_head(self, db: Database) -> None:
        newest = [row for table in APPEND_ONLY for row in db.table(table).rows_where(order_by="seq desc", limit=1)]
        self._seq, self._head = max(((int(row["seq"]), str(row["hash"])) for row in newest), default=(0, ""))

    # --- the owning thread --------------------------------------------------------------------------------------------

    def _call(self, work: Callable[[], T]) -> T:
        """Run work on the thread that owns the connection."""
        try:
            return self._thread.submit(work).result()
        except RuntimeError as error:
            if "shutdown" not in str(error):
                raise
            raise EngagementError("The engagement is closed.", "Open it again.") from None
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _explained(self, error: sqlite3.Error) -> EngagementError:
        text = str(error)
        if "locked" in text or "busy" in text:
            return EngagementError(
                f"{self.path} is being written by another program.",
                "Close the other window, or try again in a moment. Nothing was changed.",
            )
        if "readonly" in text:
            return EngagementError(
                f"{self.path} can only be read.", "`launchready copy FILE TO` makes a copy that you can write to."
            )
        if "full" in text:
            return EngagementError(
                f"There is no room to write {self.path}.", "Free some disk space and try again. Nothing was changed."
            )
        if "malformed" in text or "not a database" in text:
            return EngagementError(
                f"{self.path} is damaged: {text}.", "Open a copy from before. The file was not changed."
            )
        return EngagementError(f"{self.path}: the database says: {text}.", "Nothing was changed.")

    def _write(self, work: Callable[[], T]) -> T:
        """Run work in a transaction; the chain goes back to where it was if it fails."""
        if self.read_only:
            raise EngagementError(
                f"{self.path} can only be read.", "`launchready copy FILE TO` makes a copy that you can write to."
            )

        def transaction() -> T:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._read_head(self._db)
                done = work()
                self._db.conn.execute("COMMIT")
            except BaseException:
                if self._db.conn.in_transaction:
                    self._db.conn.execute("ROLLBACK")
                    self._read_head(self._db)
                raise
            return done

        return self._call(transaction)

    def _append(self, table: str, row: dict[str, Any]) -> str:
        """Add a row to an append-only table; its hash covers the row and the hash before. Returns the hash."""
        self._seq += 1
        stored = {
            "seq": self._seq,
            **{key: _storable(value) if isinstance(value, str) else value for key, value in row.items()},
        }
        self._head = chain.link(self._head, table, stored)
        self._db.table(table).insert({"hash": self._head, **stored})
        return self._head

    def close(self) -> None:
        """Close the file. May be called twice."""
        try:
            self._call(self._db.close)
        except EngagementError:
            return
        self._thread.shutdown()

    # --- records ------------------------------------------------------------------------------------------------------

    @property
    def head(self) -> str:
        """The head of the hash chain, as the file has it now (another program may have written)."""

        def work() -> str:
            self._read_head(self._db)
            return self._head

        return self._call(work)

    def append_record(self, payload: Payload, at: datetime) -> Record:
        """Write one record."""
        return self._write(lambda: self._append_record(payload, at))

    def append_answer(self, make: Callable[[tuple[Record, ...]], Payload | None], at: datetime) -> Record | None:
        """Write the record that `make` makes of the journal, with nothing in between; None if it makes none."""

        def work() -> Record | None:
            payload = make(self._read_records())
            return None if payload is None else self._append_record(payload, at)

        return self._write(work)

    def _append_record(self, payload: Payload, at: datetime) -> Record:
        number = self._db.execute("SELECT coalesce(max(number), 0) + 1 FROM records").fetchone()[0]
        when = codec.moment(at)
        content = codec.canonical(codec.payload_to_plain(payload))
        row = {"number": number, "at": codec.plain(when), "kind": payload.kind, "payload": content}
        return Record(number, when, payload, self._append("records", row))

    def records(self) -> tuple[Record, ...]:
        """The whole journal in order. Raises `EngagementError` for a record that this program cannot read."""
        return self._call(self._read_records)

    def _read_records(self) -> tuple[Record, ...]:
        rows = self._db.execute("SELECT number, at, kind, payload, hash FROM records ORDER BY number").fetchall()
        return tuple(_record(*row) for row in rows)

    # --- runs ---------------------------------------------------------------------------------------------------------

    def start_run(self, started_at: datetime, scope: str, tool: str) -> Run:
        """Write that a run began."""

        def work() -> Run:
            number = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM runs").fetchone()[0]
            when = codec.moment(started_at)
            self._append("runs", {"id": number, "started_at": codec.plain(when), "scope": scope, "tool": tool})
            return Run(number, when, None, "running", scope, tool)

        return self._write(work)

    def append_results(self, run: int, evidence: Iterable[Evidence[Any]], results: Iterable[Result]) -> None:
        """Write evidence and results of a run, all or nothing."""

        def work() -> None:
            for item in evidence:
                content = codec.canonical(codec.evidence_to_plain(item))
                question = item.question
                row = {"id": item.id, "run": run, "kind": question.kind, "host": question.host, "attempt": item.attempt}
                self._append("evidence", {**row, "content": content})
            for result in results:
                data = codec.plain(result)
                columns = ("check", "subject", "verdict", "severity", "reason", "at")
                row = {name: data[name] for name in columns}
                self._append("results", {"run": run, **row, "content": codec.canonical(data)})

        self._write(work)

    def finish_run(self, run: Run, finished_at: datetime, state: str) -> Run:
        """Write that a run ended."""
        when = codec.moment(finished_at)

        def work() -> None:
            self._append("run_ends", {"run": run.id, "finished_at": codec.plain(when), "state": state})

        self._write(work)
        return Run(run.id, run.started_at, when, state, run.scope, run.tool)

    def runs(self) -> tuple[Run, ...]:
        """All runs in order; one without an end was interrupted (or is running in another program)."""

        def work() -> tuple[Run, ...]:
            query = """
                SELECT runs.id, runs.started_at, run_ends.finished_at, coalesce(run_ends.state, 'interrupted'),
                       runs.scope, runs.tool
                FROM runs LEFT JOIN run_ends ON run_ends.run = runs.id ORDER BY runs.id
            """
            return tuple(
                msgspec.convert(dict(zip(Run.__slots__, row, strict=True)), Run) for row in self._db.execute(query)
            )

        return self._call(work)

    def results_after(self, seq: int) -> tuple[int, tuple[Result, ...]]:
        """All results written after that count, in order, and the count to ask with next time."""

        def work() -> tuple[int, tuple[Result, ...]]:
            rows = self._db.execute("SELECT seq, content FROM results WHERE seq > ? ORDER BY seq", [seq]).fetchall()
            last = rows[-1][0] if rows else seq
            return last, tuple(codec.result_from_plain(json.loads(row[1])) for row in rows)

        return self._call(work)

    def history(self, check: str, subject: str) -> tuple[Result, ...]:
        """The results of a check for a subject, oldest first."""

        def work() -> tuple[Result, ...]:
            query = 'SELECT content FROM results WHERE "check" = ? AND subject = ? ORDER BY seq'
            rows = self._db.execute(query, [check, _storable(subject)]).fetchall()
            return tuple(codec.result_from_plain(json.loads(row[0])) for row in rows)

        return self._call(work)

    # --- evidence -----------------------------------------------------------------------------------------------------

    def evidence(self, ids: Sequence[str]) -> tuple[Evidence[Any], ...]:
        """Evidence by id, in that order; what is not there, or cannot be read by this version, is left out."""

        def work() -> tuple[Evidence[Any], ...]:
            found: dict[str, Evidence[Any]] = {}
            for wanted in ids:
                row = self._db.execute("SELECT content FROM evidence WHERE id = ? LIMIT 1", [wanted]).fetchone()
                if row is not None and (item := _evidence(row[0])) is not None:
                    found[wanted] = item
            return tuple(found[wanted] for wanted in ids if wanted in found)

        return self._call(work)

    def evidence_of_run(self, run: int) -> tuple[Evidence[Any], ...]:
        """All evidence of a run in order."""

        def work() -> tuple[Evidence[Any], ...]:
            rows = self._db.execute("SELECT content FROM evidence WHERE run = ? ORDER BY seq", [run]).fetchall()
            return tuple(item for row in rows if (item := _evidence(row[0])) is not None)

        return self._call(work)

    def newest_evidence(self, kind: str, host: str, before_run: int) -> tuple[Evidence[Any], ...]:
        """The evidence of one kind about one host ('' for any) in the newest run before that one which has any with
        facts.
        """

        def work() -> tuple[Evidence[Any], ...]:
            where = "kind = ? AND ? IN (host, '') AND run < ?"
            query = f"SELECT run, content FROM evidence WHERE {where} ORDER BY run DESC, seq"  # noqa: S608 - a constant
            found: list[Evidence[Any]] = []
            newest = 0
            for run, content in self._db.execute(query, [kind, host, before_run]):
                if found and run != newest:
                    break
                item = _evidence(content)
                if item is not None and item.facts is not None:
                    found.append(item)
                    newest = run
            return tuple(found)

        return self._call(work)

    # --- remarks that are no records ----------------------------------------------------------------------------------

    def remark(self, key: str) -> str:
        """A remark about the file itself (where the work was left), '' if there is none."""

        def work() -> str:
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
            return str(row[0]) if row else ""

        return self._call(work)

    def remarks(self, prefix: str) -> dict[str, str]:
        """The remarks whose keys begin like that."""

        def work() -> dict[str, str]:
            query = "SELECT key, value FROM meta WHERE substr(key, 1, ?) = ? ORDER BY key"
            return {str(key): str(value) for key, value in self._db.execute(query, [len(prefix), prefix])}

        return self._call(work)

    def set_remark(self, key: str, value: str) -> None:
        """Keep a remark; it is no part of the history."""
        self.set_remarks({key: value})

    def set_remarks(self, remarks: Mapping[str, str]) -> None:
        """Keep several, all or none; an empty one is dropped."""

        def work() -> None:
            for key, value in remarks.items():
                self._db.execute("DELETE FROM meta WHERE key = ?", [_storable(key)])
                if value:
                    self._db.table("meta").insert({"key": _storable(key), "value": _storable(value)})

        self._write(work)

    def copy_to(self, target: Path) -> None:
        """A consistent copy, also while another program writes. Raises `EngagementError` if the target exists."""

        def work() -> None:
            try:
                os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                raise EngagementError(f"{target} exists already.", "Choose another name.") from None
            except OSError as error:
                raise EngagementError(f"{target} cannot be made: {error.strerror}.", "Choose another folder.") from None
            copy = sqlite3.connect(target)
            try:
                self._db.conn.backup(copy)
            finally:
                copy.close()

        self._call(work)

    # --- the chain ----------------------------------------------------------------------------------------------------

    @classmethod
    def of_rows(cls, rows: Iterable[ChainRow], path: Path) -> Self:
        """The rows of a pack as a file in memory that can only be read; `path` is where the pack lies."""
        file = cls(None)

        def fill() -> None:
            for row in rows:
                file._db.table(row.table).insert({**row.stored, "hash": row.hash})
            file._read_head(file._db)

        try:
            file._write(fill)
        except BaseException:
            file.close()
            raise
        file.path, file.read_only = path, True
        return file

    def chain(self) -> tuple[ChainRow, ...]:
        """Every row that the hash chain covers, in its order."""

        def work() -> tuple[ChainRow, ...]:
            found = [
                ChainRow(table, {key: value for key, value in row.items() if key != "hash"}, row["hash"])
                for table in APPEND_ONLY
                for row in self._db.table(table).rows
            ]
            return tuple(sorted(found, key=lambda row: row.seq))

        return self._call(work)

    def broken_link(self) -> str:
        """Where the hash chain does not fit its rows: `TABLE row SEQ`, '' if it is whole."""
        broken = chain.first_break(self.chain())
        return f"{broken.table} row {broken.seq}" if broken else ""


def _storable(text: str) -> str:
    """Text without lone surrogates, which SQLite cannot hold; the exact text is in the content."""
    return text.encode("utf-8", "replace").decode()


def _record(number: int, at: str, kind: str, payload: str, chain: str) -> Record:
    try:
        content = codec.payload_from_plain(kind, json.loads(payload))
    except (KeyError, msgspec.MsgspecError) as error:
        raise EngagementError(
            f"Record {number} ({kind}) cannot be read: {error}.",
            "It may come from another version; the file was not changed.",
        ) from None
    return Record(number, msgspec.convert(at, datetime), content, chain)


def _evidence(content: str) -> Evidence[Any] | None:
    try:
        return codec.evidence_from_plain(json.loads(content))
    except (KeyError, msgspec.MsgspecError):
        return None
