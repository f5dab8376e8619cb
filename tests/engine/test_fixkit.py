"""The fix kit: what is pasted is right, and nothing from outside becomes syntax in it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from launchready_tui.engine.fixkit import Snippet, detected_frameworks, kit, quoting
from launchready_tui.model.board import Standing
from launchready_tui.model.product import Host, Product, Redirect, Route, Sender
from launchready_tui.model.results import Result
from launchready_tui.model.verdicts import Severity, Source, Verdict
from launchready_tui.runbook.loader import built_in

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOSTILE = 'a";} evil { x: 1 }\n"\r\n# $host `id` \\ ;</script> \x1b]0;x\x07 \u202e ${x} #{y} {z}'

PRODUCT = Product(
    "Acme",
    "acme.test",
    hosts=(
        Host("acme.test", "apex", ("203.0.113.7", "2001:db8::7")),
        Host("www.acme.test", "www"),
        Host("app.acme.test", "app", ("cname.vercel-dns.com",)),
        Host("api.acme.test", "api", ("cloudflare",)),
    ),
    routes=(Route("login", "https://app.acme.test/login", "auth"),),
    redirects=(
        Redirect("https://acme.test/old", "https://www.acme.test/new"),
        Redirect("https://acme.test/pay?x=1", "https://app.acme.test/paid?x=1"),
        Redirect("https://acme.test/in?code=7", "https://app.acme.test/join/7"),
    ),
    senders=(Sender("acme.test", "google"), Sender("acme.test", "mailgun", ("mg1",))),
)


def row(check: str, subject: str, reason: str = "some", verdict: Verdict = Verdict.FAIL, **more: Any) -> Standing:
    entry = built_in().entry(check)
    assert entry is not None, check
    return Standing(entry, Result(check, subject, verdict, Severity.HIGH, reason, "it is so", Source.LIVE, NOW, **more))


def made(check: str, subject: str, reason: str = "some", product: Product = PRODUCT, **more: Any) -> dict[str, str]:
    return {item.title: item.text for item in kit(row(check, subject, reason, **more), product)}


def zone(check: str, subject: str, reason: str = "some", **more: Any) -> list[str]:
    text = made(check, subject, reason, **more)["DNS zone"]
    return [line for line in text.split("\n") if not line.startswith(";")]


def test_a_pass_and_a_check_without_text_give_nothing() -> None:
    assert kit(row("tls.hsts", "acme.test", verdict=Verdict.PASS), PRODUCT) == ()
    assert kit(row("tls.certificate-lifetime", "acme.test"), PRODUCT) == ()


def test_addresses_and_aliases_come_from_the_profile() -> None:
    assert zone("dns.intended-target", "acme.test", "unexpected-target") == [
        "acme.test. 300 IN A 203.0.113.7",
        "acme.test. 300 IN AAAA 2001:db8::7",
    ]
    assert zone("dns.hosts-resolve", "app.acme.test") == ["app.acme.test. 300 IN CNAME cname.vercel-dns.com."]
    assert zone("dns.hosts-resolve", "api.acme.test") == ["api.acme.test. 300 IN CNAME TARGET"]
    assert made("dns.hosts-resolve", "acme.test", "resolver-stale") == {}
    assert zone("dns.ttl-readiness", "acme.test", facts={"ttl": "86400"})[0] == "acme.test. 300 IN A 203.0.113.7"


def test_the_authority_of_today_may_issue_tomorrow() -> None:
    facts = {"issuer": "CN=R11,O=Let's Encrypt", "identifier": "letsencrypt.org", "owner": "acme.test"}
    assert zone("dns.caa", "app.acme.test", facts=facts) == ['acme.test. 3600 IN CAA 0 issue "letsencrypt.org"']
    wild = zone("dns.caa", "app.acme.test", "wildcard-mismatch", facts=facts)
    assert wild == ['acme.test. 3600 IN CAA 0 issuewild "letsencrypt.org"']


def test_one_spf_record_for_all_senders() -> None:
    both = 'acme.test. 3600 IN TXT "v=spf1 include:_spf.google.com include:mailgun.org ~all"'
    assert zone("mail.spf", "acme.test", "no-record") == [both]
    assert zone("mail.spf", "plain.test", "no-record-unused") == ['plain.test. 3600 IN TXT "v=spf1 -all"']
    assert both in zone("mail.spf-sender", "acme.test", "sender-not-authorized")
    record = {"record": "v=spf1 ip4:203.0.113.0/24 include:x.test ptr +all"}
    mended = zone("mail.spf", "acme.test", "open-to-all", facts=record)
    assert mended == ['acme.test. 3600 IN TXT "v=spf1 ip4:203.0.113.0/24 include:x.test ~all"']


def test_keys_stand_at_the_declared_selector() -> None:
    lines = zone("mail.dkim", "mg1._domainkey.acme.test", "missing")
    assert lines == ['mg1._domainkey.acme.test. 3600 IN TXT "k=rsa; p=KEY"']


def test_a_dmarc_record_is_mended_tag_by_tag() -> None:
    first = zone("mail.dmarc", "acme.test", "no-record")
    assert first == ['_dmarc.acme.test. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@acme.test"']
    facts = {"record": "v=DMARC1; p=none; pct=50; rua=mailto:a@acme.test"}
    raised = zone("mail.dmarc", "acme.test", "policy-none", facts=facts)
    assert raised == ['_dmarc.acme.test. 3600 IN TXT "v=DMARC1; p=quarantine; rua=mailto:a@acme.test"']


def test_a_declared_redirect_for_every_edge() -> None:
    texts = made("redirects.old-urls", "https://acme.test/old")
    assert 'location = "/old" {' in texts["nginx"]
    assert "redir @moved https://www.acme.test/new 301" in texts["Caddy"]
    assert texts["Cloudflare expression"] == '(http.host eq "acme.test" and http.request.uri.path eq "/old")'
    rule = json.loads(texts["Cloudflare rule"])["action_parameters"]["from_value"]
    assert rule["target_url"] == {"value": "https://www.acme.test/new"}
    assert json.loads(texts["Vercel"])["redirects"][0]["destination"] == "https://www.acme.test/new"
    assert texts["Netlify"] == "https://acme.test/old https://www.acme.test/new 301!"


def test_a_query_goes_along_or_is_matched() -> None:
    kept = made("redirects.declared-target", "https://acme.test/pay?x=1")
    assert '"https://app.acme.test/paid$is_args$args"' in kept["nginx"]
    matched = made("redirects.declared-target", "https://acme.test/in?code=7")
    assert 'if ($args = "code=7")' in matched["nginx"]
    assert 'http.request.uri.query eq "code=7"' in matched["Cloudflare expression"]
    assert {"type": "query", "key": "code", "value": "7"} in json.loads(matched["Vercel"])["redirects"][0]["has"]


def test_one_canonical_host() -> None:
    texts = made("redirects.canonical-matrix", "www.acme.test", "no-single-canonical")
    assert "return 301 https://www.acme.test$request_uri;" in texts["nginx, http to https"]
    assert "return 301 https://acme.test$request_uri;" in texts["nginx, to acme.test"]
    assert "https://www.acme.test/* https://acme.test/:splat 301!" in texts["Netlify, to acme.test"]
    only = made("redirects.canonical-matrix", "app.acme.test", "plain-http-final")
    assert {title for title in only if "to app" in title} == set()


def test_headers_and_the_named_edge_comes_first() -> None:
    found = kit(row("edge.headers", "https://api.acme.test/", "no-nosniff"), PRODUCT)
    assert found[0].title == "Cloudflare rule"
    texts = {item.title: item.text for item in found}
    assert 'add_header X-Content-Type-Options "nosniff" always;' in texts["nginx"]
    assert {"rails", "django", "laravel", "express", "nextjs"} <= set(texts)
    assert "Report-Only" not in texts["nginx"]
    assert "Report-Only" in made("edge.headers", "https://acme.test/", "csp-absent")["nginx"]
    assert "max-age=31536000" in made("tls.hsts", "acme.test")["Caddy"]
    allowed = made("edge.cors", "https://api.acme.test/v1")["django"]
    assert '"https://app.acme.test"' in allowed
    assert "api.acme.test" not in allowed


def test_cookies_in_the_words_of_the_framework() -> None:
    assert set(made("identity.session-cookie", "https://app.acme.test/")) == {
        "rails", "django", "laravel", "express", "nextjs",
    }  # fmt: skip
    seen = row("identity.session-cookie", "https://app.acme.test/")
    named = Standing(seen.entry, Result(**_fields(seen.result, summary="sessionid is sent over plain http too")))
    assert [item.title for item in kit(named, PRODUCT)] == ["django"]
    told = row("identity.session-cookie", "https://app.acme.test/", facts={"framework": "rails"})
    assert [item.title for item in kit(told, PRODUCT)] == ["rails"]


def test_of_all_frameworks_only_those_that_the_code_uses() -> None:
    code = row("performance.slow-routes-code", "../acme", verdict=Verdict.WARN, facts={"framework": "rails,flask"})
    detected = detected_frameworks([code, row("edge.headers", "https://api.acme.test/")])
    assert detected == ("rails",)
    titles = [
        item.title for item in kit(row("edge.headers", "https://api.acme.test/", "no-nosniff"), PRODUCT, detected)
    ]
    assert "rails" in titles
    assert "nginx" in titles
    assert not {"django", "laravel", "express", "nextjs"} & set(titles)


def _fields(result: Result, **more: Any) -> dict[str, Any]:
    return {name: getattr(result, name) for name in Result.__dataclass_fields__} | more


# --- nothing from outside becomes syntax ------------------------------------------------------------------------------

CHECKS = (
    "dns.hosts-resolve", "dns.intended-target", "dns.private-address", "dns.staging-pointer", "dns.dangling-record",
    "dns.cname-chain", "dns.ttl-readiness", "dns.caa", "dns.mail-records", "mail.spf", "mail.spf-sender", "mail.dkim",
    "mail.dmarc", "mail.bulk-rules", "redirects.declared-target", "redirects.old-urls", "redirects.canonical-matrix",
    "redirects.path-and-query", "redirects.loop", "redirects.downgrade", "tls.hsts", "edge.headers", "edge.cors",
    "identity.session-cookie",
)  # fmt: skip
EVIL_URL = "https://acme.test/" + HOSTILE.replace(" ", "") + "?q=" + HOSTILE.replace(" ", "")
EVIL = Product(
    HOSTILE,
    "acme.test",
    hosts=(
        Host("acme.test", "apex", (HOSTILE, "203.0.113.7", f"evil.test. A 1.2.3.4\n{HOSTILE}.x")),
        Host(HOSTILE, "www", (HOSTILE,)),
    ),
    redirects=(Redirect(EVIL_URL, EVIL_URL + "&more=1"), Redirect("https://acme.test/x", EVIL_URL)),
    senders=(Sender("acme.test", HOSTILE, (HOSTILE,)), Sender(HOSTILE, "google"), Sender("acme.test", "google")),
)
FACTS = dict.fromkeys(
    ("found", "address", "target", "types", "ttl", "owner", "issuer", "identifier", "publish", "framework", "record"),
    HOSTILE,
)


def hostile_snippets() -> list[Snippet]:
    subjects = ["acme.test", HOSTILE, EVIL_URL, "https://acme.test/x", f"{HOSTILE}._domainkey.acme.test"]
    reasons = ["some", "policy-none", "open-to-all", "no-record", "rua-not-authorized", "cname-and-other-data", "no-mx",
               "wildcard-mismatch", "no-single-canonical", "basics-missing", "csp-absent"]  # fmt: skip
    records = (HOSTILE, f"v=spf1 {HOSTILE} +all", f'v=DMARC1; p=none; rua="{HOSTILE}', f'x.test. TXT "a" {HOSTILE}"')
    found: list[Snippet] = []
    for check in CHECKS:
        for subject in subjects:
            for reason in reasons:
                for record in records:
                    facts = FACTS | {"record": record, "publish": record}
                    details = (HOSTILE, f"_dmarc.{HOSTILE}: v=DMARC1")
                    found += kit(row(check, subject, reason, facts=facts, details=details), EVIL)
    return list(dict.fromkeys(found))


def test_hostile_values_never_become_syntax() -> None:
    found = hostile_snippets()
    assert len(found) > 50
    for snippet in found:
        text = snippet.text
        assert all(letter == "\n" or " " <= letter <= "~" for letter in text), snippet
        code = [line for line in text.split("\n") if not line.lstrip().startswith(("#", ";", "//"))]
        if snippet.language != "nginx":  # a quoted path of nginx holds what it was decoded to
            assert "evil {" not in "\n".join(code), snippet
            assert "`id`" not in "\n".join(code), snippet
        if snippet.language == "json":
            json.loads(text)
        if snippet.language == "zone":
            assert all(ZONE.fullmatch(line) for line in code), code


ZONE = re.compile(
    r'[a-z0-9._-]+\. \d+ IN (A [\d.]+|AAAA [0-9a-f:]+|(CNAME|ALIAS) \S+|MX \d+ \S+|TXT( ?"[^"\\]*")+'
    r'|CAA 0 issue(wild)? "[\w.-]+"|(A|CNAME) [A-Z]+)'
)


def test_an_nginx_path_is_one_string() -> None:
    product = Product(
        "A", "acme.test", redirects=(Redirect('https://acme.test/a";}evil{\\', "https://acme.test/$b;}"),)
    )
    text = made("redirects.old-urls", product.redirects[0].source, product=product)["nginx"]
    assert 'location = "/a\\";}evil{\\\\" {' in text
    assert 'return 301 "https://acme.test/%24b%3B%7D$is_args$args";' in text


@pytest.mark.parametrize("url", ["ftp://a.test/", "https:///x", "https://a b/", "https://[x/", "javascript:1", "", "x"])
def test_what_is_no_url_of_the_web_is_refused(url: str) -> None:
    assert quoting.place(url) is None


def test_long_txt_records_are_cut_into_pieces() -> None:
    assert quoting.txt("x" * 300) == f'"{"x" * 255}" "{"x" * 45}"'
    assert quoting.txt('a"b') == quoting.txt("a\nb") == quoting.txt("") == ""
