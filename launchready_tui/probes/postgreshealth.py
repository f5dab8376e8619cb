"""Reads the state of a server: cache, connections, transactions, sequences, replicas, dead rows."""

from __future__ import annotations

from typing import Any

from launchready_tui.model.questions.database import DeadRows, HealthFacts, Replica, SequenceUse
from launchready_tui.probes.postgres import Session
from launchready_tui.text import one_line

MOST_SEQUENCES, MOST_DEAD, MOST_REPLICAS = 20, 10, 20


def health(session: Session) -> HealthFacts:
    """The answer to `DatabaseHealth`."""
    standby, started, since, xid_age, limit, can_write = session.rows(_SERVER)[0]
    hit, read = session.rows(_CACHE)[0]
    connections, longest, idle, hidden = session.rows(_ACTIVITY)[0]
    sequences, unseen = _sequences(session)
    replicas = session.optional(_REPLICAS, MOST_REPLICAS)
    lag = session.optional(_REPLAY) if standby else None
    return HealthFacts(
        host=session.host,
        version=session.version,
        standby=bool(standby),
        started=started,
        since=since,
        blocks_hit=int(hit or 0),
        blocks_read=int(read or 0),
        connections=int(connections or 0),
        max_connections=int(limit),
        longest_transaction_s=round(float(longest or 0), 1),
        idle_in_transaction_s=round(float(idle or 0), 1),
        activity_hidden=int(hidden or 0),
        sequences=sequences,
        sequences_hidden=unseen,
        transaction_age=int(xid_age or 0),
        replicas=tuple(
            Replica(one_line(name or "a replica", 60), _number(seconds)) for name, seconds, _ in replicas or ()
        ),
        replicas_hidden=replicas is None or any(state is None for *_, state in replicas),
        replay_lag_s=_number(lag[0][0]) if lag else None,
        dead_rows=tuple(
            DeadRows(one_line(schema, 63), one_line(table, 63), int(live), int(dead), int(size))
            for schema, table, live, dead, size in session.rows(_DEAD, MOST_DEAD)
        ),
        encrypted=session.encrypted,
        can_write=bool(can_write),
    )


def _sequences(session: Session) -> tuple[tuple[SequenceUse, ...], int]:
    """The sequences that are used most, and how many may not be read."""
    rows = session.rows(_SEQUENCES, MOST_SEQUENCES)
    unseen = session.rows(_SEQUENCES_HIDDEN)[0][0]
    return (
        tuple(
            SequenceUse(one_line(schema, 63), one_line(name, 63), round(float(used), 4)) for schema, name, used in rows
        ),
        int(unseen),
    )


def _number(value: Any) -> float | None:
    return None if value is None else round(float(value), 1)


_SERVER = """
SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.pg_postmaster_start_time(),
       (SELECT d.stats_reset FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database()),
       (SELECT max(pg_catalog.age(d.datfrozenxid)) FROM pg_catalog.pg_database d),
       pg_catalog.current_setting('max_connections'),
       EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = current_user AND r.rolsuper)
       OR EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                  WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                  AND n.nspname NOT LIKE 'pg\\_%'
                  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                  AND pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
"""

_CACHE = "SELECT sum(t.heap_blks_hit), sum(t.heap_blks_read) FROM pg_catalog.pg_statio_user_tables t"

# Whoever may not look at a session sees it without its kind: it is counted, and its transaction stays unknown.
_ACTIVITY = """
SELECT count(*) FILTER (WHERE a.backend_type = 'client backend' OR (a.backend_type IS NULL AND a.datid IS NOT NULL)),
       max(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))
         FILTER (WHERE a.backend_type = 'client backend' AND a.state NOT LIKE 'idle in transaction%'),
       max(extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change))
         FILTER (WHERE a.state LIKE 'idle in transaction%'),
       count(*) FILTER (WHERE a.backend_type IS NULL AND a.datid IS NOT NULL)
FROM pg_catalog.pg_stat_activity a WHERE a.pid <> pg_catalog.pg_backend_pid()
"""

_SEQUENCES = """
SELECT s.schemaname, s.sequencename,
       CASE WHEN s.increment_by > 0
            THEN (s.last_value::numeric - s.min_value) / greatest(1, s.max_value::numeric - s.min_value)
            ELSE (s.max_value::numeric - s.last_value) / greatest(1, s.max_value::numeric - s.min_value) END AS used
FROM pg_catalog.pg_sequences s WHERE s.last_value IS NOT NULL AND NOT s.cycle
ORDER BY used DESC, 1, 2 LIMIT %s
"""

_SEQUENCES_HIDDEN = """
SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT LIKE 'pg\\_%'
AND CASE WHEN c.relkind = 'S' THEN NOT pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE') ELSE false END
"""

_REPLICAS = """
SELECT r.application_name, extract(epoch FROM r.replay_lag), r.state
FROM pg_catalog.pg_stat_replication r ORDER BY r.replay_lag DESC NULLS LAST, 1 LIMIT %s
"""

_REPLAY = """
SELECT CASE WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN 0
       ELSE extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) END
"""

_DEAD = """
SELECT t.schemaname, t.relname, t.n_live_tup, t.n_dead_tup, pg_catalog.pg_relation_size(t.relid)
FROM pg_catalog.pg_stat_user_tables t WHERE t.n_dead_tup > 1000 AND t.n_dead_tup * 5 > t.n_live_tup
ORDER BY t.n_dead_tup DESC, 1, 2 LIMIT %s
"""
