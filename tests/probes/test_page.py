"""What is read of pages, also of nasty ones."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.model.questions import Page
from launchready_tui.probes.htmltokens import tags
from launchready_tui.probes.page import MAX_REFERENCES, read_page

URL = "https://www.acme.test/shop/list?page=2"
SIZE = 1024 * 1024
"""Quadratic time would already be minutes here."""


def read(html: str, media_type: str = "text/html") -> Page:
    return read_page(URL, media_type, html)


def references(html: str, media_type: str = "text/html") -> list[tuple[str, str]]:
    return [(reference.role, reference.url) for reference in read(html, media_type).references]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/x?a=1&amp;b=2#top">', [("link", "https://www.acme.test/x?a=1&b=2")]),
        ("<A HREF=item>", [("link", "https://www.acme.test/shop/item")]),
        ("<a href='//cdn.acme.test/x'>", [("link", "https://cdn.acme.test/x")]),
        ('<form action="http://acme.test/pay">', [("form", "http://acme.test/pay")]),
        ('<script src="a.js"></script>', [("script", "https://www.acme.test/shop/a.js")]),
        ('<link rel="StyleSheet" href="/a.css">', [("style", "https://www.acme.test/a.css")]),
        ('<link rel="canonical" href="https://staging.acme.test/">', [("canonical", "https://staging.acme.test/")]),
        ('<link rel="shortcut icon" href="/i.ico">', [("image", "https://www.acme.test/i.ico")]),
        ('<link rel="manifest" href="/m.json">', [("manifest", "https://www.acme.test/m.json")]),
        ('<link rel=preload as=font href="/f.woff2">', [("preload", "https://www.acme.test/f.woff2")]),
        ('<iframe src="/f">', [("frame", "https://www.acme.test/f")]),
        ('<object data="/o"></object><embed src="/e">', [("object", URL[:21] + "/o"), ("object", URL[:21] + "/e")]),
        ('<video src="/v" poster="/p">', [("media", URL[:21] + "/v"), ("image", URL[:21] + "/p")]),
        (
            '<img src="/1.png" srcset="/1.png 1x, /w_300,h_2/2.png 2x,/3.png 3x">',
            [("image", URL[:21] + path) for path in ("/1.png", "/w_300,h_2/2.png", "/3.png")],
        ),
        ('<meta property="og:url" content="http://acme.test/">', [("meta", "http://acme.test/")]),
        ('<meta name=twitter:image content="/t.png">', [("meta", URL[:21] + "/t.png")]),
        ('<meta http-equiv="Refresh" content="0; URL=\'/next\'">', [("refresh", URL[:21] + "/next")]),
        ('<p style="background: url(&quot;/b.png&quot;)">', [("css", URL[:21] + "/b.png")]),
        (
            "<style>@import '/a.css'; b{c:url( d.png )}</style>",
            [("css", URL[:21] + "/a.css"), ("css", URL[:21] + "/shop/d.png")],
        ),
        ("<script>fetch('http://api.acme.test/v1')</script>", [("literal", "http://api.acme.test/v1")]),
        (r'<script>{"u":"https:\/\/dev.acme.test\/a"}</script>', [("literal", "https://dev.acme.test/a")]),
        ("<script>new WebSocket(`ws://acme.test/s`)</script>", [("literal", "ws://acme.test/s")]),
        ("<button onclick=\"go('//pay.acme.test/x')\">", [("literal", "https://pay.acme.test/x")]),
        ("<base href='/root/'><base href='/other/'><a href=x>", [("link", URL[:21] + "/root/x")]),
    ],
)
def test_roles(html: str, expected: list[tuple[str, str]]) -> None:
    assert references(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<a href='mailto:a@acme.test'><a href='javascript:x()'><a href='tel:1'><img src='data:image/png;base64,AA'>",
        "<a href='http://[::1'><a href='  '><form>",
        "<!-- <a href='/x'> --><textarea><a href='/x'></textarea><title><a href=/x></title>",
        "<script>var svg='http://www.w3.org/2000/svg', c='//', d='// a comment', e=\"http://${host}/x\"</script>",
        '<script type="application/ld+json">{"@context":"https://schema.org","u":"http://acme.test/"}</script>',
        "<!-- never closed <a href=/x>",
        "<a href='never closed",
        "<link rel=dns-prefetch href=//x.test><link href=/y>",
        "1 < 2 <> </a href=/x> <? <a",
    ],
)
def test_what_is_no_reference(html: str) -> None:
    assert references(html) == []


def test_other_facts() -> None:
    page = read(
        "<title>A &amp; B\n</title><title>second</title><meta name=ROBOTS content='NoIndex, nofollow'>"
        "<input type=PASSWORD><script>Stripe('pk_live_abcdefgh9999');Stripe('pk_live_abcdefgh9999')</script>"
    )
    assert (page.title, page.robots, page.password_field) == ("A & B", "noindex, nofollow", True)
    assert page.payment_keys == ("pk_live_…9999",)
    assert not page.cut


def test_style_sheets_and_scripts() -> None:
    assert references("a{b:url('/c')} @import \"d.css\"", "text/css") == [
        ("css", "https://www.acme.test/c"),
        ("css", "https://www.acme.test/shop/d.css"),
    ]
    assert references("x='https://api.acme.test/'", "application/javascript") == [("literal", "https://api.acme.test/")]
    assert references("x='https://api.acme.test/'", "application/json") == []
    assert references(" <a href=/x>", "") == [("link", "https://www.acme.test/x")]


def test_duplicates_count_once_and_references_are_bounded() -> None:
    assert len(read("<a href=/x>" * 1000).references) == 1
    many = read("".join(f"<a href=/{number}>" for number in range(3000)))
    assert (len(many.references), many.cut) == (MAX_REFERENCES, True)


@given(st.text(st.sampled_from("<>/!-='\" &;#x9ascriptyle\n"), max_size=300))
def test_any_soup_is_read(soup: str) -> None:
    assert isinstance(read(soup), Page)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "img", "div"]), st.text("xyz'&;\n", max_size=9)), max_size=20))
def test_tags_are_those_of_the_standard_library(elements: list[tuple[str, str]]) -> None:
    class Oracle(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name: value or "" for name, value in attrs}))

    found: list[tuple[str, dict[str, str]]] = []
    html = "".join(f'text <{name} title="{escape(value)}" hidden> more </{name}>' for name, value in elements)
    Oracle().feed(html)
    assert [(tag.name, dict(tag.attributes)) for tag in tags(html)] == found


def test_of_repeated_attributes_the_first_counts() -> None:
    (tag,) = tags("<a href=1 HREF=2 x = 'y>z' / w>")
    assert dict(tag.attributes) == {"href": "1", "x": "y>z", "w": ""}


@pytest.mark.parametrize(
    "unit",
    [
        "<!--",
        "<!",
        "<a ",
        "<a b='",
        "<a href=x>",
        "<b>",
        "</",
        "</script",
        "<script>",
        "<style>url(",
        "<title>",
        "&#x",
        '<p style="url(\'">',
        "<img srcset='" + "a,, " * 500 + "'>",
        "<a" + " " * 5000 + "=",
        "<script>'//",
        "<a href='&#" + "9" * 5000 + ";'>",
        "pk_test_",
        "<x " + "y " * 2000,
        "<a href=javascript:%d>",
    ],
    ids=range(20),
)
def test_hostile_pages_are_read_to_their_end(unit: str) -> None:
    html = unit * (SIZE // len(unit))
    assert isinstance(read(html), Page)


@pytest.mark.parametrize("unit", ["url(", 'url("', "@import ", "url(" + " " * 100, "'//", '"https://', "`ws://a.b"])
@pytest.mark.parametrize("media_type", ["text/css", "text/javascript"])
def test_hostile_style_sheets_and_scripts_are_read_to_their_end(unit: str, media_type: str) -> None:
    assert isinstance(read(unit * (SIZE // len(unit)), media_type), Page)
