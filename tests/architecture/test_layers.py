"""The house as a test: who may import whom, how long a file and a function may be, what may be caught and printed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "cleaner"

LAYERS: tuple[tuple[str, ...], ...] = (
    ("document", "webpage", "later", "reasons", "errors"),
    ("limits", "config", "learned", "resolution", "normalize", "decode", "storage", "manifest", "strictjson", "compression"),
    ("readers", "segment", "classify", "metadata", "extractors", "filters", "contract", "ledger", "exporters"),
    ("assemble", "markdown", "recurring", "pipeline", "inputs", "store", "inquiry"),
    ("sandbox", "nursery", "work", "engines", "learning", "report", "export", "push", "runner"),
    ("api", "adapters"),
    ("cli", "__main__"),
)
ROOM = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}

# Within these folders every file but the ones named is a plug-in, and plug-ins never import one another.
PLUGINS = {
    "extractors": {"__init__", "align"},
    "filters": {"__init__"},
    "readers": {"__init__", "source", "mapping", "media", "http"},
    "exporters": {"__init__", "files", "columns", "names", "splits", "shards", "streams", "plots", "card", "edits", "verify", "dataset"},
}

BROAD_EXCEPT = {"sandbox.py", "extractors/trafilatura.py", "cli/__init__.py", "contract/validate.py"}
"""The worker's guard, the boundary to somebody else's extractor, panics of Rust code (raised again if they are none), and the edge
where an exit code is made of an error."""

MODULES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES, FUNCTION_LINES, PARAMETERS = 300, 30, 5


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.fixture(params=MODULES, ids=name)
def module(request: pytest.FixtureRequest) -> tuple[Path, ast.Module]:
    return request.param, ast.parse(request.param.read_text("utf8"))


def test_every_room_has_a_layer() -> None:
    assert {room_of(path) for path in MODULES} - {"__init__"} <= set(ROOM)


def test_imports_go_down(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    if room_of(path) == "__init__":
        return
    for target in imports_of(tree):
        parts = target.split(".")
        if parts[0] == "cleaner" and len(parts) > 1 and parts[1] in ROOM:
            assert ROOM[parts[1]] <= ROOM[room_of(path)], f"{name(path)} imports {target}, which stands above it"


def test_plugins_do_not_know_one_another(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    room = room_of(path)
    if room not in PLUGINS or path.stem in PLUGINS[room]:
        return
    siblings = {p.stem for p in path.parent.glob("*.py")} - PLUGINS[room] - {path.stem}
    for target in imports_of(tree):
        assert not any(target.startswith(f"cleaner.{room}.{sibling}") for sibling in siblings), f"{name(path)} imports {target}"


def test_files_and_functions_are_short(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    assert len(path.read_text("utf8").splitlines()) <= FILE_LINES, name(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= FUNCTION_LINES, f"{name(path)}: {node.name} has {lines} lines"
            # A decorated command's parameters are its options.
            if not node.decorator_list:
                arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in ("self", "cls")]
                assert len(arguments) <= PARAMETERS, f"{name(path)}: {node.name}({', '.join(arguments)})"


def test_public_things_are_described(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    assert ast.get_docstring(tree), f"{name(path)} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{name(path)}: {node.name} has no docstring"


def test_nothing_is_caught_blindly_and_nothing_printed_in_the_middle(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{name(path)}: bare except"
            broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            assert not broad or name(path) in BROAD_EXCEPT, f"{name(path)}:{node.lineno} catches everything"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "eval", "exec"), f"{name(path)}:{node.lineno} calls {node.func.id}"


def test_no_module_holds_mutable_state(module: tuple[Path, ast.Module]) -> None:
    path, tree = module
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Global), f"{name(path)}:{node.lineno} uses a global"
