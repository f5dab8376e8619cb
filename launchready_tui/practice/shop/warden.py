"""Keeps a PostgreSQL server of our own alive for as long as its standard input is open, and not a moment longer.

Run as a script by `launchready_tui.practice.shop.cluster`, with the standard library alone so that it starts at once.
The operating system closes its input when the practice target dies, in whatever way; then the server is stopped and its
folder removed. The first line of its input is its configuration in JSON (it holds a password, so it is no argument); it
says what happens in lines of JSON on its standard output.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOOK_EVERY = 0.5
"""Seconds between two looks at whether the server still lives."""

STOP_SECONDS = 5.0
INIT_SECONDS = 60.0
_SET_DEATH_SIGNAL = 1
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(config: dict[str, Any]) -> int:
    """Make a cluster, run its server, wait for the end of input. Keys of the configuration: `home`, `programs`,
    `account`, `owner`, `password`, `settings`, `log` (a descriptor that was inherited).
    """
    home = Path(config["home"])
    server: subprocess.Popen[bytes] | None = None
    for number in _SIGNALS:
        signal.signal(number, _leave)
    try:
        _initialise(config, home)
        server = _serve(config, home)
        _say(started=server.pid)
        while server.poll() is None and not _parent_left():
            pass
        if server.returncode is not None:
            _say(error=f"the server ended with {server.returncode}")
        return 0
    except (OSError, subprocess.SubprocessError) as error:
        _say(error=str(error)[:500])
        return 1
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if server is not None:
            _stop(server)
        shutil.rmtree(home, ignore_errors=True)


def _initialise(config: dict[str, Any], home: Path) -> None:
    account = config["account"]
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = home / "password"
    with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123 - opened with its mode
        file.write(config["password"])
    if account:
        shutil.chown(home, account)
        shutil.chown(secret, account)
    command = [config["programs"] + "/initdb", "-D", str(home / "data"), "-U", config["owner"], "--pwfile", str(secret)]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run(  # noqa: S603 - the programs that were found
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=INIT_SECONDS,
        user=account,
        group=_group(account),
        extra_groups=[] if account else None,
        cwd=home,
        env=_environment(home),
        check=False,
    )
    secret.unlink()
    if done.returncode != 0:
        raise OSError(done.stderr.decode("utf-8", "replace").strip()[-400:] or "initdb failed")


def _serve(config: dict[str, Any], home: Path) -> subprocess.Popen[bytes]:
    account = config["account"]
    command = [config["programs"] + "/postgres", "-D", str(home / "data")]
    for name, value in config["settings"].items():
        command += ["-c", f"{name}={value}"]
    return subprocess.Popen(  # noqa: S603 - the programs that were found
        command,
        stdin=subprocess.DEVNULL,
        stdout=config["log"],
        stderr=config["log"],
        user=account,
        group=_group(account),
        extra_groups=[] if account else None,
        cwd=home,
        env=_environment(home),
        preexec_fn=_die_with_parent(),
    )


def _die_with_parent() -> Callable[[], None] | None:
    """What Linux needs to be told so that the server goes (a fast shutdown) should even this process be killed.

    Everything is loaded beforehand: the server's account may not be able to read our libraries.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_SET_DEATH_SIGNAL, int(signal.SIGINT)) and None


def _group(account: str | None) -> int | None:
    """The group of an account; None keeps our own."""
    import pwd

    return pwd.getpwnam(account).pw_gid if account else None


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the caller's: a stray PGDATA or PGPORT would change what is started."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"}


def _parent_left() -> bool:
    ready, _, _ = select.select([0], [], [], LOOK_EVERY)
    return bool(ready) and not os.read(0, 4_096)


def _leave(number: int, frame: object) -> None:
    raise OSError(f"asked to leave by signal {number}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then the immediate one, then the hard way."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _first_line() -> bytes:
    said = b""
    while b"\n" not in said and (data := os.read(0, 4_096)):
        said += data
    return said.partition(b"\n")[0]


def _say(**what: object) -> None:
    """One line for the practice target, which may be gone."""
    try:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main(json.loads(_first_line())))
