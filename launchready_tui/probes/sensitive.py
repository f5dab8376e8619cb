"""Pure: which fields of a JSON document should not be public, by their name and the look of their value.

A name alone says little: texts of a form have a field `password` too. So a name counts together with a value that fits
it, and what remains doubtful says so (`certain` False). Values never leave: `what` is in words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from launchready_tui.model.questions.payload import Danger
from launchready_tui.probes.values import (
    Number,
    card_number,
    coordinate,
    email_addresses,
    iban,
    looks_hidden,
    looks_secret,
    password_hash,
    phone_number,
    provider_secret,
    signed_token,
    street_address,
    word_set,
)

_DANGERS: dict[str, Danger] = {
    "password": "secret",
    "hash": "secret",
    "salt": "secret",
    "token": "secret",
    "secret": "secret",
    "lat": "location",
    "lng": "location",
    "is_admin": "internal",
    "role": "internal",
    "deleted_at": "internal",
    "internal": "internal",
}
"""What a name gives away; all others are personal data."""

_ALIKE = {
    "lat": ("latitude",),
    "lng": ("lon", "longitude"),
    "phone": ("mobile", "telephone", "tel"),
    "password": ("passwd", "pwd", "passphrase"),
}
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ABOUT = word_set(
    "type count expires expiry expired at in name required enabled length min max label placeholder hint url link href"
    " policy strength status algorithm algo verified confirmed visible field title text message error id ids"
)
"""A last word that makes a name be about a secret: `token_type`, `password_reset_url`."""

_HARMLESS = {
    "token": word_set("page next prev previous cursor continuation csrf xsrf sync forgery publishable design public"),
    "hash": word_set(
        "content image file blur commit etag query route build git asset integrity map block tx transaction schema"
        " cache photo thumb thumbnail media url data body bundle chunk script style template module source tree"
        " revision version css js perceptual location preview"
    ),
    "address": word_set("mac wallet contract web url bind listen"),
    "secret": frozenset({"client", "santa"}),
}
"""Words beside a name that make it harmless. A payment's `client_secret` is made to be handed to the buyer."""

_ROLES = word_set(
    "admin administrator superadmin superuser root staff moderator owner user member editor seller buyer vendor"
    " merchant customer agent support operator manager"
)
_STREET = frozenset({"street", "line", "line1", "line2", "postcode", "postal", "zip", "zipcode"})
_MAP_SETTINGS = word_set(
    "map center centre bounds viewport default defaults config settings region city country cities"
)
_CARD = word_set("card pan cc")
_STRIPE = re.compile(r"(?:cus|acct)_[A-Za-z0-9]{12,32}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a field gives away, in words without its value."""

    danger: Danger
    what: str
    certain: bool = True


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `sellerEmail`, `seller_email` and `seller-email` are seller, email."""
    return tuple(part.lower() for part in _PART.findall(name[:200]))


@lru_cache(maxsize=8192)
def term_in(name: str, terms: tuple[str, ...]) -> str:
    """The first of the terms whose words stand side by side in a name, '' if there is none."""
    words = words_of(name)
    for term in terms:
        for spelling in (term, *_ALIKE.get(term, ())):
            wanted = words_of(spelling)
            if wanted and any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1)):
                return term
    return ""


def marks(
    name: str, path: str, value: object, *, terms: tuple[str, ...], own: tuple[str, ...], decimals: int
) -> tuple[Mark, ...]:
    """What one value gives away. `name` is its key, `path` all keys above it; `value` a text, number, boolean or None.

    `own` are domains whose role addresses are meant to be public.
    """
    text = value if isinstance(value, str) else ""
    found: list[Mark] = []
    if text and not isinstance(value, Number):
        found += by_value(text, own)
    if text and _CARD & set(words_of(name)) and card_number(text, named=True):
        found.append(Mark("personal", "a card number"))
    term = term_in(name, terms)
    if term and not any(mark.danger == _DANGERS.get(term, "personal") for mark in found):
        named = _by_name(term, name, path, value, decimals)
        found += [named] if named else []
    return tuple(found)


def by_value(text: str, own: tuple[str, ...]) -> list[Mark]:
    """What a text gives away whatever its field is called."""
    found: list[Mark] = []
    if kind := provider_secret(text):
        found.append(Mark("secret", kind))
    if signed_token(text):
        found.append(Mark("secret", "a signed token (JWT)"))
    if kind := password_hash(text):
        found.append(Mark("secret", kind))
    if addresses := email_addresses(text, own):
        found.append(Mark("personal", f"an e-mail address of {len(addresses[0])} characters"))
    if iban(text):
        found.append(Mark("personal", "a bank account number (IBAN)"))
    if card_number(text, named=False):
        found.append(Mark("personal", "a card number"))
    if phone_number(text, named=False):
        found.append(Mark("personal", "a phone number"))
    if _STRIPE.fullmatch(text):
        found.append(Mark("personal", "an account id at the payment provider"))
    return found


def _by_name(term: str, name: str, path: str, value: object, decimals: int) -> Mark | None:
    """What a name together with its value gives away."""
    words = words_of(name)
    if _HARMLESS.get(term, frozenset()) & set(words):
        return None
    danger = _DANGERS.get(term, "personal")
    text = value if isinstance(value, str) else ""
    if danger == "internal":
        return _internal(term, value)
    if danger == "location":
        if not coordinate(value, words, decimals):
            return None
        return Mark("location", f"a coordinate with more than {decimals} decimals", not _map_setting(path))
    if not text or looks_hidden(text) or words[-1] in _ABOUT:
        return None
    if danger == "secret":
        return _secret(term, words, text)
    return _personal(term, text, named=True)


def _secret(term: str, words: tuple[str, ...], text: str) -> Mark | None:
    what = f"a value of {len(text)} characters"
    if looks_secret(text):
        # A bare "hash" may be that of a file: what a password's looks like was recognised by its value.
        return Mark("secret", what, certain=term != "hash" or "password" in words or "pass" in words)
    single = len(text) >= 4 and not any(character.isspace() for character in text)
    label = text[:1].isupper() and text[1:].islower()
    if single and not label and text.lower() not in words:
        return Mark("secret", what, certain=False)
    return None


def _personal(term: str, text: str, *, named: bool) -> Mark | None:
    match term:
        case "email":
            return None  # an address would have been recognised by its value
        case "phone":
            return Mark("personal", "a phone number") if phone_number(text, named=named) else None
        case "address":
            return Mark("personal", "a street address") if street_address(text) else None
        case "iban":
            return Mark("personal", f"a value of {len(text)} characters", certain=False) if len(text) >= 8 else None
        case _:
            return Mark("personal", f"a value of {len(text)} characters") if len(text) >= 4 else None


def _internal(term: str, value: object) -> Mark | None:
    if term == "role":
        text = value.lower() if isinstance(value, str) else ""
        return Mark("internal", "a user's role") if text in _ROLES else None
    if value is None:
        return Mark("internal", "an empty internal field")
    return Mark("internal", "an internal flag" if isinstance(value, bool) else "an internal field")


def _map_setting(path: str) -> bool:
    """Whether a place is a setting of a map rather than where something is."""
    return bool(_MAP_SETTINGS & {word for part in path.split(".")[-3:] for word in words_of(part)})


def part_of_address(path: str, name: str, value: object) -> bool:
    """Whether a value is the street or the postcode inside an address."""
    inside = any("address" in words_of(part) for part in path.split(".")[:-1])
    return inside and bool(_STREET & set(words_of(name))) and isinstance(value, str) and any(map(str.isdigit, value))
