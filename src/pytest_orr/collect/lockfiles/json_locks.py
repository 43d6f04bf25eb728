"""Reads lockfiles in JSON: of npm, Pipenv and Composer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import DEEPEST, At, Unreadable, read_json

from .packages import Locked, locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSIDE = "node_modules/"
ALIAS = re.compile(r"npm:(?P<name>@?[^@]+)@(?P<version>.+)")


def read_npm(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``package-lock.json`` or ``npm-shrinkwrap.json``, versions 1 to 3."""
    content = read_json(raw)
    version = content["lockfileVersion"].count()
    if version not in {1, 2, 3}:
        raise Unreadable(f"is of version {version}, and 1 to 3 can be read")
    listed = _installed(content["packages"]) if version > 1 else _nested(content["dependencies"])
    return _gathered("npm", listed)


def _installed(packages: At) -> Iterator[tuple[str, str]]:
    """Yield what lies in ``node_modules``; whatever lies elsewhere is the repository's own."""
    if not packages:
        raise Unreadable("has no packages")
    for path, package in packages.items():
        if INSIDE in path and not package["link"].flag():
            name = package["name"].text() or path.rpartition(INSIDE)[2]
            yield name, package["version"].text()


def _nested(dependencies: At) -> Iterator[tuple[str, str]]:
    """Yield what version 1 lists, packages inside packages too."""
    level = list(dependencies.items())
    for _ in range(DEEPEST):
        for name, package in level:
            version = package["version"].text()
            alias = ALIAS.fullmatch(version)
            if alias:
                yield alias["name"], alias["version"]
            elif not version.startswith("file:"):
                yield name, version if version[:1].isdecimal() else ""
        level = [one for _, package in level for one in package["dependencies"].items()]


def read_pipfile(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``Pipfile.lock``; packages from a repository or an address have no version there."""
    content = read_json(raw)
    if not content["_meta"]:
        raise Unreadable("has no _meta, which Pipenv writes")
    groups = [group for name, group in content.items() if name != "_meta"]
    listed = [
        (name, package["version"].text().removeprefix("=="))
        for group in groups
        for name, package in group.items()
        if not (package["path"] or package["editable"].flag())
    ]
    return _gathered("PyPI", listed)


def read_composer(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``composer.lock``; what follows a branch has no version that could be looked up."""
    content = read_json(raw)
    if not content["packages"].is_list():
        raise Unreadable("has no list of packages")
    listed = []
    for group in ("packages", "packages-dev"):
        for package in content[group].each():
            version = package["version"].text().removeprefix("v")
            listed.append((package["name"].needed(), version if version[:1].isdecimal() else ""))
    return _gathered("Packagist", listed)


def _gathered(ecosystem: str, listed: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Locked:
    found: dict[str, set[str]] = {}
    loose: set[str] = set()
    for name, version in listed:
        if version:
            found.setdefault(name, set()).add(version)
        else:
            loose.add(name)
    return locked(ecosystem, found, loose)
