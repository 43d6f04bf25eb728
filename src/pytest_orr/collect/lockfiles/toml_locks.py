"""Reads lockfiles in TOML: of Poetry, uv, PDM and Cargo, which all list ``[[package]]``."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import MIB, At, Unreadable

from .packages import Locked, locked

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_MIB = 8
"""Reading TOML takes about a second for each MiB."""
LONG_KEY = re.compile(
    r"""(?<![A-Za-z0-9_-])"""
    r"""(?:(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}"""
)
"""A key of more than 64 parts: reading one takes time that grows with their square."""
LOCAL = frozenset({"virtual", "editable", "directory", "path"})
"""Keys by which uv, and kinds by which Poetry, say that a package is of the repository itself."""


def read_python(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``poetry.lock``, ``uv.lock`` or ``pdm.lock``."""
    return _read(raw, "PyPI", _is_local_python)


def read_cargo(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``Cargo.lock``; a package without a source is of the repository itself."""
    return _read(raw, "crates.io", lambda package: not package["source"])


def read_toml(raw: bytes) -> At:
    """Return the value of a TOML file; ``Unreadable`` for anything else."""
    if len(raw) > LARGEST_MIB * MIB:
        raise Unreadable(f"is larger than {LARGEST_MIB} MiB")
    try:
        text = raw.decode("utf-8-sig")
        if LONG_KEY.search(text):
            raise Unreadable("has a key of more than 64 parts")
        return At(value=tomllib.loads(text), path="$")
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise Unreadable("is no TOML") from error


def _read(raw: bytes, ecosystem: str, is_local: Callable[[At], bool]) -> Locked:
    content = read_toml(raw)
    if not content["package"] and not content["version"] and not content["metadata"]:
        raise Unreadable("names no package, and no version of its own")
    found: dict[str, set[str]] = {}
    loose: set[str] = set()
    for package in content["package"].each():
        name, version = package["name"].needed(), package["version"].text()
        if is_local(package):
            continue
        if version:
            found.setdefault(name, set()).add(version)
        else:
            loose.add(name)
    return locked(ecosystem, found, loose)


def _is_local_python(package: At) -> bool:
    source = package["source"]
    if not source:
        return bool(package["path"])
    return source["type"].text() in LOCAL or bool(LOCAL & set(dict(source.items())))
