"""What this machine can serve: some faults need several loopback addresses, or an OpenSSL that still speaks old TLS."""

from __future__ import annotations

import socket
import ssl
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from launchready_tui.practice.ca import CertificateAuthority
from launchready_tui.practice.faults import Need
from launchready_tui.practice.shop.cluster import postgres_is_possible
from launchready_tui.practice.tlsstream import server_context
from launchready_tui.practice.world import Leaf, TlsPolicy
from launchready_tui.secrets.gitcommand import is_installed

_OTHER_ADDRESS = "127.0.0.2"

_EXPLANATIONS: dict[Need, str] = {
    "addresses": "this machine has only one loopback address",
    "postgres": "PostgreSQL (initdb) or its client (pip install 'launchready[pg]') is not installed, so SQLite serves",
    "old-tls": "the OpenSSL of this machine cannot serve TLS 1.0",
    "null-ciphers": "the OpenSSL of this machine cannot serve suites without encryption",
    "secrets-engine": "git or the secrets engine (pip install 'launchready[secrets]') is not installed",
    "weak-keys": "the OpenSSL of this machine refuses weak certificates",
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The needs that this machine cannot fill."""

    missing: frozenset[Need]

    @property
    def single_address(self) -> bool:
        """Whether everything has to live on 127.0.0.1."""
        return "addresses" in self.missing

    def without(self, need: Need) -> Capabilities:
        """The same machine, after it turned out that it cannot fill a need."""
        return Capabilities(self.missing | {need})

    def left_out_because(self, need: Need | None) -> str:
        """Why a fault with that need is left out; '' if it is not."""
        return _EXPLANATIONS[need] if need in self.missing and need is not None else ""


def capabilities(folder: Path) -> Capabilities:
    """Try out what the machine can do. Keys touch `folder` for a moment."""
    authority = CertificateAuthority()
    old = TlsPolicy(oldest="TLSv1", ciphers="ALL")
    bare = TlsPolicy(newest="TLSv1_2", ciphers="eNULL")
    works: dict[Need, bool] = {
        "addresses": _can_bind(_OTHER_ADDRESS),
        "postgres": postgres_is_possible(),
        "old-tls": _can_serve(authority, folder, Leaf(), old, ssl.TLSVersion.TLSv1),
        "null-ciphers": _can_serve(authority, folder, Leaf(), bare, ssl.TLSVersion.TLSv1_2),
        "secrets-engine": is_installed() and find_spec("kingfisher_sdk") is not None,
        "weak-keys": _can_serve(authority, folder, Leaf(key="rsa-1024"), TlsPolicy(), ssl.TLSVersion.TLSv1_2)
        and _can_serve(authority, folder, Leaf(key="rsa-2048", sha1=True), TlsPolicy(), ssl.TLSVersion.TLSv1_2),
    }
    return Capabilities(frozenset(need for need, able in works.items() if not able))


def _can_bind(address: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def _can_serve(
    authority: CertificateAuthority, folder: Path, leaf: Leaf, policy: TlsPolicy, version: ssl.TLSVersion
) -> bool:
    """Whether a handshake of that version succeeds in memory, against a client that accepts anything."""
    try:
        server = server_context(policy)
        authority.issue("capabilities.test", leaf).load_into(server, folder)
        return _shake_hands(_careless_client(policy, version), server)
    except (ssl.SSLError, ValueError, OSError):
        return False


def _careless_client(policy: TlsPolicy, version: ssl.TLSVersion) -> ssl.SSLContext:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.set_ciphers(f"{policy.ciphers or 'ALL'}:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version = client.maximum_version = version
    return client


def _shake_hands(client_context: ssl.SSLContext, server_context: ssl.SSLContext) -> bool:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    finished = [False, False]
    for _ in range(6):
        for side, connection in enumerate((client, server)):
            if not finished[side]:
                try:
                    connection.do_handshake()
                    finished[side] = True
                except ssl.SSLWantReadError:
                    continue
    return all(finished)
