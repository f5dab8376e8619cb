"""What PostgreSQL's refusals mean, in words of our own.

The messages of server and driver are never passed on: they hold users, addresses, databases and the values of a
statement. They are only searched for what is known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from launchready_tui.model.evidence import Failure, Fault

if TYPE_CHECKING:
    import psycopg

_CONNECTING = (
    (("no pg_hba.conf entry",), "login-refused", "its rules let no such login in from here", Fault.PERMISSION),
    (("authentication failed",), "login-refused", "wrong user or password", Fault.USAGE),
    (("no password supplied", "fe_sendauth"), "login-refused", "the DSN has no password", Fault.USAGE),
    (("certificate",), "certificate", "its certificate was not accepted", Fault.TARGET),
    (("does not support ssl", "ssl"), "tls", "no encrypted connection came about", Fault.TARGET),
    (("too many", "remaining connection slots"), "too-many-connections", "it has no connection left", Fault.TARGET),
    (("starting up", "shutting down", "recovery mode"), "starting", "it is starting or stopping", Fault.TARGET),
    (("does not exist",), "login-refused", "no such database or user", Fault.USAGE),
    (("refused",), "refused", "it refuses the connection", Fault.NETWORK),
    (("no such file",), "refused", "no server listens on that socket", Fault.NETWORK),
    (
        ("translate host name", "name or service", "nodename nor servname", "resolve", "name resolution"),
        "does-not-resolve",
        "its name does not resolve",
        Fault.NETWORK,
    ),
    (("no route", "unreachable"), "unreachable", "it cannot be reached", Fault.NETWORK),
    (("timeout expired", "timed out"), "timeout", "it did not answer in time", Fault.NETWORK),
    (("closed the connection", "reset by peer"), "reset", "it closed the connection", Fault.NETWORK),
    (("invalid", "expected"), "malformed", "what answers does not speak PostgreSQL", Fault.TARGET),
)

_STATES = {
    "57014": ("statement-timeout", "a statement did not end in time and was stopped", Fault.TARGET),
    "25P03": ("statement-timeout", "the transaction was ended by the server", Fault.TARGET),
    "55P03": ("locked", "a lock was held by somebody else for too long", Fault.TARGET),
    "42501": ("missing-privilege", "the login may not read it", Fault.PERMISSION),
    "25006": ("writes", "the statement would write", Fault.USAGE),
    "42P01": ("missing-object", "a table of it is not there", Fault.TARGET),
    "3F000": ("missing-object", "a schema of it is not there", Fault.TARGET),
    "42883": ("missing-object", "a function of it is not there", Fault.TARGET),
    "42703": ("missing-object", "a column of it is not there", Fault.TARGET),
    "57P01": ("reset", "the server ended the session", Fault.TARGET),
}


def connect_failure(error: psycopg.Error, host: str) -> Failure:
    """The failure that a connection which did not come about stands for."""
    # Names are in quotes, and a host may be called anything.
    said = re.sub(r"\"[^\"]*\"|'[^']*'", "", str(error).lower())
    if type(error).__name__ == "ConnectionTimeout":
        return Failure("timeout", f"{host} did not answer in time", Fault.NETWORK)
    for marks, reason, meaning, fault in _CONNECTING:
        if any(mark in said for mark in marks):
            return Failure(reason, f"{host}: {meaning}", fault)
    return Failure("no-session", f"{host}: no session came about", Fault.TARGET)


def query_failure(error: psycopg.Error, host: str) -> Failure:
    """The failure that a refused or broken statement stands for, with the SQLSTATE where the server gave one."""
    state = error.sqlstate or ""
    if not state:
        return Failure("reset", f"{host}: the connection broke", Fault.TARGET)
    reason, meaning, fault = _STATES.get(state, ("refused-statement", "a statement was refused", Fault.TARGET))
    return Failure(reason, f"{host}: {meaning} (SQLSTATE {state})", fault)
