"""The product profile: what is being launched, readable by section, edited as TOML."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from launchready_tui.errors import LaunchReadyError, ProfileError
from launchready_tui.model.board import Snapshot
from launchready_tui.model.profile import parse_product, write_product
from launchready_tui.model.records import Payload, ProductText
from launchready_tui.tui.base import LaunchScreen
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.screens import product_words
from launchready_tui.tui.widgets.segments import Segments

if TYPE_CHECKING:
    from textual.app import App

    from launchready_tui.engine.discovery import Part

Edit = Callable[["App[object]", str], str]
"""Shows a text in the person's editor and returns what it became."""

FILE = "product.toml"
"""What error messages call the text."""


class Readable(VerticalScroll, can_focus=True):
    """The section that is read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "screen.segment(-1)",
            "section before",
            show=False,
            id="board.previous",
            tooltip="The section before",
        ),
        Binding("right", "screen.segment(1)", "next section", id="board.next", tooltip="The next section"),
        Binding("j", "scroll_down", "down", show=False, id="lines.down", tooltip="Scroll down"),
        Binding("k", "scroll_up", "up", show=False, id="lines.up", tooltip="Scroll up"),
    ]


class ProductScreen(LaunchScreen):
    """`P`."""

    PLACE = "product"
    TITLE_WORDS = "Product"
    CSS_PATH = "product.tcss"
    AUTO_FOCUS = "#text"
    HELP = """
The profile says what is being launched: every check takes its subjects from here. What is not declared cannot
be looked at.

- `e` opens it as TOML in your editor (`$VISUAL` or `$EDITOR`), `E` in an editor on this screen.
- What is wrong is said with its line, and what you typed is kept as a draft until it is right: `e` again goes
  on with it.
- Saving is a record like any other: `u` takes it back.
- `r` looks at the domain and the repository again, shows what is new and asks what of it is right. Your text keeps
  its lines and comments; the new blocks are written below it.
