"""Answers the questions about PostgreSQL: statistics, plans, indexes, health, row security. Reads, and nothing else."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.product import Network
from launchready_tui.model.questions import DnsLookup, Question
from launchready_tui.model.questions.base import Facts
from launchready_tui.model.questions.database import DatabaseHealth, StatementStatistics
from launchready_tui.model.questions.plans import DatabasePlans, PlanList, StatementPlan
from launchready_tui.model.questions.schema import IndexCatalogue, RowSecurity
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.postgres import (
    CONNECT_SECONDS,
    Login,
    Session,
    leads_to,
    place,
    read,
    read_dsn,
    same_server,
    settled,
)
from launchready_tui.probes.postgreshealth import health
from launchready_tui.probes.postgresplans import Explained, Place, estimated_plans, measured_plans, place_of
from launchready_tui.probes.postgrespolicies import row_security
from launchready_tui.probes.postgresschema import index_catalogue
from launchready_tui.probes.postgresstatements import Entry, statement_list
from launchready_tui.probes.provider import Tokens
from launchready_tui.text import one_line

READ_SECONDS = 50.0
RUN_SECONDS = 110.0
"""How long running the statements may take in all; what is not done by then stays an estimate."""


class PostgresProbe:
    """Reads a database through the operator's DSN, kept under the name that a question gives.

    With name servers of its own in the profile, no other resolver is asked for the DSN's host. `connect_seconds` is for
    tests.
    """

    def __init__(
        self,
        network: Network,
        base: str,
        tokens: Tokens,
        *,
        connect_seconds: int = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._network = network
        self._base = base
        self._tokens = tokens
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._known: dict[str, asyncio.Task[str | None]] = {}

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a question about the database."""
        assert isinstance(question, StatementStatistics | DatabaseHealth | DatabasePlans | IndexCatalogue | RowSecurity)
        login = await self._login(question.token, ask)
        if isinstance(login, Failure):
            return Outcome(failure=login)
        found: Facts | Failure
        if isinstance(question, DatabasePlans):
            found = await self._plans(question, login, ask)
        else:
            found = await self._read(login, _reader(question))
        return Outcome(failure=found) if isinstance(found, Failure) else Outcome(found)

    async def aclose(self) -> None:
        """No session outlives its question."""

    async def _read(self, login: Login, work: Callable[[Session], Any], seconds: float = 0.0) -> Any:
        return await read(login, work, seconds=seconds or self._read_seconds, connect_seconds=self._connect_seconds)

    async def _login(self, name: str, ask: Ask) -> Login | Failure:
        """Where the DSN of that name leads."""
        dsn = await self._token(name)
        if not dsn:
            hint = f"no DSN of a read-only login is kept under this name (`launchready token set {one_line(name, 40)}`)"
            return Failure("input-missing", hint, Fault.USAGE)
        login = read_dsn(dsn)
        if isinstance(login, Failure):
            return login
        return await self._resolved(self._trusting(login), ask)

    async def _token(self, name: str) -> str | None:
        """A DSN, looked up once: a keyring may take seconds."""
        if name not in self._known:
            self._known[name] = asyncio.create_task(asyncio.to_thread(self._tokens, name))
        return await self._known[name]

    def _trusting(self, login: Login) -> Login:
        """The login with the profile's own authorities, where the DSN verifies the server and names none."""
        parameters = dict(login.parameters)
        verifies = parameters.get("sslmode", "").startswith("verify")
        if not (verifies and self._network.ca_bundle and "sslrootcert" not in parameters):
            return login
        parameters["sslrootcert"] = str(Path(self._base) / self._network.ca_bundle)
        return replace(login, parameters=tuple(sorted(parameters.items())))

    async def _resolved(self, login: Login, ask: Ask) -> Login | Failure:
        """The login with addresses from the profile's name servers, where it has some."""
        if not self._network.nameservers or dict(login.parameters)["hostaddr"]:
            return login
        addresses: list[str] = []
        for host in login.hosts:
            if place(host, "")[0] == "localhost":
                if not host or host.startswith(("/", "@")):
                    return login
                addresses.append("127.0.0.1" if host.lower() == "localhost" else host.strip("[]"))
            elif _is_address(host):
                addresses.append(host.strip("[]"))
            else:
                answer = await ask(DnsLookup(host.lower().rstrip("."), "A"))
                found = [record for record in answer.facts.records if _is_address(record)] if not answer.failure else []
                if not found:
                    return Failure("does-not-resolve", f"{one_line(host, 253)} does not resolve", Fault.TARGET)
                addresses.append(found[0])
        return settled(login, addresses)

    async def _plans(self, question: DatabasePlans, login: Login, ask: Ask) -> PlanList | Failure:
        """Estimates from the database, and runs where there is one for them."""
        found: Explained | Failure = await self._read(login, partial(estimated_plans, top=question.top))
        if isinstance(found, Failure):
            return found
        if not found.entries:
            return found.plans
        if question.scratch_token:
            return await self._on_scratch(question, login, found, ask)
        if question.production_host and not leads_to(login, question.production_host):
            return _joined(
                found.plans, await self._read(login, partial(measured_plans, entries=found.entries), RUN_SECONDS)
            )
        return found.plans

    async def _on_scratch(
        self, question: DatabasePlans, login: Login, found: Explained, ask: Ask
    ) -> PlanList | Failure:
        scratch = await self._login(question.scratch_token, ask)
        if isinstance(scratch, Failure):
            missing = scratch.reason == "input-missing"
            return replace(found.plans, scratch="no-token" if missing else "failed", scratch_note=scratch.message)
        refusal = _refusal(question, login, scratch)
        if refusal:
            return replace(found.plans, scratch="refused", scratch_note=refusal)
        ran = await self._read(scratch, partial(_run_there, entries=found.entries, real=found.place), RUN_SECONDS)
        return _joined(found.plans, ran)


def _joined(plans: PlanList, ran: list[StatementPlan] | Failure) -> PlanList:
    """The estimates with what was run, or with why nothing was."""
    if not isinstance(ran, Failure):
        return replace(plans, plans=(*plans.plans, *ran), scratch="used")
    return replace(plans, scratch="refused" if ran.reason == "refused" else "failed", scratch_note=ran.message)


def _run_there(session: Session, entries: tuple[Entry, ...], real: Place) -> list[StatementPlan] | Failure:
    """The plans of runs, unless this turns out to be the very database that the estimates come from."""
    here = place_of(session)
    if real.system and here == real:
        message = "the scratch DSN leads to the same database as the read-only one: nothing was run there"
        return Failure("refused", message, Fault.USAGE)
    return measured_plans(session, entries)


def _refusal(question: DatabasePlans, login: Login, scratch: Login) -> str:
    """Why nothing is run on what is declared as a scratch database; '' if it may be."""
    if question.production_host and leads_to(scratch, question.production_host):
        return "the scratch DSN leads to production's host ([database] production_host): nothing was run there"
    if same_server(scratch, login):
        return "the scratch DSN names the same host and database as the read-only one: nothing was run there"
    return ""


def _reader(question: Question[Any]) -> Callable[[Session], Facts]:
    readers: Mapping[type[Question[Any]], Callable[[Session], Facts]] = {
        DatabaseHealth: health,
        IndexCatalogue: index_catalogue,
    }
    if isinstance(question, StatementStatistics):
        return partial(statement_list, top=question.top)
    if isinstance(question, RowSecurity):
        return partial(row_security, roles=question.roles, schemas=question.schemas)
    return readers[type(question)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
