"""What a suite's module may contain: read by ``ast`` before any of it is imported.

Items judge facts. They reach nothing themselves, swallow nothing and hide nothing, so that a reader
can believe each of them as it stands.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED_IMPORTS = frozenset(
    {
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "ipaddress",
        "itertools",
        "math",
        "operator",
        "pytest",
        "pytest_orr",
        "re",
        "statistics",
        "string",
        "typing",
    }
)
"""Top-level modules an item may import: pytest, the public names of this product, pure values."""

FORBIDDEN_CALLS = frozenset({"open", "exec", "eval", "compile", "__import__", "breakpoint"})
BROAD = frozenset({"Exception", "BaseException"})


def breaches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield ``(line, what is wrong)`` for everything a suite's module may not contain."""
    for node in ast.walk(tree):
        for text in (*_imports(node), *_definitions(node), *_statements(node)):
            yield getattr(node, "lineno", 1), text


def _imports(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from filter(None, (_import(alias.name) for alias in names))
        case ast.ImportFrom(level=level) if level:
            yield "relative import; an item stands alone"
        case ast.ImportFrom(module=str(module)):
            yield from filter(None, [_import(module)])
        case _:
            pass


def _statements(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ExceptHandler(type=None):
            yield "bare except; it would turn a broken check green"
        case ast.ExceptHandler(type=ast.expr() as kind) if _names(kind) & BROAD:
            yield "broad except; it would turn a broken check green"
        case ast.Assert(test=ast.Tuple(elts=[_, *_])):
            yield "assert on a tuple, which is always true"
        case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
            yield f"call of {name}(); items judge facts and touch nothing else"
        case _:
            pass


def _definitions(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name) if name.startswith("Test"):
            yield f"class {name}; an item is a function"
        case ast.AsyncFunctionDef(name=name):
            yield f"async function {name}; pytest would not run it"
        case ast.FunctionDef(name=name) if name.startswith("test_"):
            yield from _body(node)
        case _:
            pass


def _import(module: str) -> str:
    top = module.partition(".")[0]
    if top not in ALLOWED_IMPORTS:
        return f"import of {module}; items judge facts, clients belong to collectors"
    if top == "pytest_orr" and module != top:
        return f"import of {module}; items use the public names of pytest_orr"
    return ""


def _names(kind: ast.expr) -> frozenset[str]:
    parts = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return frozenset(ast.unparse(part).rpartition(".")[2] for part in parts)


def _body(function: ast.FunctionDef) -> Iterator[str]:
    for node in _own(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield f"{function.name} returns a value; an item asserts"
        elif isinstance(node, (ast.Yield, ast.YieldFrom)):
            yield f"{function.name} yields; pytest would not run it"


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of ``function`` without those of functions defined inside it."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))
