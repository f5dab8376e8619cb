"""PostgreSQL's logs: every prefix, every form, each execution once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from launchready_tui.model.questions.querylog import QueryLogFacts
from launchready_tui.queries.postgresprefix import AnyPrefix, Prefix, recognised
from tests.queries.logs import AT, csvlog, jsonlog, one, read, shapes, stderr

SELECT = "SELECT a FROM t WHERE id = 5"
SHAPE = "select a from t where id = ?"
TOLD = f"LOG:  duration: 1.500 ms  statement: {SELECT}"


@pytest.mark.parametrize(
    ("prefix", "template", "user", "database", "application", "session"),
    [
        (f"{AT} [41] shop@market ", "%m [%p] %q%u@%d ", "shop", "market", "", "41"),
        (f"{AT} [41] ", "%m [%p] ", "", "", "", "41"),
        ("2026-11-24 10:00:00 UTC:10.0.0.1(5432):shop@market:[41]:", "%t:%r:%u@%d:[%p]:", "shop", "market", "", "41"),
        (f"{AT} [41]: [3-1] db=market,user=shop ", "%m [%p]: [%l-1] db=%d,user=%u ", "shop", "market", "", "41"),
        ("2026-11-24 10:00:00 CET [41]: [3-1] user=shop,db=market,app=a b,client=10.1.1.1 ",
         "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "shop", "market", "a b", "41"),
        (f"{AT} [41]: user=shop,db=market,app=web,client=127.0.0.1 ", "%m [%p]: user=%u,db=%d,app=%a,client=%h ",
         "shop", "market", "web", "41"),
        (f"{AT} [41] [user=shop,db=market,app=web] ", "%m [%p] [user=%u,db=%d,app=%a] ", "shop", "market", "web", "41"),
        ("2026-11-24 10:00:00 UTC-6a45d422.1513f3-", "%m-%c-", "", "", "", "6a45d422.1513f3"),
        (f"10.0.0.2 {AT} [41] shop@market ", "%h %m [%p] %q%u@%d ", "shop", "market", "", "41"),
        ("2026-11-24 10:00:00 UTC 41 5-1 db-market,user-shop,app-psql,client-10.0.0.1 ",
         "%m %p %l-1 db-%d,user-%u,app-%a,client-%h ", "shop", "market", "psql", "41"),
        ("1795514400.123 [41] shop@market ", "%n [%p] %q%u@%d ", "shop", "market", "", "41"),
        ('time="2026-11-24T10:00:00Z" pid="41" user="shop" database="market" application_name="a, b" ', "?",
         "shop", "market", "a, b", "41"),
        ("", "", "", "", "", ""),
    ],
)  # fmt: skip
def test_prefixes(prefix: str, template: str, user: str, database: str, application: str, session: str) -> None:
    line = f"{prefix}{TOLD}"
    found = recognised([line] * 3)
    assert found.template == template
    head = found.read(line)
    assert head is not None
    assert (head.user, head.database, head.application.strip(), head.session) == (user, database, application, session)
    assert head.severity == "LOG"
    assert head.message.startswith("duration: 1.500 ms")


def test_a_declared_prefix(tmp_path: Path) -> None:
    line = f"<41> at {AT} of market for shop :: {TOLD}\n"
    facts = read(tmp_path, line, prefix="<%p> at %m of %d for %u :: ")
    assert (one(facts).users, one(facts).databases) == (("shop",), ("market",))
    with pytest.raises(ValueError, match="%y is no escape"):
        Prefix("%y")
    assert Prefix("%-5p|%m ").read(f"41   |{AT} {TOLD}") is not None


def test_what_has_no_label_is_no_head() -> None:
    assert AnyPrefix().read("SELECT 'an ERRORLOG: x'") is None
    assert Prefix("%m [%p] ").read("\tfrom t") is None


FORMS = {
    "text": lambda text: stderr(text),
    "json": lambda text: jsonlog(text),
    "csv": lambda text: csvlog(text),
}


def in_all_forms(tmp_path: Path, *messages: str) -> list[QueryLogFacts]:
    """The same messages in each form of PostgreSQL's log."""
    return [
        read(tmp_path, "".join(form(message) for message in messages), f"{name}.log") for name, form in FORMS.items()
    ]


def test_a_statement_in_one_message(tmp_path: Path) -> None:
    for facts in in_all_forms(tmp_path, f"duration: 1.500 ms  statement: {SELECT}"):
        query = one(facts)
        assert (query.fingerprint, query.calls, query.total_ms, query.max_ms) == (SHAPE, 1, 1.5, 1.5)
        assert (query.databases, query.users) == (("market",), ("shop",))
        assert facts.unparsed == 0


def test_the_extended_protocol_counts_once(tmp_path: Path) -> None:
    messages = [f"duration: 0.100 ms  {kind} S_1: {SELECT}" for kind in ("parse", "bind", "execute")]
    for facts in in_all_forms(tmp_path, *messages, f"duration: 0.2 ms  execute fetch from S_1/C_2: {SELECT}"):
        assert shapes(facts) == {SHAPE: 2}
        assert one(facts).total_ms == 0.3
        assert "2 lines of parsing and binding" in facts.notices[0]


def test_parameters_are_dropped(tmp_path: Path) -> None:
    text = stderr(f"duration: 0.1 ms  execute <unnamed>: {SELECT.replace('5', '$1')}")
    text += stderr("parameters: $1 = 'sEcReT\n42'", label="DETAIL")
    facts = read(tmp_path, text)
    assert one(facts).fingerprint == SHAPE
    assert facts.unparsed == 0
    assert "sEcReT" not in repr(facts)


def test_a_statement_and_its_duration_in_two_messages(tmp_path: Path) -> None:
    for facts in in_all_forms(tmp_path, f"statement: {SELECT}", "duration: 2.000 ms", f"statement: {SELECT}"):
        query = one(facts)
        assert (query.calls, query.timed, query.total_ms) == (2, 1, 2.0)


def test_pairs_of_sessions_that_interleave(tmp_path: Path) -> None:
    text = "".join(stderr(f"statement: SELECT a FROM t{pid}", pid=pid) for pid in (1, 2, 3))
    text += "".join(stderr(f"duration: {pid}.000 ms", pid=pid) for pid in (3, 1, 2))
    facts = read(tmp_path, text)
    assert {query.fingerprint[-2:]: query.total_ms for query in facts.queries} == {"t1": 1.0, "t2": 2.0, "t3": 3.0}


def test_bare_durations_belong_to_phases(tmp_path: Path) -> None:
    text = stderr("duration: 5.000 ms") + stderr("duration: 4.000 ms")
    text += stderr(f"execute S_1: {SELECT}") + stderr("duration: 1.000 ms")
    facts = read(tmp_path, text)
    assert (one(facts).calls, one(facts).total_ms) == (1, 1.0)


def test_statements_of_several_lines(tmp_path: Path) -> None:
    sql = "SELECT a,\n  b\nFROM t\n\nWHERE c = 'x\ny'"
    for facts in in_all_forms(tmp_path, f"duration: 1.0 ms  statement: {sql}", "checkpoint starting: time"):
        assert shapes(facts) == {"select a, b from t where c = ?": 1}
        assert facts.unparsed == 0
    lost = stderr(f"duration: 1.0 ms  statement: {sql}").replace("\n\t", "\n")
    facts = read(tmp_path, lost * 3)
    assert shapes(facts) == {"select a, b from t where c = ?": 3}


def test_errors_are_no_calls(tmp_path: Path) -> None:
    timeout = "canceling statement due to statement timeout"
    text = stderr(timeout, label="ERROR") + stderr(SELECT, label="STATEMENT")
    text += stderr('syntax error at or near "x"', label="ERROR") + stderr("at character 8", label="HINT")
    text += stderr(SELECT, label="STATEMENT")
    forms = [text, csvlog(timeout, severity="ERROR", query=SELECT) + csvlog("no", severity="ERROR", query=SELECT)]
    forms += [jsonlog(timeout, error_severity="ERROR", statement=SELECT)
              + jsonlog("no", error_severity="ERROR", statement=SELECT)]  # fmt: skip
    for number, form in enumerate(forms):
        query = one(read(tmp_path, form, f"{number}.log"))
        assert (query.calls, query.troubles, query.timeouts) == (0, 2, 1)


def test_a_statement_that_fails_gets_nobody_elses_duration(tmp_path: Path) -> None:
    text = stderr(f"statement: {SELECT}") + stderr("nonsense", label="ERROR") + stderr(SELECT, label="STATEMENT")
    text += stderr("duration: 9.000 ms")
    query = one(read(tmp_path, text))
    assert (query.calls, query.timed, query.troubles) == (0, 0, 1)


# --- plans ------------------------------------------------------------------------------------------------------------

PLAN = """Query Text: SELECT a FROM t WHERE b = 'sEcReT'
Limit  (cost=0.00..35.50 rows=10 width=4) (actual time=0.010..0.020 rows=1 loops=1)
  ->  Seq Scan on t  (cost=0.00..35.50 rows=10 width=4) (actual time=0.010..0.020 rows=1 loops=1)
        Filter: (b = 'sEcReT'::text)
        Rows Removed by Filter: 119999"""
