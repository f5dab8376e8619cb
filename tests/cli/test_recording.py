"""The recording verbs: what they write, what they refuse, undo and redo."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_new_says_what_it_made(run: Run, engagement: Path) -> None:
    assert engagement.exists()
    again = run("new", "acme", "--from", "product.toml")
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert again.stdout == ""


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("new", "x"), "domain is missing"),
        (("new", "x", "--domain", "https://acme.test"), "is not a domain name"),
        (("new", "x", "--domain", "acme.test", "--repo", "nowhere"), "is not a folder"),
        (("new", "x", "--from", "nowhere.toml"), "nowhere.toml does not exist"),
        (("new", "no/such/folder/x", "--from", "product.toml"), "does not exist"),
    ],
)
def test_new_refuses(run: Run, product: Path, home: Path, args: tuple[str, ...], message: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert message in done.stderr
    assert list(home.glob("*.launchready")) == []


def test_attest_shows_the_statement_and_wants_an_answer(run: Run, engagement: Path) -> None:
    done = run("attest", engagement, "S2.BLD.01")
    assert done.returncode == 2
    assert "A fresh clone of the commit" in done.stdout
    assert "--yes or --no" in done.stderr


def test_a_blocker_needs_a_second_person(run: Run, engagement: Path) -> None:
    alone = run("attest", engagement, "S2.BLD.01", "--yes", "--by", "Ana")
    assert alone.returncode == 2
    assert "witness" in alone.stderr
    same = run("attest", engagement, "S2.BLD.01", "--yes", "--by", "Ana", "--witness", " ana ")
    assert same.returncode == 2
    two = run("attest", engagement, "S2.BLD.01", "--yes", "--by", "Ana", "--witness", "Ben")
    assert two.returncode == 0, two.stderr
    assert "record 2: attestation" in two.stdout


def test_undo_and_redo(run: Run, engagement: Path) -> None:
    run(
        "decide",
        engagement,
        "Payment provider",
        "--choice",
        "Stripe",
        "--who",
        "Ana",
        "--option",
        "Stripe",
        "--option",
        "Adyen",
    )
    assert "Payment provider: Stripe" in run("status", engagement).stdout
    assert "record 2 (decision) no longer counts" in run("undo", engagement).stdout
    assert "Payment provider" not in run("status", engagement).stdout
    assert "nothing to take back" in run("undo", engagement).stdout
    assert "record 2 (decision) counts again" in run("redo", engagement).stdout
    assert "nothing to bring back" in run("redo", engagement).stdout
    assert "Payment provider: Stripe" in run("status", engagement).stdout


def test_a_decision_supersedes(run: Run, engagement: Path) -> None:
    run("decide", engagement, "Host", "--choice", "Fly", "--who", "Ana")
    done = run("decide", engagement, "Host", "--choice", "Render", "--who", "Ana", "--supersedes", "2")
    assert done.returncode == 0
    assert "Fly (superseded)" in run("status", engagement).stdout
    twice = run("decide", engagement, "Host", "--choice", "Heroku", "--who", "Ana", "--supersedes", "2")
    assert twice.returncode == 2
    assert "superseded already" in twice.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--who", "Ana", "--why", "short", "--control", "none"), "at least 20"),
        (("--who", "Ana", "--why", "w" * 20, "--control", " "), "compensating control"),
        (("--who", "Ana", "--why", "w" * 20, "--control", "none", "--until", "2001-01-01"), "in the future"),
        (("--who", "Ana", "--why", "w" * 20, "--control", "none", "--until", "soon"), "is no date"),
        (
            ("--who", "Ana", "--why", "w" * 20, "--control", "none", "--subject", "other.test"),
            "is not about other.test",
        ),
    ],
)
def test_waive_refuses(run: Run, engagement: Path, args: tuple[str, ...], message: str) -> None:
    run("attest", engagement, "S2.BLD.01", "--no", "--by", "Ana")
    done = run("waive", engagement, "S2.BLD.01", *args)
    assert done.returncode == 2
    assert message in done.stderr


def test_waive_own_authorize(run: Run, engagement: Path) -> None:
    waiver = ("--who", "Ana", "--why", "Nobody has typed that name yet", "--control", "none")
    unseen = run("waive", engagement, "S1.DNS.03", *waiver)
    assert unseen.returncode == 2
    assert "Nobody has looked" in unseen.stderr
    assert run("check", engagement, "--check", "S1.DNS.03").returncode == 3
    done = run("waive", engagement, "S1.DNS.03", *waiver)
    assert done.returncode == 0, done.stderr
    assert run("own", engagement, "dns.hosts-resolve", "Ben", "--due", "Friday").returncode == 0
    assert "(waived) (owner Ben)" in run("status", engagement, "--all").stdout
    assert run("authorize", engagement, "--who", "Ana", "--proof", "signed statement").returncode == 0
    wrong = run("authorize", engagement, "--host", "acme.tset", "--who", "Ana", "--proof", "x")
    assert wrong.returncode == 2
    assert 'did you mean "acme.test"?' in wrong.stderr


def test_unknown_check_names_the_nearest(run: Run, engagement: Path) -> None:
    done = run("own", engagement, "dns.host-resolve", "Ben")
    assert done.returncode == 2
    assert 'did you mean "dns.hosts-resolve"?' in done.stderr


def test_product_round_trip_keeps_every_byte(run: Run, engagement: Path, product: Path, home: Path) -> None:
    commented = product.read_text() + "\n# a comment that must survive\n"
    product.write_text(commented)
    assert run("product", "import", engagement, product).returncode == 0
    assert run("product", "show", engagement).stdout == commented
    product.write_text("[product]\nname = 3\n")
    broken = run("product", "import", engagement, product)
    assert broken.returncode == 2
    assert "product.toml:2: product: name" in broken.stderr
    assert run("product", "show", engagement).stdout == commented


def test_product_edit_uses_the_editor(run: Run, engagement: Path, home: Path) -> None:
    editor = home / "editor.sh"
    editor.write_text("#!/bin/sh\nsed -i 's/Acme Market/Acme Bazaar/' \"$1\"\n")
    editor.chmod(0o755)
    done = run("product", "edit", engagement, env={"EDITOR": str(editor), "VISUAL": str(editor)})
    assert done.returncode == 0, done.stderr
    assert "Acme Bazaar" in run("product", "show", engagement).stdout


def test_a_mistake_in_the_editor_keeps_what_was_typed(run: Run, engagement: Path, home: Path) -> None:
    editor = home / "editor.sh"
    editor.write_text('#!/bin/sh\necho "[produkt]" >> "$1"\n')
    editor.chmod(0o755)
    done = run("product", "edit", engagement, env={"EDITOR": str(editor), "VISUAL": str(editor)})
    assert done.returncode == 2
    assert 'did you mean "product"?' in done.stderr
    assert "[produkt]" in (home / "acme.draft.toml").read_text()


def test_copy(run: Run, engagement: Path, home: Path) -> None:
    assert run("copy", engagement, "copy.launchready").returncode == 0
    assert run("status", "copy.launchready").returncode == 0
    again = run("copy", engagement, "copy.launchready")
    assert again.returncode == 2
    assert "exists already" in again.stderr
