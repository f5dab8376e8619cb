"""Holds what people read in a pack against what its records say: the same records give the same bytes.

The hash chain covers records, evidence and results only. The documents, the tables and the verdict are made from them,
so they are proven by making them again; who makes them is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from launchready_tui.pack.layout import MANIFEST, RUNBOOK, SUMS, Manifest, manifest_bytes, read_manifest, sha256
from launchready_tui.pack.source import PackFiles
from launchready_tui.pack.verifying import Problem, Report
from launchready_tui.text import one_line

_PDF = ".pdf"
_CREATOR = re.compile(rb"/Creator\(([^()]{1,60})\)")
_OTHER = "it is not what its records say"


@dataclass(frozen=True, slots=True)
class Rendering:
    """The files of a pack as its own records give them, its manifest among them.

    No PDF in it, where the pack has some: they cannot be made here. `machine_fonts`: their bytes depend on the fonts of
    the machine. `runbook`: the files of the pack's runbook that are not those of this version.
    """

    files: Mapping[str, bytes]
    machine_fonts: bool = False
    runbook: tuple[str, ...] = ()


def unproven(report: Report, why: str) -> Report:
    """The report where the pages could not be made again."""
    return replace(report, unseen=(*report.unseen, f"{why}: its pages and its verdict were not proven."))


def unmade(report: Report, name: str, why: str) -> Report:
    """The report where the records hold but no pages can be made from them, which no export leaves behind."""
    problem = Problem("altered", name, f"its pages could not be made from its records: {one_line(why, 200)}")
    return unproven(replace(report, problems=(*report.problems, problem)), "They could not be made again")


def differing_pdfs(held: PackFiles, made: Mapping[str, bytes]) -> tuple[str, ...]:
    """The PDFs that are not those that were made."""
    return tuple(
        name for name in made if name.endswith(_PDF) and held.digests.get(name) not in (None, sha256(made[name]))
    )


def compare(report: Report, held: PackFiles, made: Rendering) -> Report:
    """The report with every page that is not what its records say, and what could not be compared."""
    claimed = report.manifest
    assert claimed is not None
    proven = read_manifest(made.files[MANIFEST])
    named = {problem.name for problem in report.problems}
    unseen = list(report.unseen)
    excused: set[str] = set()
    if "pdf" in claimed.formats and "pdf" not in proven.formats:
        excused = {name for name in held.digests if name.endswith(_PDF) and "/" not in name}
        unseen += [f"{name} was not compared: typst is not installed here." for name in sorted(excused)]
    for name in differing_pdfs(held, made.files):
        if why := _excuse(held.contents.get(name, b""), made.files[name], made.machine_fonts):
            excused.add(name)
            unseen.append(f"{name} was not compared: {why}.")
    if made.runbook:
        apart = ", ".join(f"{RUNBOOK}/{name}" for name in made.runbook[:5])
        unseen.append(
            f"Its runbook is not the one of this version ({apart}): the verdict follows from it, and the chain does "
            "not cover it."
        )
    found = [*_pages(held, made.files, excused), *_manifest(held, claimed, proven)]
    problems = (*report.problems, *(problem for problem in found if problem.name not in named))
    return replace(report, problems=problems, unseen=tuple(unseen), proven=proven)


def _pages(held: PackFiles, made: Mapping[str, bytes], excused: set[str]) -> Iterator[Problem]:
    for name in sorted({*held.digests, *made} - {MANIFEST, SUMS} - excused):
        if name not in made:
            yield Problem("added", name, "export does not write it")
        elif name not in held.digests:
            yield Problem("missing", name, "its records give one")
        elif held.digests[name] != sha256(made[name]):
            yield Problem("altered", name, _OTHER)


def _excuse(held: bytes, made: bytes, machine_fonts: bool) -> str:
    """Why a PDF may differ and yet be honest; '' where it may not."""
    then, now = _creator(held), _creator(made)
    if then and now and then != now:
        return f"{one_line(then, 60)} made it, here is {now}"
    return "it has letters for which the fonts of the machine were used" if machine_fonts else ""


def _creator(data: bytes) -> str:
    found = _CREATOR.findall(data)
    return found[-1].decode("ascii", "replace") if found else ""


def _manifest(held: PackFiles, claimed: Manifest, proven: Manifest) -> Iterator[Problem]:
    """The words of the manifest; its list of files was held against the files before."""
    formats = tuple(name for name in claimed.formats if name in proven.formats or name != "pdf")
    says, due = replace(claimed, formats=formats, files=()), replace(proven, files=())
    apart = [field.name for field in fields(Manifest) if getattr(says, field.name) != getattr(due, field.name)]
    if "gate" in apart:
        yield Problem("altered", MANIFEST, f"{_OTHER} (gate: {one_line(says.gate, 60)}; they say {due.gate})")
    elif apart:
        yield Problem("altered", MANIFEST, f"{_OTHER} ({', '.join(name.replace('_', ' ') for name in apart)})")
    elif manifest_bytes(claimed) != held.contents.get(MANIFEST):
        yield Problem("altered", MANIFEST, "it is not as export writes it")
