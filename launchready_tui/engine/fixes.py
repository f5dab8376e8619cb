"""The texts of a runbook entry for one result: placeholders filled, the provider's own way where it is known. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from launchready_tui.model.product import Product
from launchready_tui.model.results import Result
from launchready_tui.model.runbook import Entry
from launchready_tui.text import one_line


def filled(text: str, subject: str, product: Product) -> str:
    """A text with `{subject}`, `{host}` and `{domain}` replaced; every other brace stands for itself."""
    host = urlsplit(subject).hostname or subject if "://" in subject else subject
    values = {"{subject}": one_line(subject), "{host}": one_line(host), "{domain}": product.domain}
    for name, value in values.items():
        text = text.replace(name, value)
    return text.strip()


def providers(product: Product, subject: str) -> tuple[str, ...]:
    """The providers that the profile names for a subject: what its host is expected to point at, and who sends mail."""
    host = product.host(urlsplit(subject).hostname or subject if "://" in subject else subject)
    named = [item.lower() for item in (host.expect if host else ())]
    named += [sender.provider.lower() for sender in product.senders]
    return tuple(dict.fromkeys(name for name in named if name))


def fix_text(entry: Entry, result: Result, product: Product) -> str:
    """What to do about a result: the provider's own way first where the profile names one that the runbook knows, then
    the general one.
    """
    named = providers(product, result.subject)
    parts = [text for key, text in entry.fixes.items() if any(key in name for name in named)]
    return "\n\n".join(filled(text, result.subject, product) for text in [*parts, entry.fix])
