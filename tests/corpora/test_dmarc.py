"""The DMARC reader and the alignment rule against OpenDMARC's own tables: 29 cases, two of them seen differently."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.checks.mail.rules.dmarc import parse
from launchready_tui.checks.mail.rules.orgdomain import aligned
from tests.corpora.place import needs, read

CASES = "dmarc_opendmarc/cases.json"

DISAGREEMENTS = {
    "v=DMARC1; p=n;": "OpenDMARC takes the beginning of a word; RFC 9989 §4.7 knows none, quarantine, reject.",
    "v=DMARC1; pct=100;": "RFC 7489 demands p; RFC 9989 §4.7 takes an absent p for none.",
}
"""Records that are read differently, each with the reason."""


def reads(case: dict[str, Any]) -> bool:
    """Whether a record is taken without complaint, as OpenDMARC, a reader of RFC 7489, would see it.

    RFC 9989 ignores pct, rf and ri whatever they hold. Readers of the older RFC throw a record with a bad value away,
    so the reader names those values; here they count as complaints.
    """
    policy = parse(case["record"])
    return policy is not None and not (policy.problems or policy.old_problems)


@needs(CASES)
def test_opendmarc(capsys: pytest.CaptureFixture[str]) -> None:
    cases = read(CASES)
    differing = {case["record"] for case in cases["parse"] if reads(case) != (case["outcome"] == "okay")}
    crooked = [
        case
        for case in cases["alignment"]
        if aligned(case["a"], case["b"], "s" if case["mode"] == "strict" else "r") != case["aligned"]
    ]
    total = len(cases["parse"]) + len(cases["alignment"])
    with capsys.disabled():
        print(f"\nDMARC, OpenDMARC tables: {total - len(differing) - len(crooked)}/{total}")
        for record in sorted(differing):
            print(f"  differs: {record!r}: {DISAGREEMENTS.get(record, 'unexplained')}")
    assert not crooked
    assert differing == set(DISAGREEMENTS)
    assert total == 29
