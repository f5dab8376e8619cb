"""What headers say about caches: policies, states, variants, entity tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.model.cacheheaders import (
    cache_state,
    policy,
    shared_invitation,
    strong_etag,
    varies_by,
)

Pairs = tuple[tuple[str, str], ...]


def cc(value: str) -> Pairs:
    return (("cache-control", value),)


@pytest.mark.parametrize(
    ("value", "max_age", "shared"),
    [
        ("public, max-age=31536000, immutable", 31_536_000, True),
        ("max-age=60", 60, False),
        ('max-age="60"', 60, False),
        ("Max-Age = 60", 60, False),
        ("max-age=60, max-age=5", 60, False),
        ("s-maxage=300", None, True),
        ("s-maxage=0, public", None, True),
        ("private, max-age=60", 60, False),
        ("private, s-maxage=60", None, False),
        ("no-store, public", None, False),
        ("max-age=-1", None, False),
        ("max-age=", None, False),
        ("max-age=99999999999999999999", 2**31, False),
        ("", None, False),
        (",,;;=\x00", None, False),
    ],
)
def test_policies(value: str, max_age: int | None, shared: bool) -> None:
    found = policy(cc(value))
    assert (found.max_age, found.shared) == (max_age, shared)


@pytest.mark.parametrize(
    ("value", "keeps_out"),
    [
        ("no-store", True),
        ("private", True),
        ("no-cache", True),
        ("s-maxage=0", True),
        ("max-age=0", False),
        ("public", False),
        ("", False),
    ],
)
def test_who_has_to_stay_out(value: str, keeps_out: bool) -> None:
    assert policy(cc(value)).keeps_out is keeps_out


def test_a_policy_of_several_headers_is_one() -> None:
    found = policy((*cc("private"), *cc("no-store"), ("x", "public")))
    assert found.private
    assert found.no_store


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (cc("public, max-age=5"), "Cache-Control: public, max-age=5"),
        ((*cc("no-store"), ("cdn-cache-control", "max-age=60")), "cdn-cache-control: max-age=60"),
        ((("surrogate-control", "max-age=60"),), "surrogate-control: max-age=60"),
        ((("surrogate-control", "no-store, max-age=60"),), ""),
        (cc("private"), ""),
        ((), ""),
    ],
)
def test_invitations(headers: Pairs, said: str) -> None:
    assert shared_invitation(headers) == said


@pytest.mark.parametrize(
    ("headers", "state"),
    [
        ((("cf-cache-status", "HIT"),), "hit"),
        ((("cf-cache-status", "STALE"),), "hit"),
        ((("cf-cache-status", "REVALIDATED"),), "hit"),
        ((("cf-cache-status", "MISS"),), "miss"),
        ((("cf-cache-status", "EXPIRED"),), "miss"),
        ((("cf-cache-status", "DYNAMIC"),), "dynamic"),
        ((("cf-cache-status", "BYPASS"),), "bypass"),
        ((("x-cache", "Hit from cloudfront"),), "hit"),
        ((("x-cache", "RefreshHit from cloudfront"),), "hit"),
        ((("x-cache", "Miss from cloudfront"),), "miss"),
        ((("x-cache", "MISS, HIT"),), "hit"),
        ((("x-cache", "MISS, MISS"),), "miss"),
        ((("x-cache", "TCP_MEM_HIT from a1"),), "hit"),
        ((("x-cache", "TCP_MISS from a1"),), "miss"),
        ((("x-cache", "CONFIG_NOCACHE"),), "bypass"),
        ((("x-cache", "PRIVATE_NOSTORE"),), "bypass"),
        ((("x-vercel-cache", "PRERENDER"),), "hit"),
        ((("x-nextjs-cache", "HIT"),), "hit"),
        ((("x-cache", "whatever"),), ""),
        ((("age", "12"),), "hit"),
        ((("age", "0"),), ""),
        ((("age", "-3"),), ""),
        ((("server-timing", "cdn-cache; desc=HIT, edge; dur=1"),), "hit"),
        ((("cache-status", "Origin; hit, Edge; fwd=miss; stored"),), "hit"),
        ((("cache-status", "Edge; fwd=uri-miss; stored"),), "miss"),
        ((("cache-status", "Edge; fwd=bypass"),), "bypass"),
        ((("cache-status", "Edge"),), ""),
        ((), ""),
        # The cache nearest to the visitor speaks for itself, whatever one behind it says.
        ((("cf-cache-status", "DYNAMIC"), ("x-cache", "HIT")), "dynamic"),
    ],
)
def test_states(headers: Pairs, state: str) -> None:
    assert cache_state(headers)[0] == state


def test_variants() -> None:
    headers = (("vary", "Accept-Encoding, Origin"), ("vary", "cookie"))
    assert varies_by(headers, "accept-encoding")
    assert varies_by(headers, "Cookie")
    assert not varies_by(headers, "accept-language")
    assert varies_by((("vary", "*"),), "accept-language")


@pytest.mark.parametrize(("value", "tag"), [('"a"', '"a"'), ('W/"a"', ""), ("", ""), ("a", "")])
def test_only_strong_tags(value: str, tag: str) -> None:
    assert strong_etag((("etag", value),)) == tag


@given(st.lists(st.tuples(st.sampled_from(["cache-control", "cache-status", "x-cache", "age", "vary"]), st.text())))
def test_hostile_headers_break_nothing(headers: list[tuple[str, str]]) -> None:
    cache_state(headers)
    shared_invitation(headers)
    assert policy(headers).max_age is None or policy(headers).max_age >= 0  # type: ignore[operator]
