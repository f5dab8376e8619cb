"""`launchready product`: show, edit or import the product profile."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError, ProfileError

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.model.records import ProductText


@click.group("product")
def command() -> None:
    """Show, edit or import the product profile of an engagement."""


def _text(session: Session) -> ProductText:
    product = session.snapshot().state.product
    assert product is not None
    return product


@command.command("show")
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print the profile of FILE as TOML, word for word."""
    from launchready_tui.cli import opening, output

    with opening.engagement(file) as session:
        text = _text(session)
    output.write(text.toml if text.toml.endswith("\n") else text.toml + "\n")


@command.command("edit")
@click.argument("file", type=click.Path(path_type=Path))
def edit(file: Path) -> None:
    """Edit the profile of FILE in $EDITOR. A mistake is named with its line, and what was typed is kept."""
    from launchready_tui.cli import notices, opening
    from launchready_tui.model.profile import parse_product
    from launchready_tui.model.records import ProductText

    with opening.engagement(file) as session:
        before = _text(session)
        draft: str | None = before.toml
        while True:
            draft = click.edit(draft, extension=".toml")
            if draft is None or draft == before.toml:
                notices.notice("nothing was changed")
                return
            try:
                parse_product(draft, "product.toml", before.base)
                break
            except ProfileError as error:
                notices.trouble(error)
                if not sys.stdin.isatty() or not click.confirm("Edit again?", default=True, err=True):
                    kept = file.with_suffix(".draft.toml")
                    kept.write_text(draft, "utf-8")
                    raise InputError("The profile was not changed.", f"What was typed is in {kept}.") from None
        session.record(ProductText(draft, before.base))
        notices.notice("profile changed; `launchready undo` takes it back")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("toml", type=click.Path(path_type=Path))
def import_(file: Path, toml: Path) -> None:
    """Replace the profile of FILE by the product TOML, word for word."""
    from launchready_tui.cli import notices, opening
    from launchready_tui.model.profile import parse_product
    from launchready_tui.model.records import ProductText

    text = opening.read_text(toml)
    base = str(toml.absolute().parent)
    parse_product(text, str(toml), base)
    with opening.engagement(file) as session:
        session.record(ProductText(text, base))
    notices.notice(f"profile of {file} replaced by {toml}; `launchready undo` takes it back")
