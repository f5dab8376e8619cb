"""Pure: files that are a secret by their name, and files that belong outside version control (S1.SEC.04)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of file. `container`: it is a key store, so that having it is the finding.

    `needs`: what its content must show to count.
    """

    what: str
    container: bool = False
    needs: re.Pattern[bytes] | None = None


_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY")
_SORTS: tuple[tuple[re.Pattern[str], Sort], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), sort)
    for pattern, sort in (
        (r"\.(?:p12|pfx)$", Sort("a key store (PKCS #12)", container=True)),
        (r"\.(?:jks|keystore)$", Sort("a Java key store", container=True)),
        (r"\.kdbx?$", Sort("a password safe", container=True)),
        (
            r"\.(?:pem|key|ppk)$",
            Sort("a private key", needs=re.compile(_PRIVATE_KEY.pattern + rb"|PuTTY-User-Key-File")),
        ),
        (r"^id_(?:rsa|dsa|ecdsa|ed25519)$", Sort("an SSH key", needs=_PRIVATE_KEY)),
        (
            r"^(?:service-?_?account|firebase-adminsdk|gcp-?_?key)[^/]*\.json$",
            Sort("a service account", needs=re.compile(rb'"private_key"')),
        ),
        (r"^\.npmrc$", Sort("a registry token", needs=re.compile(rb"_(?:authToken|auth|password)\s*=\s*(?!\$)\S"))),
        (r"^\.pypirc$", Sort("an upload password", needs=re.compile(rb"(?m)^\s*password\s*[:=]\s*\S"))),
        (r"^[._]netrc$", Sort("passwords of machines", needs=re.compile(rb"\bpassword\s+\S"))),
        (r"^credentials$", Sort("cloud credentials", needs=re.compile(rb"(?i)secret|token|key"))),
        (
            r"^terraform\.tfstate(?:\.backup)?$|\.tfstate$",
            Sort("Terraform's state, with every value in the clear", needs=re.compile(rb'"(?:resources|modules)"')),
        ),
        (r"^\.htpasswd$", Sort("password hashes", needs=re.compile(rb":\$|:\{SHA"))),
        (
            r"(?:dump|backup|export)[^/]*\.sql(?:\.gz)?$|\.sql\.gz$|\.(?:dump|bak)$",
            Sort(
                "a database dump", needs=re.compile(rb"(?i)INSERT INTO|^COPY [\w.\"]+ \(|PGDMP|\x1f\x8b", re.MULTILINE)
            ),
        ),
    )
)
_ENVIRONMENT = re.compile(r"^(?:\.env(?:\.[\w.-]+)?|[\w-]*\.env)$", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"(?:^|[._-])(?:example|sample|template|dist|defaults?|schema|ci|test|testing|vault)(?:$|[._-])", re.IGNORECASE
)
_ASSIGNMENT = re.compile(rb"(?m)^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*\S")


def sort_of(path: str) -> Sort | None:
    """The sort of risky file that a path names, None for all others. Environment files are not among them."""
    name = path.rpartition("/")[2]
    return next((sort for pattern, sort in _SORTS if pattern.search(name)), None)


def is_environment_file(path: str) -> bool:
    """`.env`, `.env.production`, `prod.env`, but no example."""
    name = path.rpartition("/")[2]
    return bool(_ENVIRONMENT.match(name)) and not _EXAMPLE.search(name)


def is_example_file(path: str) -> bool:
    """`.env.example` and its kin, which name all variables and hold no values."""
    name = path.rpartition("/")[2]
    return bool(_ENVIRONMENT.match(name) or name.lower() in ("env.example", "env.sample", "example.env")) and bool(
        _EXAMPLE.search(name)
    )


def has_values(data: bytes) -> bool:
    """Whether an environment file gives a value to anything."""
    return bool(_ASSIGNMENT.search(data))
