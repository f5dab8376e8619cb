"""What a host's certificate is worth: is it accepted, for how long, is it renewed, is it strong."""

from __future__ import annotations

from datetime import timedelta

from launchready_tui.checks.limits import number
from launchready_tui.checks.reading.endpoints import Endpoint, Endpoints, Shown, blind, endpoints, shown_by, worst
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Ask, Failure, Unseen
from launchready_tui.model.product import Host
from launchready_tui.model.questions import Certificate, EarlierCertificate, TlsSession
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import one_line, plural, span

PROBLEMS = {
    "expired": "an expired certificate",
    "not-yet-valid": "a certificate that is not valid yet",
    "self-signed": "a self-signed certificate",
    "hostname-mismatch": "a certificate for another name",
    "untrusted": "a certificate of an authority that nobody trusts",
    "incomplete-chain": "a certificate without its intermediate",
    "weak-key": "a certificate with a key that is too short",
    "weak-signature": "a certificate with an outdated signature",
    "revoked": "a revoked certificate",
}
"""The verifier's problems in words, for "127.0.0.1 shows …"."""

UNREACHABLE = frozenset({"refused", "reset", "timeout", "unreachable"})
"""Failures of an address that visitors meet as well."""

WEAK_HASHES = frozenset({"md2", "md4", "md5", "sha1"})


