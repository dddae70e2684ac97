"""Reading our own source without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from house.install import CHECKOUT

# reading order: each may import from what stands before it (and from itself)
LAYERS = ("portal.lib", "people", "partnerships", "activities", "credits", "portal")
OURS = {"portal", "people", "partnerships", "activities", "credits"}


def layer(module: str) -> int | None:
    """The place of a module in the arrow; None for a stranger's."""
    if module == "portal.lib" or module.startswith("portal.lib."):
        return 0
    head = module.split(".")[0]
    return LAYERS.index(head) if head in OURS else None


def modules(*, migrations: bool = False) -> Iterator[tuple[str, Path, ast.Module]]:
    """Every module of the portal: dotted name, path, syntax tree."""
    for app in sorted(OURS):
        for path in sorted((CHECKOUT / app).rglob("*.py")):
            if migrations or "migrations" not in path.parts:
                name = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
                yield name, path, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each import below a node; `from a import b` answers both a and a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def marks(name: str) -> dict[str, list[str]]:
    """Argument of each `@pytest.mark.<name>("…")` in tests/ → the tests that carry it."""
    found: dict[str, list[str]] = {}
    for path in sorted((CHECKOUT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for mark in getattr(node, "decorator_list", []) + parameter_marks(node):
                if isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == name:
                    for argument in mark.args:
                        if isinstance(argument, ast.Constant):
                            found.setdefault(argument.value, []).append(f"{path.name}:{node.lineno}")
    return found


def parameter_marks(node: ast.AST) -> list[ast.expr]:
    """Marks of `pytest.param(…, marks=pytest.mark.guards("…"))`."""
    if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "param"):
        return []
    given = [keyword.value for keyword in node.keywords if keyword.arg == "marks"]
    return [mark for value in given for mark in (value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value])]
