"""Set-Cookie attributes (RFC 6265bis), without any value: which cookies keep somebody logged in, and how they are
kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from launchready_tui.checks.edge.headerrules.finding import Finding

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SESSION_WORDS = frozenset(
    {"sess", "session", "sessionid", "sessid", "sid", "auth", "token", "jwt", "login", "remember", "access", "refresh"}
)
_SESSION_NAMES = re.compile(r"(?:php|asp\.?net_?|j|cf)sess|^connect\.sid$|sess(?:ion)?_?id$", re.IGNORECASE)
_FORGERY = re.compile(r"csrf|xsrf|antiforgery|authenticity", re.IGNORECASE)
_NOT_OURS = frozenset({"heroku-session-affinity", "awsalb", "awsalbcors", "__cf_bm", "cf_clearance", "arraffinity"})
"""Cookies of load balancers and walls: no session hangs on them."""


@dataclass(frozen=True, slots=True)
class CookieFlags:
    """How a cookie is set. `samesite` is '' where the attribute is missing, else its value in lower case ('?' if
    empty).
    """

    name: str
    secure: bool
    http_only: bool
    samesite: str = ""
    domain: str = ""
    path: str = ""

    @property
    def session(self) -> bool:
        """Whether its name is that of a cookie that keeps somebody logged in."""
        return is_session(self.name)

    @property
    def anti_forgery(self) -> bool:
        """Whether it is the forgery token of forms."""
        return bool(_FORGERY.search(self.name))

    @property
    def prefixed(self) -> bool:
        """Whether its name makes browsers insist on its attributes."""
        return self.name.startswith(("__Host-", "__Secure-", "__Http-", "__Host-Http-"))


def is_session(name: str) -> bool:
    """Whether the words of a name say session: whole words, so that `obsession` and `author` are none."""
    if name.lower() in _NOT_OURS or _FORGERY.search(name):
        return False
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(words & _SESSION_WORDS) or bool(_SESSION_NAMES.search(name))


def read(name: str, attributes: Iterable[str]) -> CookieFlags:
    """The flags in the attributes of a Set-Cookie (`name` or `name=value`); of a repeated one the last counts."""
    found: dict[str, str] = {}
    for attribute in attributes:
        key, equals, value = attribute.partition("=")
        found[key.strip().lower()] = value.strip() if equals else ""
    samesite = (found["samesite"].lower() or "?") if "samesite" in found else ""
    return CookieFlags(
        name, "secure" in found, "httponly" in found, samesite, found.get("domain", ""), found.get("path", "")
    )


def judge(cookies: Iterable[CookieFlags], *, hsts: bool) -> Finding:
    """The Observatory's verdict on all cookies of a page. `hsts`: the host insists on https, nearly as good."""
    ours = [cookie for cookie in cookies if cookie.name.lower() not in _NOT_OURS]
    if not ours:
        return Finding("cookies-not-found", True)
    for cookie in ours:
        if cookie.samesite not in ("", "lax", "strict", "none"):
            return Finding("cookies-samesite-flag-invalid", False, cookie.name)
    for cookie in ours:
        if cookie.session and not cookie.http_only:
            if not cookie.secure and not hsts:
                return Finding("cookies-session-without-secure-flag", False, cookie.name)
            return Finding("cookies-session-without-httponly-flag", False, cookie.name)
    for wanted in (True, False):
        for cookie in ours:
            if not cookie.secure and cookie.session is wanted:
                kind = "cookies-session-without-secure-flag" if wanted else "cookies-without-secure-flag"
                return Finding(f"{kind}-but-protected-by-hsts" if hsts else kind, False, cookie.name)
    for cookie in ours:
        if cookie.anti_forgery and not cookie.samesite:
            return Finding("cookies-anticsrf-without-samesite-flag", False, cookie.name)
    if all(cookie.samesite for cookie in ours):
        return Finding("cookies-secure-with-httponly-sessions-and-samesite", True)
    return Finding("cookies-secure-with-httponly-sessions", True)
