"""Faults in the repository and in what the web servers give away.

Every key is put together at run time and opens nothing.
"""

from __future__ import annotations

import base64
import json

from launchready_tui.practice import code
from launchready_tui.practice.faults.model import Edit, Fault, hints, shows
from launchready_tui.practice.marketplace import DOMAIN, WWW
from launchready_tui.practice.world import Commit, Reply, World

_SCRIPT = "text/javascript; charset=utf-8"


def _host(label: str) -> str:
    return f"{label}.{DOMAIN}"


def _committed(*commits: Commit) -> Edit:
    return lambda world: world.with_commits(*commits)


def _script(page: str, name: str, body: str, **more: str) -> Edit:
    """A script of its own for a page of the main site; `more` are further files beside it."""

    def edit(world: World) -> World:
        world = world.with_resource(WWW, f"/assets/{name}", Reply(200, body, _SCRIPT))
        for other, text in more.items():
            world = world.with_resource(
                WWW, f"/assets/{other.replace('__', '.')}", Reply(200, text, "application/json")
            )
        return world.with_page(WWW, page, foot=(f'<script src="/assets/{name}" defer></script>',))

    return edit


def _serving(host: str, **files: str) -> Edit:
    def edit(world: World) -> World:
        for path, text in files.items():
            world = world.with_resource(host, path, Reply(200, text, "text/plain; charset=utf-8"))
        return world

    return edit


def _refund_script() -> str:
    return f'import payments\n\npayments.api_key = "{code.live_secret()}"\nprint(payments.Balance.retrieve())\n'


def _backup_script() -> str:
    key_id, secret = "AKIA" + "Q3EGRI5L7NVTZ2XB", code.letters(40, 11)
    return f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={key_id}\nexport AWS_SECRET_ACCESS_KEY={secret}\naws s3 cp dump.sql s3://acme-backup/\n"


def _service_account() -> str:
    """A service account as one line of base64, the way it is pasted into a variable."""
    body = "\n".join(code.letters(64, at) for at in range(0, 40, 8))
    head, foot = (f"-----{word} PRIVATE KEY-----" for word in ("BEGIN", "END"))
    account = {"type": "service_account", "project_id": "acme-market", "private_key": f"{head}\n{body}\n{foot}\n"}
    return base64.b64encode(json.dumps(account).encode()).decode() + "\n"


def _slow_views() -> str:
    return code.VIEWS.replace(
        "def checkout(request):\n",
        "def dashboard(request):\n    rows = []\n    for listing in Listing.objects.filter(seller=request.user)[:50]:\n"
        "        rows.append(Order.objects.filter(listing=listing).count())\n"
        '    return render(request, "dashboard.html", {"rows": rows})\n\n\ndef checkout(request):\n',
    )


def _source_map() -> str:
    source = "// TODO: check it on the server\nexport const discount = code => code === 'MARGAUX' ? 0.2 : 0;\n"
    return json.dumps(
        {"version": 3, "sources": ["src/help.ts"], "sourcesContent": [source], "mappings": "AAAA", "names": []}
    )


def _leaked_environment() -> str:
    return f"APP_NAME=acme-newsletter\nDB_HOST=db.internal\nDB_USER=shop\nDB_PASS={code.letters(14, 2)}\n"


def _without_webhook(world: World) -> World:
    names = "".join(f"{name}\n" for name in code.VARIABLES if name != "PAYMENT_WEBHOOK_SECRET") + "PAGE_SIZE\n"
    return world.with_file(code.PRODUCTION_NAMES, names)