- Left and right go through the sections.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="product.edit", tooltip="Edit the profile as TOML in your editor"),
        Binding(
            "E", "edit_here", "edit here", id="product.edit-here", tooltip="Edit the profile as TOML on this screen"
        ),
        Binding("r", "look_again", "look again", id="product.look", tooltip="Look at the product again: what is new?"),
        Binding("ctrl+l", "discard", "discard draft", show=False, id="product.discard", tooltip="Throw the draft away"),
        Binding("u", "app.undo", "undo", id="record.undo", tooltip="Take back what was recorded last"),
    ]

    def __init__(self, edit: Edit | None = None) -> None:
        super().__init__()
        self._edit = edit

    def compose_body(self) -> ComposeResult:
        """Sections, problems, text."""
        yield Segments(product_words.SECTIONS, id="parts")
        yield Static(id="problems")
        with Readable(id="text"):
            yield Static(id="words")

    @property
    def part(self) -> str:
        """The section that is shown."""
        return self.query_one(Segments).chosen

    @property
    def draft(self) -> str:
        """What was typed and could not be saved yet."""
        return dict(drafts(self).get(self._key) or {}).get("toml", "")

    @property
    def _key(self) -> tuple[str, str]:
        return ("product", "")

    def show(self, snapshot: Snapshot) -> None:
        """Draw the section."""
        product = snapshot.product
        self.query_one(Segments).count({name: str(n) for name, n in product_words.counts(product).items()})
        self.query_one("#words", Static).update(
            product_words.section(self.ink, product, self.part, self.app.size.width - 4)
        )
        self._show_problems()

    def _show_problems(self) -> None:
        box = self.query_one("#problems", Static)
        draft = self.draft
        box.display = bool(draft)
        if draft:
            lines = [(f"{line}\n", "fail") for line in problems_of(draft, self._base())[:6]]
            head = ("A draft is kept that is not saved yet. e goes on with it, ctrl+l throws it away.\n", "bold warn")
            box.update(self.ink.line(head, *lines, lines=True))

    def _base(self) -> str:
        return self.launch.snapshot.product.base if self.launch.snapshot else "."

    @on(Segments.Changed)
    def part_changed(self) -> None:
        """Another section, from its top."""
        if self.launch.snapshot is not None:
            self.show(self.launch.snapshot)
        self.query_one(Readable).scroll_home(animate=False)

    def action_segment(self, by: int) -> None:
        """Another section."""
        self.query_one(Segments).move(by)

    # ------------------------------------------------------------------------------------------------- editing

    def action_edit(self) -> None:
        """Edit in the person's editor."""
        if self.launch.can_record():
            self._edit_profile(here=False)

    def action_edit_here(self) -> None:
        """Edit on this screen."""
        if self.launch.can_record():
            self._edit_profile(here=True)

    def action_discard(self) -> None:
        """Throw the draft away."""
        if not self.draft:
            self.launch.say("There is no draft.", severity="warning")
            return
        self._keep("")
        self.launch.say("The draft is gone; the profile is as it was saved.")

    def _typing(self, text: str) -> None:
        """While it is typed on this screen: a draft at each keystroke, so that a kill does not take it."""
        drafts(self).keep(self._key, {"toml": text})

    def _keep(self, draft: str) -> None:
        if draft:
            drafts(self).keep(self._key, {"toml": draft})
        else:
            drafts(self).forget(self._key)
        self._show_problems()

    @work(exclusive=True, group="form", exit_on_error=False, description="editing the profile")
    async def _edit_profile(self, here: bool) -> None:
        snapshot = self.launch.snapshot
        assert snapshot is not None
        known = snapshot.state.product
        saved = known.toml if known is not None else write_product(snapshot.product)
        base = known.base if known is not None else snapshot.product.base
        text = self.draft or saved
        typed = None if here else await self._in_editor(text)
        if typed is None:
            from launchready_tui.tui.screens.toml_editor import TomlEditor

            problems = problems_of(text, base) if self.draft else ()
            answer = await self.launch.push_screen_wait(TomlEditor(text, problems, self._typing))
            typed, save = answer or (text, False)
            if not save:
                self._keep("" if typed.strip() == saved.strip() else typed)
                return
        await self._take(typed, saved, base)

    def action_look_again(self) -> None:
        """Look at the product again."""
        if self.draft:
            self.launch.say("A draft is not saved yet: e goes on with it, ctrl+l throws it away.", severity="warning")
        elif self.launch.can_record():
            self._look_again()

    @work(exclusive=True, group="form", exit_on_error=False, description="looking at the product again")
    async def _look_again(self) -> None:
        from launchready_tui.tui.screens.rediscovery import Rediscovery

        snapshot = self.launch.snapshot
        assert snapshot is not None
        chosen = await self.launch.push_screen_wait(Rediscovery(snapshot.product, snapshot.state.systems))
        if not isinstance(chosen, tuple):
            return
        payloads = await confirmed(self, snapshot, chosen)
        if payloads:
            await self.launch.record_all(payloads)

    async def _in_editor(self, text: str) -> str | None:
        """What the editor made of it; None where there is no editor to use."""
        from launchready_tui.tui.forms.editor import EditorError, edit_in_terminal

        edit = self._edit or edit_in_terminal
        try:
            return edit(cast("App[object]", self.launch), text)
        except EditorError as error:
            self.launch.say(f"{error} Here is one on this screen.", severity="warning")
            return None

    async def _take(self, typed: str, saved: str, base: str) -> None:
        """Save what was typed; what cannot be saved stays a draft."""
        if typed.strip() == saved.strip():
            self._keep("")
            self.launch.say("Nothing was changed.")
            return
        self._keep(typed)
        try:
            await asyncio.to_thread(parse_product, typed, FILE, base)
        except LaunchReadyError as error:
            await self.launch.explain(error, "The profile is not saved yet; what you typed is kept")
            return
        if await self.launch.record(ProductText(typed if typed.endswith("\n") else f"{typed}\n", base)) is not None:
            self._keep("")


async def confirmed(screen: LaunchScreen, snapshot: Snapshot, chosen: tuple[Part, ...]) -> tuple[Payload, ...]:
    """The records of the parts of a second look; none where the person would rather keep the text as it is."""
    from launchready_tui.engine.discovery import appended, systems
    from launchready_tui.tui.screens.confirm import Confirm

    known, product = snapshot.state.product, snapshot.product
    saved = known.toml if known is not None else write_product(product)
    base = known.base if known is not None else product.base
    merged = appended(saved, product, chosen, f"Seen on {snapshot.now:%d %b %Y}, when it was looked at again")
    if not merged.kept:
        body = screen.ink.line(
            "The new blocks do not fit below your text: its lists are written in another form. The whole profile can "
            "be written anew; its comments are lost then. u takes it back."
        )
        choices = (("no", "Leave it"), ("yes", "Write it anew"))
        if await screen.launch.push_screen_wait(Confirm("Write the profile anew?", body, choices)) != "yes":
            return ()
    changed = (ProductText(merged.toml, base),) if merged.toml != saved else ()
    return (*systems(chosen), *changed)


def drafts(screen: LaunchScreen) -> Drafts:
    """What was typed in this app and not saved."""
    found = getattr(screen.app, "drafts", None)
    if not isinstance(found, Drafts):
        found = Drafts()
        setattr(screen.app, "drafts", found)  # noqa: B010 - the app may not declare it
    return found


def problems_of(text: str, base: str) -> tuple[str, ...]:
    """What is wrong with a profile, a line each."""
    try:
        parse_product(text, FILE, base)
    except ProfileError as error:
        return error.problems
    except LaunchReadyError as error:
        return (error.message,)
    return ()
