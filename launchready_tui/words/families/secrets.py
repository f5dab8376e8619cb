"""Secrets: in repositories, in what is shipped to browsers, at paths that should be closed. Never a value."""

from __future__ import annotations

from launchready_tui.model.questions import BundleScan, ExposedPath, SecretScan, TrackedFiles
from launchready_tui.model.questions.secrets import FoundSecret, PathReply, SecretReport, ShippedBundle, TrackedList
from launchready_tui.text import plural
from launchready_tui.words.figures import Answered, Asked, Place, joined, some


def _kinds(findings: tuple[FoundSecret, ...], more: int = 0) -> str:
    titles = list(dict.fromkeys(one.title for one in findings))
    count = len(findings) + more
    return f"{plural(count, 'secret')}: {some(titles, 3)}" if count else "no secret"


def _scan(found: SecretReport) -> str:
    return joined(
        _kinds(found.findings, found.more),
        f"{plural(found.read, 'file')} read",
        plural(found.commits, "commit") if found.commits else "",
        f"incomplete: {found.incomplete[0]}" if found.incomplete else "",
    )


def _tracked(found: TrackedList) -> str:
    risky = [one.path for one in found.risky]
    head = f"{len(risky)} of {plural(found.tracked, 'tracked file')} may be risky"
    return f"{head}{f': {some(risky)}' if risky else ''}{', not all was read' if found.cut else ''}"


def _bundle(found: ShippedBundle) -> str:
    return joined(
        str(found.status),
        _kinds(found.findings),
        plural(len(found.scripts), "script"),
        plural(len(found.source_maps), "open source map") if found.source_maps else "",
        f"telling names: {some(found.named, 3)}" if found.named else "",
        f"incomplete: {found.incomplete[0]}" if found.incomplete else "",
    )


def _path(found: PathReply) -> str:
    if not found.what:
        return f"{found.status}, gives nothing away" if found.status else "no answer, gives nothing away"
    return f"{found.status}, gives away {found.what}"


ASKED: Asked = {
    SecretScan: lambda asked: (
        f"secrets in the {'history' if asked.scope == 'history' else 'files'} of ",
        Place(asked.path),
    ),
    TrackedFiles: lambda asked: ("environment, key and dump files tracked in ", Place(asked.path)),
    BundleScan: lambda asked: ("secrets in what ", Place(asked.url), " sends to browsers"),
    ExposedPath: lambda asked: ("whether ", Place(asked.url), " serves ", Place(asked.path)),
}

ANSWERED: Answered = {SecretReport: _scan, TrackedList: _tracked, ShippedBundle: _bundle, PathReply: _path}
