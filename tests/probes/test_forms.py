"""Forms are read and filled in as browsers do; answers are compared without their noise."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from launchready_tui.probes import brakes
from launchready_tui.probes.forms import chosen, filled, read_forms

PAGE = """
<form action="/search"><input name="q"></form>
<form method="post" action="session"><input type="hidden" name="csrf" value="abc">
<input name="user[email]" type="email"><input name="user[password]" type="password">
<input type="checkbox" name="remember" value="1"><button name="go">Go</button></form>
<form method=POST action="/forgot"><input name=email></form>
<form method=POST action="/join"><input name=invite_code></form>
"""


def test_the_right_form_is_chosen_and_filled() -> None:
    forms = read_forms("https://app.acme.test/login", PAGE)
    login = chosen(forms, "login")
    assert login is not None
    sending = filled(login, user="a@b.test", password="x y")
    assert (sending.method, sending.url) == ("POST", "https://app.acme.test/session")
    assert parse_qs(sending.body) == {"csrf": ["abc"], "user[email]": ["a@b.test"], "user[password]": ["x y"]}
    reset, invite = chosen(forms, "reset"), chosen(forms, "invite")
    assert reset is not None
    assert invite is not None
    assert reset.action.endswith("/forgot")
    assert parse_qs(filled(invite, user="", password="", token="t").body) == {"invite_code": ["t"]}
    assert chosen(forms, "webhook") is None


@pytest.mark.parametrize(
    "html", ["", "<form", "<form method=post action='http://[bad'><input type=password name=p>", "<input name=x>" * 9]
)
def test_strange_pages_have_no_form_that_hurts(html: str) -> None:
    forms = read_forms("https://app.acme.test/login", html)
    assert all(form.action for form in forms)


def test_forms_and_fields_are_bounded() -> None:
    html = "<form method=post>" + "<input name=a>" * 5_000
    assert len(read_forms("https://a.test/", html)[0].inputs) == 100
    assert len(read_forms("https://a.test/", "<form>" * 5_000)) == 50


def test_equal_answers_have_equal_shapes() -> None:
    one = '<input type="hidden" name="csrf" value="AAAA"> wrong for a@b.test at 12:01 (0123456789abcdef0123)'
    two = '<input type="hidden" name="csrf" value="BBBB"> wrong for c@d.test at 12:02 (fedcba98765432100123)'
    assert brakes.shape(401, "", one, ("a@b.test",)) == brakes.shape(401, "", two, ("c@d.test",))
    assert brakes.shape(401, "", one) != brakes.shape(401, "", two)
    assert brakes.shape(401, "", "x") != brakes.shape(404, "", "x")


def test_a_growing_delay_is_told_from_noise() -> None:
    assert not brakes.growing([1, 2, 1, 5, 9], 2)
    assert not brakes.growing([100, 110, 100, 105, 900], 2)
    assert brakes.growing([100, 110, 100, 900, 1800], 2)
    assert not brakes.growing([500, 900], 2)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60.0),
        (" 5 ", 5.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60.0),
        ("Tue, 24 Nov 2020 12:01:00 GMT", 0.0),
    ],
)
def test_retry_after_in_both_forms(value: str, seconds: float | None) -> None:
    assert brakes.retry_after(value, datetime(2026, 11, 24, 12, 0, tzinfo=UTC)) == seconds


def test_both_syntaxes_of_the_limit_headers_are_read() -> None:
    new = (("ratelimit", '"login";r=0;t=30'), ("ratelimit-policy", '"login";q=5;w=60'))
    assert brakes.quota(new) == 'ratelimit-policy: "login";q=5;w=60; ratelimit: "login";r=0;t=30'
    assert brakes.quota((("x-ratelimit-limit", "10"),)) == "x-ratelimit-limit: 10"
    assert brakes.quota(()) == ""


def test_a_captcha_that_always_stands_on_the_page_is_no_brake() -> None:
    page = '<div class="g-recaptcha"></div>'
    assert "captcha" not in brakes.marks(401, (), page, first=(403, page))
    assert "captcha" in brakes.marks(401, (), page, first=(401, "wrong"))
