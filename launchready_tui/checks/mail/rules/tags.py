"""The tag lists that DKIM and DMARC records are made of: `name=value; name=value` (RFC 6376 section 3.2)."""

from __future__ import annotations

LONGEST = 65_535
"""Characters of a record that are read: more cannot come over the wire."""


def tag_list(text: str) -> tuple[tuple[str, str], ...]:
    """The tags in their order, names in lower case, without blanks around them. What has no `=` is left out."""
    pairs = (part.partition("=") for part in text[:LONGEST].split(";"))
    return tuple((name.strip().lower(), value.strip()) for name, equals, value in pairs if equals)


def without_blanks(text: str) -> str:
    """The text without blanks: base64 values may be folded anywhere."""
    return "".join(text.split())
