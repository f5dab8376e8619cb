"""Mixed content, from evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Product, Route
from launchready_tui.model.questions import Facts, HttpExchange, HttpResponse, Page, Question, Reference
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.kit import judge

URL = "https://shop.test/listings"
PRODUCT = Product("Shop", "shop.test", hosts=(Host("shop.test"),), routes=(Route("listing", URL),))
SHEET = "https://cdn.shop.test/a.css"
Answers = dict[Question[Any], Facts | Failure]


def html(*references: tuple[str, str], headers: tuple[tuple[str, str], ...] = (), **changes: Any) -> HttpResponse:
    found = tuple(Reference(role, url) for role, url in references)
    response = HttpResponse(200, (("content-type", "text/html; charset=utf-8"), *headers), page=Page(references=found))
    return replace(response, **changes)


def css(*urls: str, **changes: Any) -> HttpResponse:
    found = tuple(Reference("css", url) for url in urls)
    return replace(HttpResponse(200, (("content-type", "text/css"),), page=Page(references=found)), **changes)


def look(page: HttpResponse | Failure, more: Answers | None = None) -> Judgement:
    return judge("tls.mixed-content", URL, {HttpExchange("GET", URL): page} | (more or {}), PRODUCT)


def said(judgement: Judgement) -> tuple[str, str]:
    return judgement.verdict.value, judgement.reason


def test_a_page_that_loads_everything_over_https_passes() -> None:
    page = html(("script", "https://cdn.test/a.js"), ("link", "http://old.test/"), ("canonical", "http://shop.test/"))
    judgement = look(page)
    assert said(judgement) == ("pass", "")
    assert "3 references" in judgement.summary


@pytest.mark.parametrize(
    ("role", "url", "verdict"),
    [
        ("script", "http://cdn.test/a.js", ("fail", "active-mixed-content")),
        ("style", "http://cdn.test/a.css", ("fail", "active-mixed-content")),
        ("frame", "http://video.test/", ("fail", "active-mixed-content")),
        ("object", "http://cdn.test/a.swf", ("fail", "active-mixed-content")),
        ("manifest", "http://cdn.test/m.json", ("fail", "active-mixed-content")),
        ("css", "http://cdn.test/font.woff2", ("fail", "active-mixed-content")),
        ("literal", "ws://shop.test/live", ("fail", "active-mixed-content")),
        ("form", "http://shop.test/login", ("fail", "insecure-form")),
        ("image", "http://cdn.test/a.png", ("warn", "passive-mixed-content")),
        ("media", "HTTP://cdn.test/a.mp4", ("warn", "passive-mixed-content")),
        ("css", "http://cdn.test/bg.JPG?v=1", ("warn", "passive-mixed-content")),
        ("literal", "http://shop.test/api/items", ("warn", "passive-mixed-content")),
        ("literal", "http://cdn.test/widget.js", ("warn", "passive-mixed-content")),
        ("literal", "http://www.w3.org/2000/svg", ("pass", "")),
        ("literal", "http://example.org/about", ("pass", "")),
        ("link", "http://example.org/", ("pass", "")),
        ("refresh", "http://example.org/", ("pass", "")),
        ("script", "https://cdn.test/?from=http://x.test/", ("pass", "")),
    ],
)
def test_what_a_browser_does_with_a_reference_decides(role: str, url: str, verdict: tuple[str, str]) -> None:
    judgement = look(html((role, url)))
    assert said(judgement) == verdict
    if verdict[0] != "pass":
        assert url in judgement.summary


@pytest.mark.parametrize(
    "script",
    [
        'fetch("http://api.other.test/items")',
        "fetch ( 'http://api.other.test/items', {method: 'POST'})",
        'request.open("GET", "http://api.other.test/items")',
        "axios.get(`http://api.other.test/items`)",
        'axios.create({baseURL: "http://api.other.test/items"})',
        'new EventSource("http://api.other.test/items")',
    ],
)
def test_a_string_that_the_script_visibly_loads_is_active(script: str) -> None:
    page = html(("literal", "http://api.other.test/items"), text=f"<script>{script}</script>")
    assert said(look(page)) == ("fail", "active-mixed-content")


def test_the_worst_names_it_and_all_are_listed() -> None:
    page = html(("image", "http://a.test/1.png"), ("form", "http://a.test/2"), ("script", "http://a.test/3.js"))
    judgement = look(page)
    assert said(judgement) == ("fail", "active-mixed-content")
    assert [line.split()[0] for line in judgement.details] == ["script", "form", "image"]


def test_many_are_counted_and_hostile_text_is_made_visible() -> None:
    judgement = look(html(*(("image", f"http://a.test/\x1b[31m{number}.png") for number in range(90))))
    assert judgement.details[-1] == "and 60 more"
    assert not any("\x1b" in line for line in judgement.details)


def test_the_sites_own_style_sheets_are_read_one_level_deep() -> None:
    page = html(("style", SHEET), ("style", "https://fonts.other.test/b.css"), ("style", SHEET))
    bad = look(page, {HttpExchange("GET", SHEET): css("http://cdn.test/font.woff2")})
    assert said(bad) == ("fail", "active-mixed-content")
    assert SHEET in bad.summary
    assert said(look(page, {HttpExchange("GET", SHEET): css("https://cdn.test/font.woff2")})) == ("pass", "")


def test_a_style_sheet_that_is_redirected_to_http_is_active() -> None:
    moved = HttpResponse(301, location="http://cdn.shop.test/a.css")
    assert said(look(html(("style", SHEET)), {HttpExchange("GET", SHEET): moved})) == ("fail", "active-mixed-content")


def test_a_style_sheet_that_was_not_seen_is_unknown_unless_the_page_is_bad_already() -> None:
    silent: Answers = {HttpExchange("GET", SHEET): Failure("timeout", "no answer")}
    assert said(look(html(("style", SHEET)), silent)) == ("unknown", "timeout")
    bad = html(("style", SHEET), ("script", "http://cdn.test/a.js"))
    assert said(look(bad, silent)) == ("fail", "active-mixed-content")


def test_a_page_whose_browsers_upgrade_passes_with_a_note() -> None:
    policy = (("content-security-policy", "default-src 'self'; Upgrade-Insecure-Requests"),)
    judgement = look(html(("script", "http://cdn.test/a.js"), headers=policy))
    assert said(judgement) == ("pass", "upgraded")
    assert "http://cdn.test/a.js" in judgement.details[0]


def test_what_was_read_in_part_says_so() -> None:
    assert said(look(html(page=Page(cut=True)))) == ("pass", "partly-read")
    sheets = [("style", f"https://shop.test/{number}.css") for number in range(12)]
    answers: Answers = {HttpExchange("GET", url): css() for _, url in sheets}
    assert said(look(html(*sheets), answers)) == ("pass", "partly-read")


def test_the_final_page_of_a_redirect_is_judged() -> None:
    target = "https://shop.test/en/listings"
    moved = HttpResponse(302, location=target)
    judgement = look(moved, {HttpExchange("GET", target): html(("script", "http://cdn.test/a.js"))})
    assert said(judgement) == ("fail", "active-mixed-content")


@pytest.mark.parametrize("kind", ["application/json", "image/png", ""])
def test_what_is_no_page_is_not_applicable(kind: str) -> None:
    assert look(HttpResponse(200, (("content-type", kind),), text="{}")).verdict is Verdict.NOT_APPLICABLE


def test_a_page_over_http_is_not_applicable() -> None:
    target = "http://shop.test/listings"
    moved = HttpResponse(302, location=target)
    assert look(moved, {HttpExchange("GET", target): html()}).verdict is Verdict.NOT_APPLICABLE


def test_what_was_not_seen_is_unknown() -> None:
    assert said(look(Failure("bot-wall", "a challenge"))) == ("unknown", "bot-wall")
    assert said(look(html(status=503))) == ("unknown", "page-not-served")
    assert said(look(HttpResponse(302, location=URL))) == ("unknown", "redirect-loop")
