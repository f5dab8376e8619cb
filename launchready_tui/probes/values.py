"""Pure: what a single value looks like: a secret, a person's address or number, a precise place. Bounded and linear."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence

MOST_TEXT = 4_000
"""Characters of a value that are looked at."""


class Number(str):
    """A number as it stands in a JSON text, so that its decimals can be counted."""

    __slots__ = ()


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


ROLE_ADDRESSES = word_set(
    "abuse accounts admin billing booking bookings careers contact customercare customerservice donotreply enquiries"
    " events feedback finance hello help helpdesk hi hr info inquiries invoices jobs legal mail marketing media news"
    " newsletter noreply no-reply office orders partners partnerships payments postmaster press privacy returns sales"
    " security service shop support team webmaster"
)
"""The part before the @ of addresses that belong to a role, not to a person (RFC 2142 and what is usual)."""

_EXAMPLES = ("example.com", "example.org", "example.net", "domain.com", "email.com", "yourdomain.com")
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+@/-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@-])"
)
_FILES = word_set("png jpg jpeg gif svg webp avif css js mjs json map woff woff2 ico mp4 webm pdf html ts tsx")
_JWT = re.compile(r"\beyJ[0-9A-Za-z_-]{8,4000}\.(eyJ[0-9A-Za-z_-]{4,4000})\.[0-9A-Za-z_-]{10,1000}")
_HASHES = (
    ("a password hash (bcrypt)", re.compile(r"\$2[abxy]?\$\d\d\$[./0-9A-Za-z]{53}")),
    ("a password hash (argon2)", re.compile(r"\$argon2(?:id|i|d)\$")),
    ("a password hash (PBKDF2)", re.compile(r"\bpbkdf2[_:-](?:sha\d{1,3})?[$:]?\d{3,8}\$|\$pbkdf2-sha")),
    ("a password hash (scrypt)", re.compile(r"\bscrypt:\d{4,8}:\d{1,3}:\d{1,3}\$|\$scrypt\$|\$7\$")),
    ("a password hash (crypt)", re.compile(r"\$[156]\$[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{22,86}")),
)
_PROVIDERS = (
    ("a private key", re.compile(r"-----BEGIN[A-Z ]{0,40}PRIVATE KEY-----")),
    ("a payment secret key", re.compile(r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{8,}|\bwhsec_[0-9A-Za-z+/=]{16,}")),
    ("a cloud access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("an API token", re.compile(
        r"\bxox[abprs]-[0-9A-Za-z-]{8,}|\bgh[pousr]_[0-9A-Za-z]{20,}|\bgithub_pat_[0-9A-Za-z_]{20,}"
        r"|\bsk-(?:proj|ant|svcacct)-[0-9A-Za-z_-]{20,}|\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}")),
)  # fmt: skip
_HIDDEN = re.compile(
    r"[*•xX\s.…-]{3,}[0-9A-Za-z]{0,4}|\W{0,9}(?:redacted|masked|hidden|filtered|null|none|undefined)\W{0,9}",
    re.IGNORECASE,
)
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,4})?")
_GROUPED_CARD = re.compile(r"(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)|(?<!\d)3[47]\d{2}([ -])\d{6}\2\d{5}(?!\d)")
_PHONE = re.compile(r"\+?\(?\d[\d\s()./-]{5,22}\d")
_DIGITS = re.compile(r"\D")
_PLACES = {"lat": 90.0, "latitude": 90.0, "lng": 180.0, "lon": 180.0, "longitude": 180.0}


def email_addresses(text: str, own: Sequence[str] = ()) -> list[str]:
    """The addresses in a text that may belong to a person: no examples, no file names, no role of the own domains."""
    found: list[str] = []
    for match in _EMAIL.finditer(text[:MOST_TEXT]):
        local, _, domain = match[0].lower().rpartition("@")
        ours = any(domain == name or domain.endswith(f".{name}") for name in own)
        if domain.rpartition(".")[2] in _FILES or domain in _EXAMPLES or (ours and local in ROLE_ADDRESSES):
            continue
        found.append(match[0])
    return found


def signed_token(text: str) -> bool:
    """Whether a text holds a JWT that is not made for everybody, as the `anon` key of a hosted database is."""
    return any(not _for_everybody(match[1]) for match in _JWT.finditer(text[:MOST_TEXT]))


def _for_everybody(claims: str) -> bool:
    try:
        told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(told, dict) and told.get("role") == "anon"


def password_hash(text: str) -> str:
    """The kind of a password hash in a text, '' if there is none."""
    return next((what for what, pattern in _HASHES if pattern.search(text[:MOST_TEXT])), "")


def provider_secret(text: str) -> str:
    """What opens something at a provider, in words; '' if a text holds nothing like it."""
    return next((what for what, pattern in _PROVIDERS if pattern.search(text[:MOST_TEXT])), "")


def looks_hidden(text: str) -> bool:
    """Whether a value was taken out already: `****`, `[redacted]`."""
    return _HIDDEN.fullmatch(text[:200]) is not None


def looks_secret(text: str) -> bool:
    """Whether a value is one word that nobody would write as a label: long, or with digits or signs in it."""
    if len(text) < 8 or len(text) > MOST_TEXT or any(character.isspace() for character in text):
        return False
    return len(text) >= 24 or not text.isalpha()


def iban(text: str) -> bool:
    """Whether a text is an IBAN with the right check digits (ISO 13616)."""
    if not _IBAN.fullmatch(text[:60]):
        return False
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def card_number(text: str, *, named: bool) -> bool:
    """Whether a text is a payment card's number (ISO/IEC 7812 with its check digit).

    Without a name that says so only digits in groups count: one of ten long ids has the right check digit by chance.
    """
    if not named:
        return any(_luhn(_DIGITS.sub("", match[0])) for match in _GROUPED_CARD.finditer(text[:MOST_TEXT]))
    plain = re.sub(r"[ -]", "", text[:40])
    return plain.isascii() and plain.isdigit() and 13 <= len(plain) <= 19 and plain[0] in "3456" and _luhn(plain)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return bool(digits) and total % 10 == 0


def phone_number(text: str, *, named: bool) -> bool:
    """Whether a text is a phone number: international (E.164) by itself, 7 to 15 digits if its name says so."""
    text = text.strip()
    if len(text) > 30 or not _PHONE.fullmatch(text):
        return False
    digits = len(_DIGITS.sub("", text))
    return 7 <= digits <= 15 if named else text.startswith("+") and 9 <= digits <= 15


def street_address(text: str) -> bool:
    """Whether a text is more than a town: words and a number."""
    words = text.split()
    return len(words) >= 2 and any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and len(text) >= 8


def coordinate(value: object, words: Sequence[str], decimals: int) -> bool:
    """Whether a value is a latitude or longitude with more decimals than that (two are about a kilometre)."""
    most = next((_PLACES[word] for word in reversed(words) if word in _PLACES), 0.0)
    return most > 0 and precise(value, decimals) and abs(float(str(value))) <= most


def precise(value: object, decimals: int) -> bool:
    """Whether a value is a number with more decimals than that, zeros at its end not counted."""
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,3}\.\d{1,30}", value[:40]):
        return False
    return len(value.partition(".")[2].rstrip("0")) > decimals
