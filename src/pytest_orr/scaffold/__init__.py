"""The suite laid down in a service's repository, with the files that its people fill in."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.locate import LOCK
from pytest_orr.suite import baseline, digests, modules, read_lock

from .answers import Answers
from .profile_text import laid_down, profile_text

if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILE = "readiness.toml"
WRITTEN = (PROFILE, "attestations.toml", "waivers.toml", "policy.toml", "review-notes.toml")
"""The files that a team fills in, which may be absent from a suite."""
ISOLATION = "pytest.toml"
DRILLS = "drills/README.md"
SCHEMAS = ".schemas"
"""Folder with the JSON Schemas to which the first line of each written file leads an editor."""
ALSO = ("drill", "organisation")
"""Files that people write besides: records of drills, and an organisation's own file."""
FRESH = Answers()


def is_whole(folder: Path) -> bool:
    """Whether nothing is left to lay down in ``folder``: suite, written files and schemas."""
    return not (_missing(folder, FRESH) or _stale_schemas(folder))


def lacks_profile(folder: Path) -> bool:
    """Whether laying down would write readiness.toml, so that answers are wanted."""
    return not _is_there(folder / PROFILE)


def lay_down(folder: Path, answers: Answers = FRESH) -> tuple[Path, ...]:
    """Copy the product's suite into ``folder`` and add the files people write.

    Nothing that people wrote is overwritten: what is missing is added, a suite of this version
    completed, its schemas brought up to date, and where nothing is left to do it is refused. A
    write that fails leaves nothing of its own behind. Returns what was made.
    """
    new, stale = _missing(folder, answers), _stale_schemas(folder)
    if not new and not stale:
        told = f"{folder} is a readiness suite already; nothing was changed"
        raise InvalidInput((f"{told}: `orr check` compares it, `orr update` renews it",))
    _write_new(folder, new)
    return (*(folder / name for name in new), *_written_over(folder, stale))


def schemas() -> dict[str, bytes]:
    """Return the schemas that lie beside the written files, by name."""
    source = Path(__file__).parents[1] / "schemas"
    names = (*(Path(name).stem for name in WRITTEN), *ALSO)
    return {
        f"{SCHEMAS}/{name}.schema.json": (source / f"{name}.schema.json").read_bytes()
        for name in names
    }


def drift(folder: Path) -> tuple[str, ...]:
    """Say how a suite differs from its lock: modules modified, gone, or a service's own."""
    locked, found = dict(read_lock(folder).files), dict(digests(folder))
    said = []
    for name in sorted(locked.keys() | found.keys()):
        if name not in found:
            said.append(f"missing   {name}")
        elif name not in locked:
            said.append(f"local     {name}")
        elif locked[name] != found[name]:
            said.append(f"modified  {name}")
    return tuple(said)


def _missing(folder: Path, answers: Answers) -> dict[str, bytes]:
    """Return what is to be laid down, by file name: the suite first, then what people write."""
    suite = _suite(folder)
    beside = (ISOLATION, *WRITTEN) if suite else WRITTEN
    names = beside if _is_there((folder / DRILLS).parent) else (*beside, DRILLS)
    return suite | {name: _content(name, answers) for name in names if not _is_there(folder / name)}


def _content(name: str, answers: Answers) -> bytes:
    text = profile_text(answers) if name == PROFILE else laid_down(name)
    return text.encode()


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _names_of_modules(folder: Path) -> tuple[str, ...]:
    """Return the names of the product's modules, if the suite is of this version."""
    source = baseline()
    lock = folder / LOCK
    if lock.exists() and lock.read_bytes() != (source / LOCK).read_bytes():
        return ()
    return tuple(path.relative_to(source).as_posix() for path in modules(source))


def _suite(folder: Path) -> dict[str, bytes]:
    """Return what is missing of the product's suite by file name, if nothing else is in the way.

    The lock comes first: a copy that is cut short is a suite that lacks items, never a fresh one.
    In a suite that has a lock, modules may have been modified.
    """
    source, is_suite = baseline(), (folder / LOCK).exists()
    names = [LOCK, *_names_of_modules(folder)]
    contents = {name: (source / name).read_bytes() for name in names}
    there = [name for name in names if _is_there(folder / name)]
    in_the_way = [
        name
        for name in there
        if not is_suite
        and not ((folder / name).is_file() and (folder / name).read_bytes() == contents[name])
    ]
    if in_the_way:
        told = (f"{folder / name} is in the way; move it away" for name in in_the_way)
        raise InvalidInput(tuple(told))
    return {name: contents[name] for name in names if name not in there}


def _stale_schemas(folder: Path) -> dict[str, bytes]:
    return {name: text for name, text in schemas().items() if not _holds(folder / name, text)}


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _write_new(folder: Path, contents: Mapping[str, bytes]) -> None:
    with ExitStack() as unless_all_are_there:
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as opened:
                unless_all_are_there.callback(path.unlink, missing_ok=True)
                opened.write(content)
        unless_all_are_there.pop_all()


def _written_over(folder: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in contents)
