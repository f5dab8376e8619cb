"""Pure: the lints of row security (S4.Q.07), by the numbers under which Supabase's splinter knows their meaning.

Where no role of a browser API is in the database, only what concerns the policies themselves is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launchready_tui.database.expressions import is_always_true, repeated_calls, trusts_the_user
from launchready_tui.model.questions.schema import Policy, RowSecurityFacts, SecuredTable
from launchready_tui.text import plural

ALL = ("0003", "0006", "0007", "0008", "0010", "0011", "0013", "0015", "0023", "0024", "0028", "0029")
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")

LEVELS = {
    "sensitive-columns": "error",
    "row-security-off": "error",
    "policies-not-enforced": "error",
    "owner-view": "error",
    "user-metadata": "error",
    "policy-always-true": "warn",
    "callable-definer": "warn",
    "open-search-path": "warn",
    "search-path": "hint",
    "policy-cost": "hint",
    "no-policy": "note",
    "public-read": "note",
}
"""How much a lint matters, by its reason: an error stops the launch, a warning is a fail of its own severity, a hint is
a weakness, a note is neither.
"""

_SENSITIVE = re.compile(
    r"""(?:^|_)(?:
      pass(?:word|wd|code|phrase)|pwd|secret|(?:api|private|ssh|pgp|encryption)_?key|token|jwt|otp|totp|pin_?code|auth_?code
    | ssn|social_security|drivers?_licen[cs]e|passport|national_id|tax_id
    | credit_?card|card_?number|cvv|cvc|bank_account|account_number|routing_number|iban|swift_code
    | (?:health|medical)_record|patient_id|insurance_number|diagnosis
    | mac_address|imei|biometric|facial_recognition
    )(?:_|s?$)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Lint:
    """One thing that a lint found: its number, the reason under which it counts, one sentence."""

    number: str
    reason: str
    text: str


def lints(facts: RowSecurityFacts, numbers: Sequence[str] = ALL) -> list[Lint]:
    """Everything that the lints of those numbers find."""
    found = [*_tables(facts), *_views(facts), *_functions(facts)]
    return [lint for lint in found if lint.number in numbers]


def uses_row_security(facts: RowSecurityFacts) -> bool:
    """Whether anything here stands or falls with row security: a browser's role, a policy, a table that has it on."""
    return bool(facts.roles) or any(table.enabled or table.policies for table in facts.tables)


def sensitive(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns whose names say that they hold a secret or somebody's identity."""
    snake = ((name, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) for name in columns)
    return tuple(name for name, form in snake if _SENSITIVE.search(form))


def _tables(facts: RowSecurityFacts) -> Iterator[Lint]:
    for table in facts.tables:
        where = _place(table.schema, table.name)
        open_to = ", ".join(dict.fromkeys([*table.readers, *table.writers]))
        private = sensitive(table.columns)
        if not table.enabled and open_to and private:
            text = f"{where} shows {', '.join(private[:4])} to {open_to}: row security is off"
            yield Lint("0023", "sensitive-columns", text)
        if not table.enabled and table.policies:
            count = plural(len(table.policies), "policy", "policies")
            text = f"{where} has {count} that nobody enforces: row security is off"
            yield Lint("0007", "policies-not-enforced", text)
        elif not table.enabled and open_to:
            yield Lint("0013", "row-security-off", f"{where} is open to {open_to}: row security is off")
        if table.enabled and not table.policies:
            yield Lint(
                "0008", "no-policy", f"{where} has row security and no policy: it is closed to everybody but its owner"
            )
        yield from _policies(facts, table, where, private)


def _policies(facts: RowSecurityFacts, table: SecuredTable, where: str, private: Sequence[str]) -> Iterator[Lint]:
    for policy in table.policies:
        name = f'policy "{policy.name}" of {where}'
        conditions = [item for item in (policy.using, policy.check) if item]
        if any(map(trusts_the_user, conditions)):
            yield Lint("0015", "user-metadata", f"{name} trusts metadata that users change themselves")
        if calls := tuple(dict.fromkeys(call for item in conditions for call in repeated_calls(item))):
            yield Lint(
                "0003", "policy-cost", f"{name} calls {', '.join(calls)} for each row: write (select …) around it"
            )
        reached = not facts.roles or table.readers or table.writers
        if policy.permissive and _concerns(policy, facts.roles) and table.enabled and reached:
            yield from _always_true(policy, name, private)
    yield from _several(facts, table, where)


def _always_true(policy: Policy, name: str, private: Sequence[str]) -> Iterator[Lint]:
    """A policy that lets every row pass. For reading that may be meant (a public listing), for writing hardly."""
    reads = bool(policy.using) and is_always_true(policy.using)
    checks = is_always_true(policy.check) if policy.check else reads and policy.command in ("ALL", "UPDATE")
    who = ", ".join(policy.roles) or "everybody"
    if (policy.command == "INSERT" and checks) or (policy.command in ("ALL", "UPDATE", "DELETE") and (reads or checks)):
        yield Lint("0024", "policy-always-true", f"{name} lets {who} write any row ({policy.command})")
    elif policy.command == "SELECT" and reads and private:
        text = f"{name} lets {who} read every row, {', '.join(list(private)[:4])} included"
        yield Lint("0024", "policy-always-true", text)
    elif policy.command == "SELECT" and reads:
        yield Lint("0024", "public-read", f"{name} lets {who} read every row: right for what is public")


def _several(facts: RowSecurityFacts, table: SecuredTable, where: str) -> Iterator[Lint]:
    """Several permissive policies for one role and command are all evaluated for each row."""
    if not table.enabled:
        return
    named = dict.fromkeys(role for policy in table.policies for role in policy.roles)
    told: set[str] = set()
    for role in facts.roles or tuple(named) or ("everybody",):
        for command in COMMANDS:
            names = [
                policy.name
                for policy in table.policies
                if policy.permissive
                and policy.command in (command, "ALL")
                and (not policy.roles or role in policy.roles)
            ]
            if len(names) > 1 and command not in told:
                told.add(command)
                listed = ", ".join(f'"{name}"' for name in names[:4])
                yield Lint(
                    "0006",
                    "policy-cost",
                    f"{where} has {len(names)} permissive policies for {command} by {role}: {listed}",
                )


def _concerns(policy: Policy, roles: Sequence[str]) -> bool:
    """Whether a policy is for a browser's role: one of them, or everybody."""
    return not policy.roles or not roles or bool(set(policy.roles) & set(roles))


def _views(facts: RowSecurityFacts) -> Iterator[Lint]:
    for view in facts.views:
        if view.readers and not view.invoker:
            text = f"view {_place(view.schema, view.name)} reads with its owner's rights for {', '.join(view.readers)}"
            yield Lint("0010", "owner-view", text)


def _functions(facts: RowSecurityFacts) -> Iterator[Lint]:
    for function in facts.functions:
        name = f"{_place(function.schema, function.name)}({function.arguments})"
        if function.definer and function.callers:
            # The first role is the stranger's where there are both (0028); signed-up users alone are 0029.
            number = "0028" if facts.roles[0] in function.callers else "0029"
            text = f"{name} runs with its owner's rights and may be called by {', '.join(function.callers)}"
            yield Lint(number, "callable-definer", text)
        if function.definer and not function.fixed_path:
            yield Lint("0011", "open-search-path", f"{name} runs with its owner's rights and an open search path")
        elif not function.fixed_path and facts.roles:
            yield Lint("0011", "search-path", f"{name} has no fixed search path")


def _place(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"
