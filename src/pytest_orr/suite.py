"""The suite as its files state it: items read by ``ast``, locked by digest, stamped for drift."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass, replace
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InvalidInput
from .fence import breaches
from .locate import LOCK, UPDATING, no_suite
from .marker import read_marker
from .model import AREAS, LAUNCH_CHECKLIST_AREAS, ItemSpec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

NOT_COLLECTED = frozenset({"venv", "build", "dist", "node_modules", "__pycache__"})
CUT_SHORT = "an update was cut short, so that the suite is of two versions; run `orr update`"
ITEM_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*){2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """``suite.lock``: which items and files a suite had when it was laid down."""

    version: str
    items: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    """File name and SHA-256, sorted by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A readiness suite on disk."""

    folder: Path
    items: tuple[ItemSpec, ...]
    """In the process document's order."""
    lost: tuple[str, ...]
    """Ids that the lock names and no file states any more."""
    sha256: str
    """Over the names and digests of all its modules."""
    version: str

    def by_id(self) -> dict[str, ItemSpec]:
        """Map every id and every alias to its item."""
        named = {alias: item for item in self.items for alias in item.aliases}
        return named | {item.id: item for item in self.items}


def baseline() -> Path:
    """Return the folder of the suite that this product carries, in a wheel or a checkout."""
    here = Path(__file__).resolve().parent
    carried = here / "_suite"
    return carried if (carried / LOCK).is_file() else here.parents[1] / "readiness"


def modules(folder: Path) -> tuple[Path, ...]:
    """Return the modules of a suite, sorted by path."""
    found = {*folder.rglob("test_*.py"), *folder.rglob("*_test.py")}
    return tuple(sorted(path for path in found if path.is_file() and not _foreign(path, folder)))


def _foreign(path: Path, folder: Path) -> bool:
    """Tell whether a module lies in a folder into which pytest does not look either."""
    above = path.relative_to(folder).parts[:-1]
    return any(part.startswith(".") or part in NOT_COLLECTED for part in above)


def digests(folder: Path) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of every module, sorted by name."""
    return tuple(
        (path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in modules(folder)
    )


def read(folder: Path, *, fact_names: Collection[str], published: Path | None = None) -> Suite:
    """Read a suite without importing it; ``published`` holds the product's suite.

    Raises ``InvalidInput`` with every mistake at once: what breaks the fence, what is no literal,
    ids that are malformed, doubled or in another area's module; or if an update was cut short.
    """
    if (folder / UPDATING).exists():
        raise InvalidInput((f"{folder / UPDATING}: {CUT_SHORT}",))
    lock = _published(read_lock(folder), folder, published or baseline())
    files = digests(folder)
    locked = dict(lock.files)
    items: list[ItemSpec] = []
    mistakes: list[str] = []
    for name, digest in files:
        stamp = "local" if name not in locked else "baseline"
        stamp = "modified" if stamp == "baseline" and locked[name] != digest else stamp
        found, wrong = _module(folder, name, stamp, frozenset(fact_names))
        items.extend(found)
        mistakes.extend(wrong)
        if stamp == "local":
            mistakes.extend(_reserved(folder, name, found))
    mistakes.extend(_doubles(folder, items))
    if mistakes:
        raise InvalidInput(tuple(mistakes))
    ordered = sorted(items, key=_rank)
    numbered = tuple(replace(item, position=n) for n, item in enumerate(ordered, 1))
    return Suite(
        folder=folder,
        items=numbered,
        lost=tuple(sorted(set(lock.items) - {n for i in items for n in (i.id, *i.aliases)})),
        sha256=hashlib.sha256(json.dumps(files).encode()).hexdigest(),
        version=lock.version,
    )


def _published(lock: Lock, folder: Path, own: Path) -> Lock:
    """Hold a lock of this version against the product's own: a lock written anew hides nothing."""
    if folder.resolve() == own.resolve() or not (own / LOCK).is_file():
        return lock
    published = read_lock(own)
    if lock.version != published.version:
        return lock
    kept = dict(lock.files).keys() - dict(published.files).keys()
    local = tuple((name, digest) for name, digest in lock.files if name in kept)
    return Lock(
        version=lock.version,
        items=tuple(sorted({*lock.items, *published.items})),
        files=tuple(sorted((*published.files, *local))),
    )


