"""Asks servers for their certificates, and for the versions and cipher suites that they still accept."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Failure, Fault, Vantage
from launchready_tui.model.product import Network
from launchready_tui.model.questions import (
    Facts,
    Question,
    TlsHandshake,
    TlsOffer,
    TlsReply,
    TlsSession,
    TlsVersion,
)
from launchready_tui.probes.certificates import read_chain
from launchready_tui.probes.clienthello import MOST_REPLY, NotTls, Randomness, client_hello, read_reply
from launchready_tui.probes.dialling import DialPolicy, Stream, Target, dial_failure, open_stream
from launchready_tui.probes.outcome import Outcome, failure
from launchready_tui.probes.tlsclient import (
    CIPHERS,
    SEES_WHOLE_CHAIN,
    Engine,
    HandshakeError,
    StandardEngine,
    ascii_name,
    is_address,
    shake_hands,
    unverified_engine,
)
from launchready_tui.probes.tlspolicy import Authorities, Opinion, second_opinion
from launchready_tui.probes.tlssuites import suites
from launchready_tui.probes.tlsverify import SECOND, Rejection, classify
from launchready_tui.probes.trust import verifying_context
from launchready_tui.text import one_line

SECONDS = 10.0
"""How long one question may take, from the first connection to the last byte."""

CLOSED = "connection closed"
"""What a reply holds in place of an alert where the server closed or reset the connection."""

_TRY_NEXT = frozenset({"refused", "unreachable", "timeout"})
"""Failures after which the next address of a name is tried, where the question leaves the address open."""


def _now() -> datetime:
    return datetime.now(UTC)


class TlsProbe:
    """Answers `TlsHandshake` and `TlsOffer`. One object serves one run: it remembers what each address has spoken.

    Raises `InputError` for a `ca_bundle` or a `connect_to` rule that cannot be read. A rejected offer and a firewall
    that has had enough look alike on the wire: both may close or reset the connection. The rule that tells them apart:

    1. The TCP connection itself is refused or reset, though this address took one earlier in the run: `rate-limited`.
    2. The connection is closed or reset after a ClientHello with all usual suites of a version that this address has
       spoken earlier in the run: `rate-limited`.
    3. Any other closing or reset after a ClientHello is the server's way to say no: not accepted, "connection closed".

    After the first `rate-limited` a host gets no further offers in this run. Spacing them is the engine's business.
    """

    def __init__(
        self,
        network: Network,
        base: str | Path,
        *,
        seconds: float = SECONDS,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._policy = DialPolicy(network)
        self._context = verifying_context(network, str(base))
        self._context.set_ciphers(CIPHERS)
        self._context.hostname_checks_common_name = False  # browsers look at the alternative names only
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._seconds = seconds
        self._now = now
        self._spoken: dict[Target, set[str]] = {}
        self._limited: set[str] = set()

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Handshake or offer; every attempt dials anew."""
        if not isinstance(question, TlsHandshake | TlsOffer):
            raise TypeError(f"the TLS probe does not answer {question.kind}")
        try:
            name = ascii_name(question.name)
        except UnicodeError:
            why = f"{one_line(question.name, 80) or 'the empty name'} is no name that TLS can carry"
            return failure("malformed", why, fault=Fault.USAGE)
        targets = await self._policy.targets(question.name, question.port, "", question.address, ask)
        if isinstance(targets, Failure):
            return Outcome(failure=targets)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._first_reached(question, name, targets)
        except TimeoutError as error:
            return _outcome(dial_failure(error, targets[0]), targets[0])

    async def aclose(self) -> None:
        """Nothing is held open between questions."""

    async def _first_reached(
        self, question: TlsHandshake | TlsOffer, name: str, targets: tuple[Target, ...]
    ) -> Outcome:
        """The answer of the first target that can be reached, else the last failure."""
        outcome = Outcome()
        for target in targets:
            if isinstance(question, TlsOffer):
                outcome = _outcome(await self._offer(question, name, target), target)
            else:
                outcome = _outcome(await self._handshake(name, target), target)
            if outcome.failure is None or outcome.failure.reason not in _TRY_NEXT:
                break
        return outcome

    # --- handshakes ---------------------------------------------------------------------------------------------------

    async def _handshake(self, name: str, target: Target) -> TlsSession | Failure:
        """A verified handshake; where it was rejected or shows the leaf alone, a second one reads the chain.

        Before Python 3.13 the second one is always needed, so it does not wait for the first.
        """
        engine: Engine = StandardEngine(self._context, name)
        reader: Engine | Failure = engine
        if SEES_WHOLE_CHAIN:
            verified = await self._verified(engine, target)
            if isinstance(verified, Rejection):
                reader = await self._read_by(name, target)
        else:
            verified, reader = await asyncio.gather(self._verified(engine, target), self._read_by(name, target))
        if isinstance(verified, Failure):
            return verified
        if isinstance(reader, Failure):
            if verified is not None:
                why = f"{verified.message}; its chain could not be read: {reader.message}"
                return Failure("certificate", f"the certificate of {target}: {why}", Fault.TARGET)
            reader = engine
        agreed = (engine if verified is None else reader).negotiated()
        self._spoken[target].add(agreed.version)
        try:
            chain = read_chain(reader.chain() or engine.chain())
        except ValueError as error:
            said = verified.message if verified else one_line(str(error))
            return Failure("malformed", f"the certificate of {target} cannot be read: {said}", Fault.TARGET)
        opinion = Opinion(True) if verified else self._second(engine, reader, name)
        if not opinion.accepted:
            verified = Rejection(SECOND, opinion.note)
        problem, detail = classify(verified, chain, name, self._now()) if verified else ("", opinion.note)
        return TlsSession(target.address, agreed.version, agreed.cipher, chain, problem, detail, agreed.alpn)

    def _second(self, engine: Engine, reader: Engine, name: str) -> Opinion:
        """What the second verifier says to a chain that OpenSSL accepted, if all of that chain could be read."""
        whole = reader is not engine or SEES_WHOLE_CHAIN
        sent = reader.chain()
        if not whole or sent[:1] != engine.chain()[:1]:
            return Opinion(True, "the second verifier was not asked: the whole chain was not seen")
        return second_opinion(sent, name, self._now(), Authorities.of(self._context))

    async def _verified(self, engine: Engine, target: Target) -> Rejection | Failure | None:
        """Shake hands; why the chain was rejected, or the handshake broke, None if all is well."""
        try:
            return await self._shake(engine, target)
        except ssl.SSLCertVerificationError as error:
            return Rejection(error.verify_code, error.verify_message)

    async def _read_by(self, name: str, target: Target) -> Engine | Failure:
        """A client that takes any chain, after its handshake."""
        reader = unverified_engine(name)
        return await self._shake(reader, target) or reader

    async def _shake(self, engine: Engine, target: Target) -> Failure | None:
        """Connect and run a handshake. Raises `ssl.SSLCertVerificationError` for a rejected chain, nothing else."""
        stream = await self._connect(target)
        if isinstance(stream, Failure):
            return stream
        try:
            await shake_hands(engine, stream)
        except HandshakeError as error:
            return Failure("tls", f"{target}: {error}", Fault.TARGET)
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            return dial_failure(error, target)
        finally:
            await stream.aclose()
        return None

    # --- offers -------------------------------------------------------------------------------------------------------

    async def _offer(self, question: TlsOffer, name: str, target: Target) -> TlsReply | Failure:
        """What the server says to one ClientHello. The class's docstring has the rule for closed connections."""
        offered = suites(question.version, question.group)
        if not offered:
            return Failure("malformed", f"{question.version} has no suites called {question.group}", Fault.USAGE)
        if question.host in self._limited:
            return _rate_limited(target, "an earlier probe of this run was cut off")
        known = target in self._spoken
        stream = await self._connect(target)
        if isinstance(stream, Failure):
            if known and stream.reason in ("refused", "reset"):
                self._limited.add(question.host)
                return _rate_limited(target, "it took connections before and refuses them now")
            return stream
        try:
            reply = await _exchange(stream, question.version, offered, name)
        except NotTls as error:
            return Failure("tls", f"{target}: {error}", Fault.TARGET)
        finally:
            await stream.aclose()
        if reply.alert == CLOSED and question.group == "all" and question.version in self._spoken[target]:
            self._limited.add(question.host)
            return _rate_limited(target, f"it spoke {question.version} before and closes the connection now")
        if reply.accepted:
            self._spoken[target].add(reply.version)
        return reply

    async def _connect(self, target: Target) -> Stream | Failure:
        """A connection, remembered so that a limit can be told from a closed port."""
        stream = await open_stream(target, self._seconds / 2)
        if isinstance(stream, Stream):
            self._spoken.setdefault(target, set())
        return stream


