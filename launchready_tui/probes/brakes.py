"""Pure: what in an answer looks like a brake, and whether two answers are the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import median

from launchready_tui.probes.walls import wall

_LOCKOUT = re.compile(
    r"too many (?:failed )?(?:attempts|requests|tries|logins)|try again (?:in|after|later)"
    r"|temporarily (?:locked|blocked|disabled)"
    r"|account (?:is |has been )?locked|TOO_MANY_ATTEMPTS|rate.?limit(?:ed| exceeded)|slow down",
    re.IGNORECASE,
)
_CAPTCHA = re.compile(
    r"g-recaptcha|grecaptcha|h-captcha|hcaptcha\.com|cf-turnstile|challenges\.cloudflare\.com"
    r"|arkoselabs|captcha[_-]?(?:required|token)",
    re.IGNORECASE,
)
_REFUSALS = frozenset({403, 423, 503})
_NOISE = re.compile(
    r"""<input[^>]{0,400}type=["']?hidden[^>]{0,400}>|nonce=["'][^"']{0,200}["']|<meta[^>]{0,200}csrf[^>]{0,400}>"""
    r"""|\b[0-9a-f]{16,}\b|\b[0-9a-f]{8}-[0-9a-f-]{20,30}\b|\d+""",
    re.IGNORECASE,
)
_LEAST_DELAY_MS = 250.0
"""Milliseconds that a delay has to grow by, so that noise of the network is none."""

_TEXT = 65_536


def marks(
    status: int,
    headers: Sequence[tuple[str, str]],
    text: str,
    *,
    first: tuple[int, str] | None = None,
) -> tuple[str, ...]:
    """The brakes that one answer shows. `first` are status and text of the first answer of the series, what counts as
    normal there.
    """
    found: list[str] = []
    usual_status, usual_text = first or (0, "")
    if status == 429:
        found.append("429")
    if wall(status, headers, text):
        found.append("challenge")
    start, usual = text[:_TEXT], usual_text[:_TEXT]
    if _LOCKOUT.search(start) and not _LOCKOUT.search(usual):
        found.append("lockout")
    if _CAPTCHA.search(start) and (first is not None or status in (400, 401, 403, 422)) and not _CAPTCHA.search(usual):
        found.append("captcha")
    if first is not None and status in _REFUSALS and status != usual_status:
        found.append("refused")
    return tuple(found)


def doubtful(status: int, marks: Sequence[str], brake: tuple[int, Sequence[str]] | None = None) -> bool:
    """Whether what looks like a brake may be a hiccup: a dropped connection, or a 503 that says nothing more.

    Behind a `brake` (its status and marks) that looks the same it is none.
    """
    alike = tuple(marks) == ("dropped",) or (status == 503 and tuple(marks) == ("refused",))
    return alike and (brake is None or (status, tuple(marks)) != (brake[0], tuple(brake[1])))


def growing(times: Sequence[float], factor: float) -> bool:
    """Whether the last two answers each took `factor` times the median of the ones before, in milliseconds."""
    if len(times) < 5:
        return False
    usual = median(times[:-2])
    least = max(usual * factor, usual + _LEAST_DELAY_MS)
    return all(took >= least for took in times[-2:])


def shape(status: int, location: str, text: str, hide: Iterable[str] = ()) -> str:
    """A hash by which equal answers are equal: without numbers, nonces, hidden fields, and what was sent (`hide`)."""
    plain = text[:_TEXT]
    for word in hide:
        if len(word) > 3:
            plain = (
                plain.replace(word, "").replace(word.replace("@", "%40"), "").replace(word.replace("@", "&#64;"), "")
            )
    plain = " ".join(_NOISE.sub("", plain).split())
    return hashlib.sha256(f"{status} {_NOISE.sub('', location)} {plain}".encode(errors="replace")).hexdigest()[:16]


def retry_after(value: str, now: datetime | None = None) -> float | None:
    """Seconds of a Retry-After, as a number or as a date (RFC 9110 section 10.2.3); None for anything else."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def quota(headers: Iterable[tuple[str, str]]) -> str:
    """What the server says of its limit: the structured RateLimit headers, or the three older ones."""
    names = ("ratelimit-policy", "ratelimit", "ratelimit-limit", "x-ratelimit-limit")
    found = {name: value for name, value in headers if name in names}
    return "; ".join(f"{name}: {found[name][:100]}" for name in names if name in found)
