"""Fingerprints: equal shapes meet, nothing of a value is left, whatever the text."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from launchready_tui.queries.fingerprint import LONGEST, fingerprint, identity
from launchready_tui.queries.lexing import Dialect, take_comments
from launchready_tui.queries.tables import tables_of
from launchready_tui.queries.tags import Tags, fold_path, read_tags

PLACEHOLDERS = "select a::int, b::text[] from t where c = ? and d = ? and e = ?"
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM t WHERE id = 5", "select * from t where id = ?"),
        ("select *\n\tfrom  t\n where id=$1;", "select * from t where id=?"),
        ("SELECT 'it''s', E'a\\'b 5', $$x 'y' 6$$, $t$z$$7$t$", "select ?, ?, ?, ?"),
        ("SELECT 1.5e-3, .5, 0xFF, 1_000, -7, +3, a-3, t1.c2", "select ?, ?, ?, ?, ?, ?, a-?, t1.c2"),
        ("SELECT x'1F', B'101', N'ä', U&'\\0061', true, NULL", "select ?, ?, ?, ?, true, null"),
        ('SELECT "Total 5", "a".b FROM "T 1"', 'select "Total 5", "a".b from "T 1"'),
        ("select a::int, b::text[] from t where c = :n and d = %s and e = %(x)s", PLACEHOLDERS),
        ("SELECT * FROM t WHERE id IN (1, 2,3)", "select * from t where id in (?+)"),
        ("SELECT * FROM t WHERE id IN ( $1 )", "select * from t where id in (?+)"),
        ("SELECT * FROM t WHERE id IN (1::int, '2'::uuid, NULL)", "select * from t where id in (?+)"),
        ("SELECT * FROM t WHERE (a,b) IN ((1,2),(3,4))", "select * from t where (a,b) in ((?+))"),
        ("SELECT * FROM t WHERE id = ANY(ARRAY[1,2,3])", "select * from t where id = any(array[?+])"),
        ("INSERT INTO t (a,b) VALUES (1,'x'), (2,NULL), (3,DEFAULT)", "insert into t (a,b) values (?+)"),
        ("INSERT INTO t VALUES (1, now()), (2, now())", "insert into t values (?, now())"),
        ("SELECT 1 -- 2\n+ 3 /* 4 /* 5 */ 6 */ + 7", "select ? + ? + ?"),
        ("SELECT '--', '/*' , \"a--b\" FROM t", 'select ?, ?, "a--b" from t'),
        ("SAVEPOINT s140_x1", "savepoint ?"),
        ('ROLLBACK TO SAVEPOINT "s140_x1"', "rollback to savepoint ?"),
        ("DEALLOCATE ALL", "deallocate all"),
        ('FETCH 100 FROM "_django_curs_140"', "fetch ? from ?"),
        ("SELECT 'never closed 42", "select ?"),
        ('SELECT "never closed 42', "select ?"),
        ("SELECT a FROM t LIMIT 20 OFFSET 40", "select a from t limit ? offset ?"),
        ("", ""),
        (";", ""),
    ],
)
def test_shapes(sql: str, expected: str) -> None:
    found = fingerprint(sql)
    assert found == expected
    assert fingerprint(found) == found


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT "a \\" 5" FROM `my 2 t` WHERE x = \'y\\\'z\' # 7\n AND b', "select ? from `my 2 t` where x = ? and b"),
        ("SELECT * FROM 2fa_tokens WHERE a = 1e5 AND b = 0x1F", "select * from 2fa_tokens where a = ? and b = ?"),
        ("select a--1", "select a- -?"),
        ("select a -- 1", "select a"),
        ("SELECT @user, 5", "select @user, ?"),
    ],
)  # fmt: skip
def test_shapes_of_mysql(sql: str, expected: str) -> None:
    assert fingerprint(sql, "mysql") == expected


def test_lists_of_any_length_meet_and_so_do_spellings() -> None:
    lists = {
        fingerprint(f"SELECT a FROM t WHERE id IN ({', '.join('7' * (n % 5 + 1) for n in range(k))})")
        for k in range(1, 60)
    }
    assert len(lists) == 1
    rows = {fingerprint(f"insert into t values {', '.join(['(1, 2)'] * n)}") for n in range(1, 60)}
    assert len(rows) == 1
    assert fingerprint("select A from T") == fingerprint("SELECT a\nFROM\tt ;")


def test_a_list_that_the_log_cut_meets_its_shape() -> None:
    whole = "insert into t (a, b) values (1, 'x'), (2, 'y'), (3, 'z')"
    for at in range(whole.index("(2"), len(whole)):
        assert fingerprint(whole[:at]) == fingerprint(whole), whole[:at]


def test_identity_is_stable() -> None:
    assert identity("select ?") == "b9a4c90ce4157373"
    assert identity(fingerprint("select 1")) == identity(fingerprint("SELECT   2;"))
    assert identity("select ?") != identity("select ?, ?")


def test_long_shapes_are_cut_and_told_apart() -> None:
    head = "select " + ", ".join(f"column_{n}" for n in range(2_000))
    one, other = fingerprint(f"{head}, a from t"), fingerprint(f"{head}, b from t")
    assert len(one) <= LONGEST
    assert one != other
    assert fingerprint(one) == one


WORDS = st.sampled_from((
    'select', 'from', 'where', 'and', 'or', 'in', 'values', 'insert', 'into', 'update', 'set', 'join', 'on', 'as',
    't1', 'a.b', '"id"', '"T 5"', '`x`', '(', ')', ',', ';', '=', '<', '-', '+', '*', '/', ':', '::', '.', 'in(',
    'values(', 'array[', ']', '?', '$1', ':name', '%s', '--', '/*', '*/', '#', "'", '"', '`', '$$', '$a$', "E'",
    "''", '\\', "\\'", '5', '5.5', '.5', '1e5', '1e-5', '0x1f', 'null', 'true', 'limit', 'offset', 'between',
    'savepoint', 'fetch', 'declare', "x'1'", 'é', '\x00', '\n', '\t',
))  # fmt: skip
TEXTS = st.one_of(
    st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join), st.text(max_size=80)
)


@given(TEXTS, st.sampled_from(DIALECTS))
@example("a - -5", "postgresql")
@example("in (?+?, 1)", "postgresql")
@example("$$x$$'y'", "postgresql")
@example('"' + "x" * 200 + '" 5', "sqlite")
def test_a_shape_of_a_shape_is_itself(text: str, dialect: Dialect) -> None:
    once = fingerprint(text, dialect)
    assert fingerprint(once, dialect) == once


@given(TEXTS, st.sampled_from(DIALECTS))
def test_no_number_survives(text: str, dialect: Dialect) -> None:
    quote = "`" if dialect == "mysql" else '"'
    outside = re.sub(f"{quote}[^{quote}]*{quote}", " x ", fingerprint(text, dialect))
    assert not re.search(r"(?<![\w$@])\d+(?![\w$])", outside)


NUMBERS = st.one_of(
    st.integers(10_000, 10**18).map(str),
    st.decimals(0, 10**6, places=4, allow_nan=False).map(str),
    st.just("0xDEADBEEF7"),
)
SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="\\'\"$`\x00"), min_size=1, max_size=20).map(
    lambda text: f"sEcReT{text}"
)


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A statement with values that can be recognised; strings hold the word sEcReT."""
    value = st.one_of(
        NUMBERS,
        SECRETS.map(lambda text: f"'{text}'"),
        SECRETS.map(lambda text: f"'a''{text}'"),
        SECRETS.map(lambda text: f"E'a\\'{text}'"),
        SECRETS.map(lambda text: f"$q${text}$q$"),
        SECRETS.map(lambda text: f"$${text}$$"),
    )
    values = draw(st.lists(value, min_size=1, max_size=5))
    form = draw(
        st.sampled_from(
            ("SELECT * FROM t WHERE a = {} AND b IN ({})", "INSERT INTO t VALUES ({}, {})",
             "UPDATE t SET a={} WHERE b<{}", "SELECT {} -- sEcReT 77777\nFROM t /* sEcReT 77777 {} */ WHERE c = {}")
        )
    )  # fmt: skip
    return form.format(values[0], ", ".join(values), values[-1])


