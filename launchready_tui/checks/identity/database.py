"""Whether a hosted database hands out rows to anybody who reads the page's scripts."""

from __future__ import annotations

import asyncio

from launchready_tui.checks.reading.chains import shown
from launchready_tui.checks.reading.site import own
from launchready_tui.checks.reading.urls import host_of
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, page_routes, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault, Unseen
from launchready_tui.model.product import Product
from launchready_tui.model.questions import Backend, BackendList, BackendRead, BackendView, PageBackends
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_applicable
from launchready_tui.text import one_line, plural

MOST_PAGES = 8
ANSWERED = (200, 401, 403)
"""Statuses with which a project says what a stranger gets of a table: something, or nothing."""


@check("identity.database-exposure", over="domain")
async def database_exposure(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S3.DB.01: each project that the pages' scripts name is read as a stranger would, one row a table, none kept."""
    pages = bundled_pages(subject.product)
    answers = await asyncio.gather(*(ask(PageBackends(url)) for url in pages))
    found: dict[tuple[str, str], tuple[Backend, str]] = {}
    tally = Tally()
    for url, answer in zip(pages, answers, strict=True):
        if answer.failure is not None:
            tally.blind(url, answer.failure)
            continue
        _elsewhere(answer.facts, url, pages, subject.product, tally)
        if answer.facts.cut:
            tally.blind(url, Failure("partly-read", "not all of its scripts were read", Fault.TARGET))
        for backend in answer.facts.backends:
            known = found.get((backend.kind, backend.base))
            if known is None or (backend.keyed and not known[0].keyed):
                found[backend.kind, backend.base] = (backend, url)
    for backend, page in found.values():
        await _read(backend, page, ask, tally)
    decide_by = (
        "Open the project's own advisor (Supabase: Security Advisor), or try a read with the public key by hand."
    )
    summary = "not every project could be read" if found else "not every page and script was seen"
    judged = tally.fail_first(("rows-visible",)) or tally.unknown(summary, decide_by=decide_by)
    if judged is not None:
        return judged
    if not found:
        return not_applicable("no page or script names a Supabase or Firebase project")
    return tally.passed(f"{plural(len(found), 'project')} tried, no row was visible")


def _elsewhere(facts: BackendList, url: str, pages: tuple[str, ...], product: Product, tally: Tally) -> None:
    """A page that leads to another host: seen there, unseen, or another site's matter."""
    if not facts.elsewhere:
        return
    if own(facts.elsewhere, product) and host_of(facts.elsewhere) not in {host_of(page) for page in pages}:
        message = f"leads to {shown(facts.elsewhere)}, whose scripts were not read"
        tally.blind(url, Failure("redirected", message, Fault.TARGET))
    else:
        tally.note(f"{url} leads to {shown(facts.elsewhere)}")


async def _read(backend: Backend, page: str, ask: Ask, tally: Tally) -> None:
    if not backend.keyed:
        # Whose project it is cannot be told, and no key of another one is tried there.
        tally.blind(backend.base, Failure("no-key", "the scripts hold no public key of this project", Fault.TARGET))
        return
    answer = await ask(BackendRead(page, backend.kind, backend.base))
    if answer.failure is not None:
        if answer.failure.reason == "no-consent":
            raise Unseen(answer.failure)
        tally.blind(backend.base, answer.failure)
        return
    host = host_of(backend.base)
    _missed(backend.base, answer.facts, tally)
    open_to_all = [item for item in answer.facts.collections if item.rows]
    for item in open_to_all:
        tally.fail("rows-visible", f"{one_line(item.name, 63)} of {host} shows its rows to anybody")
    if not open_to_all:
        tally.note(f"{host}: {plural(len(answer.facts.collections), 'table')} tried, no row")


def _missed(base: str, view: BackendView, tally: Tally) -> None:
    """What of a project was not seen. A name that is no table there (404) is not seen to be closed."""
    if view.cut:
        tally.blind(base, Failure("partly-read", "it has more tables than were tried", Fault.TARGET))
    for item in view.collections:
        if item.status not in (*ANSWERED, 404):
            message = f"{one_line(item.name, 63)} was answered {item.status or 'nothing that can be read'}"
            tally.blind(base, Failure("table-not-read", message, Fault.TARGET))
    if not any(item.status in ANSWERED for item in view.collections):
        message = "it lists no tables, and the scripts name none that it has"
        tally.blind(base, Failure("no-tables", message, Fault.TARGET))


def bundled_pages(product: Product) -> tuple[str, ...]:
    """The pages whose scripts are read: people's routes first by importance, then home pages."""
    routes = sorted(page_routes(product), key=lambda route: (not route.core, route.kind != "auth"))
    homes = [root_url(host) for host in product.web_hosts if host.role in ("www", "app", "apex")]
    urls = [*homes, *(route.url for route in routes)]
    return tuple(dict.fromkeys(urls))[:MOST_PAGES]
