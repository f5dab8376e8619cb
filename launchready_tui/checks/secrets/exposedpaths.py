"""Files and pages that a web server should keep to itself (S1.SEC.07)."""

from __future__ import annotations

from launchready_tui.checks.reading.lookups import ask_all
from launchready_tui.checks.registry import check
from launchready_tui.checks.subjects import Subject, root_url
from launchready_tui.model.evidence import Answer, Ask
from launchready_tui.model.product import Host
from launchready_tui.model.questions.secrets import ExposedPath, PathReply
from launchready_tui.model.runbook import Limits
from launchready_tui.model.verdicts import Judgement, failed, passed, unknown, warned
from launchready_tui.text import plural

PATHS = (
    "/.env",
    "/.git/HEAD",
    "/.git/config",
    "/.DS_Store",
    "/backup.sql",
    "/backup.zip",
    "/backup.tar.gz",
    "/phpinfo.php",
    "/actuator/env",
    "/debug/pprof/",
    "/server-status",
    "/__debug__/",
    "/graphql?query=%7B__schema%7Btypes%7Bname%7D%7D%7D",
)
"""What a host must not give away."""

DOCUMENTATION = "/swagger.json"
CONTACT = "/.well-known/security.txt"
_THROTTLED = frozenset({"rate-limited", "bot-wall"})
AT_ONCE = 4
"""Requests to one host at the same time."""


@check("secrets.exposed-paths", over="web-hosts")
async def exposed_paths(subject: Subject[Host], ask: Ask, limits: Limits) -> Judgement:
    """None of the usual paths gives away a file or an internal page: told by content, an app's shell is none."""
    url = root_url(subject.item)
    questions = [ExposedPath(url, path) for path in (*PATHS, DOCUMENTATION, CONTACT)]
    answers: dict[str, Answer[PathReply]] = {}
    for at in range(0, len(questions), AT_ONCE):
        part = questions[at : at + AT_ONCE]
        for question, answer in zip(part, await ask_all(ask, part), strict=True):
            answers[question.path] = answer
        reasons = {answer.failure.reason if answer.failure else "" for answer in answers.values()}
        if "" not in reasons or reasons & _THROTTLED:
            break  # nobody is there, or somebody asks us to stop
    seen = {path: answer.facts for path, answer in answers.items() if answer.failure is None}
    open_paths = [
        (path.partition("?")[0], reply)
        for path, reply in seen.items()
        if reply.what and path not in (DOCUMENTATION, CONTACT)
    ]
    if open_paths:
        path, first = open_paths[0]
        more = f" and {len(open_paths) - 1} more" if len(open_paths) > 1 else ""
        details = tuple(f"{path}: {reply.what} ({reply.shown})" for path, reply in open_paths)
        return failed(
            "exposed", f"{path} gives away {first.what}: {first.shown}{more}", details=details, facts={"path": path}
        )
    for answer in answers.values():
        if answer.failure is not None:
            failure = answer.failure
            if not seen:
                _ = answer.facts  # ends the check with the failure's own reason
            return unknown(failure.reason, f"{plural(len(seen), 'path')} closed, but {failure.message}")
    if seen[DOCUMENTATION].what:
        return warned("public-documentation", f"{DOCUMENTATION} describes the whole API to everybody")
    contact = "" if seen[CONTACT].what else "; there is no security.txt (RFC 9116)"
    return passed(
        f"{plural(len(PATHS), 'path')} asked for, none gives anything away{contact}",
        note="" if seen[CONTACT].what else "no-security-txt",
    )