@given(statements(), st.data())
def test_no_value_survives_even_if_the_text_is_cut(sql: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sql)))
    for text in (sql, sql[:at]):
        found = fingerprint(text)
        assert "secret" not in found.lower()
        assert not re.search(r"\d", found)


HOSTILE = """
import sys
from launchready_tui.queries.fingerprint import fingerprint
from launchready_tui.queries.lexing import take_comments
from launchready_tui.queries.tables import tables_of
from launchready_tui.queries.tags import read_tags
atoms = ["'", '"', '`', '/*', '*/', '/**/', '--', '$$', '$a$', '(', '?,', 'in (', 'values (', 'values ((', '((?', '1e',
         '::', '%(', "E'", '- ', "x'", 'from ', 'with a as (', "a='", 'in (?, ', 'values (a), (a), ', 'from a b, ',
         '(?, now()), ']
for dialect in ('postgresql', 'mysql', 'sqlite'):
    for atom in atoms:
        for head in ('', 'insert into t values ', "select '"):
            text = head + atom * (1_000_000 // len(atom))
            tables_of(fingerprint(text, dialect)), read_tags(take_comments(text, dialect)[1])
"""


def test_hostile_megabytes_take_linear_time() -> None:
    """252 texts of a megabyte each: a quadratic pattern would need days."""
    subprocess.run([sys.executable, "-c", HOSTILE], check=True, timeout=900)


