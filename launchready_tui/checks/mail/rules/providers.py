"""Mail providers as they are seen in DNS, and what a customer publishes (runbooks/data/mail-providers.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from launchready_tui.checks.reading.names import tidy_name, under
from launchready_tui.runbook.locate import data_dir


@dataclass(frozen=True, slots=True)
class MailProvider:
    """A provider; the fields are explained at the head of the data file."""

    name: str
    title: str
    records: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    return_paths: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    free_label: bool = False
    own_path: bool = False
    sources: tuple[str, ...] = ()

    def owns(self, name: str) -> bool:
        """Whether a name is under one of the provider's domains."""
        return any(under(name, suffix) for suffix in self.suffixes)

    def is_included(self, name: str) -> bool:
        """Whether an SPF record that includes the name authorizes the provider."""
        return any(under(name, include) for include in self.includes)

    def publish(self, domain: str) -> tuple[str, ...]:
        """The records for a sending domain, as lines of a zone file."""
        dashed = domain.replace(".", "-")
        return tuple(line.replace("{domain}", domain).replace("{dashed}", dashed) for line in self.records)


@cache
def mail_providers() -> Mapping[str, MailProvider]:
    """The known providers by each of their names."""
    data = tomllib.loads((data_dir() / "mail-providers.toml").read_text("utf-8"))
    found = [msgspec.convert(item, MailProvider) for item in data["provider"]]
    return {name: item for item in found for name in (item.name, *item.aliases)}


def mail_provider(name: str) -> MailProvider | None:
    """The provider of that name; one that the data does not know, but that is written as a domain, is known by it."""
    tidy = tidy_name(name)
    known = mail_providers().get(tidy)
    if known is None and "." in tidy and " " not in tidy:
        return MailProvider(tidy, tidy, includes=(tidy,), suffixes=(tidy,), free_label=True)
    return known


def provider_behind(names: tuple[str, ...]) -> MailProvider | None:
    """The known provider to whom one of the names belongs."""
    for provider in dict.fromkeys(mail_providers().values()):
        if any(provider.owns(name) for name in names):
            return provider
    return None
