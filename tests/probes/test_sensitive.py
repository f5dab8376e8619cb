"""Which fields give something away: by name, by value, and what only looks like it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launchready_tui.model.questions.payload import USUAL_WORDS
from launchready_tui.probes.jsonreading import Reading
from launchready_tui.probes.sensitive import term_in, words_of

BCRYPT = "$2b$12$" + "abcdefghijklmnopqrstuv" + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcde"
ARGON = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaQ"


def jwt(**claims: Any) -> str:
    """A signed token that nobody signed."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{text}.{'s' * 43}"


def found(document: Any, *, own: tuple[str, ...] = ("acme.test",), decimals: int = 2) -> list[tuple[str, str, bool]]:
    """Path, danger and certainty of everything that a document gives away."""
    reading = Reading(USUAL_WORDS, own, decimals)
    text = document if isinstance(document, str) else json.dumps(document)
    assert reading.take(text, len(text)), reading.unreadable
    return [(item.path, item.danger, item.certain) for item in reading.exposures]


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("password", "password"), ("passwordHash", "password"), ("PASSWORD_HASH", "password"), ("user-email", "email"),
        ("sellerEmail", "email"), ("isAdmin", "is_admin"), ("is_admin", "is_admin"),
        ("stripeCustomerId", "stripe_customer"),
        ("deletedAt", "deleted_at"), ("latitude", "lat"), ("lon", "lng"), ("mobile", "phone"), ("SSN", "ssn"),
        ("latest_price", ""), ("template", ""), ("hashtag", ""), ("platform", ""), ("emails", ""), ("roles", ""),
        ("parole", ""), ("deleted", ""), ("at", ""), ("saltiness", ""), ("", ""), ("ЯЯ", ""),
    ],
)  # fmt: skip
def test_whole_words_of_names(name: str, term: str) -> None:
    assert term_in(name, USUAL_WORDS) == term


def test_words() -> None:
    assert words_of("passwordHTMLHash2") == ("password", "html", "hash", "2")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        # What opens something.
        ({"password_hash": BCRYPT}, ("password_hash", "secret", True)),
        ({"pw": ARGON}, ("pw", "secret", True)),
        ({"anything": BCRYPT}, ("anything", "secret", True)),
        ({"users": [{"password": "hunter2!x"}]}, ("users[].password", "secret", True)),
        ({"apiToken": "k9f83hf98h3f"}, ("apiToken", "secret", True)),
        ({"session": jwt(sub=1)}, ("session", "secret", True)),
        ({"key": "sk_live_" + "a1b2c3d4e5f6"}, ("key", "secret", True)),
        ({"salt": "9f8e7d6c5b4a"}, ("salt", "secret", True)),
        ({"passwordHash": "5f4dcc3b5aa765d61d8327deb882cf99"}, ("passwordHash", "secret", True)),
        # A bare hash may be a file's, a word that is no label may be a password.
        ({"hash": "5f4dcc3b5aa765d61d8327deb882cf99"}, ("hash", "secret", False)),
        ({"password": "sesame"}, ("password", "secret", False)),
        # What belongs to a person.
        ({"seller": {"email": "anna@gmail.com"}}, ("seller.email", "personal", True)),
        ({"about": "write to anna.b@posteo.de please"}, ("about", "personal", True)),
        ({"contact": "anna@acme.test"}, ("contact", "personal", True)),
        ({"phone": "06 12 34 56 78"}, ("phone", "personal", True)),
        ({"phone": 612345678}, ("phone", "personal", True)),
        ({"call": "+33 6 12 34 56 78"}, ("call", "personal", True)),
        ({"iban": "DE89 3704 0044 0532 0130 00"}, ("iban", "personal", True)),
        ({"account": "GB82WEST12345698765432"}, ("account", "personal", True)),
        ({"ssn": "078-05-1120"}, ("ssn", "personal", True)),
        ({"note": "4111 1111 1111 1111"}, ("note", "personal", True)),
        ({"card_number": "4111111111111111"}, ("card_number", "personal", True)),
        ({"address": "12 rue de Rivoli, Paris"}, ("address", "personal", True)),
        ({"address": {"street": "Rivoli 12", "city": "Paris"}}, ("address.street", "personal", True)),
        ({"stripe_customer": "cus_NffrFeUfNV2Hib"}, ("stripe_customer", "personal", True)),
        ({"anna@gmail.com": {"age": 3}}, ("the document", "personal", True)),
        # Where somebody lives.
        ({"items": [{"lat": 48.85661}]}, ("items[].lat", "location", True)),
        ({"items": [{"longitude": "2.35222"}]}, ("items[].longitude", "location", True)),
        ({"geometry": {"coordinates": [2.3522, 48.8566]}}, ("geometry.coordinates", "location", True)),
        ({"map": {"center": {"lat": 48.8566}}}, ("map.center.lat", "location", False)),
        # What is for staff.
        ({"is_admin": False}, ("is_admin", "internal", True)),
        ({"user": {"role": "seller"}}, ("user.role", "internal", True)),
        ({"deletedAt": None}, ("deletedAt", "internal", True)),
        ({"internal_notes": "call back"}, ("internal_notes", "internal", True)),
    ],
)  # fmt: skip
def test_given_away(document: Any, expected: tuple[str, str, bool]) -> None:
    assert expected in found(document)


