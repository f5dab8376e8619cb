"""Says whether a pack is what was exported, and names every file and record that is not. Needs nothing but the pack.

What it finds is proven by the lists of the pack and by its chain. Whether the pages say what the records say is for
`pages`, which needs them made again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launchready_tui.errors import InputError
from launchready_tui.model.chain import ChainRow
from launchready_tui.pack import faults
from launchready_tui.pack.layout import MANIFEST, SUMS, Manifest, NoPack, read_manifest, sums_bytes
from launchready_tui.pack.rows import FILES, BadRows, from_file, in_order
from launchready_tui.pack.source import PackFiles, read_pack

_NOT_LOOKED_FOR = (
    "The head was not looked for: the pack does not hold the chain, and what its manifest says of it proves nothing."
)
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_HEAD = re.compile(r"[0-9a-f]{16,64}(?:…|\.\.\.)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was exported. `what`: altered, missing, added or record."""

    what: str
    name: str
    why: str = ""

    @property
    def sentence(self) -> str:
        """The problem as a line."""
        return f"{self.what:<8} {self.name}{f': {self.why}' if self.why else ''}"


@dataclass(frozen=True, slots=True)
class Report:
    """What verifying found. `notes` are worth knowing; `unseen` says what was to be proven and could not be.

    `seal` is the SHA-256 of SHA256SUMS. `manifest` is what the pack says of itself; `proven` is what its records say,
    None where that was not looked at.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    files: int
    rows: int
    head: str
    seal: str
    manifest: Manifest | None
    chain_holds: bool = False
    unseen: tuple[str, ...] = ()
    proven: Manifest | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found that was altered."""
        return not self.problems


def check_head(head: str) -> None:
    """Raises `InputError` where a text is no head of a chain; '' is none at all."""
    if head and not _HEAD.fullmatch(head.strip().lower()):
        raise InputError(
            f"A head of the chain has {faults.SHORTEST_HEAD} to 64 digits (0–9, a–f).",
            "It stands on page one of the handover and on the form of the sign-off.",
        )


def verify(path: Path, head: str = "") -> Report:
    """Verify a pack by its lists and its chain; `head` is a head of it that somebody wrote down.

    Raises `NoPack`, `InputError`.
    """
    check_head(head)
    return examine(read_pack(path), head)[0]


def examine(files: PackFiles, head: str = "") -> tuple[Report, tuple[ChainRow, ...]]:
    """The report on what was read, with the rows of the chain in order. Raises `NoPack`."""
    if not files.claims:
        raise NoPack(
            f"There is neither {MANIFEST} nor {SUMS}: this is no handover pack.",
            "Name a folder that `launchready export` wrote, or its zip.",
        )
    problems = [Problem("altered", text) for text in files.strange]
    manifest, trouble = _manifest(files)
    if trouble:
        problems.append(Problem("altered", MANIFEST, trouble))
    problems += _files(files, manifest)
    notes: list[str] = []
    unseen: list[str] = []
    holds = False
    rows: tuple[ChainRow, ...] = ()
    if manifest is not None and manifest.holds_chain:
        rows, broken = _rows(files)
        problems += broken
        if not broken:
            found = faults.faults(rows, manifest.chain)
            holds = not found
            problems += [Problem("record", fault) for fault in found]
            if head and (why := faults.missing_head(rows, head)):
                problems.append(Problem("record", why))
            elif head and (later := faults.rows_after(rows, head)):
                notes.append(f"{later:,} rows were added to the chain after that head.")
    elif manifest is not None:
        notes += _unproven(manifest)
        if head:
            unseen.append(_NOT_LOOKED_FOR)
    report = Report(
        problems=tuple(_once(problems)),
        notes=tuple(notes),
        files=len(files.digests),
        rows=len(rows),
        head=manifest.chain.head if manifest else "",
        seal=files.digests.get(SUMS, ""),
        manifest=manifest,
        chain_holds=holds,
        unseen=tuple(unseen),
    )
    return report, rows


