"""Reads a runbook folder (format: docs/runbook-format.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from launchready_tui.errors import InputError, ProfileError
from launchready_tui.model.runbook import (
    Automation,
    Bar,
    Deliverable,
    Entry,
    Kind,
    NotNowCard,
    PlanStep,
    Runbook,
    Signal,
    Stage,
)
from launchready_tui.model.tomlfile import TomlFile
from launchready_tui.model.verdicts import Consent
from launchready_tui.runbook.locate import runbooks_dir
from launchready_tui.text import did_you_mean, one_line

T = TypeVar("T")

GATE_FILE = "gate.toml"
PLAN_FILE = "plan.toml"
DOCUMENTS = (
    "risk-list",
    "fix-plan",
    "fix-kit",
    "deploy-checklist",
    "rollback-note",
    "security-baseline",
    "optimization-log",
    "signal-table",
    "load-report",
    "handover",
)
IMPACTS = ("orders", "signups", "data", "mail", "support", "cost")
JOURNEYS = ("checkout", "signup", "login", "listing", "search", "other")
EXPOSURES = ("public", "authed", "internal")
METHODS = ("screen-share", "cli-output", "screenshot", "phone", "document")
_CHECK_ID = re.compile(r"^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$")
_HINT = "The format is described in docs/runbook-format.md; `launchready runbook check FOLDER` checks again."


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    version: str
    title: str
    stages: tuple[str, ...]
    summary: str = ""


@lru_cache(maxsize=4)
def built_in(name: str = "marketplace") -> Runbook:
    """The runbook of that name that comes with the program."""
    return load_runbook(built_in_folder(name))


def built_in_folder(name: str = "marketplace") -> Path:
    """Where the runbook of that name lies."""
    return runbooks_dir() / name


def files_of(folder: Path) -> dict[str, bytes]:
    """The files that make up a runbook, by name: what `load_runbook` read. Raises `InputError`."""
    stages = _open(folder, "runbook.toml").data.get("runbook", {}).get("stages", ())
    names = ("runbook.toml", *(name for name in stages if Path(name).name == name), GATE_FILE, PLAN_FILE)
    try:
        return {name: (folder / name).read_bytes() for name in names}
    except OSError as error:
        raise InputError(f"The runbook in {folder} cannot be read: {error.strerror}.", "Check the folder.") from None


def load_runbook(folder: Path, live_checks: frozenset[str] | None = None) -> Runbook:
    """The runbook in a folder.

    With `live_checks` (the ids that have code) every `live` entry must be one of them. Raises `ProfileError` with all
    mistakes, or `InputError` where there is no runbook.
    """
    head_file = _open(folder, "runbook.toml")
    head = head_file.read(head_file.table("runbook"), ("runbook",), _Head, what="runbook")
    head_file.known(head_file.data, (), ["runbook"], "runbook.toml")
    files = [head_file]
    stages: list[Stage] = []
    for name in head.stages if head else ():
        if Path(name).name != name:
            head_file.problem(
                ("runbook", "stages"), f'"{one_line(name, 60)}" must be the name of a file in the same folder'
            )
            continue
        file = _open(folder, name)
        files.append(file)
        stage = _stage(file, live_checks)
        if stage is not None:
            stages.append(stage)
    gate, plan = _open(folder, GATE_FILE), _open(folder, PLAN_FILE)
    files += [gate, plan]
    gate.known(gate.data, (), ["bar", "item"], GATE_FILE)
    plan.known(plan.data, (), ["step", "card", "automation"], PLAN_FILE)
    bars = _several(gate, "bar", Bar)
    items = _several(gate, "item", Bar, defaults={"text": ""})
    steps = _several(plan, "step", PlanStep)
    cards = _several(plan, "card", NotNowCard)
    automations = _several(plan, "automation", Automation)
    _check_controls(files, stages)
    _check_unique(files)
    problems = tuple(problem for file in files for problem in file.problems)
    if problems:
        raise ProfileError(problems, _HINT)
    assert head is not None
    return Runbook(
        head.name, head.version, head.title, head.summary, tuple(stages), bars, items, steps, cards, automations
    )


def _open(folder: Path, name: str) -> TomlFile:
    path = folder / name
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist.",
            "A runbook is a folder with runbook.toml, its stage files, gate.toml and plan.toml.",
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.") from None
    return TomlFile(str(path), text)


def _several(file: TomlFile, key: str, spec: type[T], defaults: Mapping[str, Any] | None = None) -> tuple[T, ...]:
    found = [file.read({**(defaults or {}), **table}, path, spec, what=key) for path, table in file.tables(key)]
    return tuple(item for item in found if item is not None)


def _stage(file: TomlFile, live_checks: frozenset[str] | None) -> Stage | None:
    file.known(file.data, (), ["stage", "check", "signal", "deliverable"], "a stage file")
    before = len(file.problems)
    stage = file.read(file.table("stage"), ("stage",), Stage, what="stage", skip=("checks", "signals", "deliverables"))
    if stage is not None and not re.fullmatch(r"S\d+", stage.id):
        file.problem(("stage", "id"), f'stage: id: "{one_line(stage.id, 40)}" must be S and a number')
    checks = tuple(entry for path, table in file.tables("check") if (entry := _entry(file, path, table, live_checks)))
    signals = _several(file, "signal", Signal)
    deliverables = _several(file, "deliverable", Deliverable)
    for index, deliverable in enumerate(deliverables):
        if deliverable.document not in DOCUMENTS:
            guess = did_you_mean(deliverable.document, DOCUMENTS)
            file.problem(
                ("deliverable", index, "document"),
                f'deliverable: no document "{one_line(deliverable.document, 40)}"{guess}',
            )
    if stage is None or len(file.problems) > before:
        return None
    checks = tuple(replace(entry, stage=stage.id) for entry in checks)
    return replace(stage, checks=checks, signals=signals, deliverables=deliverables)


def _entry(
    file: TomlFile, path: tuple[str | int, ...], table: dict[str, Any], live_checks: frozenset[str] | None
) -> Entry | None:
    entry = file.read(table, path, Entry, what="check", skip=("stage",))
    if entry is None:
        return None
    if not _CHECK_ID.match(entry.id):
        file.problem((*path, "id"), f'check: id: "{one_line(entry.id, 60)}" must be FAMILY.NOUN-PHRASE in lower case')
    _choice(file, (*path, "impact"), entry.impact, IMPACTS)
    _choice(file, (*path, "journey"), entry.journey, JOURNEYS)
    _choice(file, (*path, "exposure"), entry.exposure, EXPOSURES)
    for method in entry.methods:
        _choice(file, (*path, "methods"), method, METHODS)
    if len(entry.claim) > 60:
        file.problem(
            (*path, "claim"), f"check {entry.id}: claim has {len(entry.claim)} characters, at most 60 fit the screen"
        )
    if entry.minutes <= 0 or entry.valid_days <= 0:
        file.problem(path, f"check {entry.id}: minutes and valid_days must be more than 0")
    for name in ("why", "by_hand", "fix"):
        if not getattr(entry, name).strip():
            file.problem((*path, name), f"check {entry.id}: {name} is empty")
    if entry.kind is Kind.LIVE:
        if live_checks is not None and entry.id not in live_checks:
            file.problem(
                (*path, "id"), f"check {entry.id}: no code of that name{did_you_mean(entry.id, sorted(live_checks))}"
            )
        if entry.consent is not Consent.PASSIVE and not entry.sends.strip():
            file.problem(path, f"check {entry.id}: what it sends must be said in `sends`: people agree to it before")
    elif entry.slow:
        file.problem((*path, "slow"), f"check {entry.id}: only a live check is slow")
    if entry.kind is not Kind.LIVE and (not entry.statement.strip() or not entry.methods):
        file.problem(path, f"check {entry.id}: a check of kind {entry.kind} needs statement and methods")
    if entry.kind is Kind.DRILL and (entry.limit_minutes <= 0 or not entry.steps):
        file.problem(path, f"check {entry.id}: a drill needs limit_minutes and steps")
    _check_cards(file, path, table, entry)
    if entry.kind is Kind.IMPORT and not entry.reads:
        file.problem(path, f"check {entry.id}: an import needs reads")
    return entry


def _check_cards(file: TomlFile, path: tuple[str | int, ...], table: dict[str, Any], entry: Entry) -> None:
    if (entry.cards or entry.nonce) and entry.kind is not Kind.DRILL:
        file.problem(path, f"check {entry.id}: only a drill has cards or a nonce")
    for index, (card, raw) in enumerate(zip(entry.cards, table.get("cards", []), strict=False)):
        where = (*path, "cards", index)
        file.known(raw, where, ["title", "text", "solution"], f"a card of {entry.id}")
        for name in ("title", "text", "solution"):
            if not getattr(card, name).strip():
                file.problem(where, f"check {entry.id}: card {index + 1}: {name} is empty")
    titles = [card.title for card in entry.cards]
    if len(set(titles)) < len(titles):
        file.problem(path, f"check {entry.id}: two cards have the same title")


def _choice(file: TomlFile, path: tuple[str | int, ...], value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        file.problem(
            path, f'{path[-1]}: "{one_line(value, 40)}" is none of {", ".join(choices)}{did_you_mean(value, choices)}'
        )


def _check_controls(files: list[TomlFile], stages: list[Stage]) -> None:
    """Every control must name a catalogue row that some check covers; only meaningful when all stages could be read."""
    if any(file.problems for file in files):
        return
    entries = [entry for stage in stages for entry in stage.checks]
    rows = sorted({row for entry in entries for row in entry.catalogue})
    for file in files:
        for key in ("signal", "deliverable", "bar", "item", "automation"):
            for path, table in file.tables(key):
                for control in table.get("controls", []):
                    if not any(entry.covers(control) for entry in entries):
                        file.problem(
                            (*path, "controls"),
                            f'{key}: no check covers "{one_line(control, 40)}"{did_you_mean(control, rows)}',
                        )


def _check_unique(files: list[TomlFile]) -> None:
    seen: dict[tuple[str, str], tuple[TomlFile, tuple[str | int, ...]]] = {}
    for file in files:
        for key in ("check", "signal", "deliverable", "bar", "item", "step", "card", "automation"):
            for path, table in file.tables(key):
                name = str(table.get("id", ""))
                if (key, name) in seen:
                    other, place = seen[key, name]
                    where = f"{other.name}:{other.line((*place, 'id'))}"
                    file.problem((*path, "id"), f'{key}: the id "{one_line(name, 60)}" is used at {where} already')
                seen.setdefault((key, name), (file, path))
