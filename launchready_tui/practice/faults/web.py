"""Faults in redirects and pages."""

from __future__ import annotations

from itertools import pairwise

from launchready_tui.practice.faults.model import Edit, Fault, hints, shows
from launchready_tui.practice.marketplace import API, APP, DOMAIN, ITEMS, SITEMAP_PATHS, WWW, sitemap
from launchready_tui.practice.world import Page, Redirect, Resource, World

_CRASH = Page("message.html", "Something went wrong", {"text": "KeyError: 'SMTP_PASSWORD'"}, 500)
_BUSY = Page("message.html", "Back soon", {"text": "We are moving the furniture around."}, 503)


def _host(label: str) -> str:
    return f"{label}.{DOMAIN}"


def _serve(host: str, *resources: tuple[str, Resource]) -> Edit:
    """Other resources under some paths of a host."""

    def edit(world: World) -> World:
        for path, resource in resources:
            world = world.with_resource(host, path, resource)
        return world

    return edit


def _without(host: str, path: str) -> Edit:
    def edit(world: World) -> World:
        kept = {key: resource for key, resource in world.sites[host].resources.items() if key != path}
        return world.with_site(host, resources=kept)

    return edit


def _hops(host: str, *paths: str) -> Edit:
    """Each path redirects to the next; the last serves what the first did."""

    def edit(world: World) -> World:
        end = world.sites[host].resources[paths[0]]
        for here, there in pairwise(paths):
            world = world.with_resource(host, here, Redirect(f"https://{host}{there}"))
        return world.with_resource(host, paths[-1], end)

    return edit


def _guide_ring(world: World) -> World:
    host = _host("guide")
    ring = (("/", "/course"), ("/course", "/course/"), ("/course/", "/course"))
    return _serve(host, *((here, Redirect(f"https://{host}{there}")) for here, there in ring))(world)


def _chain_of_guides(world: World) -> World:
    paths = ("/sellers-guide", "/guides/sellers", "/guides/selling", "/guides/sell", "/start-selling")
    edit = _serve(
        WWW,
        *((here, Redirect(f"https://{WWW}{there}")) for here, there in zip(paths, (*paths[1:], "/sell"), strict=True)),
    )
    return edit(world)


FROM_PRICING = f"https://{WWW}/pricing-2023?utm_source=letter"
FROM_SALE = f"https://{WWW}/blog/summer-sale?utm_campaign=summer"
FROM_GUIDE = f"https://{WWW}/sellers-guide"
FROM_CATALOGUE = f"https://{WWW}/catalogue"
FROM_MEMBERS = f"https://{WWW}/members"
FROM_INVITE = f"https://{WWW}/invite?from=margaux"
FROM_PAYMENT = f"https://{WWW}/payment/return?order=1001"

