"""The least that a Textual app with a table does: what first paint is compared with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header


class BareApp(App[None]):
    """Header, a table of a hundred rows, footer."""

    TITLE = "Bare"

    def compose(self) -> ComposeResult:
        """The three of them."""
        yield Header()
        yield DataTable[str]()
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table."""
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns("state", "claim", "subject", "age")
        for number in range(1, 101):
            table.add_row("pass", f"claim number {number}", f"host{number}.acme.test", f"{number} min", key=str(number))


if __name__ == "__main__":
    BareApp().run()
