"""Many observations, one judgement: what was seen to be wrong, what was weak, what could not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from launchready_tui.checks.reading.chains import shown
from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line

MOST_DETAILS = 60
"""Lines of detail that a judgement keeps."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something seen: a stable slug, one sentence, and whether a hiccup of the network could look the same."""

    reason: str
    text: str
    network: bool = False


@dataclass(slots=True)
class Tally:
    """Collects observations. A fail outweighs what was not seen, which outweighs a warning, which outweighs a pass."""

    fails: list[Problem] = field(default_factory=list)
    warns: list[Problem] = field(default_factory=list)
    unseen: list[tuple[str, Failure]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fail(self, reason: str, text: str, *, network: bool = False) -> None:
        """The claim does not hold."""
        self.fails.append(Problem(reason, text, network))

    def warn(self, reason: str, text: str) -> None:
        """The claim holds with a weakness."""
        self.warns.append(Problem(reason, text))

    def blind(self, url: str, failure: Failure) -> None:
        """A URL gave no answer."""
        if (url, failure) not in self.unseen:
            self.unseen.append((url, failure))

    def broken(self, url: str, status: int) -> None:
        """A URL answered with a status that says nothing about the product but that it does not work (5xx)."""
        self.blind(url, server_error(status))

    def note(self, text: str) -> None:
        """Worth knowing, no problem."""
        if text not in self.notes:
            self.notes.append(text)

    def fail_first(self, order: Sequence[str], details: tuple[str, ...] = ()) -> Judgement | None:
        """The judgement of the worst fail by the order of reasons; None without a fail."""
        if not self.fails:
            return None
        worst = min(self.fails, key=lambda problem: _rank(order, problem))
        return failed(worst.reason, worst.text, details=self.details(details), network=worst.network)

    def unknown(self, summary: str, *, decide_by: str, details: tuple[str, ...] = ()) -> Judgement | None:
        """The judgement where something was not seen; None if all was."""
        if not self.unseen:
            return None
        return unknown(self.unseen[0][1].reason, summary, decide_by=decide_by, details=self.details(details))

    def warn_first(self, order: Sequence[str], details: tuple[str, ...] = ()) -> Judgement | None:
        """The judgement of the worst warning by the order of reasons; None without one."""
        if not self.warns:
            return None
        worst = min(self.warns, key=lambda problem: _rank(order, problem))
        return warned(worst.reason, worst.text, details=self.details(details))

    def passed(self, summary: str, *, note: str = "", details: tuple[str, ...] = ()) -> Judgement:
        """The judgement where nothing is wrong."""
        return passed(summary, note=note, details=self.details(details))

    def details(self, more: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Everything that was observed, a line each."""
        lines = [problem.text for problem in (*self.fails, *self.warns)]
        lines += [
            f"not seen: {shown(url)} ({failure.reason}: {one_line(failure.message)})" for url, failure in self.unseen
        ]
        unique = list(dict.fromkeys([*lines, *self.notes, *more]))
        cut = len(unique) - MOST_DETAILS
        return (*unique[:MOST_DETAILS], f"and {cut} more") if cut > 0 else tuple(unique)


def server_error(status: int) -> Failure:
    """What a 5xx stands for: something in front of the product, or the product itself, is out of order."""
    return Failure("server-error", f"answered {status}", Fault.TARGET)


def _rank(order: Sequence[str], problem: Problem) -> int:
    return order.index(problem.reason) if problem.reason in order else len(order)
