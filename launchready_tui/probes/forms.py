"""Pure: finds the form of a page that is meant, and fills it in as a visitor would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

from launchready_tui.model.product import Family
from launchready_tui.probes.htmltokens import tags

MOST_FORMS = 50
MOST_FIELDS = 100

_USER = re.compile(r"e-?mail|user|login|account|identifier|phone", re.IGNORECASE)
_TOKEN = re.compile(r"token|code|invit", re.IGNORECASE)
_SKIPPED = frozenset({"submit", "button", "reset", "image", "file"})
_GUESSED: Mapping[Family, tuple[str, ...]] = {
    "login": ("email", "password"),
    "reset": ("email",),
    "signup": ("email", "password"),
    "invite": ("token",),
}
"""The usual field names, where the page shows no form to learn them from."""


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form; `kind` is its type in lower case."""

    name: str
    kind: str = "text"
    value: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it sends, how, and its fields. Its hidden values may be secrets, and never leave the probe."""

    action: str
    method: str
    inputs: tuple[Input, ...] = ()

    @property
    def has_password(self) -> bool:
        """Whether it asks for a password."""
        return any(field.kind == "password" for field in self.inputs)


@dataclass(frozen=True, slots=True)
class Sending:
    """A request that is ready to be sent."""

    method: str
    url: str
    body: str = ""
    media_type: str = ""


def read_forms(url: str, html: str) -> tuple[Form, ...]:
    """The forms of a page in order. Fields that stand outside any form are left out."""
    forms: list[tuple[str, str, list[Input]]] = []
    base = url
    for tag in tags(html):
        get = tag.attributes.get
        if tag.name == "base" and get("href"):
            base = _joined(url, get("href", ""))
        elif tag.name == "form" and len(forms) < MOST_FORMS:
            method = "POST" if get("method", "get").strip().lower() == "post" else "GET"
            forms.append((_joined(base, get("action", "")) or url, method, []))
        elif tag.name in ("input", "select", "textarea", "button") and forms and get("name"):
            kind = get("type", "text").strip().lower() if tag.name == "input" else tag.name
            if kind not in _SKIPPED and len(forms[-1][2]) < MOST_FIELDS:
                forms[-1][2].append(Input(get("name", "")[:200], kind, get("value", "")))
    return tuple(Form(action, method, tuple(inputs)) for action, method, inputs in forms)


def chosen(forms: tuple[Form, ...], family: Family) -> Form | None:
    """The form of a page that belongs to a family of endpoints."""
    posting = [form for form in forms if form.method == "POST"]
    with_password = [form for form in posting if form.has_password]
    with_user = [form for form in posting if any(_is_user(field) for field in form.inputs)]
    if family in ("login", "signup"):
        return next(iter(with_password), next(iter(with_user), None))
    if family == "reset":
        return next((form for form in with_user if not form.has_password), None)
    if family == "invite":
        return next((form for form in posting if any(_TOKEN.search(field.name) for field in form.inputs)), None)
    return None


def filled(form: Form, *, user: str, password: str, token: str = "") -> Sending:
    """The request that a browser would send with these values; hidden fields and defaults are kept."""
    pairs: list[tuple[str, str]] = []
    for field in form.inputs:
        if field.kind == "password":
            pairs.append((field.name, password))
        elif field.kind == "hidden":
            pairs.append((field.name, field.value))
        elif field.kind in ("checkbox", "radio"):
            continue
        elif _is_user(field):
            pairs.append((field.name, user))
        elif token and _TOKEN.search(field.name):
            pairs.append((field.name, token))
        else:
            pairs.append((field.name, field.value))
    return Sending(form.method, form.action, urlencode(pairs), "application/x-www-form-urlencoded")


def guessed(url: str, family: Family, *, user: str, password: str, token: str, json_body: str = "") -> Sending:
    """A request without a form to learn from: the usual fields, or the JSON that an API gets."""
    if json_body:
        return Sending("POST", url, json_body, "application/json")
    values = {"email": user, "password": password, "token": token}
    pairs = [(name, values[name]) for name in _GUESSED.get(family, ())]
    return Sending("POST", url, urlencode(pairs), "application/x-www-form-urlencoded")


def _is_user(field: Input) -> bool:
    return field.kind == "email" or (field.kind in ("text", "tel") and bool(_USER.search(field.name)))


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""
