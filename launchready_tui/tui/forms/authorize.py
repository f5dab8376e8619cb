"""Authorization: the owner allows more than passive looking. Nothing beyond it is sent before this is recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.engine.events import Preview
from launchready_tui.model.board import Snapshot
from launchready_tui.model.journal import SPRINT
from launchready_tui.model.records import Authorization
from launchready_tui.model.verdicts import Consent
from launchready_tui.text import one_line, plural
from launchready_tui.tui.forms import dates
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, DateField, Field, NameField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values
from launchready_tui.tui.render import Part

LEVELS = {
    Consent.ACTIVE: "asks more than a browser does, and politely",
    Consent.LOAD: "plays many customers at once",
    Consent.LOCAL: "runs the profile's commands on this machine",
}
"""How far it may go, and what that does. Passive looking needs no permission."""
SHOWN = 8


class AuthorizeForm(RecordForm):
    """Closes with an authorization for each host."""

    NAME = "authorize"
    SAVE = "Authorize"
    HELP: ClassVar[str] = """
# Permission to go further

Everything so far did what a browser or a resolver does. The rest needs the permission of whoever owns the product: who
gave it, for which hosts, how far it goes, how that was shown, and until when. It stands in the handover.

- `*` means every host of the profile, and no other.
- Without it those checks stay *not run*; nothing is sent.
"""

    def __init__(
        self,
        snapshot: Snapshot,
        hosts: Sequence[str] = (),
        *,
        preview: Preview | None = None,
        levels: Sequence[str] = (Consent.ACTIVE,),
        drafts: Drafts | None = None,
        draft: object = None,
    ) -> None:
        super().__init__("Permission to go further", " ".join(hosts), snapshot, drafts, draft)
        product = snapshot.product
        named = (*(host.name for host in product.hosts), *(route.host for route in product.routes), product.domain)
        self.hosts = tuple(dict.fromkeys(named))
        self.asked = tuple(hosts)
        self.preview = preview
        self.levels = tuple(levels)

    def head(self) -> Iterable[Widget]:
        """What would be sent."""
        if self.preview is not None and self.preview.active:
            parts: list[Part] = [("What will be sent", "bold")]
            for sentence in self.preview.active[:SHOWN]:
                parts += [("\n" + self.ink.glyphs.bullet + " ", "muted"), one_line(sentence, 300)]
            if len(self.preview.active) > SHOWN:
                parts.append((f"\nand {len(self.preview.active) - SHOWN} more", "muted"))
            if self.preview.unauthorized:
                named = ", ".join(one_line(host, 60) for host in self.preview.unauthorized[:SHOWN])
                parts.append((f"\nNot allowed yet for {named}.", "warn"))
            yield self.told(*parts)
        else:
            yield self.told(
                (
                    "Only whoever owns the product can allow this. Nothing more is sent before it is recorded.",
                    "muted",
                )
            )

    def fields(self) -> Iterable[Field]:
        """Where, how far, who, how shown, until when."""
        domain = self.snapshot.product.domain
        yield TextField(
            "host",
            "Hosts",
            " ".join(self.asked) or "*",
            help=f"names with spaces between; * is all {plural(len(self.hosts), 'host')} of the profile",
            offers=("*", *self.hosts),
            needed=True,
            most=4_000,
        )
        levels = [Option(level.value, level.value, about) for level, about in LEVELS.items()]
        yield ChoiceField(
            "levels",
            "How far",
            levels,
            ",".join(self.levels),
            help="space ticks; each needs its own tick",
            tall=True,
            several=True,
            needed=True,
        )
        yield NameField("who", "Allowed by", self.people, help="who owns the product, or speaks for it", needed=True)
        ways = [
            Option("DNS TXT", "DNS TXT record", f"_launchready.{domain}"),
            Option("well-known file", "a file on the site", "/.well-known/launchready.txt"),
            Option("signed statement", "a signed statement", "a mail or contract of the owner"),
        ]
        yield ChoiceField("proof", "Shown by", ways, tall=True, needed=True)
        yield TextField(
            "detail",
            "Found at",
            help="the value of record or file; or date and place",
            needed=True,
        )
        yield DateField(
            "until",
            "Until",
            self.moment,
            self._end(),
            help=f"{dates.HOW}; begins as the end of the sprint",
            needed=True,
        )

    def _end(self) -> str:
        left = max(timedelta(hours=1), SPRINT - timedelta(seconds=self.snapshot.state.clock.elapsed(self.moment)))
        return dates.minute(self.moment + left)

    def _named(self, values: Values) -> list[str]:
        return list(dict.fromkeys(host.lower().rstrip(".") for host in values["host"].replace(",", " ").split()))

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing, or is not of this product."""
        wrong: dict[str, str] = {}
        strange = [host for host in self._named(values) if host not in ("*", *self.hosts)]
        if not self._named(values):
            wrong["host"] = "Name a host, or * for all of the profile."
        elif strange:
            wrong["host"] = f"The profile has no host {one_line(strange[0], 60)}."
        if not values["levels"]:
            wrong["levels"] = "Tick at least one: passive looking needs no permission."
        if not values["who"]:
            wrong["who"] = "Say who allows it."
        if not values["proof"]:
            wrong["proof"] = "Say how the permission was shown."
        if not values["detail"]:
            wrong["detail"] = "Say where the proof can be found again."
        try:
            if dates.parse_until(values["until"], self.moment) <= self.moment:
                wrong["until"] = "That is over already."
        except ValueError as error:
            wrong["until"] = str(error)
        return wrong

    def result(self, values: Values) -> Saved:
        """An authorization for each host."""
        who = self.name_in(values, "who")
        until = dates.parse_until(values["until"], self.moment)
        hosts = self._named(values)
        levels, proof = tuple(values["levels"].split(",")), f"{values['proof']}: {values['detail']}"
        records = [Authorization(host, levels, who, proof, until) for host in (["*"] if "*" in hosts else hosts)]
        return self.with_people((who,), *records)
