"""Host names taken apart: who has registered them, and the labels that their owner chose."""

from __future__ import annotations

import ipaddress
from functools import cache

from publicsuffixlist import PublicSuffixList

from launchready_tui.text import one_line


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def tidy_name(name: str) -> str:
    """A name as it compares: lower case, without surrounding dots."""
    return name.strip().lower().strip(".")


def is_address(name: str) -> bool:
    """Whether a name is an IP literal."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def registered_domain(name: str) -> str:
    """The domain that somebody registered with a registry, '' if the name holds none.

    Only the registries' own suffixes count: `shop.herokuapp.com` is a name under the registered domain
    `herokuapp.com`, although the public suffix list also says that anybody can have a name there.
    """
    try:
        return _registries().privatesuffix(tidy_name(name)) or ""
    except (UnicodeError, ValueError):
        return ""


def own_labels(name: str) -> str:
    """What stands left of the registered domain: `api.staging` of `api.staging.acme.com`, '' for `acme.com`."""
    name = tidy_name(name)
    domain = registered_domain(name)
    return name.removesuffix(domain).rstrip(".") if domain else ""


def under(name: str, suffix: str) -> bool:
    """Whether a name is a suffix or below it."""
    name, suffix = tidy_name(name), tidy_name(suffix)
    return bool(suffix) and (name == suffix or name.endswith(f".{suffix}"))


def shown(name: str) -> str:
    """A name from outside as it can stand in a summary: one visible line, at most 100 characters."""
    return one_line(name, 100) or "(empty)"


def listed(names: tuple[str, ...] | list[str], most: int = 4) -> str:
    """Names in a row for a summary; of more than `most` the number of the others."""
    head = ", ".join(shown(name) for name in names[:most])
    return f"{head} and {len(names) - most} more" if len(names) > most else head
