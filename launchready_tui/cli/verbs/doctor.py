"""`launchready doctor`: what works on this machine and what is missing."""

from __future__ import annotations

import click

MARKS = {"ok": "✓", "missing": "○", "trouble": "✗"}


@click.command("doctor")
def command() -> None:
    """Say what works on this machine and what is missing. Sends nothing anywhere."""
    from launchready_tui.cli import output
    from launchready_tui.engine.doctor import examine

    for item in examine():
        style = {"ok": "pass", "trouble": "fail"}.get(item.state, "muted")
        output.line(f"{output.paint(MARKS[item.state], style)} {item.name}: {output.safe(item.text)}")