@check("tls.verified-handshake", over="web-hosts")
async def verified_handshake(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """Every address finishes a handshake and shows a chain that verifies for the name (S1.TLS.01).

    An invalid certificate at one address fails the host: a share of the visitors meets it. So does an address that
    answers without TLS. An address that cannot be reached is a warning as long as another one can.
    """
    found = await endpoints(subject, ask)
    bad = [_rejected(item) for item in found.all if item.session is not None and item.session.problem]
    bad += [_unreadable(item, why) for item, why in found.failures if why.reason == "certificate"]
    if bad:
        return worst(bad)
    if (missing := _without_tls(found)) is not None:
        return missing
    good = [(item, item.session) for item in found.all if item.session is not None]
    if not good:
        raise Unseen(found.failures[0][1])
    dead = [(item, why) for item, why in found.failures if why.reason in UNREACHABLE]
    if dead:
        return _partly_dead(dead, len(found.all))
    praise = passed(_praise(good), details=tuple(f"{item.where}: {_agreed(session)}" for item, session in good))
    hidden = found.unseen
    return praise if hidden is None else blind(hidden, praise)


def _rejected(item: Endpoint) -> Judgement:
    assert item.session is not None
    problem = item.session.problem
    what = PROBLEMS.get(problem, "a certificate that clients reject")
    return failed(problem, f"{item.where} shows {what}: {one_line(item.session.detail)}")


def _unreadable(item: Endpoint, why: Failure) -> Judgement:
    return failed("other", f"{item.where} shows a certificate that clients reject: {one_line(why.message)}")


def _without_tls(found: Endpoints) -> Judgement | None:
    """A fail where an address answers without TLS, or where port 443 is closed everywhere that could be seen."""
    plain = [(item, why) for item, why in found.failures if why.reason == "tls"]
    if plain:
        item, why = plain[0]
        return failed("no-tls", f"no TLS at {item.where}: {one_line(why.message)}", network=True)
    reasons = {why.reason for _, why in found.failures} - {"no-ipv6"}
    if len(found.failures) == len(found.all) and reasons == {"refused"}:
        where = ", ".join(item.where for item, why in found.failures if why.reason == "refused")
        return failed("no-tls", f"port 443 is closed at {where}", network=True)
    return None


def _partly_dead(dead: list[tuple[Endpoint, Failure]], total: int) -> Judgement:
    where = ", ".join(item.where for item, _ in dead)
    summary = f"{len(dead)} of {plural(total, 'address', 'addresses')} cannot be reached: {where}"
    return warned("address-unreachable", summary, details=tuple(one_line(why.message) for _, why in dead))


def _praise(good: list[tuple[Endpoint, TlsSession]]) -> str:
    versions = " and ".join(sorted({session.version for _, session in good}))
    issuer = one_line(good[0][1].leaf.issuer, 80)
    return f"verified at {plural(len(good), 'address', 'addresses')} with {versions}, issued by {issuer}"


def _agreed(session: TlsSession) -> str:
    return f"{session.version} {session.cipher}, serial {session.leaf.serial}"


# --- how long it lasts ------------------------------------------------------------------------------------------------


@check("tls.certificate-lifetime", over="web-hosts")
async def certificate_lifetime(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """The certificate has so much of its lifetime left that its renewal cannot have failed yet (S1.TLS.02).

    With a lifetime L and a rest R, renewal is due at R = L/3 (certbot 4 and others). The row's floor of 48 hours counts
    only from there on: for lifetimes of six days and more that changes nothing, since L/3 is 48 hours or more; a
    certificate for one day, renewed every 16 hours, would otherwise always fail.
    """
    return await shown_by(subject, ask, lambda shown: worst([_rest(shown, limits), *_issuers_rest(shown, limits)]))


def _rest(shown: Shown, limits: Limits) -> Judgement:
    """How much is left of the host's own certificate."""
    leaf = shown.leaf
    life, rest = leaf.not_after - leaf.not_before, leaf.not_after - shown.seen_at
    if rest <= timedelta(0):
        return failed("expired", f"expired {span(rest.total_seconds())} ago, on {_day(leaf)} ({shown.where})")
    left = f"{_left(shown)} left, until {_day(leaf)} ({shown.where})"
    overdue = is_overdue(leaf, shown, limits)
    critical = timedelta(hours=number(limits, "critical_hours", 48))
    if rest <= _share(life, number(limits, "critical_share", 1 / 6)) or (overdue and rest < critical):
        return failed("expires-soon", left)
    if overdue:
        return warned("renewal-overdue", f"{left}: it should have been renewed by now")
    return passed(left)


def _issuers_rest(shown: Shown, limits: Limits) -> list[Judgement]:
    """What is wrong with the intermediates. They live for years, so a share of their life would warn far too early."""
    notice = timedelta(days=number(limits, "issuer_days", 30))
    critical = timedelta(hours=number(limits, "critical_hours", 48))
    found = []
    for issuer in shown.issuers:
        rest = issuer.not_after - shown.seen_at
        name = one_line(issuer.subject, 80)
        if rest <= timedelta(0):
            found.append(failed("intermediate-expires", f"the intermediate {name} expired on {_day(issuer)}"))
        elif rest < critical:
            found.append(failed("intermediate-expires", f"the intermediate {name} expires on {_day(issuer)}"))
        elif rest < notice:
            found.append(warned("intermediate-expires", f"the intermediate {name} expires on {_day(issuer)}"))
    return found


@check("tls.renewal-proof", over="web-hosts")
async def renewal_proof(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """A renewal that was due has happened: the serial has changed since an earlier run, or none was due (S1.TLS.03)."""
    found = await endpoints(subject, ask)
    due = [shown for shown in found.shown() if is_overdue(shown.leaf, shown, limits)]
    if not due:
        return found.settle([passed(f"no renewal due, {_left(found.shown()[0])} left")])
    earlier = (await ask(EarlierCertificate(subject.item.name))).facts
    if not earlier.found:
        when = f"renewal is due, the certificate ends on {_day(due[0].leaf)}"
        return unknown("no-earlier-run", f"{when}, and no earlier run saw it", decide_by="Run again tomorrow.")
    since = f" since {earlier.seen_at:%Y-%m-%d}" if earlier.seen_at else " since the last run"
    for shown in due:
        if shown.leaf.serial == earlier.serial:
            summary = f"renewal is overdue, {_left(shown)} left, and the serial is the same{since}"
            return failed("same-certificate-overdue", summary, details=(f"serial {shown.leaf.serial}",))
    return found.settle([passed(f"renewed{since}: serial {due[0].leaf.serial} instead of {earlier.serial}")])


def is_overdue(leaf: Certificate, shown: Shown, limits: Limits) -> bool:
    """Whether a certificate should have been renewed by the time that it was seen."""
    life = leaf.not_after - leaf.not_before
    return leaf.not_after - shown.seen_at <= _share(life, number(limits, "overdue_share", 1 / 3))


def _share(life: timedelta, share: float) -> timedelta:
    """A share of a lifetime to the second, so that 0.3333333333 in a runbook is a third at the boundary as well."""
    return timedelta(seconds=round(life.total_seconds() * share))


# --- what it is made of -----------------------------------------------------------------------------------------------


@check("tls.key-and-signature", over="web-hosts")
async def key_and_signature(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """Key and signature of the certificate and of the intermediates are strong enough (S1.TLS.05).

    The signature of a root proves nothing, clients trust their copy of it; so it is not looked at.
    """
    return await shown_by(
        subject, ask, lambda shown: worst([_strength(item, limits) for item in (shown.leaf, *shown.issuers)])
    )


def _strength(certificate: Certificate, limits: Limits) -> Judgement:
    kind, bits = certificate.key_type, certificate.key_bits
    digest = certificate.signature_hash
    who = one_line(certificate.subject, 80) or f"serial {certificate.serial}"
    made = f"{who}: {kind or 'unknown key'}" + (f" {bits} bits" if bits else "")
    made += f", signed with {one_line(digest, 20)}" if digest else ""
    least = _least_bits(kind, limits)
    if bits and bits < least:
        return failed("weak-key", f"{made}; at least {least:.0f} bits are needed")
    if digest in WEAK_HASHES:
        return failed("weak-signature", made)
    if not kind or (least and not bits):
        return unknown("key-unreadable", f"{made}; its size could not be read")
    good = number(limits, "good_rsa_bits", 3072)
    if kind == "RSA" and bits < good:
        return passed(f"{made}; enough today, {good:.0f} is better", note="rsa-short-term")
    return passed(made)


def _least_bits(kind: str, limits: Limits) -> float:
    """The least size of a key of that type; 0 for types whose size is fixed."""
    if kind == "EC":
        return number(limits, "min_ec_bits", 256)
    return number(limits, "min_rsa_bits", 2048) if kind in ("RSA", "DSA") else 0


def _day(certificate: Certificate) -> str:
    return f"{certificate.not_after:%Y-%m-%d}"


def _left(shown: Shown) -> str:
    """`61 of 90 days`, in hours for what lives shorter than two weeks."""
    life, rest = shown.leaf.not_after - shown.leaf.not_before, shown.leaf.not_after - shown.seen_at
    if life < timedelta(days=14):
        return f"{rest / timedelta(hours=1):.0f} of {life / timedelta(hours=1):.0f} hours"
    return f"{rest.days} of {round(life / timedelta(days=1))} days"