async def _exchange(stream: Stream, version: TlsVersion, offered: tuple[int, ...], name: str) -> TlsReply:
    """Send a ClientHello and read what comes back, closing included. Raises `NotTls`."""
    server_name = "" if is_address(name) else name
    randomness = Randomness(os.urandom(32), os.urandom(32), os.urandom(32))
    received = b""
    try:
        stream.writer.write(client_hello(version, offered, server_name, randomness))
        await stream.writer.drain()
        while len(received) < MOST_REPLY:
            chunk = await stream.reader.read(16_384)
            received += chunk
            if (reply := read_reply(received, version, offered)) is not None:
                return reply
            if not chunk:
                return TlsReply(False, alert=CLOSED)
    except OSError:
        return TlsReply(False, alert=CLOSED)
    raise NotTls(f"more than {MOST_REPLY:,} bytes and no ServerHello")


def _outcome(found: Facts | Failure, target: Target) -> Outcome:
    """What was found, with the address it was found at."""
    vantage = Vantage(address=target.address)
    if isinstance(found, Failure):
        return Outcome(failure=found, vantage=vantage)
    return Outcome(found, vantage=vantage)


def _rate_limited(target: Target, why: str) -> Failure:
    return Failure("rate-limited", f"{target} holds us off: {why}")
