"""The client's side of the control door, and the file in which a running target writes down where it is."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launchready_tui.practice.errors import PracticeError

STATE_FILE = "practice.json"
"""The file (mode 0600) in the target's folder."""

_DOOR_SECONDS = 5.0
_CHANGE_SECONDS = 30.0
"""A change is answered when the shop behind the pages was built anew."""

_ANSWER_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A planted fault: what the founder did, which check finds it under which subject, and whether it is there now.

    `left_out` says why this machine cannot show it, '' if it can.
    """

    id: str
    title: str
    story: str
    repair: str
    check: str
    subject: str
    verdict: str
    planted: bool
    left_out: str


@dataclass(frozen=True, slots=True)
class Door:
    """Where a target's control door is, and its token."""

    port: int
    token: str

    def ask(self, method: str, path: str) -> Any:
        """One request; raises `PracticeError` with what the target said, or that it is gone."""
        seconds = _DOOR_SECONDS if method == "GET" else _CHANGE_SECONDS
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, headers={"Authorization": f"Bearer {self.token}"})
            response = connection.getresponse()
            answer = json.loads(response.read(_ANSWER_LIMIT))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PracticeError("the practice target is gone", "Start it anew with launchready practice.") from error
        finally:
            connection.close()
        if response.status != 200:
            raise PracticeError(str(answer.get("error", "the practice target refused")), str(answer.get("hint", "")))
        return answer


def door_of(folder: Path) -> Door | None:
    """The door written down in a folder; None if there is none, or nothing that can be read."""
    try:
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        return Door(int(state["port"]), str(state["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def database_of(folder: Path) -> str | None:
    """The login of a running target's database, written down in a folder; None if there is none."""
    try:
        return str(json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))["database"]) or None
    except (OSError, ValueError, KeyError, TypeError):
        return None
