"""The house: import direction, purity of the checks, cold start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "launchready_tui"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = (
    "textual",
    "httpx",
    "httpcore",
    "dns",
    "keyring",
    "sqlite_utils",
    "sqlite3",
    "cryptography",
    "rich",
    "jinja2",
    "locust",
)


def test_import_direction() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_cold_start_loads_nothing_heavy(option: str) -> None:
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['launchready', {option!r}]\n"
        "try:\n    runpy.run_module('launchready_tui', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "launchready" in done.stdout.lower()


def test_opening_the_screens_loads_no_network() -> None:
    code = (
        "import sys, launchready_tui.tui.app\n"
        "heavy = ('httpx', 'httpcore', 'dns', 'keyring', 'sqlite_utils', 'cryptography', 'jinja2')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _names(tree: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("module", sorted((PACKAGE / "checks").rglob("*.py")), ids=lambda path: path.stem)
def test_checks_use_no_clock(module: Path) -> None:
    assert not _names(ast.parse(module.read_text("utf-8"))) & {"now", "utcnow", "today", "time", "monotonic"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small(module: Path) -> None:
    lines = module.read_text("utf-8").count("\n")
    assert lines <= 480, f"{module.name} has {lines} lines: is it still one idea?"


def test_stdout_and_stderr_have_one_owner_each() -> None:
    owners = {"output.py", "notices.py"}
    for module in (PACKAGE / "cli").rglob("*.py"):
        if module.name in owners:
            continue
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{module.name}:{node.lineno}"


def test_workers_are_spelled_in_full() -> None:
    """Every `@work` names its group, says whether it is exclusive, and must not end the program when it fails."""
    for module in (PACKAGE / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for decorator in node.decorator_list:
                    name = decorator.func if isinstance(decorator, ast.Call) else decorator
                    if isinstance(name, ast.Name) and name.id == "work":
                        assert isinstance(decorator, ast.Call), f"{module.name}:{node.lineno}"
                        given = {keyword.arg for keyword in decorator.keywords}
                        assert {"exclusive", "group", "exit_on_error"} <= given, f"{module.name}:{node.lineno}"
