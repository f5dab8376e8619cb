"""The strings of gitleaks' own tests: how many secrets are found, and how many texts are accused falsely."""

from __future__ import annotations

import base64

import pytest

from tests.corpora import place

CASES = "secrets_gitleaks/cases.json"

FOUND_AT_LEAST = 255
FALSE_AT_MOST = 5


@place.needs(CASES)
def test_gitleaks_strings(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("kingfisher_sdk", reason="the extra launchready[secrets] is not installed")
    from launchready_tui.secrets.engine import Engine
    from launchready_tui.secrets.scanner import Origin, SecretScanner

    scanner = SecretScanner(Engine(), lambda: b"k" * 32)
    total = {"tp": 0, "fp": 0}
    found = {"tp": 0, "fp": 0}
    missed: list[str] = []
    for case in place.read(CASES):
        findings = scanner.scan(base64.b64decode(case["text_b64"]), Origin(case["path"] or "file.txt"))
        total[case["kind"]] += 1
        found[case["kind"]] += bool(findings)
        if bool(findings) != (case["kind"] == "tp"):
            missed.append(f"{case['kind']} {case['rule']} #{case['id']}")
    with capsys.disabled():
        print(f"\ngitleaks strings: {found['tp']} of {total['tp']} found, {found['fp']} of {total['fp']} falsely")
    assert found["tp"] >= FOUND_AT_LEAST, missed
    assert found["fp"] <= FALSE_AT_MOST, missed
