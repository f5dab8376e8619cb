"""A provider's member list, read or pasted, against the access map: the difference is recorded as a note about the
check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.engine.access import title
from launchready_tui.engine.members import Compared, compare, compare_read
from launchready_tui.model.board import Snapshot
from launchready_tui.model.members import MemberList
from launchready_tui.model.records import Note
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field, LinesField, NameField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import Part

ROW = "S7.ACC.04"
"""The catalogue row of the check that the note is about."""


class MembersForm(RecordForm):
    """Closes with the note. `area` is the system whose member list it is; `found` is the list where it was read."""

    NAME = "members"
    PASSING = frozenset({"list"})
    HELP: ClassVar[str] = """
# Members and the map

Where a token of the provider is kept (`launchready token set cloudflare`), its list is read for you. Else open the
provider's member page, select it all, paste it here: one member a line. Addresses are compared with the
contacts on the map, names with the names. Whoever stands on one side only is the developer of last spring, or the
backup who never accepted the invitation.
"""

    def __init__(
        self,
        snapshot: Snapshot,
        area: str,
        *,
        found: MemberList | None = None,
        drafts: Drafts | None = None,
        draft: object = None,
    ) -> None:
        super().__init__(f"Members of {title(area)}", area, snapshot, drafts, draft)
        self.area = area
        self.found = found

    def head(self) -> Iterable[Widget]:
        """Who should be on it."""
        names = [grant.person for grant in self.snapshot.state.grants if grant.area == self.area]
        yield self.told(("On the map: ", "muted"), ", ".join(names) or "nobody")
        if self.found is not None:
            compared = self._compared("")
            parts: list[Part] = [(f"At {self.found.provider}: ", "muted"), ", ".join(compared.members)]
            tone = "pass" if compared.agrees else "warn"
            parts += [(f"\n{sentence}", tone) for sentence in compared.sentences()]
            yield self.told(*parts)

    def fields(self) -> Iterable[Field]:
        """The list, where it was not read, and who looked."""
        if self.found is None:
            yield LinesField(
                "list", "Members", height=6, help="one a line, pasted as it is", needed=True, describe=self._difference
            )
        yield NameField("by", "Looked up by", self.people, self.drafts.me, needed=True)

    def _compared(self, text: str) -> Compared:
        state = self.snapshot.state
        return compare(text, self.area, state) if self.found is None else compare_read(self.found, self.area, state)

    def _difference(self, typed: str) -> str | tuple[str, str]:
        if not typed.strip():
            return ""
        found = self._compared(typed)
        return ("; ".join(found.sentences())[:300], "pass" if found.agrees else "warn")

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing."""
        pasted = self.found is not None or values["list"]
        wrong = {} if pasted else {"list": "Paste the member list, one member a line."}
        return wrong if values["by"] else {**wrong, "by": "Say who looked it up."}

    def result(self, values: Values) -> Saved:
        """The difference as a note; the list itself is personal data and is not kept."""
        found = self._compared(values.get("list", ""))
        entry = next(iter(self.snapshot.runbook.covering((ROW,))), None)
        how = f", read from {self.found.provider}," if self.found else ""
        text = f"Member list of {title(self.area)}{how} against the access map:\n" + "\n".join(
            f"- {sentence}" for sentence in found.sentences()
        )
        who = self.name_in(values, "by")
        return self.with_people((who,), Note(entry.id if entry else "", "", text, who))
