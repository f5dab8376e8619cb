"""Ways from production to staging: records, pages, scripts, cookies, keys."""

from __future__ import annotations

import pytest

from launchready_tui.checks.reading.stagehosts import Place, place
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Network, Product, Route
from launchready_tui.model.questions import Cookie, HttpExchange, HttpResponse, Page, Reference
from launchready_tui.model.verdicts import Judgement
from tests.checks.zone import HOSTILE_RECORDS, TIMEOUT, Table, at, broken, gone, rr
from tests.kit import judge

WWW = Host("www.acme.test", "www")
HOME = "https://www.acme.test/"
LAB = Network(public=("127.0.0.0/8",))
REF = "staging-reference"


def verdict(found: Judgement) -> tuple[str, str]:
    """What is asserted: the verdict and its reason."""
    return found.verdict.value, found.reason


def acme(*routes: Route, network: Network | None = None, hosts: tuple[Host, ...] = (WWW,)) -> Product:
    """The product at acme.test."""
    return Product("Acme", "acme.test", hosts=hosts, routes=routes, network=network or Network())


# --- what a name says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("staging.acme.test", Place.STAGING),
        ("api-staging.acme.test", Place.STAGING),
        ("stage2.acme.test", Place.STAGING),
        ("dev.acme.test", Place.STAGING),
        ("a.qa.acme.test", Place.STAGING),
        ("developers.acme.test", Place.ORDINARY),
        ("latest.acme.test", Place.ORDINARY),
        ("contest.acme.test", Place.ORDINARY),
        ("acme.test", Place.ORDINARY),
        ("dev.to", Place.ORDINARY),
        ("test.io", Place.ORDINARY),
        ("demo.other.com", Place.VAGUE),
        ("staging.other.com", Place.STAGING),
        ("acme-staging.herokuapp.com", Place.STAGING),
        ("acme.herokuapp.com", Place.PLATFORM),
        ("foo.vercel.app", Place.PLATFORM),
        ("acme-git-new-team.vercel.app", Place.STAGING),
        ("deploy-preview-3--acme.netlify.app", Place.STAGING),
        ("vercel.app", Place.ORDINARY),
        ("x.up.railway.app", Place.PLATFORM),
        ("x.y.workers.dev", Place.PLATFORM),
        ("abc.supabase.co", Place.BACKEND),
        ("abc.ngrok-free.app", Place.TUNNEL),
        ("localhost", Place.LOCAL),
        ("app.localhost", Place.LOCAL),
        ("192.168.1.4", Place.LOCAL),
        ("172.32.0.1", Place.ORDINARY),
        ("[::1]", Place.LOCAL),
        ("www.sandbox.paypal.com", Place.PAYMENT_SANDBOX),
        ("", Place.ORDINARY),
        ("..", Place.ORDINARY),
        ("*", Place.ORDINARY),
        ("x" * 5_000, Place.ORDINARY),
        ("\ud800.test", Place.ORDINARY),
    ],
)
def test_places(name: str, expected: Place) -> None:
    assert place(name, acme()) is expected


def test_declared_and_public_places_are_ordinary() -> None:
    declared = acme(hosts=(WWW, Host("demo.acme.test"), Host("acme.fly.dev")))
    assert place("demo.acme.test", declared) is Place.ORDINARY
    assert place("ACME.fly.dev.", declared) is Place.ORDINARY
    assert place("127.0.0.1", acme(network=LAB)) is Place.ORDINARY
    assert place("localhost", acme(network=LAB)) is Place.ORDINARY
    assert place("10.0.0.1", acme(network=LAB)) is Place.LOCAL
    sub = Product("Demo", "demo.acme.test")
    assert place("www.demo.acme.test", sub) is Place.ORDINARY
    assert place("dev.demo.acme.test", sub) is Place.STAGING


# --- dns.staging-pointer --------------------------------------------------------------------------------------------


def pointer(table: Table, network: Network | None = None, *more: Host) -> Judgement:
    """Judge the records of www."""
    return judge("dns.staging-pointer", WWW.name, table, acme(network=network, hosts=(WWW, *more)))


@pytest.mark.parametrize("target", ["x.herokudns.com", "foo.vercel.app", "d1.cloudfront.net", "acme.test", "test.io"])
def test_normal_hosting_is_no_staging(target: str) -> None:
    assert verdict(pointer(at(WWW.name, "1.1.1.1", aliases=(target,)))) == ("pass", "")


@pytest.mark.parametrize(
    "target",
    ["acme-staging.herokuapp.com", "staging.acme.test", "x.ngrok.io", "acme-test-1.eu-west-1.elb.amazonaws.com"],
)
def test_staging_target(target: str) -> None:
    found = pointer(at(WWW.name, "1.1.1.1", aliases=("x.cdn.test", target)))
    assert verdict(found) == ("fail", "staging-target")
    assert target in found.summary
    dead = at(WWW.name, aliases=(target,), rcode="NXDOMAIN")
    assert verdict(pointer(dead)) == ("fail", "staging-target")


