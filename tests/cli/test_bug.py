"""A bug of ours: no traceback on the terminal, but one in a file that can be sent."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from launchready_tui.cli import main


def test_a_bug_is_said_and_its_trace_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("the \x1b[31mcat is out")

    monkeypatch.setenv("LAUNCHREADY_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr(click.Group, "main", broken)
    with pytest.raises(SystemExit) as ended:
        main.run(["doctor"])
    said = capsys.readouterr().err
    assert ended.value.code == 3
    assert "a bug of ours: ValueError" in said
    assert "Traceback" not in said
    assert "\x1b" not in said
    kept = tmp_path / "trace.log"
    assert "the \x1b[31mcat is out" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
