"""The trust store of a run: the system's authorities and those of `[network] ca_bundle`."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path

from launchready_tui.errors import InputError
from launchready_tui.model.product import Network

VERIFY_FLAGS = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
"""Pinned: Python 3.13 made `create_default_context` stricter than browsers are, and every Python has to judge alike."""


def verifying_context(network: Network, base: str) -> ssl.SSLContext:
    """A client context that verifies chain and name. Raises `InputError` for a `ca_bundle` that cannot be read.

    `base` is the folder that `ca_bundle` is relative to. TLS 1.2 is the oldest version, as in today's browsers.
    """
    context = ssl.create_default_context()
    context.verify_flags = VERIFY_FLAGS
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _fill_empty_store(context)
    if network.ca_bundle:
        path = Path(base) / network.ca_bundle
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ssl.SSLError) as error:
            raise InputError(
                f"ca_bundle: cannot read certificates from {path}: {error.strerror or error}",
                "Name a PEM file with the certificates of your authority; the path is relative to the product file.",
            ) from error
    return context


def _fill_empty_store(context: ssl.SSLContext) -> None:
    """Use certifi's authorities where Python has no system store (a python.org build on macOS)."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath or context.cert_store_stats()["x509_ca"]:
        return
    import certifi

    context.load_verify_locations(cafile=certifi.where())


@functools.cache
def public_authorities() -> frozenset[bytes]:
    """Mozilla's list, in DER: the authorities that have to keep to the Baseline Requirements."""
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    return frozenset(context.get_ca_certs(binary_form=True))
