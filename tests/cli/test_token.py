"""Tokens at the end of a sprint: forgetting one says where it still is."""

from __future__ import annotations

from tests.cli.conftest import Run

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def test_a_token_in_the_environment_is_not_forgotten_silently(run: Run) -> None:
    held = {**NO_KEYRING, "LAUNCHREADY_CLOUDFLARE_TOKEN": "t"}
    done = run("token", "forget", "cloudflare", env=held)
    assert done.returncode == 2
    assert "not in the keyring" in done.stdout
    assert "LAUNCHREADY_CLOUDFLARE_TOKEN still holds a token" in done.stderr
    assert "unset LAUNCHREADY_CLOUDFLARE_TOKEN" in done.stderr


def test_without_a_keyring_it_says_so(run: Run) -> None:
    done = run("token", "forget", "cloudflare", env=NO_KEYRING)
    assert done.returncode == 2
    assert "no usable keyring" in done.stderr
