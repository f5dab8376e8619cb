"""The organisational domain against the public suffix list's own tests."""

from __future__ import annotations

import pytest

from launchready_tui.checks.mail.rules.orgdomain import organisational_domain
from tests.corpora.place import needs, read

CASES = "psl_org_domain/cases.json"


def ascii_name(name: str) -> str:
    """Names compare in the form that DNS has them in; the corpus holds both."""
    return name.encode("idna").decode() if name else ""


@needs(CASES)
def test_organisational_domains(capsys: pytest.CaptureFixture[str]) -> None:
    cases = read(CASES)
    wrong = [
        (case, found)
        for case in cases
        if ascii_name(found := organisational_domain(case["input"] or "")) != ascii_name(case["registrable"] or "")
    ]
    with capsys.disabled():
        print(f"\nPublic suffixes: {len(cases) - len(wrong)}/{len(cases)}")
    assert not wrong
    assert len(cases) == 78
