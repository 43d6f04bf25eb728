"""Items as modules state them, and how those of two baselines differ, id by id."""

from __future__ import annotations

import ast
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from pytest_orr.marker import read_marker

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_orr.model import ItemSpec

KINDS = ("new", "changed", "renamed", "moved", "gone")
WORDING = ("title", "why", "fix", "stated")
PLACE = (
    *("id", "aliases", "function", "file", "position"),
    *("part", "section", "section_title", "stamp", "manual"),
)
"""Where an item stands; whether it is manual is told by what decides it."""
LABELS = {
    "evidence_kind": "evidence",
    "valid_for": "validity in days",
    "class_as_built": "decided by",
    "void": "void by",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One item as a module states it."""

    spec: ItemSpec
    """Without its place."""
    file: str
    code: tuple[str, ...]
    """What its body does, and what of its module it uses, whatever the layout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """How an item of the new baseline differs from what the suite was laid down with."""

    kind: str
    """One of ``KINDS``."""
    id: str
    """Under which it goes from now on, or went so far if it is gone."""
    detail: str


def inventory(texts: Mapping[str, bytes], fact_names: Collection[str]) -> dict[str, Stated]:
    """Return the items of modules by id; a module or an item that cannot be read is left out."""
    found = {}
    for name, text in texts.items():
        for one in _stated(name, text, frozenset(fact_names)):
            found[one.spec.id] = one
    return found


def changes(
    old: Mapping[str, Stated], new: Mapping[str, Stated], known: Iterable[str]
) -> tuple[ItemChange, ...]:
    """Return what differs, by kind and id; ``known`` are ids that had been laid down anyhow."""
    former = {alias: one for one in new.values() for alias in one.spec.aliases}
    ids = {*old, *known}
    told = [_became(one, old, ids) for one in new.values()]
    told += [
        ItemChange(kind="gone", id=one, detail=old[one].spec.title if one in old else "")
        for one in ids - new.keys() - former.keys()
    ]
    there = [one for one in told if one is not None]
    return tuple(sorted(there, key=lambda one: (KINDS.index(one.kind), one.id)))


def is_sound(base: bytes, sides: tuple[bytes, bytes], merged: bytes) -> bool:
    """Tell whether a merge by lines gave each item what its two sides made of it.

    An item that one side left alone must be what the other one made of it: where items are alike,
    lines of one may end up in another.
    """
    stated = [inventory({"": text}, ()) for text in (base, *sides, merged)]
    was, ours, theirs, now = (_under_new_ids(one, stated[2]) for one in stated)
    return all(
        (now.get(one) == theirs.get(one) or ours.get(one) != was.get(one))
        and (now.get(one) == ours.get(one) or theirs.get(one) != was.get(one))
        for one in {*was, *ours, *theirs, *now}
    )


def _under_new_ids(old: Mapping[str, Stated], new: Mapping[str, Stated]) -> dict[str, Stated]:
    former = {alias: one.spec.id for one in new.values() for alias in one.spec.aliases}
    return {former.get(name, name): one for name, one in old.items()}


def _became(one: Stated, old: Mapping[str, Stated], ids: Collection[str]) -> ItemChange | None:
    spec = one.spec
    earlier = next((name for name in (spec.id, *spec.aliases) if name in ids), None)
    if earlier is None:
        said = f"{spec.severity}, due by {spec.phase}, owner {spec.owner}: {spec.title}"
        return ItemChange(kind="new", id=spec.id, detail=said)
    before = old.get(earlier)
    said = "; ".join(_differences(before, one)) if before else ""
    if earlier != spec.id:
        kept = f"was {earlier}, on which statements stay valid"
        return ItemChange(kind="renamed", id=spec.id, detail="; ".join(filter(None, (kept, said))))
    if said:
        return ItemChange(kind="changed", id=spec.id, detail=said)
    if before and before.file != one.file:
        return ItemChange(kind="moved", id=spec.id, detail=f"{before.file} → {one.file}")
    return None


def _differences(old: Stated, new: Stated) -> Iterator[str]:
    was, now = old.spec, new.spec
    for name in sorted(one.name for one in fields(now)):
        before, after = getattr(was, name), getattr(now, name)
        if name not in (*PLACE, *WORDING, "facts") and before != after:
            yield f"{LABELS.get(name, name)}: {before or 'nothing'} → {after or 'nothing'}"
    if (was.facts, old.code) != (now.facts, new.code):
        yield "what is checked"
    if any(getattr(was, name) != getattr(now, name) for name in WORDING):
        yield "wording"


def _stated(name: str, text: bytes, fact_names: frozenset[str]) -> Iterator[Stated]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    named = _named(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            spec, _ = read_marker(node, fact_names=fact_names)
            if spec is not None:
                placed = replace(spec, position=0)
                yield Stated(spec=placed, file=name, code=_code(node, named))


def _named(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return what a module defines at its top, by name."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = node
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
            case _:
                pass
    return found


def _code(function: ast.FunctionDef, named: Mapping[str, ast.stmt]) -> tuple[str, ...]:
    """Return a test's arguments and body, without its docstring, and all it uses of its module."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    wanted, seen = [ast.unparse(function.args), *map(ast.unparse, body)], {function.name}
    todo: list[ast.AST] = list(body)
    while todo:
        for node in ast.walk(todo.pop()):
            if isinstance(node, ast.Name) and node.id in named.keys() - seen:
                seen.add(node.id)
                wanted.append(ast.unparse(named[node.id]))
                todo.append(named[node.id])
    return tuple(wanted)
