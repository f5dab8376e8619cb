"""Pure: which environment variables code reads, and which names a list or an example file holds. Never a value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from launchready_tui.model.questions.secrets import UsedVariable

MOST_NAMES = 2_000
LONGEST_LINE = 2_000
"""Characters of a line that are read: longer ones are generated."""

_NAME = r"([A-Z][A-Z0-9_]{1,80})"
_QUOTED = rf"""["'`]{_NAME}["'`]"""
_READS: dict[str, tuple[re.Pattern[str], ...]] = {
    "python": (
        re.compile(rf"environ\[\s*{_QUOTED}\s*\](?!\s*=[^=])"),
        re.compile(rf"(?:environ\.get|getenv|environ\.setdefault)\(\s*{_QUOTED}\s*(,)?"),
        re.compile(rf"\b(?:env|config)(?:\.[a-z_]+)?\(\s*{_QUOTED}\s*(,)?"),
    ),
    "javascript": (
        re.compile(rf"process\.env(?:\.{_NAME}\b|\[\s*{_QUOTED}\s*\])(?!\s*=[^=])(\s*(?:\?\?|\|\|))?"),
        re.compile(rf"import\.meta\.env\.{_NAME}\b(\s*(?:\?\?|\|\|))?"),
        re.compile(rf"(?:Deno\.env\.get|Bun\.env\.)\(?\s*{_QUOTED}"),
    ),
    "ruby": (
        re.compile(rf"\bENV\[\s*{_QUOTED}\s*\](?!\s*=[^=])(\s*\|\|)?"),
        re.compile(rf"\bENV\.fetch\(\s*{_QUOTED}\s*(,|\)\s*(?:\{{|do\b))?"),
    ),
    "php": (
        re.compile(rf"\b(?:env|getenv)\(\s*{_QUOTED}\s*(,)?"),
        re.compile(rf"\$_(?:ENV|SERVER)\[\s*{_QUOTED}\s*\]"),
    ),
    "other": (
        re.compile(
            rf"\b(?:os\.Getenv|os\.LookupEnv|env::var(?:_os)?|System\.getenv|System\.fetch_env!|GetEnvironmentVariable)\(\s*{_QUOTED}"
        ),
        re.compile(rf"\bSystem\.get_env\(\s*{_QUOTED}\s*(,)?"),
    ),
}
_SUFFIXES = {
    "python": "py",
    "javascript": "js jsx ts tsx mjs cjs vue svelte astro",
    "ruby": "rb erb rake ru",
    "php": "php",
    "other": "go rs java kt ex exs cs",
}
_LANGUAGES = {suffix: language for language, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_DESTRUCTURED = re.compile(r"\{([^{}]{1,400})\}\s*=\s*(?:process|import\.meta)\.env\b")
_LISTED = re.compile(r"^\s*(?:export\s+|[-*•>]\s*)?[\"']?([A-Z_][A-Z0-9_]{1,80})\b")
_HEADINGS = frozenset({"NAME", "DIGEST", "CREATED", "KEY", "VALUE", "ENVIRONMENTS", "STATUS"})

_PLATFORM = re.compile(
    r"(?:PATH|HOME|USER|PWD|SHELL|TERM|LANG|TZ|TMPDIR|TEMP|CI|PORT|HOST|HOSTNAME|DEBUG|NODE_ENV|NODE_OPTIONS|RAILS_ENV|RACK_ENV|APP_ENV|FLASK_ENV|DEV|PROD|SSR|MODE"
    r"|BASE_URL|PYTHON[A-Z]*|LC_[A-Z]+|NEXT_RUNTIME|(?:VERCEL|NETLIFY|HEROKU|FLY|RENDER|RAILWAY|GITHUB|GITLAB|CIRCLE|npm|AWS_LAMBDA|KUBERNETES)_[A-Z0-9_]+|VERCEL|NETLIFY"
    r"|DJANGO_SETTINGS_MODULE|COLUMNS|NO_COLOR|FORCE_COLOR|ANALYZE|HTTPS?_PROXY|NO_PROXY)"
)
"""Set by the platform or the language rather than by the team."""


def language_of(path: str) -> str:
    """The language of a source file that can read variables, '' for others."""
    return _LANGUAGES.get(path.rpartition(".")[2].lower(), "")


def read_variables(path: str, text: str) -> Iterator[UsedVariable]:
    """The variables that a source file reads, each as often as it does."""
    language = language_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE or not ("env" in line or "ENV" in line or "onfig" in line or "nvironment" in line):
            continue
        place = f"{path}:{number}"
        for pattern in _READS.get(language, ()):
            for found in pattern.finditer(line):
                names = [group for group in found.groups() if group and re.fullmatch(_NAME, group)]
                optional = any(group and not re.fullmatch(_NAME, group) for group in found.groups())
                yield from (UsedVariable(name, place, optional) for name in names if not _PLATFORM.fullmatch(name))
        if language == "javascript":
            for found in _DESTRUCTURED.finditer(line):
                for part in found[1].split(","):
                    name, equals, _ = part.partition("=")
                    name = name.partition(":")[0].strip()
                    if re.fullmatch(_NAME, name) and not _PLATFORM.fullmatch(name):
                        yield UsedVariable(name, place, bool(equals))


def merged(used: Iterator[UsedVariable]) -> tuple[UsedVariable, ...]:
    """Each name once, with its first place; it is optional only where every reader has a default."""
    found: dict[str, UsedVariable] = {}
    for item in used:
        known = found.get(item.name)
        if known is None:
            if len(found) >= MOST_NAMES:
                break
            found[item.name] = item
        elif known.optional and not item.optional:
            found[item.name] = item
    return tuple(found[name] for name in sorted(found))


def listed_names(text: str) -> tuple[str, ...]:
    """The names in a list: `NAME`, `NAME=value`, or the first column of what a host's command prints."""
    found = (
        match[1]
        for line in text.splitlines()[: MOST_NAMES * 4]
        if not line.lstrip().startswith("#") and (match := _LISTED.match(line))
    )
    return tuple(sorted(set(found) - _HEADINGS)[:MOST_NAMES])
