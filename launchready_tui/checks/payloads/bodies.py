"""What answers carry: how much, what nobody uses, and what nobody should see (S4.PAY.02 to 04)."""

from __future__ import annotations

from launchready_tui.checks.limits import count, number, texts
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.reading.urls import host_of, path_of
from launchready_tui.checks.reading.visits import NOTHING_CORE, assets, unexpected
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Answer, Ask, Failure
from launchready_tui.model.product import Product, Route
from launchready_tui.model.questions import HttpExchange, HttpResponse, Login, PayloadReading
from launchready_tui.model.questions.payload import USUAL_WORDS, KeyPath, Payload
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

JSON_WARN, JSON_FAIL = 100_000, 500_000
IMAGE_MOST = 500_000
MOST_ITEMS = 200
MOST_IMAGES = 24
DECIMALS = 2
MOST_SHOWN = 30


async def session_for(route: Route, product: Product, ask: Ask) -> str | Judgement:
    """The session that a route is asked in, '' for everybody's; or why there is none. Raises `Unseen`."""
    if not route.session:
        return ""
    login = next((item for item in product.routes if item.family == "login"), None)
    if login is None or product.account(route.session) is None:
        message = (
            f"Asked as {one_line(route.session, 40)}: that takes a test account and a route with the family login."
        )
        return not_run("input-missing", message)
    question = Login(login.url, route.session)
    facts = (await ask(question)).facts
    if not facts.accepted:
        summary = f"the login of {one_line(route.session, 40)} was not accepted ({facts.status})"
        return unknown("login-refused", summary, decide_by="Log in by hand with the test account.")
    return question.session


async def reading(route: Route, product: Product, ask: Ask, limits: Limits) -> Payload | Judgement:
    """The fields of a route's answer, or why they tell nothing. All checks of payloads share it. Raises `Unseen`."""
    session = await session_for(route, product, ask)
    if isinstance(session, Judgement):
        return session
    question = PayloadReading(
        route.url,
        (product.domain,),
        texts(limits, "words", USUAL_WORDS),
        count(limits, "coordinate_decimals", DECIMALS),
        session,
    )
    payload = (await ask(question)).facts
    return payload if 200 <= payload.status < 300 else unexpected(route, payload.status)


