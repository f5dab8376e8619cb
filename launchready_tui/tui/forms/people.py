"""Names of people: the known ones are offered, a new one becomes a person of the engagement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from launchready_tui.model.records import Person
from launchready_tui.text import one_line


def known_name(text: str, people: Sequence[Person]) -> str:
    """The name as it is known, where only capitals and spaces differ; else as it was typed, on one line."""
    name = " ".join(text.split())
    return next((person.name for person in people if same_person(person.name, name)), name)


def same_person(one: str, other: str) -> bool:
    """Whether two names are the same but for capitals and spaces."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def is_new(text: str, people: Sequence[Person]) -> bool:
    """Whether nobody of that name is known."""
    return bool(text.strip()) and not any(same_person(person.name, text) for person in people)


def newcomers(names: Iterable[str], people: Sequence[Person]) -> tuple[Person, ...]:
    """A person for each name that is not known yet, in order, once."""
    new: list[Person] = []
    for name in names:
        if is_new(name, [*people, *new]):
            new.append(Person(" ".join(name.split())))
    return tuple(new)


def new_name_note(text: str, people: Sequence[Person]) -> str:
    """What saving does with a name that is not known; '' for a known one."""
    name = " ".join(text.split())
    if not is_new(name, people):
        return ""
    begins = next((person.name for person in people if person.name.casefold().startswith(name.casefold())), "")
    if begins:
        return f"Right arrow takes {one_line(begins, 40)}; as it stands, somebody new is added."
    return "A new name: it is added to the people."


def listed(people: Sequence[Person], most: int = 4) -> str:
    """`Anna (founder), Ben (consultant) and 2 more`."""
    if not people:
        return ""
    shown = ", ".join(
        f"{one_line(person.name, 24)} ({person.role})" if person.role != "other" else one_line(person.name, 24)
        for person in people[:most]
    )
    return shown + (f" and {len(people) - most} more" if len(people) > most else "")
