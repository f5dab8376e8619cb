"""What `launchready load` refuses before it plans anything."""

from __future__ import annotations

import pytest

from launchready_tui.cli.verbs.load import make_request
from launchready_tui.errors import InputError


@pytest.mark.parametrize("option", ["users", "rate", "max_rps", "processes", "workers"])
@pytest.mark.parametrize("value", [0, -1])
def test_a_number_that_sends_nothing_is_not_taken_for_unsaid(option: str, value: int) -> None:
    with pytest.raises(InputError, match=f"--{option.replace('_', '-')} {value} sends nothing"):
        make_request("", **{option: value})


def test_what_is_unsaid_keeps_its_usual_value() -> None:
    request = make_request("5s", users=None, rate=None, max_rps=None, processes=None, workers=None, steps=False)
    assert (request.users, request.rate, request.processes, request.duration_s) == (0, 0.0, 1, 5.0)
