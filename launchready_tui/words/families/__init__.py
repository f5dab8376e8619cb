"""The words of every kind of question and answer, a module a family."""

from __future__ import annotations

from launchready_tui.words.families import (
    accounts,
    caching,
    database,
    latency,
    logs,
    mail,
    memory,
    names,
    provider,
    repository,
    secrets,
    web,
)
from launchready_tui.words.figures import Answered, Asked

_FAMILIES = (names, web, mail, secrets, repository, provider, logs, database, caching, latency, accounts, memory)

ASKED: Asked = {kind: words for family in _FAMILIES for kind, words in family.ASKED.items()}
"""The words for each class of question."""

ANSWERED: Answered = {kind: words for family in _FAMILIES for kind, words in family.ANSWERED.items()}
"""The words for each class of facts."""
