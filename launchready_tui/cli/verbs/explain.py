"""`launchready explain`: what a check does, why, and how to repeat it by hand."""

from __future__ import annotations

from pathlib import Path

import click

from launchready_tui.errors import InputError
from launchready_tui.text import did_you_mean


@click.command("explain")
@click.argument("check")
@click.option(
    "--runbook",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Look into this runbook instead of the built-in one.",
)
def command(check: str, runbook: Path | None) -> None:
    """Explain CHECK, named by its id (tls.hsts) or catalogue number (S1.TLS.07)."""
    from launchready_tui.cli import output
    from launchready_tui.runbook.loader import built_in, load_runbook

    plan = load_runbook(runbook) if runbook else built_in()
    entries = [entry for entry in plan.entries if entry.id == check or entry.covers(check)]
    if not entries:
        names = [entry.id for entry in plan.entries] + [row for entry in plan.entries for row in entry.catalogue]
        raise InputError(
            f'There is no check "{check}"{did_you_mean(check, names)}', "`launchready status FILE --all` lists them."
        )
    for number, entry in enumerate(entries):
        if number:
            output.line()
        output.line(f"{entry.claim}")
        stage = entry.stage.removeprefix("S")
        facts = [
            entry.id,
            ", ".join(entry.catalogue),
            f"stage {stage}",
            entry.kind.value,
            entry.severity.value,
            entry.consent.value,
        ]
        output.line(" · ".join(facts))
        sections = [
            ("Why it matters", entry.why),
            ("The statement", entry.statement),
            ("By hand", entry.by_hand),
            ("Fix", entry.fix),
        ]
        sections += [(f"Fix with {name}", text) for name, text in entry.fixes.items()]
        for title, text in sections:
            if text.strip():
                output.line()
                output.line(f"{title}:")
                for line in text.strip().splitlines():
                    output.line(f"  {line}" if line else "")
        if entry.severities:
            output.line()
            output.line(
                "Severity by reason: "
                + ", ".join(f"{reason} {severity.value}" for reason, severity in entry.severities.items())
            )
        if entry.limits:
            output.line("Limits: " + ", ".join(f"{key} = {value}" for key, value in entry.limits.items()))
        if entry.sources:
            output.line("Sources: " + "; ".join(entry.sources))
