"""The one door to all probes of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from launchready_tui.model.evidence import Ask, Fault
from launchready_tui.model.product import Network, Product
from launchready_tui.model.questions import Question, TlsHandshake, TlsOffer
from launchready_tui.probes.accesslog import AccessLogProbe
from launchready_tui.probes.accounts import AccountProbe
from launchready_tui.probes.backends import BackendProbe
from launchready_tui.probes.bundle import BundleProbe
from launchready_tui.probes.cacheviews import CacheViewProbe
from launchready_tui.probes.dns import DnsProbe
from launchready_tui.probes.dnsdelegation import DelegationProbe
from launchready_tui.probes.dnszone import ZoneProbe
from launchready_tui.probes.exposure import ExposureProbe
from launchready_tui.probes.freshness import FreshnessProbe
from launchready_tui.probes.http import HttpProbe
from launchready_tui.probes.latency import LatencyProbe
from launchready_tui.probes.lighthouse import LighthouseProbe
from launchready_tui.probes.mailfiles import MailFileProbe
from launchready_tui.probes.outcome import Outcome, Probe, failure
from launchready_tui.probes.payload import PayloadProbe
from launchready_tui.probes.postgresprobe import PostgresProbe
from launchready_tui.probes.provider import ProviderProbe, Tokens
from launchready_tui.probes.querylog import QueryLogProbe
from launchready_tui.probes.radar import RadarProbe
from launchready_tui.probes.rdap import RdapProbe
from launchready_tui.probes.repository import RepositoryProbe
from launchready_tui.probes.survey import SurveyProbe
from launchready_tui.text import one_line


def no_tokens(name: str) -> str | None:
    """Knows no token at all."""
    return None


class Prober:
    """Hands each question to the probe of its kind.

    `base` is the folder of the profile. `product` is needed by the questions about providers and test accounts,
    `tokens` gives their tokens and passwords. Raises `InputError` for `[network]` settings that cannot be used.
    """

    def __init__(self, network: Network, base: str, product: Product | None = None, tokens: Tokens = no_tokens) -> None:
        product = product or Product("", "", network=network, base=base)
        dns, http, mail = DnsProbe(network), HttpProbe(network, base), MailFileProbe(base)
        zone = ZoneProbe(network)
        pace = product.budgets.burst_per_second
        accounts = AccountProbe(http, tokens, product.accounts, product.domain, pace=pace)
        backends = BackendProbe(http.fetcher)
        views = CacheViewProbe(http, product.accounts)
        repository = RepositoryProbe(base)
        querylogs = QueryLogProbe(http, base)
        postgres = PostgresProbe(network, base, tokens)
        self._network, self._base = network, base
        self._probes: dict[str, Probe] = {
            "dns-lookup": dns,
            "resolvers": dns,
            "delegation": DelegationProbe(network),
            "zone-transfer": zone,
            "dnssec-validation": zone,
            "http-exchange": http,
            "mail-message": mail,
            "mail-reports": mail,
            "rdap-domain": RdapProbe(network, http.fetcher),
            "repository-survey": SurveyProbe(base),
            "repository-radar": RadarProbe(base),
            "provider-read": ProviderProbe(product.providers, network, base, tokens),
            "secret-scan": repository,
            "tracked-files": repository,
            "environment-use": repository,
            "route-code": repository,
            "access-log": AccessLogProbe(base),
            "bundle-scan": BundleProbe(http.fetcher),
            "exposed-path": ExposureProbe(http.fetcher),
            "rate-burst": accounts,
            "account-compare": accounts,
            "login": accounts,
            "query-log-reading": querylogs,
            "tagged-request": querylogs,
            "page-backends": backends,
            "backend-read": backends,
            "statement-statistics": postgres,
            "query-plans": postgres,
            "index-catalogue": postgres,
            "database-health": postgres,
            "row-security": postgres,
            "private-views": views,
            "cache-tricks": views,
            "freshness-trial": FreshnessProbe(http),
            "payload-reading": PayloadProbe(http),
            "latency-sample": LatencyProbe(http, pace=pace),
            "lighthouse-reports": LighthouseProbe(base),
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
