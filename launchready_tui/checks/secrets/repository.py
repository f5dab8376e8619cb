"""Secrets in the repository and in what browsers are sent (S1.SEC.01 to 06).

Judged from redacted facts: no check ever sees a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from launchready_tui.checks.limits import count
from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject
from launchready_tui.model.evidence import Answer, Ask
from launchready_tui.model.product import Route
from launchready_tui.model.questions.secrets import (
    BundleScan,
    EnvironmentNames,
    EnvironmentUse,
    FoundSecret,
    SecretReport,
    SecretScan,
    TrackedFiles,
)
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, not_applicable, not_run, passed, unknown, warned
from launchready_tui.text import one_line, plural

MOST_SHOWN = 40
NO_REPOSITORY = "The profile names no repository ([repository] path)."
HOW_TO_LIST = (
    'put the names that production has (never values) into a file: [environment] production_names = "names.txt"'
)
_GRAVE = ("provider", "private-key")


@check("secrets.working-tree", over="repository")
async def working_tree(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """A scan of the files finds no secret in the clear; what stands behind an encoding is for `secrets.decoded`."""
    if not subject.item:
        return not_run("input-missing", NO_REPOSITORY)
    answer = await ask(SecretScan(subject.item, "tree"))
    plain = [finding for finding in answer.facts.findings if not finding.decoded]
    return _judged(plain, [answer], "provider-secret", f"{plural(answer.facts.read, 'file')} read")


@check("secrets.history", over="repository")
async def history(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """The complete history holds no secret in the clear. Whatever could not be read makes it unknown, never clean."""
    if not subject.item:
        return not_run("input-missing", NO_REPOSITORY)
    answer = await ask(SecretScan(subject.item, "history"))
    facts = answer.facts
    if not facts.versioned:
        return not_applicable("the folder is under no version control, so it has no history")
    plain = [finding for finding in facts.findings if not finding.decoded]
    return _judged(
        plain,
        [answer],
        "secret-in-history",
        f"{plural(facts.commits, 'commit')}, {plural(facts.read, 'file version')} read",
    )


@check("secrets.decoded", over="repository")
async def decoded(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """No secret stands behind an encoding, neither in the files nor in the history."""
    if not subject.item:
        return not_run("input-missing", NO_REPOSITORY)
    answers = await ask_all(ask, (SecretScan(subject.item, "tree"), SecretScan(subject.item, "history")))
    seen = [answer for answer in answers if answer.facts.versioned or answer is answers[0]]
    once = {(f.fingerprint, f.path): f for answer in reversed(seen) for f in answer.facts.findings if f.decoded}
    return _judged(
        list(once.values()),
        seen,
        "encoded-secret",
        "base64, hex, percent-encoding, escapes and gzip undone, two levels deep",
    )


@check("secrets.tracked-env-files", over="repository")
async def tracked_env_files(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """No environment, key or dump file is under version control, and example files hold placeholders only."""
    if not subject.item:
        return not_run("input-missing", NO_REPOSITORY)
    facts = (await ask(TrackedFiles(subject.item))).facts
    sure = [item for item in facts.risky if item.sure]
    details = tuple(
        f"{one_line(item.path, 160)}: {item.what}" for item in (*sure, *(item for item in facts.risky if not item.sure))
    )
    if sure:
        what = f"{one_line(sure[0].path, 120)} holds {sure[0].what}" + (
            f", and {len(sure) - 1} more" if len(sure) > 1 else ""
        )
        return failed(
            "tracked-secret-file", what, details=details[:MOST_SHOWN], facts={"file": one_line(sure[0].path, 120)}
        )
    if facts.risky:
        first = facts.risky[0]
        return warned(
            "example-with-values", f"{one_line(first.path, 120)} holds {first.what}", details=details[:MOST_SHOWN]
        )
    return passed(f"{plural(facts.tracked, 'tracked file')}, none of them an environment, key or dump file")


@check("secrets.environment-inventory", over="repository")
async def environment_inventory(subject: Subject[str], ask: Ask, limits: Limits) -> Judgement:
    """Production has every variable that the code reads without a default, and the example file names it."""
    if not subject.item:
        return not_run("input-missing", NO_REPOSITORY)
    facts = (await ask(EnvironmentUse(subject.item, subject.product.environment.production_names))).facts
    required = [variable for variable in facts.used if not variable.optional]
    if facts.production is not None:
        missing = [variable for variable in required if variable.name not in facts.production]
        if missing:
            names = ", ".join(variable.name for variable in missing[:5])
            more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
            details = tuple(
                f"{variable.name} is read in {one_line(variable.place, 160)}" for variable in missing[:MOST_SHOWN]
            )
            return failed(
                "missing-in-production", f"production lacks {names}{more}", details=details, facts={"variables": names}
            )
    if not facts.used:
        return passed("the code reads no environment variable that the team sets", note="nothing-read")
    return _inventory(facts, count(limits, "max_unused", 0))


def _inventory(facts: EnvironmentNames, most_unused: int) -> Judgement:
    """The judgement where nothing that is needed is missing in production, as far as that is known."""
    used = {variable.name for variable in facts.used}
    unnamed = sorted(used - set(facts.examples)) if facts.example_files else []
    lines = tuple(f"{name} is read and not in {', '.join(facts.example_files[:3])}" for name in unnamed)
    if facts.production is None:
        # Nobody looked yet: what production has is not to be seen from here, and no list of it was given.
        summary = f"{plural(len(used), 'variable')} read; {HOW_TO_LIST}"
        return replace(
            not_run("input-missing", summary),
            details=(*lines, *(f"{item.name} is read in {item.place}" for item in facts.used))[:MOST_SHOWN],
        )
    unused = sorted(set(facts.production) - used)
    if unnamed:
        return warned(
            "not-in-example",
            f"{plural(len(unnamed), 'variable')} missing in the example file: {', '.join(unnamed[:5])}",
            details=lines[:MOST_SHOWN],
        )
    if len(unused) > most_unused:
        details = tuple(f"{name} is set and never read" for name in unused[:MOST_SHOWN])
        return warned(
            "unused-in-production",
            f"production sets {plural(len(unused), 'variable')} that the code does not read: {', '.join(unused[:5])}",
            details=details,
        )
    return passed(f"production has all {len(used)} variables that the code reads")


@check("secrets.client-bundle", over="pages")
async def client_bundle(subject: Subject[Route], ask: Ask, limits: Limits) -> Judgement:
    """A page, the site's own scripts and their source maps hold no secret. Publishable keys are made to be there."""
    route = subject.item
    hosts = tuple(sorted(host.name for host in subject.product.web_hosts))
    answer = await ask(BundleScan(route.url, hosts))
    facts = answer.facts
    looked = f"{plural(len(facts.scripts), 'script')} and {facts.read_bytes:,} bytes read"
    grave, doubtful = _split(facts.findings)
    public = sum(finding.kind == "publishable" for finding in facts.findings)
    details = tuple(_line(finding) for finding in (*grave, *doubtful))[:MOST_SHOWN]
    if grave:
        return failed(
            "shipped-secret",
            _named(grave),
            details=details,
            facts={"secret": grave[0].title},
        )
    if facts.status >= 400 and facts.status not in route.expect_status:
        return unknown(
            "page-not-served", f"HTTP {facts.status} instead of the page", decide_by="Look again when the page is up."
        )
    if 300 <= facts.status < 400:
        return not_applicable(f"the page sends visitors on to another site (HTTP {facts.status})")
    if facts.incomplete:
        # What was read is shown, but what was not might be worse.
        more = (*facts.incomplete, *facts.source_maps, *facts.named, *details)
        return unknown(
            "partly-read",
            f"{looked}; {one_line(facts.incomplete[0], 200)}",
            details=tuple(one_line(line, 400) for line in more)[:MOST_SHOWN],
        )
    if facts.source_maps:
        places = tuple(one_line(place, 200) for place in facts.source_maps)
        return warned(
            "public-source-map",
            f"anybody can read the original code: {places[0]}",
            details=(*places, *details)[:MOST_SHOWN],
        )
    if facts.named:
        return warned(
            "public-name",
            f"{facts.named[0]} is public by its prefix and secret by its name",
            details=facts.named[:MOST_SHOWN],
        )
    if doubtful:
        return warned("suspected-secret", _named(doubtful), details=details)
    note = "publishable-keys" if public else ""
    return passed(f"{looked}, no secret" + (f"; {plural(public, 'publishable key')}" if public else ""), note=note)


