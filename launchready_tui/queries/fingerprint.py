"""Pure: statements without their values, so that equal shapes are counted together (after pt-query-digest).

Numbers, strings, dollar quotes and placeholders become `?`; lists in IN, VALUES and ARRAY become `?+`; comments go;
white space becomes a space; what is not quoted becomes lower case. Quoted identifiers, booleans and NULL stay. Names
that a program invents for each use (savepoints, cursors, prepared statements) become `?` as well.

All patterns are possessive, so that time grows with length alone, whatever the text.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from launchready_tui.queries.lexing import Dialect, take_comments

LONGEST = 4_096
"""Characters of a fingerprint; a longer one is cut and carries a hash of all of it."""

# A statement is read as a row of pairs: text that stays, then a value. The end of the text counts as a value.
_END = "\x00"
_POSTGRES = re.compile(
    rf"""
    (   (?: (?![eEbBxXnN]'|[uU]&')[^\W\d][\w$]*+
          | [^\w$'":%.{_END}]++
          | "[^"{_END}]{{0,128}}+"
          | \.(?!\d)
          | ::
          | :(?![^\W\d])
          | %(?!s\b|\(\w++\)s)
          | \$(?!\d)
        )*+ )
    (?: [eE]'(?:[^'\\{_END}]++|\\[^{_END}]|'')*+'?
      | (?:[bBxXnN]|[uU]&)?'[^'{_END}]*+(?:''[^'{_END}]*+)*+'?
      | \.?\d++(?:\.\d*+)?(?:[eE][+-]?\d++)?[\w$]*+
      | \$\d[\w$]*+
      | :\w[\w$]*+
      | %(?:s|\(\w++\)s)[\w$]*+
      | "[^"{_END}]*+"?
      | {_END} )
    """,
    re.VERBOSE,
)
_NUMBER = r"(?:0[xX][\da-fA-F]++|0[bB][01]++|\.?\d++(?:\.\d*+)?(?:[eE][+-]?\d++)?)(?![\w$])"
_MYSQL = re.compile(
    rf"""
    (   (?: (?![bBxXnN]')[^\W\d][\w$]*+
          | [^\w$'"`:%.{_END}]++
          | `[^`{_END}]{{0,128}}+`
          | \.(?!\d)
          | (?!{_NUMBER})\d[\w$]*+
          | :(?![^\W\d])
          | %(?!s\b|\(\w++\)s)
          | \$
        )*+ )
    (?: [bBxXnN]?'(?:[^'\\{_END}]++|\\[^{_END}]|'')*+'?
      | "(?:[^"\\{_END}]++|\\[^{_END}]|"")*+"?
      | {_NUMBER}
      | \.\d*+
      | :\w++
      | %(?:s|\(\w++\)s)
      | `[^`{_END}]*+`?
      | {_END} )
    """,
    re.VERBOSE,
)
_PAIRS = {"postgresql": _POSTGRES, "sqlite": _POSTGRES, "mysql": _MYSQL}

_SIGN = re.compile(
    r"((?:[(\[,=<>*/+%|]|\b(?:and|or|not|in|is|between|like|limit|offset|when|then|else|case|select|where|having|set"
    r"|values|by|on|returning|return|interval)) ?)(?:[-+] ?)++\?"
)
_MINUSES = re.compile(r"(\"[^\"]*+\"|`[^`]*+`)|-(?=-)")
_CAST = r"(?:::[a-z_][\w.]*+(?:\[\])?)?"
_ITEM = rf"(?:\?(?!\+){_CAST}|null|default|true|false)"
_ITEMS = rf"{_ITEM}(?: ?, ?{_ITEM})*+"
_ROW = rf"\({_ITEMS}(?:\)| ?,?\Z)"
_LIST = re.compile(rf"\b(in|values?) ?{_ROW}(?: ?, ?(?:{_ROW}|\(?\Z))*+")
_ROWS = re.compile(rf"\bin ?\({_ROW}(?: ?, ?{_ROW})*+(?:\)|\Z)")
_ARRAY = re.compile(rf"\barray ?\[{_ITEMS}(?:\]|\Z)")
_SAME_ROWS = re.compile(r"\bvalues ?(\((?:[^()]++|\([^()]*+\))*+\))(?: ?, ?\1)++")
_INVENTED = re.compile(
    r"^(savepoint|release savepoint|release|rollback(?: work| transaction)? to savepoint|rollback to|deallocate prepare"
    r"|deallocate|prepare|execute|declare|close|listen|unlisten) (?!all\b)(?:\"[^\"]*+\"|`[^`]*+`|[^\s(;]++)"
)
_CURSOR = re.compile(r"^((?:fetch|move) .*?(?:from|in) )(?:\"[^\"]*+\"|[^\s;]++)$")
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_HEADS = ("savepoint", "rel", "rollback ", "deallo", "prepare", "execute", "declare", "close", "listen", "unlisten")


def fingerprint(sql: str, dialect: Dialect = "postgresql") -> str:
    """The shape of a statement; applied to a shape it changes nothing."""
    return shape(take_comments(sql, dialect)[0], dialect)


def shape(sql: str, dialect: Dialect = "postgresql") -> str:
    """The shape of a statement that has no comments and no dollar quotes any more."""
    if _END in sql:
        sql = sql.replace(_END, " ")
    text = "?".join(_PAIRS[dialect].findall(sql + _END))
    text = " ".join(text.split()).rstrip("; ")
    if '"' in text:
        parts = text.split('"')
        parts[::2] = [part.lower() for part in parts[::2]]
        text = '"'.join(parts)
    else:
        text = text.lower()
    if "--" in text:
        text = _MINUSES.sub(lambda found: found[1] or "- ", text)
    if "-" in text or "+" in text:
        text = _SIGN.sub(r"\1?", text)
    if "( " in text or " )" in text or " ," in text:
        text = text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    if "(?" in text or "values" in text:
        text = _collapsed(text)
    if "array" in text:
        text = _ARRAY.sub("array[?+]", text)
    if text.startswith(_HEADS):
        text = _INVENTED.sub(r"\1 ?", text)
    elif text.startswith(("fetch ", "move ")):
        text = _CURSOR.sub(r"\1?", text)
    return text if len(text) <= LONGEST else _cut(text)


def _cut(text: str) -> str:
    """The beginning of a long shape, up to a space outside quotes, and its id in letters (digits would be values)."""
    start = text[: LONGEST - 20]
    if start.count('"') % 2:
        start = start[: start.rfind('"')]
    return f"{start.rpartition(' ')[0] or start}… {identity(text).translate(_LETTERS)}"


def _collapsed(text: str) -> str:
    """Lists of values of any length as one: `in (?+)`, `values (?+)`."""
    text = _LIST.sub(r"\1 (?+)", text)
    if "((" in text:
        text = _ROWS.sub("in ((?+))", text)
    return _SAME_ROWS.sub(r"values \1", text) if "values" in text else text


def identity(fingerprint: str) -> str:
    """A stable id of a fingerprint: 16 hex digits."""
    return blake2b(fingerprint.encode("utf-8", "replace"), digest_size=8).hexdigest()
