"""Reads who may do what: row policies, grants of an API's roles, views and functions. No row, and no literal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from launchready_tui.database.expressions import masked
from launchready_tui.model.questions.schema import (
    Policy,
    RowSecurityFacts,
    SecuredFunction,
    SecuredTable,
    SecuredView,
)
from launchready_tui.probes.postgres import Session
from launchready_tui.text import one_line

MOST = 2_000
"""Tables, views or functions that are read."""

_COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
_NAME = re.compile(r'"(?:[^"]|"")+"|[^\s,]+')


def row_security(session: Session, roles: Sequence[str], schemas: Sequence[str]) -> RowSecurityFacts:
    """The answer to `RowSecurity`."""
    existing = {name for (name,) in session.rows(_ROLES, list(roles))}
    there = [role for role in roles if role in existing]  # the stranger's role first, as they were asked for
    exposed = list(dict.fromkeys([*schemas, *_declared(session)]))
    known = [name for (name,) in session.rows(_SCHEMAS, exposed)]
    policies: dict[int, list[Policy]] = {}
    for table, *row in session.rows(_POLICIES, known):
        policies.setdefault(table, []).append(_policy(row))
    tables = session.rows(_TABLES, there, there, there, known, MOST)
    views = session.rows(_VIEWS, there, known, MOST)
    functions = session.rows(_FUNCTIONS, there, known, MOST)
    return RowSecurityFacts(
        host=session.host,
        version=session.version,
        roles=tuple(_short(role) for role in there),
        schemas=tuple(_short(schema) for schema in known),
        tables=tuple(_table(row, policies) for row in tables),
        views=tuple(_view(row) for row in views),
        functions=tuple(_function(row) for row in functions),
        cut=max(len(tables), len(views), len(functions)) >= MOST,
    )


def _declared(session: Session) -> list[str]:
    """The schemas that the API was told to expose, where that is kept in the database (PostgREST's in-database
    configuration: `ALTER ROLE … SET pgrst.db_schemas`).
    """
    rows = session.optional(_SETTINGS) or []
    found = [setting.partition("=")[2] for (setting,) in rows if setting.startswith("pgrst.db_schemas=")]
    return [name.strip('"') for text in found for name in _NAME.findall(text)][:50]


def _policy(row: Sequence[Any]) -> Policy:
    name, command, permissive, roles, using, check = row
    return Policy(
        name=_short(name),
        command=_COMMANDS.get(command, "ALL"),
        permissive=bool(permissive),
        roles=tuple(_short(role) for role in roles or ()),
        using=masked(using) if using else "",
        check=masked(check) if check else "",
    )


def _table(row: Sequence[Any], policies: dict[int, list[Policy]]) -> SecuredTable:
    oid, schema, name, enabled, columns, readers, writers = row
    return SecuredTable(
        schema=_short(schema),
        name=_short(name),
        enabled=bool(enabled),
        policies=tuple(policies.get(oid, ())),
        columns=tuple(_short(column) for column in columns or ()),
        readers=_names(readers),
        writers=_names(writers),
    )


def _view(row: Sequence[Any]) -> SecuredView:
    schema, name, options, readers = row
    settings = dict(str(option).partition("=")[::2] for option in options or ())
    invoker = settings.get("security_invoker", "").lower() in ("true", "on", "yes", "1")
    return SecuredView(_short(schema), _short(name), invoker, _names(readers))


def _function(row: Sequence[Any]) -> SecuredFunction:
    schema, name, arguments, definer, settings, callers = row
    fixed = any(str(setting).startswith("search_path=") for setting in settings or ())
    return SecuredFunction(
        _short(schema), _short(name), one_line(arguments, 200), bool(definer), fixed, _names(callers)
    )


def _names(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(_short(value) for value in values or ())


def _short(text: str) -> str:
    return one_line(str(text), 63)


_ROLES = "SELECT r.rolname::text FROM pg_catalog.pg_roles r WHERE r.rolname = ANY(%s::text[])"

_SCHEMAS = "SELECT n.nspname::text FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY(%s::text[]) ORDER BY 1"

_SETTINGS = "SELECT unnest(s.setconfig)::text FROM pg_catalog.pg_db_role_setting s LIMIT 500"

_POLICIES = """
SELECT p.polrelid::bigint, p.polname::text, p.polcmd::text, p.polpermissive,
       (SELECT array_agg(r.rolname::text ORDER BY 1) FROM pg_catalog.pg_roles r WHERE r.oid = ANY(p.polroles)),
       pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%s::text[]) ORDER BY 1, 2 LIMIT 20000
"""

_NO_EXTENSION = """
NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = '{catalogue}'::regclass AND d.objid = {oid}
            AND d.deptype = 'e')
"""

# Who may do what: the roles of the list with the right, through the schema as well as on the object.
_WITH = """
(SELECT array_agg(r.name ORDER BY r.name) FROM unnest(%s::text[]) AS r(name)
 WHERE pg_catalog.has_schema_privilege(r.name, n.oid, 'USAGE') AND {right})
"""

_TABLES = f"""
SELECT c.oid::bigint, n.nspname::text, c.relname::text, c.relrowsecurity,
       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum BETWEEN 1 AND 300 AND NOT a.attisdropped
        AND EXISTS (SELECT 1 FROM unnest(%s::text[]) AS r(name)
                    WHERE pg_catalog.has_column_privilege(r.name, c.oid, a.attnum, 'SELECT'))),
       {_WITH.format(right="pg_catalog.has_any_column_privilege(r.name, c.oid, 'SELECT')")},
       {_WITH.format(right="pg_catalog.has_table_privilege(r.name, c.oid, 'INSERT, UPDATE, DELETE')")}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%s::text[])
AND {_NO_EXTENSION.format(catalogue="pg_catalog.pg_class", oid="c.oid")}
ORDER BY 2, 3 LIMIT %s
"""  # noqa: S608 - no text from outside

_VIEWS = f"""
SELECT n.nspname::text, c.relname::text, c.reloptions,
       {_WITH.format(right="pg_catalog.has_any_column_privilege(r.name, c.oid, 'SELECT')")}
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND n.nspname = ANY(%s::text[])
AND {_NO_EXTENSION.format(catalogue="pg_catalog.pg_class", oid="c.oid")}
ORDER BY 1, 2 LIMIT %s
"""  # noqa: S608 - no text from outside

# A trigger function cannot be called through an API.
_FUNCTIONS = f"""
SELECT n.nspname::text, p.proname::text, pg_catalog.pg_get_function_identity_arguments(p.oid), p.prosecdef, p.proconfig,
       CASE WHEN p.prorettype IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype) THEN NULL
       ELSE {_WITH.format(right="pg_catalog.has_function_privilege(r.name, p.oid, 'EXECUTE')")} END
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p') AND n.nspname = ANY(%s::text[])
AND {_NO_EXTENSION.format(catalogue="pg_catalog.pg_proc", oid="p.oid")}
ORDER BY 1, 2, 3 LIMIT %s
"""  # noqa: S608 - no text from outside
