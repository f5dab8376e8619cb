"""What an attacker writes into a TXT record, a header, a certificate, a file name (TEXTUAL.md d.6)."""

from __future__ import annotations

HOSTILE: dict[str, str] = {
    "title": "\x1b]0;owned\x07rest",
    "link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07rest",
    "clear": "\x1b[2Jrest",
    "report": "\x1b[6nrest",
    "dcs": "\x1bP$qm\x1b\\rest",
    "c1": "\x9b31mred\x9d0;owned\x9crest",
    "bidi": "safe\u202egnp.exe\u2066x\u2069",
    "marks": "a\u200e\u200f\u061cb\u2028c\u2029d",
    "markup": "v=spf1 [/x] all [bold]x[/bold]",
    "broken markup": "[[[/] [/bold [",
    "action": "[@click=app.quit]press[/]",
    "nul": "a\x00b\x7fc",
    "lines": "one\ntwo\r\nthree\ttabbed",
    "surrogate": "lone \ud800 surrogate",
    "long": "A" * 100_000,
    "wide": "宽字符" * 30 + "👩‍👩‍👧",
}
"""By the kind of attack."""

FORBIDDEN = [
    *range(0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    0x200E,
    0x200F,
    0x061C,
    0x2028,
    0x2029,
]
"""Code points that must never be drawn."""


def found_in(text: str) -> set[str]:
    """The forbidden characters in a text, as hex."""
    return {f"U+{ord(character):04X}" for character in text if ord(character) in FORBIDDEN}
