"""The form for a new engagement. Nothing is made here: who opened it makes the file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, cast

from textual.widget import Widget

from launchready_tui.errors import ProfileError
from launchready_tui.model.product import Host, Product
from launchready_tui.model.profile import is_host_name, parse_product, write_product
from launchready_tui.model.records import Person, PersonRole
from launchready_tui.text import one_line, slug
from launchready_tui.tui.forms.choice import Option
from launchready_tui.tui.forms.drafts import Drafts
from launchready_tui.tui.forms.fields import ChoiceField, Field, PathField, TextField
from launchready_tui.tui.forms.form import Form, Values
from launchready_tui.tui.forms.paths import expand, file_problem, folder_problem, new_file_problem
from launchready_tui.tui.forms.people import same_person

SUFFIX = ".launchready"
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class NewEngagement:
    """What a new engagement begins with: `toml` is the product profile, its relative paths are relative to `base`."""

    name: str
    domain: str
    repository: str
    path: Path
    toml: str
    base: str
    people: tuple[Person, ...]


class NewForm(Form[NewEngagement]):
    """Closes with what the new engagement begins with. `folder` is where its file goes, unless a path is typed."""

    NAME = "new"
    SAVE = "Create"
    HELP: ClassVar[str] = """
# A new engagement

One product, one sprint, one file. A name and a domain are enough to begin: everything else can be filled in later on
the product screen.

- If a **product profile** (TOML) exists already, name it: it is taken over word for word, and fills in name and domain.
- The **file** is the engagement: copy it, mail it, open it again. Nothing that exists is ever overwritten.
"""

    def __init__(self, folder: Path | None = None, *, drafts: Drafts | None = None) -> None:
        super().__init__("A new engagement", "", drafts)
        self.folder = folder
        self._offered = ""
        self._taken: dict[str, str] = {}

    def head(self) -> Iterable[Widget]:
        """What it takes."""
        yield self.told(("One product, one sprint, one file. A name and a domain are enough to begin.", "muted"))

    def fields(self) -> Iterable[Field]:
        """The product, the file, the two people."""
        yield TextField("name", "Product", help="what customers call it: Acme Market", needed=True, most=80)
        yield TextField("domain", "Domain", help="acme.com, without https:// and path", needed=True, most=253)
        yield PathField(
            "repository", "Repository", folders=True, help="optional: folder with the code; right arrow completes"
        )
        yield PathField("profile", "Profile", help="optional: a product TOML to take over")
        yield PathField("file", "File", help="the engagement; never overwrites anything", needed=True)
        yield TextField("me", "Your name", needed=True, most=80)
        roles = [Option(role, role) for role in ("consultant", "founder", "backup", "other")]
        yield ChoiceField("role", "Your role", roles, "consultant", needed=True)
        yield TextField("founder", "Founder", help="their name, if that is not you", most=80)

    def changed(self, field: Field) -> None:
        """The file follows the name until it is typed by hand."""
        file = self.field("file")
        if field.key == "name" and file.value in ("", self._offered):
            name = slug(field.value) + SUFFIX if field.value.strip() else ""
            self._offered = str(self.folder / name) if name and self.folder else name
            file.value = self._offered

    def left(self, field: Field) -> None:
        """A profile fills in what is empty."""
        if field.key == "profile" and field.value.strip() and not field.problem:
            product, _ = self._profile(field.value.strip())
            if product is not None:
                known = (("name", product.name), ("domain", product.domain))
                self._taken = dict(known)
                for name, value in known:
                    if not self.field(name).value.strip():
                        self.field(name).value = value

    def _profile(self, typed: str) -> tuple[Product | None, str]:
        """The profile, or what is wrong with it."""
        if problem := file_problem(typed):
            return None, problem
        path = expand(typed)
        try:
            if path.stat().st_size > _LARGEST:
                return None, "That is too large for a product profile."
            return parse_product(path.read_text(encoding="utf-8"), path.name, str(path.parent)), ""
        except (OSError, UnicodeDecodeError):
            return None, "That file cannot be read as text."
        except ProfileError as error:
            return None, one_line(error.problems[0] if error.problems else "That is no product profile.", 200)

    def problems(self, values: Values) -> dict[str, str]:
        """What is missing or cannot be used."""
        wrong: dict[str, str] = {}
        domain = _domain(values["domain"])
        if not values["name"]:
            wrong["name"] = "Say what the product is called."
        if not domain:
            wrong["domain"] = "Name the product's domain."
        elif not is_host_name(domain) or "." not in domain:
            wrong["domain"] = f'"{one_line(values["domain"], 60)}" is not a domain name such as acme.com.'
        if values["repository"] and (problem := folder_problem(values["repository"])):
            wrong["repository"] = problem
        if values["profile"]:
            product, problem = self._profile(values["profile"])
            if product is None:
                wrong["profile"] = problem
            else:
                if domain and domain != product.domain:
                    wrong["domain"] = f"The profile is about {one_line(product.domain, 80)}: both have to agree."
                if values["repository"] and product.repository:
                    wrong["repository"] = "The profile names a repository already: leave this empty."
        file = _file(values["file"])
        if file is None:
            wrong["file"] = "Say where the engagement is kept."
        elif problem := new_file_problem(str(file)):
            wrong["file"] = problem
        if not values["me"]:
            wrong["me"] = "Say who you are: it is how you sign."
        if values["role"] != "founder" and values["founder"] and same_person(values["me"], values["founder"]):
            wrong["founder"] = "That is your own name: then your role is founder."
        return wrong

    def result(self, values: Values) -> NewEngagement:
        """What it begins with."""
        domain, repository = _domain(values["domain"]), values["repository"]
        folder = os.path.abspath(expand(repository)) if repository else ""  # noqa: PTH100 - links stay as they were typed
        product, _ = self._profile(values["profile"]) if values["profile"] else (None, "")
        if product is None:
            toml, base = (
                write_product(Product(values["name"], domain, hosts=(Host(domain, "apex"),), repository=folder)),
                str(Path.cwd()),
            )
        else:
            source = expand(values["profile"])
            as_it_is = product.name == values["name"] and not folder
            changed = replace(product, name=values["name"], repository=folder or product.repository)
            toml = source.read_text(encoding="utf-8") if as_it_is else write_product(changed)
            base = str(source.absolute().parent)
        file = _file(values["file"])
        assert file is not None
        return NewEngagement(
            values["name"], domain, folder or (product.repository if product else ""), file, toml, base, _people(values)
        )


def _domain(text: str) -> str:
    """The domain that was meant: without scheme, path and trailing dot."""
    bare = text.strip().lower()
    for scheme in ("https://", "http://"):
        bare = bare.removeprefix(scheme)
    return bare.split("/")[0].rstrip(".")


def _file(text: str) -> Path | None:
    if not text.strip():
        return None
    path = expand(text)
    if text.strip().endswith("/"):
        return None
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def _people(values: Values) -> tuple[Person, ...]:
    me = Person(" ".join(values["me"].split()), cast(PersonRole, values["role"]))
    founder = " ".join(values["founder"].split())
    return (me, Person(founder, "founder")) if founder and not same_person(founder, me.name) else (me,)
