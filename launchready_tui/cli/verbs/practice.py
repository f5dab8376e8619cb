"""`launchready practice`: a sprint against a small marketplace full of planted faults, on loopback."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.cli.verbs.check import LEVELS, Printer, exit_code

if TYPE_CHECKING:
    from launchready_tui.engine.session import Session
    from launchready_tui.practice.process import PracticeProcess

ENGAGEMENT = "practice.launchready"


@click.command("practice")
@click.option("--headless", is_flag=True, help="Run all checks but load, print the results, and exit as `check` does.")
@click.option("--repaired", is_flag=True, help="With every fault mended.")
@click.option("--faults", "list_faults", is_flag=True, help="Print what is planted, and exit.")
@click.option(
    "--repair",
    "repairs",
    multiple=True,
    metavar="FAULT",
    help="Mend this fault (or all) in the practice target that is running; may be repeated.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "junit"]), default="text", show_default=True
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="blocker",
    show_default=True,
    help="The severity from which a fail counts.",
)
@click.pass_context
def command(
    ctx: click.Context,
    headless: bool,
    repaired: bool,
    list_faults: bool,
    repairs: tuple[str, ...],
    form: str,
    fail_on: str,
) -> None:
    """Start a practice sprint: a marketplace on this machine with its own DNS and certificates, wrong in many small
    ways.

    The engagement is practice.launchready in your data folder; it is authorized for its own hosts. While it is open,
    another terminal mends a fault with `launchready practice --repair FAULT`, and the key F does it on the screens.
    """
    from launchready_tui.cli import notices
    from launchready_tui.folders import data_folder
    from launchready_tui.practice import process

    if list_faults:
        _print_faults()
        return
    folder = data_folder()
    found = process.running(folder)
    if repairs:
        _repair(found, repairs)
        return
    _need_folder(folder)
    target = found or process.start(folder, repaired=repaired)
    try:
        if found is not None:
            notices.notice("a practice target is running already; this one joins it")
            if repaired:
                found.repair_all()
        prepare(target, folder).close()
        if headless:
            sys.exit(_headless(folder, form, fail_on))
        from launchready_tui.cli.screens import open_screens

        options = ctx.find_root().obj
        code = open_screens(
            folder / ENGAGEMENT, plain=options["plain"], no_animation=options["no_animation"], practice=target
        )
    finally:
        target.stop()
    sys.exit(code)


def _need_folder(folder: Path) -> None:
    """The data folder, made if it is missing. Raises `InputError` where it cannot be written."""
    from launchready_tui.errors import InputError

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise InputError(f"{folder} cannot be written.", "Set LAUNCHREADY_DATA_DIR to a folder that you may write to.")


def prepare(target: PracticeProcess, folder: Path) -> Session:
    """The practice engagement, made or brought up to date: the target has new ports each time it starts."""
    from launchready_tui.engine.session import Session
    from launchready_tui.model.records import Authorization, ProductText
    from launchready_tui.practice.visitors import tokens

    path = folder / ENGAGEMENT
    toml = target.product_toml
    if not path.exists():
        session = Session.create(path, toml, str(target.folder), tokens=tokens)
    else:
        session = Session.open(path, tokens=tokens)
        known = session.snapshot().state.product
        if known is None or (known.toml, known.base) != (toml, str(target.folder)):
            session.record(ProductText(toml, str(target.folder)))
    if not session.snapshot().state.authorizations:
        proof = "The target is part of this program and listens on this machine only."
        session.record(Authorization("*", ("active", "load", "local"), "Launch Ready", proof))
    return session


def _headless(folder: Path, form: str, fail_on: str) -> int:
    from launchready_tui.cli import opening, output
    from launchready_tui.cli.formats import text
    from launchready_tui.engine.events import Selection
    from launchready_tui.model.verdicts import Consent
    from launchready_tui.practice.visitors import tokens

    selection = Selection(levels=frozenset({Consent.PASSIVE, Consent.ACTIVE, Consent.LOCAL}))
    with opening.engagement(folder / ENGAGEMENT, tokens=tokens) as session:
        printer = Printer(form)
        conclusion = asyncio.run(session.conclude(selection, printer.hear))
        printer.finish(conclusion)
        if form == "text":
            for line in text.gate_lines(conclusion.snapshot.gate)[1:]:
                output.line(line)
    return exit_code(conclusion, fail_on)


def _print_faults() -> None:
    from launchready_tui.cli import output
    from launchready_tui.practice.faults import FAULTS

    for fault in FAULTS:
        output.line(f"{fault.id}: {fault.title}")
        output.line(f"  {fault.story}")
        for shown in fault.shows:
            output.line(f"  → {shown.verdict} {shown.check} {shown.subject} [{shown.reason}]")
        for shown in fault.again:
            output.line(f"  → in a second run {shown.verdict} {shown.check} {shown.subject} [{shown.reason}]")
        for shown in fault.under_load:
            output.line(f"  → under load {shown.verdict} {shown.check} {shown.subject} [{shown.reason}]")
        output.line(f"  repair: {fault.repair}")


def _repair(target: PracticeProcess | None, faults: tuple[str, ...]) -> None:
    from launchready_tui.cli import output
    from launchready_tui.errors import InputError

    if target is None:
        raise InputError("No practice target is running.", "Start one in another terminal: launchready practice")
    for fault in faults:
        if fault == "all":
            target.repair_all()
        else:
            target.repair(fault)
        output.line(f"mended: {fault}")
