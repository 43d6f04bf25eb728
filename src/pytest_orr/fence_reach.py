"""What a suite's module may reach through what it may import: many a module leads to others.

``enum.sys.modules`` or ``pytest.importorskip`` hold every client library there is, and whoever has
an object's class has all classes. ``fence`` applies this together with its own rules.
"""

from __future__ import annotations

import ast
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

import pytest_orr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OF_PYTEST = frozenset(
    {
        "Subtests",
        "approx",
        "exit",
        "fail",
        "fixture",
        "mark",
        "param",
        "skip",
        "xfail",
    }
)
OFFERED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "pytest": OF_PYTEST,
        "pytest_orr": frozenset(pytest_orr.__all__),
    }
)
"""Names that items may use of modules that hold more than pure values."""
WITHHELD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "operator": frozenset({"attrgetter", "methodcaller"}),
        "string": frozenset({"Formatter"}),
        "typing": frozenset({"ForwardRef", "get_type_hints"}),
    }
)
"""Names that turn a text into an object, whatever the text says."""
FRAMES = frozenset(
    {
        "ag_frame",
        "cr_frame",
        "f_back",
        "f_builtins",
        "f_globals",
        "f_locals",
        "gi_frame",
        "tb_frame",
    }
)
"""Attributes through which running code shows what it runs on."""
POWERFUL = frozenset({"monkeypatch", "pytestconfig", "pytester", "request", "testdir"})
"""Fixtures of pytest that hand out the whole run."""
ONLY_FACTS = "items judge facts and touch nothing else"


def reaches(nodes: Sequence[ast.AST], allowed: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield ``(line, what is wrong)`` for whatever leads beyond facts and pure values.

    ``nodes`` are all of a module, ``allowed`` the top-level modules that may be imported at all.
    """
    modules = {bound: module for bound, module in _bound(nodes) if module in allowed}
    bases = {id(node) for node in _used_plainly(nodes)}
    for node in nodes:
        for text in _wrong(node, modules, bases, allowed):
            yield getattr(node, "lineno", 1), text


def _used_plainly(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """Yield what stands before a dot, and ``getattr`` with an attribute that it names."""
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.expr() as value):
                yield value
            case ast.Call(
                func=ast.Name(id="getattr") as used, args=[_, ast.Constant(str(name)), *_]
            ):
                if not name.startswith("_") and name not in FRAMES:
                    yield used
            case _:
                pass


def _bound(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield the names that are bound to modules, each with its top-level module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], alias.name.partition(".")[0]


def _wrong(
    node: ast.AST, modules: Mapping[str, str], bases: set[int], allowed: frozenset[str]
) -> Iterator[str]:
    match node:
        case ast.ImportFrom(module=str(module), level=0) if module.partition(".")[0] in allowed:
            yield from (_named(module, alias.name, allowed) for alias in node.names)
        case ast.Attribute(attr=attr) if attr.startswith("_") or attr in FRAMES:
            yield f"reaches for {attr}; {ONLY_FACTS}"
        case ast.Attribute(value=ast.expr() as value, attr=attr):
            yield from _through(value, attr, modules, allowed)
        case ast.Name(id=name) if name.startswith("__"):
            yield f"reaches for {name}; {ONLY_FACTS}"
        case ast.Name(id="getattr") if id(node) not in bases:
            yield f"call of getattr() without a plain name; {ONLY_FACTS}"
        case ast.Name(id=name, ctx=ast.Load()) if name in modules and id(node) not in bases:
            yield f"hands the module {name} on; {ONLY_FACTS}"
        case ast.MatchClass(kwd_attrs=attrs):
            yield from (f"reaches for {one}; {ONLY_FACTS}" for one in attrs if one.startswith("_"))
        case ast.FunctionDef(name=name, args=ast.arguments() as arguments):
            yield from _asked(name, arguments)
        case _:
            pass


def _named(module: str, name: str, allowed: frozenset[str]) -> str:
    if name == "*":
        return f"import of everything of {module}; name what the items need"
    return _leads(module, name, allowed)


def _through(
    value: ast.expr, attr: str, modules: Mapping[str, str], allowed: frozenset[str]
) -> Iterator[str]:
    if module := _module(value, modules, allowed):
        yield _leads(module, attr, allowed)


def _module(value: ast.expr, modules: Mapping[str, str], allowed: frozenset[str]) -> str:
    """Return the name of the module that an expression is; empty if it is none."""
    match value:
        case ast.Name(id=name):
            return modules.get(name, "")
        case ast.Attribute(value=ast.expr() as inner, attr=attr):
            outer = _module(inner, modules, allowed)
            found = _member(outer, attr) if outer and outer not in OFFERED else None
            return found.__name__ if isinstance(found, ModuleType) else ""
        case _:
            return ""


def _leads(module: str, name: str, allowed: frozenset[str]) -> str:
    """Say what is wrong with a name of a module; empty if it is a pure value."""
    if name not in OFFERED.get(module, {name}) or name in WITHHELD.get(module, ()):
        return f"use of {module}.{name}; {ONLY_FACTS}"
    found = None if module in OFFERED else _member(module, name)
    if isinstance(found, ModuleType) and found.__name__.partition(".")[0] not in allowed:
        return f"use of {module}.{name}, which is the module {found.__name__}; {ONLY_FACTS}"
    return ""


def _member(module: str, name: str) -> object:
    return getattr(import_module(module), name, None)


def _asked(function: str, arguments: ast.arguments) -> Iterator[str]:
    names = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    for name in sorted(names & POWERFUL):
        yield f"{function} asks for {name}; an item asks for its facts by name"
