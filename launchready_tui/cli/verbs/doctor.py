"""`launchready doctor`: what works on this machine and what is missing."""

from __future__ import annotations

import click

MARKS = {"ok": "✓", "missing": "○", "trouble": "✗"}


@click.command("doctor")
@click.option(
    "--refresh", is_flag=True, help="Fetch the address ranges that providers publish (the only thing it sends)."
)
def command(refresh: bool) -> None:
    """Say what works on this machine and what is missing. Sends nothing anywhere, but for --refresh."""
    from launchready_tui.cli import output
    from launchready_tui.engine.doctor import examine

    if refresh:
        _refresh()
        return
    for item in examine():
        style = {"ok": "pass", "trouble": "fail"}.get(item.state, "muted")
        output.line(f"{output.paint(MARKS[item.state], style)} {item.name}: {output.safe(item.text)}")


def _refresh() -> None:
    import asyncio

    from launchready_tui.cli import notices, output
    from launchready_tui.engine import ranges
    from launchready_tui.engine.firstlook import discovery_door
    from launchready_tui.engine.session import utc_now
    from launchready_tui.folders import data_folder
    from launchready_tui.model.product import Product
    from launchready_tui.text import plural

    async def fetch() -> tuple[ranges.Refreshed, ...]:
        async with discovery_door(Product("ranges", "cloudflare.com")) as door:
            return await ranges.fetch(door)

    fetched = asyncio.run(fetch())
    ranges.keep(data_folder(), fetched, utc_now())
    for item in fetched:
        if item.problem:
            notices.notice(f"{item.provider}: {item.problem}; what was known stays in use")
        else:
            output.line(f"{item.provider}: {plural(len(item.ranges), 'network')}")
