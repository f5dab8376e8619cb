"""What is found in one text, what it means, and what is left alone."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import asdict
from urllib.parse import quote

import pytest

from launchready_tui.runbook.locate import data_dir
from launchready_tui.secrets.classify import read_claims, title_of
from launchready_tui.secrets.engine import Engine, TextGivenUp
from launchready_tui.secrets.filters import in_test_path
from launchready_tui.secrets.scanner import Origin, SecretScanner
from tests.secrets.material import HEX, live_key, private_key, text

ONE_OF_EACH_RULE = {
    "provider-azure-client-secret": f"secret: {text(3)}8Q~{text(32, 5)}",
    "provider-flyio-token": f"FLY=fo1_{text(43)}",
    "provider-square-secret": f'v = "sq0csp-{text(43)}"',
    "provider-stripe-key": f"key = '{live_key()}'",
    "provider-stripe-webhook-secret": f"hook = 'whsec_{text(32)}'",
    "provider-atlassian-token": f"JIRA_API_TOKEN={text(24)}",
    "provider-sourcegraph-token": f"sourcegraph: {HEX[:40]}",
    "provider-supabase-secret-key": f"key: sb_secret_{text(31)}",
    "key-private-key": private_key(),
    "framework-django-secret-key": f'SECRET_KEY = "{text(20)}(&x^9@w#{text(12, 4)}"',
    "framework-django-secret-key-env": f"SECRET_KEY={text(20)}&x^9@w{text(12, 4)}",
    "framework-django-insecure-key": f"x = 'django-insecure-{text(20)}(&x^9@w#{text(12, 4)}'",
    "framework-rails-secret-key-base": f"secret_key_base: {HEX[:128]}",
    "framework-rails-master-key": f"RAILS_MASTER_KEY={HEX[:32]}",
    "framework-laravel-app-key": f"APP_KEY=base64:{text(43)}=",
    "framework-signing-key": f"NEXTAUTH_SECRET={text(32)}",
    "config-password": f'password = "{text(12)}"',
    "config-password-env": f"DB_PASSWORD={text(12)}",
    "config-secret": f'"client_secret" : "{HEX[:64]}"',
    "config-secret-env": f"SEARCH_API_KEY={HEX[:32]}",
    "config-url-password": f"amqp://shop:{text(12)}@mq.acme.test:5672/",
    "config-connection-string": f"Server=db.acme.test;Database=shop;User Id=shop;Password={text(12)};",
    "config-registry-token": f"//registry.acme.test/:_authToken={text(24)}",
    "config-netrc-password": f"machine git.acme.test login deploy password {text(12)}",
}
"""A line for every visible rule of our own."""

ENCODED = {
    "hex": lambda value: value.encode().hex(),
    "percent-encoding": lambda value: "".join(
        f"%{byte:02X}" if at % 2 else chr(byte) for at, byte in enumerate(value.encode())
    ),
    "compressed base64": lambda value: base64.b64encode(gzip.compress(value.encode(), mtime=0)).decode(),
    "escapes": lambda value: "".join(f"\\u00{byte:02x}" for byte in value.encode()),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
}


def found(scanner: SecretScanner, data: str, path: str = "shop/settings.py") -> list[tuple[str, str]]:
    return [(item.rule.removeprefix("launchready."), item.kind) for item in scanner.scan(data.encode(), Origin(path))]


@pytest.mark.parametrize("rule", ONE_OF_EACH_RULE)
def test_every_rule_of_ours_matches_what_it_is_for(scanner: SecretScanner, rule: str) -> None:
    engine = Engine()
    assert f"launchready.{rule}" in {match.rule for match in engine.matches(ONE_OF_EACH_RULE[rule].encode(), "a.env")}
    assert found(scanner, ONE_OF_EACH_RULE[rule]), "a filter takes it away"


def test_every_rule_of_ours_has_a_line_here() -> None:
    rules = set(re.findall(r"id: launchready\.(\S+)", (data_dir() / "secret-rules.yml").read_text("utf-8")))
    assert {rule for rule in rules if not rule.startswith("encoded-")} == set(ONE_OF_EACH_RULE)


@pytest.mark.parametrize("encoding", ENCODED)
def test_encodings_are_undone(scanner: SecretScanner, encoding: str) -> None:
    hidden = ENCODED[encoding](f'payment = "{live_key()}" and so on')
    (only,) = scanner.scan(f"x = '{hidden}'\n".encode(), Origin("a.txt"))
    assert only.kind == "provider"
    assert only.decoded == (encoding,)


def test_two_wrappings_are_undone_and_the_engine_needs_no_more(scanner: SecretScanner) -> None:
    twice = ENCODED["hex"](ENCODED["compressed base64"](f'payment = "{live_key()}" and so on'))
    (only,) = scanner.scan(twice.encode(), Origin("a.txt"))
    assert only.decoded == ("hex", "compressed base64")
    assert not scanner.scan(ENCODED["hex"](twice).encode(), Origin("a.txt"))


def test_json_within_json(scanner: SecretScanner) -> None:
    inner = json.dumps({"a": {"client_secret": HEX[:64], "token_url": "https://auth.acme.test"}})
    assert scanner.scan(json.dumps({"config": inner}).encode(), Origin("a.json"))


def test_a_compressed_bomb_ends(scanner: SecretScanner) -> None:
    bomb = base64.b64encode(gzip.compress(b"a" * 50_000_000)).decode()
    assert scanner.scan(f"x = '{bomb}'".encode(), Origin("a.txt")) == []


HARMLESS = (
    'password = "changeme12"',
    'password = "${DB_PASSWORD_2}"',
    'password = "{{ .Values.password1 }}"',
    'password = os.environ["DB_PASSWORD1"]',
    'password = "password1"',
    'label_password = "form.password.hint1"',
    "DB_PASSWORD=your-password-1",
    '("auth", "0006_require_contenttypes_0002"),',
    "('auth', '0011_update_proxy_permissions'),",
    "DB_PASSWORD=xxxxxxxxxxxx1",
    f'publicKey = "{text(40)}"',
    f'csrf_token_url: "https://acme.test/{text(24)}"',
    f'integrity = "sha512-{text(86)}=="',
    f'credentialsId = "{HEX[:8]}-2b11-4c3a-9d1e-{HEX[:12]}"',
    f'apiKey:"{HEX[:32]}",',
    "postgres://user:password@localhost:5432/shop",
    "postgres://postgres:postgres1@db:5432/shop",
    "https://user:${TOKEN1}@git.acme.test/x.git",
    "AKIA" + "IOSFODNN7" + "EXAMPLE",
    "sk_" + "live_" + "x" * 24,
    'x = "' + "A" * 400 + '"',
)


@pytest.mark.parametrize("line", HARMLESS)
def test_placeholders_and_code_are_left_alone(scanner: SecretScanner, line: str) -> None:
    assert found(scanner, line) == []


def token(role: str) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"iss": "supabase", "ref": text(20), "role": role})
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + f".{text(43)}"
    )


def test_publishable_keys_are_told_from_secret_ones(scanner: SecretScanner) -> None:
    google = "AIza" + "Sy" + text(33)
    assert [kind for _, kind in found(scanner, f'k = "{token("anon")}"')] == ["publishable"]
    assert [kind for _, kind in found(scanner, f'k = "{token("service_role")}"')] == ["provider"]
    assert [kind for _, kind in found(scanner, f'k = "{token("user")}"')] == ["generic"]
    assert [kind for _, kind in found(scanner, f'initializeApp({{ apiKey: "{google}", authDomain: "a" }})')] == [
        "publishable"
    ]
    assert [kind for _, kind in found(scanner, f'key = "{google}"')] == ["provider"]
    assert {kind for _, kind in found(scanner, "k = '" + "_".join(("sk", "test", text(24))) + "'")} == {"generic"}


def test_one_place_is_told_once_by_the_rule_that_knows_most(scanner: SecretScanner) -> None:
    assert found(scanner, f'STRIPE_SECRET_KEY = "{live_key()}"') == [("provider-stripe-key", "provider")]


def test_a_private_key_of_a_test_is_no_certain_find(scanner: SecretScanner) -> None:
    assert found(scanner, private_key(), "deploy/server.key")[0][1] == "private-key"
    assert found(scanner, private_key(), "tests/data/server.key")[0][1] == "generic"


def test_part_of_a_blob_is_no_secret(scanner: SecretScanner) -> None:
    blob = text(400) + live_key().replace("_", "/") + text(400)
    assert found(scanner, f'wasm = "{blob}"') == []


def test_a_key_store_is_a_find_by_its_name(scanner: SecretScanner) -> None:
    (only,) = scanner.scan(b"\x30\x82\0\0", Origin("deploy/client.p12"))
    assert (only.kind, only.line, only.last4) == ("private-key", 0, "")
    assert not scanner.scan(b"\0binary" + live_key().encode(), Origin("a.bin"))


def test_no_value_is_kept(scanner: SecretScanner) -> None:
    value = live_key()
    short = text(9)
    findings = scanner.scan(f'a = "{value}"\npassword = "{short}"\n'.encode(), Origin("a.py"))
    kept = json.dumps([asdict(finding) for finding in findings])
    assert value not in kept
    assert short not in kept
    assert [finding.last4 for finding in findings] == [value[-4:], ""]
    assert len({finding.fingerprint for finding in findings}) == 2


def test_fingerprints_belong_to_a_key(scanner: SecretScanner) -> None:
    other = SecretScanner(Engine(), lambda: b"j" * 32)
    line = f'a = "{live_key()}"'.encode()
    mine, theirs = (found.scan(line, Origin("a"))[0].fingerprint for found in (scanner, other))
    assert mine != theirs
    assert mine == scanner.scan(line + b"\n", Origin("elsewhere"))[0].fingerprint


def test_the_key_is_only_asked_for_when_it_is_needed() -> None:
    def never() -> bytes:
        raise AssertionError("asked")

    assert SecretScanner(Engine(), never).scan(b"nothing here", Origin("a")) == []


@pytest.mark.parametrize(
    "junk", [b"", b"\xff\xfe" * 100, b"\xed\xa0\x80" * 50, b"(" * 100_000, b"a" * 1_000_000, b"%41" * 100_000]
)
def test_junk_is_survived(scanner: SecretScanner, junk: bytes) -> None:
    assert scanner.scan(junk, Origin("a")) == []


def test_utf16_is_read(scanner: SecretScanner) -> None:
    assert scanner.scan(f'a = "{live_key()}"\n'.encode("utf-16"), Origin("a.txt"))


def test_an_engine_that_gives_up_says_so(scanner: SecretScanner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launchready_tui.secrets.engine.SECONDS_A_TEXT", 1e-9)
    with pytest.raises(TextGivenUp):
        Engine().matches(b"x" * 2_000_000, "a").__next__()


def test_paths_and_titles() -> None:
    assert in_test_path("tests/a.py")
    assert in_test_path("src/a.test.ts")
    assert in_test_path(".env.example")
    assert not in_test_path("src/latest/contest.py")
    assert title_of("betterleaks.aws-secret-access-key") == "AWS secret access key"
    assert read_claims("a.b.c") == {}
    assert quote("a/b") == "a/b"
