"""Pure: an answer read as text, and whether it says anything about the product at all."""

from __future__ import annotations

from collections.abc import Iterable

from launchready_tui.model.evidence import Failure, Fault
from launchready_tui.probes.decoding import decode_text
from launchready_tui.probes.httpfetch import Fetched
from launchready_tui.probes.walls import wall


def header(headers: Iterable[tuple[str, str]], name: str) -> str:
    """The first header of that name (in lower case), '' if absent."""
    return next((value for key, value in headers if key == name), "")


def media_type(got: Fetched) -> str:
    """`text/html` of `Text/HTML; charset=utf-8`."""
    return header(got.headers, "content-type").partition(";")[0].strip().lower()


def text_of(got: Fetched) -> str:
    """The body as text, '' for pictures, films and fonts."""
    kind = media_type(got)
    return "" if kind.startswith(("image/", "video/", "audio/", "font/")) else decode_text(got.body, kind_of(got))


def kind_of(got: Fetched) -> str:
    """The whole Content-Type."""
    return header(got.headers, "content-type")


def not_the_product(host: str, got: Fetched, text: str) -> Failure | None:
    """Why an answer tells nothing about the product: a bot wall, or a brake that asks us to stop."""
    status = got.response.status_code
    if by := wall(status, got.headers, text):
        message = f"a bot wall ({by}) answered in place of {host}, with status {status}"
        return Failure("bot-wall", message, Fault.PERMISSION)
    if status == 429:
        return Failure("rate-limited", f"{host} answers 429 Too Many Requests", Fault.PERMISSION)
    return None
