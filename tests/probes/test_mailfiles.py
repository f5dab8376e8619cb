"""Saved messages and reports: what is read of them, and that no file can hurt."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchready_tui.model.codec import evidence_from_plain, evidence_to_plain, identified
from launchready_tui.model.evidence import Evidence, Failure
from launchready_tui.model.questions import (
    MailFacts,
    MailMessage,
    MailMethod,
    MailReports,
    MailSignature,
    MailVerdict,
    ReportFacts,
    ReportRow,
)
from launchready_tui.practice import post
from launchready_tui.probes import mailreports
from launchready_tui.probes.mailfiles import MailFileProbe
from launchready_tui.probes.prober import Prober
from tests.kit import SEEN_AT, World

REPORT = post.report("acme.test", [post.row("192.0.2.7", 3, "acme.test"), post.row("192.0.2.8", 1, "acme.test")])
XML = REPORT.replace(post.BEGIN, "1763900000").replace(post.END, "1764000000").encode()


def ask(folder: Path, question: MailMessage | MailReports) -> MailFacts | ReportFacts | Failure:
    outcome = asyncio.run(MailFileProbe(str(folder)).answer(question, 1, World({})))
    found = outcome.facts or outcome.failure
    assert isinstance(found, MailFacts | ReportFacts | Failure)
    return found


def message(folder: Path, data: bytes | str) -> MailFacts:
    (folder / "a.eml").write_bytes(data.encode() if isinstance(data, str) else data)
    found = ask(folder, MailMessage("a.eml"))
    assert isinstance(found, MailFacts), found
    return found


def reports(folder: Path, **files: bytes) -> ReportFacts:
    place = folder / "reports"
    place.mkdir(exist_ok=True)
    for name, data in files.items():
        (place / name).write_bytes(data)
    found = ask(folder, MailReports("reports"))
    assert isinstance(found, ReportFacts), found
    return found


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


# --- messages ---------------------------------------------------------------------------------------------------------

MAIL = """Delivered-To: someone@gmail.com
Received: by 2002:a05:6402 with SMTP id q1; Mon, 23 Nov 2026 01:00:02 -0800 (PST)
Return-Path: <bounce+1=2@pm-bounces.acme.test>
Received: from mta.postmarkapp.com (mta.postmarkapp.com. [192.0.2.7])
        by mx.google.com with ESMTPS id x1 for <someone@gmail.com>
        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);
        Mon, 23 Nov 2026 01:00:01 -0800 (PST)
Authentication-Results: mx.google.com;
       dkim=pass header.i=@acme.test header.s=20260101pm header.b=abc;
       spf=pass (google.com: domain of bounce@pm-bounces.acme.test designates 192.0.2.7 as permitted sender)
       smtp.mailfrom="bounce@pm-bounces.acme.test";
       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=acme.test
DKIM-Signature: v=1; a=rsa-sha256; d=Acme.test; s=20260101PM; c=relaxed/relaxed;
        bh=secretbodyhash; b=secretsignature
From: "Acme; Market" <Hello@Acme.test>
To: someone@gmail.com
Subject: Secret subject
List-Unsubscribe: <https://acme.test/u/secret>, <mailto:u@acme.test>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Date: Mon, 23 Nov 2026 10:00:00 +0100

