"""The marketplace's repository: a small Django shop with a browser part, as files and commits.

In good order; faults edit it.

Every key in it is put together when the program runs and belongs to nobody, so that no scanner finds one in our own
code.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from launchready_tui.practice.errors import PracticeError
from launchready_tui.practice.world import Commit, Reply, World
from launchready_tui.secrets.gitcommand import GitFailed, Repository, is_installed

FOLDER = "repository"
"""Where the repository lies, relative to the profile."""

PRODUCTION_NAMES = "production-names.txt"
"""The file with the names of production's variables, relative to the profile."""

VARIABLES = ("DATABASE_URL", "DJANGO_SECRET_KEY", "MAIL_TOKEN", "PAYMENT_SECRET_KEY", "PAYMENT_WEBHOOK_SECRET")

_FIRST_DAY = 1_767_600_000
"""5 January 2026: the date of the first commit; the others follow a day apart."""

_DAY = 86_400
_LETTERS = "K7mQ2vTz9RbWcJ4nLpYs8HdUe5GaFi3oMtN6qVkXyZ1xBf0wEj"
"""Looks random and is the same in every practice sprint."""


def letters(count: int, start: int = 0) -> str:
    """So many characters that look random."""
    return (_LETTERS * (2 + (count + start) // len(_LETTERS)))[start : start + count]


def token(role: str) -> str:
    """A signed token of a hosted database with that role; the signature is invented."""
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"iss": "supabase", "ref": letters(20).lower(), "role": role, "iat": 1_767_600_000},
    )
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join((*encoded, letters(43, 7)))


def live_secret() -> str:
    """A string in the form of a secret payment key."""
    return "_".join(("sk", "live", "51" + letters(22, 3)))


_URLS = """from django.urls import path

from shop import views

urlpatterns = [
    path("listings/", views.listings),
    path("listings/<slug:slug>/", views.listing),
    path("search/", views.search),
    path("checkout/", views.checkout),
]
"""
VIEWS = """from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render

from shop.models import Listing


def listings(request):
    every = Listing.objects.select_related("seller").order_by("-created")
    page = Paginator(every, 24).get_page(request.GET.get("page"))
    return render(request, "listings.html", {"page": page})


def listing(request, slug):
    return render(request, "listing.html", {"listing": get_object_or_404(Listing, slug=slug)})


def search(request):
    found = Listing.objects.filter(title__icontains=request.GET.get("q", ""))[:24]
    return render(request, "search.html", {"found": found})


def checkout(request):
    return render(request, "checkout.html", {})
"""
_SETTINGS = """import os

DATABASE_URL = os.environ["DATABASE_URL"]
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
PAYMENT_SECRET_KEY = os.environ["PAYMENT_SECRET_KEY"]
PAYMENT_WEBHOOK_SECRET = os.environ["PAYMENT_WEBHOOK_SECRET"]
MAIL_TOKEN = os.environ["MAIL_TOKEN"]
PAGE_SIZE = int(os.environ.get("PAGE_SIZE", "24"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
"""


def _example() -> str:
    values = {
        "DATABASE_URL": "postgres://user:password@localhost:5432/shop",
        "DJANGO_SECRET_KEY": "change-me",
        "MAIL_TOKEN": "your-token-here",
        "PAYMENT_SECRET_KEY": "_".join(("sk", "test", "your-key-here")),
        "PAYMENT_WEBHOOK_SECRET": "<from the dashboard>",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items()) + "PAGE_SIZE=24\n"


def _readme() -> str:
    """Full of what looks like secrets and is none: the traps."""
    sample = "AKIA" + "IOSFODNN7" + "EXAMPLE"
    return f"""# Acme Market

Copy `.env.example` to `.env` and fill it in. Examples, none of them real:

    AWS_ACCESS_KEY_ID={sample}
    PAYMENT_SECRET_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx
    DATABASE_URL=postgres://user:password@localhost/shop
    MAIL_TOKEN=${{MAIL_TOKEN}}
"""


def _browser() -> str:
    return f"""export const payments = {{ publishableKey: "{public_key()}" }};
export const database = {{ anonKey: "{token("anon")}" }};
export const firebaseConfig = {{ apiKey: "{browser_key()}", authDomain: "acme-market.firebaseapp.test", projectId:
"acme-market" }};
"""


def public_key() -> str:
    """A string in the form of a publishable payment key."""
    return "_".join(("pk", "live", "51" + letters(22, 5)))


def browser_key() -> str:
    """A string in the form of a key that Google hands to browsers."""
    return "AIza" + "Sy" + letters(33, 9)


def commits() -> tuple[Commit, ...]:
    """The history of the repository in good order."""
    return (
        Commit(
            "First version",
            {
                "README.md": _readme(),
                ".gitignore": ".env\n*.pem\n__pycache__/\n",
                ".env.example": _example(),
                "shop/settings.py": _SETTINGS,
                "shop/urls.py": _URLS,
                "shop/views.py": VIEWS,
            },
        ),
        Commit(
            "Browser part",
            {"web/config.js": _browser(), "web/checkout.js": "import { payments } from './config.js';\n"},
        ),
    )


def files() -> dict[str, str]:
    """What lies beside the profile because of the repository."""
    return {PRODUCTION_NAMES: "".join(f"{name}\n" for name in (*VARIABLES, "PAGE_SIZE"))}


def dressed(world: World, www: str, app: str) -> World:
    """The world with scripts that hold publishable keys only, and an app that answers its shell for `/.env`: traps."""
    shell = Reply(200, '<!doctype html><html lang="en"><title>Acme Market</title><div id="app">PORT=1</div></html>\n')
    world = world.with_resource(app, "/.env", shell).with_resource(app, "/.git/HEAD", shell)
    world = world.with_resource(www, "/assets/market.js", Reply(200, _browser(), "text/javascript; charset=utf-8"))
    return world.with_page(www, "/", foot=('<script type="module" src="/assets/market.js"></script>',))


def write_repository(folder: Path, history: Iterable[Commit], untracked: Mapping[str, str]) -> None:
    """Make the repository anew; without git its files alone. Raises `PracticeError` where it cannot be written."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700, parents=True)
        if is_installed():
            repository = Repository(folder / ".git", folder)
            repository.output("init", "--quiet", "--initial-branch=main")
            repository.output("fast-import", "--quiet", stdin=_stream(history))
            repository.output("reset", "--quiet", "--hard", "main")
        else:
            for commit in history:
                _write(folder, commit.changes)
        _write(folder, untracked)
    except (OSError, GitFailed) as error:
        raise PracticeError(
            f"the practice repository cannot be made in {folder}: {error}", "Is the folder writable?"
        ) from error


def _write(folder: Path, changes: Mapping[str, str | None]) -> None:
    for name, text in changes.items():
        path = folder / name
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def _stream(history: Iterable[Commit]) -> bytes:
    """The commits in the language of git fast-import."""
    lines: list[bytes] = []
    for number, commit in enumerate(history):
        who = f"Margaux <margaux@acme.test> {_FIRST_DAY + number * _DAY} +0000"
        lines.append(f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n".encode() + _data(commit.message))
        for name, text in commit.changes.items():
            lines.append(f"D {name}\n".encode() if text is None else f"M 100644 inline {name}\n".encode() + _data(text))
    return b"".join(lines)


def _data(text: str) -> bytes:
    data = text.encode()
    return f"data {len(data)}\n".encode() + data + b"\n"