PLAN_JSON = json.dumps(
    {"Query Text": "SELECT a FROM t WHERE b = 'sEcReT'",
     "Plan": {"Node Type": "Limit", "Plan Rows": 10, "Actual Rows": 1, "Actual Loops": 1,
              "Plans": [{"Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 10, "Actual Rows": 1,
                         "Actual Loops": 1, "Filter": "(b = 'sEcReT'::text)", "Rows Removed by Filter": 119999}]}},
    indent=2,
)  # fmt: skip


@pytest.mark.parametrize("plan", [PLAN, PLAN_JSON], ids=["text", "json"])
def test_a_plan_and_its_statement_are_one_execution(tmp_path: Path, plan: str) -> None:
    planned = f"duration: 3.000 ms  plan:\n{plan}"
    simple = "duration: 3.100 ms  statement: SELECT a FROM t WHERE b = 'sEcReT'"
    extended = "duration: 3.100 ms  execute <unnamed>: SELECT a FROM t WHERE b = 'sEcReT'"
    for messages in ((planned, simple), (extended, planned), (planned,)):
        for facts in in_all_forms(tmp_path, *messages):
            query = one(facts)
            assert (query.calls, query.fingerprint) == (1, "select a from t where b = ?")
            assert [(node.depth, node.kind, node.table) for node in query.plan] == [
                (0, "Limit", ""),
                (1, "Seq Scan", "t"),
            ]
            scan = query.plan[1]
            assert (scan.rows, scan.removed, scan.plan_rows) == (1, 119999, 10)
            assert [(item.column, item.operator) for item in scan.filters] == [("b", "=")]
            assert "sEcReT" not in repr(facts)


def test_plans_of_nested_statements_count_for_themselves(tmp_path: Path) -> None:
    inner = "duration: 1.000 ms  plan:\nQuery Text: SELECT 1 FROM inside\nResult  (cost=0.00..0.01 rows=1 width=4)"
    text = stderr(inner) + stderr(f"duration: 3.000 ms  plan:\n{PLAN}")
    text += stderr("duration: 3.100 ms  statement: SELECT a FROM t WHERE b = 'sEcReT'")
    assert shapes(read(tmp_path, text)) == {"select a from t where b = ?": 1, "select ? from inside": 1}


def test_repeated_executions_with_plans(tmp_path: Path) -> None:
    extended = stderr("duration: 3.100 ms  execute S_1: SELECT a FROM t WHERE b = 'sEcReT'")
    planned = stderr(f"duration: 3.000 ms  plan:\n{PLAN}")
    assert one(read(tmp_path, (extended + planned) * 4)).calls == 4
    simple = stderr("duration: 3.100 ms  statement: SELECT a FROM t WHERE b = 'sEcReT'")
    assert one(read(tmp_path, (planned + simple) * 4)).calls == 4


def test_a_plan_in_another_form_is_told(tmp_path: Path) -> None:
    facts = read(tmp_path, stderr("duration: 3.000 ms  plan:\n<explain>\n</explain>") + stderr("x"))
    assert facts.statements == 0
    assert any("1 plan in a form that is not read" in note for note in facts.notices)


# --- wrappers ---------------------------------------------------------------------------------------------------------

