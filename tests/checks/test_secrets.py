"""Every check of secrets from evidence: pass, warn, fail, unknown, not run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from launchready_tui.model.evidence import Failure
from launchready_tui.model.product import Environment, Host, Product, Route
from launchready_tui.model.questions.secrets import (
    Acceptance,
    BundleScan,
    EnvironmentNames,
    EnvironmentUse,
    FoundSecret,
    RiskyFile,
    SecretReport,
    SecretScan,
    ShippedBundle,
    TrackedFiles,
    TrackedList,
    UsedVariable,
)
from launchready_tui.model.verdicts import Judgement, Verdict
from tests.kit import judge

PRODUCT = Product("Acme", "acme.test", (Host("acme.test", "apex"),), repository="../acme")
NOWHERE = replace(PRODUCT, repository="")
UNREADABLE = Failure("unreadable", "no")

KEY = FoundSecret("r", "Stripe key", "provider", "has its form", "a.py", 3, "f" * 16, "wxyz", 40)
MAYBE = replace(KEY, title="Password", kind="generic", fingerprint="e" * 16)
PUBLIC = replace(KEY, title="Anon key", kind="publishable", fingerprint="d" * 16)
IN_HISTORY = replace(KEY, commit="c" * 40, authored_at="2026-01-05T10:00:00+00:00", in_head=False)
HIDDEN = replace(KEY, decoded=("hex", "base64"), fingerprint="b" * 16)
TREE, HISTORY = SecretScan("../acme"), SecretScan("../acme", "history")


def report(*findings: FoundSecret, **more: Any) -> SecretReport:
    return SecretReport(findings, read=12, commits=3, **more)


def tree(facts: SecretReport | Failure, product: Product = PRODUCT) -> Judgement:
    return judge("secrets.working-tree", product.repository or "repository", {TREE: facts}, product)


def history(facts: SecretReport | Failure) -> Judgement:
    return judge("secrets.history", "../acme", {HISTORY: facts}, PRODUCT)


def outcome(judgement: Judgement) -> tuple[Verdict, str]:
    return judgement.verdict, judgement.reason


def test_the_working_tree() -> None:
    assert outcome(tree(report())) == (Verdict.PASS, "")
    assert outcome(tree(report(PUBLIC))) == (Verdict.PASS, "")
    assert outcome(tree(report(MAYBE))) == (Verdict.WARN, "generic-secret")
    assert outcome(tree(report(MAYBE, KEY))) == (Verdict.FAIL, "provider-secret")
    assert outcome(tree(report(replace(KEY, kind="private-key")))) == (Verdict.FAIL, "provider-secret")
    assert outcome(tree(report(HIDDEN))) == (Verdict.PASS, "")
    assert outcome(tree(UNREADABLE)) == (Verdict.UNKNOWN, "unreadable")
    assert "a.py:3" in tree(report(KEY)).summary
    assert any("has its form" in line for line in tree(report(KEY)).details)


def test_what_was_not_read_is_never_clean_and_hides_no_finding() -> None:
    missed = {"incomplete": ("b.py could not be read",)}
    assert outcome(tree(report(**missed))) == (Verdict.UNKNOWN, "incomplete")
    assert outcome(tree(report(MAYBE, **missed))) == (Verdict.UNKNOWN, "incomplete")
    assert outcome(tree(report(KEY, **missed))) == (Verdict.FAIL, "provider-secret")
    assert "b.py could not be read" in tree(report(**missed)).summary


def test_without_a_repository_nothing_is_run() -> None:
    for check in ("working-tree", "history", "decoded", "tracked-env-files", "environment-inventory"):
        assert outcome(judge(f"secrets.{check}", "repository", {}, NOWHERE)) == (Verdict.NOT_RUN, "input-missing")


def test_accepted_findings_are_shown_until_their_day() -> None:
    def given(until: str) -> FoundSecret:
        return replace(KEY, accepted=Acceptance("Ada", "It opens nothing.", until))

    accepted = tree(report(given("2026-11-24")))
    assert outcome(accepted) == (Verdict.PASS, "accepted")
    assert any("accepted until 2026-11-24 by Ada: It opens nothing." in line for line in accepted.details)
    assert outcome(tree(report(given("2026-11-23")))) == (Verdict.FAIL, "provider-secret")


def test_thousands_of_findings_are_cut_with_their_number() -> None:
    many = [replace(KEY, line=number, fingerprint=f"{number:016x}") for number in range(1_000)]
    judgement = tree(report(*many, more=500))
    assert judgement.summary.endswith("and 999 more")
    assert len(judgement.details) < 50
    assert any("1460 more" in line for line in judgement.details)


def test_the_history() -> None:
    assert outcome(history(report())) == (Verdict.PASS, "")
    assert outcome(history(report(IN_HISTORY))) == (Verdict.FAIL, "secret-in-history")
    assert outcome(history(report(replace(IN_HISTORY, kind="generic")))) == (Verdict.WARN, "generic-secret")
    assert outcome(history(report(incomplete=("the clone is shallow",)))) == (Verdict.UNKNOWN, "incomplete")
    assert outcome(history(report(versioned=False)))[0] is Verdict.NOT_APPLICABLE
    assert outcome(history(UNREADABLE)) == (Verdict.UNKNOWN, "unreadable")
    (line,) = history(report(IN_HISTORY)).details
    assert "authored 2026-01-05, no longer in HEAD" in line


def test_what_stands_behind_an_encoding() -> None:
    def look(files: SecretReport | Failure, past: SecretReport | Failure) -> Judgement:
        return judge("secrets.decoded", "../acme", {TREE: files, HISTORY: past}, PRODUCT)

    assert outcome(look(report(KEY), report(IN_HISTORY))) == (Verdict.PASS, "")
    assert outcome(look(report(HIDDEN), report())) == (Verdict.FAIL, "encoded-secret")
    assert outcome(look(report(), report(HIDDEN))) == (Verdict.FAIL, "encoded-secret")
    assert outcome(look(report(), report(replace(HIDDEN, kind="generic")))) == (Verdict.WARN, "generic-secret")
    assert outcome(look(report(), report(incomplete=("shallow",)))) == (Verdict.UNKNOWN, "incomplete")
    assert outcome(look(report(), report(versioned=False, incomplete=("no repository",)))) == (Verdict.PASS, "")
    assert outcome(look(report(), UNREADABLE)) == (Verdict.UNKNOWN, "unreadable")
    both = look(report(HIDDEN), report(replace(HIDDEN, commit="c" * 40)))
    assert len(both.details) == 1
    assert "behind base64 in hex" in both.details[0]


def test_tracked_files() -> None:
    def look(facts: TrackedList | Failure) -> Judgement:
        return judge("secrets.tracked-env-files", "../acme", {TrackedFiles("../acme"): facts}, PRODUCT)

    example = RiskyFile(".env.example", "a value that looks real", sure=False)
    assert outcome(look(TrackedList(tracked=9))) == (Verdict.PASS, "")
    assert outcome(look(TrackedList((example,), 9))) == (Verdict.WARN, "example-with-values")
    found = look(TrackedList((example, RiskyFile(".env", "values"), RiskyFile("a.pem", "a private key")), 9))
    assert outcome(found) == (Verdict.FAIL, "tracked-secret-file")
    assert found.summary == ".env holds values, and 1 more"
    assert outcome(look(Failure("no-repository", "no"))) == (Verdict.UNKNOWN, "no-repository")


def test_the_environment() -> None:
    listed = replace(PRODUCT, environment=Environment("names.txt"))
    used = (UsedVariable("A", "a.py:1"), UsedVariable("B", "a.py:2", optional=True))

    def look(facts: EnvironmentNames | Failure, product: Product = listed) -> Judgement:
        question = EnvironmentUse("../acme", product.environment.production_names)
        return judge("secrets.environment-inventory", "../acme", {question: facts}, product)

    assert outcome(look(EnvironmentNames(used, production=("A", "B")))) == (Verdict.PASS, "")
    missing = look(EnvironmentNames(used, production=("B",)))
    assert outcome(missing) == (Verdict.FAIL, "missing-in-production")
    assert missing.details == ("A is read in a.py:1",)
    assert outcome(look(EnvironmentNames(used, production=("A",)))) == (Verdict.PASS, "")
    assert outcome(look(EnvironmentNames(used, production=("A", "Z")))) == (Verdict.WARN, "unused-in-production")
    examples = {"examples": ("A",), "example_files": (".env.example",)}
    assert outcome(look(EnvironmentNames(used, production=("A", "B"), **examples))) == (Verdict.WARN, "not-in-example")
    assert outcome(look(EnvironmentNames())) == (Verdict.PASS, "nothing-read")
    nobody = look(EnvironmentNames(used), PRODUCT)
    assert outcome(nobody) == (Verdict.NOT_RUN, "input-missing")
    assert "production_names" in nobody.summary
    assert outcome(look(UNREADABLE)) == (Verdict.UNKNOWN, "unreadable")


def test_the_client_bundle() -> None:
    url = "https://acme.test/"
    product = replace(PRODUCT, routes=(Route("home", url),))

    def look(facts: ShippedBundle | Failure) -> Judgement:
        return judge("secrets.client-bundle", url, {BundleScan(url, ("acme.test",)): facts}, product)

    assert outcome(look(ShippedBundle(200, scripts=("x",)))) == (Verdict.PASS, "")
    assert outcome(look(ShippedBundle(200, (PUBLIC,)))) == (Verdict.PASS, "publishable-keys")
    assert outcome(look(ShippedBundle(200, (KEY,), source_maps=("m",)))) == (Verdict.FAIL, "shipped-secret")
    assert outcome(look(ShippedBundle(404, (KEY,)))) == (Verdict.FAIL, "shipped-secret")
    assert outcome(look(ShippedBundle(404))) == (Verdict.UNKNOWN, "page-not-served")
    assert outcome(look(ShippedBundle(200, source_maps=("https://acme.test/a.map",)))) == (
        Verdict.WARN,
        "public-source-map",
    )
    assert outcome(look(ShippedBundle(200, named=("VITE_API_SECRET",)))) == (Verdict.WARN, "public-name")
    assert outcome(look(ShippedBundle(200, (MAYBE,)))) == (Verdict.WARN, "suspected-secret")
    assert outcome(look(ShippedBundle(200, incomplete=("a.js: timeout",)))) == (Verdict.UNKNOWN, "partly-read")
    assert outcome(look(Failure("bot-wall", "x"))) == (Verdict.UNKNOWN, "bot-wall")
