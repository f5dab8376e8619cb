"""Proofs that a load test ends in test systems: payments in test mode, mail in a sink."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from launchready_tui.model.evidence import Ask, Failure
from launchready_tui.model.product import Product
from launchready_tui.model.questions import HttpExchange
from launchready_tui.probes.dialling import DialPolicy, open_stream
from launchready_tui.text import one_line

Reach = Literal["payment", "mail"]
ATTESTED = "attested"
SMTP_PORT = 1025
"""Where Mailpit and MailHog listen."""

_LIVEMODE = re.compile(r'"livemode"\s*:\s*(true|false)\b', re.IGNORECASE)
_GREETING_S = 8.0


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether something ends in a test system. Only `holds` opens the gate; `text` says what was seen or is missing."""

    holds: bool
    text: str
    hint: str = ""


async def prove(product: Product, needed: Iterable[Reach], ask: Ask) -> dict[Reach, Proof]:
    """The proofs that the journeys need."""
    makers = {"payment": _prove_payment, "mail": _prove_mail}
    return {reach: await makers[reach](product, ask) for reach in needed}


async def _prove_payment(product: Product, ask: Ask) -> Proof:
    said = product.load.payment_test
    hint = (
        "Give [load] payment_test: a URL that answers JSON with livemode false, or "
        '"attested" when somebody has seen the test keys.'
    )
    if said == ATTESTED:
        return Proof(True, "Payments are in test mode: somebody attested it in the profile.")
    if not said:
        return Proof(False, "[load] payment_test is empty", hint)
    answer = await ask(HttpExchange("GET", said))
    if answer.failure is not None:
        return Proof(False, f"{one_line(said, 120)} did not answer ({answer.failure.message})", hint)
    modes = {found.lower() for found in _LIVEMODE.findall(answer.facts.text)}
    if answer.facts.status != 200 or not modes:
        return Proof(False, f"{one_line(said, 120)} says nothing about livemode (status {answer.facts.status})", hint)
    if modes != {"false"}:
        return Proof(False, f"{one_line(said, 120)} says livemode true: real cards", "Switch the target to test keys.")
    return Proof(True, f"Payments are in test mode: {one_line(said, 120)} says livemode false.")


async def _prove_mail(product: Product, ask: Ask) -> Proof:
    said = product.load.mail_sink
    hint = f'Give [load] mail_sink: HOST:PORT of the sink (port {SMTP_PORT} by default), or "attested".'
    if said == ATTESTED:
        return Proof(True, "Mail ends in a sink: somebody attested it in the profile.")
    host, colon, port = said.rpartition(":")
    host, number = (host, port) if colon and port.isdecimal() else (said, str(SMTP_PORT))
    if not said or not 0 < int(number[:6]) < 65536:
        return Proof(False, "[load] mail_sink is empty" if not said else "[load] mail_sink has no usable port", hint)
    found = await DialPolicy(product.network).targets(host.strip("[]"), int(number), "", "", ask)
    stream = found if isinstance(found, Failure) else await open_stream(found[0], _GREETING_S)
    if isinstance(stream, Failure):
        return Proof(False, f"the mail sink {one_line(said, 80)} is not there ({stream.message})", hint)
    greeting = await _greeting(stream.reader)
    await stream.aclose()
    if not greeting.startswith("220"):
        return Proof(False, f"{one_line(said, 80)} does not greet as a mail server", hint)
    return Proof(True, f"Mail ends in a sink: {one_line(said, 80)} answers as {one_line(greeting[4:], 60) or 'SMTP'}.")


async def _greeting(reader: asyncio.StreamReader) -> str:
    """The first line of a mail server, '' where none comes in time."""
    try:
        async with asyncio.timeout(_GREETING_S):
            return (await reader.readline())[:512].decode("ascii", "replace").strip()
    except (OSError, ValueError):
        return ""