@pytest.mark.parametrize(
    "document",
    [
        {"login": {"password": "Password", "forgot_password": "Forgot your password?", "email": "E-mail"}},
        {"has_password": True, "password": None, "password_reset_url": "https://acme.test/reset"},
        {"token_type": "Bearer", "next_page_token": "Q2FuIHlvdSByZWFk", "csrfToken": "d41d8cd98f00b204"},
        {"imageHash": "LEHV6nWB2yk8pyo0adR*", "content_hash": "5f4dcc3b5aa765d61d8327deb882cf99"},
        {"client_secret": "pi_3MtwBwLkdIwHu7ix_secret_YrKJUKribcBjcG8HVhfZluoGH"},
        {"password": "********", "token": "[redacted]", "secret": ""},
        {"email": "support@acme.test", "reply": "noreply@mail.acme.test", "placeholder": "you@example.com"},
        {"logo": "/img/logo@2x.png", "icon": "logo@3x.webp", "package": "react@18.2.0"},
        {"dsn": "https://abcdef0123456789@o1.ingest.sentry.io/42"},
        {"email_verified": True, "emailCount": 3, "phone": None},
        {"id": 4111111111111111, "order": "4539578763621486"},
        {"lat": 48.85, "lng": 2.3, "latency": 12.3456, "flat": 1.23456},
        {"lat": "48.8500", "long": 12.34567},
        {"coordinates": [1, 2], "position": 3},
        {"role": "button", "type": "internalLink", "aria": {"role": "navigation"}},
        {"ip": "1.2.3.4", "price": "12.345", "version": "10.20.30", "date": "2026-11-24"},
        {"address": "Paris", "web_address": "https://acme.test/x1", "macAddress": "00:1B:44:11:3A:B7"},
        {"anonKey": jwt(role="anon", iss="supabase")},
        {"publishable": "pk_live_" + "x" * 24},
        {"iban": None, "account": "GB82WEST12345698765433"},
    ],
)
def test_nothing_given_away(document: Any) -> None:
    assert found(document) == []


def test_no_value_is_kept() -> None:
    document = {
        "seller": {"email": "anna@gmail.com", "password": "hunter2!x"},
        "anna@gmail.com": {"a": 1},
        "k": jwt(a=1),
    }
    reading = Reading(USUAL_WORDS)
    reading.take(json.dumps(document), 1)
    kept = repr((reading.keys, reading.exposures, reading.lists, reading.unreadable))
    assert not any(value in kept for value in ("anna", "gmail", "hunter", "eyJ"))


def test_structured_data_counts_for_secrets_alone() -> None:
    reading = Reading(USUAL_WORDS)
    reading.take(json.dumps({"telephone": "+33 6 12 34 56 78", "x": BCRYPT}), 1, only=frozenset({"secret"}))
    assert [item.danger for item in reading.exposures] == ["secret"]


def test_an_operators_own_word_is_personal() -> None:
    reading = Reading(("tax_number",))
    reading.take('{"taxNumber": "12345678901"}', 1)
    assert [(item.path, item.danger) for item in reading.exposures] == [("taxNumber", "personal")]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=40,
)


@given(JSON)
@settings(max_examples=60)
def test_any_document_can_be_read(document: Any) -> None:
    reading = Reading(USUAL_WORDS)
    assert reading.take(json.dumps(document), 1)
    assert all(len(key.path) <= 200 and key.count > 0 for key in reading.keys)
