"""The rules of the house that no linter knows (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("mockserver/**/*.py"), *ROOT.glob("contract_tests/**/*.py")])
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40
VAGUE = {"utils", "helpers", "common", "models", "types", "misc", "base"}
IMPURE = {"io", "json", "logging", "os", "pathlib", "random", "secrets", "socket", "time"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
class TestModule:
    """Every module."""

    def test_it_fits_in_the_head(self, path: Path) -> None:
        assert len(path.read_text(encoding="utf-8").splitlines()) < MAX_MODULE_LINES

    def test_its_functions_fit_too(self, path: Path) -> None:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
                assert node.end_lineno - first.lineno < MAX_FUNCTION_LINES, node.name

    def test_it_says_what_it_is(self, path: Path) -> None:
        assert ast.get_docstring(tree(path))
        assert path.stem not in VAGUE


def test_the_ledger_imports_nothing_but_itself_and_pure_parts_of_the_standard_library() -> None:
    for path in (ROOT / "mockserver/ledger").glob("*.py"):
        for node in ast.walk(tree(path)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.partition(".")[0]
                pure = top in sys.stdlib_module_names and top not in IMPURE
                assert pure or name.startswith("mockserver.ledger"), f"{path.name}: {name}"


def test_only_one_module_of_the_server_knows_where_the_contract_is() -> None:
    def names_it(path: Path) -> bool:
        nodes = ast.walk(tree(path))
        return any(isinstance(n, ast.Constant) and n.value == "openapi.yaml" for n in nodes)

    server = [path for path in MODULES if path.is_relative_to(ROOT / "mockserver")]
    knowing = [str(path.relative_to(ROOT)) for path in server if names_it(path)]
    assert knowing == ["mockserver/api/contract.py"]


def test_dollars_are_made_in_one_place() -> None:
    def makes_dollars(path: Path) -> bool:
        texts = [node for node in ast.walk(tree(path)) if isinstance(node, ast.JoinedStr)]
        parts = [part for text in texts for part in text.values if isinstance(part, ast.Constant)]
        return any(str(part.value).endswith("$") for part in parts)

    assert [path.name for path in MODULES if makes_dollars(path)] == ["dollars.py"]


def test_fixtures_are_data() -> None:
    assert not list((ROOT / "fixtures").rglob("*.py"))


def test_every_room_of_the_house_is_told_in_the_architecture() -> None:
    told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for room in (ROOT / "mockserver").iterdir():
        if room.name not in ("__pycache__", "__init__.py", "__main__.py", "py.typed"):
            assert room.name in told, room.name
