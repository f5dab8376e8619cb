"""Reads a DMARC aggregate report (RFC 9990 section 3; RFC 7489 appendix C has the older, mostly equal, form).

Expat feeds the elements one by one. A document type is refused, so that no entity can be declared, and with it goes
everything that entities are misused for.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers import expat

from launchready_tui.checks.mail.rules.authresults import domain_of
from launchready_tui.model.questions.mail import ReportRow
from launchready_tui.text import one_line

MOST_ROWS = 20_000
"""Rows of one report that are read."""

DEEPEST = 20
"""Nested elements; the format has six."""

LONGEST_TEXT = 4_096
"""Characters of one element."""

_CHUNK = 65_536


class ReportError(Exception):
    """Why a file is no aggregate report, in a few words."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `cut` says that it had more rows than are read."""

    receiver: str
    begin: datetime | None
    end: datetime | None
    rows: tuple[ReportRow, ...]
    cut: bool = False


@dataclass(slots=True)
class _Reader:
    """The handlers of one document."""

    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    size: int = 0
    head: dict[str, str] = field(default_factory=dict)
    record: dict[str, str] = field(default_factory=dict)
    auth: dict[str, str] = field(default_factory=dict)
    passed: dict[str, list[str]] = field(default_factory=dict)
    rows: list[ReportRow] = field(default_factory=list)
    cut: bool = False

    def doctype(self, *_: object) -> None:
        """No report has a document type."""
        raise ReportError("it declares a document type")

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """An element begins."""
        local = name.rpartition(":")[2].rpartition("}")[2]
        if not self.path and local != "feedback":
            raise ReportError("it is XML, but no aggregate report")
        self.path.append(local)
        if len(self.path) > DEEPEST:
            raise ReportError("its elements are nested too deeply")
        self.text, self.size = [], 0
        if self.path == ["feedback", "record"]:
            self.record, self.passed = {}, {"dkim": [], "spf": []}
        if self.path[:3] == ["feedback", "record", "auth_results"] and len(self.path) == 4:
            self.auth = {}

    def characters(self, text: str) -> None:
        """Text inside an element."""
        if self.size < LONGEST_TEXT:
            self.text.append(text[: LONGEST_TEXT - self.size])
            self.size += len(text)

    def end(self, _: str) -> None:
        """An element ends."""
        value, where = "".join(self.text).strip(), ".".join(self.path[1:])
        self.text, self.size = [], 0
        if where.startswith("record.auth_results.") and len(self.path) == 5:
            self.auth[self.path[-1]] = value
        elif where.startswith("record.auth_results.") and len(self.path) == 4:
            self._verdict(self.path[-1])
        elif where == "record":
            self._row()
        elif where.startswith("record."):
            self.record[where.removeprefix("record.")] = value
        elif where.startswith("report_metadata."):
            self.head.setdefault(where.removeprefix("report_metadata."), value)
        self.path.pop()

    def _verdict(self, method: str) -> None:
        if self.auth.get("result", "").lower() == "pass" and method in self.passed and len(self.passed[method]) < 10:
            domain = domain_of(self.auth.get("domain", ""))
            if domain:
                self.passed[method].append(domain)

    def _row(self) -> None:
        if len(self.rows) >= MOST_ROWS:
            self.cut = True
            return
        source, count = self.record.get("row.source_ip", ""), self.record.get("row.count", "")
        try:
            address = str(ipaddress.ip_address(source))
        except ValueError:
            return
        if not (count.isascii() and count.isdigit() and len(count) <= 12):
            return
        self.rows.append(
            ReportRow(
                source=address,
                count=int(count),
                from_domain=domain_of(self.record.get("identifiers.header_from", "")),
                dkim=self.record.get("row.policy_evaluated.dkim", "").lower() == "pass",
                spf=self.record.get("row.policy_evaluated.spf", "").lower() == "pass",
                dkim_domains=tuple(sorted(set(self.passed["dkim"]))),
                spf_domains=tuple(sorted(set(self.passed["spf"]))),
            )
        )


def parse(data: bytes) -> Report:
    """Read one report. Raises `ReportError`."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        for at in range(0, len(data), _CHUNK):
            parser.Parse(data[at : at + _CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ReportError(f"it is no well-formed XML: {one_line(str(error), 80)}") from None
    except (ValueError, LookupError):
        raise ReportError("it says that it is in an encoding that cannot be read") from None
    receiver = one_line(reader.head.get("org_name", ""), 80)
    begin, end = _moment(reader.head.get("date_range.begin", "")), _moment(reader.head.get("date_range.end", ""))
    return Report(receiver, begin, end, tuple(reader.rows), reader.cut)


def merged(rows: Iterable[ReportRow]) -> tuple[ReportRow, ...]:
    """The rows with those that differ in their count only added up, the largest first."""
    counts: Counter[tuple[str, str, bool, bool, tuple[str, ...], tuple[str, ...]]] = Counter()
    for row in rows:
        counts[row.source, row.from_domain, row.dkim, row.spf, row.dkim_domains, row.spf_domains] += row.count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        ReportRow(source, count, from_domain, dkim, spf, dkim_domains, spf_domains)
        for (source, from_domain, dkim, spf, dkim_domains, spf_domains), count in ordered
    )


def _moment(text: str) -> datetime | None:
    """A date in seconds since 1970, within the years that reports can be of."""
    if not (text.isascii() and text.isdigit() and 9 <= len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)
