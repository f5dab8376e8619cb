"""The evaluator against the test suite of RFC 7208: 203 cases with the results that the RFC demands."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import Any

import pytest

from launchready_tui.checks.mail.rules.spf import check_host
from launchready_tui.model.evidence import Answer, Evidence, Failure
from launchready_tui.model.questions import Alias, DnsAnswer, DnsLookup, Question
from tests.corpora.place import needs, read
from tests.kit import SEEN_AT

CASES = "spf_rfc7208/rfc7208-tests.json"

Zone = dict[str, list[Any]]


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else value


class Names:
    """A name server for the zone data of one scenario, as its SOURCE.txt describes it."""

    def __init__(self, zone: Zone) -> None:
        self.zone = {name.lower().rstrip("."): records for name, records in zone.items()}

    async def __call__(self, question: Question[Any], /) -> Answer[Any]:
        assert isinstance(question, DnsLookup)
        found = self._answer(question.name.lower().rstrip("."), question.rdtype, ())
        facts, failure = (None, found) if isinstance(found, Failure) else (found, None)
        return Answer(Evidence("e", question, 1, facts, failure, SEEN_AT, SEEN_AT))

    def _answer(self, name: str, rdtype: str, aliases: tuple[Alias, ...]) -> DnsAnswer | Failure:
        if name.startswith("error."):
            return Failure("timeout", f"no answer about {name}")
        if name not in self.zone:
            return DnsAnswer("NXDOMAIN", aliases=aliases)
        entries = self.zone[name]
        records = self._records(entries, rdtype)
        if records:
            return DnsAnswer("NOERROR", tuple(sorted(records)), 300, aliases)
        if "TIMEOUT" in entries:
            return Failure("timeout", f"no answer about {name}")
        target = next((entry["CNAME"] for entry in entries if "CNAME" in entry), "").lower().rstrip(".")
        if not target:
            return DnsAnswer("NOERROR", aliases=aliases)
        if any(target == alias.name for alias in aliases) or target == name:
            return DnsAnswer("NOERROR", aliases=aliases, loop=True)
        return self._answer(target, rdtype, (*aliases, Alias(name, target, 300)))

    def _records(self, entries: list[Any], rdtype: str) -> list[str]:
        kinds = [entry for entry in entries if isinstance(entry, dict)]
        if rdtype == "TXT" and not any("TXT" in entry for entry in kinds):
            return [_joined(entry["SPF"]) for entry in kinds if entry.get("SPF")]
        found = [entry[rdtype] for entry in kinds if rdtype in entry and entry[rdtype] != "NONE"]
        match rdtype:
            case "MX":
                return [f"{preference} {host.lower().rstrip('.')}" for preference, host in found]
            case "PTR":
                return [host.lower().rstrip(".") for host in found]
            case "A" | "AAAA":
                return [str(ipaddress.ip_address(address)) for address in found]
            case _:
                return [_joined(value) for value in found]


def outcome(zone: Zone, case: dict[str, Any]) -> tuple[str, str]:
    """Result and explanation, with the identities as a receiver takes them (section 2.4)."""
    sender = case["mailfrom"] or f"postmaster@{case['helo']}"
    domain = sender.rpartition("@")[2]
    found = asyncio.run(check_host(Names(zone), case["host"], domain, sender, case["helo"]))
    return found.result.value, found.explanation


@needs(CASES)
def test_the_suite_of_the_rfc(capsys: pytest.CaptureFixture[str]) -> None:
    total, wrong = 0, []
    for scenario in read(CASES):
        for name, case in scenario["tests"].items():
            total += 1
            result, explanation = outcome(scenario["zonedata"], case)
            accepted = case["result"] if isinstance(case["result"], list) else [case["result"]]
            wanted = case.get("explanation", "")
            told = not wanted or wanted == "DEFAULT" or explanation == wanted
            if result not in accepted or not told:
                wrong.append(f"{scenario['section']} / {name}: {result} {explanation!r}, not {accepted} {wanted!r}")
    with capsys.disabled():
        print(f"\nSPF, RFC 7208 suite: {total - len(wrong)}/{total}")
    assert not wrong, "\n".join(wrong)
    assert total == 203
