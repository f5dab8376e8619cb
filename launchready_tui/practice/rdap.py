"""A registration data server (RFC 9083) that knows the domains of the world, and 404s every other."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from launchready_tui.practice.httpserver import Request
from launchready_tui.practice.world import Reply, World

_MEDIA_TYPE = "application/rdap+json"
_DAYS_LEFT = 300
"""Of all domains but the marketplace's own."""


def respond(world: World, request: Request) -> Reply:
    """The registration of the domain in `/domain/NAME`."""
    kind, _, name = request.path.lstrip("/").partition("/")
    name = name.lower().rstrip(".")
    if kind != "domain" or name not in world.registered:
        return _reply(404, {"errorCode": 404, "title": "Not found"})
    own = name == world.domain
    expires = datetime.now(UTC) + timedelta(days=world.registration.days if own else _DAYS_LEFT, hours=1)
    expires = expires.replace(microsecond=0)
    locked = world.registration.locked or not own
    vcard = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Practice Registrar"]]]
    body: dict[str, object] = {
        "objectClassName": "domain",
        "ldhName": name,
        "status": ["active", "client transfer prohibited"] if locked else ["active"],
        "events": [{"eventAction": "expiration", "eventDate": expires.isoformat().replace("+00:00", "Z")}],
        "entities": [{"objectClassName": "entity", "roles": ["registrar"], "vcardArray": vcard}],
        "secureDNS": {"delegationSigned": False},
    }
    return _reply(200, body)


def _reply(status: int, body: dict[str, object]) -> Reply:
    return Reply(status, json.dumps({"rdapConformance": ["rdap_level_0"], **body}), _MEDIA_TYPE)
