"""Faults in certificates and TLS settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from launchready_tui.practice.faults.model import Edit, Fault, Shown, hints, shows
from launchready_tui.practice.marketplace import APP, DOMAIN
from launchready_tui.practice.world import Leaf, TlsPolicy

_ALL_CIPHERS = "ALL:!aNULL:!eNULL"
_THIRTY_DAYS = 2_592_000


def _host(label: str) -> str:
    return f"{label}.{DOMAIN}"


def _certificate(host: str, **changes: Any) -> Edit:
    """Another certificate on a host."""
    return lambda world: world.with_site(host, leaf=Leaf(**changes))


def _never_renewed(label: str) -> tuple[Shown, ...]:
    """What a second run adds where a renewal is due and the certificate is still the same."""
    return (shows("tls.renewal-proof", _host(label), "same-certificate-overdue"),)


TLS_FAULTS: tuple[Fault, ...] = (
    Fault(
        "billing-expired",
        "The billing certificate has expired",
        "Renewal asks for a file that the new web server no longer serves. Nobody reads the mails about it.",
        "Repair the renewal and renew now.",
        (
            shows("tls.verified-handshake", _host("billing"), "expired"),
            shows("tls.certificate-lifetime", _host("billing"), "expired"),
        ),
        _certificate(_host("billing"), remaining=timedelta(days=-3)),
        again=_never_renewed("billing"),
    ),
    Fault(
        "chat-self-signed",
        "The chat shows a self-signed certificate",
        "It came with the installer, and the founder once clicked on Proceed anyway.",
        "Install a certificate from a public authority.",
        (shows("tls.verified-handshake", _host("chat"), "self-signed"),),
        _certificate(_host("chat"), issuer="itself"),
    ),
    Fault(
        "files-wrong-name",
        "The file host shows another host's certificate",
        "The certificate was ordered for downloads.acme.test before the host was renamed.",
        "Order a certificate for files.acme.test.",
        (shows("tls.verified-handshake", _host("files"), "hostname-mismatch"),),
        _certificate(_host("files"), name=_host("downloads")),
    ),
    Fault(
        "media-incomplete-chain",
        "The press pictures come without the intermediate certificate",
        "Desktop browsers fetch the missing link by themselves. Telephones and payment providers do not.",
        "Serve the full chain file.",
        (shows("tls.verified-handshake", _host("media"), "incomplete-chain"),),
        _certificate(_host("media"), with_intermediate=False),
    ),
    Fault(
        "invest-unknown-authority",
        "The investor page is signed by an authority that nobody trusts",
        "The certificate comes from the staging authority of the test set-up.",
        "Order from the production endpoint of the authority.",
        (shows("tls.verified-handshake", _host("invest"), "untrusted"),),
        _certificate(_host("invest"), issuer="stranger"),
    ),
    Fault(
        "legacy-small-key",
        "The old catalogue uses a 1024 bit key",
        "The key is from 2009 and was carried from server to server.",
        "Make a new key and order a certificate for it.",
        (
            shows("tls.key-and-signature", _host("legacy"), "weak-key"),
            shows("tls.verified-handshake", _host("legacy"), "weak-key"),
        ),
        _certificate(_host("legacy"), key="rsa-1024"),
        "weak-keys",
    ),
    Fault(
        "sso-sha1",
        "The staff login is signed with SHA-1",
        "An old internal tool issued it, with the settings of its youth.",
        "Order a certificate with a SHA-256 signature.",
        (
            shows("tls.key-and-signature", _host("sso"), "weak-signature"),
            shows("tls.verified-handshake", _host("sso"), "weak-signature"),
        ),
        _certificate(_host("sso"), sha1=True, key="rsa-2048"),
        "weak-keys",
    ),
    Fault(
        "cdn-nearly-expired",
        "The media certificate runs out next week",
        "Nine days are left of ninety, so the automatic renewal has been failing for three weeks.",
        "Find out why renewal fails, and renew.",
        (shows("tls.certificate-lifetime", _host("cdn"), "expires-soon"),),
        _certificate(_host("cdn"), remaining=timedelta(days=9)),
        again=_never_renewed("cdn"),
    ),
    Fault(
        "pay-renewal-overdue",
        "The payment certificate should have been renewed by now",
        "Twenty-three days are left; automatic renewal starts at thirty.",
        "Start the renewal by hand and read what it says.",
        (hints("tls.certificate-lifetime", _host("pay"), "renewal-overdue"),),
        _certificate(_host("pay"), remaining=timedelta(days=23)),
        again=_never_renewed("pay"),
    ),
    Fault(
        "start-old-tls",
        "The seller start page speaks TLS 1.0",
        "One customer with an old tablet complained, and the founder switched everything on.",
        "Allow TLS 1.2 and 1.3 only.",
        (shows("tls.protocols", _host("start"), "legacy-accepted"),),
        lambda world: world.with_site(_host("start"), tls=TlsPolicy(oldest="TLSv1", ciphers=_ALL_CIPHERS)),
        "old-tls",
    ),
    Fault(
        "news-without-tls13",
        "The newsletter host does not speak TLS 1.3",
        "The configuration was copied from a guide that is older than TLS 1.3.",
        "Allow TLS 1.3 as well.",
        (hints("tls.protocols", _host("news"), "no-tls13"),),
        lambda world: world.with_site(_host("news"), tls=TlsPolicy(newest="TLSv1_2")),
    ),
    Fault(
        "img-null-cipher",
        "The picture host accepts connections without encryption",
        "Cipher suites were set to ALL to make a warning go away.",
        "Allow only forward secret suites with authenticated encryption.",
        (shows("tls.ciphers", _host("img"), "broken-cipher"),),
        lambda world: world.with_site(_host("img"), tls=TlsPolicy(ciphers="ECDHE+AESGCM:ECDHE+CHACHA20:eNULL")),
        "null-ciphers",
    ),
    Fault(
        "blog-static-rsa",
        "The blog accepts key exchange without forward secrecy",
        "Whoever records today's traffic and steals the key next year can read it all.",
        "Remove the suites that begin with RSA key exchange.",
        (hints("tls.ciphers", _host("blog"), "static-rsa"),),
        lambda world: world.with_site(
            _host("blog"),
            leaf=Leaf(key="rsa-2048"),
            tls=TlsPolicy(ciphers="ECDHE+AESGCM:ECDHE+CHACHA20:AES256-GCM-SHA384:AES128-SHA"),
        ),
    ),
    Fault(
        "app-without-hsts",
        "The app does not insist on https",
        "Without HSTS the first visit from a café's network can be kept on plain http, session cookie and all.",
        "Send Strict-Transport-Security with a year.",
        (shows("tls.hsts", APP, "hsts-absent-with-login"),),
        lambda world: world.with_site(APP, hsts=None),
    ),
    Fault(
        "blog-short-hsts",
        "The blog insists on https for a month only",
        "Set to a month to try it out; the month is long over.",
        "Raise max-age to 31536000.",
        (hints("tls.hsts", _host("blog"), "hsts-short"),),
        lambda world: world.with_site(_host("blog"), hsts=_THIRTY_DAYS),
    ),
)
"""All faults that a TLS client shows."""
