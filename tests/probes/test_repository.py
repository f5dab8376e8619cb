"""Questions about a repository: names of variables, tracked files, routes and slow spots; what is missing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from launchready_tui.model.questions import Question
from launchready_tui.model.questions.secrets import (
    EnvironmentNames,
    EnvironmentUse,
    RouteCode,
    RouteCodeReading,
    SecretReport,
    SecretScan,
    TrackedFiles,
    TrackedList,
)
from launchready_tui.probes import coderoutes, environmentnames, slowmarks
from launchready_tui.probes.outcome import Outcome
from launchready_tui.probes.repository import RepositoryProbe
from launchready_tui.secrets.engine import ExtraMissing
from tests.kit import World
from tests.secrets.material import HEX, Repo, live_key, private_key, text


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("LAUNCHREADY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return Repo(tmp_path / "code")


async def ask(repo: Repo, question: Question) -> Outcome:  # type: ignore[type-arg]
    return await RepositoryProbe(str(repo.folder.parent)).answer(question, 1, World({}))


async def test_scans(repo: Repo) -> None:
    pytest.importorskip("kingfisher_sdk")
    repo.commit("a.py", f'key = "{live_key()}"\n')
    for scope in ("tree", "history"):
        report = (await ask(repo, SecretScan("code", scope))).facts  # type: ignore[arg-type]
        assert isinstance(report, SecretReport)
        assert [finding.path for finding in report.findings] == ["a.py"]


@pytest.mark.parametrize("path", ["", "nowhere", "code/a.py"])
async def test_what_is_no_folder_is_a_missing_input(repo: Repo, path: str) -> None:
    repo.commit("a.py", "x = 1\n")
    for question in (SecretScan(path), TrackedFiles(path), EnvironmentUse(path), RouteCodeReading(path)):
        failure = (await ask(repo, question)).failure
        assert failure is not None
        assert failure.reason == "input-missing"


async def test_a_missing_extra_says_how_to_install_it(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ExtraMissing

    monkeypatch.setattr("launchready_tui.probes.repository.open_scanner", missing)
    failure = (await ask(repo, SecretScan("code"))).failure
    assert failure is not None
    assert failure.reason == "extra-missing"
    assert "pip install 'launchready[secrets]'" in failure.message
    assert (await ask(repo, TrackedFiles("code"))).facts == TrackedList()


async def test_tracked_files(repo: Repo) -> None:
    pytest.importorskip("kingfisher_sdk")
    key = private_key()
    for name, content in {
        ".env": "A=1\n",
        ".env.production": "# nothing\n",
        "web/.env.local": "B=2\n",
        ".env.example": f"KEY={live_key()}\n",
        "other/.env.sample": "KEY=your-key-here\n",
        "a.pem": key,
        "cert.pem": "-----BEGIN CERTIFICATE-----\n",
        "id_rsa": key,
        "client.p12": "x",
        ".npmrc": "registry=https://r.test/\n",
        "web/.npmrc": f"//r.test/:_authToken={text(20)}\n",
        "dump.sql": "INSERT INTO users VALUES (1);\n",
        "schema.sql": "CREATE TABLE a (b int);\n",
        "terraform.tfstate": '{"resources": []}',
        "docs/environment.md": "A=1\n",
    }.items():
        repo.commit(name, content)
    repo.write(".env.untracked", "C=3\n")
    facts = (await ask(repo, TrackedFiles("code"))).facts
    assert isinstance(facts, TrackedList)
    assert facts.tracked == 15
    sure = {item.path for item in facts.risky if item.sure}
    assert sure == {
        ".env",
        "web/.env.local",
        "a.pem",
        "id_rsa",
        "client.p12",
        "web/.npmrc",
        "dump.sql",
        "terraform.tfstate",
    }
    assert [item.path for item in facts.risky if not item.sure] == [".env.example"]


async def test_tracked_files_need_git(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    failure = (await RepositoryProbe(str(tmp_path)).answer(TrackedFiles("plain"), 1, World({}))).failure
    assert failure is not None
    assert failure.reason == "no-repository"


READS = {
    "a.py": [
        ('x = os.environ["PY_A"]', "PY_A", False),
        ('x = os.environ.get("PY_B")', "PY_B", False),
        ('x = os.getenv("PY_C", "1")', "PY_C", True),
        ('x = env.str("PY_D", default="")', "PY_D", True),
        ('x = config("PY_E")', "PY_E", False),
    ],
    "a.ts": [
        ("const x = process.env.JS_A;", "JS_A", False),
        ('const x = process.env["JS_B"] ?? "1";', "JS_B", True),
        ("const x = import.meta.env.VITE_C || 1;", "VITE_C", True),
        ("const { JS_D, JS_E = 2 } = process.env;", "JS_D", False),
    ],
    "a.rb": [
        ('x = ENV["RB_A"]', "RB_A", False),
        ('x = ENV.fetch("RB_B", 1)', "RB_B", True),
        ('ENV.fetch("RB_C")', "RB_C", False),
    ],
    "a.php": [("env('PHP_A')", "PHP_A", False), ("env('PHP_B', 1)", "PHP_B", True)],
    "a.go": [('os.Getenv("GO_A")', "GO_A", False)],
}


@pytest.mark.parametrize("path", READS)
def test_reads_of_variables(path: str) -> None:
    for line, name, optional in READS[path]:
        found = {item.name: item for item in environmentnames.read_variables(path, f"\n{line}\n")}
        assert name in found, line
        assert (found[name].optional, found[name].place) == (optional, f"{path}:2"), line


def test_what_is_no_read() -> None:
    for path, line in (
        ("a.py", 'os.environ["A_B"] = "x"'),
        ("a.ts", "process.env.NODE_ENV"),
        ("a.md", 'os.environ["A_B"]'),
        ("a.py", "# env"),
    ):
        assert list(environmentnames.read_variables(path, line)) == []


def test_lists_of_names() -> None:
    text = "NAME  DIGEST  CREATED\nA_KEY\nexport B_KEY=secret\n  C_KEY   abc123   2h ago\n# D_KEY\n\x1b[1m\n"
    assert environmentnames.listed_names(text) == ("A_KEY", "B_KEY", "C_KEY")


async def test_the_environment(repo: Repo) -> None:
    repo.commit("app.py", 'a = os.environ["A_KEY"]\nb = os.environ.get("B_KEY", "x")\n')
    repo.commit("tests/test_app.py", 'os.environ["T_KEY"]\n')
    repo.commit(".env.example", "A_KEY=\n")
    (repo.folder.parent / "names.txt").write_text("A_KEY=value-that-is-never-kept\n")
    facts = (await ask(repo, EnvironmentUse("code", "names.txt"))).facts
    assert isinstance(facts, EnvironmentNames)
    assert [(item.name, item.optional) for item in facts.used] == [("A_KEY", False), ("B_KEY", True)]
    assert (facts.examples, facts.production) == (("A_KEY",), ("A_KEY",))
    failure = (await ask(repo, EnvironmentUse("code", "gone.txt"))).failure
    assert failure is not None
    assert failure.reason == "input-missing"


ROUTES = {
    "shop/urls.py": (
        'path("a/<int:id>/", views.a),\nre_path(r"^b/$", views.b),',
        "django",
        ["ANY /a/<int:id>/", "ANY /b/$"],
    ),
    "app.py": (
        'from flask import Flask\n@app.route("/a", methods=["POST"])\n@bp.get("/b")\n',
        "flask",
        ["POST /a", "GET /b"],
    ),
    "api.py": ('from fastapi import APIRouter\n@router.delete("/c")\n', "fastapi", ["DELETE /c"]),
    "server.js": ("app.get('/a', h)\nrouter.post(`/b/:id`, h)\n", "express", ["GET /a", "POST /b/:id"]),
    "src/app/(shop)/items/[id]/page.tsx": ("export default () => null", "nextjs", ["GET /items/[id]"]),
    "app/api/pay/route.ts": ("export async function POST() {}", "nextjs", ["POST /api/pay"]),
    "pages/api/hello.ts": ("export default h", "nextjs", ["ANY /api/hello"]),
    "config/routes.rb": (
        'root to: "home#index"\nget "about"\nresources :items\n',
        "rails",
        ["GET /", "GET /about", "RESOURCES /items"],
    ),
    "routes/web.php": ("Route::get('/a', f);\n", "laravel", ["GET /a"]),
}


@pytest.mark.parametrize("path", ROUTES)
def test_routes(path: str) -> None:
    body, framework, expected = ROUTES[path]
    found = list(coderoutes.routes_of(path, body))
    assert {name for name, _ in found} == {framework}
    assert [f"{route.method} {route.pattern}" for _, route in found] == expected


MARKED = {
    "query-in-loop": ("a.py", "for x in xs:\n    y = Order.objects.get(id=x)\n"),
    "unbounded-list": ("a.py", "rows = Item.objects.all()\n"),
    "select-star": ("a.py", 'q = "SELECT * FROM items"\n'),
    "call-in-request": ("a.py", 'r = requests.get("https://x.test")\n'),
}


@pytest.mark.parametrize("mark", MARKED)
def test_marks(mark: str) -> None:
    path, body = MARKED[mark]
    assert [found.mark for found in slowmarks.marks_of(path, body, handles_requests=True)] == [mark]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("a.py", "rows = Item.objects.all()[:20]\n"),
        ("a.py", "rows = Item.objects.all()\npage = Paginator(rows, 20)\n"),
        ("a.py", "for x in xs:\n    y = x + 1\ny = Order.objects.get(id=1)\n"),
        ("a.ts", "const a = await prisma.item.findMany({ take: 20 })\n"),
        ("a.py", 'q = "SELECT * FROM items LIMIT 10"\n'),
        ("a.md", "rows = Item.objects.all()\n"),
    ],
)
def test_what_is_no_mark(path: str, body: str) -> None:
    assert list(slowmarks.marks_of(path, body, handles_requests=True)) == []


async def test_route_code(repo: Repo) -> None:
    repo.commit("app.py", 'from flask import Flask\n@app.route("/a")\ndef a():\n    return Item.query.all()\n')
    repo.commit("tests/test_a.py", "Item.query.all()\n")
    repo.commit("odd.py", b"\xff\xfe" + HEX.encode())
    facts = (await ask(repo, RouteCodeReading("code"))).facts
    assert isinstance(facts, RouteCode)
    assert facts.frameworks == ("flask",)
    assert [(mark.mark, mark.route) for mark in facts.marks] == [("unbounded-list", "GET /a")]
