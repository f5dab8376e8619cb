"""A small part of Cloudflare's API over the zone of the practice world, in the shapes that ADAPTERS.md d1 documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.marketplace import MAIL_HOSTS
from launchready_tui.practice.world import Reply, World

TOKEN = "practice-cloudflare-read-only"  # noqa: S105 - opens nothing but this
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"


def respond(world: World, request: Request) -> Reply:
    """The answer to a GET with the practice token."""
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return _failed(403, 9109, "Invalid access token")
    if request.method != "GET":
        return _failed(403, 10000, "This token may only read")
    path = request.path
    query = {key: values[0] for key, values in parse_qs(request.query).items()}
    if path == "/zones":
        return _reply([_zone(world)] if query.get("name") == world.domain else [])
    below = path.removeprefix(f"/zones/{ZONE}/")
    if below == path:
        return _failed(404, 7003, "Could not route to that zone")
    kind, _, rest = below.partition("/")
    match kind:
        case "dns_records":
            return _reply(_records(world))
        case "settings" if rest in world.edge.settings:
            return _reply({"id": rest, "value": world.edge.settings[rest], "editable": True})
        case "rulesets" if rest.startswith("phases/") and rest.endswith("/entrypoint"):
            phase = rest.removeprefix("phases/").removesuffix("/entrypoint")
            rules = world.edge.rules.get(phase)
            return _reply({"id": "r", "kind": "zone", "phase": phase, "rules": list(rules)}) if rules else _nothing()
        case "pagerules":
            return _reply([])
        case "leaked-credential-checks":
            return _reply({"enabled": True})
    return _nothing()


def _zone(world: World) -> dict[str, Any]:
    return {
        "id": ZONE,
        "name": world.domain,
        "status": "active",
        "paused": False,
        "type": "full",
        "plan": {"legacy_id": "pro", "name": "Pro Website"},
        "owner": {"id": "1", "email": "founder@acme.test"},
    }


def _records(world: World) -> list[dict[str, Any]]:
    """The web and mail hosts with their addresses; the records of their faults are the name server's business."""
    hosts = {name: site.address for name, site in world.sites.items()}
    found = [_record(name, address, name not in world.edge.unproxied) for name, address in hosts.items()]
    return [*found, *(_record(name, "", False) for name in MAIL_HOSTS)]


def _record(name: str, address: str, proxied: bool) -> dict[str, Any]:
    return {"id": name, "type": "A", "name": name, "content": address, "proxied": proxied, "ttl": 1}


def _reply(result: object) -> Reply:
    body: dict[str, object] = {"success": True, "errors": [], "messages": [], "result": result}
    if isinstance(result, list):
        size = len(result)
        info = {"page": 1, "per_page": 100, "count": size, "total_count": size, "total_pages": 1}
        body["result_info"] = info
    return Reply(200, json.dumps(body), "application/json")


def _nothing() -> Reply:
    return _failed(404, 10003, "could not find entrypoint ruleset")


def _failed(status: int, code: int, message: str) -> Reply:
    body: Mapping[str, object] = {
        "success": False,
        "errors": [{"code": code, "message": message}],
        "messages": [],
        "result": None,
    }
    return Reply(status, json.dumps(body), "application/json")
