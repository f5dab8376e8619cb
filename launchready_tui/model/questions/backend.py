"""Hosted databases that a page talks to directly, with a key that everybody can read in its scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.verdicts import Consent

BackendKind = Literal["supabase", "firebase"]


@dataclass(frozen=True, slots=True)
class Backend:
    """A project that the scripts name. `base` is its URL; `keyed`: a public key stands beside it (never kept here)."""

    kind: BackendKind
    base: str
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class BackendList(Facts):
    """The projects named by a page and its own scripts; `cut` says that not all scripts were read. `elsewhere` is the
    URL of another host that the page leads to instead.
    """

    backends: tuple[Backend, ...] = ()
    scripts: int = 0
    cut: bool = False
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class PageBackends(Question[BackendList]):
    """Which hosted databases a page and its scripts talk to."""

    kind: ClassVar[str] = "page-backends"
    answer: ClassVar[type[Facts]] = BackendList

    url: str

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()


@dataclass(frozen=True, slots=True)
class Collection:
    """A table, bucket or tree as a stranger sees it. `rows` counts what one small read gave (0: nothing visible).
    `status` is 0 where no answer came that could be read.
    """

    name: str
    status: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class BackendView(Facts):
    """What a stranger with the public key can read. `listed`: the project names its tables; `cut`: not all were
    tried.
    """

    listed: bool
    collections: tuple[Collection, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class BackendRead(Question[BackendView]):
    """Read one row of each table as a stranger would, with the key from the page's scripts. No row is kept, only
    counted.
    """

    kind: ClassVar[str] = "backend-read"
    answer: ClassVar[type[Facts]] = BackendView

    page: str
    backend: BackendKind
    base: str

    @property
    def host(self) -> str:
        return (urlsplit(self.base).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE
