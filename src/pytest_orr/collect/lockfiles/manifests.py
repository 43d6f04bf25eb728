"""Tells whether a manifest asks for any package, so that there is something to lock."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import At, Unreadable, read_json

from .kinds import manifest_kind_of
from .text_locks import lines_of
from .toml_locks import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

NPM = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
CARGO = ("dependencies", "dev-dependencies", "build-dependencies", "workspace", "target")
PLATFORM = re.compile(r"(php|ext-.*|lib-.*|composer.*)")
"""What Composer calls packages and comes with PHP itself."""
REQUIRE = re.compile(r"require[ (].*")


def asks_for_packages(path: str, raw: bytes) -> bool:
    """Return whether a manifest asks for packages; one that cannot be read may."""
    try:
        return _asks(manifest_kind_of(path), raw)
    except Unreadable:
        return True


def _asks(kind: str, raw: bytes) -> bool:
    match kind:
        case "package.json":
            content = read_json(raw)
            return any(_has(content[key]) for key in NPM)
        case "composer.json":
            content = read_json(raw)
            asked = [name for key in ("require", "require-dev") for name, _ in content[key].items()]
            return any(not PLATFORM.fullmatch(name) for name in asked)
        case "pyproject.toml":
            return any(_has(one) for one in _python(read_toml(raw)))
        case "Cargo.toml":
            content = read_toml(raw)
            return any(_has(content[key]) for key in CARGO)
        case "go.mod":
            return any(REQUIRE.match(line) for line in lines_of(raw))
        case _:
            return True


def _python(content: At) -> Iterator[At]:
    project = content["project"]
    yield project.within("dependencies")
    yield project.within("optional-dependencies")
    yield content["dependency-groups"]
    yield content.within("tool", "pdm", "dev-dependencies")
    poetry = content.within("tool", "poetry")
    for key in ("dependencies", "group", "dev-dependencies"):
        for name, one in poetry.within(key).items():
            if name != "python":
                yield one
    dynamic = [one.text() for one in project.within("dynamic").each()]
    yield At(value="dependencies" in dynamic or None, path="$.project.dynamic")


def _has(said: At) -> bool:
    """Whether something is there and holds something."""
    return bool(said.value)
