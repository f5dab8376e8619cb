"""The mail of the practice marketplace: sending domains with their records, saved messages, a week of reports."""

from __future__ import annotations

from dataclasses import dataclass

from launchready_tui.practice.world import Record

PROVIDER = "postbox.test"
"""The mail company that sends for the marketplace. It lives in the same name server."""

OLD_PROVIDER = "spf.oldpost.test"
"""What last year's mail company has its customers include."""

SELECTOR = "pb1"
SENDING_SERVER = "127.0.0.97"
OWN_SERVER = "127.0.0.96"
"""The one mail server that the marketplace runs itself."""

MAILBOX = "mx.inbox.test"
"""The mailbox that received the saved messages, by the name under which it writes its verdicts."""

SIGNUP_FILE = "practice-mail/signup.eml"
RESET_FILE = "practice-mail/reset.eml"
REPORTS_FOLDER = "practice-mail/reports/"
REPORT_FILE = f"{REPORTS_FOLDER}week.xml"

BEGIN, END = "{begin}", "{end}"
"""What stands in a report for its dates in seconds, until it is written."""

GOOD_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmAuaube9VZe/dcJ/R7GWruIBckkeAv4HoIsDgbBLoy9kqgZE3BBWLyVSjPrKVOuAFvN3"
    "ysexKG9ab+Q7WaLzfS8wsqdYbgtOjmkEKkHsi5NICvfdZ6XY5Lolg5aiQstDvC2NbchojAqVt0wgYd/d6zCkv+otYsvJasX0xbZsmfyFYQf2+6my"
    "Qe5VDBxzmB8VIJroZxMOnC/Y1NS4TS9lLDY/gTSjd0yTmWjum0R7Xyv9t2283/EKlGBDrHOAZAYugiOTeXXaTiRx7gOW1TSrHVmK/9W8synANPnZ"
    "BQhJFNW+gsGAv3B8ZCkUy7fthUUddhIXGhgX/qg0d/+Ai7IDBQIDAQAB"
)
SHORT_KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCipuZZtlx4MZkGbuzxhG0M7PVeoafG1qJq4HU3o76JUO4OibOtS3/CR5ZENJu1nOnaINzVOP5Y"
    "fLNMiXElVGy5jfCwmlxsR2QJdBv3UH8+zVYV3GRo/OSDsCtQaXkAO2TLlAFxfcVhSDY0jtlvZpXXEMvZb51A565ev2nUnE7dlQIDAQAB"
)
WEAK_KEY = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAOTc/LHMSFPhR+gyQkh5plw/M6qVZTK1OygRZxsrP/mUm1mc9ceUho3CBhAT2m+T+ODKPgJqX0N+GZxz"
    "gjyDlYyXEnnsyD8tALkJh+uGbTFU3/LytQqtF5A2D5fwvfiBGQIDAQAB"
)
ED25519_KEY = "Kn5RqeA1NGqoMQykaldTu+adUebc2X8O9PkbqJNMRy0="
"""Public keys of 2048, 1024, 768 bits and Ed25519, whose private halves were thrown away."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A kind of mail with a sub-domain of its own. `policy` is its DMARC record, '' where the main domain's holds."""

    label: str
    what: str
    policy: str = ""
    key: str = f"v=DKIM1; k=rsa; p={GOOD_KEY}"
    own_server: bool = False


STREAMS = (
    Stream("orders", "order confirmations"),
    Stream("receipts", "receipts"),
    Stream("tickets", "support"),
    Stream("updates", "delivery updates"),
    Stream("loop", "the sellers' round letter"),
    Stream("alerts", "price alerts"),
    Stream("hello", "welcome mail", key=f"v=DKIM1; k=ed25519; p={ED25519_KEY}"),
    Stream("survey", "the yearly survey"),
    Stream("invites", "invitations"),
    Stream("stories", "stories of sellers", policy="v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"),
    Stream("deals", "offers", policy=f"v=DMARC1; p=reject; rua=mailto:acme@reports.{PROVIDER}"),
    Stream("promo", "campaigns", policy="v=DMARC1; p=quarantine; rua=mailto:dmarc@{domain}"),
    Stream("notices", "legal notices", policy="v=DMARC1; p=quarantine; rua=mailto:dmarc@{domain}"),
    Stream("loans", "letters about instalments"),
    Stream("night", "the nightly statement", own_server=True),
)
"""Everything that the marketplace sends beside its main mail."""


def sending_domains(domain: str) -> tuple[str, ...]:
    """The main domain and those of the streams."""
    return (domain, *(f"{stream.label}.{domain}" for stream in STREAMS))


