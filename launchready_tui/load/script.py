"""What the generator's process is told: journeys ready to run, how many at once, where to dial. No secrets.

Plain values that go through a pipe as JSON; passwords travel beside them (`Secrets`) and are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from launchready_tui.model.questions.loadtest import LoadMode, LoadPhase

Secrets = Mapping[str, str]
"""Passwords of test accounts by role."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `key` is its place in `Script.keys`, `origin` scheme, host and port, `target` path and query.

    `target` and `body` hold placeholders. `times` and `think` are ranges.
    """

    key: int
    method: str
    origin: str
    target: str
    body: Mapping[str, str] = field(default_factory=dict)
    json: bool = False
    extract: Mapping[str, str] = field(default_factory=dict)
    times: tuple[int, int] = (1, 1)
    think: tuple[float, float] = (0.0, 0.0)
    expect: tuple[int, ...] = (200,)

    @property
    def needs(self) -> frozenset[str]:
        """The placeholders that have to be filled before it can be sent."""
        from launchready_tui.load.templates import names

        return names(self.target).union(*(names(value) for value in self.body.values()))


@dataclass(frozen=True, slots=True)
class Walk:
    """A journey as it is run. `role` and `username` are those of its test account ('' if it has none)."""

    id: str
    weight: float
    steps: tuple[Step, ...]
    role: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Dial:
    """An address and a port to connect to."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that a generator process needs.

    `keys` are the pairs of route and journey that are counted apart. `targets` say where `host:port` is dialled:
    nothing else can be reached. `epoch` makes numbers unique between runs. `drain_s` is how long requests that are
    under way at the end may take, `most_open` how many sessions arrival mode keeps open, `workers` how many processes
    or machines a master waits for (0: until no more come).
    """

    mode: LoadMode
    walks: tuple[Walk, ...]
    keys: tuple[tuple[str, str], ...]
    pools: Mapping[str, tuple[str, ...]]
    targets: Mapping[str, tuple[Dial, ...]]
    phases: tuple[LoadPhase, ...]
    journeys: str
    epoch: int
    duration_s: float
    rate: float = 0.0
    max_rps: float = 0.0
    ca_bundle: str = ""
    base: str = "."
    connect_s: float = 10.0
    silence_s: float = 30.0
    request_s: float = 60.0
    drain_s: float = 10.0
    most_open: int = 1_000
    workers: int = 0
    follow: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """The first line of the control pipe."""

    script: Script
    secrets: Mapping[str, str] = field(default_factory=dict)


def encode(order: Order) -> bytes:
    """One line of JSON."""
    return msgspec.json.encode(order) + b"\n"


def decode(line: bytes) -> Order:
    """Raises `msgspec.DecodeError` or `msgspec.ValidationError`."""
    return msgspec.json.decode(line, type=Order)
