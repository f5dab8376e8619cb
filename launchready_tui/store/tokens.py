"""Provider tokens: in the keyring, else in the environment. Never in a file (DESIGN.md section 4)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TypeVar

from launchready_tui.errors import InputError

T = TypeVar("T")

SERVICE = "launchready"
PROVIDERS = (
    "cloudflare",
    "uptimerobot",
    "betterstack",
    "sentry",
    "github",
    "supabase",
    "postmark",
    "stripe",
    "registrar",
)
TIMEOUT = 20.0
"""Seconds that the keyring may take: a desktop may be asking its owner to unlock it."""


def variable(provider: str) -> str:
    """The environment variable that stands in for the keyring."""
    return f"LAUNCHREADY_{re.sub(r'[^A-Z0-9]+', '_', provider.upper())}_TOKEN"


def keep(provider: str, value: str, engagement: str = "") -> None:
    """Put a token into the keyring and read it back. Raises `InputError` where there is no keyring."""
    user = _user(provider, engagement)

    def work() -> bool:
        import keyring

        keyring.set_password(SERVICE, user, value)
        return keyring.get_password(SERVICE, user) == value

    if not bounded(work, provider):
        raise InputError("The keyring did not give back what was put in.", _hint(provider))


def find(provider: str, engagement: str = "") -> str | None:
    """The token: the engagement's own, the general one, else the environment's; None if there is none."""

    def work() -> str | None:
        import keyring

        names = [_user(provider, engagement), _user(provider, "")]
        return next((value for name in names if (value := keyring.get_password(SERVICE, name))), None)

    try:
        found = bounded(work, provider)
    except InputError:
        found = None
    return found or os.environ.get(variable(provider)) or None


def kept_tokens(engagement: str) -> Callable[[str], str | None]:
    """How an engagement looks up its tokens: provider tokens, and the passwords of test accounts as `account:ROLE`."""
    return lambda name: find(name, engagement)


def known(engagement: str = "") -> list[tuple[str, str]]:
    """The usual providers for which a token is there, and where it is."""
    found: list[tuple[str, str]] = []
    for provider in PROVIDERS:
        if os.environ.get(variable(provider)):
            found.append((provider, f"environment ({variable(provider)})"))
        elif find(provider, engagement):
            found.append((provider, "keyring"))
    return found


def in_environment(provider: str) -> str:
    """The environment variable that holds a token of the provider, '' if none does."""
    name = variable(provider)
    return name if os.environ.get(name) else ""


def forget(provider: str, engagement: str = "") -> bool:
    """Remove a token from the keyring; False if it was not there. Raises `InputError` where there is no keyring."""
    user = _user(provider, engagement)

    def work() -> bool:
        import keyring

        if keyring.get_password(SERVICE, user) is None:
            return False
        keyring.delete_password(SERVICE, user)
        return True

    return bounded(work, provider)


def backend() -> tuple[str, bool]:
    """The name of the keyring that would be used, and whether it can hold anything."""
    import keyring

    found = keyring.get_keyring()
    return f"{type(found).__module__}.{type(found).__name__}", found.priority > 0


def _user(provider: str, engagement: str) -> str:
    return f"{engagement}:{provider.lower()}"


def _hint(provider: str) -> str:
    return f"Set {variable(provider)} in the environment for this run instead."


def bounded(work: Callable[[], T], provider: str) -> T:
    """Run keyring work in a thread with a time-out; whatever it raises becomes an `InputError` that says what to do."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keyring")
    try:
        return pool.submit(work).result(TIMEOUT)
    except FutureTimeoutError:
        raise InputError(f"The keyring did not answer within {TIMEOUT:.0f} s.", _hint(provider)) from None
    except Exception as error:  # backends raise what they like
        raise InputError(f"There is no usable keyring here ({type(error).__name__}).", _hint(provider)) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