def _judged(
    findings: list[FoundSecret], answers: Iterable[Answer[SecretReport]], reason: str, looked: str
) -> Judgement:
    """Grave findings fail, doubtful ones warn, what could not be read is unknown, accepted ones are shown."""
    read = list(answers)
    day = max(answer.seen_at for answer in read).date()
    standing = [finding for finding in findings if not finding.is_accepted(day)]
    excused = [finding for finding in findings if finding.is_accepted(day)]
    grave, doubtful = _split(standing)
    missed = [line for answer in read for line in answer.facts.incomplete]
    more = sum(answer.facts.more for answer in read)
    details = tuple(_line(finding) for finding in (*grave, *doubtful, *excused))
    notes = tuple(line for answer in read for line in answer.facts.notices)
    if len(details) > MOST_SHOWN or more:
        details = (
            *details[:MOST_SHOWN],
            f"and {max(0, len(details) - MOST_SHOWN) + more} more: launchready secrets prints all of them",
        )
    details = (*details, *notes, *(f"not read: {line}" for line in missed[:5]))
    if grave:
        return failed(
            reason,
            _named(grave),
            details=details,
            facts={"secret": grave[0].title, "place": one_line(grave[0].place, 160)},
        )
    if missed:
        return unknown(
            "incomplete",
            f"{looked}, but {one_line(missed[0], 200)}",
            decide_by="Complete the clone, make the files readable, and run it again.",
            details=details,
        )
    if doubtful:
        return warned("generic-secret", _named(doubtful), details=details)
    if excused:
        return passed(
            f"{looked}; {plural(len(excused), 'finding')} accepted in the baseline", note="accepted", details=details
        )
    return passed(f"{looked}, no secret", details=notes)


