"""Ways from production to staging: DNS records, redirects, pages, scripts, cookies, payment keys (S1.DNS.05)."""

from __future__ import annotations

from launchready_tui.checks.reading.lookups import resolve, trail
from launchready_tui.checks.reading.names import listed, shown
from launchready_tui.checks.reading.stagehosts import Place, is_local, place
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Host
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, passed, unknown

STAGING_PLACES = (Place.STAGING, Place.VAGUE, Place.LOCAL, Place.TUNNEL)


@check("dns.staging-pointer", over="named-hosts")
async def staging_pointer(subject: Subject[Host], ask: Ask, _: Limits) -> Judgement:
    """S1.DNS.05, records: neither a CNAME nor an address of the host leads to staging or into a private network.

    A platform's default host as the target of a CNAME is how platforms work, and no finding by itself.
    """
    name, product = subject.item.name, subject.product
    steps = await trail(ask, name)
    bad = [target for target in steps.targets if place(target, product) in STAGING_PLACES]
    if bad:
        summary = f"{name} is a CNAME to {shown(bad[0])}, which is staging by its name"
        return failed(
            "staging-target", summary, details=tuple(map(shown, steps.targets)), facts={"target": shown(bad[0])}
        )
    seen = await resolve(ask, name)
    inside = [address for address in seen.addresses if is_local(address, product.network)]
    if inside:
        summary = f"{name} points into a private network: {listed(inside)}"
        return failed("staging-target", summary, details=seen.addresses, facts={"target": inside[0]})
    seen.require_all()
    if not seen.addresses and any(answer.loop for answer in seen.seen):
        return unknown("cname-loop", f"the CNAMEs of {name} go round in circles: nobody sees where they lead")
    if not seen.addresses and not steps.aliases:
        return not_applicable(f"{name} has no record that could lead to staging")
    return passed(f"leads to {listed(steps.targets[-1:] or seen.addresses)}, nothing of staging on the way")