# --- what comments and tables say -------------------------------------------------------------------------------------

TRACE = "5bd66ef5095369c7b0d1f8f4bd33716a"


@pytest.mark.parametrize(
    ("comment", "tags"),
    [
        ("request_id='r-1',route='listing'", Tags("r-1", "", "listing")),
        (f"action='%2Fx',route='%2Fpolls%2F',traceparent='00-{TRACE}-c532cb4098ac3dd2-01'", Tags("", TRACE, "/polls/")),
        ("application:Shop,controller:a,action:index,request_id:ab-12", Tags("ab-12", "", "a#index", "Shop")),
        (" x-request-id: ab ", Tags("ab")),
        ("route='/listings/4711'", Tags(endpoint="/listings/:id")),
        ("route='^listings/(?P<id>[0-9]+)/$'", Tags(endpoint="^listings/(?P<id>[0-9]+)/$")),
        ("path='/users/ada@example.com?token=abc'", Tags(endpoint="/users/:id")),
        (f"trace_id='{TRACE.upper()}'", Tags(trace=TRACE)),
        ("traceparent='00-nonsense-01'", Tags()),
        ("just a note", Tags()),
        ("request_id='',route=''", Tags()),
    ],
)  # fmt: skip
def test_tags(comment: str, tags: Tags) -> None:
    assert read_tags([comment]) == tags
    for sql in (f"SELECT 1 /*{comment}*/", f"/*{comment}*/ SELECT 1;", f"SELECT /*{comment}*/ 1"):
        bare, comments = take_comments(sql, "postgresql")
        assert read_tags(comments) == tags
        assert fingerprint(bare) == "select ?"


def test_a_tag_from_outside_is_made_harmless() -> None:
    assert "\x1b" not in read_tags(["route='%1b]52;c;x%07'"]).endpoint
    assert len(read_tags([f"request_id='{'x' * 490}'"]).request) < 160
    assert fold_path("/a/1/b") == "/a/:id/b"


@pytest.mark.parametrize(
    ("shape", "tables"),
    [
        ("select * from listings l join sellers s on s.id = l.seller_id", ("listings", "sellers")),
        ('select a from "public"."listings", users u where true', ("public.listings", "users")),
        ("select * from generate_series(?,?) g, t", ("t",)),
        ("with x as (select * from a), y as (select * from b) select * from x join y on true", ("a", "b")),
        ("insert into orders (a) select * from carts", ("orders", "carts")),
        ("insert into t values (?+) on conflict (a) do update set b = ?", ("t",)),
        ("update listings set a = ? from users u", ("listings", "users")),
        ("delete from only a.b", ("a.b",)),
        ("select extract(epoch from created_at), a is distinct from b from t for update of t", ("t",)),
        ("select * from (select * from q) z left join lateral f(?) on true", ("q",)),
        ("copy listings (a) from stdin", ("listings",)),
        ("select * from `my db`.`t`", ("my db.t",)),
        ("select ?", ()),
    ],
)
def test_tables(shape: str, tables: tuple[str, ...]) -> None:
    assert tables_of(shape) == tables
