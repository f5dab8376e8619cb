"""What the words in a URL tell about its page: sign-in, onboarding, a payment return, a link that changes something."""

from __future__ import annotations

import re
from urllib.parse import unquote

from launchready_tui.checks.reading.urls import path_of, query_of, split

_SIGN_IN = re.compile(r"\b(log ?in|sign ?in|auth|sso|oauth2?|authorize|saml|openid)\b")
_ONBOARDING = re.compile(
    r"\b((log|sign) ?in|sign ?up|regist(er|ration)|join|invit(es?|ation)|onboarding|checkout|cart|basket)\b"
)
_PAYMENT = re.compile(r"\b(return|checkout|payments?|pay|paid|orders?|success|callback|confirm(ation)?|receipt)\b")
_ONE_TIME = re.compile(r"\b(reset|invit(es?|ation)|verif(y|ication)|activat(e|ion)|magic|token|unlock)\b")
_CHANGES = re.compile(
    r"\b((log|sign) ?(out|off)|delete|remove|unsubscribe|destroy|revoke|deactivate|cancel|disconnect|terminate)\b"
)
_LOCALE = re.compile(r"/[a-z]{2}(?:[-_][a-z]{2,4})?(?:/|$)", re.IGNORECASE)


def _words(text: str) -> str:
    """The words of a path in lower case, a blank between them: `sign in` of `/signIn`, `/sign-in`, `/sign_in`."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", unquote(text))
    return " ".join(re.findall(r"[a-z0-9]+", spaced.lower()))


def is_sign_in(url: str) -> bool:
    """Whether a URL asks visitors to sign in."""
    return bool(_SIGN_IN.search(_words(path_of(url))))


def is_onboarding(url: str) -> bool:
    """Whether a URL is part of signing up, signing in or checking out."""
    return bool(_ONBOARDING.search(_words(path_of(url))))


def is_payment(url: str) -> bool:
    """Whether a URL is one that buyers come back to from a payment page."""
    return bool(_PAYMENT.search(_words(path_of(url))))


def is_one_time(url: str) -> bool:
    """Whether a URL is one that is mailed with a token in it: reset, invitation, verification."""
    return bool(_ONE_TIME.search(_words(path_of(url))))


def changes_something(url: str) -> bool:
    """Whether following a link could sign somebody out or delete something, so that a crawl stays away from it."""
    query = " ".join(part for pair in query_of(url) for part in pair)
    return bool(_CHANGES.search(_words(f"{path_of(url)} {query}")))


def has_locale(url: str) -> bool:
    """Whether the path begins with a language, such as `/en/` or `/de-AT/`."""
    return bool(_LOCALE.match(split(url).path))
