"""The whole handover by commands alone: the map, the drills, the notes, the signatures, the pack."""

from __future__ import annotations

import csv
import http.server
import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launchready_tui.cli.verbs.drilling import seconds
from launchready_tui.engine.session import Session
from launchready_tui.errors import InputError
from launchready_tui.tui.kept import from_remarks
from tests.cli.conftest import Run

COLUMNS = "area,name,custody,person,person_role,contact,role,pays,proven_at,until"
MAP = f"""{COLUMNS}
dns,Cloudflare,shared vault,Margaux,founder,m@acme.test,owner,yes,2026-11-01,
dns,Cloudflare,shared vault,Ines,consultant,ines@berg.test,admin,no,2026-11-01,2030-01-31
,,,Ben,backup,ben@acme.test,,,,
"""
MEMBERS = [
    {"status": "accepted", "roles": [{"name": "Administrator"}], "user": {"email": "m@acme.test"}},
    {"status": "accepted", "roles": [{"name": "Administrator"}], "user": {"email": "old-dev@acme.test"}},
]


@pytest.fixture
def cloudflare() -> Iterator[str]:
    """The base URL of an API with one zone and two members."""

    class Fake(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            members = "/accounts/a1/members" in self.path
            allowed = self.headers.get("authorization") == "Bearer good-token"
            result = MEMBERS if members else [{"id": "z1", "account": {"id": "a1"}}]
            body = json.dumps({"success": allowed, "result": result if allowed else None}).encode()
            self.send_response(200 if allowed else 403)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/client/v4"
        server.shutdown()


@pytest.fixture
def mapped(run: Run, engagement: Path, home: Path) -> Path:
    """An engagement with a small access map."""
    (home / "map.csv").write_text(MAP, "utf-8")
    done = run("own", engagement, "--access", "map.csv")
    assert done.returncode == 0, done.stderr
    assert "3 lines read, 6 changes of the map recorded" in done.stdout
    return engagement


def test_the_map_comes_in_from_a_table_and_is_shown(run: Run, mapped: Path) -> None:
    shown = run("status", mapped, "--access").stdout
    assert "Margaux owner, pays, login seen 2026-11-01" in shown
    assert "if Margaux cannot be reached" in shown
    assert "DNS, Ines: dated 2030-01-31" in shown
    plain = json.loads(run("status", mapped, "--access", "--format", "json").stdout)
    assert plain["schema"] == "launchready/access/1"
    assert next(item for item in plain["systems"] if item["area"] == "dns")["holders"][0]["person"] == "Margaux"
    again = run("own", mapped, "--access", "map.csv").stdout
    assert "0 changes of the map recorded" in again


def test_the_table_goes_out_and_comes_back(run: Run, mapped: Path, home: Path) -> None:
    text = run("status", mapped, "--access", "--format", "csv").stdout
    (home / "out.csv").write_text(text, "utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["person"] for row in rows} >= {"Margaux", "Ines", "Ben"}
    assert {row["area"] for row in rows} >= {"dns", "registrar", "status-page"}
    assert "0 changes" in run("own", mapped, "--access", "out.csv").stdout
    assert run("status", mapped, "--format", "csv").returncode == 2


def test_a_mistake_in_the_table_changes_nothing(run: Run, mapped: Path, home: Path) -> None:
    (home / "bad.csv").write_text(f"{COLUMNS}\nhosting,Fly,vault,Ben,,,owner,,,\nhosting,Fly,vault,Ben,,,king,,,\n")
    done = run("own", mapped, "--access", "bad.csv")
    assert done.returncode == 2
    assert "Line 3" in done.stderr
    assert "Fly" not in run("status", mapped, "--access").stdout


def test_an_access_that_is_gone(run: Run, mapped: Path) -> None:
    assert run("own", mapped, "--gone", "dns:Ines").returncode == 0
    assert "DNS, Ines: gone" in run("status", mapped, "--access").stdout
    wrong = run("own", mapped, "--gone", "dns:Inez")
    assert wrong.returncode == 2
    assert "dns:Margaux" in wrong.stderr or "status FILE --access" in wrong.stderr


@pytest.mark.parametrize("args", [(), ("dns.caa",), ("dns.caa", "Ana", "--gone", "dns:Ana"), ("--access", "no.csv")])
def test_own_refuses_what_is_not_clear(run: Run, engagement: Path, args: tuple[str, ...]) -> None:
    assert run("own", engagement, *args).returncode == 2


def test_a_provider_is_asked_who_its_members_are(run: Run, mapped: Path, product: Path, cloudflare: str) -> None:
    product.write_text(product.read_text("utf-8") + f'\n[providers]\ncloudflare = "{cloudflare}"\n', "utf-8")
    assert run("product", "import", mapped, product).returncode == 0
    token = {"LAUNCHREADY_CLOUDFLARE_TOKEN": "good-token", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    done = run("status", mapped, "--members", env=token)
    assert done.returncode == 0, done.stderr
    assert "Members of DNS, read from cloudflare:" in done.stdout
    assert "old-dev@acme.test is a member and not on the map" in done.stdout
    assert "Ines is on the map and no member" in done.stdout
    assert "good-token" not in done.stdout + done.stderr
    wrong = run("status", mapped, "--members", env={**token, "LAUNCHREADY_CLOUDFLARE_TOKEN": "bad"})
    assert "Account Settings: Read" in wrong.stderr or "Zone: Read" in wrong.stderr
    assert "Access map:" in wrong.stdout


def test_a_drill_by_its_times(run: Run, engagement: Path) -> None:
    asked = run("attest", engagement, "rollback.drill")
    assert asked.returncode == 2
    assert "step 1:" in asked.stdout
    assert "limit: 15 minutes" in asked.stdout
    people = ("--by", "Ben", "--witness", "Margaux")
    assert "--took" in run("attest", engagement, "rollback.drill", "--yes", *people).stderr
    steps = [part for at in ("0:05", "1:00", "2:10", "5:00", "6:41") for part in ("--step", at)]
    done = run("attest", engagement, "rollback.drill", "--yes", *people, "--took", "6:41", *steps)
    assert done.returncode == 0, done.stderr
    assert "drill written" in done.stdout
    listed = run("status", engagement, "--all").stdout
    assert "pass" in next(
        line for line in listed.splitlines() if "rollback.drill" in line or ("15 min" in line and "undone" in line)
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--took", "soon"), "no time on the clock"),
        (("--took", "6:41", "--step", "7:00"), "later than the end"),
        (("--took", "6:41", "--step", "2:00", "--step", "1:00"), "not in their order"),
        (("--took", "9m", *("--step", "1s") * 9), "has 5 steps"),
    ],
)
def test_times_that_cannot_be(run: Run, engagement: Path, args: tuple[str, ...], words: str) -> None:
    done = run("attest", engagement, "rollback.drill", "--yes", "--by", "Ben", "--witness", "Ana", *args)
    assert done.returncode == 2
    assert words in done.stderr


def test_the_clock_is_not_for_answers(run: Run, engagement: Path) -> None:
    done = run("attest", engagement, "S2.BLD.01", "--yes", "--by", "A", "--witness", "B", "--took", "1:00")
    assert "is no drill" in done.stderr


NIGHT = "operations.midnight-test"


def drawn(run: Run, file: Path) -> str:
    """The line about the card that the midnight test draws."""
    shown = run("attest", file, NIGHT)
    assert "The same is shown until a drill is recorded" in shown.stderr
    return next(line.strip() for line in shown.stdout.splitlines() if "Card drawn: " in line)


def test_the_card_that_the_midnight_test_drew_stays_until_it_is_recorded(run: Run, engagement: Path) -> None:
    people = ("--by", "Ben", "--witness", "Margaux")
    early = run("attest", engagement, NIGHT, "--yes", *people, "--took", "9m")
    assert early.returncode == 2
    assert "Nothing was drawn yet" in early.stderr
    card = drawn(run, engagement)
    assert [drawn(run, engagement) for _ in range(3)] == [card] * 3
    slow = run("attest", engagement, NIGHT, "--yes", *people)
    assert slow.returncode == 2
    assert drawn(run, engagement) == card, "what was refused changes nothing"
    done = run("attest", engagement, NIGHT, "--yes", *people, "--took", "9m", "--note", "It went well.")
    assert done.returncode == 0, done.stderr
    assert "the observer looked for: " in done.stdout
    session = Session.open(engagement)
    (record,) = session.snapshot().state.drills.values()
    assert getattr(record.payload, "note", "") == f"{card}\nIt went well."
    assert not session.remarks("kept ")
    session.close()


def test_the_card_is_the_one_of_the_screen(run: Run, engagement: Path) -> None:
    card = drawn(run, engagement)
    session = Session.open(engagement)
    drafts = from_remarks(session.remarks("kept "), datetime.now(UTC), lambda: 0.0)
    assert drafts.stopwatches[NIGHT].notes == [card]
    assert not drafts.stopwatches[NIGHT].is_started
    session.close()


def test_a_drill_that_was_given_up_needs_no_time(run: Run, engagement: Path) -> None:
    people = ("--by", "Ben", "--witness", "Margaux")
    done = run("attest", engagement, "rollback.drill", "--no", *people)
    assert done.returncode == 0, done.stderr
    assert "Given up by Ben after 0 s." in run("status", engagement, "--all").stdout
    assert run("attest", engagement, "rollback.drill", "--no", *people, "--step", "1:00").returncode == 0
    assert "Given up by Ben after 60 s." in run("status", engagement, "--all").stdout
    night = run("attest", engagement, NIGHT, "--no", *people)
    assert night.returncode == 0, night.stderr


def test_a_note_from_a_file(run: Run, engagement: Path, home: Path) -> None:
    (home / "note.md").write_text("# Rollback\n\n1. `fly releases rollback`\n", "utf-8")
    done = run("attest", engagement, "rollback.note", "--note-file", "note.md", "--by", "Ines")
    assert done.returncode == 0, done.stderr
    assert "note written" in done.stdout
    assert run("export", engagement, "--out", "pack", "--format", "md").returncode == 0
    assert "fly releases rollback" in (home / "pack" / "rollback-note.md").read_text("utf-8")


def test_both_sign_and_the_head_verifies(run: Run, engagement: Path) -> None:
    assert "as whom" in run("attest", engagement, "gate", "--by", "Ines").stderr
    assert run("attest", engagement, "gate", "--by", "Ines", "--role", "consultant").returncode == 0
    same = run("attest", engagement, "gate", "--by", "ines", "--role", "founder")
    assert same.returncode == 2
    signed = run("attest", engagement, "gate", "--by", "Margaux", "--role", "founder")
    head = next(line.split()[2].rstrip(":") for line in signed.stdout.splitlines() if line.startswith("chain head"))
    assert run("export", engagement, "--out", "pack", "--format", "md,json").returncode == 0
    assert run("verify", "pack", "--head", head).returncode == 0


def test_times_on_the_clock() -> None:
    assert [seconds(text) for text in ("6:41", "1:02:03", "401s", "15m", "2h", "0:00")] == [
        401,
        3723,
        401,
        900,
        7200,
        0,
    ]
    for text in ("", "6", "6:60", "-1:00", "1e3s", "6:41:1"):
        with pytest.raises(InputError):
            seconds(text)