SECRET_FAULTS: tuple[Fault, ...] = (
    Fault(
        "code-payment-key",
        "A helper script holds the live payment key",
        "It was only meant to look at the balance once. Git does not know it yet; the next `git add .` takes it along.",
        "Replace the key at the payment provider, delete the script, read the key from the environment.",
        (shows("secrets.working-tree", code.FOLDER, "provider-secret"),),
        lambda world: world.with_untracked("scripts/refund.py", _refund_script()),
        needs="secrets-engine",
    ),
    Fault(
        "history-cloud-key",
        "A cloud key was committed and deleted again",
        "The backup script with the key was in the repository for one day in January. Every clone since has it.",
        "Replace the key at the cloud provider; deleting the file was not enough.",
        (shows("secrets.history", code.FOLDER, "secret-in-history"),),
        _committed(
            Commit("Nightly backup", {"deploy/backup.sh": _backup_script()}),
            Commit("Tidy up", {"deploy/backup.sh": None}),
        ),
        needs="secrets-engine",
    ),
    Fault(
        "encoded-service-account",
        "A service account lies in the repository as base64",
        "It had to become one line to fit into a variable, and then the line was committed.",
        "Have a new key issued for the service account, and keep the line in the secret store.",
        (shows("secrets.decoded", code.FOLDER, "encoded-secret"),),
        _committed(Commit("Storage", {"deploy/storage.b64": _service_account()})),
        needs="secrets-engine",
    ),
    Fault(
        "tracked-environment",
        "The file .env is under version control",
        "It was added before .gitignore was written. The next merge puts somebody's laptop settings into production.",
        "git rm --cached .env, and commit.",
        (shows("secrets.tracked-env-files", code.FOLDER, "tracked-secret-file"),),
        _committed(Commit("Settings", {".env": "SHOP_NAME=acme\nDB_HOST=db.internal\nPAGE_SIZE=12\n"})),
        needs="secrets-engine",
    ),
    Fault(
        "webhook-secret-missing",
        "Production lacks the webhook secret",
        "The code reads it since Tuesday, and nobody told the host. It shows with the first real payment.",
        "Set PAYMENT_WEBHOOK_SECRET in production and release again.",
        (shows("secrets.environment-inventory", code.FOLDER, "missing-in-production"),),
        _without_webhook,
    ),
    Fault(
        "slow-dashboard",
        "The seller's dashboard asks the database once a listing",
        "Three test listings are quick. Fifty are not.",
        "Count all orders with one query that groups by listing.",
        (hints("performance.slow-routes-code", code.FOLDER, "slow-route-suspected"),),
        _committed(Commit("Dashboard", {"shop/views.py": _slow_views()})),
    ),
    Fault(
        "bundle-service-key",
        "The seller's page ships the key that passes by every rule",
        "Saving a draft failed with the anon key, so somebody tried the other one, and it worked.",
        "Replace the service key and save drafts through the server.",
        (shows("secrets.client-bundle", f"https://{WWW}/sell", "shipped-secret"),),
        lambda world: _script("/sell", "sell.js", f'const database = connect("{code.token("service_role")}");\n')(
            world
        ),
        needs="secrets-engine",
    ),
    Fault(
        "help-source-map",
        "The help page publishes its original code",
        "The build was copied with its maps. Comments and all.",
        "Build without source maps, or upload them to the error tracker only.",
        (hints("secrets.client-bundle", f"https://{WWW}/help", "public-source-map"),),
        _script(
            "/help",
            "help.js",
            "const d=c=>c==='MARGAUX'?.2:0;\n//# sourceMappingURL=help.js.map\n",
            help__js__map=_source_map(),
        ),
        needs="secrets-engine",
    ),
    Fault(
        "newsletter-environment-file",
        "The newsletter serves its .env",
        "The web server was pointed at the project folder instead of its public part.",
        "Serve the public folder only, and replace every value of the file.",
        (shows("secrets.exposed-paths", _host("news"), "exposed"),),
        lambda world: _serving(_host("news"), **{"/.env": _leaked_environment()})(world),
    ),
    Fault(
        "media-git-folder",
        "The media host serves its git folder",
        "It is deployed with git pull, in the folder that the web server serves. The whole history can be downloaded.",
        "Refuse everything below /.git/ at the web server.",
        (shows("secrets.exposed-paths", _host("cdn"), "exposed"),),
        _serving(
            _host("cdn"),
            **{
                "/.git/HEAD": "ref: refs/heads/main\n",
                "/.git/config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
            },
        ),
    ),
)