Secret body
Authentication-Results: mx.google.com; dkim=pass header.d=evil.example
"""


def test_a_message(tmp_path: Path) -> None:
    assert message(tmp_path, MAIL) == MailFacts(
        from_domains=("acme.test",),
        return_path="pm-bounces.acme.test",
        signatures=(MailSignature("acme.test", "20260101pm", "rsa-sha256"),),
        verdicts=(
            MailVerdict(
                "mx.google.com",
                (
                    MailMethod("dkim", "pass", "acme.test"),
                    MailMethod("spf", "pass", "pm-bounces.acme.test"),
                    MailMethod("dmarc", "pass", "acme.test"),
                ),
            ),
        ),
        received=2,
        tls=True,
        unsubscribe=("https", "mailto"),
        one_click=True,
        sent_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )
    assert message(tmp_path, MAIL.replace("\n", "\r\n")) == message(tmp_path, MAIL)


def test_nothing_private_is_kept(tmp_path: Path) -> None:
    text = repr(message(tmp_path, MAIL)).lower()
    assert not [word for word in ("secret", "someone", "hello", "bounce@", "192.0.2.7") if word in text]


@pytest.mark.parametrize(
    ("received", "tls"),
    [
        ("from a by b with ESMTPS id 1; today", True),
        ("from a by b with ESMTPSA id 1; today", True),
        ("from a by b (using TLSv1.3 with cipher X) with SMTP; today", True),
        ("from a by b with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 1; today", True),
        ("from a by b with ESMTP id 1; today", False),
        ("from a by b with SMTP; today", False),
        ("by b with SMTP id 1; today", None),
        ("from a by b with LMTP; today\nReceived: from c by a with ESMTPS; today", True),
    ],
)
def test_encryption_of_the_last_hop(tmp_path: Path, received: str, tls: bool | None) -> None:
    assert message(tmp_path, f"From: a@acme.test\nReceived: {received}\n\n").tls is tls


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("From: a@acme.test\nFrom: b@evil.example\n\n", ("acme.test", "evil.example")),
        ("From: a@acme.test, b@evil.example\n\n", ("acme.test", "evil.example")),
        ("From: nobody\n\n", ()),
        ("From: =?utf-8?q?a=40evil=2Eexample?= <a@acme.test>\n\n", ("acme.test",)),
        ("Subject: x\n\nFrom: a@acme.test\n", ()),
    ],
)
def test_whom_it_is_from(tmp_path: Path, text: str, domains: tuple[str, ...]) -> None:
    assert message(tmp_path, text).from_domains == domains


def test_a_from_that_is_no_list_proves_nothing(tmp_path: Path) -> None:
    assert message(tmp_path, "From: a@acme.test\n b@evil.example\n\n").from_domains != ("acme.test",)


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@acme.test\nReceived: from a by b with ESMTPS; today\n" * 1_000 + b"\n",
        b"From: \xff\xfe\x00@\xe9.test\nDate: \xff\nDKIM-Signature: d=\xff; s=\xfe\nList-Unsubscribe: \xff\n\n",
        "From: a@bücher.test\nDate: Mon, 99 Foo 99999 99:99:99 +9999\n\n".encode("utf-16"),
        b"From: a@acme.test\nDate: Mon, 31 Dec 99999999999 10:00:00 +0100\n\n",
        b"From: a@acme.test\nAuthentication-Results: " + b"(" * 1_000_000 + b"\n\n",
        b"From: " + b"<" * 1_000_000 + b"\n\n",
        b"From: " + b"a@b.test," * 200_000 + b"\n\n",
        b"X: y\n" * 200_000 + b"From: a@acme.test\n\n" + b"z" * 5_000_000,
        b"From: a@acme.test\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 200_000,
        b"\x1b]52;c;x\x07: 1\nFrom: \x1b[2J@acme.test\n\n",
    ],
    ids=range(10),
)
def test_hostile_messages(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.eml").write_bytes(data)
    began = time.perf_counter()
    found = ask(tmp_path, MailMessage("a.eml"))
    assert time.perf_counter() - began < 5
    assert isinstance(found, MailFacts) or found.reason == "malformed"
    question = MailMessage("a.eml")
    facts = found if isinstance(found, MailFacts) else None
    failure = None if facts else found
    evidence = identified(Evidence("", question, 1, facts, failure, SEEN_AT, SEEN_AT))
    assert evidence_from_plain(evidence_to_plain(evidence)) == evidence


def test_a_thousand_hops_are_counted(tmp_path: Path) -> None:
    found = message(tmp_path, "Received: from a by b with ESMTPS; today\n" * 1_000 + "From: a@acme.test\n\n")
    assert (found.received, found.tls, found.from_domains) == (1_000, True, ("acme.test",))


def test_files_that_are_none(tmp_path: Path) -> None:
    def reason(path: str) -> str:
        found = ask(tmp_path, MailMessage(path))
        assert isinstance(found, Failure)
        return found.reason

    assert reason("gone.eml") == "file-missing"
    assert reason(".") in ("malformed", "file-unreadable")
    assert reason("a\0b") == "file-unreadable"
    os.mkfifo(tmp_path / "pipe")
    assert reason("pipe") == "malformed"
    (tmp_path / "empty").write_bytes(b"")
    assert reason("empty") == "malformed"
    (tmp_path / "prose").write_bytes(b"Dear Sir,\nplease find no mail here.\n")
    assert reason("prose") == "malformed"
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    assert reason("huge") == "too-large"


# --- reports ----------------------------------------------------------------------------------------------------------

ROWS = (
    ReportRow("192.0.2.7", 3, "acme.test", True, True, ("acme.test",), ("acme.test",)),
    ReportRow("192.0.2.8", 1, "acme.test", True, True, ("acme.test",), ("acme.test",)),
)


@pytest.mark.parametrize("pack", [lambda xml: xml, gzip.compress, lambda xml: zipped(a=xml)])
def test_a_report_however_packed(tmp_path: Path, pack: object) -> None:
    (tmp_path / "r").write_bytes(pack(XML))
    found = ask(tmp_path, MailReports("r"))
    assert isinstance(found, ReportFacts)
    assert (found.reports, found.receivers, found.rows, found.unread) == (1, ("inbox.test",), ROWS, ())
    assert found.begin == datetime.fromtimestamp(1763900000, UTC)


def test_a_folder_is_added_up(tmp_path: Path) -> None:
    found = reports(tmp_path, a=XML, b=gzip.compress(XML), c=zipped(x=XML, y=XML))
    assert found.reports == 4
    assert [row.count for row in found.rows] == [12, 4]


def test_the_newer_form_with_its_name_space(tmp_path: Path) -> None:
    xml = XML.replace(b"<feedback>", b'<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0"><version>1</version>')
    assert reports(tmp_path, a=xml).rows == ROWS
    prefixed = XML.replace(b"<feedback>", b'<d:feedback xmlns:d="urn:x">').replace(b"</feedback>", b"</d:feedback>")
    assert reports(tmp_path, a=prefixed).rows == ROWS


LAUGHS = b'<!DOCTYPE feedback [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %s "%s">' % (bytes([98 + n]), b"&%s;" % bytes([97 + n]) * 10) for n in range(9)
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (LAUGHS + b"]><feedback>&j;</feedback>", "declares a document type"),
        (b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><feedback>&x;</feedback>', "a document type"),
        (b'<!DOCTYPE f SYSTEM "http://evil.example/x.dtd"><feedback/>', "a document type"),
        (b"<feedback>" + b"<a>" * 1_000_000, "nested too deeply"),
        (b"<feedback>", "no well-formed XML"),
        (b"<html></html>", "no aggregate report"),
        (b"", "no well-formed XML"),
        (b"\x00\xff" * 1_000, "no well-formed XML"),
        (b'<?xml version="1.0" encoding="ebcdic-cp-be"?><feedback/>', ""),
        (b'<?xml version="1.0" encoding="no-such"?><feedback/>', ""),
        (zipped(a=zipped(b=XML)), "archive inside an archive"),
        (gzip.compress(gzip.compress(XML)), "archive inside an archive"),
        (b"PK\x03\x04" + b"x" * 100, "damaged archive"),
        (zipped(a=XML)[:-30], "damaged archive"),
        (gzip.compress(XML)[:-10], "damaged"),
        (b"\x1f\x8b" + b"x" * 100, "damaged"),
    ],
    ids=range(16),
)
def test_hostile_reports(tmp_path: Path, data: bytes, why: str) -> None:
    began = time.perf_counter()
    found = reports(tmp_path, a=data, b=XML)
    assert time.perf_counter() - began < 5
    assert found.reports == 1
    assert found.rows == ROWS
    assert why in found.unread[0]


def test_bombs(tmp_path: Path) -> None:
    """A gigabyte in a megabyte is neither unpacked nor waited for."""
    zeros = io.BytesIO()
    with gzip.GzipFile(fileobj=zeros, mode="wb") as file:
        for _ in range(200):
            file.write(b"\0" * (1 << 20))
    packed = zeros.getvalue()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as member:
        for _ in range(200):
            member.write(b"\0" * (1 << 20))
    began = time.perf_counter()
    found = reports(tmp_path, a=packed, b=buffer.getvalue(), c=XML)
    assert time.perf_counter() - began < 10
    assert found.reports == 1
    assert all("unpacks to more than 50 MiB" in line for line in found.unread)


def test_a_folder_of_bombs_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailreports, "MOST_UNPACKED", 1_000)
    monkeypatch.setattr(mailreports, "MOST_ALTOGETHER", 3_000)
    found = reports(tmp_path, **{f"a{n}": gzip.compress(b"\0" * 5_000) for n in range(20)})
    assert found.cut
    assert len(found.unread) == 3


def test_only_files_of_the_folder_itself(tmp_path: Path) -> None:
    (tmp_path / "reports" / "deeper").mkdir(parents=True)
    (tmp_path / "reports" / "deeper" / "x.xml").write_bytes(XML)
    (tmp_path / "outside.xml").write_bytes(XML)
    (tmp_path / "reports" / "link.xml").symlink_to(tmp_path / "outside.xml")
    (tmp_path / "reports" / "loop").symlink_to(tmp_path / "reports")
    os.mkfifo(tmp_path / "reports" / "pipe")
    assert reports(tmp_path) == ReportFacts()


def test_archives_with_many_files_are_cut(tmp_path: Path) -> None:
    found = reports(tmp_path, a=zipped(**{f"m{n}": XML for n in range(150)}))
    assert (found.reports, found.cut) == (100, True)


def test_counts_and_addresses_that_are_none(tmp_path: Path) -> None:
    rows = [post.row(source, 1, "acme.test") for source in ("x", "999.1.1.1", "192.0.2.1 ", "")]
    xml = post.report("acme.test", [*rows, post.row("2001:DB8::1", 5, "acme.test").replace(">5<", ">-5<")])
    assert [row.source for row in reports(tmp_path, a=xml.encode()).rows] == ["192.0.2.1"]


def test_a_missing_folder(tmp_path: Path) -> None:
    found = ask(tmp_path, MailReports("gone/"))
    assert isinstance(found, Failure)
    assert found.reason == "file-missing"


def test_the_prober_knows_both_kinds(tmp_path: Path) -> None:
    from launchready_tui.model.product import Network

    (tmp_path / "r").write_bytes(XML)

    async def run() -> object:
        prober = Prober(Network(nameservers=("127.0.0.1",)), str(tmp_path))
        first = await prober.answer(MailReports("r"), 1, World({}))
        second = await prober.answer(MailMessage("gone"), 1, World({}))
        await prober.aclose()
        return first.facts is not None, second.failure is not None and second.failure.reason

    assert asyncio.run(run()) == (True, "file-missing")
