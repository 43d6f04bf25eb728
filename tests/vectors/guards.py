"""The guards of ``pytest_orr.sign``, and the package as it would be without one of them."""

from __future__ import annotations

import ast
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_orr.sign
from tests.vectors.reading import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, ModuleType

SIGN = Path(pytest_orr.sign.__file__).parent
ALIAS = "sign_without_a_guard"
"""The name under which the package is loaded beside the real one; its imports are relative."""
TABLES = frozenset({"binding._bound", "binding._given"})
"""Functions whose every row is a guard: what of a statement is compared."""

Place = tuple[str, int]
"""A module and a line of it."""


@dataclass(frozen=True)
class Guard:
    """One ``raise Refused``, or one row of what is compared."""

    name: str
    module: str
    first: int
    last: int
    """Lines of the module."""
    is_row: bool

    @property
    def compares(self) -> str:
        """What a row compares."""
        return self.name.rpartition(" ")[2].removesuffix("_sha256")

    def holds(self, place: Place) -> bool:
        """Whether a refusal came from here."""
        return self.module == place[0] and self.first <= place[1] <= self.last


def guards() -> list[Guard]:
    """Return every guard in the order of the source; names are stable, and each is there once."""
    found: list[Guard] = []
    for path in sorted(SIGN.glob("*.py")):
        for function, node in _nodes(_tree(path.stem)):
            label = _label(node, f"{path.stem}.{function}")
            if label:
                same = sum(one.name.partition(" (")[0] == label for one in found)
                name = f"{label} ({same + 1})" if same else label
                is_row = not isinstance(node, ast.Raise)
                last = node.end_lineno or node.lineno
                found.append(Guard(name, path.stem, node.lineno, last, is_row))
    return found


@contextmanager
def without(guard: Guard | None) -> Iterator[Verifier]:
    """Load the package with one guard less."""
    finder = _Finder(guard)
    sys.meta_path.insert(0, finder)
    try:
        yield Verifier(import_module(f"{ALIAS}.verify"), import_module(f"{ALIAS}.expected"))
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] == ALIAS]:
            del sys.modules[name]


class _Finder(MetaPathFinder, Loader):
    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] != ALIAS:
            return None
        return ModuleSpec(fullname, self, is_package=fullname == ALIAS)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__.partition(".")[2] or "__init__"
        guard = self._guard
        is_altered = guard is not None and guard.module == name
        exec(_altered(name, guard) if is_altered and guard else _code(name), vars(module))  # noqa: S102 the product's own source


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((SIGN / f"{module}.py").read_text(encoding="utf-8"))


@cache
def _code(module: str) -> CodeType:
    return compile(_tree(module), str(SIGN / f"{module}.py"), "exec")


def _altered(module: str, guard: Guard) -> CodeType:
    tree = ast.parse((SIGN / f"{module}.py").read_text(encoding="utf-8"))
    without_it = _Without(guard)
    changed = without_it.visit(tree)
    assert without_it.found, f"{guard.name} is not where it was"
    return compile(changed, str(SIGN / f"{module}.py"), "exec")


class _Without(ast.NodeTransformer):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.found = False

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        return self._left_out(node)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return self._left_out(node)

    def _left_out(self, node: ast.stmt) -> ast.stmt:
        if (node.lineno, node.end_lineno) == (self._guard.first, self._guard.last):
            self.found = True
            return ast.copy_location(ast.Pass(), node)
        self.generic_visit(node)
        return node


def _nodes(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield what may be a guard, with the function that it stands in."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            found = [one for one in ast.walk(function) if isinstance(one, ast.Raise | ast.Expr)]
            for node in sorted(found, key=lambda one: one.lineno):
                yield function.name, node


def _label(node: ast.stmt, where: str) -> str:
    match node:
        case ast.Raise(exc=ast.Call(func=ast.Name(id="Refused"), args=[code, *_])):
            return f"{where}: {_code_of(code)}"
        case ast.Expr(value=ast.Yield(value=ast.Tuple(elts=[ast.Constant(value=str(name)), *_]))):
            return f"{where}: {name}" if where in TABLES else ""
        case _:
            return ""


def _code_of(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(code)):
            return code
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            return f"{start}…"
        case _:
            return ast.unparse(node)