MESSAGE = f"duration: 1.500 ms  statement: {SELECT}"
HEAD = f"{AT} [41] shop@market LOG:  {MESSAGE}"


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"textPayload": f"{AT} [41]: [3-1] db=market,user=shop LOG:  {MESSAGE}", "timestamp": "x"}),
        json.dumps({"time": "2026-11-24T10:00:00Z", "category": "PostgreSQLLogs",
                    "properties": {"timestamp": AT, "processId": 41, "errorLevel": "LOG", "sqlerrcode": "00000",
                                   "message": f"2026-11-24 10:00:00 UTC-6a45d422.1513f3-LOG:  {MESSAGE}"}}),
        json.dumps({"properties": {"prefix": "[41]", "message": MESSAGE, "errorLevel": "LOG"}}),
        json.dumps({"event_message": MESSAGE, "timestamp": 1795514400123456,
                    "metadata": [{"parsed": [{"user_name": "shop", "database_name": "market", "process_id": 41,
                                              "error_severity": "LOG"}]}]}),
        json.dumps({"level": "info", "logger": "postgres", "msg": "record",
                    "record": {"log_time": AT, "user_name": "shop", "database_name": "market", "process_id": "41",
                               "error_severity": "LOG", "message": MESSAGE}}),
        json.dumps({"log": HEAD + "\n", "stream": "stderr"}),
        json.dumps({"@timestamp": "2026-11-24T10:00:00Z", "message": HEAD}),
        f"Nov 24 10:00:00 db1 postgres[41]: [7-1] {HEAD}",
        f"<134>1 2026-11-24T10:00:00+00:00 host app postgres.41 - [RED] [7-1]  sql_error_code = 00000 LOG:  {MESSAGE}",
        '2026-11-24T10:00:00+00:00 app[postgres.41]: [DATABASE] [7-1]  sql_error_code = 00000 time_ms = "2026-11-24'
        ' 10:00:00.000 UTC" pid="41" session_id="62f4.41" database="market" user="shop" application_name="web"'
        f" LOG:  {MESSAGE}",
        f"2026-11-24T10:00:00.123456789Z stderr F {HEAD}",
        f"db-1  | {HEAD}",
        HEAD.replace("LOG:  ", "LOG: ").replace("ms  statement", "ms statement"),
    ],
    ids=["cloud-sql", "azure", "azure-single", "supabase", "cnpg", "docker", "elastic", "syslog", "drain", "heroku",
         "cri", "compose", "one-space"],
)  # fmt: skip
def test_wrappers(tmp_path: Path, line: str) -> None:
    facts = read(tmp_path, f"{line}\n" * 3)
    query = one(facts)
    assert (query.fingerprint, query.calls, query.total_ms) == (SHAPE, 3, 4.5)
    assert facts.unparsed == 0


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("box", ["", "events"])
def test_a_document_of_entries(tmp_path: Path, indent: int | None, box: str) -> None:
    told = [f"{AT} [41]: [3-1] db=market,user=shop LOG:  statement: {SELECT}",
            f"{AT} [41]: [3-2] db=market,user=shop LOG:  duration: 2.000 ms"]  # fmt: skip
    entries = [{"textPayload": text, "timestamp": f"2026-11-24T10:00:0{n}Z"} for n, text in enumerate(told)]
    for order in (entries, entries[::-1]):
        facts = read(tmp_path, json.dumps({box: order} if box else order, indent=indent))
        query = one(facts)
        assert (query.fingerprint, query.calls, query.total_ms, query.users) == (SHAPE, 1, 2.0, ("shop",))
        assert facts.files[0].format == "PostgreSQL in a JSON document"
    cut = read(tmp_path, json.dumps(entries, indent=2)[:-5])
    assert (cut.statements, cut.notices) == (0, ("1 JSON document could not be read: cut, or too large",))


def test_further_lines_behind_syslog_interleave(tmp_path: Path) -> None:
    def line(pid: int, number: int, part: int, text: str) -> str:
        return f"Nov 24 10:00:00 db1 postgres[{pid}]: [{number}-{part}] {text}\n"

    first = "LOG:  duration: 1.0 ms  statement: SELECT a"
    text = line(1, 7, 1, f"{AT} [1] {first}") + line(2, 9, 1, f"{AT} [2] {first}, b")
    text += line(2, 9, 2, "#011FROM t") + line(1, 7, 2, "#011FROM t") + line(1, 7, 3, "#011WHERE c = 4")
    text += "Nov 24 10:00:00 db1 sshd[9]: nobody\n"
    facts = read(tmp_path, text)
    assert shapes(facts) == {"select a from t where c = ?": 1, "select a, b from t": 1}
    assert facts.unparsed == 1


def test_a_wrapped_message_of_several_lines(tmp_path: Path) -> None:
    message = f"{AT} [41] shop@market LOG:  duration: 1.0 ms  statement: SELECT a\n\tFROM t\n\tWHERE b = 'x\n\ty'"
    assert shapes(read(tmp_path, json.dumps({"message": message}) + "\n")) == {"select a from t where b = ?": 1}


# --- what the log says of itself --------------------------------------------------------------------------------------


def test_a_threshold_is_noticed(tmp_path: Path) -> None:
    text = "".join(stderr(f"duration: {100 + n}.000 ms  statement: {SELECT}") for n in range(30))
    facts = read(tmp_path, text)
    assert facts.lower_bound == "no statement under 100 ms was logged: calls and totals are lower bounds"
    assert facts.floor_ms == 100.0
    whole = read(tmp_path, text + stderr(f"duration: 0.020 ms  statement: {SELECT}"))
    assert whole.lower_bound == ""


def test_sampling_is_noticed(tmp_path: Path) -> None:
    text = stderr('parameter "log_statement_sample_rate" changed to "0.1"') + stderr(MESSAGE)
    assert read(tmp_path, text).lower_bound.startswith("log_statement_sample_rate is 0.1")


def test_times_and_zones(tmp_path: Path) -> None:
    text = stderr(MESSAGE, at="2026-11-24 10:00:00.250 CET") + stderr(MESSAGE, at="2026-11-24 10:00:01.500 CET")
    facts = read(tmp_path, text)
    assert facts.begin is not None
    assert facts.end is not None
    assert (facts.begin % 3600, facts.end - facts.begin) == (0.25, 1.25)
    assert (facts.begin // 3600) % 24 == 9
    odd = read(tmp_path, stderr(MESSAGE, at="2026-11-24 10:00:00.250 XYZT"))
    assert "time zone XYZT taken as UTC" in odd.notices
