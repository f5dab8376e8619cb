"""Evidence about speed survives being stored: what comes back is what was seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from launchready_tui.model import codec
from launchready_tui.model.evidence import Evidence
from launchready_tui.model.questions import (
    CacheTricks,
    DecisionText,
    Facts,
    FreshnessTrial,
    KeptDecision,
    LatencySample,
    LighthouseReports,
    PayloadReading,
    PrivateViews,
    Question,
)
from launchready_tui.model.questions.caching import FreshnessSeen, PageViews, Sighting, Trick, TrickReply, View
from launchready_tui.model.questions.latency import Latencies, PageReports, PageRun, ServerTime, Timing
from launchready_tui.model.questions.payload import Exposure, KeyPath, LongList, Payload
from launchready_tui.model.verdicts import Consent

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL, LOGIN = "https://acme.test/orders", "https://acme.test/login"
VIEW = View("owner", 200, True, (("cache-control", "private"),), "ab", False, "cd")
KEPT: list[tuple[Question[Any], Facts]] = [
    (PrivateViews(URL, LOGIN, "buyer", "seller"), PageViews((VIEW, View("stranger", 302, fresh=True)))),
    (CacheTricks(URL, LOGIN, "buyer", ("/x.css",)), TrickReply(VIEW, VIEW, (Trick("/x.css", "u", VIEW, VIEW),))),
    (
        FreshnessTrial(URL, "PATCH", "price", ("1", "2"), (URL,), LOGIN, "seller"),
        FreshnessSeen(
            "2", 200, (Sighting(URL, "6", 1.25, 200), Sighting(URL, "4", None, 0, True, "timeout")), 9.5, False
        ),
    ),
    (
        PayloadReading(URL, ("acme.test",), session="account:buyer"),
        Payload(
            200, "application/json", 2, 99, (KeyPath("a[].b", 3, 9),), (LongList("a[]", 3),),
            (Exposure("a[].b", "secret", "x", 2, False),), ("no JSON",), True,
        ),
    ),
    (
        LatencySample(URL),
        Latencies(
            (Timing(200, 1.5),), (Timing(0, 2.5, failure="reset"),), (ServerTime("db", 0.5, 1),), 0.1, "x", "HTTP/2", 7
        ),
    ),
    (LighthouseReports(("*.json",)), PageReports((PageRun(URL, 1.5, None, 0.05, 9.0, "mobile", "12"),), ("b",), 2)),
    (KeptDecision("latency:home"), DecisionText(3, "a", "b", "c")),
]  # fmt: skip


@pytest.mark.parametrize(("question", "facts"), KEPT, ids=lambda item: getattr(item, "kind", ""))
def test_evidence_survives(question: Question[Any], facts: Facts) -> None:
    seen = codec.identified(Evidence("", question, 1, facts, None, NOW, NOW))
    text = codec.canonical(codec.evidence_to_plain(seen))
    assert codec.evidence_from_plain(json.loads(text)) == seen


def test_what_goes_beyond_looking_needs_consent() -> None:
    active = {question.kind for question, _ in KEPT if question.level is Consent.ACTIVE}
    assert active == {"private-views", "cache-tricks", "freshness-trial", "payload-reading"}
    assert PayloadReading(URL).level is Consent.PASSIVE
    assert LatencySample(URL).level is Consent.PASSIVE
    assert LatencySample(URL, session="account:buyer").level is Consent.ACTIVE
    assert all(question.host in ("acme.test", "") for question, _ in KEPT)
