"""The target in a process of its own: it starts, is found, is mended through the door, and goes away."""

from __future__ import annotations

import http.client
import json
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launchready_tui.model.profile import parse_product
from launchready_tui.practice.door import STATE_FILE, door_of
from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.process import PracticeProcess, running, start


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeProcess]:
    """A target that the tests of this module share."""
    found = start(tmp_path_factory.mktemp("practice"))
    yield found
    found.stop()


def test_it_starts_and_describes_itself(started: PracticeProcess) -> None:
    product = parse_product(started.product_toml, base=str(started.folder))
    assert product.domain == "acme.test"
    assert (started.folder / product.network.ca_bundle).is_file()
    assert sum(fault.planted for fault in started.faults()) >= 30


def test_the_state_file_is_private(started: PracticeProcess) -> None:
    mode = (started.folder / STATE_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_another_process_can_mend_it(started: PracticeProcess) -> None:
    other = running(started.folder)
    assert other is not None
    other.repair("welcome-missing")
    assert not next(fault for fault in started.faults() if fault.id == "welcome-missing").planted
    other.break_again("welcome-missing")
    assert next(fault for fault in started.faults() if fault.id == "welcome-missing").planted
    other.stop()
    assert running(started.folder) is not None


def test_an_unknown_fault_is_an_error_with_a_suggestion(started: PracticeProcess) -> None:
    with pytest.raises(PracticeError, match="did you mean"):
        started.repair("welcome-mising")


def test_a_second_start_is_refused(started: PracticeProcess) -> None:
    with pytest.raises(PracticeError, match="already running"):
        start(started.folder)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \xfc"}, {"Host": "evil.test", "X": "1"}],
)
def test_the_door_refuses_a_wrong_token_and_a_foreign_host(started: PracticeProcess, headers: dict[str, str]) -> None:
    door = door_of(started.folder)
    assert door is not None
    if "Host" in headers:
        headers = {**headers, "Authorization": f"Bearer {door.token}"}
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
    connection.request("POST", "/repair-all", headers=headers)
    response = connection.getresponse()
    assert response.status == 403
    assert json.loads(response.read()) == {"error": "wrong token"}
    connection.close()
    assert any(fault.planted for fault in started.faults())


def test_a_repaired_start_has_no_fault_and_stop_leaves_nothing(tmp_path: Path) -> None:
    found = start(tmp_path, repaired=True)
    assert not any(fault.planted for fault in found.faults())
    found.stop()
    assert running(tmp_path) is None
    assert not (tmp_path / STATE_FILE).exists()
    with pytest.raises(PracticeError, match="gone"):
        found.faults()


def test_it_ends_when_its_parent_dies(tmp_path: Path) -> None:
    """The parent is killed without a chance to say goodbye."""
    code = "import os, pathlib, sys; from launchready_tui.practice.process import start; "
    code += "start(pathlib.Path(sys.argv[1])); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=30, check=False)
    deadline = time.monotonic() + 5
    while (tmp_path / STATE_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (tmp_path / STATE_FILE).exists()


def test_a_stale_state_file_is_no_target(tmp_path: Path) -> None:
    (tmp_path / STATE_FILE).write_text('{"pid": 1, "port": 1, "token": "x"}')
    assert running(tmp_path) is None
    (tmp_path / STATE_FILE).write_text("not json")
    assert running(tmp_path) is None


def test_a_target_that_does_not_come_up_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nread line\n")
    silent.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(silent))
    with pytest.raises(PracticeError, match="did not start within"):
        start(tmp_path, seconds=0.3)
