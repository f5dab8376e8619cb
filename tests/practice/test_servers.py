"""The servers of the target answer over real sockets, and repairs show at once."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from pathlib import Path

import dns.flags
import dns.rcode
import dns.rdatatype
import httpx
import pytest

from launchready_tui.model.profile import parse_product
from launchready_tui.practice import code
from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.marketplace import API, APP, DOMAIN, WWW
from launchready_tui.practice.profile import CA_FILE
from launchready_tui.practice.shop import cluster, logs
from launchready_tui.practice.target import PracticeTarget
from tests.practice.conftest import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

# --- DNS --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tcp", [False, True])
async def test_dns_answers_with_authority(guest: Visitor, tcp: bool) -> None:
    answer = await guest.dns(f"www.{DOMAIN}", "A", tcp=tcp)
    assert answer.flags & dns.flags.AA
    assert answer.answer[0].to_text() == "www.acme.test. 300 IN A 127.0.0.11"


async def test_dns_knows_what_is_not_there(guest: Visitor) -> None:
    assert (await guest.dns(f"invented.{DOMAIN}", "A")).rcode() == dns.rcode.NXDOMAIN
    empty = await guest.dns(f"www.{DOMAIN}", "MX")
    assert empty.rcode() == dns.rcode.NOERROR
    assert not empty.answer
    assert empty.authority[0].rdtype == dns.rdatatype.SOA
    assert (await guest.dns(f"team.{DOMAIN}", "A")).rcode() == dns.rcode.NOERROR
    assert (await guest.dns(DOMAIN, "AXFR", tcp=True)).rcode() == dns.rcode.REFUSED


async def test_dns_faults_as_they_look_on_the_wire(visitor: Visitor) -> None:
    assert (await visitor.dns(f"jobs.team.{DOMAIN}", "A")).rcode() == dns.rcode.NXDOMAIN
    assert (await visitor.dns(f"events.{DOMAIN}", "A")).rcode() == dns.rcode.SERVFAIL
    ring = await visitor.dns(f"go.{DOMAIN}", "A")
    assert [rrset.rdtype for rrset in ring.answer] == [dns.rdatatype.CNAME] * 2
    wildcard = await visitor.dns(f"invented.{DOMAIN}", "A")
    assert [rrset.rdtype for rrset in wildcard.answer] == [dns.rdatatype.CNAME, dns.rdatatype.A]
    beside = await visitor.dns(f"news.{DOMAIN}", "MX")
    assert beside.answer[0].rdtype == dns.rdatatype.MX
    assert (await visitor.dns(f"app.{DOMAIN}", "A")).answer[0].ttl == 172_800


async def test_dns_survives_garbage(guest: Visitor) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", guest.target.ports.dns)
    writer.write(b"\x00\x05hello")
    await writer.drain()
    assert await reader.read() == b""
    writer.close()
    assert (await guest.dns(DOMAIN, "A")).answer


# --- web --------------------------------------------------------------------------------------------------------------


async def test_every_page_of_a_mended_marketplace_opens(guest: Visitor) -> None:
    async with httpx.AsyncClient(verify=guest.trust(), trust_env=False) as client:
        for host, site in guest.target.world.sites.items():
            for path in site.resources:
                if " " not in path:
                    url = f"https://{site.address}:{guest.target.ports.https}{path}"
                    answer = await client.get(url, headers={"Host": host}, extensions={"sni_hostname": host})
                    assert answer.status_code in (200, 301, 401), (host, path)
                    assert "{{" not in answer.text


async def test_plain_http_is_sent_to_https_with_path_and_query(guest: Visitor) -> None:
    answer = await guest.get(f"http://{DOMAIN}/pricing?utm_source=x")
    assert answer.status_code == 301
    assert answer.headers["location"] == f"https://{DOMAIN}/pricing?utm_source=x"
    answer = await guest.get(f"https://{DOMAIN}/pricing?utm_source=x")
    assert answer.headers["location"] == f"https://{WWW}/pricing?utm_source=x"


async def test_a_webhook_refuses_what_is_not_signed(guest: Visitor) -> None:
    assert (await guest.get(f"https://{API}/webhooks/payments", "POST")).status_code == 400
    assert (await guest.get(f"https://{API}/health", "POST")).status_code == 405
    assert (await guest.get(f"https://{API}/health")).json()["status"] == "ok"


async def test_login_follows_only_its_own_paths(guest: Visitor) -> None:
    for foreign in ("https://example.org", "//example.org", "/\\example.org", "\\\\example.org", "javascript:alert(1)"):
        answer = await guest.get(f"https://{APP}/login?next={foreign}")
        assert answer.status_code == 200, foreign
    assert (await guest.get(f"https://{APP}/login?next=/checkout")).headers["location"] == "/checkout"


async def test_a_target_from_outside_cannot_smuggle_headers(visitor: Visitor) -> None:
    answer = await visitor.get(f"https://{APP}/login?next=https://example.org/%0d%0aset-cookie:a=b")
    assert answer.status_code == 302
    assert "set-cookie" not in answer.headers


async def test_repairs_show_at_once(visitor: Visitor) -> None:
    target = visitor.target
    assert (await visitor.get(f"https://{APP}/welcome")).status_code == 404
    target.repair("welcome-missing")
    assert (await visitor.get(f"https://{APP}/welcome")).status_code == 200
    target.break_again("welcome-missing")
    assert (await visitor.get(f"https://{APP}/welcome")).status_code == 404
    target.repair_all()
    assert not any(state.planted for state in target.faults)
    assert (await visitor.get(f"https://{APP}/welcome")).status_code == 200
    assert (await visitor.dns(f"jobs.team.{DOMAIN}", "A")).answer


async def test_an_unknown_fault_is_refused_with_a_suggestion(visitor: Visitor) -> None:
    with pytest.raises(PracticeError, match='did you mean "welcome-missing"'):
        visitor.target.repair("welcome-mising")


async def test_keep_alive_and_head_over_one_connection(guest: Visitor) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.11", guest.target.ports.http)
    for method in (b"HEAD", b"GET"):
        writer.write(method + b" /a HTTP/1.1\r\nHost: www.acme.test\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 301 " in head
        assert b"keep-alive" in head
    writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n", b"421"),
    ],
)
async def test_requests_are_bounded(guest: Visitor, sent: bytes, status: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.11", guest.target.ports.http)
    writer.write(sent)
    assert (await reader.read()).split(b" ")[1] == status
    writer.close()


async def test_rdap_knows_its_domains_and_no_other(guest: Visitor) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        base = f"http://127.0.0.1:{guest.target.ports.rdap}/domain/"
        known = await client.get(base + DOMAIN)
        assert known.json()["events"][0]["eventAction"] == "expiration"
        assert (await client.get(base + "partnerhub-practice.test")).status_code == 404


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("billing", "certificate has expired"),
        ("chat", "self.signed certificate"),
        ("files", "Hostname mismatch"),
        ("media", "unable to get local issuer"),
        ("invest", "self.signed certificate in certificate chain"),
        ("legacy", "key too weak|too weak"),
        ("sso", "too weak"),
    ],
)
async def test_bad_certificates_are_refused_for_their_own_reason(visitor: Visitor, label: str, problem: str) -> None:
    site = visitor.target.world.sites[f"{label}.{DOMAIN}"]
    with pytest.raises(ssl.SSLCertVerificationError, match=problem):
        await asyncio.open_connection(
            site.address, visitor.target.ports.https, ssl=visitor.trust(), server_hostname=site.host
        )


def _careless(ciphers: str, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    return context


async def _agreed(visitor: Visitor, label: str, context: ssl.SSLContext) -> tuple[str, str] | None:
    site = visitor.target.world.sites[f"{label}.{DOMAIN}"]
    try:
        _, writer = await asyncio.open_connection(
            site.address, visitor.target.ports.https, ssl=context, server_hostname=site.host
        )
    except (ssl.SSLError, ConnectionError):
        return None
    tls = writer.get_extra_info("ssl_object")
    agreed = tls.version(), tls.cipher()[0]
    writer.close()
    return agreed


async def test_old_protocols_and_empty_ciphers_are_switched_with_their_fault(visitor: Visitor) -> None:
    left_out = {state.fault.id for state in visitor.target.faults if state.left_out}
    cases = [
        ("start-old-tls", "start", _careless("ALL", ssl.TLSVersion.TLSv1), "TLSv1"),
        ("img-null-cipher", "img", _careless("eNULL", ssl.TLSVersion.TLSv1_2), "TLSv1.2"),
        ("blog-static-rsa", "blog", _careless("AES128-SHA", ssl.TLSVersion.TLSv1_2), "TLSv1.2"),
    ]
    for fault_id, label, context, version in cases:
        if fault_id in left_out:
            continue
        agreed = await _agreed(visitor, label, context)
        assert agreed is not None, fault_id
        assert agreed[0] == version
        visitor.target.repair(fault_id)
        assert await _agreed(visitor, label, context) is None, fault_id


async def test_an_unknown_server_name_gets_no_handshake(guest: Visitor) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(
            "127.0.0.11", guest.target.ports.https, ssl=guest.trust(), server_hostname="elsewhere.test"
        )


async def test_keys_never_stay_on_disk(visitor: Visitor) -> None:
    await visitor.get(f"https://{WWW}/")
    folder = visitor.target.folder
    saved = [folder / name for name in (CA_FILE, *visitor.target.world.files)]
    own = (code.FOLDER, logs.FOLDER, cluster.FOLDER)
    left = [path for path in folder.rglob("*") if path.is_file() and path.parts[len(folder.parts)] not in own]
    assert sorted(left) == sorted(saved)
    assert not [path for path in left if "PRIVATE" in path.read_text()]


# --- the profile ------------------------------------------------------------------------------------------------------


async def test_the_profile_parses_and_declares_every_host(guest: Visitor) -> None:
    product = parse_product(guest.target.product_toml)
    assert {host.name for host in product.hosts} >= set(guest.target.world.sites)
    assert product.network.counts_as_public("127.0.0.12")
    assert not product.network.counts_as_public("10.0.0.7")
    assert product.network.ca_bundle == CA_FILE
    for journey in product.journeys:
        assert all(product.route(step.route) for step in journey.steps)
    assert {route.kind for route in product.routes} >= {"page", "auth", "api", "webhook"}


async def test_two_targets_live_side_by_side(guest: Visitor, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = PracticeTarget(folder)
    await other.start()
    assert other.ports != guest.target.ports
    await other.stop()


async def test_one_loopback_address_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS: what needs a second address is left out, and said so."""
    monkeypatch.setattr("launchready_tui.practice.capabilities._can_bind", lambda address: False)
    small = PracticeTarget(tmp_path)
    await small.start()
    left_out = [state for state in small.faults if state.left_out]
    assert [state.fault.id for state in left_out] == ["shop-old-server"]
    assert not left_out[0].planted
    with pytest.raises(PracticeError, match="only one loopback address"):
        small.break_again("shop-old-server")
    visitor = Visitor(small)
    assert (await visitor.get(f"https://{API}/health")).status_code == 200
    assert (await visitor.dns(f"shop.{DOMAIN}", "A")).answer[0].to_text().endswith("127.0.0.1")
    await small.stop()
