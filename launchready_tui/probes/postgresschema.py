"""Reads the catalogue: the product's tables, indexes and references, and how they are used."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from launchready_tui.model.questions.schema import ForeignKey, IndexFacts, IndexUse, TableUse
from launchready_tui.probes.postgres import Session
from launchready_tui.text import one_line

MOST_TABLES, MOST_INDEXES, MOST_KEYS = 2_000, 5_000, 5_000

NOT_THEIRS = [
    *("pg_catalog", "information_schema", "extensions", "net", "cron", "pgmq", "partman", "pgbouncer"),
    *("auth", "storage", "realtime", "_realtime", "_analytics", "vault", "graphql", "graphql_public"),
    *("pgsodium", "pgsodium_masks", "supabase_functions", "supabase_migrations", "hdb_catalog"),
]
"""Schemas of the server and of platforms on it, which the owner of a product does not change."""


def index_catalogue(session: Session) -> IndexFacts:
    """The answer to `IndexCatalogue`."""
    since, started, standby, replicated = session.rows(_SERVER)[0]
    tables = session.rows(_TABLES, NOT_THEIRS, MOST_TABLES)
    indexes = session.rows(_INDEXES, NOT_THEIRS, MOST_INDEXES)
    keys = session.rows(_FOREIGN_KEYS, NOT_THEIRS, MOST_KEYS)
    return IndexFacts(
        host=session.host,
        version=session.version,
        since=since,
        started=started,
        standby=bool(standby),
        replicated=bool(replicated),
        tables=tuple(map(_table, tables)),
        indexes=tuple(map(_index, indexes)),
        foreign_keys=tuple(map(_foreign_key, keys)),
        cut=len(tables) >= MOST_TABLES or len(indexes) >= MOST_INDEXES or len(keys) >= MOST_KEYS,
    )


def _table(row: tuple[Any, ...]) -> TableUse:
    schema, name, rows, size, has_key, scans, scanned, index_scans, writes, is_partition = row
    return TableUse(
        schema=_name(schema),
        name=_name(name),
        rows=float(rows),
        size=int(size or 0),
        has_primary_key=bool(has_key),
        scans=int(scans or 0),
        scanned=int(scanned or 0),
        index_scans=int(index_scans or 0),
        writes=int(writes or 0),
        is_partition=bool(is_partition),
    )


def _index(row: tuple[Any, ...]) -> IndexUse:
    schema, table, name, method, keys, columns, parts, classes, collations, options, condition, *rest = row
    unique, enforces, valid, scans, size = rest
    forms = []
    for at in range(int(keys)):
        what = columns[at] or f"({_short(parts[at])})"
        # Two indexes are of one form where column, operator class, collation and direction are the same.
        forms.append(f"{_name(what)} {classes[at]} {collations[at]} {options[at]}")
    return IndexUse(
        schema=_name(schema),
        table=_name(table),
        name=_name(name),
        method=_name(method),
        columns=tuple(_name(column) for column in columns[: int(keys)]),
        forms=tuple(forms),
        included=tuple(_name(column) for column in columns[int(keys) :]),
        condition=_short(condition) if condition else "",
        unique=bool(unique),
        enforces=bool(enforces),
        valid=bool(valid),
        scans=int(scans or 0),
        size=int(size or 0),
    )


def _foreign_key(row: tuple[Any, ...]) -> ForeignKey:
    schema, table, name, columns, target = row
    return ForeignKey(_name(schema), _name(table), _name(name), tuple(map(_name, columns)), _name(target))


def _name(text: str) -> str:
    return one_line(text, 63)


def _short(expression: str) -> str:
    """A fingerprint of an expression: it may hold values, and is only compared."""
    return blake2b(expression.encode("utf-8", "replace"), digest_size=6).hexdigest()


_OURS = """
n.nspname <> ALL(%s::text[]) AND n.nspname NOT LIKE 'pg\\_toast%%' AND n.nspname NOT LIKE 'pg\\_temp%%'
AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e')
"""
"""Of the product: not of the server, of a platform or of an extension."""

_SERVER = """
SELECT (SELECT d.stats_reset FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database()),
       pg_catalog.pg_postmaster_start_time(), pg_catalog.pg_is_in_recovery(),
       EXISTS (SELECT 1 FROM pg_catalog.pg_stat_replication)
"""

_TABLES = f"""
SELECT n.nspname::text, t.relname::text,
       CASE WHEN t.reltuples > 0 THEN t.reltuples WHEN s.n_live_tup > 0 THEN s.n_live_tup
            WHEN t.reltuples = 0 AND s.last_analyze IS NULL AND s.last_autoanalyze IS NULL THEN -1
            ELSE t.reltuples END,
       CASE WHEN t.relkind = 'r' THEN pg_catalog.pg_table_size(t.oid) ELSE 0 END,
       EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'p'),
       s.seq_scan, s.seq_tup_read, s.idx_scan, s.n_tup_ins + s.n_tup_upd + s.n_tup_del, t.relispartition
FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = t.oid
WHERE t.relkind IN ('r', 'p') AND t.relpersistence <> 't' AND {_OURS}
ORDER BY t.relpages DESC, 1, 2 LIMIT %s
"""  # noqa: S608 - no text from outside

_INDEXES = f"""
SELECT n.nspname::text, t.relname::text, c.relname::text, am.amname::text, i.indnkeyatts,
       (SELECT array_agg(coalesce(a.attname::text, '') ORDER BY k.at)
        FROM unnest(i.indkey) WITH ORDINALITY AS k(attribute, at)
        LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attribute AND k.attribute <> 0),
       (SELECT array_agg(pg_catalog.pg_get_indexdef(i.indexrelid, k.at::integer, true) ORDER BY k.at)
        FROM pg_catalog.generate_series(1, i.indnatts) AS k(at)),
       i.indclass::oid[]::text[], i.indcollation::oid[]::text[], i.indoption::smallint[]::text[],
       pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       i.indisunique,
       i.indisprimary OR i.indisexclusion OR i.indisreplident
       OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k
                  WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x', 'f')),
       i.indisvalid AND i.indisready, s.idx_scan,
       CASE WHEN c.relkind = 'i' THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_am am ON am.oid = c.relam JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_indexes s ON s.indexrelid = c.oid
WHERE t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't' AND {_OURS}
ORDER BY 1, 2, 3 LIMIT %s
"""  # noqa: S608 - no text from outside

_FOREIGN_KEYS = f"""
SELECT n.nspname::text, t.relname::text, k.conname::text,
       (SELECT array_agg(a.attname::text ORDER BY u.at) FROM unnest(k.conkey) WITH ORDINALITY AS u(attribute, at)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attribute),
       (SELECT f.relname::text FROM pg_catalog.pg_class f WHERE f.oid = k.confrelid)
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class t ON t.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND {_OURS}
ORDER BY 1, 2, 3 LIMIT %s
"""  # noqa: S608 - no text from outside
