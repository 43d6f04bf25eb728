"""Ways from a profile to its settings in one piece of source: ``profile.monitoring.…``."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

from pytest_orr.profile.organisation import table_class
from pytest_orr.profile.schema import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Chain = tuple[str, ...]
"""Steps from the profile on; one that begins with ``desk`` leads to a client."""

DESK: Chain = ("desk",)
THROUGH = frozenset({"at_least_one", "each", "enumerate", "sorted", "tuple"})
"""Functions that hand on what they are given, one by one."""


def chains_in(node: ast.AST, roots: dict[str, Chain] | None = None) -> set[Chain]:
    """Return every way from ``profile`` that a piece of source goes, as far as it goes.

    ``roots`` are names that stand for a part of the profile, besides those that it gives itself.
    """
    reader = _Reader(node, roots or {})
    reader.visit(node)
    return reader.found


class _Reader(ast.NodeVisitor):
    """Collects the longest ways; names that stand for a part are followed."""

    def __init__(self, node: ast.AST, roots: dict[str, Chain]) -> None:
        self.found: set[Chain] = set()
        self._names: dict[str, Chain] = {"profile": (), "desk": DESK, **roots}
        given = tuple(_given(node))
        for _ in range(2):  # a name may be given what another stands for
            for name, value in given:
                if (chain := self._chain(value)) is not None:
                    self._names.setdefault(name, chain)

    def visit(self, node: ast.AST) -> None:
        """Note a way where it ends, and go on below everything else."""
        chain = self._chain(node) if isinstance(node, ast.Attribute | ast.Name) else None
        if chain and chain != DESK and not _is_given(node):
            self.found.add(chain)
        elif isinstance(node, ast.Call):
            self.found |= _by_name(node, self._chain(node.func))
            self.generic_visit(node)
        elif not self._is_another_name(node):
            self.generic_visit(node)

    def _is_another_name(self, node: ast.AST) -> bool:
        """Tell whether a part is only given another name: what is read is told by its uses."""
        match node:
            case ast.Assign(targets=[ast.Name()], value=value):
                return bool(self._chain(value))
        return _is_given(node)

    def _chain(self, node: ast.AST | None) -> Chain | None:
        match node:
            case ast.Name(id=name):
                return self._names.get(name)
            case ast.Attribute(value=ast.Name(id="desk"), attr="profile"):
                return ()
            case ast.Attribute(value=inner, attr=attribute):
                around = self._chain(inner)
                return None if around is None else (*around, attribute)
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in THROUGH:
                return self._chain(first)
            case ast.BoolOp(values=[first, *_]):
                return self._chain(first)
        return None


def _is_given(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that is given a value, with the value."""
    for one in ast.walk(node):
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=False)
                yield from ((n.id, v) for n, v in pairs if isinstance(n, ast.Name))
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, value
            case ast.For(target=ast.Name(id=name), iter=value):
                yield name, value
            case ast.comprehension(target=ast.Name(id=name), iter=value):
                yield name, value


def _by_name(call: ast.Call, method: Chain | None) -> set[Chain]:
    """Return the keys that a method of a table is told by name: ``delivery.declared("…")``."""
    if not method or method[0] == "desk":
        return set()
    kind, _ = _followed(method[:-1])
    keys = {one.value for one in call.args if isinstance(one, ast.Constant)}
    names = {field.name for field in dataclasses.fields(kind)} if kind else set()
    return {(*method[:-1], key) for key in keys if isinstance(key, str) and key in names}


def keys_of(chains: Iterable[Chain]) -> set[str]:
    """Return the keys of readiness.toml to which ways lead, dotted.

    A property or method of a table stands for the keys that it reads itself.
    """
    return {key for chain in chains for key in _keys(chain)}


@cache
def _keys(chain: Chain) -> frozenset[str]:
    kind, steps = _followed(chain)
    if len(steps) == len(chain):
        return frozenset({".".join(steps)} - {""})
    code = getattr(kind, chain[len(steps)], None) if kind else None
    code = code.fget if isinstance(code, property) else code
    if not inspect.isfunction(code):
        return frozenset({".".join(steps)} - {""})
    body = ast.parse(textwrap.dedent(inspect.getsource(code)))
    further = {one for one in chains_in(body, {"self": steps}) if one != chain}
    return frozenset(key for one in further for key in _keys(one)) or frozenset({".".join(steps)})


def _followed(chain: Chain) -> tuple[Any, Chain]:
    """Go along a way as far as it leads through tables; return the last table and the steps."""
    kind: Any = Profile
    for place, step in enumerate(chain):
        hints = _hints(kind)
        if step not in hints:
            return kind, chain[:place]
        kind = table_class(hints[step])
        if kind is None:
            return None, chain[: place + 1]
    return kind, chain


@cache
def _hints(kind: Any) -> dict[str, Any]:
    names = {field.name for field in dataclasses.fields(kind)}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in names}
