"""Every kind of question, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from launchready_tui.model import questions as q
from launchready_tui.words.asked import asked

URL = "https://app.acme.test/login"
BURST = q.RateBurst(URL, "login", "POST", "password=hunter2-{n}", "buyer")
EXAMPLES: list[tuple[q.Question[Any], str]] = [
    (q.DnsLookup("acme.test", "MX"), "DNS MX acme.test"),
    (q.DnsLookup("acme.test", "A", "authority"), "DNS A acme.test at authority"),
    (q.Resolvers(), "resolvers of this run"),
    (q.Delegation("acme.test"), "delegation of acme.test from the root"),
    (q.ZoneTransfer("acme.test", "192.0.2.1"), "zone transfer of acme.test from 192.0.2.1"),
    (q.Validation("acme.test", "9.9.9.9"), "DNSSEC validation of acme.test at 9.9.9.9"),
    (q.Validation("acme.test", "9.9.9.9", True), "DNSSEC without validation of acme.test at 9.9.9.9"),
    (q.RdapDomain("acme.test"), "RDAP acme.test"),
    (q.HttpExchange("GET", URL, "6"), f"GET {URL} over IPv6"),
    (
        q.HttpExchange(
            "POST", URL, address="192.0.2.1", headers=(("authorization", "Bearer hunter2"),), body="hunter2"
        ),
        f"POST {URL} at 192.0.2.1",
    ),
    (q.HttpExchange("GET", URL, session="account:buyer"), f"GET {URL} as buyer"),
    (q.HttpExchange("GET", URL, session="jar-3f9a"), f"GET {URL}"),
    (q.TlsHandshake("acme.test"), "TLS handshake acme.test:443"),
    (q.TlsOffer("acme.test", "TLSv1", "cbc"), "TLS offer of TLSv1 (cbc) to acme.test:443"),
    (q.PayloadReading(URL), f"fields of the JSON at {URL}"),
    (q.MailMessage("mails/reset.eml"), "head of the saved message mails/reset.eml"),
    (q.MailReports("reports"), "DMARC reports in reports"),
    (q.SecretScan("../acme"), "secrets in the files of ../acme"),
    (q.SecretScan("../acme", "history"), "secrets in the history of ../acme"),
    (q.TrackedFiles("../acme"), "environment, key and dump files tracked in ../acme"),
    (q.BundleScan(URL), f"secrets in what {URL} sends to browsers"),
    (q.ExposedPath("https://acme.test/", "/.env"), "whether https://acme.test/ serves /.env"),
    (q.RepositorySurvey("../acme"), "how ../acme is built and run"),
    (q.RepositoryRadar("../acme"), "what in ../acme is more than a launch needs"),
    (q.EnvironmentUse("../acme"), "environment variables that the code of ../acme reads"),
    (q.RouteCodeReading("../acme"), "routes and slow spots in the code of ../acme"),
    (q.ProviderRead("cloudflare", "/zones/1/settings/ssl"), "cloudflare says of /zones/1/settings/ssl"),
    (q.PageBackends(URL), f"hosted databases that {URL} talks to"),
    (
        q.BackendRead(URL, "supabase", "https://x.supabase.test"),
        "what a stranger can read in supabase https://x.supabase.test",
    ),
    (q.AccessLogReading(("a.log", "b.log", "c.log", "d.log")), "access logs a.log, b.log, c.log and 1 more"),
    (q.QueryLogReading(("pg.log",)), "query logs pg.log"),
    (
        q.TaggedRequest(URL, ("pg.log",), parameter="limit", rows=50, session="account:buyer", take=2),
        f"statements behind GET {URL} with limit=50 as buyer, take 2",
    ),
    (q.StatementStatistics(), "the 20 costliest statements of the database"),
    (q.DatabaseHealth("replica"), "room and stress of the database replica"),
    (q.DatabasePlans(), "plans of the 10 costliest statements of the database"),
    (q.IndexCatalogue(), "tables and indexes of the database"),
    (q.RowSecurity(), "row policies of the database"),
    (
        q.PrivateViews(URL, URL, "buyer", "seller"),
        f"whether {URL} of buyer is shown to seller or a stranger",
    ),
    (
        q.CacheTricks(URL, URL, "buyer", ("/x.css", ";x.js")),
        f"whether a cache keeps {URL} of buyer under 2 false file names",
    ),
    (
        q.FreshnessTrial("https://acme.test/l/1", "PATCH", "title", ("a", "b"), (URL,)),
        "how soon a changed title shows, by PATCH https://acme.test/l/1",
    ),
    (q.LatencySample(URL, session="account:buyer"), f"time of 65 requests to {URL} as buyer"),
    (q.LighthouseReports(("lh/*.json",)), "Lighthouse reports lh/*.json"),
    (q.LoadTest("acme.test"), "load test of acme.test"),
    (
        q.LoadTest("acme.test", URL, q.LoadPlan(users=500, duration_s=600)),
        "load test of acme.test, 500 users for 10 min",
    ),
    (
        q.LoadTest("acme.test", URL, q.LoadPlan("arrival", rate=2.5, duration_s=60)),
        "load test of acme.test, 2.5 sessions a second for 60 s",
    ),
    (BURST, f"how the login door brakes: {URL}"),
    (q.AccountCompare(BURST, "buyer"), f"whether {URL} tells who has an account"),
    (q.Login(URL, "buyer", True), f"login as buyer at {URL}, then logout"),
    (q.EarlierCertificate("acme.test"), "earlier certificate of acme.test"),
    (q.RunMoment(), "when this run began"),
    (q.KeptNote("S2.RBK.01"), "newest note on S2.RBK.01"),
    (q.KeptDecision("rollback"), "what was decided about rollback"),
    (q.KeptOptimizations(), "changes for speed, and what was measured of them"),
    (q.NewestLoad(), "newest load test of this engagement"),
]


@pytest.mark.parametrize(("question", "words"), EXAMPLES, ids=[words[:40] for _, words in EXAMPLES])
def test_words(question: q.Question[Any], words: str) -> None:
    assert asked(question) == words


def test_every_kind_has_an_example() -> None:
    assert {question.kind for question, _ in EXAMPLES} == set(q.QUESTIONS)


def test_nothing_that_was_sent_along_is_said() -> None:
    assert not any("hunter2" in words for _, words in EXAMPLES)
    assert not any("hunter2" in asked(question) for question, _ in EXAMPLES)
