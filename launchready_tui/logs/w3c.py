"""Extended logs that name their own columns (`#Fields:`), as IIS and CloudFront write them.

Sources: W3C working draft WD-logfile-960323; IIS, W3C logging fields (time-taken in milliseconds); CloudFront, standard
log file fields (time-taken in seconds).
"""

from __future__ import annotations

import re

from launchready_tui.logs.layouts import Role, TextLayout, Unit

FIELDS = b"#Fields:"
COMMENT = re.compile(rb"\n#(?:Fields|Version|Date|Start-Date|End-Date|Software|Remark)\b[^\n]*", re.IGNORECASE)
"""A line that describes the log and is no request."""

IIS_FIELDS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status"
    " sc-substatus sc-win32-status time-taken"
)
"""The columns of IIS where nobody changed them, for a log whose beginning was cut off."""

CLOUDFRONT_FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent)"
    " cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken"
)
"""The first columns of CloudFront's standard log."""

_MOST_FIELDS = 100
_ROLES: dict[str, Role] = {
    "date": "time",
    "time": "time2",
    "cs-method": "method",
    "cs-uri-stem": "target",
    "cs-uri": "target",
    "sc-status": "status",
    "time-taken": "duration",
}
_VALUES: dict[Role, str] = {
    "time": r"(\d{4}-\d\d-\d\d)",
    "time2": r"(\d\d:\d\d:\d\d)",
    "status": r"(\d+|-)",
    "duration": r"(\d+(?:\.\d+)?|-)",
}
_ONLY_IIS = frozenset(("s-sitename", "s-computername", "s-ip", "sc-substatus", "sc-win32-status"))


def layout_of(header: bytes) -> TextLayout | None:
    """The layout that a `#Fields:` line (or its columns) declares; None where it names no path or no status."""
    text = header.decode("ascii", "replace").removeprefix(FIELDS.decode()).strip()
    names = text.split()[:_MOST_FIELDS]
    known = [name.lower() for name in names]
    edge = "x-edge-location" in known
    separator = r"\t" if edge else " "
    if "cs-uri-stem" in known and "cs-uri" in known:
        known[known.index("cs-uri")] = "-"
    roles: list[Role] = []
    parts: list[str] = []
    for name in known:
        role = _ROLES.get(name)
        if role is None or role in roles:
            parts.append(rf"[^{separator}\n]*")
            continue
        roles.append(role)
        default = rf"([^{separator}?\n]*+)[^{separator}\n]*+" if role == "target" else rf"([^{separator}\n]+)"
        parts.append(_VALUES.get(role, default))
    if "target" not in roles or "status" not in roles:
        return None
    while known[len(parts) - 1] not in _ROLES:
        parts.pop()
    title = "CloudFront" if edge else "IIS, W3C extended" if _ONLY_IIS & set(known) else "W3C extended"
    unit: Unit = "ms" if _ONLY_IIS & set(known) and not edge else "s"
    pattern = "^" + separator.join(parts) + rf"(?:{separator}.*)?$"
    return TextLayout(f"w3c:{' '.join(known)}", title, pattern, tuple(roles), unit, gappy=True)


def fallbacks() -> list[TextLayout]:
    """Layouts for logs without a header."""
    found = []
    for name, fields in (("cloudfront", CLOUDFRONT_FIELDS), ("iis", IIS_FIELDS)):
        layout = layout_of(fields.encode())
        assert layout is not None
        layout.name = name
        found.append(layout)
    return found