def read_lock(folder: Path) -> Lock:
    """Read ``suite.lock``; a missing or malformed one raises with what to do."""
    path = folder / LOCK
    if not path.is_file():
        raise no_suite(str(path))
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Lock(
            version=str(raw["version"]),
            items=tuple(map(str, raw["items"])),
            files=tuple(sorted((str(k), str(v)) for k, v in raw["files"].items())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        text = f"{path}: is no suite lock ({error!r}); restore it from the repository's history"
        raise InvalidInput((text,)) from error


def relock(path: str, version: str | None = None) -> None:
    """Write ``suite.lock`` anew for the suite as it stands, by default of this version."""
    folder = Path(path)
    text = lock_text(folder, version=version or installed("pytest-orr"))
    (folder / LOCK).write_text(text, encoding="utf-8")


def lock_text(folder: Path, *, version: str) -> str:
    """Return the lock that fits the suite as it stands."""
    suite_items = sorted(
        item.id
        for name, _ in digests(folder)
        for item in _module(folder, name, "baseline", frozenset())[0]
    )
    content = {"version": version, "items": suite_items, "files": dict(digests(folder))}
    return json.dumps(content, indent=2) + "\n"


def _module(
    folder: Path, name: str, stamp: str, fact_names: frozenset[str]
) -> tuple[list[ItemSpec], list[str]]:
    path = folder / name
    shown = f"{folder.name}/{name}"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        return [], [f"{shown}:{getattr(error, 'lineno', None) or 1}: does not parse: {error}"]
    mistakes = [f"{shown}:{line}: {text}" for line, text in sorted(set(breaches(tree)))]
    items: list[ItemSpec] = []
    title = (ast.get_docstring(tree) or "").partition(":")[0].strip().rstrip(".")
    for function in _tests(tree):
        spec, wrong = read_marker(function, fact_names=fact_names)
        mistakes.extend(f"{shown}:{function.lineno}: {text}" for text in wrong)
        if spec is not None:
            area = spec.id.partition(".")[0]
            items.append(
                replace(
                    spec,
                    part=_part(area),
                    section=area,
                    section_title=title or area.capitalize(),
                    stamp=stamp,
                    file=name,
                )
            )
    mistakes.extend(_areas(shown, items))
    return items, mistakes


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _part(area: str) -> str:
    if area in LAUNCH_CHECKLIST_AREAS:
        return "launch-checklist"
    return "orr" if area in AREAS else "service"


def _areas(shown: str, items: list[ItemSpec]) -> Iterator[str]:
    areas = sorted({item.section for item in items})
    for item in items:
        if not ITEM_ID.fullmatch(item.id):
            yield f"{shown}: {item.id!r} is no item id; write area.group.name in lower case"
    if len(areas) > 1:
        yield f"{shown}: holds items of {' and '.join(areas)}; a module holds one area"


def _reserved(folder: Path, name: str, items: list[ItemSpec]) -> Iterator[str]:
    for area in sorted({item.section for item in items} & set(AREAS)):
        yield f"{folder.name}/{name}: the area {area} is the baseline's; begin with your service"


def _doubles(folder: Path, items: list[ItemSpec]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for item in items:
        for name in (item.id, *item.aliases):
            if name in seen:
                where = f"{folder.name}/{item.file}"
                yield f"{where}: {name} is already the id of an item in {seen[name]}"
            seen[name] = item.file


def _rank(item: ItemSpec) -> tuple[int, str, int]:
    area = AREAS.index(item.section) if item.section in AREAS else len(AREAS)
    return area, item.file, item.position
