"""The parts of a profile that the edge and identity checks need: origins, test accounts, API bases, budgets."""

from __future__ import annotations

import pytest

from launchready_tui.errors import ProfileError
from launchready_tui.model.product import Account, Budgets
from launchready_tui.model.profile import parse_product, write_product

HEAD = '[product]\nname = "Acme"\ndomain = "acme.test"\n'
WHOLE = f"""{HEAD}
[[host]]
name = "app.acme.test"
origin = ["192.0.2.80", "2001:db8::80"]

[[account]]
role = "buyer"
username = "buyer@acme.test"
objects = ["https://app.acme.test/orders/1"]

[[account]]
role = "seller"
username = "seller@acme.test"

[providers]
cloudflare = "http://127.0.0.1:8080"

[budgets]
burst_per_second = 20
"""


def test_a_profile_with_all_of_it_survives_writing() -> None:
    product = parse_product(WHOLE)
    assert product.hosts[0].origin == ("192.0.2.80", "2001:db8::80")
    assert product.account("buyer") == Account("buyer", "buyer@acme.test", ("https://app.acme.test/orders/1",))
    assert product.account("buyer").secret == "account:buyer"  # type: ignore[union-attr]
    assert product.account("admin") is None
    assert product.providers == {"cloudflare": "http://127.0.0.1:8080"}
    assert product.budgets == Budgets(20.0)
    assert parse_product(write_product(product)) == product


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[host]]\nname = "a.test"\norigin = ["origin.a.test"]', "is no IP address"),
        ('[[account]]\nrole = "The Buyer"\nusername = "x"', "must be a word"),
        ('[[account]]\nrole = "b"\nusername = "x"\n[[account]]\nrole = "b"\nusername = "y"', "used twice"),
        ('[[account]]\nrole = "b"\nusername = "x"\nobjects = ["/orders/1"]', "is no http or https URL"),
        ('[[account]]\nrole = "b"\nusername = "x"\npassword = "y"', "password"),
        ("[providers]\ncloudflare = 7", "must be the base URL"),
        ('[providers]\ncloudflare = "nowhere"', "is no http or https URL"),
        ("[budgets]\nburst_per_second = 1000", "must be 0 to"),
        ('[budgets]\nburst_per_second = "fast"', "burst_per_second"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, complaint: str) -> None:
    with pytest.raises(ProfileError, match=complaint):
        parse_product(HEAD + text)
