"""From profile and request to a plan: journeys, data, stages, caps, Little's law. Pure."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import pytest

from launchready_tui.errors import InputError
from launchready_tui.load.phases import level
from launchready_tui.load.planning import Planned, cap_of, little, make_plan
from launchready_tui.load.request import Address, LoadRequest, parse_address
from launchready_tui.load.script import Dial, Order, decode, encode
from launchready_tui.load.thinking import mean_pause, pause
from launchready_tui.load.walks import flood_walks, make_walks, read_pools
from launchready_tui.model.performance import LoadSettings
from launchready_tui.model.product import Product
from launchready_tui.model.profile import parse_product

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FAR = {"www.acme.test:443": (Dial("192.0.2.7", 443),)}
NEAR = {"www.acme.test:443": (Dial("127.0.0.1", 8443), Dial("::1", 8443))}

ROUTES = """
[[route]]
id = "home"
url = "https://www.acme.test/?from=news"
[[route]]
id = "listing"
url = "https://WWW.acme.test/listings"
expect_status = [200, 304]
[[route]]
id = "api"
url = "http://api.acme.test:8080/items"
kind = "api"
"""


def product(journeys: str = "", rest: str = "") -> Product:
    journeys = journeys or '[[journey]]\nid = "browse"\n[[journey.step]]\nroute = "home"\nthink = "4s"\n'
    text = f'[product]\nname = "Acme"\ndomain = "acme.test"\n{ROUTES}{journeys}{rest}'
    return parse_product(text, "product.toml", ".")


def plan(
    request: LoadRequest, rest: str = "", journeys: str = "", targets: dict[str, tuple[Dial, ...]] = FAR
) -> Planned:
    found = product(journeys, rest)
    return make_plan(found, request, targets, read_pools(found), NOW)


def test_a_step_calls_its_route_unless_it_says_otherwise() -> None:
    walks, keys = make_walks(
        product(
            '[[journey]]\nid = "browse"\nweight = 3\n[[journey.step]]\nroute = "home"\n'
            '[[journey.step]]\nroute = "listing"\npath = "/listings/1"\ntimes = "2..4"\nthink = "1s..3s"\n'
            '[[journey.step]]\nroute = "api"\nmethod = "POST"\ndata = { a = "1" }\nexpect_status = [201]\n'
        )
    )
    home, listing, api = walks[0].steps
    assert (home.origin, home.target, home.expect) == ("https://www.acme.test:443", "/?from=news", (200,))
    assert (listing.origin, listing.target) == ("https://www.acme.test:443", "/listings/1")
    assert (listing.times, listing.think, listing.expect) == ((2, 4), (1.0, 3.0), (200, 304))
    assert (api.origin, api.target, api.method, api.expect) == ("http://api.acme.test:8080", "/items", "POST", (201,))
    assert keys == (("home", "browse"), ("listing", "browse"), ("api", "browse"))
    assert walks[0].weight == 3


@pytest.mark.parametrize(
    ("journeys", "words"),
    [
        ('[[journey]]\nid = "empty"\n', "no journey"),
        ('[[journey]]\nid = "a"\n[[journey.step]]\nroute = "home"\npath = "/{listing}"\n', "nothing fills {listing}"),
        (
            '[[journey]]\nid = "a"\n[[journey.step]]\nroute = "home"\npath = "/{id}"\nextract = { id = "id=(.)" }\n',
            "nothing fills {id}",
        ),
        (
            '[[journey]]\nid = "a"\n[[journey.step]]\nroute = "home"\nmethod = "POST"\n'
            'data = { p = "{account.password}" }\n',
            "names no test account",
        ),
    ],
)
def test_what_cannot_be_filled_is_refused(journeys: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        make_walks(product(journeys))
    assert words in caught.value.message


def test_what_an_earlier_step_extracts_fills_later_ones() -> None:
    make_walks(
        product(
            '[[journey]]\nid = "a"\n[[journey.step]]\nroute = "home"\nextract = { id = "id=(.)" }\n'
            '[[journey.step]]\nroute = "home"\npath = "/{id}?q={word}&n={n}"\n',
            '[pools]\nword = ["oak"]\n',
        )
    )


def test_pools_come_from_lists_and_files(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(b"oak\r\n\r\n  ash \n\xff\n")
    found = replace(product(), pools={"word": "words.txt", "colour": ("red",)}, base=str(tmp_path))
    assert read_pools(found) == {"word": ("oak", "ash", "\ufffd"), "colour": ("red",)}
    with pytest.raises(InputError, match="cannot be read"):
        read_pools(replace(found, pools={"word": "nowhere.txt"}))
    (tmp_path / "empty.txt").write_text("\n\n")
    with pytest.raises(InputError, match="is empty"):
        read_pools(replace(found, pools={"word": "empty.txt"}))


def test_the_default_is_the_expected_peak_in_stages() -> None:
    found = plan(LoadRequest(), "[load]\npeak = 40\n").plan
    assert (found.mode, found.users, found.duration_s) == ("closed", 60, 180.0)
    assert [(phase.name, phase.users) for phase in found.phases] == [
        ("warm-up", 4),
        ("ramp", 40),
        ("hold", 40),
        ("spike", 60),
        ("recovery", 40),
    ]
    assert found.phases[0].at == 0.0
    assert all(one.until == other.at for one, other in zip(found.phases, found.phases[1:], strict=False))


def test_users_and_duration_are_constant_load() -> None:
    found = plan(LoadRequest(users=7, duration_s=30)).plan
    assert [(phase.name, phase.at, phase.until, phase.users) for phase in found.phases] == [("hold", 0.0, 30, 7)]


def test_steps_go_to_four_times_the_peak_or_to_the_users() -> None:
    found = plan(LoadRequest(steps=True), "[load]\npeak = 20\n").plan
    assert [phase.users for phase in found.phases] == [5, 10, 15, 20, 30, 40, 60, 80]
    assert found.duration_s == 160.0
    short = plan(LoadRequest(steps=True, users=25, duration_s=50), "[load]\npeak = 20\n").plan
    assert [phase.users for phase in short.phases] == [5, 10, 15, 20, 25]
    assert short.duration_s == 50.0
    tiny = plan(LoadRequest(steps=True), "[load]\npeak = 1\n").plan
    assert [phase.users for phase in tiny.phases] == [1, 2, 3, 4]


def test_the_shape_follows_the_plan() -> None:
    script = plan(LoadRequest(), "[load]\npeak = 40\n").script
    assert level(script, 1.0, 1) == (4, 4.0)
    users, rate = level(script, 20.0, 1)
    assert users == 40
    assert rate == pytest.approx((40 - 4) / (63 - 18))
    assert level(script, 70.0, 1)[0] == 40
    assert level(script, 140.0, 1)[0] == 60
    assert level(script, 179.0, 1)[0] == 40
    assert level(plan(LoadRequest(rate=3)).script, 1.0, 5)[0] == 5


def test_the_cap_protects_others_and_not_this_machine() -> None:
    default, own = LoadSettings(), LoadSettings(max_rps=30)
    assert cap_of(default, 0, FAR) == 50
    assert cap_of(default, 0, NEAR) == 0
    assert cap_of(default, 0, {**NEAR, "api.acme.test:443": (Dial("192.0.2.8", 443),)}) == 50
    assert cap_of(own, 0, NEAR) == cap_of(own, 0, FAR) == 30
    assert cap_of(own, 200, FAR) == 200


def test_a_rate_beyond_the_cap_is_refused() -> None:
    with pytest.raises(InputError, match="the cap is 50"):
        plan(LoadRequest(rate=51))
    assert plan(LoadRequest(rate=49)).plan.max_rps == 50
    assert plan(LoadRequest(rate=51, max_rps=100)).plan.max_rps == 100


@pytest.mark.parametrize(
    "request_",
    [
        LoadRequest(rate=1, steps=True),
        LoadRequest(master=":5557", worker="a:5557"),
        LoadRequest(master=":5557", processes=2),
        LoadRequest(users=-1),
        LoadRequest(duration_s=1e9),
        LoadRequest(processes=5_000),
    ],
)
def test_what_does_not_go_together_is_refused(request_: LoadRequest) -> None:
    with pytest.raises(InputError):
        request_.check()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.5:5557", Address("10.0.0.5", 5557)),
        (":7000", Address("", 7000)),
        ("lead.acme.test", Address("lead.acme.test", 5557)),
        ("[::1]:5557", Address("::1", 5557)),
        ("[::1]", Address("::1", 5557)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text, "--master") == address


@pytest.mark.parametrize("text", ["host:x", "host:0", "host:70000", "a b:5557"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError, match="--worker"):
        parse_address(text, "--worker")


def test_littles_law_in_both_directions() -> None:
    law = little(20, 180.0, per_hour=400)
    assert law.arrivals_per_s == pytest.approx(0.111, abs=0.001)
    assert law.expected == pytest.approx(20.0)
    by_rate = little(0, 12.0, rate=2.5)
    assert (by_rate.users, by_rate.arrivals_per_s) == (30, 2.5)


def test_pauses_are_lognormal_within_their_range() -> None:
    rng = random.Random(1)
    for low, high in ((2.0, 6.0), (0.0, 3.0), (0.5, 40.0)):
        drawn = [pause(low, high, rng) for _ in range(20_000)]
        assert low <= min(drawn)
        assert max(drawn) <= high
        assert fmean(drawn) == pytest.approx(mean_pause(low, high), rel=0.02)
        middle = sorted(drawn)[10_000]
        assert middle < fmean(drawn), "a few long pauses, many short ones"
    assert pause(3.0, 3.0, rng) == mean_pause(3.0, 3.0) == 3.0


def test_a_flood_calls_what_needs_no_session() -> None:
    walks, _ = make_walks(
        product(
            '[[journey]]\nid = "a"\n[[journey.step]]\nroute = "home"\nthink = "5s"\nextract = { id = "(.)" }\n'
            '[[journey.step]]\nroute = "listing"\npath = "/{id}"\n'
            '[[journey.step]]\nroute = "api"\nmethod = "POST"\ndata = { a = "1" }\n'
        )
    )
    alone = flood_walks(walks)
    assert [[step.target for step in walk.steps] for walk in alone] == [["/?from=news"]]
    assert alone[0].steps[0].think == (0.0, 0.0)
    assert not alone[0].steps[0].extract


def test_the_same_journeys_have_the_same_fingerprint() -> None:
    one, same = plan(LoadRequest(users=1)), plan(LoadRequest(users=9, duration_s=5))
    other = plan(LoadRequest(users=1), journeys='[[journey]]\nid = "b"\n[[journey.step]]\nroute = "home"\n')
    assert one.plan.journeys == same.plan.journeys != other.plan.journeys


def test_an_order_goes_through_a_pipe_as_one_line() -> None:
    order = Order(plan(LoadRequest(rate=2)).script, {"buyer": "p\nq"})
    line = encode(order)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == order
