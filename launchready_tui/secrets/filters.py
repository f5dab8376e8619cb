"""Pure: what looks like a secret and is none: placeholders, examples, test values, code, checksums.

A filter has to hold for every rule of its group; none is about one string. What has the format of a provider is only
taken out where the value itself says that it is no real one.
"""

from __future__ import annotations

import re

from launchready_tui.model.questions.secrets import SecretKind
from launchready_tui.secrets.matches import Match

_SAYS_SO = re.compile(
    r"example|(?:^|[_\W])sample|place-?_?holder|change[_-]?(?:me|this|it)|your[_-]?(?:own[_-]?)?(?:api|key|token|secret|password|value|access|app|client)"
    r"|(?:insert|enter|replace|put|add|set|use)[_-](?:your|with|me|this|here|a|the|real)|redacted|dummy|fake|not[_-]?(?:a[_-]?)?real|do[_-]?not[_-]?use"
    r"|[_-]here$|xxxx|\*\*\*|\.\.\.\.|to[_-]?be[_-]?(?:set|replaced|changed)|some[_-]?(?:secret|password|key|token)|my[_-]?(?:secret|password|key|token)",
    re.IGNORECASE,
)
"""Words with which people mark a value that is none."""

_STANDS_FOR_ANOTHER = re.compile(
    r"^(?:\$|%|@|#|<|\{|\[|!|&|~/|\./|\.\./|/)|\$\{|\{\{|<%|%\(|\$\(|\}\}|^(?:process|os|env|ENV|import|config|settings|secrets|vars|self|this)\.[A-Za-z_]"
    r"|^(?:ENC\[|vault:|arn:|ref\+|op://|sm://|secret://|keyring:|file:|https?://|AQICAH)|\(\)$|^[A-Za-z_.]+\("
)
"""A reference, template, command or address in place of a value, or one that is encrypted already."""

_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "01234567890",
    "09876543210",
    "qwertyuiop",
    "asdfghjkl",
)
_RUN = 8
"""Characters of a sequence that no random value has."""

_REPETITION = re.compile(r"([^=-])\1{15,}")
"""One character over and over; zero bytes in base64 give shorter ones."""

_LONGEST_NAME = 120
"""Characters in which a value says that it is none; in thousands of random ones every short word turns up."""

_TRIVIAL = frozenset(
    """
    password passw0rd password1 password12 password123 pass1234 admin123 admin1234 secret123 test1234 test123 testtest
    letmein1 qwerty123 12345678 123456789 1234567890 postgres root toor guest changeit hunter2 correcthorse mysql redis
    rabbitmq mongo docker vagrant user demo demo1234 pass secret admin test token
    """.split()  # noqa: SIM905 - words
)
"""Passwords that everybody knows."""

_WORDS = re.compile(r"^[a-z]+(?:[\s._:/-][a-z]+)*\d{0,2}$", re.IGNORECASE)
_CONSTANT = re.compile(
    r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^[a-z]+(?:[A-Z][a-z0-9]*)+$|^[a-z]+(?:_[a-z0-9]+)+$|^[a-z]+(?:-[a-z0-9]+){2,}$"
)
_DIGEST = re.compile(r"^(?:sha(?:1|256|384|512)-|(?:sha256|md5):|\$2[aby]\$|\$argon2|pbkdf2_|scrypt:|\{SSHA)")
_UUID_OR_DATE = re.compile(r"^(?:\d{4}-\d\d-\d\d|v?\d+\.\d+\.)")
_MIGRATION = re.compile(r"^\d{3,14}(?:_(?:[a-z]{2,}|\d+))+$")
"""The name of a database migration, which stands beside the name of an app such as `auth`."""
_SPEAKING = re.compile(
    r"(?:[a-z0-9]{1,12}(?:[ _.-]|%20))?(?:secret|password|passwd|passwort|pass|pw|pwd)\d{0,3}", re.IGNORECASE
)
_UNBROKEN = re.compile(rb"[A-Za-z0-9+/=_-]+")
_BLOB = 300
"""Bytes without a break on one side of a value that make it part of something larger."""

