"""Whose name it is: spellings of one person, and words that name nobody."""

from __future__ import annotations

import pytest

from launchready_tui.engine.people import names_somebody, same

BEN = (
    " ben ",
    "BEN",
    "Ben.",
    "B en",
    "Ben (consultant)",
    "Ben\u200b",
    "\u0412en",
    "Be\u0301n",
    "Ben <ben@acme.test>",
    "Ben, CTO",
)


@pytest.mark.parametrize("other", BEN)
def test_one_person_in_two_spellings(other: str) -> None:
    assert same("Ben", other)


@pytest.mark.parametrize("other", ["Bea", "Ben Adams", "Benjamin", "", "-", "Ben2"])
def test_two_people(other: str) -> None:
    assert not same("Ben", other)


def test_nobody_is_nobody() -> None:
    assert not same("", "")
    assert not same("-", "?")


@pytest.mark.parametrize("name", ["Ana", "Jo", "\u674e", "Maya Lindqvist", "\u05de\u05d0\u05d9\u05d4", "O'Brien"])
def test_names(name: str) -> None:
    assert names_somebody(name)


@pytest.mark.parametrize("name", ["", " ", "-", "?", "X", "n/a", "Nobody", "no one", "me", "42", "Founder.", "\u200b"])
def test_words_that_name_nobody(name: str) -> None:
    assert not names_somebody(name)
