"""A change that is to make a route faster: it is measured before, so that nobody has to believe in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from launchready_tui.model.board import Snapshot, Standing
from launchready_tui.model.records import Change
from launchready_tui.text import did_you_mean
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import Field, NameField, TextField
from launchready_tui.tui.forms.form import RecordForm, Saved, Values


class ChangeForm(RecordForm):
    """Closes with the change."""

    NAME = "change"
    HELP: ClassVar[str] = """
# A change for speed

Say what you are going to change and for which route, then wait for the measurement: sixty answers, one after the other.
After the deploy `m` measures again, and the log says whether it became faster or whether chance explains it.
"""

    def __init__(
        self, snapshot: Snapshot, row: Standing | None = None, *, drafts: Drafts | None = None, draft: object = None
    ) -> None:
        super().__init__("A change for speed", row.result.subject if row else "", snapshot, drafts, draft)
        url = row.result.subject if row else ""
        routes = snapshot.product.routes
        self.routes = [route.id for route in routes]
        self.route = next((route.id for route in routes if route.url == url), "")

    def head(self) -> Iterable[Widget]:
        """What happens next."""
        yield self.told(
            ("It is measured first, about a minute. Then change it, deploy, and measure again with m.", "muted")
        )

    def fields(self) -> Iterable[Field]:
        """The route, the change, the commit, who."""
        core = [route.id for route in self.snapshot.product.routes if route.core]
        yield TextField(
            "route",
            "Route",
            self.route or (core[0] if len(core) == 1 else ""),
            offers=self.routes,
            needed=True,
            most=80,
            help="a route of the profile; right arrow completes",
        )
        yield TextField("title", "Change", "", needed=True, most=200, help="such as: index on orders(seller_id)")
        yield TextField("commit", "Commit", "", most=64, help="optional")
        yield NameField("who", "By", self.people, self.drafts.me)

    def problems(self, values: Values) -> dict[str, str]:
        """A route that the profile does not have, a change without words."""
        wrong: dict[str, str] = {}
        if values["route"] not in self.routes:
            known = ", ".join(self.routes[:6]) or "none yet: P, then e"
            guess = did_you_mean(values["route"], self.routes)
            wrong["route"] = f"No such route{guess or f'; the profile has {known}'}"
        if len(values["commit"].split()) > 1:
            wrong["commit"] = "That is no commit: give its id, or leave it out."
        if not values["title"]:
            wrong["title"] = "Say in a few words what you are going to change."
        return wrong

    def result(self, values: Values) -> Saved:
        """The change."""
        who = self.name_in(values, "who")
        record = Change(values["title"], values["route"], values["commit"], who)
        return self.with_people((who,) if who else (), record)
