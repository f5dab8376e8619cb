"""The control door of a running target: HTTP on loopback with a token, for other processes to mend faults."""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import asdict
from typing import Any

from launchready_tui.practice.door import FaultLine
from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.httpserver import HttpServer, Request
from launchready_tui.practice.target import FaultState, PracticeTarget
from launchready_tui.practice.world import Reply


class ControlDoor:
    """Answers who knows the token: `GET` /faults and /product, `POST` /repair/ID, /break/ID and /repair-all."""

    def __init__(self, target: PracticeTarget) -> None:
        self._target = target
        self._server = HttpServer(self._respond)
        self.token = secrets.token_urlsafe(24)

    @property
    def port(self) -> int:
        """Where the door is."""
        return self._server.port

    async def start(self) -> None:
        """Open the door on a free loopback port."""
        await self._server.start()

    async def stop(self) -> None:
        """Close the door."""
        await self._server.stop()

    async def _respond(self, request: Request) -> Reply:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.host != "127.0.0.1" or not hmac.compare_digest(given.encode(), self.token.encode()):
            return _json({"error": "wrong token"}, 403)
        try:
            answer = self._do(request)
            if request.method == "POST":
                await self._target.settled()
            return _json(answer)
        except PracticeError as error:
            return _json({"error": error.message, "hint": error.hint}, 404)

    def _do(self, request: Request) -> Any:
        verb, _, fault_id = request.path.lstrip("/").partition("/")
        match request.method, verb:
            case "GET", "product":
                return {"toml": self._target.product_toml}
            case "GET", "faults":
                pass
            case "POST", "repair":
                self._target.repair(fault_id)
            case "POST", "break":
                self._target.break_again(fault_id)
            case "POST", "repair-all":
                self._target.repair_all()
            case _:
                raise PracticeError("the practice target does not know that request")
        return {"faults": [asdict(fault_line(state)) for state in self._target.faults]}


def fault_line(state: FaultState) -> FaultLine:
    """A fault's state in the words of the door."""
    fault = state.fault
    return FaultLine(
        fault.id,
        fault.title,
        fault.story,
        fault.repair,
        fault.check,
        fault.subject,
        fault.verdict.value,
        state.planted,
        state.left_out,
    )


def _json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value), "application/json")
