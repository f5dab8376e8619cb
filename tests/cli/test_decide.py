"""Decisions by commands: what they are about, the radar's cards, and the four questions of an idea."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from launchready_tui.cli.verbs.decide import QUESTIONS
from launchready_tui.engine import ideas
from tests.cli.conftest import Run

WAITS = ("--choice", "after the launch", "--who", "Ana", "--why", "One region is enough.")


def test_the_options_are_the_four_questions() -> None:
    assert tuple(ideas.QUESTIONS) == QUESTIONS


def test_the_radar_lists_the_cards_and_how_to_decide(run: Run, engagement: Path) -> None:
    shown = run("status", engagement, "--radar").stdout
    for number in range(1, 7):
        assert f"  N{number}  open " in shown
    assert "look again when: " in shown
    assert "repository: not looked at: The profile names no repository." in shown
    assert "--topic N1" in shown
    assert "--yes support" in shown
    assert run("decide", engagement, "One region or several?", "--topic", "n1", *WAITS).returncode == 0
    shown = run("status", engagement, "--radar").stdout
    assert "  N1  decided  " in shown
    assert "after the launch, Ana, " in shown
    assert "One region is enough." in shown
    data = json.loads(run("status", engagement, "--radar", "--format", "json").stdout)
    assert [card["state"] for card in data["cards"]] == ["decided", *["open"] * 5]
    assert data["cards"][0]["decision"]["record"] == 2


def test_what_replaces_a_decision_about_a_card_is_about_the_card(run: Run, engagement: Path) -> None:
    run("decide", engagement, "One region or several?", "--topic", "N1", *WAITS)
    again = run("decide", engagement, "Again", "--choice", "now", "--who", "Ben", "--supersedes", "2")
    assert again.returncode == 0, again.stderr
    assert "now, Ben, " in run("status", engagement, "--radar").stdout


def test_the_pack_knows_what_was_decided_about_a_card(run: Run, engagement: Path) -> None:
    def undecided() -> int:
        assert run("export", engagement, "--out", "pack", "--format", "md").returncode == 0
        return sum(
            path.read_text("utf-8").count("no decision recorded") for path in (engagement.parent / "pack").glob("*.md")
        )

    before = undecided()
    assert run("decide", engagement, "One region or several?", "--topic", "N1", *WAITS).returncode == 0
    assert 0 < undecided() < before


def test_what_was_begun_is_told(run: Run, engagement: Path, product: Path, home: Path) -> None:
    repository = home / "shop"
    (repository / "k8s").mkdir(parents=True)
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\n"
    (repository / "k8s" / "deployment.yaml").write_text(manifest)
    product.write_text(product.read_text() + '\n[repository]\npath = "shop"\n')
    assert run("product", "import", engagement, product).returncode == 0
    shown = run("status", engagement, "--radar").stdout
    assert "seen in the repository: " in shown
    assert "deployment.yaml" in shown


@pytest.mark.parametrize(
    ("topic", "guess"),
    [
        ("nosuch", "Nothing to decide about"),
        ("dns.host-resolve", 'did you mean "dns.hosts-resolve"?'),
        ("N9", "--radar"),
    ],
)
def test_a_topic_that_is_none(run: Run, engagement: Path, topic: str, guess: str) -> None:
    done = run("decide", engagement, "What?", "--topic", topic, *WAITS)
    assert done.returncode == 2
    assert guess in done.stderr
    assert "Decisions:" not in run("status", engagement).stdout


def test_a_catalogue_number_is_its_check(run: Run, engagement: Path) -> None:
    assert run("decide", engagement, "CAA", "--topic", "S1.DNS.03", *WAITS).returncode == 0
    assert run("export", engagement, "--out", "pack", "--format", "csv").returncode == 0
    assert ",dns.hosts-resolve," in (engagement.parent / "pack" / "decisions.csv").read_text("utf-8")


def test_an_idea_is_for_now_or_waits_as_the_answers_say(run: Run, engagement: Path) -> None:
    now = run("decide", engagement, "A banner while payments are down", "--idea", "--yes", "support", "--who", "Ana")
    assert now.returncode == 0, now.stderr
    assert run("decide", engagement, "Dark mode", "--idea", "--who", "Ana").returncode == 0
    shown = run("status", engagement, "--radar").stdout
    assert "now, Ana, " in shown
    assert "after the launch, Ana, " in shown
    assert "Does it reduce support load? Yes." in shown
    found = json.loads(run("status", engagement, "--radar", "--format", "json").stdout)["ideas"]
    assert [(idea["title"], idea["choice"]) for idea in found] == [
        ("Dark mode", "after the launch"),
        ("A banner while payments are down", "now"),
    ]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--idea", "--choice", "now"), "The answers say “after the launch”"),
        (("--idea", "--choice", "soon"), "neither now nor later nor never"),
        (("--idea", "--topic", "N1"), "its own options and topic"),
        (("--yes", "risk", "--choice", "now"), "answers the questions of an idea"),
        ((), "choice is missing"),
    ],
)
def test_what_is_not_clear_is_refused(run: Run, engagement: Path, args: tuple[str, ...], words: str) -> None:
    done = run("decide", engagement, "Dark mode", "--who", "Ana", *args)
    assert done.returncode == 2
    assert words in done.stderr
    with_reason = run("decide", engagement, "Dark mode", "--who", "Ana", "--idea", "--choice", "now", "--why", "Asked.")
    assert with_reason.returncode == 0
