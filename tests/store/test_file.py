"""The engagement file: what it refuses, what it keeps, what a crash leaves behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchready_tui.errors import EngagementError
from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence, Failure
from launchready_tui.model.questions import DnsLookup, TlsHandshake
from launchready_tui.model.records import Note
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.store.file import EngagementFile
from launchready_tui.store.schema import APPLICATION_ID, VERSION

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "acme.launchready"
    EngagementFile(made, create=True).close()
    return made


def result(check: str = "tls.hsts", subject: str = "acme.test", verdict: Verdict = Verdict.PASS) -> Result:
    return Result(check, subject, verdict, Severity.HIGH, "", "all is well", Source.LIVE, NOW)


def evidence(question: DnsLookup | TlsHandshake) -> Evidence[object]:  # type: ignore[type-var]
    return codec.identified(Evidence("", question, 1, None, Failure("timeout", "no answer"), NOW, NOW))  # type: ignore[arg-type,return-value]


def test_only_the_owner_may_read_it(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


def test_never_overwrites(path: Path) -> None:
    with pytest.raises(EngagementError, match="exists already"):
        EngagementFile(path, create=True)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"SQLite format 3\x00" + b"\x00" * 50, bytes(range(256)) * 16],
    ids=["empty", "text", "header only", "noise"],
)
def test_refuses_what_is_no_engagement(tmp_path: Path, content: bytes) -> None:
    foreign = tmp_path / "x.launchready"
    foreign.write_bytes(content)
    with pytest.raises(EngagementError, match=r"x\.launchready"):
        EngagementFile(foreign)
    assert foreign.read_bytes() == content


def test_refuses_another_programs_database(tmp_path: Path) -> None:
    foreign = tmp_path / "x.launchready"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE t (a)")
    before = foreign.read_bytes()
    with pytest.raises(EngagementError, match="another program"):
        EngagementFile(foreign)
    assert foreign.read_bytes() == before


def test_refuses_a_newer_one_without_touching_it(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(EngagementError, match="newer"):
        EngagementFile(path)
    assert path.read_bytes() == before


def test_refuses_a_damaged_one(path: Path) -> None:
    file = EngagementFile(path)
    for number in range(200):
        file.append_record(Note("", "", f"note {number} " + "x" * 500), NOW)
    file.close()
    data = bytearray(path.read_bytes())
    data[8192:16384] = os.urandom(8192)
    path.write_bytes(data)
    with pytest.raises(EngagementError, match="damaged"):
        EngagementFile(path)


def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(EngagementError, match="does not exist"):
        EngagementFile(tmp_path / "gone.launchready")
    with pytest.raises(EngagementError, match="is a folder"):
        EngagementFile(tmp_path)
    with pytest.raises(EngagementError, match=r"folder .* does not exist"):
        EngagementFile(tmp_path / "no" / "x.launchready", create=True)


def test_a_second_writer_waits_and_then_gets_a_clear_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launchready_tui.store.opening.BUSY_MS", 50)
    file = EngagementFile(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(EngagementError, match="another program"):
        file.append_record(Note("", "", "hello"), NOW)
    other.execute("ROLLBACK")
    assert file.append_record(Note("", "", "hello"), NOW).number == 1
    file.close()
    other.close()


def test_two_writers_take_turns_and_the_chain_stays_whole(path: Path) -> None:
    first, second = EngagementFile(path), EngagementFile(path)
    for _ in range(5):
        first.append_record(Note("", "", "one"), NOW)
        second.append_record(Note("", "", "two"), NOW)
    assert [record.number for record in first.records()] == list(range(1, 11))
    assert first.broken_link() == ""
    first.close()
    second.close()


def test_a_read_only_file_opens_and_says_so_when_written(path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    path.chmod(0o400)
    file = EngagementFile(path)
    assert file.read_only
    with pytest.raises(EngagementError, match="only be read"):
        file.append_record(Note("", "", "x"), NOW)
    file.close()


def test_append_only(path: Path) -> None:
    file = EngagementFile(path)
    file.append_record(Note("", "", "x"), NOW)
    file.close()
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("UPDATE records SET payload = '{}'")
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("DELETE FROM records")


def test_a_change_behind_our_back_breaks_the_chain(path: Path) -> None:
    file = EngagementFile(path)
    file.append_record(Note("", "", "first"), NOW)
    file.append_record(Note("", "", "second"), NOW)
    assert file.broken_link() == ""
    file.close()
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER records_no_update")
        db.execute("""UPDATE records SET payload = replace(payload, 'first', 'fairy')""")
    file = EngagementFile(path)
    assert file.broken_link() == "records row 1"
    file.close()


def test_runs_results_and_evidence_come_back(path: Path) -> None:
    file = EngagementFile(path)
    run = file.start_run(NOW, "everything", "test")
    seen = evidence(DnsLookup("acme.test", "A"))
    file.append_results(run.id, [seen], [result()])  # type: ignore[list-item]
    assert file.runs()[0].state == "interrupted"
    file.finish_run(run, NOW, "finished")
    assert file.runs()[0].state == "finished"
    assert file.evidence([seen.id, "gone"]) == (seen,)
    last, results = file.results_after(0)
    assert results == (result(),)
    assert file.results_after(last) == (last, ())
    assert file.history("tls.hsts", "acme.test") == (result(),)
    file.close()


@pytest.mark.parametrize(
    "text",
    ["\ud800", "a\x00b", "\u202egnp", "'; DROP TABLE records; --", "x" * 100_000],
    ids=["surrogate", "nul", "bidi", "sql", "long"],
)
def test_any_text_comes_back_as_it_was(path: Path, text: str) -> None:
    file = EngagementFile(path)
    file.append_record(Note("", text, text), NOW)
    run = file.start_run(NOW, text, "test")
    file.append_results(run.id, [], [result(subject=text)])
    file.close()
    file = EngagementFile(path)
    payload = file.records()[0].payload
    assert isinstance(payload, Note)
    assert payload.text == text
    assert file.history("tls.hsts", text)[0].subject == text
    file.close()


def test_earlier_evidence_of_a_host(path: Path) -> None:
    file = EngagementFile(path)
    assert file.newest_evidence("tls-handshake", "acme.test", 5) == ()
    file.close()


def test_a_copy_is_whole(path: Path, tmp_path: Path) -> None:
    file = EngagementFile(path)
    file.append_record(Note("", "", "x"), NOW)
    file.copy_to(tmp_path / "copy.launchready")
    with pytest.raises(EngagementError, match="exists already"):
        file.copy_to(tmp_path / "copy.launchready")
    file.close()
    copy = EngagementFile(tmp_path / "copy.launchready")
    assert len(copy.records()) == 1
    assert (tmp_path / "copy.launchready").stat().st_mode & 0o777 == 0o600
    copy.close()


def test_used_from_many_threads(path: Path) -> None:
    file = EngagementFile(path)
    threads = [threading.Thread(target=lambda: file.append_record(Note("", "", "x"), NOW)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.number for record in file.records()] == list(range(1, 21))
    file.close()


def test_closed_says_so(path: Path) -> None:
    file = EngagementFile(path)
    file.close()
    file.close()
    with pytest.raises(EngagementError, match="closed"):
        file.records()


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from launchready_tui.model.records import Note
from launchready_tui.store.file import EngagementFile
file = EngagementFile(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    file.append_record(Note("", "", f"note {number} " + "x" * 2000), datetime.now(UTC))
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 25])
def test_a_kill_in_mid_write_loses_nothing_acknowledged(path: Path, after: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = 0
    for line in child.stdout:
        acknowledged = int(line)
        if acknowledged >= after:
            break
    time.sleep(0.003 * after)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read().split()
    child.wait()
    child.stdout.close()
    acknowledged = max([acknowledged, *(int(number) for number in rest)])
    file = EngagementFile(path)
    assert len(file.records()) in (acknowledged, acknowledged + 1)
    assert file.broken_link() == ""
    file.append_record(Note("", "", "goes on"), NOW)
    file.close()


def test_marks() -> None:
    assert APPLICATION_ID.to_bytes(4, "big") == b"LRDY"


def test_the_head_goes_back_after_a_failed_write(path: Path) -> None:
    file = EngagementFile(path)
    file.append_record(Note("", "", "x"), NOW)
    head = file.head

    def broken(records: object) -> Note:
        file._append("records", {"number": 2, "at": "", "kind": "note", "payload": "{}"})
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        file.append_answer(broken, NOW)
    assert file.head == head
    assert len(file.records()) == 1
    assert file.broken_link() == ""
    file.close()
