"""Lines of a zone file for addresses and certificate authorities."""

from __future__ import annotations

from launchready_tui.checks.reading.names import listed, registered_domain
from launchready_tui.engine.fixkit import quoting
from launchready_tui.engine.fixkit.snippet import Snippet
from launchready_tui.model.product import Product
from launchready_tui.model.results import Result

TTL = 300
"""Seconds: in launch week a change has to arrive at once."""

LASTING = 3600

WHERE = "the zone file, or the same records on the DNS provider's page"


def snippet(title: str, lines: list[str], where: str = WHERE) -> tuple[Snippet, ...]:
    """The lines as one snippet, none where there is no line but comments."""
    if not any(line and not line.startswith(";") for line in lines):
        return ()
    return (Snippet(title, "zone", "\n".join(lines), where),)


def to_expected(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The records that lead a host to where the profile says: addresses, a CNAME, or the provider's own value."""
    name = quoting.host(result.subject)
    declared = product.host(result.subject)
    if not name:
        return ()
    lines = []
    if found := result.facts.get("found") or result.facts.get("address") or result.facts.get("target"):
        lines.append(quoting.remark(f"instead of {found}", ";"))
    if result.check == "dns.cname-chain" and result.reason == "cname-and-other-data":
        lines.append(quoting.remark(f"take away what stands beside the CNAME: {result.facts.get('types', '')}", ";"))
    return snippet("DNS zone", [*lines, *_records(name, declared.expect if declared else ())])


def ttl(result: Result, product: Product) -> tuple[Snippet, ...]:
    """The same records with a shorter life."""
    name = quoting.host(result.subject)
    declared = product.host(result.subject)
    if not name:
        return ()
    now = result.facts.get("ttl", "")
    head = quoting.remark(f"the same record as today, with {TTL} s" + (f" instead of {now} s" if now else ""), ";")
    return snippet("DNS zone", [head, *_records(name, declared.expect if declared else ())])


def _records(name: str, expect: tuple[str, ...]) -> list[str]:
    addresses = [found for found in map(quoting.address, expect) if found]
    if addresses:
        return [f"{name}. {TTL} IN {'AAAA' if ':' in item else 'A'} {item}" for item in addresses]
    names = [quoting.host(item) for item in expect if "." in item and "/" not in item and ":" not in item]
    target = next(filter(None, names), "")
    apex = registered_domain(name) == name
    if target and not apex:
        return [f"{name}. {TTL} IN CNAME {target}."]
    if target:
        note = "a domain itself cannot be a CNAME; where the provider has ALIAS or ANAME, use that, else its addresses"
        return [quoting.remark(note, ";"), f"{name}. {TTL} IN ALIAS {target}."]
    provider = listed(list(expect)) if expect else "the hosting provider"
    what, value = ("A", "ADDRESS") if apex or not expect else ("CNAME", "TARGET")
    line = f"{name}. {TTL} IN {what} {value}"
    return [quoting.remark(f"{value}: the value that {provider} shows for this name", ";"), line]


def caa(result: Result, product: Product) -> tuple[Snippet, ...]:
    """A line that lets the authority of today's certificate issue the next one."""
    owner = quoting.host(result.facts.get("owner") or result.subject)
    issuer = quoting.host(result.facts.get("identifier", ""))
    if not owner:
        return ()
    tag = "issuewild" if result.reason == "wildcard-mismatch" else "issue"
    lines = []
    if named := result.facts.get("issuer"):
        lines.append(quoting.remark(f"lets {named} issue; keep the lines that are there", ";"))
    if not issuer:
        lines.append(quoting.remark("AUTHORITY: the CAA identifier, on the page of who issues the certificate", ";"))
    lines.append(f'{owner}. {LASTING} IN CAA 0 {tag} "{issuer or "AUTHORITY"}"')
    return snippet("DNS zone", lines)


def no_mail(result: Result, product: Product) -> tuple[Snippet, ...]:
    """For a domain without any mail: the record that says so. One that sends needs its provider's MX."""
    name = quoting.host(result.subject)
    if not name or result.reason not in ("no-mx", "null-mx"):
        return ()
    if any(quoting.host(sender.domain) == name for sender in product.senders):
        head = quoting.remark("MAILSERVER: the name that the provider of the mailboxes shows", ";")
        return snippet("DNS zone", [head, f"{name}. {LASTING} IN MX 10 MAILSERVER."])
    head = quoting.remark("takes no mail at all (RFC 7505); leave it out if somebody should read answers", ";")
    return snippet("DNS zone", [head, f"{name}. {LASTING} IN MX 0 ."])