def _manifest(files: PackFiles) -> tuple[Manifest | None, str]:
    """The manifest, or why it cannot be read. One of another format that SHA256SUMS vouches for is no pack of ours."""
    if MANIFEST not in files.contents:
        return None, ""
    try:
        return read_manifest(files.contents[MANIFEST]), ""
    except NoPack as error:
        vouched = f"{files.digests[MANIFEST]}  {MANIFEST}\n".encode()
        if vouched in files.contents.get(SUMS, b"") or SUMS not in files.digests:
            raise
        return None, error.message


def _files(files: PackFiles, manifest: Manifest | None) -> Iterator[Problem]:
    """The files against both lists, and the lists against one another."""
    summed, odd = _sums(files.contents.get(SUMS, b""))
    listed = {entry.path: entry for entry in manifest.files} if manifest else {}
    known = {**summed, **{path: entry.sha256 for path, entry in listed.items()}}
    for name in (MANIFEST, SUMS):
        if name not in files.digests:
            yield Problem("missing", name)
    for name, digest in files.digests.items():
        if name == SUMS:
            continue
        if name not in known and name != MANIFEST:
            yield Problem("added", name)
        elif digest != known.get(name, digest) or digest != summed.get(name, digest):
            yield Problem("altered", name)
        elif name in listed and files.sizes[name] != listed[name].bytes:
            yield Problem("altered", MANIFEST, f"its size of {name} is wrong")
    for name in known:
        if name not in files.digests and name != MANIFEST:
            yield Problem("missing", name)
    if SUMS in files.digests:
        yield from _list_problems(files, manifest, summed, odd)


def _list_problems(
    files: PackFiles, manifest: Manifest | None, summed: dict[str, str], odd: list[str]
) -> Iterator[Problem]:
    for text in odd[:5]:
        yield Problem("altered", SUMS, text)
    if manifest is None:
        return
    due = {entry.path: entry.sha256 for entry in manifest.files}
    if MANIFEST in files.digests:
        due[MANIFEST] = files.digests[MANIFEST]
    apart = sorted(name for name in {*due, *summed} if due.get(name) != summed.get(name))
    for name in apart[:20]:
        if name != MANIFEST:
            yield Problem("altered", f"{SUMS} or {MANIFEST}", f"they disagree about {name}")
        elif name not in summed:
            yield Problem("altered", SUMS, f"it does not list {MANIFEST}")
    if not apart and not odd and files.contents.get(SUMS) != sums_bytes(due):
        yield Problem("altered", SUMS, "its lines are not as export writes them")


def _sums(data: bytes) -> tuple[dict[str, str], list[str]]:
    """Digests by path, and what is wrong with the lines."""
    found: dict[str, str] = {}
    odd: list[str] = []
    text = data.decode("utf-8", "surrogateescape")
    for number, shown in enumerate(text.split("\n")[:-1], 1):
        line = _LINE.fullmatch(shown)
        if line is None or line[2] in found:
            odd.append(f"line {number} is not a digest, two spaces and a path that stands there once")
        else:
            found[line[2]] = line[1]
    if data and not data.endswith(b"\n"):
        odd.append("its last line has no end")
    return found, odd


def _rows(files: PackFiles) -> tuple[tuple[ChainRow, ...], list[Problem]]:
    rows: list[ChainRow] = []
    broken: list[Problem] = []
    for name in FILES:
        if name not in files.contents:
            why = "it is too large to be read" if name in files.digests else "so the chain cannot be recomputed"
            broken.append(Problem("altered" if name in files.digests else "missing", name, why))
            continue
        try:
            rows += from_file(name, files.contents[name])
        except BadRows as error:
            broken.append(Problem("altered", name, str(error)))
    return in_order(rows), broken


def _unproven(manifest: Manifest) -> Iterator[str]:
    if manifest.redacted:
        yield (
            "This pack is redacted for third parties: contacts, custody, free text and evidence are left out or masked."
        )
        yield "Its files can be proven, its hash chain cannot be recomputed; ask for the whole pack to do that."
    else:
        yield "This pack was exported without JSON: its files can be proven, its hash chain cannot be recomputed."


def _once(problems: list[Problem]) -> Iterator[Problem]:
    """Each file once with the same word, the plainer line first."""
    seen: set[tuple[str, str]] = set()
    for problem in problems:
        key = (problem.what, problem.name)
        if key not in seen or problem.what == "record":
            yield problem
        seen.add(key)
