"""Row security: each lint on a real database with its counterpart that is right, and the rules on expressions."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from launchready_tui.checks.queries.rowlints import ALL, Lint, lints, sensitive
from launchready_tui.database.expressions import is_always_true, masked, repeated_calls, trusts_the_user
from launchready_tui.model.questions import RowSecurity, RowSecurityFacts
from launchready_tui.model.questions.schema import Policy, SecuredTable
from tests.database.lab import SECRET, Base, acme, facts, judged
from tests.kit import judge

AUTH = (
    "CREATE SCHEMA auth",
    "CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
    "CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$SELECT '{}'::jsonb$$",
    "GRANT USAGE ON SCHEMA auth, public TO anon, authenticated",
)


@pytest.fixture
def supabase(base: Base) -> Iterator[Base]:
    """A database that a browser reaches: PostgREST's roles, Supabase's helpers."""
    with psycopg.connect(base.owner, autocommit=True) as connection:
        for role in ("anon", "authenticated", "service_role"):
            connection.execute(f"CREATE ROLE {role} NOLOGIN".encode())
    base.run(*AUTH)
    yield base
    with psycopg.connect(base.owner, autocommit=True) as connection:
        for role in ("anon", "authenticated", "service_role"):
            connection.execute(f"DROP OWNED BY {role}".encode())
            connection.execute(f"DROP ROLE {role}".encode())


def found(base: Base) -> list[Lint]:
    return lints(facts(RowSecurity(), {"database": base.reader}))


def numbers(base: Base) -> set[tuple[str, str]]:
    return {(lint.number, lint.reason) for lint in found(base)}


TABLE = "CREATE TABLE notes (id int PRIMARY KEY, owner int, body text)"
OPEN = "GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO anon, authenticated"
ENABLED = "ALTER TABLE notes ENABLE ROW LEVEL SECURITY"
OWN = "CREATE POLICY own ON notes FOR ALL TO authenticated USING ((SELECT auth.uid()) = owner)"


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([TABLE, OPEN, ENABLED, OWN], set()),
        ([TABLE], set()),
        ([TABLE, "GRANT SELECT ON notes TO service_role"], set()),
        ([TABLE, OPEN], {("0013", "row-security-off")}),
        ([TABLE, "GRANT SELECT (id) ON notes TO anon"], {("0013", "row-security-off")}),
        ([TABLE, OPEN, OWN], {("0007", "policies-not-enforced")}),
        ([TABLE, OPEN, ENABLED], {("0008", "no-policy")}),
        (
            [TABLE, OPEN, "ALTER TABLE notes ADD password_hash text"],
            {("0013", "row-security-off"), ("0023", "sensitive-columns")},
        ),
        ([TABLE, OPEN, ENABLED, OWN, "ALTER TABLE notes ADD password_hash text"], set()),
        (
            [TABLE, OPEN, ENABLED, "CREATE POLICY slow ON notes FOR SELECT TO anon USING (auth.uid() = owner)"],
            {("0003", "policy-cost")},
        ),
        (
            [TABLE, OPEN, ENABLED, OWN, "CREATE POLICY more ON notes FOR SELECT TO authenticated USING (owner = 3)"],
            {("0006", "policy-cost")},
        ),
        ([TABLE, OPEN, ENABLED, OWN, "CREATE POLICY less ON notes AS RESTRICTIVE FOR SELECT USING (owner > 0)"], set()),
        ([TABLE, OPEN, ENABLED, OWN, "CREATE POLICY more ON notes FOR SELECT TO anon USING (owner = 3)"], set()),
        (
            [
                *(TABLE, OPEN, ENABLED),
                "CREATE POLICY trusting ON notes FOR SELECT TO authenticated"
                " USING ((SELECT (auth.jwt() -> 'user_metadata' ->> 'admin')) = 'yes')",
            ],
            {("0015", "user-metadata")},
        ),
        (
            [TABLE, OPEN, ENABLED, "CREATE POLICY any_row ON notes FOR INSERT TO authenticated WITH CHECK (true)"],
            {("0024", "policy-always-true")},
        ),
        (
            [TABLE, OPEN, ENABLED, "CREATE POLICY any_row ON notes FOR ALL USING (1 = 1)"],
            {("0024", "policy-always-true")},
        ),
        (
            [TABLE, OPEN, ENABLED, "CREATE POLICY any_row ON notes FOR DELETE TO anon USING (owner = 1 OR true)"],
            {("0024", "policy-always-true")},
        ),
        ([TABLE, OPEN, ENABLED, "CREATE POLICY own ON notes FOR ALL TO service_role USING (true)"], set()),
        (
            [TABLE, OPEN, ENABLED, "CREATE POLICY public_read ON notes FOR SELECT USING (true)"],
            {("0024", "public-read")},
        ),
        (
            [
                *(TABLE, OPEN, ENABLED, "ALTER TABLE notes ADD api_key text"),
                "CREATE POLICY public_read ON notes FOR SELECT USING (true)",
            ],
            {("0024", "policy-always-true")},
        ),
        (
            [TABLE, "CREATE VIEW all_notes AS SELECT * FROM notes", "GRANT SELECT ON all_notes TO anon"],
            {("0010", "owner-view")},
        ),
        (
            [
                TABLE,
                "CREATE VIEW all_notes WITH (security_invoker = on) AS SELECT * FROM notes",
                "GRANT SELECT ON all_notes TO anon",
            ],
            set(),
        ),
        ([TABLE, "CREATE VIEW all_notes AS SELECT * FROM notes"], set()),
        (
            ["CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'"],
            {("0028", "callable-definer")},
        ),
        (
            [
                "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'",
                "REVOKE EXECUTE ON FUNCTION f(int) FROM public",
                "GRANT EXECUTE ON FUNCTION f(int) TO authenticated",
            ],
            {("0029", "callable-definer")},
        ),
        (
            [
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
                "REVOKE EXECUTE ON FUNCTION f() FROM public",
            ],
            {("0011", "open-search-path")},
        ),
        (["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"], {("0011", "search-path")}),
        (["CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS 'SELECT 1'"], set()),
        (
            [
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''"
                " AS 'BEGIN RETURN NEW; END'"
            ],
            set(),
        ),
    ],
)
def test_each_lint_and_its_counterpart(supabase: Base, statements: list[str], expected: set[tuple[str, str]]) -> None:
    supabase.run(*statements)
    assert numbers(supabase) == expected


def test_schemas_that_the_api_exposes_are_looked_at_as_well(supabase: Base) -> None:
    supabase.run(
        "CREATE SCHEMA shop",
        "CREATE SCHEMA inside",
        "CREATE TABLE shop.carts (id int)",
        "CREATE TABLE inside.costs (id int)",
        "GRANT USAGE ON SCHEMA shop, inside TO anon",
        "GRANT SELECT ON shop.carts, inside.costs TO anon",
    )
    assert found(supabase) == []
    supabase.run("ALTER ROLE authenticated SET pgrst.db_schemas = 'public, shop'")
    assert [lint.text for lint in found(supabase)] == ["shop.carts is open to anon: row security is off"]


def test_without_the_right_to_use_the_schema_a_grant_opens_nothing(supabase: Base) -> None:
    supabase.run("REVOKE USAGE ON SCHEMA public FROM anon, authenticated, public", TABLE, OPEN)
    assert found(supabase) == []


# --- judgements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([TABLE, OPEN, ENABLED, OWN], ("pass", "")),
        ([TABLE, OPEN], ("fail", "row-security-off")),
        (["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"], ("warn", "search-path")),
        ([TABLE, OPEN, "ALTER TABLE notes ADD iban text"], ("fail", "sensitive-columns")),
    ],
)
def test_judgements(supabase: Base, statements: list[str], expected: tuple[str, str]) -> None:
    supabase.run(*statements)
    result = judged("database.row-security", acme(), {"database": supabase.reader})
    assert (result.verdict.value, result.reason) == expected


def test_a_database_that_no_browser_reaches(base: Base) -> None:
    base.run(TABLE)
    result = judged("database.row-security", acme(), {"database": base.reader})
    assert result.verdict.value == "not-applicable"
    assert "anon or authenticated" in result.summary


def test_row_security_without_an_api_is_looked_at_for_itself(base: Base) -> None:
    base.run(TABLE, ENABLED, "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    base.run("CREATE POLICY tenant ON notes USING (owner = current_setting('app.tenant')::int)")
    result = judged("database.row-security", acme(), {"database": base.reader})
    assert (result.verdict.value, result.reason) == ("warn", "policy-cost")
    assert "current_setting" in result.summary


def test_no_literal_of_a_policy_is_kept(supabase: Base) -> None:
    supabase.run(TABLE, OPEN, ENABLED, f"CREATE POLICY p ON notes USING (body = '{SECRET}')")
    answer = facts(RowSecurity(), {"database": supabase.reader})
    assert answer.tables[0].policies[0].using == "( body = ?1 :: text )"


def test_a_reading_that_was_cut_is_unknown() -> None:
    answer = RowSecurityFacts("db.acme.test", 150_004, roles=("anon",), schemas=("public",), cut=True)
    result = judge("database.row-security", "acme.test", {RowSecurity(): answer}, acme())
    assert (result.verdict.value, result.reason) == ("unknown", "partly-read")


def test_only_the_lints_that_are_asked_for() -> None:
    table = SecuredTable("public", "notes", readers=("anon",), columns=("iban",))
    answer = RowSecurityFacts("db.acme.test", 150_004, roles=("anon",), tables=(table,))
    assert {lint.number for lint in lints(answer)} == {"0013", "0023"}
    assert {lint.number for lint in lints(answer, ("0013",))} == {"0013"}
    assert len(ALL) == 12


# --- expressions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("((true))", True),
        ("(1 = 1)", True),
        ("('a'::text = 'a'::text)", True),
        ("((owner = 'x'::text) OR true)", True),
        ("(true AND (1 = 1))", True),
        ("(true AND (owner = 1))", False),
        ("(owner = owner)", False),
        ("(1 = 2)", False),
        ("(owner = 1)", False),
        ("is_public", False),
        ("false", False),
    ],
)
def test_always_true(text: str, expected: bool) -> None:
    assert is_always_true(masked(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(auth.uid() = owner)", ("auth.uid",)),
        ("(( SELECT auth.uid() AS uid) = owner)", ()),
        ("(owner = (( SELECT (auth.jwt() ->> 'sub'::text)))::int)", ()),
        ("(EXISTS ( SELECT 1 FROM members m WHERE (m.member = auth.uid())))", ("auth.uid",)),
        ("(EXISTS ( SELECT 1 FROM members m WHERE (m.member = ( SELECT auth.uid() AS uid))))", ()),
        (
            "((org = (current_setting('a.b'::text))::int) AND (auth.role() = 'x'::text))",
            ("current_setting", "auth.role"),
        ),
        ("(auth.uid = owner)", ()),
        ("(my.uid() = owner)", ()),
    ],
)
def test_calls_for_each_row(text: str, expected: tuple[str, ...]) -> None:
    assert repeated_calls(masked(text)) == expected


def test_users_metadata() -> None:
    assert trusts_the_user(masked("((auth.jwt() -> 'user_metadata'::text) ->> 'role'::text) = 'admin'::text"))
    assert trusts_the_user(masked("(raw_user_meta_data ->> 'admin'::text) = 'yes'::text"))
    assert not trusts_the_user(masked("((auth.jwt() -> 'app_metadata'::text) ->> 'role'::text) = 'admin'::text"))
    assert not trusts_the_user(masked("(note = 'user_metadata is unsafe'::text)"))


def test_the_same_literal_has_the_same_number() -> None:
    assert masked("(a = 'x') OR (b = 'y') OR (c = 'x')") == "( a = ?1 ) OR ( b = ?2 ) OR ( c = ?1 )"


def test_sensitive_columns() -> None:
    yes = ("password", "passwordHash", "api_key", "card_number", "iban", "refresh_token", "ssn", "otp_secret", "tokens")
    no = ("tokenized", "passenger", "swift", "pinned", "description", "secretary", "keyword", "email", "spinner")
    assert sensitive(yes) == yes
    assert sensitive(no) == ()


def test_a_policy_of_another_role_is_none_of_the_browsers() -> None:
    policy = Policy("p", "ALL", True, ("service_role",), "true")
    table = SecuredTable("public", "notes", True, (policy,), readers=("anon",))
    assert lints(RowSecurityFacts("h", 1, roles=("anon",), tables=(table,))) == []
