"""Route templates, and what is put together where a path has too many children."""

from __future__ import annotations

import pytest

from launchready_tui.logs.collapse import MOST_CHILDREN, Weight, collapse
from launchready_tui.logs.templates import NOT_HTTP, Calls, route_of, template

UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "/"),
        ("", "/"),
        ("*", "*"),
        ("/search", "/search"),
        ("/listings/7", "/listings/:id"),
        ("/listings/7/photos/2", "/listings/:id/photos/:id"),
        (f"/u/{UUID}/profile", "/u/:id/profile"),
        ("/x/3f2a91bc", "/x/:id"),
        ("/x/3f2a91b", "/x/3f2a91b"),
        ("/x/DEADBEEF00", "/x/:id"),
        ("/x/FMuukC2JOJ5HKmLBujjE_BkDo", "/x/:id"),
        ("/x/eyJhbGciOiJIUzI1NiJ9", "/x/:id"),
        ("/x7Kp2mQ9", "/:id"),
        ("/a/jane@acme.test/b", "/a/:id/b"),
        ("/a/jane%40acme.test", "/a/:id"),
        ("/@jane/posts", "/:id/posts"),
        ("/2024-05-01", "/:id"),
        ("/ip/203.0.113.7", "/ip/:id"),
        ("/oak-table-with-drawers-38291", "/:id"),
        ("/users/jane", "/users/:id"),
        ("/users/jane/listings/oak-table/edit", "/users/:id/listings/:id/edit"),
        ("/products/oak-table.json", "/products/:id.json"),
        ("/reset/k3yX9", "/reset/:id"),
        ("/invite/AB12", "/invite/:id"),
        ("/users/login", "/users/login"),
        ("/users/sign_in", "/users/sign_in"),
        ("/listings/new", "/listings/new"),
        ("/api/v1/orders/search", "/api/v1/orders/search"),
        ("/assets/app.3f2a91bc.js", "/assets/app.:id.js"),
        ("/assets/main-BX1f3kQz.js", "/assets/main-:id.js"),
        ("/media/12345.jpg", "/media/:id.jpg"),
        ("/how-to-sell-your-bike", "/how-to-sell-your-bike"),
        ("/red-bike-2019-model", "/red-bike-2019-model"),
        ("/getUserProfileByName", "/getUserProfileByName"),
        ("/OAuth2callback", "/OAuth2callback"),
        ("/.env", "/.env"),
        ("/about/", "/about/"),
        ("https://www.acme.test:443/listings/7?x=1", "/listings/:id"),
        ("acme.test:25", "(authority)"),
        ("/ab" * 14, "/ab" * 12 + "/…"),
        ("/" + "a-" * 100, "/:id"),
    ],
)
def test_templates(path: str, expected: str) -> None:
    assert template(path.encode()) == expected


@pytest.mark.parametrize(
    "path",
    ["/a?token=s3cret", "/a;jsessionid=s3cret", "/a#s3cret", "/a%3Ftoken=s3cret", "/a%3fs3cret", "/a;x=1/b?s3cret"],
)
def test_what_may_hold_secrets_is_dropped(path: str) -> None:
    assert template(path.encode()) == "/a"


def test_methods() -> None:
    assert route_of(b"GET /listings/7") == ("GET", "/listings/:id")
    assert route_of(b"PROPFIND /dav") == ("PROPFIND", "/dav")
    assert route_of(b"XYZZY /dav") == ("OTHER", "/dav"), "inventions of scanners are one"
    assert route_of(rb"- \x16\x03\x01") == ("-", NOT_HTTP)
    assert route_of("GET /caf\u00e9/\udcff".encode("utf-8", "surrogateescape"))[1] == "/café/\ufffd"


def test_a_call_is_numbered_as_its_template_says() -> None:
    names: list[tuple[str, str]] = []

    def number_of(call: bytes) -> int:
        route = route_of(call)
        if route not in names:
            names.append(route)
        return names.index(route)

    calls = Calls(number_of)
    paths = [
        *(f"/listings/{number}" for number in range(300)), *(f"/u/{UUID[:-1]}{digit:x}/profile" for digit in range(16)),
        *(f"/assets/app.3f2a91b{digit:x}.js" for digit in range(16)), "/users/jane", "/users/john", "/7", "/api/v1/7/x",
    ]  # fmt: skip
    for path in paths * 2:
        text = f"GET {path}"
        assert names[calls[text.encode()]] == ("GET", template(path.encode())), path
        assert calls[text] == calls[text.encode()], "text and bytes are one call"
    assert len(names) == 6


def test_a_path_with_few_children_keeps_them() -> None:
    routes = {("GET", f"/page-{number}"): Weight(1, 1) for number in range(MOST_CHILDREN)}
    assert all(name == route for route, name in collapse(routes).items())


def test_paths_that_nothing_answers_are_put_together_and_the_others_stay() -> None:
    routes = {("GET", f"/wp-{number}.php"): Weight(3, 0) for number in range(5_000)}
    routes |= {("GET", "/checkout"): Weight(1, 1), ("POST", "/cart"): Weight(2, 2), ("GET", "/"): Weight(900, 900)}
    names = collapse(routes)
    assert names["GET", "/checkout"] == ("GET", "/checkout")
    assert names["POST", "/cart"] == ("POST", "/cart")
    assert names["GET", "/"] == ("GET", "/")
    assert set(names.values()) - {("GET", "/checkout"), ("POST", "/cart"), ("GET", "/")} == {("GET", "/*")}


def test_many_names_that_are_answered_are_one_object_each_but_for_the_busy_ones() -> None:
    routes = {("GET", f"/name{letters}/posts"): Weight(2, 2) for letters in range(500)}
    routes |= {("GET", "/search"): Weight(4_000, 4_000), ("GET", "/about"): Weight(5, 5)}
    names = collapse(routes)
    assert names["GET", "/name7/posts"] == ("GET", "/:id/posts")
    assert names["GET", "/search"] == ("GET", "/search")
    assert names["GET", "/about"] == ("GET", "/:id"), "below one percent, among five hundred"


def test_deeper_paths_are_put_together_as_well() -> None:
    routes = {("GET", f"/shop/{number}x/reviews"): Weight(1, 1) for number in range(MOST_CHILDREN + 1)}
    routes["GET", "*"] = Weight(1, 1)
    names = collapse(routes)
    assert set(names.values()) == {("GET", "/shop/:id/reviews"), ("GET", "*")}