WEB_FAULTS: tuple[Fault, ...] = (
    Fault(
        "help-flexible-tls",
        "The help centre redirects to itself for ever",
        "The proxy in front speaks http to the origin, and the origin sends everybody to https. Round it goes.",
        "Let the proxy speak https to the origin (Full, strict), or stop the origin from redirecting.",
        (
            shows("redirects.loop", _host("help"), "loop-flexible-tls"),
            shows("redirects.canonical-matrix", _host("help"), "loop"),
        ),
        lambda world: world.with_site(_host("help"), forward=Redirect(f"https://{_host('help')}", keep_path=True)),
    ),
    Fault(
        "guide-slash-fight",
        "The guide fights over a final slash",
        "The framework adds a slash, the host takes it away. Both were switched on to be tidy.",
        "Switch off one of the two slash settings.",
        (
            shows("redirects.loop", _host("guide"), "loop-trailing-slash"),
            shows("redirects.canonical-matrix", _host("guide"), "loop"),
        ),
        _guide_ring,
    ),
    Fault(
        "status-plain-http",
        "The status page stays on plain http",
        "https was set up and looks fine, but nothing sends visitors there.",
        "Redirect http to https on status.acme.test.",
        (shows("redirects.canonical-matrix", _host("status"), "plain-http-final"),),
        lambda world: world.with_site(_host("status"), upgrades=False),
    ),
    Fault(
        "learn-four-hops",
        "The academy takes four hops to open",
        "Every redesign redirected to the next home page; none of the old redirects was shortened.",
        "Redirect / straight to the page that is meant.",
        (shows("redirects.canonical-matrix", _host("learn"), "chain-long"),),
        _hops(_host("learn"), "/", "/welcome", "/welcome-2024", "/academy"),
    ),
    Fault(
        "forum-down",
        "The forum answers 503",
        "The free plan went to sleep and nobody clicks on it often enough to wake it.",
        "Bring the forum back, or take its link and its record away.",
        (shows("redirects.canonical-matrix", _host("forum"), "final-error"),),
        _serve(_host("forum"), ("/", _BUSY)),
    ),
    Fault(
        "blog-temporary",
        "The blog's https redirect is only temporary",
        "302 is the framework's default, and it looked the same in the browser.",
        "Answer 301 or 308.",
        (hints("redirects.canonical-matrix", _host("blog"), "temporary"),),
        lambda world: world.with_site(_host("blog"), upgrade_status=302),
    ),
    Fault(
        "apex-drops-query",
        "The bare domain loses campaign tags",
        "The redirect to www was typed into the registrar's form, which keeps the path and forgets the query.",
        "Keep path and query in the redirect from acme.test to www.",
        (hints("redirects.path-and-query", DOMAIN, "query-dropped"),),
        lambda world: world.with_site(DOMAIN, forward=Redirect(f"https://{WWW}", keep_path=True, keep_query=False)),
    ),
    Fault(
        "shop-drops-path",
        "Deep links into the outlet end on its home page",
        "The https redirect names the home page as its target, for every page.",
        "Redirect to the same path on https.",
        (shows("redirects.path-and-query", _host("shop"), "path-dropped"),),
        lambda world: world.with_site(_host("shop"), upgrade_keeps_path=False),
    ),
    Fault(
        "sale-link-dead",
        "The summer sale link is a 404",
        "Eleven thousand newsletters carry it. The page was deleted with the summer.",
        "Redirect /blog/summer-sale to /listings.",
        (
            shows("redirects.old-urls", FROM_SALE, "old-url-missing"),
            shows("redirects.declared-target", FROM_SALE, "wrong-target"),
        ),
        _without(WWW, "/blog/summer-sale"),
    ),
    Fault(
        "guide-link-chain",
        "The old seller guide hops five times",
        "Each rename added a redirect in front of the last one.",
        "Redirect /sellers-guide straight to /sell.",
        (shows("redirects.old-urls", FROM_GUIDE, "chain-long"),),
        _chain_of_guides,
    ),
    Fault(
        "pricing-link-temporary",
        "The old pricing link moves only temporarily",
        "302 again: search engines keep the old address and its rank stays there.",
        "Answer 301 for /pricing-2023.",
        (hints("redirects.old-urls", FROM_PRICING, "temporary"),),
        _serve(WWW, ("/pricing-2023", Redirect(f"https://{WWW}/pricing", 302))),
    ),
    Fault(
        "invite-to-home",
        "Invitations end on the home page",
        "The invitation page was rebuilt in the app; on the website everything unknown goes home.",
        "Redirect /invite to the sign-up page of the app, query included.",
        (
            shows("redirects.declared-target", FROM_INVITE, "path-dropped"),
            hints("redirects.old-urls", FROM_INVITE, "to-home"),
        ),
        _serve(WWW, ("/invite", Redirect(f"https://{WWW}/"))),
    ),
    Fault(
        "payment-return-loses-order",
        "Paid orders come back without their number",
        "The return address moved to the app and the redirect drops the query. The shop never learns who paid.",
        "Keep the query in the redirect of /payment/return.",
        (shows("redirects.declared-target", FROM_PAYMENT, "payment-return-dropped"),),
        _serve(WWW, ("/payment/return", Redirect(f"https://{APP}/checkout/return", keep_query=False))),
    ),
    Fault(
        "catalogue-language-loop",
        "The catalogue asks for a language again and again",
        "/catalogue wants a language, /en/catalogue believes that English needs no prefix.",
        "Exempt /en/catalogue from the language redirect.",
        (
            shows("redirects.loop", FROM_CATALOGUE, "loop-locale-or-login"),
            shows("redirects.declared-target", FROM_CATALOGUE, "wrong-target"),
            shows("redirects.old-urls", FROM_CATALOGUE, "chain-long"),
        ),
        _serve(
            WWW,
            ("/catalogue", Redirect(f"https://{WWW}/en/catalogue")),
            ("/en/catalogue", Redirect(f"https://{WWW}/catalogue")),
        ),
    ),
    Fault(
        "members-downgrade",
        "The members link takes a detour over plain http",
        "The redirect was written before there was a certificate, and still says http.",
        "Redirect /members to https://app.acme.test/login.",
        (shows("redirects.downgrade", FROM_MEMBERS, "downgrade"),),
        _serve(WWW, ("/members", Redirect(f"http://{APP}/login"))),
    ),
    Fault(
        "sitemap-sold-items",
        "The sitemap lists tables that are sold",
        "It was generated once, by hand, in March.",
        "Generate the sitemap from the published listings.",
        (shows("redirects.sitemap-urls", DOMAIN, "sitemap-url-broken"),),
        _serve(WWW, ("/sitemap.xml", sitemap(*SITEMAP_PATHS, "/listings/elm-stool", "/listings/velvet-sofa"))),
    ),
    Fault(
        "webhook-slash-redirect",
        "The payment webhook redirects to a final slash",
        "Payment events arrive as a redirected GET without a body. No order is ever marked as paid.",
        "Answer on /webhooks/payments itself.",
        (shows("redirects.machine-endpoints", f"https://{API}/webhooks/payments", "redirected-post"),),
        _serve(API, ("POST /webhooks/payments", Redirect(f"https://{API}/webhooks/payments/"))),
    ),
    Fault(
        "mail-webhook-moved",
        "The mail webhook answers with a 307",
        "The handler moved a folder down, with a polite redirect that many senders do not follow.",
        "Register the new address with the mail provider.",
        (hints("redirects.machine-endpoints", f"https://{API}/webhooks/mail", "redirected-307"),),
        _serve(API, ("POST /webhooks/mail", Redirect(f"https://{API}/v2/webhooks/mail", 307))),
    ),
    Fault(
        "login-open-redirect",
        "Login forwards to any website",
        "?next= brings people back to where they came from. It takes any address, also a copy of the login page.",
        "Accept only targets that begin with a single slash.",
        (shows("redirects.open-redirect", f"https://{APP}/login", "open-redirect"),),
        lambda world: world.with_page(APP, "/login", obeys_next="any"),
    ),
    Fault(
        "welcome-missing",
        "The page after sign-up is a 404",
        "It was renamed on the branch that is not merged yet.",
        "Put /welcome back.",
        (shows("routes.onboarding-crawl", f"https://{APP}/welcome", "broken-onboarding-route"),),
        _without(APP, "/welcome"),
    ),
    Fault(
        "signup-privacy-link",
        "The privacy notice linked from sign-up does not exist",
        "The careful third of all visitors clicks on it before signing up. They read 404 and leave.",
        "Publish /privacy, or link to where the notice is.",
        (shows("routes.onboarding-crawl", f"https://{APP}/signup", "broken-onboarding-link"),),
        _without(APP, "/privacy"),
    ),
    Fault(
        "reset-crashes",
        "Password reset crashes",
        "The mail password never made it into production's variables.",
        "Set SMTP_PASSWORD in production and release.",
        (shows("routes.onboarding-crawl", f"https://{APP}/reset", "broken-onboarding-route"),),
        _serve(APP, ("/reset", _CRASH)),
    ),
    Fault(
        "community-crashes-on-404",
        "A mistyped community link crashes",
        "The not-found template uses a variable that only exists on pages that are found.",
        "Repair the handler of missing pages.",
        (shows("routes.soft-404", _host("community"), "error-on-missing"),),
        lambda world: world.with_site(_host("community"), missing="crash"),
    ),
    Fault(
        "blog-never-404",
        "The blog finds every page, also those that do not exist",
        "The single-page app answers everything with its shell, so the monitor is green whatever happens.",
        "Answer 404 for addresses outside the router's list.",
        (hints("routes.soft-404", _host("blog"), "soft-404"),),
        lambda world: world.with_site(_host("blog"), missing="shell"),
    ),
    Fault(
        "sell-calls-staging",
        "The selling page talks to the staging API",
        "The build variable kept its staging value. New sellers sign up, into a database that is wiped on Sunday.",
        "Build with the production API address.",
        (shows("pages.staging-reference", f"https://{WWW}/sell", "staging-reference"),),
        lambda world: world.with_page(
            WWW,
            "/sell",
            foot=('<script>fetch("https://staging-api.acme.test/v1/categories", {mode: "cors"});</script>',),
        ),
    ),
    Fault(
        "checkout-test-key",
        "Checkout runs with a test payment key",
        'Buyers see "paid", and no money ever arrives.',
        "Put the live publishable key into production's variables.",
        (shows("pages.staging-reference", f"https://{APP}/checkout", "test-payment-key"),),
        lambda world: world.with_page(APP, "/checkout", data={"item": ITEMS[0], "payment_key": _test_key()}),
    ),
    Fault(
        "listing-canonical-staging",
        "A listing names staging as its canonical address",
        "The canonical link is built from a variable that nobody sets in production.",
        "Build canonical links from the public address.",
        (shows("pages.staging-reference", f"https://{WWW}/listings/oak-table", "staging-reference"),),
        lambda world: world.with_page(
            WWW,
            "/listings/oak-table",
            head=('<link rel="canonical" href="https://staging.acme.test/listings/oak-table">',),
        ),
    ),
    Fault(
        "pricing-noindex",
        "Search engines are told to forget the pricing page",
        "noindex was set before the launch, so that nobody would find the page too early.",
        "Remove the X-Robots-Tag header.",
        (hints("pages.staging-reference", f"https://{WWW}/pricing", "noindex"),),
        lambda world: world.with_page(WWW, "/pricing", headers=(("X-Robots-Tag", "noindex"),)),
    ),
    Fault(
        "help-calls-laptop",
        "The help page asks the founder's own laptop",
        "It works in one flat in the world, while the laptop is open.",
        "Use the public API address.",
        (
            shows("pages.staging-reference", f"https://{WWW}/help", "staging-reference"),
            shows("tls.mixed-content", f"https://{WWW}/help", "active-mixed-content"),
        ),
        lambda world: world.with_page(
            WWW, "/help", foot=('<script>fetch("http://192.168.1.20:3000/api/faq");</script>',)
        ),
    ),
    Fault(
        "listings-http-script",
        "The listings load a script over plain http",
        "Copied from the widget's documentation of 2014. Browsers block it, and the filters do nothing.",
        "Load the script over https.",
        (shows("tls.mixed-content", f"https://{WWW}/listings", "active-mixed-content"),),
        lambda world: world.with_page(
            WWW, "/listings", foot=('<script src="http://img.acme.test/filters.js" defer></script>',)
        ),
    ),
    Fault(
        "search-http-pictures",
        "The search shows a picture over plain http",
        "One badge in the corner, pasted from an e-mail.",
        "Load the picture over https.",
        (hints("tls.mixed-content", f"https://{WWW}/search", "passive-mixed-content"),),
        lambda world: world.with_page(
            WWW, "/search", foot=('<img src="http://img.acme.test/badge.svg" alt="" width="1" height="1">',)
        ),
    ),
    Fault(
        "terms-http-form",
        "The complaint form sends over plain http",
        "Names and order numbers travel readable for everybody on the café's network.",
        "Let the form send to https.",
        (shows("tls.mixed-content", f"https://{WWW}/terms", "insecure-form"),),
        lambda world: world.with_page(
            WWW,
            "/terms",
            foot=(
                '<form class="panel" method="post" action="http://www.acme.test/complaints"><button>Complain</button></form>',
            ),
        ),
    ),
)
"""All faults that a web server shows."""


def _test_key() -> str:
    return "_".join(("pk", "test", "practiceonly0000"))
