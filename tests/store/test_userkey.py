"""The user's key: in the keyring if it gives back what was put in, else in a private file."""

from __future__ import annotations

import stat
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import pytest

from launchready_tui.errors import InputError
from launchready_tui.store import userkey


class Memory(keyring.backend.KeyringBackend):
    """A keyring in memory; `forgetful` gives nothing back."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self, forgetful: bool = False) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.forgetful = forgetful

    def get_password(self, service: str, username: str) -> str | None:
        return None if self.forgetful else self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> object:
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_the_keyring_keeps_it(use: object, tmp_path: Path) -> None:
    use(Memory())  # type: ignore[operator]
    first = userkey.user_key()
    assert len(first.value) == 32
    assert first.notice == ""
    assert userkey.user_key() == first
    assert not (tmp_path / "data").exists()
    assert first.value.hex() not in repr(first)


@pytest.mark.parametrize("ring", [Memory(forgetful=True), keyring.backends.fail.Keyring()])
def test_without_a_usable_keyring_a_private_file(use: object, tmp_path: Path, ring: object) -> None:
    use(ring)  # type: ignore[operator]
    first = userkey.user_key()
    file = tmp_path / "data" / userkey.FILE
    assert str(file) in first.notice
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = userkey.user_key()
    assert (again.value, again.notice) == (first.value, "")


def test_the_file_stays_in_use_when_a_keyring_comes(use: object) -> None:
    use(keyring.backends.fail.Keyring())  # type: ignore[operator]
    first = userkey.user_key()
    use(Memory())  # type: ignore[operator]
    assert userkey.user_key().value == first.value


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "\xff"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / userkey.FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=r"damaged|cannot be read"):
        userkey.user_key()


def test_a_folder_that_cannot_be_written(use: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(keyring.backends.fail.Keyring())  # type: ignore[operator]
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(tmp_path / "file" / "data"))
    with pytest.raises(InputError, match="cannot be"):
        userkey.user_key()
