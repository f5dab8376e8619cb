"""What the terminal interface remembers about a person: settings and keys, two small TOML files in the configuration
folder.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from launchready_tui.text import did_you_mean, one_line

SETTINGS_FILE = "settings.toml"
KEYMAP_FILE = "keys.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is remembered between two evenings."""

    theme: str = "launchready-dark"
    ascii: bool = False
    animation: bool = True


def load_settings(folder: Path) -> tuple[Settings, tuple[str, ...]]:
    """The settings, and what is wrong with the file; a broken file never keeps the program from starting."""
    data, problems = _read(folder / SETTINGS_FILE)
    settings = Settings()
    values: dict[str, Any] = {}
    for key, value in data.items():
        present = getattr(settings, key, None)
        if present is None or type(value) is not type(present):
            names = list(asdict(settings))
            problems.append(
                f"{SETTINGS_FILE}: {one_line(str(key), 40)} is not understood{did_you_mean(str(key), names)}"
            )
        else:
            values[key] = value
    return replace(settings, **values), tuple(problems)


def save_settings(folder: Path, settings: Settings) -> None:
    """Write the settings; a folder that cannot be written is no reason to stop."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in asdict(settings).items()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            file.write("\n".join(["# Written by Launch Ready.", *lines, ""]))
        Path(file.name).replace(folder / SETTINGS_FILE)
    except OSError:
        return


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding as the keymap sees it: where it works, its id, its keys."""

    scope: str
    id: str
    keys: str


@dataclass(frozen=True, slots=True)
class Keymap:
    """The accepted part of the user's keys, and why the rest was not."""

    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def load_keymap(folder: Path, bindings: Iterable[Bound]) -> Keymap:
    """The user's keys: a TOML file of lines such as `"check.run" = "r,f5"`."""
    data, problems = _read(folder / KEYMAP_FILE)
    wanted: dict[str, str] = {}
    for key, value in _flat(data).items():
        if isinstance(value, str) and value.strip():
            wanted[key] = ",".join(part.strip() for part in value.split(",") if part.strip())
        else:
            problems.append(f"{KEYMAP_FILE}: {one_line(key, 40)} needs a key as text")
    keymap = without_clashes(wanted, bindings)
    return replace(keymap, problems=(*problems, *keymap.problems))


def without_clashes(wanted: Mapping[str, str], bindings: Iterable[Bound]) -> Keymap:
    """What of a keymap can be used.

    Textual drops the other binding silently where two meet on a key (TEXTUAL.md d.3), so we look ourselves: a wish
    that takes the key
    of something else in the same screen is not fulfilled, unless that one moves away by another wish.
    """
    all_bindings = list(bindings)
    ids = sorted({bound.id for bound in all_bindings})
    problems: list[str] = []
    accepted = {}
    for name, keys in wanted.items():
        if name in ids:
            accepted[name] = keys
        else:
            problems.append(f'{KEYMAP_FILE}: nothing is called "{one_line(name, 40)}"{did_you_mean(name, ids)}')
    changed = True
    while changed:
        changed = False
        for scope in sorted({bound.scope for bound in all_bindings}):
            taken: dict[str, str] = {}
            here = [bound for bound in all_bindings if bound.scope in (scope, "")]
            for bound in sorted(here, key=lambda bound: bound.id in accepted):
                for key in accepted.get(bound.id, bound.keys).split(","):
                    other = taken.setdefault(key.strip(), bound.id)
                    if other != bound.id and bound.id in accepted:
                        problems.append(f"{KEYMAP_FILE}: {bound.id} cannot have {key.strip()}: {other} has it")
                        del accepted[bound.id]
                        changed = True
                        break
    return Keymap(accepted, tuple(dict.fromkeys(problems)))


def _flat(data: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _read(path: Path) -> tuple[dict[str, object], list[str]]:
    try:
        return tomllib.loads(path.read_text("utf-8")), []
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [f"{path.name} cannot be read: {one_line(str(error), 120)}"]
