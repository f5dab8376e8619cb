"""Unpacks DMARC aggregate reports into `ReportFacts`: files or folders of XML, gzip and zip, all bounded."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from launchready_tui.checks.mail.rules import reports
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.questions import ReportFacts
from launchready_tui.probes.localfile import contents
from launchready_tui.text import one_line

MOST_UNPACKED = 50 * 1024 * 1024
"""Bytes of one report when it is unpacked."""

MOST_ALTOGETHER = 200 * 1024 * 1024
"""Bytes of all reports of a folder when they are unpacked."""

MOST_FILES = 2_000
"""Files of one folder."""

MOST_MEMBERS = 100
"""Files of one archive."""

MOST_ROWS = 5_000
"""Different rows of all reports that are kept, those with the most messages."""

MOST_UNREAD = 50
"""Files that are named as unreadable."""

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)


@dataclass(slots=True)
class _Pile:
    """What has been read of a folder of reports."""

    room: int
    reports: list[reports.Report] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    cut: bool = False

    def refuse(self, name: str, why: str) -> None:
        """Note a file that could not be read."""
        if len(self.unread) < MOST_UNREAD:
            self.unread.append(f"{one_line(name, 100)}: {why}")
        else:
            self.cut = True

    def add(self, name: str, data: bytes) -> None:
        """Read one unpacked report."""
        self.room -= len(data)
        try:
            self.reports.append(reports.parse(data))
        except reports.ReportError as error:
            self.refuse(name, str(error))


def read_reports(path: Path, name: str) -> ReportFacts | Failure:
    """All reports of a file or of a folder (not of folders in it); links are not followed."""
    pile = _Pile(MOST_ALTOGETHER)
    try:
        files = _files(path, pile) if path.is_dir() else [(name, path)]
    except OSError as error:
        reason = one_line(error.strerror or "", 80)
        return Failure("file-unreadable", f"{one_line(name, 120)} cannot be read: {reason}", Fault.USAGE)
    for shown, file in files:
        data = contents(file, shown)
        if isinstance(data, Failure):
            if not path.is_dir():
                return data
            pile.refuse(shown, data.message)
            continue
        _unpack(pile, shown, data)
        if pile.room <= 0:
            pile.cut = True
            break
    return _facts(pile)


def _files(path: Path, pile: _Pile) -> list[tuple[str, Path]]:
    found: list[tuple[str, Path]] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if len(found) == MOST_FILES:
                pile.cut = True
                break
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
                found.append((entry.name, Path(entry.path)))
    return sorted(found)


def _unpack(pile: _Pile, name: str, data: bytes) -> None:
    """Read a report, or each of an archive; by its first bytes, because names lie."""
    if data[:4] == ZIP:
        _unzip(pile, name, data)
    elif data[:2] == GZIP:
        with gzip.open(io.BytesIO(data)) as file:
            _expand(pile, name, file)
    else:
        pile.add(name, data)


def _unzip(pile: _Pile, name: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            if len(members) > MOST_MEMBERS:
                pile.refuse(name, f"it holds {len(members):,} files; {MOST_MEMBERS} are read")
                pile.cut = True
            for member in members[:MOST_MEMBERS]:
                shown = f"{name}/{member.filename}"
                if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    pile.refuse(shown, "it is encrypted, or packed in an unusual way")
                    continue
                with archive.open(member) as file:
                    _expand(pile, shown, file)
    except _DAMAGED as error:
        pile.refuse(name, f"it is a damaged archive ({one_line(str(error) or type(error).__name__, 60)})")


def _expand(pile: _Pile, name: str, file: IO[bytes] | gzip.GzipFile) -> None:
    """One packed report, never more of it than is allowed, whatever its header promises."""
    most = max(0, min(MOST_UNPACKED, pile.room))
    try:
        data: bytes = file.read(most + 1)
    except _DAMAGED as error:
        pile.refuse(name, f"it is damaged ({one_line(str(error) or type(error).__name__, 60)})")
        return
    if len(data) > most:
        pile.room -= most
        pile.refuse(name, f"it unpacks to more than {most // 1024 // 1024} MiB")
    elif data[:4] == ZIP or data[:2] == GZIP:
        pile.refuse(name, "it is an archive inside an archive")
    else:
        pile.add(name, data)


def _facts(pile: _Pile) -> ReportFacts:
    rows = reports.merged(row for report in pile.reports for row in report.rows)
    return ReportFacts(
        reports=len(pile.reports),
        receivers=tuple(sorted({report.receiver for report in pile.reports if report.receiver})[:50]),
        begin=min((report.begin for report in pile.reports if report.begin), default=None),
        end=max((report.end for report in pile.reports if report.end), default=None),
        rows=rows[:MOST_ROWS],
        unread=tuple(pile.unread),
        cut=pile.cut or len(rows) > MOST_ROWS or any(report.cut for report in pile.reports),
    )
