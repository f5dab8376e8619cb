"""`check`: formats, exit codes, saving and replaying, bad input."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_json_is_the_contract(run: Run, product: Path) -> None:
    done = run("check", product, "--stage", "1", "--format", "json")
    document = json.loads(done.stdout)
    assert document["schema"] == "launchready/run/1"
    assert {"product", "runbook", "started_at", "finished_at", "results", "gate", "counts"} <= set(document)
    first = document["results"][0]
    wanted = {"check", "catalogue", "roadmap", "stage", "subject", "verdict", "severity", "reason", "summary", "source"}
    assert wanted | {"evidence", "fix", "duration_ms"} <= set(first)
    assert [item["id"] for item in document["gate"]["items"]] == [f"MB{n}" for n in range(1, 13)]
    assert sum(document["counts"].values()) == len(document["results"])


def test_what_could_not_be_seen_is_three(run: Run, product: Path) -> None:
    done = run("check", product, "--check", "S1.DNS.03")
    assert done.returncode == 3
    assert "? unknown BLOCKER" in done.stdout
    assert "\x1b" not in done.stdout


def test_medium_only_counts_when_asked_for(run: Run, product: Path) -> None:
    assert run("check", product, "--check", "S1.DNS.12").returncode == 0
    assert run("check", product, "--check", "S1.DNS.12", "--fail-on", "medium").returncode == 3


def test_saved_evidence_gives_the_same_bytes(run: Run, product: Path, home: Path) -> None:
    seen = run("check", product, "--format", "json", "--save-evidence", "saved")
    replayed = run("check", product, "--format", "json", "--replay", "saved")
    assert replayed.stdout == seen.stdout
    assert replayed.returncode == seen.returncode
    assert (home / "saved" / "evidence.jsonl").stat().st_mode & 0o777 == 0o600


def test_replay_refuses_what_does_not_fit(run: Run, product: Path, home: Path) -> None:
    run("check", product, "--check", "S1.DNS.03", "--save-evidence", "saved")
    other = home / "other.toml"
    other.write_text(product.read_text().replace("Acme Market", "Other"))
    assert "another product profile" in run("check", other, "--replay", "saved").stderr
    lines = home / "saved" / "evidence.jsonl"
    lines.write_text(lines.read_text().replace("dns-refused", "timeout", 1))
    changed = run("check", product, "--replay", "saved")
    assert changed.returncode == 2
    assert "evidence.jsonl:1: changed after it was saved" in changed.stderr
    assert "run.json does not exist" in run("check", product, "--replay", "nowhere").stderr


def test_a_run_of_an_engagement_can_be_replayed(run: Run, engagement: Path) -> None:
    seen = run("check", engagement, "--check", "S1.DNS.03", "--format", "json")
    replayed = run("check", engagement, "--check", "S1.DNS.03", "--format", "json", "--replay", "1")
    assert json.loads(replayed.stdout)["results"] == json.loads(seen.stdout)["results"]
    assert "There is no run 9" in run("check", engagement, "--replay", "9").stderr


def test_sarif_and_junit_parse(run: Run, product: Path) -> None:
    sarif = json.loads(run("check", product, "--check", "S1.DNS.03", "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"][0]["kind"] == "open"
    junit = ET.fromstring(run("check", product, "--check", "S1.DNS.03", "--format", "junit").stdout.split("\n", 1)[1])
    suite = junit.find("testsuite")
    assert suite is not None
    assert suite.get("errors") == "1"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("check", "gone.toml"), "gone.toml does not exist"),
        (("check", "gone.launchready"), "gone.launchready does not exist"),
        (("check", "."), "is a folder"),
        (("check", "product.toml", "--stage", "9"), "There is no stage 9"),
        (("check", "product.toml", "--check", "S1.DNS.3"), 'did you mean "S1.DNS.13"?'),
        (("check", "product.toml", "--format", "yaml"), "yaml"),
        (("check", "product.toml", "--authorized-by", "Ana"), "--active"),
        (("check", "binary.toml"), "is not UTF-8"),
        (("check", "broken.toml"), "broken.toml:1: not TOML"),
        (("explain", "tls.hstss"), 'did you mean "tls.hsts"?'),
        (("runbook", "check", "."), "runbook.toml does not exist"),
        (("statuss", "x"), 'did you mean "status"?'),
    ],
)
def test_bad_input_is_two_and_says_why(
    run: Run, product: Path, home: Path, args: tuple[str, ...], message: str
) -> None:
    (home / "binary.toml").write_bytes(b"\xff\xfe\x00")
    (home / "broken.toml").write_text("[product")
    done = run(*args)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_active_checks_need_an_authorization(run: Run, home: Path, product: Path) -> None:
    hook = '\n[[route]]\nid = "hook"\nurl = "https://acme.test/hook"\nkind = "webhook"\n'
    product.write_text(product.read_text().replace("\n[network]", hook + "\n[network]"))
    without = run("check", product, "--check", "S1.RED.05")
    assert "not run" in without.stdout
    assert without.returncode == 0
    unauthorized = run("check", product, "--check", "S1.RED.05", "--active")
    assert "no-consent" in unauthorized.stdout
    assert "nobody has authorized active checks of acme.test" in unauthorized.stderr
    authorized = run("check", product, "--check", "S1.RED.05", "--active", "--authorized-by", "Ana")
    assert "no-consent" not in authorized.stdout
    assert authorized.returncode == 3


def test_no_terminal_no_screens(run: Run, engagement: Path) -> None:
    done = run(engagement)
    assert done.returncode == 2
    assert "need a terminal" in done.stderr


def test_every_verb_has_help(run: Run) -> None:
    from launchready_tui.cli.main import VERBS

    for verb in VERBS:
        done = run(verb, "--help")
        assert done.returncode == 0, verb
        assert "Usage: launchready" in done.stdout


def test_doctor_and_tokens(run: Run) -> None:
    assert "Runbook" in run("doctor").stdout
    listed = run("token", "list", env={"LAUNCHREADY_CLOUDFLARE_TOKEN": "not-shown"})
    assert "cloudflare  environment" in listed.stdout
    assert "not-shown" not in listed.stdout + listed.stderr
    refused = run(
        "token", "set", "cloudflare", text_in="abc\n", env={"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    )
    assert refused.returncode == 2
    assert "LAUNCHREADY_CLOUDFLARE_TOKEN" in refused.stderr
