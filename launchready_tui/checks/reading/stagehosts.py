"""Tells by its name alone what kind of place a host is: staging, somebody's laptop, a platform's default host."""

from __future__ import annotations

import ipaddress
import re
from enum import StrEnum

from launchready_tui.checks.reading.names import own_labels, registered_domain, tidy_name, under
from launchready_tui.model.product import Network, Product

_CLEAR = "stag(?:e|ing)?|stg|uat|preprod"
_VAGUE = "dev|test|qa|preview|sandbox|demo|local"
_EDGES = r"(?:^|[.-])(?:{})(?:[.-]|\d|$)"

STAGING_WORD = re.compile(_EDGES.format(f"{_CLEAR}|{_VAGUE}"))
"""S1.DNS.05. Only the labels that the owner chose are searched: `test.io` and `dev.to` are ordinary domains."""

CLEAR_WORD = re.compile(_EDGES.format(_CLEAR))
"""The words that mean staging also in names of other companies, whose demo or developer sites are public."""

TUNNELS = (
    "ngrok.app", "ngrok-free.app", "ngrok.io", "ngrok.dev", "ngrok-free.dev", "ngrok-cname.com", "trycloudflare.com",
    "loca.lt",
)  # fmt: skip
"""Tunnels to a developer's machine."""

PLATFORMS = (
    "vercel.app", "netlify.app", "onrender.com", "herokuapp.com", "up.railway.app", "fly.dev", "lovable.app",
    "replit.app", "replit.dev", "bolt.host", "pages.dev", "workers.dev",
)  # fmt: skip
"""Platforms on which every project has a default host that stays public beside the real domain."""

BACKENDS = ("supabase.co",)
"""Services whose default host is the usual one in production too."""

PAYMENT_SANDBOXES = {
    "sandbox.paypal.com": "paypal.com",
    "sandbox.braintreegateway.com": "braintreegateway.com",
    "sandbox.braintree-api.com": "braintree-api.com",
    "checkoutshopper-test.adyen.com": "adyen.com",
    "pal-test.adyen.com": "adyen.com",
    "checkout-test.adyen.com": "adyen.com",
    "squareupsandbox.com": "squareup.com",
    "sandbox.web.squarecdn.com": "squarecdn.com",
    "sandbox.checkout.com": "checkout.com",
    "sandbox-buy.paddle.com": "paddle.com",
    "sandbox-checkout.paddle.com": "paddle.com",
    "sandbox-api.paddle.com": "paddle.com",
    "sandbox-cdn.paddle.com": "paddle.com",
    "apitest.authorize.net": "authorize.net",
    "jstest.authorize.net": "authorize.net",
    "test.authorize.net": "authorize.net",
    "playground.klarna.com": "klarna.com",
    "sandbox.payfast.co.za": "payfast.co.za",
    "sandbox-merchant.revolut.com": "revolut.com",
    "test.oppwa.com": "oppwa.com",
    "eu-test.oppwa.com": "oppwa.com",
    "testsecureacceptance.cybersource.com": "cybersource.com",
}
"""Hosts at which payments are only played, and the domain of the real ones (from the vendors' documentation)."""

TEST_KEYS = ("pk_test_", "rk_test_", "sk_test_", "rzp_test_", "sandbox_")
"""How test-mode keys of payment providers begin."""

_LOCAL = tuple(
    ipaddress.ip_network(net)
    for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)


class Place(StrEnum):
    """What kind of place a host is."""

    ORDINARY = "ordinary"
    STAGING = "staging"
    VAGUE = "vague"
    LOCAL = "local"
    TUNNEL = "tunnel"
    PLATFORM = "platform"
    BACKEND = "backend"
    PAYMENT_SANDBOX = "payment-sandbox"


def is_declared(name: str, product: Product) -> bool:
    """Whether the profile says that a host is the product's own."""
    return tidy_name(name) == tidy_name(product.domain) or product.host(tidy_name(name)) is not None


def is_local(name: str, network: Network) -> bool:
    """Whether a host is `localhost` or a private address (RFC 1918, RFC 4193) that the profile does not make public."""
    if under(name, "localhost"):
        name = "127.0.0.1"
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return any(address in net for net in _LOCAL) and not network.counts_as_public(str(address))


def place(name: str, product: Product) -> Place:
    """What kind of place a host is. Outside the product, a word such as `demo` makes it `VAGUE` and no more."""
    name = tidy_name(name)
    if is_declared(name, product):
        return Place.ORDINARY
    if is_local(name, product.network):
        return Place.LOCAL
    if any(under(name, suffix) for suffix in PAYMENT_SANDBOXES):
        return Place.PAYMENT_SANDBOX
    if any(under(name, suffix) for suffix in TUNNELS):
        return Place.TUNNEL
    domain = tidy_name(product.domain)
    labels = name.removesuffix(domain) if under(name, domain) else own_labels(name)
    on_platform = any(under(name, suffix) and name != suffix for suffix in PLATFORMS)
    own = on_platform or registered_domain(name) == registered_domain(product.domain)
    if CLEAR_WORD.search(labels) or (own and STAGING_WORD.search(labels)):
        return Place.STAGING
    if on_platform:
        return Place.STAGING if "-git-" in labels else Place.PLATFORM
    if any(under(name, suffix) for suffix in BACKENDS):
        return Place.BACKEND
    return Place.VAGUE if STAGING_WORD.search(labels) else Place.ORDINARY


def payment_host(name: str) -> str:
    """The domain at which the payments of a sandbox host are real, '' if the host is no sandbox."""
    return next((real for sandbox, real in PAYMENT_SANDBOXES.items() if under(name, sandbox)), "")
