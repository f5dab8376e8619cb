"""Whether a hosted database hands out rows to anybody who reads the page's scripts."""

from __future__ import annotations

import asyncio

from launchready_tui.checks.lookups import require
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, page_routes, root_url
from launchready_tui.checks.tally import Tally
from launchready_tui.checks.urls import host_of
from launchready_tui.model.evidence import Ask, Unseen
from launchready_tui.model.product import Product
from launchready_tui.model.questions import Backend, BackendRead, BackendView, PageBackends
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_applicable
from launchready_tui.text import one_line, plural

MOST_PAGES = 8


@check("identity.database-exposure", over="domain")
async def database_exposure(subject: Subject[str], ask: Ask, _: Limits) -> Judgement:
    """S3.DB.01: each project that the pages' scripts name is read as a stranger would, one row a table, none kept."""
    pages = bundled_pages(subject.product)
    answers = await asyncio.gather(*(ask(PageBackends(url)) for url in pages))
    found: dict[tuple[str, str], tuple[Backend, str]] = {}
    tally = Tally()
    for url, answer in zip(pages, answers, strict=True):
        if answer.failure is not None:
            tally.note(f"scripts of {url} not seen: {answer.failure.reason}")
            continue
        for backend in answer.facts.backends:
            found.setdefault((backend.kind, backend.base), (backend, url))
    if not found:
        if answers and all(answer.failure for answer in answers):
            require(answers)
        return not_applicable("no page or script names a Supabase or Firebase project")
    for backend, page in found.values():
        await _read(backend, page, ask, tally)
    decide_by = (
        "Open the project's own advisor (Supabase: Security Advisor), or try a read with the public key by hand."
    )
    return (
        tally.fail_first(("rows-visible",))
        or tally.unknown("not every project could be read", decide_by=decide_by)
        or tally.passed(f"{plural(len(found), 'project')} tried, no row was visible")
    )


async def _read(backend: Backend, page: str, ask: Ask, tally: Tally) -> None:
    if not backend.keyed:
        tally.note(f"{backend.base}: its key is not in the scripts")
        return
    answer = await ask(BackendRead(page, backend.kind, backend.base))
    if answer.failure is not None:
        if answer.failure.reason == "no-consent":
            raise Unseen(answer.failure)
        tally.blind(backend.base, answer.failure)
        return
    open_to_all = [item for item in answer.facts.collections if item.rows]
    for item in open_to_all:
        tally.fail("rows-visible", f"{one_line(item.name, 63)} of {host_of(backend.base)} shows its rows to anybody")
    if not open_to_all:
        tally.note(_closed(backend, answer.facts))


def _closed(backend: Backend, view: BackendView) -> str:
    more = ", not all tried" if view.cut else ""
    return f"{host_of(backend.base)}: {plural(len(view.collections), 'table')} closed{more}"


def bundled_pages(product: Product) -> tuple[str, ...]:
    """The pages whose scripts are read: people's routes first by importance, then home pages."""
    routes = sorted(page_routes(product), key=lambda route: (not route.core, route.kind != "auth"))
    homes = [root_url(host) for host in product.web_hosts if host.role in ("www", "app", "apex")]
    urls = [*homes, *(route.url for route in routes)]
    return tuple(dict.fromkeys(urls))[:MOST_PAGES]
