"""Secrets out, everything else as it was; bot walls recognised."""

from __future__ import annotations

import pytest

from launchready_tui.model.questions import Cookie
from launchready_tui.probes.redaction import MARK, read_cookie, redact_header, redact_text, redact_url
from launchready_tui.probes.walls import wall


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://acme.test/a?code=x&b=1", f"https://acme.test/a?code={MARK}&b=1"),
        (
            "https://acme.test/?X-Amz-Signature=abc&api_key=k",
            f"https://acme.test/?X-Amz-Signature={MARK}&api_key={MARK}",
        ),
        ("https://u:p@acme.test/", f"https://{MARK}@acme.test/"),
        ("//u@acme.test/", f"//{MARK}@acme.test/"),
        ("/in;jsessionid=AB12?x=1", f"/in;jsessionid={MARK}?x=1"),
        ("https://acme.test/#access_token=t", f"https://acme.test/#access_token={MARK}"),
        ("wss://acme.test/?sessionId=1", f"wss://acme.test/?sessionId={MARK}"),
    ],
)
def test_urls_lose_their_secrets(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.test/pricing?utm_source=x&a=1#top",
        "https://acme.test/?design=2&keyword=x&keyboard=y",
        "https://acme.test/?token=&a=@b",
        "https://acme.test/@user?x=%20%zz",
        "/a/b;c=d",
    ],
)
def test_urls_without_secrets_stay_as_they_are(url: str) -> None:
    assert redact_url(url) == url


@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-nature",
        "xoxb-123456789012-abcdef",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE cut off",
        "password = 'hunter2hunter2'",
        '"api_key": "0123456789abcdef"',
        "DB_PASSWORD=correcthorse",
        "postgres://app:secretpw@db.acme.test/x",
    ],
)
def test_text_loses_secrets(secret: str) -> None:
    shown = redact_text(f"before {secret}")
    assert MARK in shown
    assert shown.startswith("before ")
    for part in ("4eC39", "IOSFODNN", "eyJz", "abcdef", "MIIE", "hunter2", "0123456789", "correcthorse", "secretpw"):
        assert part not in shown


def test_ordinary_text_stays() -> None:
    text = "Reset your password: click here. See https://acme.test/a?b=1, or mail me@acme.test."
    assert redact_text(text) == text


def test_headers() -> None:
    assert redact_header("authorization", "Bearer x") == MARK
    assert redact_header("set-cookie", "sid=abc; Path=/") == f"sid={MARK}; Path=/"
    assert redact_header("x-csrf-token", "abc") == MARK
    assert redact_header("server", "nginx") == "nginx"
    assert redact_header("refresh", "0; url=/a?token=t") == f"0; url=/a?token={MARK}"


def test_cookies() -> None:
    cookie = read_cookie("__Host-sid = v=1 ; Path=/; Secure; SameSite=Lax;; Max-Age=9")
    assert cookie == Cookie("__Host-sid", ("path=/", "secure", "samesite=Lax", "max-age=9"))


@pytest.mark.parametrize(
    ("status", "headers", "text", "name"),
    [
        (200, [("cf-mitigated", "challenge")], "", "Cloudflare"),
        (403, [], "<title>Just a moment...</title>", "Cloudflare"),
        (503, [], "<script src='/cdn-cgi/challenge-platform/x'>", "Cloudflare"),
        (403, [], "<title>Attention Required! | Cloudflare</title>", "Cloudflare"),
        (403, [], "Access Denied\nYou don't have permission. Reference&#32;&#35;18.abc", "Akamai"),
        (403, [], "<script src='/_Incapsula_Resource?x'>", "Imperva"),
        (200, [], '<iframe id="main-iframe" src="/_Incapsula_Resource?x">', "Imperva"),
        (429, [("x-vercel-mitigated", "challenge")], "", "Vercel"),
        (405, [("x-amzn-waf-action", "captcha")], "", "AWS WAF"),
        (200, [], "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'>", ""),
        (200, [], "Just a moment... loading", ""),
        (403, [], "Access Denied", ""),
        (404, [], "<title>Just a moment...</title>", ""),
        (403, [], "&#" + "9" * 5000 + ";", ""),
    ],
)
def test_bot_walls(status: int, headers: list[tuple[str, str]], text: str, name: str) -> None:
    assert wall(status, headers, text) == name
