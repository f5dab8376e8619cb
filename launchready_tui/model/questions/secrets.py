"""Repositories, shipped bundles and exposed paths: what they hold that should stay inside.

No facts hold a secret: a value is a keyed fingerprint, its last four characters where it is long, its length and its
rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from launchready_tui.model.questions.base import Facts, Question
from launchready_tui.model.verdicts import Consent

SecretKind = Literal["provider", "private-key", "generic", "publishable"]
Scope = Literal["tree", "history"]

SCAN_PATIENCE = 900.0
"""Seconds for a look into a repository: the history of 70,000 commits takes about one minute."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An entry of the baseline file: who accepted a finding, why, until which day (ISO date)."""

    who: str
    why: str
    until: str


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """One secret at one place.

    `kind`: `provider` (the format of one provider), `private-key`, `generic` (told by the name beside it or by its
    randomness, or only a test-mode key), `publishable` (made to be public). `why` says what gave it away.
    `fingerprint` is HMAC-SHA256
    under the user's key, 16 hex digits. `decoded` names the encodings around it, the outer one first. Found in
    history: `commit` that
    brought it, `authored_at` (ISO, of the author), `in_head` (None where that is not known).
    """

    rule: str
    title: str
    kind: SecretKind
    why: str
    path: str
    line: int
    fingerprint: str
    last4: str
    length: int
    decoded: tuple[str, ...] = ()
    commit: str = ""
    authored_at: str = ""
    in_head: bool | None = None
    accepted: Acceptance | None = None

    def is_accepted(self, day: date) -> bool:
        """Whether the baseline accepts it on that day; the last day counts."""
        return self.accepted is not None and date.fromisoformat(self.accepted.until) >= day

    @property
    def place(self) -> str:
        """Where it stands."""
        line = f":{self.line}" if self.line else ""
        commit = f" in {self.commit[:10]}" if self.commit else ""
        return f"{self.path or 'a file without a name'}{line}{commit}"


@dataclass(frozen=True, slots=True)
class SecretReport(Facts):
    """What a scan found. `read` counts files or blobs, `skipped` those left out on purpose (binary, too large, links).

    `incomplete` says, one sentence each, what could not be read: a scan with any of them is never clean. `notices`
    are for the person at the keyboard. `findings` are at most 1,000; `more` counts the rest.
    """

    findings: tuple[FoundSecret, ...] = ()
    read: int = 0
    read_bytes: int = 0
    skipped: int = 0
    commits: int = 0
    incomplete: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    more: int = 0
    versioned: bool = True


@dataclass(frozen=True, slots=True)
class SecretScan(Question[SecretReport]):
    """The secrets in a repository's files, or in everything that its history holds. `path` is relative to the
    profile's folder.
    """

    kind: ClassVar[str] = "secret-scan"
    answer: ClassVar[type[Facts]] = SecretReport

    path: str
    scope: Scope = "tree"

    @property
    def patience(self) -> float:
        return SCAN_PATIENCE


@dataclass(frozen=True, slots=True)
class RiskyFile:
    """A file under version control that belongs outside. `what` says what such a file holds.

    `sure` is False where it may hold nothing: an example file with values that look real.
    """

    path: str
    what: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class TrackedList(Facts):
    """The risky files under version control, of `tracked` files in all."""

    risky: tuple[RiskyFile, ...] = ()
    tracked: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class TrackedFiles(Question[TrackedList]):
    """Which environment, key and dump files are under version control."""

    kind: ClassVar[str] = "tracked-files"
    answer: ClassVar[type[Facts]] = TrackedList

    path: str

    @property
    def patience(self) -> float:
        return SCAN_PATIENCE


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """An environment variable that code reads. `optional`: it is read with a default. `place` is the first
    `file:line`.
    """

    name: str
    place: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EnvironmentNames(Facts):
    """Names of variables: read by the code, in the example files, in production (None: no list of production's was
    given). Never values.
    """

    used: tuple[UsedVariable, ...] = ()
    examples: tuple[str, ...] = ()
    example_files: tuple[str, ...] = ()
    production: tuple[str, ...] | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class EnvironmentUse(Question[EnvironmentNames]):
    """Which environment variables the code reads. `production_names` is a file with production's names, relative to
    the profile's folder.
    """

    kind: ClassVar[str] = "environment-use"
    answer: ClassVar[type[Facts]] = EnvironmentNames

    path: str
    production_names: str = ""

    @property
    def patience(self) -> float:
        return SCAN_PATIENCE


@dataclass(frozen=True, slots=True)
class CodeRoute:
    """A route as the code declares it; `place` is `file:line`."""

    method: str
    pattern: str
    place: str


@dataclass(frozen=True, slots=True)
class SlowMark:
    """A spot that may be slow. `mark`: query-in-loop, unbounded-list, select-star, call-in-request, missing-eager-
    load.
    """

    mark: str
    place: str
    code: str
    route: str = ""


@dataclass(frozen=True, slots=True)
class RouteCode(Facts):
    """The routes that the code declares and the spots that may be slow. Never more than a hypothesis."""

    frameworks: tuple[str, ...] = ()
    routes: tuple[CodeRoute, ...] = ()
    marks: tuple[SlowMark, ...] = ()
    files: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class RouteCodeReading(Question[RouteCode]):
    """A reading of a repository's code for routes and slow spots."""

    kind: ClassVar[str] = "route-code"
    answer: ClassVar[type[Facts]] = RouteCode

    path: str

    @property
    def patience(self) -> float:
        return SCAN_PATIENCE


@dataclass(frozen=True, slots=True)
class ShippedBundle(Facts):
    """What a page sends to the browser: its own HTML, the site's own scripts, their source maps.

    `source_maps` are URLs that anybody can read. `named` are public variables (`NEXT_PUBLIC_…`) whose name says that
    they are none. `incomplete` says what could not be read.
    """

    status: int
    findings: tuple[FoundSecret, ...] = ()
    scripts: tuple[str, ...] = ()
    source_maps: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    read_bytes: int = 0
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BundleScan(Question[ShippedBundle]):
    """The secrets in what a page makes a browser load from its own site. `hosts` are the product's own."""

    kind: ClassVar[str] = "bundle-scan"
    answer: ClassVar[type[Facts]] = ShippedBundle

    url: str
    hosts: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def patience(self) -> float:
        return 120.0


@dataclass(frozen=True, slots=True)
class PathReply(Facts):
    """What a path gave away.

    `what` is '' for nothing: another status, an HTML shell, another file than the name promises.

    `shown` is the shape of what was seen, without values.
    """

    status: int
    what: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class ExposedPath(Question[PathReply]):
    """Whether a host serves a file that it should keep: told by the content, never by the status alone."""

    kind: ClassVar[str] = "exposed-path"
    answer: ClassVar[type[Facts]] = PathReply

    url: str
    path: str

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def level(self) -> Consent:
        return Consent.ACTIVE
