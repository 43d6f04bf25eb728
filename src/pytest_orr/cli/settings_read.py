"""Which settings of readiness.toml an item rests on, read from sources by ``ast``.

From the item's own function, from its collectors and the functions that they call, and from where
a desk's clients are made. Nothing is listed by hand, so that nothing is forgotten.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_orr.collect import desk
from pytest_orr.collect.registry import registry

from .setting_chains import Chain, chains_in, keys_of
from .settings_shown import declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_orr.model import ItemSpec

OURS = "pytest_orr.collect"
"""Where functions lie that collectors call; clients are known by the desk."""


def settings_of(item: ItemSpec, folder: Path) -> tuple[str, ...]:
    """Return the keys and tables that an item and its collectors read, sorted.

    ``folder`` is the suite's. What ends in a table, such as ``prometheus``, is read whole, and a
    list of tables always is.
    """
    found = {*of_the_item(item, folder)}
    for name in item.facts:
        found |= {*of_the_collector(name)}
    return tuple(sorted({one.key for key in found if (one := declared(key))}))


def of_the_item(item: ItemSpec, folder: Path) -> tuple[str, ...]:
    """Return what the item's function reads of the fixture ``profile``."""
    tree = ast.parse((folder / item.file).read_text(encoding="utf-8"))
    functions = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == item.function
    ]
    return tuple(sorted({key for one in functions for key in keys_of(chains_in(one))}))


@cache
def of_the_collector(name: str) -> tuple[str, ...]:
    """Return what a fact's collector reads, itself and by the clients that it asks."""
    collector = registry().get(name)
    if collector is None:
        return ()
    chains: set[Chain] = set()
    seen: set[tuple[str, str]] = set()
    for kind in type(collector).__mro__:
        if kind.__module__.startswith(OURS):
            chains |= {*_reached(kind.__module__, kind.__name__, seen)}
    return tuple(sorted(keys_of(_without_clients(chains))))


def _without_clients(chains: set[Chain]) -> Iterator[Chain]:
    """Replace what is asked of a client by what the client is made from."""
    made_from = _clients()
    for chain in chains:
        if chain[:1] == ("desk",):
            yield from made_from.get(chain[1] if len(chain) > 1 else "", ())
        else:
            yield chain


def _reached(module: str, name: str, seen: set[tuple[str, str]]) -> Iterator[Chain]:
    """Yield the chains of a function or class, and of those of ours that it names."""
    if (module, name) not in seen:
        seen.add((module, name))
        chains, further = _read(module, name)
        yield from chains
        for place in further:
            yield from _reached(*place, seen)


@cache
def _read(module: str, name: str) -> tuple[frozenset[Chain], tuple[tuple[str, str], ...]]:
    """Return the chains of one function or class, and the places of those that it names."""
    nodes = _definitions(module)
    if name not in nodes:
        return frozenset(), ()
    used = sorted({one.id for one in ast.walk(nodes[name]) if isinstance(one, ast.Name)} - {name})
    found = [(module, one) for one in used if one in nodes]
    around = import_module(module)
    others = (getattr(around, one, None) for one in used if one not in nodes)
    found += [(one.__module__, one.__name__) for one in others if one and _is_ours(one)]
    return frozenset(chains_in(nodes[name])), tuple(found)


def _is_ours(found: Any) -> bool:
    is_code = inspect.isfunction(found) or inspect.isclass(found)
    return is_code and found.__module__.startswith(OURS)


@cache
def _definitions(module: str) -> Mapping[str, ast.FunctionDef | ast.ClassDef]:
    tree = ast.parse(inspect.getsource(import_module(module)))
    return {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


@cache
def _clients() -> Mapping[str, tuple[Chain, ...]]:
    """Return, for each client of a desk, the parts of the profile that it is made from."""
    made: dict[str, tuple[Chain, ...]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(desk))):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Call):
                    made[str(key.value)] = tuple(sorted(chains_in(value)))
    return made