def _split(findings: Iterable[FoundSecret]) -> tuple[list[FoundSecret], list[FoundSecret]]:
    """Those that are secrets for sure, and those that may be."""
    every = list(findings)
    return [f for f in every if f.kind in _GRAVE], [f for f in every if f.kind == "generic"]


def _named(findings: list[FoundSecret]) -> str:
    first = findings[0]
    more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    return f"{first.title}{' ' + _hint(first) if first.last4 else ''}, {one_line(first.place, 160)}{more}"


def _hint(finding: FoundSecret) -> str:
    return f"(…{one_line(finding.last4, 8)})"


def _line(finding: FoundSecret) -> str:
    """One finding in one line: what, where, since when, why."""
    parts = [
        one_line(finding.place, 240),
        f"{finding.title} {_hint(finding) if finding.last4 else ''}".strip(),
        f"{finding.length} characters",
    ]
    if finding.decoded:
        parts.append(f"behind {' in '.join(reversed(finding.decoded))}")
    if finding.commit:
        parts.append(f"authored {finding.authored_at[:10]}, {'still' if finding.in_head else 'no longer'} in HEAD")
    parts.append(finding.why)
    parts.append(f"fingerprint {finding.fingerprint}")
    given = finding.accepted
    if given is not None:
        parts.append(f"accepted until {given.until} by {one_line(given.who, 60)}: {one_line(given.why, 120)}")
    return " · ".join(parts)
