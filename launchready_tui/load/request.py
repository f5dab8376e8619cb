"""What somebody asked a load test to do, before anything about the product is known."""

from __future__ import annotations

from dataclasses import dataclass

from launchready_tui.errors import InputError

MOST_USERS = 100_000
MOST_SECONDS = 24 * 3600.0
MOST_PROCESSES = 128


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """The options of `launchready load`; 0 and '' mean: not said.

    `users` and `duration_s` give constant load, neither of them the stages; `rate` is sessions started a second, and
    then `users` bounds how many are open. `master` is the address to wait on for workers, `worker` that of the master
    to serve, `workers` how many to wait for. `flood` also calls every route alone, for comparison; `burst`
    also lets fifty sessions at once leave work for the queues.
    """

    users: int = 0
    duration_s: float = 0.0
    rate: float = 0.0
    steps: bool = False
    max_rps: float = 0.0
    processes: int = 1
    workers: int = 0
    master: str = ""
    worker: str = ""
    authorized_by: str = ""
    flood: bool = False
    burst: bool = False

    def check(self) -> None:
        """Raises `InputError` for what does not go together."""
        if self.rate and self.steps:
            raise InputError("--rate and --steps exclude each other.", "Steps raise the number of users; leave --rate.")
        if self.master and self.worker:
            raise InputError(
                "--master and --worker exclude each other.", "Start one master, and a worker on every machine."
            )
        if self.master and self.processes > 1:
            raise InputError(
                "A master sends nothing itself: --processes belongs to the workers.",
                "Give --processes to each `launchready load FILE --worker ADDR`.",
            )
        limits = (
            ("--users", self.users, MOST_USERS),
            ("--duration", self.duration_s, MOST_SECONDS),
            ("--rate", self.rate, MOST_USERS),
            ("--max-rps", self.max_rps, 1_000_000),
            ("--processes", self.processes, MOST_PROCESSES),
            ("--workers", self.workers, 1_000),
        )
        for name, value, most in limits:
            if not 0 <= value <= most:
                raise InputError(f"{name} {value:g} is out of range.", f"It goes up to {most:,.0f}.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a master listens."""

    host: str
    port: int


DEFAULT_PORT = 5557
"""Locust's own."""


def parse_address(text: str, option: str) -> Address:
    """`HOST:PORT`, `HOST`, `:PORT`, with brackets around an IPv6 address. Raises `InputError`."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text.strip(), str(DEFAULT_PORT)
    host = host.strip("[]")
    if not port.isdecimal() or not 0 < int(port[:6]) < 65536 or any(char.isspace() for char in host):
        raise InputError(
            f'{option}: "{text[:80]}" is no address.', f"Write HOST:PORT, such as 10.0.0.5:{DEFAULT_PORT}."
        )
    return Address(host, int(port))