_LOCK_FILES = re.compile(
    r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock"
    r"|Cargo\.lock|Gemfile\.lock|composer\.lock|go\.sum|mix\.lock|flake\.lock|[^/]*\.(?:po|pot|xliff|arb|svg|css|snap|map))$"
)
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|specs?|__tests__|__mocks__|mocks?|fixtures?|testdata|test_data|cassettes|e2e|cypress|examples?|samples?|demos?|docs?|documentation"
    r"|tutorials?|benchmarks?|node_modules|vendor|third[_-]party|site-packages|locales?|i18n|translations?)/|(?:^|[/_.-])(?:tests?|spec|mocks?|fixtures?|example|sample|template|dist)"
    r"(?:[_.-][^/]*)?\.[a-z]{1,10}$|(?:^|/)(?:test_|conftest)[^/]*$|\.(?:example|sample|template|dist|md|mdx|rst|adoc|ipynb)$|(?:^|/)(?:README|CHANGELOG|CONTRIBUTING)",
    re.IGNORECASE,
)
_LOCAL_HOST = re.compile(
    r"@(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker|db|postgres|mysql|redis|mongo|rabbitmq|database|[a-z0-9_-]+(?=[:/\"'\s]|$)|[^/\s\"']*\bexample\.)",
    re.IGNORECASE,
)
_CAMEL_API_KEY = re.compile(rb"(?:^|[^A-Za-z0-9_\"'])apiKey\s{0,4}[:=]\s{0,4}[\"'`]$")


def in_test_path(path: str) -> bool:
    """Whether a path is that of a test, an example, documentation or somebody else's code."""
    return bool(_TEST_PATH.search(path))


def is_no_secret(match: Match, kind: SecretKind, data: bytes, path: str) -> bool:
    """Whether a match only looks like a secret."""
    value = match.value
    if _SAYS_SO.search(value[:_LONGEST_NAME]) or _REPETITION.search(value):
        return True
    if kind == "provider" and _is_part_of_a_blob(match, data):
        return True
    if kind == "generic" and (_has_run(_body(value)) or _DIGEST.match(value)):
        return True
    if match.rule.endswith(("config-url-password", "generic-credential-uri")):
        return _is_harmless_url(match, data, path)
    return kind == "generic" and _is_no_generic(match, data, path)


def _is_part_of_a_blob(match: Match, data: bytes) -> bool:
    """Whether a match lies within a long unbroken run of base64: any prefix turns up in a picture."""
    sides = data[max(0, match.start - _BLOB) : match.start], data[match.end : match.end + _BLOB]
    return any(len(side) == _BLOB and _UNBROKEN.fullmatch(side) for side in sides)


def _is_no_generic(match: Match, data: bytes, path: str) -> bool:
    """For values that only the name beside them makes a secret."""
    value = match.value
    if not match.rule.startswith("launchready.config-"):
        return bool(_LOCK_FILES.search(path))
    if value.lower() in _TRIVIAL or _STANDS_FOR_ANOTHER.search(value) or _UUID_OR_DATE.match(value):
        return True
    if _MIGRATION.match(value):
        return True
    if _WORDS.match(value) or _CONSTANT.match(value) or _LOCK_FILES.search(path) or in_test_path(path):
        return True
    before = data[max(0, match.start - 40) : match.start]
    # The spelling of settings that are handed to a browser: search keys, map keys.
    return match.rule.endswith("config-secret") and bool(_CAMEL_API_KEY.search(before))


def _is_harmless_url(match: Match, data: bytes, path: str) -> bool:
    """A URL with a template, with a password that everybody has, or of a machine that nobody reaches."""
    value = match.value
    if (
        _STANDS_FOR_ANOTHER.search(value)
        or _SPEAKING.fullmatch(value)
        or value.lower() in _TRIVIAL
        or in_test_path(path)
    ):
        return True
    start = max(0, match.start - 100)
    before = data[start : match.start].decode("utf-8", "replace").rpartition("://")[2].rstrip(":")
    after = data[match.end : match.end + 80].decode("utf-8", "replace")
    if before.lower() == value.lower() or _LOCAL_HOST.match(after):
        return True
    # A user name in front of `@` in a path, such as an image reference, or a line and column.
    return value.isdigit() and len(value) <= 5


def _body(value: str) -> str:
    """A value without the prefix that its provider gives it."""
    return re.sub(r"^[A-Za-z]{2,8}[_-](?:[A-Za-z]{2,8}[_-])?", "", value) if len(value) > 20 else value


def _has_run(value: str) -> bool:
    """Whether a value holds a long run in the order of a keyboard or alphabet, or of one character."""
    lowered = value.lower()
    if re.search(r"(.)\1{7,}", lowered):
        return True
    return any(row[at : at + _RUN] in lowered for row in _SEQUENCES for at in range(len(row) - _RUN + 1))
