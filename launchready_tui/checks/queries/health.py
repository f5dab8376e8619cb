"""The database has room to breathe (S4.Q.06)."""

from __future__ import annotations

from launchready_tui.checks.limits import number
from launchready_tui.checks.queries.declared import unread
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.checks.tally import Tally
from launchready_tui.model.evidence import Ask, Failure, Fault
from launchready_tui.model.product import Product
from launchready_tui.model.questions import DatabaseHealth, HealthFacts
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement
from launchready_tui.text import plural, span

ORDER = (
    *("connections-exhausted", "idle-in-transaction", "long-transaction", "transaction-ids", "sequence-full"),
    *("replication-lag", "connections-high", "cache-misses"),
)
SOON = 0.7
"""Of the limit of transaction ids and sequences: what is worth knowing before it is a problem."""


@check("database.health", over="domain")
async def database_health(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """S4.Q.06 with PgHero's thresholds; one look at one moment."""
    if (judged := unread(subject.product)) is not None:
        return judged
    facts = (await ask(DatabaseHealth(subject.product.database.token))).facts
    tally = Tally()
    cached = _cache(facts, limits, tally)
    _connections(facts, subject.product, limits, tally)
    _transactions(facts, limits, tally)
    _sequences(facts, limits, tally)
    _replication(facts, limits, tally)
    _notes(facts, tally)
    used = f"{facts.connections} of {facts.max_connections} connections"
    decide_by = "GRANT pg_monitor TO the login, and SELECT on all sequences, and run it again."
    return (
        tally.fail_first(ORDER)
        or tally.unknown("not all of it may be read by this login", decide_by=decide_by)
        or tally.warn_first(ORDER)
        or tally.passed(f"{facts.release}: {used}, {cached}, no old transaction")
    )


def _cache(facts: HealthFacts, limits: Limits, tally: Tally) -> str:
    reads = facts.blocks_hit + facts.blocks_read
    if reads < number(limits, "cache_min_reads", 10_000):
        tally.note(f"the cache hit rate cannot be told from {plural(reads, 'block')} read so far")
        return "too few reads to judge the cache"
    share = 100 * facts.blocks_hit / reads
    if share < number(limits, "cache_hit_percent", 99):
        since = f" since {facts.since:%Y-%m-%d}" if facts.since else ""
        tally.warn("cache-misses", f"{share:.1f} % of {reads:,} blocks came from the cache{since}, the rest from disk")
    return f"{share:.1f} % cache hits"


def _connections(facts: HealthFacts, product: Product, limits: Limits, tally: Tally) -> None:
    share = 100 * facts.connections / max(1, facts.max_connections)
    text = f"{facts.connections} of {facts.max_connections} connections are taken ({share:.0f} %)"
    if share >= number(limits, "connections_fail_percent", 90):
        tally.fail("connections-exhausted", text)
    elif share >= number(limits, "connections_warn_percent", 70):
        tally.warn("connections-high", text)
    pool = product.database.pool
    if pool and 100 * pool / max(1, facts.max_connections) >= number(limits, "connections_warn_percent", 70):
        text = f"the application's pool may open {pool} of the server's {facts.max_connections} connections"
        tally.warn("connections-high", text)


def _transactions(facts: HealthFacts, limits: Limits, tally: Tally) -> None:
    longest, idle = number(limits, "longest_transaction_s", 60), number(limits, "idle_in_transaction_s", 60)
    if facts.idle_in_transaction_s >= idle:
        text = f"a session has been idle inside a transaction for {span(facts.idle_in_transaction_s)}"
        tally.fail("idle-in-transaction", text)
    if facts.longest_transaction_s >= longest:
        tally.fail("long-transaction", f"a transaction has been open for {span(facts.longest_transaction_s)}")
    if facts.activity_hidden:
        message = f"{plural(facts.activity_hidden, 'session')} of other roles cannot be looked at"
        tally.blind("transactions", Failure("missing-privilege", message, Fault.PERMISSION))
    most = number(limits, "transaction_id_age", 1.5e9)
    if facts.transaction_age >= most:
        text = f"the oldest transaction id is {facts.transaction_age:,} old: at 2 billion the server stops writing"
        tally.fail("transaction-ids", text)
    elif facts.transaction_age >= SOON * most:
        tally.note(f"the oldest transaction id is {facts.transaction_age:,} old")


def _sequences(facts: HealthFacts, limits: Limits, tally: Tally) -> None:
    full = number(limits, "sequence_used_percent", 90) / 100
    for item in facts.sequences:
        text = f"{item.schema}.{item.name} has used {item.used:.0%} of its numbers"
        if item.used >= full:
            tally.fail("sequence-full", f"{text}: inserts fail at 100 %")
        elif item.used >= SOON * full:
            tally.note(text)
    if facts.sequences_hidden:
        message = f"{plural(facts.sequences_hidden, 'sequence')} may not be read"
        tally.blind("sequences", Failure("missing-privilege", message, Fault.PERMISSION))


def _replication(facts: HealthFacts, limits: Limits, tally: Tally) -> None:
    most = number(limits, "replication_lag_s", 10)
    for replica in facts.replicas:
        if replica.lag_s is not None and replica.lag_s >= most:
            tally.fail("replication-lag", f"{replica.name} is {span(replica.lag_s)} behind")
    if facts.replicas_hidden:
        failure = Failure("missing-privilege", "the lag of the replicas may not be read", Fault.PERMISSION)
        tally.blind("replication", failure)
    if facts.replay_lag_s is not None and facts.replay_lag_s >= most:
        tally.fail("replication-lag", f"this replica is {span(facts.replay_lag_s)} behind its primary")


def _notes(facts: HealthFacts, tally: Tally) -> None:
    for table in facts.dead_rows:
        tally.note(f"{table.schema}.{table.table}: {table.dead:,} dead rows beside {table.live:,} live ones (bloat)")
    if facts.can_write:
        tally.note("the login may write: one with pg_monitor and SELECT on tables and sequences is enough")
    if not facts.encrypted and facts.host not in ("localhost", "::1") and not facts.host.startswith("127."):
        tally.note(f"the connection to {facts.host} was not encrypted")
    if facts.standby:
        tally.note("this is a replica: connections and transactions are its own")
