"""The TLS checks, from evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from launchready_tui.checks.tls.hsts import max_age
from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Host, Network, Product, Route
from launchready_tui.model.questions import (
    Certificate,
    CipherGroup,
    Cookie,
    DnsAnswer,
    DnsLookup,
    EarlierCertificate,
    Facts,
    HttpExchange,
    HttpResponse,
    Page,
    Question,
    SeenCertificate,
    TlsHandshake,
    TlsOffer,
    TlsReply,
    TlsSession,
    TlsVersion,
)
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.kit import SEEN_AT, judge

SHOP = "shop.test"
V4, V4B, V6 = "192.0.2.1", "192.0.2.2", "2001:db8::1"
PRODUCT = Product("Shop", SHOP, hosts=(Host(SHOP, "app"),))
LIMITS: Limits = {
    "overdue_share": 0.3333333333,
    "critical_share": 0.1666666667,
    "critical_hours": 48,
    "min_rsa_bits": 2048,
    "good_rsa_bits": 3072,
    "min_ec_bits": 256,
    "min_age_seconds": 31_536_000,
}
Answers = dict[Question[Any], Facts | Failure]


def certificate(
    life: timedelta = timedelta(days=90), left: timedelta = timedelta(days=60), **changes: Any
) -> Certificate:
    """A leaf with that much of its lifetime left."""
    end: datetime = SEEN_AT + left
    leaf = Certificate(
        subject=f"CN={SHOP}",
        issuer="CN=Lab CA",
        serial="1a",
        names=(SHOP,),
        not_before=end - life,
        not_after=end,
        key_type="EC",
        key_bits=256,
        signature_hash="sha256",
        sha256=f"{life}{left}{changes}",
    )
    return replace(leaf, **changes)


LAB_CA = certificate(timedelta(days=3650), timedelta(days=900), subject="CN=Lab CA", issuer="CN=Root", is_ca=True)


def session(*chain: Certificate, problem: str = "", detail: str = "") -> TlsSession:
    return TlsSession(V4, "TLSv1.3", "TLS_AES_128_GCM_SHA256", chain or (certificate(), LAB_CA), problem, detail)


def dns(v4: tuple[str, ...] = (V4,), v6: tuple[str, ...] = ()) -> Answers:
    return {DnsLookup(SHOP, "A"): DnsAnswer("NOERROR", v4), DnsLookup(SHOP, "AAAA"): DnsAnswer("NOERROR", v6)}


def shows(answer: TlsSession | Failure, address: str = V4) -> Answers:
    return {TlsHandshake(SHOP, address=address): answer}


def look(check: str, answers: Answers, product: Product = PRODUCT, limits: Limits = LIMITS) -> Judgement:
    return judge(f"tls.{check}", product.hosts[0].name, answers, product, limits)


def said(judgement: Judgement) -> tuple[str, str]:
    return judgement.verdict.value, judgement.reason


REFUSED = Failure("refused", "refused")
TIMEOUT = Failure("timeout", "no answer in time")
NO_IPV6 = Failure("no-ipv6", "this machine has no IPv6")
CERTIFICATE_CHECKS = ("verified-handshake", "certificate-lifetime", "renewal-proof", "key-and-signature")

# --- every address ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CERTIFICATE_CHECKS)
def test_a_good_certificate_at_every_address_passes(check: str) -> None:
    answers = dns((V4, V4B), (V6,)) | shows(session()) | shows(session(), V4B) | shows(session(), V6)
    assert said(look(check, answers)) == ("pass", "")


@pytest.mark.parametrize("check", CERTIFICATE_CHECKS)
def test_what_a_machine_without_ipv6_cannot_see_is_unknown_if_the_rest_is_fine(check: str) -> None:
    judgement = look(check, dns((V4,), (V6,)) | shows(session()) | shows(NO_IPV6, V6))
    assert said(judgement) == ("unknown", "no-ipv6")
    assert judgement.decide_by


def test_a_fail_seen_over_ipv4_stays_one_without_ipv6() -> None:
    expired = session(certificate(left=timedelta(days=-1)), problem="expired", detail="certificate has expired")
    answers = dns((V4,), (V6,)) | shows(expired) | shows(NO_IPV6, V6)
    assert said(look("verified-handshake", answers)) == ("fail", "expired")
    assert said(look("certificate-lifetime", answers)) == ("fail", "expired")
    closed = dns((V4,), (V6,)) | shows(REFUSED) | shows(NO_IPV6, V6)
    assert said(look("verified-handshake", closed)) == ("fail", "no-tls")


@pytest.mark.parametrize("check", [*CERTIFICATE_CHECKS, "protocols", "ciphers", "probe-pace"])
def test_a_host_without_address_is_unknown(check: str) -> None:
    nothing = DnsAnswer("NXDOMAIN")
    answers: Answers = {DnsLookup(SHOP, "A"): nothing, DnsLookup(SHOP, "AAAA"): nothing}
    assert said(look(check, answers)) == ("unknown", "does-not-resolve")
    assert said(look(check, dns(()))) == ("unknown", "does-not-resolve")


@pytest.mark.parametrize("check", CERTIFICATE_CHECKS)
def test_a_lookup_that_failed_may_hide_an_address(check: str) -> None:
    answers = dns() | shows(session()) | {DnsLookup(SHOP, "AAAA"): Failure("servfail", "SERVFAIL")}
    assert said(look(check, answers)) == ("unknown", "servfail")


@pytest.mark.parametrize("check", [*CERTIFICATE_CHECKS, "protocols", "ciphers", "probe-pace"])
def test_silence_everywhere_is_unknown(check: str) -> None:
    assert said(look(check, dns() | shows(TIMEOUT))) == ("unknown", "timeout")


def test_an_address_is_its_own_address() -> None:
    product = Product("Shop", SHOP, hosts=(Host(V6),))
    answers: Answers = {TlsHandshake(V6, address=V6): session()}
    assert said(look("verified-handshake", answers, product)) == ("pass", "")


def test_where_the_profile_names_the_machine_dns_is_not_asked() -> None:
    product = replace(PRODUCT, network=Network(connect_to=("shop.test:443:127.0.0.1:8443",)))
    answers: Answers = {TlsHandshake(SHOP): session()}
    assert said(look("verified-handshake", answers, product)) == ("pass", "")
    ports_only = replace(PRODUCT, network=Network(connect_to=(":443::8443", "shop.test:443:127.0.0.1:8443")))
    assert said(look("verified-handshake", dns() | shows(session()), ports_only)) == ("pass", "")


# --- S1.TLS.01 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "problem",
    [
        "expired",
        "not-yet-valid",
        "self-signed",
        "hostname-mismatch",
        "untrusted",
        "incomplete-chain",
        "weak-key",
        "other",
    ],
)
def test_each_problem_of_one_address_fails_the_host(problem: str) -> None:
    bad = session(problem=problem, detail="the verifier's sentence")
    judgement = look("verified-handshake", dns((V4, V4B)) | shows(session()) | shows(bad, V4B))
    assert said(judgement) == ("fail", problem)
    assert "the verifier's sentence" in judgement.summary
    assert V4B in judgement.summary


def test_a_closed_port_is_a_fail_that_a_hiccup_may_cause() -> None:
    judgement = look("verified-handshake", dns((V4, V4B)) | shows(REFUSED) | shows(REFUSED, V4B))
    assert said(judgement) == ("fail", "no-tls")
    assert judgement.network
    assert said(look("certificate-lifetime", dns() | shows(REFUSED))) == ("unknown", "refused")


def test_an_address_that_does_not_speak_tls_fails_beside_one_that_does() -> None:
    plain = Failure("tls", 'it does not speak TLS, it answered "HTTP/1.1 400"')
    judgement = look("verified-handshake", dns((V4, V4B)) | shows(session()) | shows(plain, V4B))
    assert said(judgement) == ("fail", "no-tls")
    assert judgement.network


@pytest.mark.parametrize("why", [REFUSED, TIMEOUT, Failure("reset", "reset"), Failure("unreachable", "no route")])
def test_one_dead_address_of_several_is_a_warning(why: Failure) -> None:
    judgement = look("verified-handshake", dns((V4, V4B)) | shows(session()) | shows(why, V4B))
    assert said(judgement) == ("warn", "address-unreachable")
    assert "1 of 2 addresses" in judgement.summary


def test_an_address_that_may_not_be_dialled_is_unknown() -> None:
    answers = dns((V4, "10.0.0.1")) | shows(session()) | shows(Failure("not-public", "private"), "10.0.0.1")
    assert said(look("verified-handshake", answers)) == ("unknown", "not-public")


def test_a_rejected_chain_that_could_not_be_read_fails_all_the_same() -> None:
    assert said(look("verified-handshake", dns() | shows(Failure("certificate", "rejected")))) == ("fail", "other")


def test_text_of_certificates_is_made_visible() -> None:
    bad = session(problem="untrusted", detail="issuer \x1b]52;c;evil\x07")
    assert "\x1b" not in look("verified-handshake", dns() | shows(bad)).summary


# --- S1.TLS.02 --------------------------------------------------------------------------------------------------------

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("life", "left", "verdict"),
    [
        (90 * DAY, 61 * DAY, ("pass", "")),
        (90 * DAY, 30 * DAY + HOUR, ("pass", "")),
        (90 * DAY, 30 * DAY, ("warn", "renewal-overdue")),
        (90 * DAY, 15 * DAY + HOUR, ("warn", "renewal-overdue")),
        (90 * DAY, 15 * DAY, ("fail", "expires-soon")),
        (90 * DAY, timedelta(0), ("fail", "expired")),
        (90 * DAY, -DAY, ("fail", "expired")),
        (398 * DAY, 100 * DAY, ("warn", "renewal-overdue")),
        (47 * DAY, 16 * DAY, ("pass", "")),
        (160 * HOUR, 54 * HOUR, ("pass", "")),
        (160 * HOUR, 50 * HOUR, ("warn", "renewal-overdue")),
        (160 * HOUR, 47 * HOUR, ("fail", "expires-soon")),
        (24 * HOUR, 20 * HOUR, ("pass", "")),
        (24 * HOUR, 7 * HOUR, ("fail", "expires-soon")),
    ],
)
def test_lifetime_is_judged_by_its_share(life: timedelta, left: timedelta, verdict: tuple[str, str]) -> None:
    assert said(look("certificate-lifetime", dns() | shows(session(certificate(life, left), LAB_CA)))) == verdict


def test_the_figures_stand_in_the_summary() -> None:
    judgement = look("certificate-lifetime", dns() | shows(session(certificate(90 * DAY, 61 * DAY))))
    assert "61 of 90 days left" in judgement.summary
    short = look("certificate-lifetime", dns() | shows(session(certificate(160 * HOUR, 100 * HOUR))))
    assert "100 of 160 hours left" in short.summary


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        (31 * DAY, ("pass", "")),
        (29 * DAY, ("warn", "intermediate-expires")),
        (47 * HOUR, ("fail", "intermediate-expires")),
        (-DAY, ("fail", "intermediate-expires")),
    ],
)
def test_an_intermediate_warns_a_month_ahead(left: timedelta, verdict: tuple[str, str]) -> None:
    issuer = certificate(3650 * DAY, left, subject="CN=Lab CA", is_ca=True)
    assert said(look("certificate-lifetime", dns() | shows(session(certificate(), issuer)))) == verdict


def test_a_root_that_was_sent_along_may_have_expired() -> None:
    root = certificate(3650 * DAY, -DAY, subject="CN=Root", is_ca=True, self_issued=True)
    assert said(look("certificate-lifetime", dns() | shows(session(certificate(), LAB_CA, root)))) == ("pass", "")


def test_the_worst_address_decides_and_the_others_stay_visible() -> None:
    old = session(certificate(90 * DAY, 10 * DAY))
    older = session(certificate(90 * DAY, -3 * DAY))
    judgement = look("certificate-lifetime", dns((V4, V4B)) | shows(old) | shows(older, V4B))
    assert said(judgement) == ("fail", "expired")
    assert any("10 of 90 days" in line for line in judgement.details)


# --- S1.TLS.03 --------------------------------------------------------------------------------------------------------

DUE = dns() | shows(session(certificate(90 * DAY, 20 * DAY)))
EARLIER = EarlierCertificate(SHOP)


def test_nothing_due_asks_for_no_earlier_run() -> None:
    judgement = look("renewal-proof", dns() | shows(session()))
    assert said(judgement) == ("pass", "")
    assert "60 of 90 days" in judgement.summary


def test_a_due_renewal_without_earlier_run_is_unknown() -> None:
    judgement = look("renewal-proof", DUE | {EARLIER: SeenCertificate(False)})
    assert said(judgement) == ("unknown", "no-earlier-run")
    assert judgement.decide_by


def test_the_same_serial_when_due_fails_and_another_one_passes() -> None:
    same = SeenCertificate(True, "1a", seen_at=SEEN_AT - 3 * DAY)
    judgement = look("renewal-proof", DUE | {EARLIER: same})
    assert said(judgement) == ("fail", "same-certificate-overdue")
    assert "since 2026-11-21" in judgement.summary
    assert said(look("renewal-proof", DUE | {EARLIER: replace(same, serial="2b")})) == ("pass", "")


# --- S1.TLS.05 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"key_type": "RSA", "key_bits": 2048}, ("pass", "rsa-short-term")),
        ({"key_type": "RSA", "key_bits": 3072}, ("pass", "")),
        ({"key_type": "RSA", "key_bits": 1024}, ("fail", "weak-key")),
        ({"key_type": "EC", "key_bits": 192}, ("fail", "weak-key")),
        ({"key_type": "EC", "key_bits": 384}, ("pass", "")),
        ({"key_type": "Ed25519", "key_bits": 0, "signature_hash": ""}, ("pass", "")),
        ({"key_type": "EC", "key_bits": 0}, ("unknown", "key-unreadable")),
        ({"key_type": "", "key_bits": 0}, ("unknown", "key-unreadable")),
        ({"signature_hash": "sha1"}, ("fail", "weak-signature")),
        ({"signature_hash": "md5"}, ("fail", "weak-signature")),
    ],
)
def test_key_and_signature(changes: dict[str, Any], verdict: tuple[str, str]) -> None:
    assert said(look("key-and-signature", dns() | shows(session(certificate(**changes), LAB_CA)))) == verdict


def test_intermediates_count_and_the_signature_of_a_root_does_not() -> None:
    weak = replace(LAB_CA, signature_hash="sha1")
    root = replace(LAB_CA, subject="CN=Root", self_issued=True, signature_hash="sha1")
    assert said(look("key-and-signature", dns() | shows(session(certificate(), weak)))) == ("fail", "weak-signature")
    assert said(look("key-and-signature", dns() | shows(session(certificate(), LAB_CA, root)))) == ("pass", "")


# --- S1.TLS.04, 06, 10 ------------------------------------------------------------------------------------------------

NO = TlsReply(False, alert="protocol_version")


def offers(
    *versions: TlsVersion, suites: dict[CipherGroup, str] | None = None, address: str = V4, at: TlsVersion = "TLSv1.2"
) -> Answers:
    """A host that accepts these versions, and these suites by group in the version `at`."""
    known: tuple[TlsVersion, ...] = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    groups: tuple[CipherGroup, ...] = ("broken", "triple-des", "static-rsa", "cbc", "modern")
    answers: Answers = {}
    for version in known:
        accepted = TlsReply(True, version, "TLS_SOME_SUITE")
        answers[TlsOffer(SHOP, version, address=address)] = accepted if version in versions else NO
        for group in groups:
            suite = (suites or {}).get(group, "") if version == at else ""
            answers[TlsOffer(SHOP, version, group, address=address)] = TlsReply(True, version, suite) if suite else NO
    return answers


def host_with(
    *versions: TlsVersion, suites: dict[CipherGroup, str] | None = None, at: TlsVersion = "TLSv1.2"
) -> Answers:
    return dns() | shows(session()) | offers(*versions, suites=suites, at=at)


@pytest.mark.parametrize(
    ("versions", "verdict"),
    [
        (("TLSv1.3", "TLSv1.2"), ("pass", "")),
        (("TLSv1.3",), ("pass", "")),
        (("TLSv1.2",), ("warn", "no-tls13")),
        (("TLSv1.2", "TLSv1.1"), ("fail", "legacy-accepted")),
        (("TLSv1.3", "TLSv1.2", "TLSv1"), ("fail", "legacy-accepted")),
        (("TLSv1.1", "TLSv1"), ("fail", "legacy-only")),
        ((), ("unknown", "no-version-accepted")),
    ],
)
def test_protocols(versions: tuple[TlsVersion, ...], verdict: tuple[str, str]) -> None:
    assert said(look("protocols", host_with(*versions))) == verdict


def test_a_host_that_fails_the_handshake_of_today_is_asked_for_old_versions() -> None:
    answers = dns() | shows(Failure("tls", "it speaks no TLS version from 1.2 on")) | offers("TLSv1")
    assert said(look("protocols", answers)) == ("fail", "legacy-only")


def test_the_first_address_that_answers_speaks_for_all() -> None:
    answers = dns((V4, V4B)) | shows(TIMEOUT) | shows(session(), V4B) | offers("TLSv1.3", "TLSv1.2", address=V4B)
    for check in ("protocols", "ciphers", "probe-pace"):
        assert said(look(check, answers)) == ("pass", "")


@pytest.mark.parametrize(
    ("suites", "verdict"),
    [
        ({}, ("pass", "")),
        ({"broken": "TLS_RSA_WITH_RC4_128_SHA"}, ("fail", "broken-cipher")),
        ({"triple-des": "TLS_RSA_WITH_3DES_EDE_CBC_SHA"}, ("warn", "triple-des")),
        ({"static-rsa": "TLS_RSA_WITH_AES_128_CBC_SHA"}, ("warn", "static-rsa")),
        ({"static-rsa": "a", "triple-des": "b", "broken": "TLS_RSA_WITH_NULL_SHA"}, ("fail", "broken-cipher")),
    ],
)
def test_ciphers(suites: dict[CipherGroup, str], verdict: tuple[str, str]) -> None:
    judgement = look("ciphers", host_with("TLSv1.3", "TLSv1.2", suites=suites))
    assert said(judgement) == verdict
    assert suites.get("broken", "") in judgement.summary


def test_only_cbc_is_a_warning_unless_something_modern_is_accepted() -> None:
    assert said(look("ciphers", host_with("TLSv1.2", suites={"cbc": "a"}))) == ("warn", "cbc-only")
    assert said(look("ciphers", host_with("TLSv1.2", suites={"cbc": "a", "modern": "b"}))) == ("pass", "")
    assert said(look("ciphers", host_with("TLSv1.3", "TLSv1.2", suites={"cbc": "a"}))) == ("pass", "")


def test_tls_1_3_alone_has_no_weak_suites() -> None:
    assert said(look("ciphers", host_with("TLSv1.3"))) == ("pass", "")


def test_export_suites_are_looked_for_where_they_exist() -> None:
    answers = host_with("TLSv1.2", "TLSv1", suites={"broken": "TLS_RSA_EXPORT_WITH_RC4_40_MD5"}, at="TLSv1")
    assert said(look("ciphers", answers)) == ("fail", "broken-cipher")


def test_no_accepted_version_leaves_the_suites_unknown() -> None:
    assert said(look("ciphers", host_with())) == ("unknown", "no-version-accepted")


def test_a_host_that_holds_us_off_is_unknown_to_all_three() -> None:
    limited: Answers = {TlsOffer(SHOP, "TLSv1", address=V4): Failure("rate-limited", "it holds us off")}
    for check in ("protocols", "ciphers", "probe-pace"):
        assert said(look(check, host_with("TLSv1.3", "TLSv1.2") | limited)) == ("unknown", "rate-limited")
    assert look("probe-pace", host_with("TLSv1.3", "TLSv1.2") | limited).decide_by


def test_the_pace_check_tells_how_much_was_asked() -> None:
    assert "all 7 offers" in look("probe-pace", host_with("TLSv1.3", "TLSv1.2")).summary
    silent: Answers = {TlsOffer(SHOP, "TLSv1", address=V4): TIMEOUT}
    assert said(look("probe-pace", host_with("TLSv1.3", "TLSv1.2") | silent)) == ("unknown", "timeout")


# --- S1.TLS.07 --------------------------------------------------------------------------------------------------------

ROOT_URL = f"https://{SHOP}/"
YEAR = "max-age=31536000; includeSubDomains"


def page(header: str | None, status: int = 200, **changes: Any) -> HttpResponse:
    headers = () if header is None else (("strict-transport-security", header),)
    return HttpResponse(status, headers, **changes)


def web(root: HttpResponse | Failure) -> Answers:
    return {HttpExchange("GET", ROOT_URL): root}


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (page(YEAR), ("pass", "")),
        (page('Max-Age="31536000"'), ("pass", "")),
        (page(YEAR, 404), ("pass", "")),
        (page("max-age=86400"), ("warn", "hsts-short")),
        (page(None), ("warn", "hsts-absent")),
        (page("max-age=0"), ("warn", "hsts-absent")),
        (page("max-age=soon"), ("warn", "hsts-absent")),
        (page(""), ("warn", "hsts-absent")),
        (page(None, cookies=(Cookie("PHPSESSID"),)), ("fail", "hsts-absent-with-login")),
        (page(None, cookies=(Cookie("csrftoken"), Cookie("theme"))), ("warn", "hsts-absent")),
        (page(None, page=Page(password_field=True)), ("fail", "hsts-absent-with-login")),
    ],
)
def test_hsts(response: HttpResponse, verdict: tuple[str, str]) -> None:
    assert said(look("hsts", web(response))) == verdict


def test_a_declared_login_makes_the_missing_header_a_fail() -> None:
    product = replace(PRODUCT, routes=(Route("login", f"https://{SHOP}/login", "auth"),))
    assert said(look("hsts", web(page(None)), product)) == ("fail", "hsts-absent-with-login")


def test_the_redirect_needs_the_header_as_well() -> None:
    target = f"https://{SHOP}/en"
    answers = web(page(None, 302, location=target)) | {HttpExchange("GET", target): page(YEAR)}
    judgement = look("hsts", answers)
    assert said(judgement) == ("warn", "hsts-absent")
    assert ROOT_URL in judgement.summary


def test_another_host_is_judged_by_itself() -> None:
    target = "https://www.shop.test/"
    answers = web(page(YEAR, 301, location=target)) | {HttpExchange("GET", target): page(None)}
    assert said(look("hsts", answers)) == ("pass", "")


def test_an_address_has_no_such_policy() -> None:
    product = Product("Shop", SHOP, hosts=(Host(V4),))
    assert look("hsts", {}, product).verdict is Verdict.NOT_APPLICABLE


def test_a_page_that_was_not_seen_is_unknown() -> None:
    assert said(look("hsts", web(Failure("bot-wall", "a challenge")))) == ("unknown", "bot-wall")


@pytest.mark.parametrize(
    ("header", "age"),
    [
        ("max-age=1", 1),
        (" max-age = 31536000 ; preload;", 31_536_000),
        ("includeSubDomains; MAX-AGE=5", 5),
        ("max-age=1; max-age=2", None),
        ("includeSubDomains", None),
        ("max-age=-1", None),
        ("max-age", None),
        ("max-age=1, max-age=2", None),
        ("max-age=" + "9" * 5_000, 999_999_999_999_999_999),
        ("", None),
    ],
)
def test_the_header_is_read_by_its_grammar(header: str, age: int | None) -> None:
    assert max_age(header) == age