@check("payloads.size", over="core-routes")
async def size(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The largest JSON document of an answer, its longest list, and the page's own pictures.

    Limits: `json_warn_bytes`, `json_fail_bytes`, `image_max_bytes`, `max_items`, `max_images`.
    """
    route = subject.item
    if route is None:
        return NOTHING_CORE
    payload = await reading(route, subject.product, ask, {})
    if isinstance(payload, Judgement):
        return payload
    tally = Tally()
    _json_size(payload, limits, tally)
    pictures = 0
    if route.kind != "api" and not route.session:
        pictures = await _pictures(route, subject.product, ask, limits, tally)
    order = ("json-too-large", "list-not-paged", "picture-too-large")
    if judged := tally.fail_first(order):
        return judged
    if payload.unreadable and not payload.documents and payload.bytes:
        summary = f"its JSON could not be read ({one_line(payload.unreadable[0], 80)})"
        return unknown("unreadable", summary, decide_by="Look at the answer by hand.")
    if judged := tally.unknown("not all pictures could be looked at", decide_by="Run it again."):
        return judged
    if judged := tally.warn_first(("json-large",)):
        return judged
    if not payload.documents and not pictures:
        return not_applicable("it sends no JSON and loads no picture of its own")
    longest = max((item.items for item in payload.lists), default=0)
    parts = [f"{payload.bytes:,} bytes of JSON, the longest list has {longest}"] if payload.documents else []
    parts += [plural(pictures, "picture")] if pictures else []
    return tally.passed("; ".join(parts))


def _json_size(payload: Payload, limits: Limits, tally: Tally) -> None:
    more = " or more" if payload.cut and payload.unreadable else ""
    most = count(limits, "json_fail_bytes", JSON_FAIL)
    if payload.bytes > most:
        tally.fail("json-too-large", f"{payload.bytes:,} bytes of JSON{more} in one document; {most:,} is the limit")
    elif payload.bytes > count(limits, "json_warn_bytes", JSON_WARN):
        tally.warn("json-large", f"{payload.bytes:,} bytes of JSON in one document")
    items = count(limits, "max_items", MOST_ITEMS)
    for found in payload.lists:
        if found.items > items:
            tally.fail("list-not-paged", f"{one_line(found.path, 80)} has {found.items:,} items; {items} are the limit")


async def _pictures(route: Route, product: Product, ask: Ask, limits: Limits, tally: Tally) -> int:
    """The pictures that a page loads from the product's own hosts. Returns how many were seen."""
    page = (await ask(HttpExchange("GET", route.url))).facts
    most = count(limits, "image_max_bytes", IMAGE_MOST)
    found = [asset for asset in assets(page, product, 400)[0] if asset.role == "image"]
    chosen = found[: count(limits, "max_images", MOST_IMAGES)]
    if len(found) > len(chosen):
        tally.note(f"only the first {len(chosen)} of {len(found)} pictures were looked at")
    seen = 0
    for asset, answer in zip(chosen, await ask_all(ask, [asset.question for asset in chosen]), strict=True):
        size = await _picture_size(asset.url, answer, ask)
        if isinstance(size, Failure):
            tally.blind(asset.url, size)
        elif size is not None:
            seen += 1
            if size > most:
                where = one_line(f"{host_of(asset.url)}{path_of(asset.url)}", 100)
                tally.fail("picture-too-large", f"{where} has {size:,} bytes; {most:,} is the limit")
    return seen


async def _picture_size(url: str, answer: Answer[HttpResponse], ask: Ask) -> int | Failure | None:
    """The bytes of a picture: from its headers, else by fetching it; None for one that is not there."""
    if answer.failure is not None:
        return answer.failure
    response = answer.facts
    told = response.header("content-length")
    if response.status == 200 and told.isascii() and told.isdigit() and int(told[:12]) > 0:
        return int(told[:12])
    if response.status not in (200, 403, 405, 501):
        return None
    fetched = await ask(HttpExchange("GET", url))
    if fetched.failure is not None:
        return fetched.failure
    return fetched.facts.body_bytes if fetched.facts.status == 200 else None


@check("payloads.unused-fields", over="used-payloads")
async def unused_fields(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """The fields of an answer that the front end, by what the profile says, does not read.

    Limits: `warn_unused_percent`, `fail_unused_percent`.
    """
    route = subject.item
    if route is None:
        message = 'No route says which fields the front end reads ([[route]] uses = ["id", "title"]).'
        return not_run("input-missing", message)
    payload = await reading(route, subject.product, ask, {})
    if isinstance(payload, Judgement):
        return payload
    fields = [key for key in payload.keys if key.leaf]
    if not fields:
        why = payload.unreadable[0] if payload.unreadable else "it sends no JSON with fields"
        return unknown("no-fields", one_line(why, 120), decide_by="Declare the URL of the API that sends the fields.")
    unused = [key for key in fields if not is_used(key.path, route.uses)]
    share = 100 * len(unused) / len(fields)
    weight = 100 * sum(key.bytes for key in unused) / max(1, sum(key.bytes for key in fields))
    details = tuple(_line(key) for key in sorted(unused, key=lambda key: (-key.bytes, key.path))[:MOST_SHOWN])
    missing = [name for name in route.uses if not any(is_used(key.path, (name,)) for key in payload.keys)]
    if missing:
        details += (f"declared as used, but not in the answer: {one_line(', '.join(missing), 200)}",)
    if payload.cut:
        details += ("the answer has more fields than were read",)
    summary = (
        f"{len(unused)} of {plural(len(fields), 'field')} unused ({share:.0f} %, about {weight:.0f} % of the bytes)"
    )
    named = f": {one_line(', '.join(key.path for key in unused[:4]), 160)}" if unused else ""
    if share > number(limits, "fail_unused_percent", 50):
        return failed("mostly-unused", summary + named, details=details)
    if share >= number(limits, "warn_unused_percent", 20):
        return warned("partly-unused", summary + named, details=details)
    return passed(summary, details=details)


def is_used(path: str, uses: tuple[str, ...]) -> bool:
    """Whether a field is one of those that are read: by its name, or by the end of its path (`seller.name`).

    All that is inside a field which is read as a whole counts as read.
    """
    names = path.replace("[]", "").split(".")
    for use in uses:
        wanted = use.replace("[]", "").strip(".").split(".")
        if any(names[at : at + len(wanted)] == wanted for at in range(len(names) - len(wanted) + 1)):
            return True
    return False


def _line(key: KeyPath) -> str:
    return f"{one_line(key.path, 120)}: {key.count} times, about {key.bytes:,} bytes"


@check("payloads.sensitive-fields", over="public-payloads")
async def sensitive_fields(subject: Subject[Route | None], ask: Ask, limits: Limits) -> Judgement:
    """Fields of a public answer that should not be public, by name and value; values are never kept.

    Limits: `words`: names of fields; `coordinate_decimals`: how precise a place may be.
    """
    route = subject.item
    if route is None:
        return not_run("input-missing", "No public API route and no core page is declared ([[route]]).")
    payload = await reading(route, subject.product, ask, limits)
    if isinstance(payload, Judgement):
        return payload
    tally = Tally()
    for found in payload.exposures:
        times = f", {found.count} times" if found.count > 1 else ""
        text = f"{one_line(found.path, 100)} holds {one_line(found.what, 80)}{times}"
        match found.danger, found.certain:
            case "secret", True:
                tally.fail("secret", text)
            case "personal", True:
                tally.fail("personal-data", text)
            case "location", True:
                tally.fail("precise-location", text)
            case "internal", _:
                tally.warn("internal-field", text)
            case _:
                tally.warn("suspicious-field", f"{text}: only its name says so")
    judged = tally.fail_first(("secret", "personal-data", "precise-location"))
    if judged is not None:
        return judged
    if payload.unreadable or payload.cut:
        why = one_line(payload.unreadable[0] if payload.unreadable else "it is larger than what is read", 100)
        summary = f"not all of it could be read ({why})"
        return unknown("unreadable", summary, decide_by="Look at the answer by hand.", details=tally.details())
    if judged := tally.warn_first(("suspicious-field", "internal-field")):
        return judged
    if not payload.documents:
        return not_applicable("it sends no JSON" if route.kind == "api" else "no JSON is embedded in the page")
    many = plural(payload.documents, "document")
    return passed(f"{plural(len(payload.keys), 'field')} of {many} looked at, none is private")
