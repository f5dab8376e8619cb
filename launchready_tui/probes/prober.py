"""The one door to all probes of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Fault
from launchready_tui.model.product import Network
from launchready_tui.model.questions import Question, TlsHandshake, TlsOffer
from launchready_tui.probes.dns import DnsProbe
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.outcome import Outcome, Probe, failure
from launchready_tui.probes.rdap import RdapProbe
from launchready_tui.probes.survey import SurveyProbe
from launchready_tui.text import one_line


class Prober:
    """Hands each question to the probe of its kind.

    `base` is the folder of the profile. Raises `InputError` for `[network]` settings that cannot be used.
    """

    def __init__(self, network: Network, base: str) -> None:
        dns, http = DnsProbe(network), HttpProbe(network, base)
        self._network, self._base = network, base
        self._probes: dict[str, Probe] = {
            "dns-lookup": dns,
            "resolvers": dns,
            "http-exchange": http,
            "rdap-domain": RdapProbe(network, http.fetcher),
            "repository-survey": SurveyProbe(base),
        }

    async def answer(self, question: Question[Any], attempt: int, ask: Ask) -> Outcome:
        """Ask the outside. An exception of a probe is our own bug, and says so; cancellation passes through."""
        try:
            return await self._probe(question.kind).answer(question, attempt, ask)
        except Exception as error:
            message = f"{type(error).__name__}: {one_line(str(error))}"
            return failure("bug", message, fault=Fault.BUG)

    async def aclose(self) -> None:
        """Give back what all probes hold open."""
        for probe in {id(probe): probe for probe in self._probes.values()}.values():
            await probe.aclose()

    def _probe(self, kind: str) -> Probe:
        if kind in (TlsHandshake.kind, TlsOffer.kind) and kind not in self._probes:
            from launchready_tui.probes.tls import TlsProbe

            self._probes[TlsHandshake.kind] = self._probes[TlsOffer.kind] = TlsProbe(self._network, Path(self._base))
        return self._probes[kind]
