"""The errors that a person may meet: what happened, to what, and what to do next."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command (DESIGN.md section 6)."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    COULD_NOT_SEE = 3
    INTERRUPTED = 130


class LaunchReadyError(Exception):
    """Base of all expected errors.

    `message` says what happened to what; `hint` says what to do next. Anything that is not a `LaunchReadyError` is our
    own bug.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class InputError(LaunchReadyError):
    """Something that was typed or named on the command line is wrong; nothing was changed."""


class ProfileError(LaunchReadyError):
    """A product profile or runbook file is wrong. `problems` are lines of the form `FILE:LINE: what`."""

    def __init__(self, problems: tuple[str, ...], hint: str = "") -> None:
        super().__init__("\n".join(problems), hint)
        self.problems = problems


class EngagementError(LaunchReadyError):
    """The engagement file cannot be read or written as asked."""


class ReplayError(LaunchReadyError):
    """Saved evidence does not fit what was asked of it."""
