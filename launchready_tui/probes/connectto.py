"""curl's `--connect-to` rules: which host and port are dialled instead of those of the URL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from launchready_tui.errors import InputError

_FIELD = r"(\[[^\]]*\]|[^:\[\]]*)"
_RULE = re.compile(rf"{_FIELD}:(\d*):{_FIELD}:(\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ConnectTo:
    """One rule `HOST1:PORT1:HOST2:PORT2`.

    An empty `host` or a `port` of 0 matches any; an empty `to_host` or a `to_port` of 0 changes nothing.
    """

    host: str
    port: int
    to_host: str
    to_port: int

    def matches(self, host: str, port: int) -> bool:
        """Whether the rule is about this host and port."""
        return self.host in ("", _bare(host)) and self.port in (0, port)


def parse_connect_to(rules: tuple[str, ...]) -> tuple[ConnectTo, ...]:
    """Read the rules of a profile; raises `InputError` for the first that cannot be read."""
    return tuple(_parse(rule) for rule in rules)


def redirected(rules: tuple[ConnectTo, ...], host: str, port: int) -> tuple[str, int]:
    """The host and port to dial: what the first matching rule says, else the same."""
    for rule in rules:
        if rule.matches(host, port):
            return rule.to_host or _bare(host), rule.to_port or port
    return _bare(host), port


def _parse(rule: str) -> ConnectTo:
    parts = _RULE.fullmatch(rule.strip())
    if parts is None:
        raise InputError(
            f'connect_to: "{rule}" is not a rule',
            'Write HOST1:PORT1:HOST2:PORT2 as curl does, such as ":443::8443"; IPv6 addresses stand in brackets.',
        )
    host, port, to_host, to_port = parts.groups()
    for number in (port, to_port):
        if number and not 0 < int(number[:9]) < 65536:
            raise InputError(f'connect_to: "{rule}" has port {number}', "Ports go from 1 to 65535.")
    return ConnectTo(_bare(host), int(port or 0), _bare(to_host), int(to_port or 0))


def _bare(host: str) -> str:
    """A host in lower case, without brackets and final dot."""
    return host.strip("[]").lower().rstrip(".")
