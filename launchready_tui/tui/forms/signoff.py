"""Sign-off: somebody signs the gate as it stands, with the head of the chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, cast

from textual.widget import Widget

from launchready_tui.engine.rules import other_signature
from launchready_tui.model.board import GateVerdict, Snapshot
from launchready_tui.model.records import SignOff
from launchready_tui.text import one_line, plural
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, NameField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.forms.people import same_person
from launchready_tui.tui.render import Part, gate_tone, minutes

SHOWN = 5


class SignOffForm(RecordForm):
    """Closes with the sign-off. Nobody's name is filled in: a signature is typed."""

    NAME = "signoff"
    SAVE = "Sign"
    HELP: ClassVar[str] = """
# Signing the gate

You sign what the gate says **now**, whatever it says: a signed NO-GO is an honest record. The signature carries the
head of the chain of all records, so that anybody can see later what you had in front of you. When something changes
afterwards, sign again.
"""

    def __init__(self, snapshot: Snapshot, *, drafts: Drafts | None = None, draft: object = None) -> None:
        super().__init__("Sign the gate", "", snapshot, drafts, draft)

    def head(self) -> Iterable[Widget]:
        """What is signed."""
        gate = self.snapshot.gate
        parts: list[Part] = [(gate.verdict.value, gate_tone(gate.verdict))]
        counts = [
            (len(gate.blockers), "blocker"),
            (len(gate.unseen), "blocker nobody could see"),
            (gate.waived, "accepted risk"),
            (gate.stale, "result too old"),
        ]
        many = {"blocker nobody could see": "blockers nobody could see", "result too old": "results too old"}
        words = [plural(count, noun, many.get(noun, "")) for count, noun in counts if count]
        parts.append((f"   {' · '.join(words)}" if words else "   nothing holds it", "muted"))
        if gate.minutes:
            parts.append((f"   about {minutes(gate.minutes)} of work", "muted"))
        yield self.told(*parts)
        blocking = [*gate.blockers, *gate.unseen]
        if blocking:
            lines: list[Part] = []
            for check, subject in blocking[:SHOWN]:
                entry = self.snapshot.runbook.entry(check)
                lines += ["\n"] if lines else []
                lines += [
                    ("✗ " if not self.ink.glyphs.is_ascii else "x ", "fail"),
                    entry.claim if entry else check,
                    (f"  {one_line(subject, 50)}", "muted"),
                ]
            if len(blocking) > SHOWN:
                lines.append((f"\nand {len(blocking) - SHOWN} more", "muted"))
            yield self.told(*lines)
        yield self.told(("Head of the chain  ", "muted"), self.snapshot.head or "none yet")

    def fields(self) -> Iterable[Field]:
        """Who, as what."""
        yield NameField("by", "Signed by", self.people, help="type your own name: this is a signature", needed=True)
        yield ChoiceField("role", "As", [Option("consultant", "consultant"), Option("founder", "founder")], needed=True)

    def changed(self, field: Field) -> None:
        """The role of somebody known."""
        if field.key == "by":
            role = next((person.role for person in self.people if same_person(person.name, field.value)), "")
            if role in ("consultant", "founder") and not self.field("role").value:
                self.field("role").value = role

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing."""
        wrong: dict[str, str] = {}
        if not values["by"]:
            wrong["by"] = "Type your name."
        if not values["role"]:
            wrong["role"] = "Say as what you sign."
        elif other := other_signature(values["by"], values["role"], self.snapshot.state):
            wrong["by"] = f"You signed as {other} already: the {values['role']} is somebody else."
        return wrong

    def result(self, values: Values) -> Saved:
        """The sign-off, at the gate that was shown."""
        by = self.name_in(values, "by")
        role = cast(Literal["consultant", "founder"], values["role"])
        verdict: GateVerdict = self.snapshot.gate.verdict
        return self.with_people((by,), SignOff(by, role, verdict.value, self.snapshot.head))
