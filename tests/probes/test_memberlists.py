"""MemberProbe against a fake Cloudflare: who is a member, by GET alone, and nothing stranger than that is believed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from launchready_tui.model.evidence import Failure
from launchready_tui.model.members import Member, MemberList
from launchready_tui.model.product import Network
from launchready_tui.probes.memberlists import MemberProbe
from tests.kit import World
from tests.probes.servers import HttpServer, Seen, http_server, response

ZONES = [{"id": "z", "name": "acme.test", "account": {"id": "acc/1", "name": "Acme"}}]


def member(address: str, **more: Any) -> dict[str, Any]:
    roles = [{"id": "r", "name": more.pop("role", "Super Administrator - All Privileges")}]
    user = {"email": address, "first_name": "Ana", "last_name": None, "two_factor_authentication_enabled": True}
    return {"id": address, "status": "accepted", "roles": roles, "policies": [], "user": {**user, **more}}


def answers(members: Any, zones: Any = ZONES) -> Any:
    def answer(seen: Seen) -> bytes:
        if "/members" not in seen.target:
            return envelope(zones)
        return members(seen) if callable(members) else envelope(members)

    return answer


def envelope(result: Any, **info: int) -> bytes:
    body: dict[str, Any] = {"success": True, "errors": [], "result": result}
    return response(
        200, json.dumps({**body, "result_info": info} if info else body).encode(), media_type="application/json"
    )


async def read(
    answer: Any, token: str | None = "secret-token", base: str = ""
) -> tuple[MemberList | Failure, HttpServer]:
    async def handle(seen: Seen, writer: asyncio.StreamWriter) -> bytes:
        return answer(seen)

    async with http_server(handle) as server:
        bases = {"cloudflare": base or f"http://127.0.0.1:{server.port}/client/v4"}
        probe = MemberProbe(bases, Network(public=("127.0.0.0/8",)), ".", lambda name: token)
        found = await probe.members("cloudflare", "acme.test", World({}))
        await probe.aclose()
    return found, server


async def test_the_members_of_the_account_of_the_zone() -> None:
    pending = {**member("ben@acme.test", first_name="", two_factor_authentication_enabled=False), "status": "pending"}
    found, server = await read(answers([member("ana@acme.test"), pending]))
    assert found == MemberList(
        "cloudflare",
        (
            Member("Ana", "ana@acme.test", True, ("Super Administrator - All Privileges",), True),
            Member("", "ben@acme.test", False, ("Super Administrator - All Privileges",), False),
        ),
    )
    assert [seen.method for seen in server.seen] == ["GET", "GET"]
    assert server.seen[1].target == "/client/v4/accounts/acc%2F1/members?per_page=50&page=1"
    assert {seen.headers["authorization"] for seen in server.seen} == {"Bearer secret-token"}


async def test_all_pages_are_read() -> None:
    def members(seen: Seen) -> bytes:
        page = int(seen.target.rpartition("page=")[2])
        return envelope([member(f"p{page}@acme.test")], page=page, total_pages=3)

    found, _ = await read(answers(members))
    assert isinstance(found, MemberList)
    assert [item.address for item in found.members] == ["p1@acme.test", "p2@acme.test", "p3@acme.test"]


@pytest.mark.parametrize(
    "item",
    [None, 7, "x", [], {}, {"user": 7}, {"user": {"email": 7}}, {"user": None, "roles": "no"}],
)
async def test_what_is_not_as_documented_is_passed_over(item: Any) -> None:
    odd = {
        "status": 7,
        "roles": [None, {"name": 7}],
        "user": {"email": " o@acme.test ", "two_factor_authentication_enabled": "yes"},
    }
    found, _ = await read(answers([item, odd]))
    assert isinstance(found, MemberList)
    assert found.members == (Member("", "o@acme.test", True),)


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (answers([member("a@acme.test")], zones=[]), "input-missing", "sees no zone acme.test"),
        (answers([member("a@acme.test")], zones=[{"account": 7}, {"id": "z"}]), "input-missing", "sees no zone"),
        (answers([]), "malformed", "no member"),
        (answers({"no": "list"}), "malformed", "no member"),
        (answers(lambda _seen: response(403, b"{}")), "missing-scope", "Account Settings: Read"),
        (answers(lambda _seen: response(500, b"")), "server-error", "500"),
        (lambda _seen: response(401, b"{}"), "missing-scope", "Zone: Read"),
    ],
)
async def test_what_keeps_it_from_reading_is_said(answer: Any, reason: str, words: str) -> None:
    found, _ = await read(answer)
    assert isinstance(found, Failure)
    assert found.reason == reason
    assert words in found.message
    assert "secret-token" not in found.message


async def test_no_token_and_no_stranger() -> None:
    found, server = await read(answers([]), token=None)
    assert isinstance(found, Failure)
    assert "launchready token set cloudflare" in found.message
    strange, _ = await read(answers([]), base="https://stranger.example/v4")
    assert isinstance(strange, Failure)
    assert strange.reason == "not-trusted"
    assert server.seen == []


async def test_other_providers_are_not_read() -> None:
    found = await MemberProbe({}, Network(), ".", lambda name: "t").members("stripe", "acme.test", World({}))
    assert isinstance(found, Failure)
    assert "no member list of stripe" in found.message
