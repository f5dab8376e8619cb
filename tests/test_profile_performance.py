"""The sections about speed: read with their line numbers, and written back without loss."""

from __future__ import annotations

import pytest

from launchready_tui.errors import ProfileError
from launchready_tui.model.performance import seconds, seconds_range, times_range
from launchready_tui.model.profile import parse_product, write_product

BASE = '[product]\nname = "Acme"\ndomain = "acme.test"\n'

WHOLE = (
    BASE
    + """
[[account]]
role = "buyer"
username = "buyer@acme.test"

[[route]]
id = "listing"
url = "https://www.acme.test/listings"
core = true
cacheable = true
uses = ["id", "title"]
page_size = "per_page"

[[route]]
id = "orders"
url = "https://app.acme.test/orders"
private = true
session = "buyer"
reach = "payment"

[[journey]]
id = "browse"
weight = 5
account = "buyer"
[[journey.step]]
route = "listing"
think = "500ms..6s"
extract = { listing = 'href="/listings/([a-z-]+)"', id = "json:items.*.id" }
[[journey.step]]
route = "orders"
method = "POST"
path = "/orders/{listing}"
data = { word = "{word}", n = "{n}" }
json = true
times = "3..8"
expect_status = [201]

[pools]
word = ["oak", "lamp"]
name = "names.txt"

[load]
environment = "staging"
peak = 40
window = "2026-11-24T22:00Z/2026-11-25T02:00+00:00"

[database]
kind = "postgresql"
pool = 12

[logs]
access = ["logs/access.log"]
fields = { path = "req.url" }

[[queue]]
id = "mail"
source = "jobs"

[server]
metrics = "http://127.0.0.1:9100/metrics"

[[dependency]]
id = "stripe"
host = "api.stripe.com"
kind = "payments"
limit_per_minute = 1500
calls = { checkout = 4 }

[freshness]
account = "buyer"
url = "https://app.acme.test/api/listings/test-1"
values = ["101", "102"]
read = ["https://www.acme.test/listings/test-1"]

[budgets.queries]
listing = 15
"""
)


def test_everything_is_read_and_survives_writing() -> None:
    product = parse_product(WHOLE)
    step = product.journeys[0].steps[1]
    assert (step.method, step.times, step.expect_status, step.json) == ("POST", "3..8", (201,), True)
    assert product.pools == {"word": ("oak", "lamp"), "name": "names.txt"}
    assert product.dependencies[0].calls == {"checkout": 4}
    assert product.budgets.queries == {"listing": 15}
    assert parse_product(write_product(product)) == product


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[load]\npeak = 0", "5: load: peak must be"),
        ('[load]\nwindow = "tonight"', "5: load: window"),
        ('[load]\nwindow = "2026-11-24T22:00/2026-11-25T02:00"', "5: load: window"),
        ('[load]\nenviroment = "staging"', '5: unknown key "enviroment" in load'),
        ('[database]\nkind = "oracle"', "choose one of postgresql, mysql, sqlite"),
        ('[logs]\nrequest_id = "a b"', "5: logs: request_id"),
        ('[[queue]]\nid = "mail"', "queue: source is missing"),
        ('[[queue]]\nid = "mail"\nsource = "q"\nmax_delay = "soon"', "queue: max_delay"),
        ('[[queue]]\nid = "m"\nkind = "prometheus"\nsource = "q"\nurl = "x"', "is no http or https URL"),
        ('[[dependency]]\nid = "pay"\nlimit_per_minute = -1', "limit_per_minute must be a number from 0 up"),
        ('[freshness]\nurl = "https://a.test/x"\nvalues = ["1"]', "two or more values"),
        ("[pools]\nword = []", "pools: word must be a list"),
        ('[[route]]\nid = "a"\nurl = "https://a.test/"\nsession = "x"', 'no [[account]] has the role "x"'),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        parse_product(f"{BASE}{text}\n")
    assert any(said in problem for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('times = "0"', "a step is done 1 to 1000 times"),
        ('times = "8..3"', "a step is done 1 to 1000 times"),
        ('path = "listings"', 'path must begin with "/"'),
        ("extract = { x = 'a(b' }", "extract: x"),
        ("extract = { x = 'ab' }", "needs a group"),
        ("extract = { X = 'a(b)' }", "must be a word"),
        ('think = "6s..2s"', "is no time such as"),
    ],
)
def test_mistakes_in_steps(step: str, said: str) -> None:
    head = '[[route]]\nid = "a"\nurl = "https://a.test/"\n[[journey]]\nid = "j"\n[[journey.step]]\nroute = "a"\n'
    with pytest.raises(ProfileError) as caught:
        parse_product(f"{BASE}{head}{step}\n")
    assert any(said in problem for problem in caught.value.problems), caught.value.problems


def test_times() -> None:
    assert (seconds("500ms"), seconds("2m"), seconds("3")) == (0.5, 120.0, 3.0)
    assert seconds_range("2s..6s") == (2.0, 6.0)
    assert times_range("3..8") == (3, 8)
    for wrong in ("", "x", "5 apples", "-1s"):
        with pytest.raises(ValueError, match="is no time"):
            seconds(wrong)
