"""Pure: takes secrets out of what is stored of an HTTP exchange (CHECKS.md b0).

The mark keeps the place, so that people see that something was there. A redirect that carries a secret in its URL
(`code=` of an OAuth return) is stored, and followed, with the mark in place of the value: the path and the parameter's
name survive, the value does not. Everything without a secret stays as it was, byte for byte.
"""

from __future__ import annotations

import re

from launchready_tui.model.questions import Cookie

MARK = "‹redacted›"

_SECRET_HEADERS = re.compile(r"(?:proxy-)?authorization|cookie|.*(?:token|secret|session|password|api-?key).*")

_SECRET_NAME = re.compile(
    r"(?i:token|secret|session|passw(?:or)?d|code|key(?!word|board))|(?<![A-Za-z])(?i:sig)|(?<=[a-z])Sig"
)
"""`token|key|sig|code|password|secret|session` inside a parameter's name, but not in "keyword" and "design"."""

_PARAMETER = re.compile(
    r"""(?P<name>[?&#][^?&#;=\s"'<>]{1,128}=)[^&#;\s"'<>]+|(?P<matrix>;[^?&#;=\s"'<>]{1,128}=)[^?&#;/\s"'<>]+"""
)
_USERINFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30}://|^//)[^/?#@\s\"'<>]{1,512}@")

_SHAPES = re.compile(
    r"""
      -----BEGIN[A-Z ]{0,40}PRIVATE\ KEY-----.*?(?:-----END[A-Z ]{0,40}PRIVATE\ KEY-----|\Z)
    | \b[sr]k_(?:live|test)_[0-9A-Za-z]{8,}
    | \bwhsec_[0-9A-Za-z+/=]{16,}
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*
    | \bxox[a-z]-[0-9A-Za-z-]{8,}
    | \bgh[pousr]_[0-9A-Za-z]{20,}
    | \bgithub_pat_[0-9A-Za-z_]{20,}
    | \bAIza[0-9A-Za-z_-]{30,}
    | \bsk-[0-9A-Za-z_-]{20,}
    | \bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}
    """,
    re.VERBOSE | re.DOTALL,
)
_ASSIGNED = re.compile(
    r"""(?P<name>(?:passw(?:or)?d|secret|api_?key|access_?token|auth_?token|private_?key)["']?\s{0,8}"""
    r"""(?:=>?\s{0,8}["']?|:\s{0,8}["']|:\s{0,8}(?=[^\s"'<>]{0,64}\d)))[^\s"'<>,;&{}()]{4,}""",
    re.IGNORECASE,
)
"""Behind a colon only what is quoted or holds a digit: "Forgot your password: click here" is no secret."""


def secret_kinds(text: str) -> frozenset[str]:
    """The kinds of what has the shape of a provider's key, a token or a private key in a text."""
    return frozenset(_kind(found[0]) for found in _SHAPES.finditer(text))


def _kind(value: str) -> str:
    kinds = {"-----": "private key", "eyJ": "signed token (JWT)", "AKIA": "cloud key", "ASIA": "cloud key"}
    return next((kind for start, kind in kinds.items() if value.startswith(start)), "provider key")


def redact_url(url: str) -> str:
    """A URL without user information and without the values of parameters that carry secrets."""
    return _PARAMETER.sub(_parameter, _USERINFO.sub(rf"\g<scheme>{MARK}@", url))


def redact_text(text: str) -> str:
    """Text without what has the shape of a secret: provider keys, tokens, private keys, assigned passwords, URLs."""
    text = _SHAPES.sub(MARK, text)
    text = _ASSIGNED.sub(rf"\g<name>{MARK}", text)
    return redact_url(text)


def redact_header(name: str, value: str) -> str:
    """A response header as it may be stored; `name` is in lower case."""
    if _SECRET_HEADERS.fullmatch(name):
        return MARK
    if name == "set-cookie":
        pair, semicolon, attributes = value.partition(";")
        # Without "=" all of it is the value of a cookie without a name (RFC 6265bis section 5.6).
        name = f"{pair.partition('=')[0]}=" if "=" in pair else ""
        return f"{name}{MARK}{semicolon}{attributes}"
    return redact_text(value)


def read_cookie(set_cookie: str) -> Cookie:
    """A Set-Cookie header without its value (RFC 6265 section 5.2)."""
    pair, *attributes = set_cookie.split(";")
    named = (attribute.partition("=") for attribute in attributes[:32])
    texts = (f"{key.strip().lower()}{equals}{value.strip()}" for key, equals, value in named)
    name = pair.partition("=")[0].strip()[:256] if "=" in pair or not pair.strip() else MARK
    return Cookie(name, tuple(text[:512] for text in texts if text))


def _parameter(found: re.Match[str]) -> str:
    name = found["name"] or found["matrix"]
    return name + MARK if _SECRET_NAME.search(name) else found[0]
