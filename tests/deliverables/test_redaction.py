"""What people typed freely is not in a redacted pack, and documents say that it is left out."""

from __future__ import annotations

from pathlib import Path

from launchready_tui.deliverables.masking import GONE, Mask
from launchready_tui.model.records import Attestation, ClockMark, Decision, System, Waiver
from tests.deliverables.packs import engagement, pack_of
from tests.deliverables.world import DAY, NOW

PRIVATE = "lives at Main St 4, iban DE89 3704"
SPOKEN = (
    Decision("Where mail goes", (f"a {PRIVATE}", "b"), "b", f"she {PRIVATE}", "Maya"),
    Waiver("tls.hsts", "acme.test", "broken", "Maya", f"he {PRIVATE}", f"they {PRIVATE}", NOW + DAY),
    Attestation("mail.spf", "", "the statement", False, "Maya", "Iris", "cli-output", f"note {PRIVATE}", NOW + DAY),
    ClockMark("pause", f"away {PRIVATE}", "S1"),
    System("hosting", "Fly", recovery=f"phone {PRIVATE}"),
)


def test_free_text_of_decisions_waivers_and_answers_is_left_out(tmp_path: Path) -> None:
    pack = pack_of(engagement(tmp_path / "a.launchready", more=SPOKEN), redacted=True)
    for name, data in pack.files.items():
        text = data.decode()
        assert "Main St" not in text, name
        assert "DE89" not in text, name
    handover = pack.files["handover.md"].decode()
    decisions = handover.partition("## Decisions")[2].partition("\n## ")[0]
    assert "Where mail goes" in decisions
    assert f"→ b<br>Options: {GONE}." in decisions
    assert f"| {GONE} | Person" in decisions
    page_one = handover.partition("## The minimum bar")[0]
    assert "why, and what keeps the damage small" in page_one.lower()
    assert GONE in page_one
    assert "reasons of decisions and waivers" in page_one


def test_what_nobody_typed_is_not_said_to_be_left_out() -> None:
    mask = Mask(())
    assert mask.value(Decision("A", (), "b", "", "Maya")) == Decision("A", (), "b", "", "Maya")
    assert mask.value(Decision("A", ("x",), "b", "", "Maya")).options == (GONE,)
