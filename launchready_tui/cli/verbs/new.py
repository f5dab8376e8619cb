"""`launchready new`: make an engagement."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from launchready_tui.errors import InputError


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

    Without --from the profile is made from the domain: the usual hosts that the DNS knows are put into it.
    """
    from launchready_tui.cli import notices, opening, output
    from launchready_tui.engine.discovery import discover
    from launchready_tui.engine.session import Session
    from launchready_tui.model.profile import is_host_name, parse_product, write_product

    path = Path(name if name.endswith(".launchready") else f"{name}.launchready")
    if source is not None:
        toml, base = opening.read_text(source), str(source.absolute().parent)
        product = parse_product(toml, str(source), base)
        if domain and domain.lower().rstrip(".") != product.domain:
            raise InputError(
                f"{source} is about {product.domain}, not {domain}.", "Leave --domain out, or change it in the file."
            )
    else:
        if not domain:
            raise InputError("The domain is missing.", "Give --domain D, or --from product.toml.")
        if not is_host_name(domain.lower().rstrip(".")) or "." not in domain:
            raise InputError(
                f'"{domain[:80]}" is not a domain name.', "Give a name such as acme.example, without https://."
            )
        if path.exists():
            raise InputError(f"{path} exists already.", f"Open it with `launchready {path}`, or choose another name.")
        if repo is not None and not repo.is_dir():
            raise InputError(f"{repo} is not a folder.", "Name the folder that holds the repository.")
        found = asyncio.run(discover(path.stem, domain.lower().rstrip("."), str(repo.absolute()) if repo else ""))
        for text in found.notices:
            notices.notice(text)
        toml, base = write_product(found.product), str(path.absolute().parent)
    session = Session.create(path, toml, base)
    snapshot = session.snapshot()
    session.close()
    hosts = ", ".join(host.name for host in snapshot.product.hosts)
    output.line(f"{path}: {output.safe(snapshot.product.name)}, hosts {hosts}")
    notices.notice(f"open it with `launchready {path}`")
