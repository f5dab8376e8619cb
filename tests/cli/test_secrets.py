"""`launchready secrets`: exit codes, formats, and that no value is ever printed."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.secrets.material import Repo, live_key

pytest.importorskip("kingfisher_sdk", reason="the extra launchready[secrets] is not installed")

LINE = f'key = "{live_key()}"\n'


@pytest.fixture
def repo(home: Path) -> Repo:
    return Repo(home / "repo")


def test_a_clean_folder(run: Run, repo: Repo) -> None:
    repo.commit("a.py", "x = 1\n")
    done = run("secrets", repo.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 file read: nothing found" in done.stdout


def test_findings_are_shown_without_their_values(run: Run, repo: Repo) -> None:
    repo.commit("a.py", LINE)
    for form in ("text", "json", "sarif"):
        done = run("secrets", repo.folder, "--format", form)
        assert done.returncode == 1
        assert "a.py" in done.stdout
        assert live_key() not in done.stdout + done.stderr
        assert "\x1b" not in done.stdout
    assert "has the form that this provider gives its keys" in run("secrets", repo.folder).stdout


def test_the_key_file_is_announced_once(run: Run, repo: Repo) -> None:
    repo.commit("a.py", LINE)
    ring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    assert "user.key" in run("secrets", repo.folder, env=ring).stderr
    assert run("secrets", repo.folder, env=ring).stderr == ""


def test_json_and_sarif(run: Run, repo: Repo) -> None:
    repo.commit("a b.py", LINE)
    document = json.loads(run("secrets", repo.folder, "--format", "json").stdout)
    assert document["schema"] == "launchready/secrets/1"
    (finding,) = document["findings"]
    assert (finding["path"], finding["line"], finding["state"], finding["kind"]) == ("a b.py", 1, "open", "provider")
    assert document["complete"] is True
    log = json.loads(run("secrets", repo.folder, "--format", "sarif").stdout)
    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.py"
    assert result["level"] == "error"


def test_staged(run: Run, repo: Repo) -> None:
    repo.write("a.py", LINE)
    assert run("secrets", "--staged", repo.folder).returncode == 0
    repo.git("add", "a.py")
    assert run("secrets", "--staged", repo.folder).returncode == 1


def test_history_and_incomplete(run: Run, repo: Repo) -> None:
    repo.commit("a.py", LINE)
    repo.commit("a.py", None)
    assert run("secrets", repo.folder).returncode == 0
    done = run("secrets", "--history", repo.folder)
    assert done.returncode == 1
    assert "no longer in HEAD" in done.stdout
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.folder}", "../shallow")
    done = run("secrets", "--history", repo.folder.parent / "shallow")
    assert done.returncode == 3
    assert "INCOMPLETE: the clone is shallow" in done.stdout


def test_accepted_until(run: Run, repo: Repo) -> None:
    repo.commit("a.py", LINE)
    fingerprint = json.loads(run("secrets", repo.folder, "--format", "json").stdout)["findings"][0]["fingerprint"]
    for days, code, word in ((1, 0, "accepted until"), (-1, 1, "ran out")):
        until = date.today() + timedelta(days=days)
        head = f'[[accepted]]\nfingerprint = "{fingerprint}"\nuntil = {until}\n'
        text = head + 'who = "Ada"\nwhy = "It opens nothing at all."\n'
        repo.write(".launchready-baseline.toml", text)
        done = run("secrets", repo.folder)
        assert done.returncode == code
        assert word in done.stdout


@pytest.mark.parametrize(
    "args",
    [("nowhere",), (".", "--staged", "--history"), (".", "--no-cache"), (".", "--staged"), (".", "--history"), ()],
)
def test_wrong_usage(run: Run, args: tuple[str, ...]) -> None:
    done = run("secrets", *args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


def test_without_the_extra(run: Run, repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "kingfisher_sdk.py").write_text("raise ImportError")
    done = run("secrets", repo.folder, env={"PYTHONPATH": str(tmp_path / "none")})
    assert done.returncode == 2
    assert "pip install 'launchready[secrets]'" in done.stderr


def test_a_name_that_is_no_text_is_shown_harmlessly(run: Run, repo: Repo) -> None:
    if sys.platform == "darwin":
        pytest.skip("file names are text there")
    repo.write("\x1b]52;c;x\x07.py", LINE)
    done = run("secrets", repo.folder)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
