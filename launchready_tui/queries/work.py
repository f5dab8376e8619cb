"""Reads large logs in a process of its own, so that whoever waits for the digest stays quick.

`python -m launchready_tui.queries.work` takes an `Errand` as JSON on its standard input, and answers with the facts, or
with what went wrong, as JSON.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from launchready_tui.errors import InputError
from launchready_tui.model.questions.querylog import QueryLogFacts
from launchready_tui.queries.reading import digest_of


class Errand(msgspec.Struct, frozen=True):
    """What to read: paths, the names under which they are shown, how many statements are wanted."""

    paths: tuple[bytes, ...]
    names: tuple[str, ...]
    top: int


class Told(msgspec.Struct, frozen=True):
    """The answer: facts, or the message of an error."""

    facts: QueryLogFacts | None = None
    error: str = ""


async def digest_apart(errand: Errand) -> QueryLogFacts:
    """The digest, made by another process, which ends when nobody waits for it any more. Raises `InputError`."""
    # -P: modules that lie in the current folder are not ours to import.
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "launchready_tui.queries.work",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        answer, _ = await process.communicate(msgspec.json.encode(errand))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise InputError("The process that read the logs did not finish.", "Is there enough memory?")
    told = msgspec.json.decode(answer, type=Told)
    if told.facts is None:
        raise InputError(told.error)
    return told.facts


def main() -> None:
    """Read, and answer."""
    errand = msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)
    try:
        told = Told(digest_of([Path(os.fsdecode(path)) for path in errand.paths], top=errand.top, names=errand.names))
    except InputError as error:
        told = Told(error=error.message)
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
