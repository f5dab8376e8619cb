"""Calls to third parties in lines of an application's log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from launchready_tui.load.server.calls import MOST_NAMES, OTHERS, Call, CallReader, Counting
from launchready_tui.model.performance import Dependency

READER = CallReader((Dependency("stripe", "api.stripe.com"), Dependency("mailer", "smtp.postmark.test")))
STRIPE = "api.stripe.com"


def read(**fields: Any) -> Call | None:
    return READER.read(json.dumps(fields).encode())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dependency": "stripe", "status": 200}, Call(STRIPE)),
        ({"dependency": "STRIPE", "status": "429"}, Call(STRIPE, throttled=True)),
        ({"dependency": "unknown.test", "status": 503}, Call("unknown.test", error=True)),
        ({"host": "api.stripe.com", "status": 502}, Call(STRIPE, error=True)),
        ({"host": "api.stripe.com:443", "status_code": 200}, Call(STRIPE)),
        ({"server.address": "eu.api.stripe.com", "http.response.status_code": 429}, Call(STRIPE, throttled=True)),
        ({"http": {"host": "api.stripe.com", "status_code": 500}}, Call(STRIPE, error=True)),
        ({"url": "https://api.stripe.com/v1/charges?key=1", "status": 200}, Call(STRIPE)),
        ({"dependency": "stripe", "error": "Read timed out"}, Call(STRIPE, timeout=True)),
        ({"dependency": "stripe", "error": {"message": "connect ETIMEDOUT 1.2.3.4"}}, Call(STRIPE, timeout=True)),
        ({"dependency": "stripe", "timeout": True, "status": 200}, Call(STRIPE, timeout=True)),
        ({"dependency": "stripe", "error": "ECONNREFUSED"}, Call(STRIPE, error=True)),
        ({"dependency": "stripe", "error": None, "status": 404}, Call(STRIPE)),
        ({"dependency": "stripe", "outcome": "success"}, Call(STRIPE)),
        (
            {"host": "www.acme.test", "status": 500, "peer": "smtp.postmark.test"},
            Call("smtp.postmark.test", error=True),
        ),
        # A request to the product itself is no call of it, whatever went wrong.
        ({"host": "www.acme.test", "status": 500, "msg": "stripe webhook"}, None),
        ({"host": "notapi.stripe.com.evil.test", "status": 500, "msg": "stripe"}, None),
        ({"url": "https://[api.stripe.com", "status": 500}, None),
        ({"status": 200}, None),
    ],
)
def test_lines(fields: dict[str, Any], expected: Call | None) -> None:
    assert read(**fields) == expected


@pytest.mark.parametrize(
    "raw",
    [b'{"dependency": ', b'["dependency"]', b"dependency", b'{"dependency":' + b"[" * 90_000],
    ids=["cut", "a list", "no JSON", "nested"],
)
def test_a_line_that_is_no_object_is_told(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json has its own words
        READER.read(raw)


def test_names_are_bounded_and_shown_safely() -> None:
    counting = Counting()
    for number in range(MOST_NAMES + 30):
        counting.add(Call(f"host{number}.test", throttled=True))
    assert len(counting.counts) == MOST_NAMES + 1
    assert counting.counts[OTHERS].throttled == 30
    found = read(dependency="\x1b]52;c;evil\x07" + "x" * 5_000)
    assert found is not None
    assert "\x1b" not in found.name
    assert len(found.name) < 200
