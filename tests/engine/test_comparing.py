"""What changed between two moments: what cannot be seen any more, and a gate that says something else, are told."""

from __future__ import annotations

from datetime import timedelta

from launchready_tui.engine.comparing import before_last_run, lost_by_run, lost_counts
from launchready_tui.engine.session import Session
from launchready_tui.model.board import GateVerdict
from launchready_tui.model.changes import GateMove
from launchready_tui.model.records import Attestation
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict
from tests.tui.boards import LIFETIME, NIGHT, NOW, RESOLVE, Now, run, session

HOSTS = ("acme.test", "app.acme.test")
GOOD = (Verdict.PASS, "3 of 3 resolvers agree.")
DOWN = (Verdict.UNKNOWN, "Nobody answered.")
RISKS = GateVerdict.GO_WITH_ACCEPTED_RISKS


def went_down() -> tuple[Session, Now]:
    """A gate that was open after the first run; in the second one the product was down."""
    clock = Now(NOW - timedelta(hours=3))
    made = session(clock=clock)
    month = NOW + timedelta(days=20)
    for check in ("access.map", NIGHT.id):
        made.record(Attestation(check, "", "It was tried.", True, "Ben", "Ines", _method(check), "", month))
    clock.at = NOW - timedelta(hours=2)
    everything = {(check.id, host): GOOD for check in (RESOLVE, LIFETIME) for host in HOSTS}
    run(made, clock.at, everything)
    clock.at = NOW - timedelta(hours=1)
    broken = (Verdict.ERROR, "A bug.")
    run(
        made,
        clock.at,
        {(RESOLVE.id, HOSTS[0]): DOWN, (LIFETIME.id, HOSTS[1]): broken, (LIFETIME.id, HOSTS[0]): GOOD},
        "two checks",
    )
    clock.at = NOW
    return made, clock


def _method(check: str) -> str:
    return "phone" if check == NIGHT.id else "document"


def test_what_a_run_could_not_see_any_more_and_what_that_did_to_the_gate() -> None:
    made, _ = went_down()
    snapshot = made.snapshot()
    changes = made.changes(before_last_run(snapshot.runs))
    assert [(item.row.key, item.was, item.row.verdict) for item in changes.lost] == [
        ((RESOLVE.id, HOSTS[0]), Verdict.PASS, Verdict.UNKNOWN),
        ((LIFETIME.id, HOSTS[1]), Verdict.PASS, Verdict.ERROR),
    ]
    assert changes.gate == GateMove(RISKS, GateVerdict.NO_GO)
    assert not changes.is_empty
    made.close()


def test_an_answer_that_was_taken_back_is_lost_too() -> None:
    made, clock = went_down()
    clock.at = NOW + timedelta(minutes=1)
    made.undo()
    changes = made.changes(NOW)
    assert [item.row.verdict for item in changes.lost] == [Verdict.NOT_RUN]
    assert changes.gate is None, "it was shut before"
    made.close()


def test_each_run_is_told_with_what_it_lost_and_what_it_made_of_the_gate() -> None:
    made, _ = went_down()
    moves = made.run_moves()
    assert moves[1].gate == GateMove(GateVerdict.NO_GO, RISKS)
    assert moves[1].lost == ()
    assert moves[2].gate == GateMove(RISKS, GateVerdict.NO_GO)
    assert moves[2].lost == (
        (RESOLVE.id, HOSTS[0], Verdict.UNKNOWN),
        (LIFETIME.id, HOSTS[1], Verdict.ERROR),
    )
    made.close()


def test_without_an_earlier_moment_nothing_was_lost() -> None:
    made, _ = went_down()
    changes = made.changes(NOW - timedelta(days=9))
    assert (changes.lost, changes.gate) == ((), None)
    made.close()


def test_what_is_lost_is_counted_once_and_by_kind() -> None:
    def seen(verdict: Verdict, number: int) -> Result:
        return Result("a", "h", verdict, Severity.HIGH, "", "", Source.LIVE, NOW, run=number)

    verdicts = (Verdict.WARN, Verdict.NOT_RUN, Verdict.UNKNOWN, Verdict.ERROR, Verdict.PASS, Verdict.FAIL)
    found = lost_by_run(seen(verdict, number) for number, verdict in enumerate(verdicts, 1))
    assert found == {3: (("a", "h", Verdict.UNKNOWN),)}, "what a run left out is no loss, nor what was lost before"
    kinds = (Verdict.ERROR, Verdict.UNKNOWN, Verdict.NOT_RUN, Verdict.UNKNOWN)
    assert lost_counts(kinds) == "2 unknown, 1 error, 1 not run"
