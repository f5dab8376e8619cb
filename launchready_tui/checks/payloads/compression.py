"""Whether text travels compressed (S4.PAY.01)."""

from __future__ import annotations

from launchready_tui.checks.limits import count, texts
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.urls import path_of
from launchready_tui.checks.reading.visits import NOTHING_CORE, assets, visited
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, not_applicable
from launchready_tui.text import one_line, plural

ENCODINGS = ("zstd", "br", "gzip")
LEAST = 1_024
MOST_FILES = 12
_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "application/manifest", "image/svg")
_BEST = frozenset({"br", "zstd", "dcb", "dcz"})


@check("payloads.compression", over="core-answers")
async def compression(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The answer itself, and the scripts and styles that its page loads from the product's own hosts.

    Limits: `min_bytes`: smaller answers may be plain; `encodings`: what is offered; `max_files`.
    """
    route = subject.item
    if route is None:
        return NOTHING_CORE
    plain = await visited(route, ask)
    if isinstance(plain, Judgement):
        return plain
    tally = Tally()
    used: dict[str, int] = {}
    looks = [(route.url, plain)]
    looks += await _files(plain, subject.product, ask, count(limits, "max_files", MOST_FILES))
    small = [await _look(url, response, ask, limits, tally, used) for url, response in looks]
    if judged := tally.fail_first(("uncompressed",)):
        return judged
    if judged := tally.unknown("not all answers could be looked at", decide_by="Run it again."):
        return judged
    if not used:
        least = count(limits, "min_bytes", LEAST)
        return not_applicable(f"no text of {least:,} bytes or more" if any(small) else "it sends no text")
    seen = ", ".join(f"{coding} {number}" for coding, number in used.items())
    summary = f"{plural(sum(used.values()), 'answer')} compressed ({seen})"
    return tally.passed(summary, note="" if _BEST & set(used) else "gzip-only")


async def _files(page: HttpResponse, product: Product, ask: Ask, most: int) -> list[tuple[str, HttpResponse]]:
    """The scripts and styles of a page that were answered."""
    found = [asset for asset in assets(page, product, 200)[0] if asset.role in ("script", "style")][:most]
    answers = await ask_all(ask, [asset.question for asset in found])
    return [
        (asset.url, answer.facts)
        for asset, answer in zip(found, answers, strict=True)
        if answer.failure is None and answer.facts.status == 200
    ]


async def _look(url: str, plain: HttpResponse, ask: Ask, limits: Limits, tally: Tally, used: dict[str, int]) -> bool:
    """Ask with every coding on offer. Returns whether the answer is a text too small to matter."""
    if not plain.media_type.startswith(_TEXT) and "+" not in plain.media_type:
        return False
    if plain.body_bytes < count(limits, "min_bytes", LEAST):
        return True
    offered = ", ".join(texts(limits, "encodings", ENCODINGS))
    answer = await ask(HttpExchange("GET", url, headers=(("accept-encoding", offered),)))
    if answer.failure is not None:
        tally.blind(url, answer.failure)
        return False
    response = answer.facts
    if response.status >= 500:
        tally.broken(url, response.status)
        return False
    coding = response.header("content-encoding").strip().lower()
    if coding and coding != "identity":
        used[one_line(coding, 20)] = used.get(one_line(coding, 20), 0) + 1
        return False
    forbidden = "no-transform" in response.header("cache-control").lower()
    why = ", and Cache-Control: no-transform forbids it" if forbidden else ""
    where = one_line(path_of(url) or "/", 80)
    tally.fail("uncompressed", f"{where} sends {plain.body_bytes:,} bytes of text uncompressed{why}")
    return False
