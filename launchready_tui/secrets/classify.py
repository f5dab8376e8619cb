"""Pure: what a match is: a provider's secret, a private key, something generic, or made to be public."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass

from launchready_tui.model.questions.secrets import SecretKind
from launchready_tui.secrets.matches import Match

OUR = "launchready."

_PUBLIC_RULES = re.compile(
    r"""(?:-client-id|-account-id|-account-name|-application-id|-app-id|-auth-id|-access-id|-access-key-id|-tenant-id
        |-key-id|-cloud-name|-username|-hostname?|-host|-domain|-url|-address|-public-key|-pub-key|-pub-api-key|-public-api-token
        |-browser-api-token|-client-sdk-key|-mobile-sdk-key|-project-api-key|planetscale-id|-token-name)(?:\.\d)?$""",
    re.VERBOSE,
)
"""Rules of the engine that find names and keys which are published on purpose; they are halves of a secret at most."""

_GENERIC_RULES = re.compile(
    r"\.(?:jwt|jwt-base64|generic-credential-uri|curl-auth-(?:user|header)|kubernetes-secret-yaml)$"
)
_KEY_RULES = re.compile(r"(?:private-key|age-secret-key|launchready\.key-)[a-z-]*(?:\.\d)?$")
_PUBLIC_VALUES = re.compile(r"pk_(?:live|test)_|pk\.eyJ|sb_publishable_|phc_|(?:G|UA|AW)-|dapi0{8}")
_TEST_MODE = re.compile(r"[srw]k_test_|rk_test_|test_|sandbox|sq0csb-|sandbox-sq0|EZTK|AKIA0{4}")
_GOOGLE_KEY = re.compile(r"AIza[0-9A-Za-z_-]{35}$")
_BROWSER_CONTEXT = re.compile(
    rb"authDomain|firebaseConfig|initializeApp|google-services|GoogleService-Info|messagingSenderId|maps\.googleapis|GOOGLE_MAPS|reCAPTCHA"
    rb"|mobilesdk_app_id|current_key",
    re.IGNORECASE,
)
_NEAR = 400
"""Bytes around a value in which its company is looked at."""

_SPELLED = "API AWS JWT GCP URL URI AI AD id npm PyPI SDK CI OAuth".split()  # noqa: SIM905 - words
_UPPER = {**{word.lower(): word for word in _SPELLED}, "pat": "personal access token"}
_TITLES = {
    "jwt": "Signed token (JWT)",
    "jwt-base64": "Signed token (JWT), encoded",
    "private-key": "Private key",
    "generic-credential-uri": "Password in a URL",
    "curl-auth-user": "Password on a curl command line",
    "curl-auth-header": "Token on a curl command line",
    "kubernetes-secret-yaml": "Kubernetes secret",
    "nuget-config-password": "NuGet password",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a match is called, what kind of thing it is, and what gave it away."""

    title: str
    kind: SecretKind
    why: str


def meaning(match: Match, data: bytes, *, titles: dict[str, str] | None = None) -> Meaning:
    """What a match in a text means. `titles` are the names of our own rules by id."""
    title = (titles or {}).get(match.rule) or title_of(match.rule)
    if match.rule.endswith((".jwt", ".jwt-base64")):
        return _token(match.value, title)
    if _GOOGLE_KEY.match(match.value) and _in_browser_context(match, data):
        return Meaning(
            "Google browser key", "publishable", "a Google key beside the settings of a browser or mobile app"
        )
    if _PUBLIC_VALUES.match(match.value) or _PUBLIC_RULES.search(match.rule):
        return Meaning(title, "publishable", "has the form of a key or name that is made to be public")
    if _TEST_MODE.match(match.value):
        return Meaning(f"{title} of the test mode", "generic", "has the form of a provider's key, for its test mode")
    if _KEY_RULES.search(match.rule):
        return Meaning(title, "private-key", "has the head and the body of a private key")
    return Meaning(title, _kind(match.rule), _why(match, title))


def title_of(rule: str) -> str:
    """A name for people, from the id of one of the engine's rules: `Stripe access token`."""
    name = re.sub(r"\.\d+$", "", rule).rpartition(".")[2].rpartition("/")[2]
    if name in _TITLES:
        return _TITLES[name]
    words = [_UPPER.get(word, word) for word in name.split("-")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _kind(rule: str) -> SecretKind:
    if rule.startswith(OUR):
        # A framework's signing key forges every session: it weighs as much as a provider's.
        return "provider" if rule.removeprefix(OUR).startswith(("provider-", "framework-")) else "generic"
    return "generic" if _GENERIC_RULES.search(rule) else "provider"


def _why(match: Match, title: str) -> str:
    name = match.rule.removeprefix(OUR) if match.rule.startswith(OUR) else ""
    if name.startswith("config-"):
        name = title[:1].lower() + title[1:].partition(" in ")[0]
        return f"stands where a {name} stands; {match.entropy:.1f} bits a character"
    if name.startswith("framework-"):
        return "stands after the name of a framework's signing key, and looks random"
    if _GENERIC_RULES.search(match.rule):
        return "has the form of a credential that many services use"
    return "has the form that this provider gives its keys"


def _in_browser_context(match: Match, data: bytes) -> bool:
    return bool(_BROWSER_CONTEXT.search(data[max(0, match.start - _NEAR) : match.end + _NEAR]))


def _token(value: str, title: str) -> Meaning:
    """Supabase's tokens say their role: `anon` is for browsers, `service_role` passes by every row rule."""
    claims = read_claims(value)
    role = claims.get("role")
    if role == "anon":
        return Meaning("Supabase anon key", "publishable", "a token with the role anon, which is made for browsers")
    if role == "service_role":
        return Meaning(
            "Supabase service key", "provider", "a token with the role service_role, which passes by every row rule"
        )
    return Meaning(title, "generic", "has the three parts of a signed token")


def read_claims(token: str) -> dict[str, object]:
    """The claims of a JWT, without any verification; {} for what is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        data = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
