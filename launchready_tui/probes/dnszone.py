"""Answers `ZoneTransfer` and `Validation`: what single servers say, beyond plain lookups."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from launchready_tui.errors import InputError
from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import Question, TransferReply, Validation, ValidationReply, ZoneTransfer
from launchready_tui.probes.dialling import dial_failure, may_dial
from launchready_tui.probes.dnsrecords import parse_name
from launchready_tui.probes.dnsservers import NameServer, Patience, parse_server
from launchready_tui.probes.outcome import Outcome
from launchready_tui.text import one_line


class ZoneProbe:
    """Asks one server at a time. The servers that the profile names may always be asked, others only if public."""

    def __init__(self, network: Network, *, patience: Patience | None = None, port: int = 53) -> None:
        self._network = network
        self._patience = patience or Patience()
        self._port = port

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Answer a `ZoneTransfer` or a `Validation`."""
        assert isinstance(question, ZoneTransfer | Validation)
        server = self._server(question.server if isinstance(question, ZoneTransfer) else question.via)
        if isinstance(server, Failure):
            return Outcome(failure=server)
        found: TransferReply | ValidationReply | Failure
        try:
            if isinstance(question, ZoneTransfer):
                found = await self._transfer(question, server)
            else:
                found = await self._validate(question, server)
        except dns.exception.Timeout:
            found = Failure("timeout", f"name server {server} did not answer in time")
        except (OSError, EOFError) as error:
            found = dial_failure(error, f"name server {server}")
        except dns.exception.DNSException as error:
            detail = one_line(str(error)) or type(error).__name__
            found = Failure("malformed", f"name server {server} answered garbage: {detail}", Fault.TARGET)
        vantage = Vantage((str(server),))
        return (
            Outcome(failure=found, vantage=vantage) if isinstance(found, Failure) else Outcome(found, vantage=vantage)
        )

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _server(self, text: str) -> NameServer | Failure:
        try:
            server = parse_server(text)
        except InputError as error:
            return Failure("malformed", error.message, Fault.USAGE)
        if text in self._network.nameservers:
            return server
        if self._network.nameservers:
            return Failure("split-dns", f"the profile names the name servers itself; {text} is none of them")
        if not may_dial(self._network, server.address):
            return Failure("not-public", f"name server {server} is not at a public address", Fault.TARGET)
        return NameServer(server.address, self._port if server.port == 53 else server.port)

    async def _transfer(self, question: ZoneTransfer, server: NameServer) -> TransferReply | Failure:
        """The first message of a transfer; the connection is closed then, so that no more is taken than the proof."""
        name = parse_name(question.domain)
        if isinstance(name, Failure):
            return name
        query = dns.message.make_query(name, dns.rdatatype.AXFR)
        query.flags &= ~dns.flags.RD
        try:
            reply = await dns.asyncquery.tcp(
                query, server.address, timeout=self._patience.tcp, port=server.port, one_rr_per_rrset=True
            )
        except EOFError:
            return TransferReply(allowed=False, rcode="closed")
        records = len(reply.answer)
        return TransferReply(
            reply.rcode() == dns.rcode.NOERROR and records > 0, records, dns.rcode.to_text(reply.rcode())
        )

    async def _validate(self, question: Validation, server: NameServer) -> ValidationReply | Failure:
        name = parse_name(question.name)
        if isinstance(name, Failure):
            return name
        query = dns.message.make_query(name, dns.rdatatype.A, want_dnssec=True)
        if question.unchecked:
            query.flags |= dns.flags.CD
        reply, _ = await dns.asyncquery.udp_with_fallback(
            query, server.address, timeout=self._patience.tcp, port=server.port, ignore_unexpected=True
        )
        return read_validation(reply)


def read_validation(reply: dns.message.Message) -> ValidationReply:
    """Pure: rcode, AD flag and the earliest end of the signatures of an answer."""
    ends = [
        signature.expiration
        for rrset in (*reply.answer, *reply.authority)
        if rrset.rdtype == dns.rdatatype.RRSIG
        for signature in list(rrset)[:50]
    ]
    until = datetime.fromtimestamp(min(ends), UTC) if ends else None
    return ValidationReply(dns.rcode.to_text(reply.rcode()), bool(reply.flags & dns.flags.AD), until)