def records(domain: str) -> list[Record]:
    """The mail records of the marketplace, and those of the mail company that they rely on."""
    zone = [
        Record(f"{SELECTOR}._domainkey.{domain}", "TXT", text(f"v=DKIM1; k=rsa; p={GOOD_KEY}"), 3600),
        Record(f"deals.{domain}._report._dmarc.reports.{PROVIDER}", "TXT", text("v=DMARC1"), 3600),
        Record(OLD_PROVIDER, "TXT", text("v=spf1 ip4:127.0.0.90 -all"), 3600),
        Record("96.0.0.127.in-addr.arpa", "PTR", (f"night-mailer.{domain}.",), 3600),
        Record(f"night-mailer.{domain}", "A", (OWN_SERVER,), 3600),
    ]
    zone += [
        Record(f"spf{number}.{PROVIDER}", "TXT", text(f"v=spf1 ip4:127.0.0.{100 + number} -all"), 3600)
        for number in range(1, 13)
    ]
    for stream in STREAMS:
        name = f"{stream.label}.{domain}"
        sends = f"ip4:{OWN_SERVER} include:spf.{PROVIDER}" if stream.own_server else f"include:spf.{PROVIDER}"
        zone.append(Record(name, "TXT", text(f"v=spf1 {sends} -all"), 3600))
        zone.append(Record(f"{SELECTOR}._domainkey.{name}", "TXT", text(stream.key), 3600))
        if stream.policy:
            zone.append(Record(f"_dmarc.{name}", "TXT", text(stream.policy.replace("{domain}", domain)), 3600))
    return zone


def text(value: str) -> tuple[str, ...]:
    """A TXT record in presentation form, in strings of at most 255 characters."""
    parts = [value[at : at + 255] for at in range(0, len(value), 255)]
    return (" ".join(f'"{part}"' for part in parts),)


def files(domain: str) -> dict[str, str]:
    """The files that prove the marketplace's mail, by their path below the profile."""
    return {
        SIGNUP_FILE: message(domain, "Confirm your address", signer=domain, return_path=f"bounce.{domain}"),
        RESET_FILE: message(domain, "Reset your password", signer=domain, return_path=f"bounce.{domain}"),
        REPORT_FILE: report(domain, [row(SENDING_SERVER, 70, name) for name in sending_domains(domain)]),
    }


def message(domain: str, subject: str, *, signer: str, return_path: str) -> str:
    """A mail as the mailbox of `MAILBOX` kept it, with the verdict that it wrote."""
    return "\r\n".join(
        (
            f"Return-Path: <bounce-77@{return_path}>",
            f"Received: from out.{PROVIDER} (out.{PROVIDER} [{SENDING_SERVER}]) by {MAILBOX} with ESMTPS id 42"
            " (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256) for <tester@inbox.test>;"
            " Mon, 23 Nov 2026 09:30:01 +0000",
            f"Authentication-Results: {MAILBOX}; dkim=pass header.d={signer} header.s={SELECTOR};"
            f" spf=pass smtp.mailfrom=bounce-77@{return_path}; dmarc={'pass' if signer == domain else 'fail'}"
            f" header.from={domain}",
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={signer}; s={SELECTOR};"
            " h=from:to:subject:date; bh=AAAA; b=BBBB",
            f"From: Acme Market <hello@{domain}>",
            "To: tester@inbox.test",
            f"Subject: {subject}",
            "Date: Mon, 23 Nov 2026 09:30:00 +0000",
            "",
            "Thank you for asking. One click and you are there.",
            "",
        )
    )


def row(source: str, count: int, author: str, *, passes: bool = True) -> str:
    """One record of a report; what does not pass was sent by the mail company in its own name."""
    verdict, name = ("pass", author) if passes else ("fail", PROVIDER)
    return (
        f"<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated>"
        f"<disposition>none</disposition><dkim>{verdict}</dkim><spf>{verdict}</spf></policy_evaluated></row>"
        f"<identifiers><header_from>{author}</header_from></identifiers>"
        f"<auth_results><dkim><domain>{name}</domain><result>pass</result></dkim>"
        f"<spf><domain>{name}</domain><result>pass</result></spf></auth_results></record>"
    )


def report(domain: str, rows: list[str]) -> str:
    """An aggregate report over a week."""
    head = (
        f"<report_metadata><org_name>inbox.test</org_name><report_id>7</report_id>"
        f"<date_range><begin>{BEGIN}</begin><end>{END}</end></date_range></report_metadata>"
        f"<policy_published><domain>{domain}</domain><p>quarantine</p></policy_published>"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<feedback>{head}{"".join(rows)}</feedback>\n'
