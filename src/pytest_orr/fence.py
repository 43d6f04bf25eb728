"""What a suite's module may contain: read by ``ast`` before any of it is imported.

Items judge facts. They reach nothing themselves, swallow nothing and hide nothing, so that a reader
can believe each of them as it stands.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .fence_reach import reaches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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

FORBIDDEN_CALLS = frozenset(
    {
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "globals",
        "input",
        "locals",
        "open",
        "setattr",
        "vars",
    }
)
BROAD = frozenset({"Exception", "BaseException"})


def breaches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield ``(line, what is wrong)`` for everything a suite's module may not contain."""
    nodes = tuple(ast.walk(tree))
    for node in nodes:
        for text in (*_imports(node), *_definitions(node), *_statements(node)):
            yield getattr(node, "lineno", 1), text
    yield from ((line, text) for line, text in reaches(nodes, ALLOWED_IMPORTS) if text)
    for function in _hidden(nodes, tree.body):
        yield function.lineno, f"{function.name} does not stand at the module's top level"


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
        case ast.Name(id=name, ctx=ast.Load()) if name in FORBIDDEN_CALLS:
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
    name = function.name
    for node in _own(function):
        match node:
            case ast.Return():
                yield f"{name} returns; an item asserts to its end"
            case ast.Yield() | ast.YieldFrom():
                yield f"{name} yields; pytest would not run it"
            case ast.Try() | ast.TryStar():
                yield f"{name} tries; what it would catch is what a reader must see"
            case ast.With(body=body) if any(_leaves(part) for part in body):
                yield f"{name} leaves a subject's block before its assertions"
            case _:
                pass


def _leaves(statement: ast.stmt) -> bool:
    """Tell whether a statement may jump out of the block it stands in."""
    if isinstance(statement, ast.Break | ast.Continue):
        return True
    inner = (part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.stmt))
    loops = isinstance(statement, ast.For | ast.While)
    return not loops and any(_leaves(part) for part in inner)


def _hidden(nodes: Iterable[ast.AST], top: Sequence[ast.stmt]) -> Iterator[ast.FunctionDef]:
    """Yield the tests that pytest would collect and reading by ``ast`` would pass over."""
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef))
    for function in functions:
        if function.name.startswith("test_") and function not in top:
            yield function


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of ``function`` without those of functions defined inside it."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))
