"""Every kind of answer, word for word."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from launchready_tui.model import questions as q
from launchready_tui.model.questions import caching, database, latency, memory, payload, plans, schema, secrets
from launchready_tui.model.questions.querylog import QueryLoad, TaggedStatement
from launchready_tui.words.answered import said
from tests.kit import SEEN_AT
from tests.words.build import full

LATER = SEEN_AT + timedelta(days=9)
URL = "https://acme.test/"
LEAF = dataclasses.replace(full(q.Certificate, "x"), issuer="Test CA", not_after=LATER)
SECRET = dataclasses.replace(full(secrets.FoundSecret, "x"), title="Stripe live key", fingerprint="f1", last4="hunt")
HOST: dict[str, Any] = {"host": "db.acme.test", "version": 150004}
OWNER, STRANGER = caching.View("owner", 200, True), caching.View("stranger", 200)
LOAD = q.LoadReport(
    q.LoadPlan(),
    SEEN_AT,
    SEEN_AT,
    routes=(q.RouteLoad("listing", "browse", 4_000, 12, p95_ms=410.0), q.RouteLoad("buy", "buy", 1_000, 0)),
    most_users=500,
)

NAMES: list[tuple[q.Facts, str]] = [
    (q.DnsAnswer("NOERROR", ("192.0.2.1", "192.0.2.2"), 300), "192.0.2.1, 192.0.2.2 · TTL 300 s"),
    (q.DnsAnswer("NOERROR"), "no such record"),
    (q.DnsAnswer("NXDOMAIN"), "NXDOMAIN"),
    (
        q.DnsAnswer("NOERROR", tuple("abcdefgh"), 60, (q.Alias("www.acme.test", "edge.test", 60),)),
        "edge.test → a, b, c, d, e, f and 2 more · TTL 60 s",
    ),
    (q.ResolverList(("1.1.1.1", "9.9.9.9")), "1.1.1.1, 9.9.9.9"),
    (q.ResolverList(("127.0.0.1:53",), True), "127.0.0.1:53, named by the profile"),
    (
        q.DelegationFacts(True, ("a.ns", "b.ns"), ("a.ns",), (q.DelegatedServer("b.ns", (), "lame"),)),
        "delegated to a.ns, b.ns, the zone itself names a.ns, b.ns lame",
    ),
    (q.DelegationFacts(False), "the registry knows no such domain"),
    (q.TransferReply(True, 42), "handed the zone out: 42 records in the first message"),
    (q.TransferReply(False, 0, "REFUSED"), "refused (REFUSED)"),
    (q.ValidationReply("NOERROR", True, LATER), "NOERROR, signed until 3 Dec 2026, authenticated"),
    (q.ValidationReply("NOERROR"), "NOERROR, unsigned, not authenticated"),
    (q.Registration(True, LATER, ("active",), "Gandi"), "registered at Gandi until 3 Dec 2026, active"),
    (q.Registration(False), "not registered"),
]
WEB: list[tuple[q.Facts, str]] = [
    (q.HttpResponse(301, location=URL), "301 → https://acme.test/"),
    (
        q.HttpResponse(200, (("content-type", "text/html; charset=utf-8"),), body_bytes=12_345),
        "200 text/html, 12,345 bytes",
    ),
    (q.TlsSession("192.0.2.1", "TLSv1.3", "x", (LEAF,)), "TLSv1.3, verified; until 3 Dec 2026 from Test CA"),
    (
        q.TlsSession("192.0.2.1", "TLSv1.3", "x", (LEAF,), "expired"),
        "TLSv1.3, expired; until 3 Dec 2026 from Test CA",
    ),
    (q.TlsReply(True, "TLSv1", "AES128-SHA"), "accepted TLSv1 AES128-SHA"),
    (q.TlsReply(False, alert="protocol_version"), "refused (protocol_version)"),
    (
        payload.Payload(
            200,
            "application/json",
            1,
            9_000,
            (payload.KeyPath("a", 1, 9), payload.KeyPath("b", 1, 9)),
            exposures=(payload.Exposure("users[].email", "personal", "an e-mail address"),),
        ),
        "200 application/json, 1 JSON document, 2 fields, largest 9,000 bytes, 1 not for the public: users[].email",
    ),
    (
        q.MailFacts(
            ("acme.test",),
            signatures=(q.MailSignature("acme.test", "pm"),),
            verdicts=(q.MailVerdict("mx.test", (q.MailMethod("spf", "pass"), q.MailMethod("dkim", "fail"))),),
            tls=True,
        ),
        "from acme.test, spf pass, dkim fail, signed by acme.test, over TLS",
    ),
    (
        q.ReportFacts(
            2,
            ("google.com",),
            SEEN_AT,
            LATER,
            (
                q.ReportRow("192.0.2.1", 90, "acme.test", True, False),
                q.ReportRow("192.0.2.2", 10, "acme.test", False, False),
            ),
        ),
        "2 reports of google.com, 24 Nov 2026 to 3 Dec 2026, 90 of 100 messages pass DMARC",
    ),
]
CODE: list[tuple[q.Facts, str]] = [
    (secrets.SecretReport((SECRET, SECRET), 812), "2 secrets: Stripe live key, 812 files read"),
    (
        secrets.SecretReport(commits=9, read=3, incomplete=("a.bin could not be read",)),
        "no secret, 3 files read, 9 commits, incomplete: a.bin could not be read",
    ),
    (
        secrets.TrackedList((secrets.RiskyFile(".env", "passwords"),), 340),
        "1 of 340 tracked files may be risky: .env",
    ),
    (
        secrets.EnvironmentNames((secrets.UsedVariable("DSN", "a.py:1"),), ("DSN", "KEY"), production=("KEY",)),
        "1 variable read by the code, 2 in example files, 1 in production",
    ),
    (
        secrets.RouteCode(
            ("rails",), (secrets.CodeRoute("GET", "/", "r.rb:1"),), (secrets.SlowMark("select-star", "a:1", "x"),), 12
        ),
        "rails, 1 route in 12 files, 1 spot that may be slow",
    ),
    (
        secrets.ShippedBundle(200, (SECRET,), ("a.js",), ("a.js.map",)),
        "200, 1 secret: Stripe live key, 1 script, 1 open source map",
    ),
    (secrets.PathReply(404), "404, gives nothing away"),
    (secrets.PathReply(200, "an environment file", "KEY=…"), "200, gives away an environment file"),
    (
        q.RepositorySummary("github.com/acme/shop", ("github",), ("next",), ("next", "pg"), ("DSN",), ("db/migrate",)),
        "github.com/acme/shop, built with next, CI: github, migrations in db/migrate, 2 packages, 1 variable",
    ),
    (q.RadarFacts(), "nothing more than a launch needs"),
    (
        q.RadarFacts((q.RadarSighting("kubernetes", "x", "k.yaml"), q.RadarSighting("services", "y", "s"))),
        "2 things that a launch may not need: kubernetes, services",
    ),
    (q.ProviderReply(False), "nothing configured: the default"),
    (q.ProviderReply(True, '{"id":"ssl","value":"full"}'), "ssl: full"),
    (q.ProviderReply(True, '[{"a":1},{"a":2}]', True), "2 entries, and more"),
    (q.ProviderReply(True, '{"b":1,"a":{"c":2}}'), "2 fields: a, b"),
    (q.ProviderReply(True, "{broken"), "an answer that is no JSON"),
    (
        q.BackendList((q.Backend("supabase", "https://x.test", True),), 4),
        "supabase https://x.test with a public key, 4 scripts read",
    ),
    (
        q.BackendView(True, (q.Collection("users", 200, 1), q.Collection("bills", 401))),
        "a stranger reads 1 of 2 collections: users",
    ),
]
DATA: list[tuple[q.Facts, str]] = [
    (
        q.AccessLog(
            1_000, 3, 997, 997, routes=(q.LogRoute("GET", "/", 900, 900, 0.62, 9e4, 80.0, 310.0, 500.0, 900.0),), more=4
        ),
        "997 requests in 1,000 lines, 5 routes, most time in GET / (62 %), p95 310 ms, 3 lines not understood",
    ),
    (
        q.QueryLogFacts(
            statements=24, shapes=3, timed=24, total_ms=1_900.0, queries=(QueryLoad("f", 9, 1_500.0, 166.0, 812.0),)
        ),
        "24 statements, 3 shapes, slowest 812 ms, 1,900 ms in all",
    ),
    (
        q.TaggedReply(200, 120.0, statements=(TaggedStatement("f", 31, 44.0),), tie="request-id"),
        "200 in 120 ms, 31 statements (44 ms), told by request-id",
    ),
    (
        q.TaggedReply(200, 120.0, statements=(TaggedStatement("f", 1, 0.4),), tie="burst", floor_ms=50.0),
        "200 in 120 ms, at least 1 statement (0.4 ms), told by burst",
    ),
    (q.TaggedReply(200, 5.0), "200 in 5 ms, nothing was logged meanwhile"),
    (q.TaggedReply(200, 5.0, grown=True, others=7, untagged=7), "200 in 5 ms, none tied to it, 7 logged meanwhile"),
    (q.TaggedReply(200, 5.0, grown=True, others=7, echoed=True), "200 in 5 ms, no statement"),
    (
        q.StatementList(
            **HOST,
            statements=(database.StatementRow("f", "SELECT", 90, 8e3, 88.0, 900.0, 3.0, 90, 0.41),),
            distinct=57,
            calls=9_000,
        ),
        "PostgreSQL 15 on db.acme.test, 57 statements in 9,000 calls, "
        "the costliest takes 41 % of the time at 88 ms a call",
    ),
    (
        q.StatementList(**HOST, state="not-installed"),
        "PostgreSQL 15 on db.acme.test, pg_stat_statements is not installed",
    ),
    (
        q.PlanList(
            **HOST,
            plans=(
                plans.StatementPlan("f", "SELECT", 9, 9.0, 1.0, 0.5),
                plans.StatementPlan("g", "SELECT", 9, 9.0, 1.0, 0.1, failure="time-out"),
            ),
            share=0.6,
        ),
        "PostgreSQL 15 on db.acme.test, plans of 1 of 2 statements, 60 % of the time, estimated",
    ),
    (
        q.HealthFacts(**HOST, blocks_hit=99, blocks_read=1, connections=12, max_connections=100, can_write=True),
        "PostgreSQL 15 on db.acme.test, 12 of 100 connections in use, 99 % from the cache, the login could write",
    ),
    (
        q.IndexFacts(
            **HOST,
            tables=(schema.TableUse("public", "orders"),),
            indexes=(schema.IndexUse("public", "orders", "i", valid=False),),
        ),
        "PostgreSQL 15 on db.acme.test, 1 table, 1 index, 0 foreign keys, 1 invalid",
    ),
    (
        q.RowSecurityFacts(
            **HOST,
            tables=(
                schema.SecuredTable("public", "bills", True, readers=("anon",)),
                schema.SecuredTable("public", "users", readers=("anon",)),
            ),
        ),
        "PostgreSQL 15 on db.acme.test, 1 of 2 exposed tables with row policies, readable without: public.users",
    ),
]
TIMES: list[tuple[q.Facts, str]] = [
    (
        caching.PageViews((OWNER, OWNER, STRANGER, STRANGER)),
        "its owner saw the owner's mark in 2 of 2 looks, a stranger saw the owner's mark in 0 of 2 looks",
    ),
    (
        caching.TrickReply(
            OWNER,
            STRANGER,
            (
                caching.Trick("/x.css", "/me/x.css", OWNER, dataclasses.replace(STRANGER, marked=True)),
                caching.Trick(";x.js", "/me;x.js", OWNER, STRANGER),
            ),
        ),
        "a stranger got the owner's page under 1 of 2 false file names: /x.css",
    ),
    (
        caching.TrickReply(OWNER, STRANGER, (caching.Trick(";x.js", "/me;x.js", OWNER, STRANGER),)),
        "a stranger got the owner's page under none of 1 false file name",
    ),
    (
        caching.FreshnessSeen(
            "b", 200, (caching.Sighting(URL, "4", 2.6), caching.Sighting(URL, "6")), watched=20.0, restored=False
        ),
        "changed with 200, shown in 1 of 2 places within 20 s, after 3 s at the latest, not set back",
    ),
    (
        latency.Latencies(tuple(latency.Timing(200, float(n)) for n in range(1, 61))),
        "p50 30 ms, p95 57 ms of 60 requests",
    ),
    (
        latency.Latencies((latency.Timing(200, 38.0), latency.Timing(0, 0.0)), stopped="rate-limited"),
        "p50 38 ms, p95 38 ms of 1 request, 1 without an answer, stopped early: rate-limited",
    ),
    (latency.Latencies((latency.Timing(0, 0.0),)), "no answer to 1 request"),
    (
        latency.PageReports((latency.PageRun(URL, 2_400.0, 150.0),), files=1),
        "1 run in 1 file, largest paint 2,400 ms, blocked 150 ms, of https://acme.test/",
    ),
    (LOAD, "5,000 requests, 12 failed, at most 500 at once, worst p95 410 ms"),
    (
        dataclasses.replace(LOAD, aborted="too many errors", generator=q.GeneratorHealth(reasons=("cpu",))),
        "5,000 requests, 12 failed, at most 500 at once, worst p95 410 ms, ended itself: too many errors, "
        "the generator was the limit",
    ),
    (
        q.KeptLoad(True, LOAD, SEEN_AT),
        "5,000 requests, 12 failed, at most 500 at once, worst p95 410 ms, on 24 Nov 2026",
    ),
    (q.KeptLoad(False), "nobody ran one"),
]
DOORS: list[tuple[q.Facts, str]] = [
    (
        q.BurstReply(
            URL,
            (*(q.Knock(n, 401) for n in range(1, 8)), q.Knock(8, 429, marks=("429",), retry_after=60.0)),
            spoofed=(q.Knock(9, 401), q.Knock(10, 429, marks=("429",))),
            owner=False,
            recovered_after=61.2,
        ),
        "braked at the 8th of 8 requests with 429, Retry-After 60 s, 1 of 2 let through with a forged address, "
        "the owner was locked out, open again after 61 s",
    ),
    (
        q.BurstReply(URL, (q.Knock(1, 200), q.Knock(2, 200, marks=("captcha",)))),
        "braked at the 2nd of 2 requests with 200 (captcha)",
    ),
    (q.BurstReply(URL, tuple(q.Knock(n, 401) for n in range(1, 21))), "no brake in 20 requests"),
    (
        q.Comparison((q.Knock(1, 200, shape="a"),), (q.Knock(2, 200, shape="b"),)),
        "1 answer for a known account, 1 for an invented one, they differ",
    ),
    (
        q.Comparison((q.Knock(1, 200, shape="a"),), (q.Knock(2, 200, shape="a"),), True),
        "1 answer for a known account, 1 for an invented one, alike, stopped by a brake",
    ),
    (
        q.LoginReply(True, 302, cookies=(q.SetCookie(q.Cookie("sid"), 40),), revoked=False),
        "logged in (302), 1 cookie set, its session outlived the logout",
    ),
    (q.SeenCertificate(True, "0a", LATER, SEEN_AT), "serial 0a, until 3 Dec 2026, seen on 24 Nov 2026"),
    (q.SeenCertificate(False), "none seen before"),
    (q.Moment(SEEN_AT), "24 Nov 2026, 12:00 UTC"),
    (q.NoteText(4, "Ana holds the key", "Ben"), "record 4 by Ben: Ana holds the key"),
    (q.NoteText(0), "nobody wrote one"),
    (q.DecisionText(7, "blue-green", "fast", "Ana"), "record 7: Ana chose blue-green"),
    (q.DecisionText(0), "nobody decided"),
    (
        memory.OptimizationLog(
            (
                memory.MeasuredChange(1, "index", "listing", "faster"),
                memory.MeasuredChange(2, "cache", "listing", "faster"),
                memory.MeasuredChange(3, "gzip", "home", "unproven"),
            )
        ),
        "3 changes, 2 faster, 1 no difference beyond chance",
    ),
]
EXAMPLES = [*NAMES, *WEB, *CODE, *DATA, *TIMES, *DOORS]


@pytest.mark.parametrize(("facts", "words"), EXAMPLES, ids=[words[:40] for _, words in EXAMPLES])
def test_words(facts: q.Facts, words: str) -> None:
    assert said(facts) == words


def test_every_kind_has_an_example() -> None:
    assert {type(facts) for facts, _ in EXAMPLES} == {question.answer for question in q.QUESTIONS.values()}


def test_nothing_of_a_secret_is_said() -> None:
    assert not any("hunt" in words or "f1" in words for _, words in EXAMPLES)
