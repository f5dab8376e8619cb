"""Whether a cache hands out what belongs to one person, and how long it shows what is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from launchready_tui.model.performance import Method
from launchready_tui.model.questions.base import Facts, Family, Question
from launchready_tui.model.verdicts import Consent

Viewer = Literal["owner", "other", "stranger"]
"""The account that the page belongs to, another account, somebody without a session."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class View:
    """One look at a page. `marked`: the body shows the owner's mark (the account's name).

    `headers` are those that say something about caches, names in lower case. `body` is a hash by which equal bodies are
    equal, '' for an empty one; `shape` one by which pages are equal that differ in numbers and nonces alone. `fresh`:
    asked with a query that no cache knows.
    """

    viewer: Viewer
    status: int
    marked: bool = False
    headers: Headers = ()
    body: str = ""
    fresh: bool = False
    shape: str = ""


@dataclass(frozen=True, slots=True)
class PageViews(Facts):
    """Looks at one page, in their order."""

    views: tuple[View, ...] = ()

    def of(self, viewer: Viewer, *, fresh: bool = False) -> tuple[View, ...]:
        """The looks of one viewer."""
        return tuple(view for view in self.views if view.viewer == viewer and view.fresh == fresh)


@dataclass(frozen=True, slots=True)
class PrivateViews(Question[PageViews]):
    """Look at a page that belongs to the account `owner`: as the owner, then as another account and as a stranger.

    `login` is where the accounts log in. The stranger looks first at a URL that no cache knows, to tell what the page
    shows to everybody. Each looks `rounds` times.
    """

    kind: ClassVar[str] = "private-views"
    answer: ClassVar[type[Facts]] = PageViews

    url: str
    login: str
    owner: str
    other: str
    rounds: int = 2

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE

    @property
    def patience(self) -> float:
        return 180.0


@dataclass(frozen=True, slots=True)
class Trick:
    """A private page asked for under a false file name. `suffix` is what was added, `path` what was asked in the end.

    `owner` and `stranger` are the looks at it, one after the other.
    """

    suffix: str
    path: str
    owner: View
    stranger: View


@dataclass(frozen=True, slots=True)
class TrickReply(Facts):
    """The false file names of one page. `plain` is the owner's look at the page itself, `bare` a stranger's, under a
    URL that no cache knows.
    """

    plain: View
    bare: View
    tricks: tuple[Trick, ...] = ()


@dataclass(frozen=True, slots=True)
class CacheTricks(Question[TrickReply]):
    """Ask for a private page under false file names, as its owner and then as a stranger.

    In each suffix `x` before the dot is replaced by a word that is new each time, so that nothing real can end up in a
    cache.
    """

    kind: ClassVar[str] = "cache-tricks"
    answer: ClassVar[type[Facts]] = TrickReply

    url: str
    login: str
    owner: str
    suffixes: tuple[str, ...]

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE

    @property
    def patience(self) -> float:
        return 180.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a changed value was looked for. `seconds` from the change to the moment it showed (None: not within the
    time watched). `status` is that of the last answer. `before`: the value stood there before the change, so nothing
    can be told. `failure` says why a URL could not be looked at.
    """

    url: str
    family: Family
    seconds: float | None = None
    status: int = 0
    before: bool = False
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FreshnessSeen(Facts):
    """A value that was changed, and where it showed.

    `value` is what was written, `status` the answer to it (0: no answer). `restored`: the first value was set back.
    `watched` is how long it was looked for, in seconds.
    """

    value: str
    status: int
    sightings: tuple[Sighting, ...] = ()
    watched: float = 0.0
    restored: bool = True


@dataclass(frozen=True, slots=True)
class FreshnessTrial(Question[FreshnessSeen]):
    """Change one field of the designated test listing, watch until it shows, and set it back, whatever happens.

    `account` is the role that may change it, `login` where it logs in ('' : no session is needed). `values` are taken
    in turns; the first is what is set back. It is watched for up to `watch` seconds.
    """

    kind: ClassVar[str] = "freshness-trial"
    answer: ClassVar[type[Facts]] = FreshnessSeen

    url: str
    method: Method
    field: str
    values: tuple[str, ...]
    read: tuple[str, ...]
    login: str = ""
    account: str = ""
    watch: float = 20.0

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE

    @property
    def patience(self) -> float:
        return self.watch + 120.0