def test_staging_pointer_to_a_private_network() -> None:
    assert verdict(pointer(at(WWW.name, "127.0.0.1"))) == ("fail", "staging-target")
    assert verdict(pointer(at(WWW.name, "1.1.1.1", "fd00::1"))) == ("fail", "staging-target")
    assert verdict(pointer(at(WWW.name, "127.0.0.1"), LAB)) == ("pass", "")


def test_declared_target_is_no_staging() -> None:
    table = at(WWW.name, "1.1.1.1", aliases=("staging.acme.test",))
    assert verdict(pointer(table, None, Host("staging.acme.test"))) == ("pass", "")


def test_staging_pointer_unseen() -> None:
    assert verdict(pointer({})) == ("unknown", "timeout")
    assert verdict(pointer(rr(WWW.name, "A", "1.1.1.1") | broken(WWW.name, TIMEOUT, "AAAA"))) == ("unknown", "timeout")
    assert verdict(pointer(gone(WWW.name)))[0] == "not-applicable"


# --- pages.staging-reference ----------------------------------------------------------------------------------------

ROBOTS = "https://www.acme.test/robots.txt"

Pages = dict[str, HttpResponse | Failure]


def page(
    *references: tuple[str, str],
    status: int = 200,
    robots: str = "",
    keys: tuple[str, ...] = (),
    cut: bool = False,
    headers: tuple[tuple[str, str], ...] = (),
    cookies: tuple[Cookie, ...] = (),
    text: str = "",
) -> HttpResponse:
    """A page with references of (role, URL)."""
    named = tuple(Reference(role, url) for role, url in references)
    content = Page(references=named, robots=robots, payment_keys=keys, cut=cut)
    return HttpResponse(status, headers=headers, cookies=cookies, page=content, text=text)


def home(answer: HttpResponse | Failure, others: Pages | None = None, product: Product | None = None) -> Judgement:
    """Judge the home page; `others` by URL, robots.txt is absent unless given."""
    pages: Pages = {HOME: answer, ROBOTS: HttpResponse(404), **(others or {})}
    table: Table = {HttpExchange("GET", url): found for url, found in pages.items()}
    return judge("pages.staging-reference", HOME, table, product or acme())


@pytest.mark.parametrize(
    "reference",
    [
        ("link", "https://www.acme.test/about"),
        ("link", "https://demo.partner.com/"),
        ("link", "https://dev.to/acme"),
        ("image", "https://preview.redd.it/x.png"),
        ("literal", "http://localhost"),
        ("literal", "http://localhost/"),
        ("literal", "https://demo.library.org/docs"),
        ("literal", "https://["),
        ("literal", "data:text/html,staging"),
        ("link", "mailto:a@staging.acme.test"),
    ],
)
def test_harmless_references(reference: tuple[str, str]) -> None:
    assert verdict(home(page(reference))) == ("pass", "")


@pytest.mark.parametrize(
    "reference",
    [
        ("link", "https://staging.acme.test/x"),
        ("script", "https://dev.acme.test/a.js"),
        ("literal", "https://api-staging.acme.test/v1"),
        ("literal", "wss://qa.acme.test/socket"),
        ("literal", "http://localhost:3000"),
        ("literal", "http://localhost/api"),
        ("literal", "http://127.0.0.1:8000/"),
        ("image", "http://192.168.0.4/x.png"),
        ("literal", "https://abc.ngrok-free.app"),
        ("canonical", "https://acme-staging.onrender.com/"),
        ("meta", "https://staging.acme.test/og.png"),
        ("form", "https://sandbox.partner.com/order"),
        ("literal", "https://staging.partner.com/api"),
    ],
)
def test_staging_references(reference: tuple[str, str]) -> None:
    found = home(page(reference))
    assert verdict(found) == ("fail", REF)
    assert reference[1] in found.summary
    assert reference[0] in found.summary


def test_public_networks_are_exempt() -> None:
    found = home(
        page(("literal", "http://127.0.0.1:8000/"), ("link", "http://localhost:81/")), product=acme(network=LAB)
    )
    assert verdict(found) == ("pass", "")


def test_staging_in_headers_and_cookies() -> None:
    csp = (
        ("content-security-policy", "default-src 'self'; connect-src 'self' wss: https://*.staging.acme.test:443/x"),
    )
    assert verdict(home(page(headers=csp))) == ("fail", REF)
    assert verdict(home(page(headers=(("content-security-policy", "connect-src http://localhost:*"),)))) == (
        "fail",
        REF,
    )
    assert verdict(home(page(cookies=(Cookie("sid", ("domain=.staging.acme.test",)),)))) == ("fail", REF)
    assert verdict(home(page(cookies=(Cookie("sid", ("domain=.acme.test", "path=/")),)))) == ("pass", "")


def test_redirect_to_staging_even_if_it_does_not_answer() -> None:
    away = HttpResponse(302, location="https://staging.acme.test/")
    assert verdict(home(away, {"https://staging.acme.test/": page()})) == ("fail", REF)
    assert verdict(home(away)) == ("fail", REF)


def test_own_scripts_are_read() -> None:
    script = "https://cdn.acme.test/app.js"
    names_it = page(("script", script), ("script", "https://other.test/lib.js"))
    found = home(names_it, {script: page(("literal", "https://api.staging.acme.test/"))})
    assert verdict(found) == ("fail", REF)
    assert script in found.summary
    assert verdict(home(names_it, {script: page()})) == ("pass", "")
    assert verdict(home(names_it)) == ("unknown", "timeout")
    assert verdict(home(names_it, {script: HttpResponse(302, location="/x")})) == ("unknown", "partly-read")


def test_many_scripts_and_cut_pages_are_partly_read() -> None:
    urls = [f"https://www.acme.test/{n}.js" for n in range(12)]
    found = home(page(*(("script", url) for url in urls)), {url: page() for url in urls})
    assert verdict(found) == ("unknown", "partly-read")
    assert "10 of 12 scripts read" in found.summary
    assert verdict(home(page(cut=True))) == ("unknown", "partly-read")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (page(keys=("pk_test_…abcd",)), ("fail", "test-payment-key")),
        (page(keys=("pk_live_…abcd",)), ("pass", "")),
        (page(("script", "https://www.sandbox.paypal.com/sdk/js")), ("fail", "test-payment-key")),
        (page(("literal", "https://api.sandbox.braintreegateway.com")), ("fail", "test-payment-key")),
        (
            page(
                ("literal", "https://api.sandbox.braintreegateway.com"), ("literal", "https://api.braintreegateway.com")
            ),
            ("pass", ""),
        ),
    ],
)
def test_test_payments(answer: HttpResponse, expected: tuple[str, str]) -> None:
    assert verdict(home(answer)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (page(robots="noindex, nofollow"), ("warn", "noindex")),
        (page(headers=(("x-robots-tag", "googlebot: NOINDEX"),)), ("warn", "noindex")),
        (page(headers=(("x-robots-tag", "none"),)), ("warn", "noindex")),
        (page(headers=(("x-robots-tag", "max-image-preview: none"),)), ("pass", "")),
        (page(robots="index, follow"), ("pass", "")),
        (page(("canonical", "https://acme.vercel.app/")), ("warn", "platform-duplicate")),
        (page(("literal", "https://abc.supabase.co/rest")), ("pass", "supabase-host")),
    ],
)
def test_weaknesses(answer: HttpResponse, expected: tuple[str, str]) -> None:
    assert verdict(home(answer)) == expected


def test_sign_in_page_may_hide() -> None:
    login = Route("login", "https://www.acme.test/login", kind="auth")
    table: Table = {HttpExchange("GET", login.url): page(robots="noindex")}
    assert verdict(judge("pages.staging-reference", login.url, table, acme(login))) == ("pass", "")


def test_sitemaps_of_the_home_page() -> None:
    robots = page(text="User-agent: *\nSitemap: https://staging.acme.test/sitemap.xml\n")
    assert verdict(home(page(), {ROBOTS: robots})) == ("fail", REF)
    assert verdict(home(page(), {ROBOTS: page(text="sitemap: https://www.acme.test/s.xml")})) == ("pass", "")
    assert verdict(home(page(), {ROBOTS: TIMEOUT})) == ("unknown", "timeout")


def test_declared_routes_are_judged_once() -> None:
    hook = Route("hook", "https://api.staging.acme.test/hook", kind="webhook")
    about = Route("about", "https://www.acme.test/about")
    product = acme(about, hook)
    table: Table = {
        HttpExchange("GET", about.url): page(),
        HttpExchange("GET", HOME): page(),
        HttpExchange("GET", ROBOTS): HttpResponse(404),
    }
    assert verdict(judge("pages.staging-reference", about.url, table, product)) == ("fail", REF)
    assert verdict(judge("pages.staging-reference", HOME, table, product)) == ("pass", "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (TIMEOUT, "timeout"),
        (Failure("bot-wall", "wall"), "bot-wall"),
        (page(status=503), "page-not-served"),
        (HttpResponse(302, location=HOME), "redirect-loop"),
        (HttpResponse(302, location="javascript:x"), "redirect-loop"),
    ],
)
def test_unseen_pages_are_unknown(answer: HttpResponse | Failure, reason: str) -> None:
    assert verdict(home(answer)) == ("unknown", reason)


def test_error_page_that_is_expected_counts_as_seen() -> None:
    api = acme(hosts=(Host("www.acme.test", "api"),))
    assert verdict(home(page(status=404), product=api)) == ("pass", "")


def test_hostile_pages_never_raise() -> None:
    junk = [text for records in HOSTILE_RECORDS for text in records]
    references = tuple(("literal", prefix + text) for text in junk for prefix in ("", "https://", "http://["))
    headers = tuple(("content-security-policy", f"connect-src {text}; {text}") for text in junk)
    cookies = tuple(Cookie(text, (f"domain={text}", text)) for text in junk)
    found = home(page(*references, headers=headers, cookies=cookies, keys=tuple(junk), robots=junk[3], text=junk[3]))
    assert len(found.summary) < 1_000
    assert "\x1b" not in found.summary + "".join(found.details)
