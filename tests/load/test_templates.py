"""Placeholders and extractors, with hostile text."""

from __future__ import annotations

import json

import pytest

from launchready_tui.load.templates import MOST_VALUES, extract, fill, fill_path, names

VALUES = {"word": "a b&c/d", "n": "7", "account.username": "ada@acme.test", "evil": "../../x?y=1#z\r\nHost: h"}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("/search?q={word}", "/search?q=a%20b%26c%2Fd"),
        ("/u/{account.username}/{n}", "/u/ada%40acme.test/7"),
        ("/plain", "/plain"),
        ("/{evil}", "/..%2F..%2Fx%3Fy%3D1%23z%0D%0AHost%3A%20h"),
        ("/{Not}/{}/{n", "/{Not}/{}/{n"),
    ],
)
def test_a_value_cannot_change_the_shape_of_a_path(template: str, filled: str) -> None:
    assert fill_path(template, VALUES.__getitem__) == filled


def test_bodies_are_filled_as_they_are() -> None:
    assert fill('{"q": "{word}", "n": {n}}', VALUES.__getitem__) == '{"q": "a b&c/d", "n": 7}'
    assert names("{a}-{b.c}-{B}") == {"a", "b.c"}
    with pytest.raises(KeyError):
        fill("{missing}", VALUES.__getitem__)


def test_a_pattern_finds_every_value_once_in_order() -> None:
    page = '<a href="/l/one"><a href="/l/two"><a href="/l/one"><a href="/l/">'
    assert extract('href="/l/([a-z]*)"', page) == ["one", "two"]
    assert extract("nothing(.)", page) == []


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("items.*.id", ["1", "b"]),
        ("items.0.id", ["1"]),
        ("items.9.id", []),
        ("total", ["2.5"]),
        ("flag", ["true"]),
        ("items", []),
        ("nothing.at.all", []),
        ("map.*", ["x", "y"]),
    ],
)
def test_a_json_path_picks_values(path: str, found: list[str]) -> None:
    text = json.dumps({"items": [{"id": 1}, {"id": "b"}, {}], "total": 2.5, "flag": True, "map": {"p": "x", "q": "y"}})
    assert extract(f"json:{path}", text) == found


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00\ud800", '{"a":' * 5_000, "null"])
def test_no_body_is_too_bad_to_look_at(text: str) -> None:
    assert extract("json:a.*.b", text) == []
    assert extract("a=(.)", text) == []


def test_a_hostile_body_gives_bounded_values() -> None:
    assert len(extract("(x[0-9]+)", " ".join(f"x{n}" for n in range(5_000)))) == MOST_VALUES
    assert extract("(x+)", "x" * 100_000) == []
    assert len(extract("json:*", json.dumps([str(n) for n in range(5_000)]))) == MOST_VALUES
