"""The product profile: every mistake is named with its line, and what is written reads back equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchready_tui.errors import ProfileError
from launchready_tui.model.product import Host, Mail, Product, Redirect, Route, Sender
from launchready_tui.model.profile import nameserver, parse_product, write_product

WHOLE = """
[product]
name = "Acme Market"
domain = "acme.test"

[[host]]
name = "App.acme.test"
role = "app"
expect = ["127.0.0.12", "cloudflare"]

[[route]]
id = "login"
url = "https://app.acme.test/login"
kind = "auth"
onboarding = true

[[route]]
id = "stripe"
url = "https://api.acme.test/hooks/stripe"
kind = "webhook"

[[redirect]]
from = "http://acme.test/pricing-2023?utm_source=x"
to = "https://www.acme.test/pricing?utm_source=x"

[[sender]]
domain = "acme.test"
provider = "postmark"
selectors = ["pm"]

[[journey]]
id = "browse"
weight = 5
[[journey.step]]
route = "login"
think = "2s..6s"

[mail]
messages = ["proof/signup.eml"]
reports = ["reports/"]
authserv_id = "mx.google.com"

[repository]
path = "../acme"

[commands]
build = ["npm", "run", "build"]

[network]
nameservers = ["127.0.0.1:5353"]
ca_bundle = "ca.pem"
connect_to = [":443::8443", ":80::8080"]
public = ["127.0.0.0/8"]
rdap = "http://127.0.0.1:8088/"

[network.ranges]
cloudflare = ["127.0.1.0/24"]
"""


def test_reads_everything() -> None:
    product = parse_product(WHOLE)
    assert product.hosts == (Host("app.acme.test", "app", ("127.0.0.12", "cloudflare")),)
    assert [route.family for route in product.routes] == ["login", "webhook"]
    assert product.redirects[0].target.endswith("/pricing?utm_source=x")
    assert product.journeys[0].steps[0].think == "2s..6s"
    assert product.network.counts_as_public("127.0.0.9")
    assert not product.network.counts_as_public("10.0.0.1")
    assert product.mail == Mail(("proof/signup.eml",), ("reports/",), "mx.google.com")
    assert product.network.ranges == {"cloudflare": ("127.0.1.0/24",)}


def test_a_domain_alone_is_a_product() -> None:
    assert parse_product('[product]\nname="A"\ndomain="acme.test"').hosts == (Host("acme.test", "apex"),)


def test_round_trip() -> None:
    product = parse_product(WHOLE)
    assert parse_product(write_product(product)) == product


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "p.toml:1: [product] is missing"),
        ("[product", "p.toml:1: not TOML"),
        (
            '[product]\nname = "A"\ndomian = "acme.test"',
            'p.toml:3: unknown key "domian" in product; did you mean "domain"?',
        ),
        ('[product]\nname = "A"\ndomain = 7', "p.toml:3: product: domain: expected str, got int"),
        ('[product]\nname = "A"\ndomain = "a b"', 'p.toml:3: product: domain: "a b" is not a domain name'),
        (
            '[product]\nname = "A"\ndomain = "a.test"\n[[hots]]\n',
            'p.toml:4: unknown key "hots" in the profile; did you mean "host"?',
        ),
        (
            '[product]\nname="A"\ndomain="a.test"\n[[host]]\nname="x.test"\nrole="boss"',
            "p.toml:6: host: role: invalid enum value 'boss': choose one of apex, www",
        ),
        (
            '[product]\nname="A"\ndomain="a.test"\n[[route]]\nid="x"\nurl="ftp://x/"',
            'p.toml:6: url: "ftp://x/" is no http',
        ),
        (
            '[product]\nname="A"\ndomain="a.test"\n[[route]]\nid="x"\nurl="https://a.test:99999/"',
            "is no http or https URL",
        ),
        (
            '[product]\nname="A"\ndomain="a.test"\n[[journey]]\nid="j"\n[[journey.step]]\nroute="gone"',
            "p.toml:7: journey.step: no [[route]]",
        ),
        (
            '[product]\nname="A"\ndomain="a.test"\n[commands]\nbuild = "npm run"',
            "p.toml:5: commands: build must be a list of words",
        ),
        ('[product]\nname="A"\ndomain="a.test"\n[network]\nconnect_to = ["443:8443"]', "p.toml:5: network: connect_to"),
        ('[product]\nname="A"\ndomain="a.test"\n[network]\nnameservers = ["ns1"]', "p.toml:5: network: nameservers"),
        ('[product]\nname="A"\ndomain="a.test"\n[network]\npublic = ["127.0.0.0/99"]', "p.toml:5: network: public"),
        (
            '[product]\nname="A"\ndomain="a.test"\n[mail]\nmesages = []',
            'p.toml:5: unknown key "mesages" in mail; did you mean "messages"?',
        ),
        ('[product]\nname="A"\ndomain="a.test"\n[mail]\nreports = [" "]', 'p.toml:5: mail: reports: "" is no path'),
        (
            '[product]\nname="A"\ndomain="a.test"\n[mail]\nauthserv_id = "a b"',
            'p.toml:5: mail: authserv_id: "a b" is no name',
        ),
        ('[product]\nname="A"\ndomain="a.test"\n[host]\nname="x"', "p.toml:4: host must be written as [[host]]"),
        ("product = 3", "p.toml:1: product must be written as [product]"),
    ],
)
def test_mistakes_are_named(text: str, problem: str) -> None:
    with pytest.raises(ProfileError) as caught:
        parse_product(text, "p.toml")
    assert any(problem in line for line in caught.value.problems), caught.value.problems


def test_all_mistakes_at_once() -> None:
    with pytest.raises(ProfileError) as caught:
        parse_product(
            '[product]\nname = 1\ndomain = "a.test"\nfoo = 1\n[[host]]\nname = "x.test"\nrole = 3\n', "p.toml"
        )
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("127.0.0.1", ("127.0.0.1", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("[::1]:5353", ("::1", 5353)),
        ("::1", ("::1", 53)),
        ("ns.test", None),
        ("127.0.0.1:0", None),
        ("127.0.0.1:x", None),
    ],
)
def test_nameservers(text: str, value: tuple[str, int] | None) -> None:
    assert nameserver(text) == value


words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)


@given(words, words, st.lists(words, max_size=3), words)
def test_any_text_survives_the_round_trip(name: str, provider: str, expect: list[str], command: str) -> None:
    product = Product(
        name=name,
        domain="acme.test",
        hosts=(Host("acme.test", "apex", tuple(expect)),),
        routes=(Route("home", "https://acme.test/"),),
        redirects=(Redirect("http://acme.test/a", "https://acme.test/b"),),
        senders=(Sender("acme.test", provider),),
        commands={command: (command,)},
    )
    assert parse_product(write_product(product)) == product


@given(st.text(max_size=200))
def test_any_text_is_a_profile_or_a_named_mistake(text: str) -> None:
    problems: tuple[str, ...] = ()
    try:
        parse_product(text, "p.toml")
    except ProfileError as error:
        problems = error.problems
    assert all(line.startswith("p.toml:") for line in problems)
