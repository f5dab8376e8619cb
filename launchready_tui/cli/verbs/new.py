"""`launchready new`: make an engagement."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launchready_tui.errors import InputError

if TYPE_CHECKING:
    from launchready_tui.engine.discovery import Proposal


@click.command("new")
@click.argument("name")
@click.option("--domain", required=False, metavar="D", help="The product's domain, such as acme.example.")
@click.option("--repo", type=click.Path(path_type=Path), metavar="DIR", help="The folder of the product's repository.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="PRODUCT.TOML",
    help="Take the profile from a product TOML.",
)
def command(name: str, domain: str | None, repo: Path | None, source: Path | None) -> None:
    """Make the engagement NAME.launchready in this folder (or where NAME, a path, says).

    Without --from the profile is proposed from what the domain and the repository reveal: hosts, routes, senders, and
    the systems of the access map, whose owners are yet unknown. In a terminal the proposal is shown and asked about.
    """
    from launchready_tui.cli import notices, output
    from launchready_tui.engine.session import Session

    path = Path(name if name.endswith(".launchready") else f"{name}.launchready")
    if source is not None:
        toml, base = _from_file(source, domain)
        proposal = None
    else:
        proposal = _proposed(path, domain, repo)
        if sys.stdin.isatty() and sys.stdout.isatty():
            click.confirm("Make the engagement with it?", default=True, abort=True, err=True)
        toml, base = _written(proposal), str(path.absolute().parent)
    session = Session.create(path, toml, base)
    try:
        for system in proposal.systems() if proposal else ():
            session.record(system)
        hosts = ", ".join(host.name for host in session.snapshot().product.hosts)
    finally:
        session.close()
    output.line(f"{path}: hosts {output.safe(hosts)}")
    notices.notice(f"open it with `launchready {path}`")


def _from_file(source: Path, domain: str | None) -> tuple[str, str]:
    from launchready_tui.cli import opening
    from launchready_tui.model.profile import parse_product

    toml, base = opening.read_text(source), str(source.absolute().parent)
    product = parse_product(toml, str(source), base)
    if domain and domain.lower().rstrip(".") != product.domain:
        raise InputError(
            f"{source} is about {product.domain}, not {domain}.", "Leave --domain out, or change the file."
        )
    return toml, base


def _proposed(path: Path, domain: str | None, repo: Path | None) -> Proposal:
    """Look at the domain and print what was seen."""
    from launchready_tui.cli import notices, output
    from launchready_tui.engine.discovery import discover
    from launchready_tui.engine.firstlook import discovery_door
    from launchready_tui.model.product import Product
    from launchready_tui.model.profile import is_host_name

    if not domain:
        raise InputError("The domain is missing.", "Give --domain D, or --from product.toml.")
    name = domain.lower().rstrip(".")
    if not is_host_name(name) or "." not in name:
        raise InputError(
            f'"{domain[:80]}" is not a domain name.', "Give a name such as acme.example, without https://."
        )
    if path.exists():
        raise InputError(f"{path} exists already.", f"Open it with `launchready {path}`, or choose another name.")
    if repo is not None and not repo.is_dir():
        raise InputError(f"{repo} is not a folder.", "Name the folder that holds the repository.")
    blank = Product(path.stem, name, repository=str(repo.absolute()) if repo else "", base=str(path.absolute().parent))

    async def look() -> Proposal:
        async with discovery_door(blank) as door:
            return await discover(blank, door, _progress)

    proposal = asyncio.run(look())
    for text in proposal.notices:
        notices.notice(text)
    for route in proposal.product.routes:
        output.line(f"route {route.id}: {output.safe(route.url)}")
    for sighting in proposal.sightings:
        output.line(f"{sighting.area}: {output.safe(sighting.name)} (seen by {output.safe(sighting.by)})")
    for fact in proposal.facts:
        output.line(output.safe(fact))
    return proposal


def _progress(line: str) -> None:
    """What is looked at right now, on stderr; what was seen there is printed with the proposal."""
    from launchready_tui.cli import notices
    from launchready_tui.engine.discovery.look import SEEN

    if not line.startswith(SEEN):
        notices.notice(line)


def _written(proposal: Proposal) -> str:
    from launchready_tui.model.profile import write_product

    return write_product(proposal.product)
