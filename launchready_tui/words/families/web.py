"""The web: requests and responses, handshakes, the JSON that is sent."""

from __future__ import annotations

from launchready_tui.model.questions import (
    HttpExchange,
    HttpResponse,
    PayloadReading,
    TlsHandshake,
    TlsOffer,
    TlsReply,
    TlsSession,
)
from launchready_tui.model.questions.payload import Payload
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Parts, Place, as_account, day, joined, some


def _exchange(asked: HttpExchange) -> Parts:
    family = f" over IPv{asked.family}" if asked.family else ""
    address = f" at {asked.address}" if asked.address else ""
    return (f"{asked.method} ", Place(asked.url), f"{family}{address}{as_account(asked.session)}")


def _response(found: HttpResponse) -> str:
    if found.location:
        return f"{found.status} → {found.location}"
    media = f" {found.media_type}" if found.media_type else ""
    more = " and more" if found.cut else ""
    return f"{found.status}{media}, {found.body_bytes:,} bytes{more}"


def _session(found: TlsSession) -> str:
    leaf = f"; until {day(found.leaf.not_after)} from {found.leaf.issuer}" if found.chain else ""
    return joined(found.version, found.problem or "verified") + leaf


def _reply(found: TlsReply) -> str:
    return f"accepted {found.version} {found.cipher}" if found.accepted else f"refused ({found.alert or 'closed'})"


def _payload(found: Payload) -> str:
    exposed = [item.path for item in found.exposures]
    return joined(
        f"{found.status} {found.media_type}".strip(),
        plural(found.documents, "JSON document"),
        plural(len(found.keys), "field"),
        f"largest {found.bytes:,} bytes{' and more' if found.cut else ''}",
        f"{len(exposed)} not for the public: {some(exposed)}" if exposed else "",
        f"{len(found.unreadable)} unreadable" if found.unreadable else "",
    )


ASKED: Asked = {
    HttpExchange: _exchange,
    TlsHandshake: lambda asked: (
        "TLS handshake ",
        Place(f"{asked.name}:{asked.port}"),
        f" at {asked.address}" if asked.address else "",
    ),
    TlsOffer: lambda asked: (
        f"TLS offer of {asked.version} ({asked.group}) to ",
        Place(f"{asked.name}:{asked.port}"),
        f" at {asked.address}" if asked.address else "",
    ),
    PayloadReading: lambda asked: ("fields of the JSON at ", Place(asked.url), as_account(asked.session)),
}

ANSWERED: Answered = {HttpResponse: _response, TlsSession: _session, TlsReply: _reply, Payload: _payload}
