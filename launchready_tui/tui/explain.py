"""Everything about one row, in lines: claim, verdict, why, how to repair it, how we know. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from launchready_tui.engine.fixes import filled, fix_text
from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.records import Attestation, Drill, Note, Record, Waiver
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Kind
from launchready_tui.model.verdicts import Consent, Severity, Source, Verdict
from launchready_tui.text import one_line, plural, span
from launchready_tui.tui import render, seen
from launchready_tui.tui.paragraphs import Line, block, wrap
from launchready_tui.tui.render import Ink, Mark, Part, fit
from launchready_tui.tui.rows import Row

LABEL = 16
_GOOD = (Verdict.PASS, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Background:
    """What has to be fetched for a row: evidence and history; None while it is on its way."""

    evidence: tuple[Evidence[Any], ...] | None = None
    history: tuple[Result, ...] | None = None


class Explainer:
    """Writes the lines of the detail pane for one row."""

    def __init__(
        self,
        row: Row,
        snapshot: Snapshot,
        ink: Ink,
        width: int,
        background: Background,
        *,
        raw: bool = False,
        title: bool = False,
    ) -> None:
        assert row.lead is not None
        self.row = row
        self.at: Standing = row.lead
        self.entry = self.at.entry
        self.snapshot = snapshot
        self.ink = ink
        self.width = max(24, width)
        self.background = background
        self.raw = raw
        self.title = title
        self.indent = LABEL if self.width >= 60 else 2
        self.lines: list[Line] = []

    def write(self) -> list[Line]:
        """All lines."""
        self._verdict()
        self._records()
        if self.at.verdict not in _GOOD or self.at.is_waived:
            self._why()
            self._fix()
            self._by_hand()
        self._people()
        self._seen()
        self._history()
        if self.at.verdict in _GOOD and not self.at.is_waived:
            self._why()
            self._by_hand()
            self._fix()
        self._signals()
        self._source()
        return self.lines

    # ------------------------------------------------------------------------------------------------ building

    def _labelled(self, label: str, text: str, tone: str = "", label_tone: str = "muted") -> None:
        bar = "|" if self.ink.glyphs.is_ascii else "│"
        if self.indent == LABEL:
            lead: Sequence[Part] = [(label[: LABEL - 1].ljust(LABEL), label_tone)]
            self.lines += block(text, self.width, tone, LABEL, lead, bar)
        else:
            self.lines.append([(label, label_tone)])
            self.lines += block(text, self.width, tone, self.indent, (), bar)

    def _list(self, label: str, items: Sequence[Line]) -> None:
        for number, item in enumerate(items):
            if self.indent == LABEL:
                lead: Part = (label.ljust(LABEL) if number == 0 else " " * LABEL, "muted")
                self.lines.append([lead, *item])
            else:
                if number == 0:
                    self.lines.append([(label, "muted")])
                self.lines.append(["  ", *item])

    def _gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append([])

    def _sign(self, mark: Mark) -> Part:
        return (f"{self.ink.glyphs.marks[mark]} {mark.value}", mark.tone)

    # ------------------------------------------------------------------------------------------------ sections

    def _verdict(self) -> None:
        at, result = self.at, self.at.result
        mark = self.row.mark if self.row.mark is Mark.RUNNING else render.mark_of(at)
        loud = mark is Mark.FAIL and at.severity is Severity.BLOCKER
        head: Line = [(f"{self.ink.glyphs.marks[mark]} {mark.value}", f"bold {mark.tone}" if loud else mark.tone)]
        if at.verdict not in _GOOD:
            head += ["   ", (render.severity_word(at.severity), render.severity_tone(at.severity))]
        head += ["   ", (one_line(result.subject, 80), "bold")]
        if result.run or result.record:
            head += ["   ", (render.age(result.at, self.snapshot.now), "warn" if at.stale else "muted")]
        if self.title:
            self.lines += wrap(self.entry.claim, self.width, "bold")
        self.lines.append(head)
        self.lines += wrap(result.summary or "No words were given.", self.width)
        for detail in result.details[:40]:
            self.lines += wrap(detail, self.width, "muted", 2, [(f"{self.ink.glyphs.bullet} ", "muted")])
        if len(result.details) > 40:
            self.lines.append([(f"  and {len(result.details) - 40} more", "muted")])
        if result.source is Source.MAP:
            self._gap()
            self._labelled("Seen on", "the access map as it is now. M opens it; what is mended there counts at once.")
        if result.decide_by or at.stale or at.live is not None or at.needs_person:
            self._gap()
        if result.decide_by:
            self._labelled("To decide", result.decide_by, label_tone="unknown")
        if at.stale:
            self._labelled(
                "Too old",
                "Seen more than 48 hours ago: it does not decide the gate any more. r looks again.",
                label_tone="warn",
            )
        if at.live is not None:
            self._labelled("A run saw", f"{at.live.verdict.value}: {at.live.summary}")
        if at.needs_person:
            self._asks()
        if len(self.row.members) > 1:
            self._subjects()

    def _asks(self) -> None:
        entry = self.entry
        if entry.kind is Kind.DRILL:
            self._labelled(
                "To try",
                f"{entry.statement}\n\nThe limit is {entry.limit_minutes} minutes. `t` starts the stopwatch.",
                label_tone="person",
            )
            self._list("Steps", [[f"{n} ", step] for n, step in enumerate(entry.steps, 1)])
        else:
            self._labelled(
                "To answer",
                f"{entry.statement}\n\nShown by {' or '.join(entry.methods)}. `a` records the answer.",
                label_tone="person",
            )
        self._gap()

    def _subjects(self) -> None:
        marked = sorted(self.row.members, key=lambda member: render.URGENCY.index(render.mark_of(member)))
        items: list[Line] = []
        for member in marked[:8]:
            mark = render.mark_of(member)
            name = one_line(member.result.subject, 50)
            room = self.width - self.indent - cell_len(name) - 4
            words = fit(f"  {one_line(member.result.summary)}", room, self.ink.glyphs.ellipsis).rstrip()
            items.append([(f"{self.ink.glyphs.marks[mark]} ", mark.tone), name, (words, "muted")])
        if len(marked) > 8:
            items.append([(f"and {len(marked) - 8} more; right arrow opens them", "muted")])
        self._gap()
        self._list(f"{plural(len(marked), 'subject')}", items)

    def _records(self) -> None:
        for record in (self.at.attestation, self.at.waiver, self.snapshot.state.drills.get((self.entry.id, ""))):
            if record is not None:
                self._gap()
                self._record(record)

    def _record(self, record: Record) -> None:
        now = self.snapshot.now
        match record.payload:
            case Attestation() as said:
                answer = "holds" if said.holds else "does not hold"
                witness = f", witness {said.witness}" if said.witness else ""
                proof = f" Proof: {said.proof}." if said.proof else ""
                until = "expired" if now > said.expires_at else "until"
                text = f"{said.by} says that it {answer}{witness}, by {said.method}, {render.moment(record.at)}; "
                text += f"{until} {render.moment(said.expires_at)}.{proof} {said.note}"
                self._labelled("Attested", text, label_tone="person")
            case Waiver() as waiver:
                text = f"{waiver.who} accepts it until {render.moment(waiver.until)}: {waiver.why}\n\n"
                text += f"Instead: {waiver.control}"
                self._labelled("Waived", text, label_tone="waived")
            case Drill() as drill:
                end = "in" if drill.completed else "given up after"
                text = f"{drill.by}, {render.moment(record.at)}: {end} {span(drill.seconds)} "
                text += f"of {self.entry.limit_minutes} min. {drill.note}"
                self._labelled("Drilled", text, label_tone="person")

    def _why(self) -> None:
        self._gap()
        entry = self.entry
        self._labelled("Why it matters", entry.why)

    def _fix(self) -> None:
        self._gap()
        text = fix_text(self.entry, self.at.result, self.snapshot.product)
        for name, value in self.at.result.facts.items():
            text = text.replace("{" + name + "}", one_line(value))
        self._labelled(
            f"Fix {render.minutes(self.entry.minutes)}",
            text,
            label_tone="bold" if self.at.verdict is Verdict.FAIL else "muted",
        )

    def _by_hand(self) -> None:
        self._gap()
        self._labelled("By hand", filled(self.entry.by_hand, self.at.result.subject, self.snapshot.product))

    def _people(self) -> None:
        self._gap()
        owner = self.at.owner
        due = f", due {owner.due}" if owner and owner.due else ""
        self._labelled(
            "Owner", f"{owner.owner}{due}" if owner else "nobody yet; `o` names one", "" if owner else "muted"
        )
        for record in self.snapshot.state.notes:
            note = record.payload
            if isinstance(note, Note) and note.check == self.entry.id and note.subject in ("", self.at.result.subject):
                self._labelled("Note", f"{note.text}\n\n{note.by + ', ' if note.by else ''}{render.moment(record.at)}")
        finding = self.at.finding
        if finding is not None and finding.is_open:
            self._labelled("Finding", f"{finding.state.value} since {render.moment(finding.first_seen)}")

    def _seen(self) -> None:
        evidence = self.background.evidence
        if not self.at.result.evidence:
            return
        self._gap()
        if evidence is None:
            self._labelled("Evidence", f"{plural(len(self.at.result.evidence), 'answer')}, loading", "muted")
            return
        if self.raw:
            bar = "|" if self.ink.glyphs.is_ascii else "│"
            self._labelled("Evidence", "as stored; `v` shows it in words", "muted")
            for item in evidence[:20]:
                self.lines += block(f"```\n{seen.raw(item)}\n```", self.width, "", self.indent, (), bar)
            return
        items: list[Line] = []
        inner = self.width - self.indent
        for item in evidence[:12]:
            tone = "warn" if item.failure else ""
            for line in wrap(f"{seen.asked(item)}  {self._arrow()} {seen.answered(item)}", inner, tone, 0):
                items.append(line)
            items.append([(f"  {seen.whence(item)}", "muted")])
        if len(evidence) > 12:
            items.append([(f"and {len(evidence) - 12} more", "muted")])
        items.append([("v shows it as stored", "muted")])
        self._list(f"Evidence {len(evidence)}", items)

    def _arrow(self) -> str:
        return "->" if self.ink.glyphs.is_ascii else "→"

    def _history(self) -> None:
        history = self.background.history
        if not history:
            return
        parts: Line = []
        for result in history[-8:]:
            mark = render.mark_of_verdict(result.verdict)
            parts += [(f"{self.ink.glyphs.marks[mark]} ", mark.tone), (f"{render.moment(result.at)}   ", "muted")]
        more = f"{len(history) - 8} earlier" if len(history) > 8 else ""
        per_line = max(1, (self.width - self.indent) // 17)
        items: list[Line] = [[(more, "muted")]] if more else []
        items += [parts[at : at + 2 * per_line] for at in range(0, len(parts), 2 * per_line)]
        self._list("History", items)

    def _signals(self) -> None:
        stage = next((stage for stage in self.snapshot.runbook.stages if stage.id == self.entry.stage), None)
        fires = [
            signal.title
            for signal in (stage.signals if stage else ())
            if any(self.entry.covers(control) for control in signal.controls)
        ]
        bars = [
            f"{bar.id} {bar.title}"
            for bar in self.snapshot.runbook.bars
            if any(self.entry.covers(control) for control in bar.controls)
        ]
        if fires or bars:
            self._gap()
        if bars:
            self._labelled("Gate", "; ".join(bars))
        if fires:
            self._labelled(
                "Signal", ("fires: " if self.at.verdict is Verdict.FAIL else "would fire: ") + "; ".join(fires)
            )

    def _source(self) -> None:
        entry = self.entry
        self._gap()
        consent = "" if entry.consent is Consent.PASSIVE else f" · {entry.consent.value}: needs an authorization"
        if entry.sources:
            self._labelled("Sources", "; ".join(entry.sources), "muted")
        self._labelled("Check", f"{entry.id} · {', '.join(entry.catalogue)}{consent}", "muted")
