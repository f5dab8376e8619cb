"""The slow logs of MySQL, MariaDB and Percona Server."""

from __future__ import annotations

from pathlib import Path

from tests.queries.logs import one, read, shapes, slow

SERVER = """/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:
Tcp port: 3306  Unix socket: /run/mysqld.sock
Time                 Id Command    Argument
"""


def test_a_record(tmp_path: Path) -> None:
    facts = read(tmp_path, SERVER + slow("SELECT *\nFROM t\nWHERE a = \"x 5\" # why\n AND b = 'it\\'s'"))
    query = one(facts)
    assert query.fingerprint == "select * from t where a = ? and b = ?"
    assert (query.calls, query.total_ms, query.lock_ms, query.rows_sent, query.rows_examined) == (1, 1.5, 0.01, 1, 100)
    assert (query.users, query.databases) == (("shop",), ())
    assert (facts.unparsed, facts.files[0].format) == (0, "MySQL slow query log")
    assert facts.begin == 1795514400.123456


def test_use_lasts_until_the_next_one(tmp_path: Path) -> None:
    use = "SET timestamp=1795514400;\n"
    text = slow("SELECT 1 FROM a").replace(use, "use `shop`;\n" + use) + slow("SELECT 1 FROM b")
    text += slow("SELECT 1 FROM c").replace(use, "use other;\n" + use)
    facts = read(tmp_path, text)
    assert {query.tables[0]: query.databases for query in facts.queries} == {
        "a": ("shop",), "b": ("shop",), "c": ("other",),
    }  # fmt: skip


MARIA = """# Time: 261124  8:07:18
# User@Host: [root] @ localhost []
# Thread_id: 4  Schema: shop  QC_hit: No
# Query_time: 0.000119  Lock_time: 0.000040  Rows_sent: 3  Rows_examined: 7
# Rows_affected: 0  Bytes_sent: 156
# Full_scan: Yes  Full_join: No  Tmp_table: No  Tmp_table_on_disk: No
# Filesort: No  Filesort_on_disk: No  Merge_passes: 0  Priority_queue: No
#
# explain: id	select_type	table	type	possible_keys	key	key_len	ref	rows	r_rows	filtered	Extra
# explain: 1	SIMPLE	listings	ALL	PRIMARY	NULL	NULL	NULL	3	3.00	100.00	Using where
#
SET timestamp=1795507638;
select id from listings where id in (1,2,3);
# User@Host: [root] @ localhost []
# Thread_id: 4  Schema:   QC_hit: No
# Query_time: 0.500000  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0
SET timestamp=1795507638;
select now();
"""


def test_mariadb_with_explain(tmp_path: Path) -> None:
    facts = read(tmp_path, MARIA)
    assert shapes(facts) == {"select id from listings where id in (?+)": 1, "select now()": 1}
    listing, now = sorted(facts.queries, key=lambda query: query.fingerprint)
    assert (listing.databases, listing.users, listing.rows_examined) == (("shop",), ("root",), 7)
    assert now.databases == ()
    assert facts.unparsed == 0
    assert facts.end == 1795507638.5


def test_percona_extras_and_sampling(tmp_path: Path) -> None:
    head = (
        "# Schema: shop  Last_errno: 0  Killed: 0\n# QC_Hit: No  Full_scan: Yes\n"
        "#   InnoDB_IO_r_ops: 0  InnoDB_IO_r_bytes: 0\n# No InnoDB statistics available for this query\n"
        "# Log_slow_rate_type: query  Log_slow_rate_limit: 10\n"
    )
    facts = read(tmp_path, slow("select 1 from t", head=head))
    assert one(facts).databases == ("shop",)
    assert facts.lower_bound.startswith("one in 10 statements was logged")


def test_killed_statements_are_no_calls(tmp_path: Path) -> None:
    query = one(read(tmp_path, slow("select 1 from t", head="# Schema: shop  Last_errno: 0  Killed: 3024\n")))
    assert (query.calls, query.troubles, query.timeouts) == (0, 1, 1)


def test_administrator_commands_are_no_statements(tmp_path: Path) -> None:
    text = slow("XX").replace("XX;\n", "").replace("SET timestamp=1795514400;\n", "# administrator command: Quit;\n")
    facts = read(tmp_path, text + slow("select 1 from t"))
    assert (facts.statements, facts.other_lines) == (1, 1)


def test_time_and_user_on_one_line(tmp_path: Path) -> None:
    text = slow("select 1 from t").replace("Z\n# User@Host: shop[shop]", "Z # User@Host: [SQL_SLAVE]")
    assert one(read(tmp_path, text)).users == ("SQL_SLAVE",)


def test_a_statement_with_a_comment_like_a_header_stays_whole(tmp_path: Path) -> None:
    facts = read(tmp_path, slow("select 1 # Time flies\nfrom t # another remark\nwhere a = 5"))
    assert shapes(facts) == {"select ? from t where a = ?": 1}


def test_a_log_that_begins_in_the_middle(tmp_path: Path) -> None:
    text = slow("select 1 from t") + slow("select 2 from u")
    facts = read(tmp_path, text[text.index("Rows_examined") :])
    assert shapes(facts) == {"select ? from u": 1}
    assert facts.unparsed >= 1
