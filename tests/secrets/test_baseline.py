"""Accepted findings: who, why, until when; what is written wrongly accepts nothing and says so."""

from __future__ import annotations

import pytest

from launchready_tui.secrets import baseline, scans
from launchready_tui.secrets.scanner import SecretScanner
from tests.secrets.material import Repo, live_key

LINE = f'key = "{live_key()}"\n'


def entry(fingerprint: str, **more: str) -> str:
    fields = {"who": '"Ada"', "why": '"A key of the public demo account."', "until": "2027-01-31", **more}
    rows = "".join(f"{key} = {value}\n" for key, value in fields.items() if value)
    return f'[[accepted]]\nfingerprint = "{fingerprint}"\n{rows}'


def test_an_accepted_finding_says_who_and_why(repo: Repo, scanner: SecretScanner) -> None:
    repo.commit("a.py", LINE)
    repo.commit("b.py", "# the same\n" + LINE)
    (fingerprint,) = {finding.fingerprint for finding in scans.scan_tree(repo.folder, scanner).findings}
    repo.write(baseline.FILE, entry(fingerprint, path='"a.py"'))
    for report in (scans.scan_tree(repo.folder, scanner), scans.scan_history(repo.folder, scanner, None)):
        given = {finding.path: finding.accepted for finding in report.findings}
        assert given["b.py"] is None
        assert given["a.py"] is not None
        assert (given["a.py"].who, given["a.py"].until) == ("Ada", "2027-01-31")


def test_the_latest_of_several_entries_counts(scanner: SecretScanner) -> None:
    text = entry("f" * 16) + entry("f" * 16, until="2028-01-01", rule='"other"') + entry("f" * 16, until="2027-06-01")
    found = scanner.scan(LINE.encode(), scans.Origin("a.py"))
    given = baseline.read_baseline(text.replace("f" * 16, found[0].fingerprint)).applied(found)[0].accepted
    assert given is not None
    assert given.until == "2027-06-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[accepted", "no TOML"),
        ("[accepted]\nwho = 1", "two brackets"),
        ("accepted = [1]", "no table"),
        ("[[accept]]\n", "nothing is called"),
        (entry("a", who=""), "who is missing"),
        (entry("a", why='"ok"'), "needs a sentence"),
        (entry("a", until='"2027-01-31"'), "must be a date"),
        (entry("a", until="2027-01-31T10:00:00"), "must be a date"),
        (entry("a", until=""), "must be a date"),
        (entry("a", path="3"), "texts"),
        (entry("a", reason='"x"'), "nothing is called"),
    ],
)
def test_what_is_wrong_is_named_and_accepts_nothing(text: str, said: str) -> None:
    found = baseline.read_baseline(text)
    assert found.entries == ()
    assert said in found.problems[0]


def test_a_file_that_is_no_baseline(repo: Repo) -> None:
    assert baseline.load_baseline(repo.folder) == baseline.Baseline()
    repo.write(baseline.FILE, b"\xff\xfe")
    assert baseline.load_baseline(repo.folder).problems
    repo.write(baseline.FILE, b"#" * (baseline.MOST_BYTES + 1))
    assert "larger" in baseline.load_baseline(repo.folder).problems[0]
    (repo.folder / baseline.FILE).unlink()
    (repo.folder / baseline.FILE).symlink_to("/etc/passwd")
    assert baseline.load_baseline(repo.folder) == baseline.Baseline()
