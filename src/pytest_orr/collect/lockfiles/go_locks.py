"""Reads what a Go module is built from: ``go.mod``, or ``go.sum`` of modules before Go 1.17."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .packages import Locked, locked
from .text_locks import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL_LISTED = (1, 17)
"""From here on go.mod lists every module that is built in, indirect ones too."""
VERSION = re.compile(r"go (?P<major>\d+)\.(?P<minor>\d+)\S*")
REQUIRED = re.compile(r"(?P<name>\S+) v(?P<version>\S+)")
REPLACED = re.compile(r"(?P<old>\S+)( v\S+)? => (?P<new>\S+)( v(?P<version>\S+))?")
SUM = re.compile(r"(?P<name>\S+) v(?P<version>\S+) h1:\S+")
BLOCK = re.compile(r"(?P<word>require|replace) \(")
ONE = re.compile(r"(?P<word>require|replace) (?P<rest>[^(].*)")


def read_go(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:
    """Read ``go.sum``, with the ``go.mod`` that lies beside it.

    ``go.sum`` holds digests of versions that are not built in, too, so ``go.mod`` decides where it
    lists all.
    """
    module = beside("go.mod")
    if module is None:
        raise Unreadable("has no go.mod beside it")
    lines = [line.partition("//")[0].strip() for line in lines_of(module)]
    version = next((found for line in lines if (found := VERSION.fullmatch(line))), None)
    if version and (int(version["major"]), int(version["minor"])) >= ALL_LISTED:
        return _of_module(lines)
    return _of_sums(raw)


def _of_module(lines: list[str]) -> Locked:
    required: dict[str, str] = {}
    replaced: dict[str, tuple[str, str]] = {}
    for word, rest in _directives(lines):
        if word == "require" and (found := REQUIRED.fullmatch(rest)):
            required[found["name"]] = found["version"]
        elif word == "replace" and (other := REPLACED.fullmatch(rest)):
            replaced[other["old"]] = (other["new"], other["version"] or "")
        else:
            raise Unreadable(f"is beside a go.mod that cannot be read: {rest[:80]}")
    found_: dict[str, set[str]] = {}
    for name, version in required.items():
        new, other_version = replaced.get(name, (name, version))
        if other_version:  # a replacement without a version is a folder of the repository
            found_.setdefault(new, set()).add(other_version)
    return locked("Go", found_)


def _directives(lines: list[str]) -> Iterator[tuple[str, str]]:
    block = ""
    for line in lines:
        if block:
            if line == ")":
                block = ""
            elif line:
                yield block, line
        elif begun := BLOCK.fullmatch(line):
            block = begun["word"]
        elif one := ONE.fullmatch(line):
            yield one["word"], one["rest"]


def _of_sums(raw: bytes) -> Locked:
    found: dict[str, set[str]] = {}
    for line in lines_of(raw):
        if not line.strip():
            continue
        one = SUM.fullmatch(line)
        if one is None:
            raise Unreadable(f"has a line that go does not write: {line[:80]}")
        if not one["version"].endswith("/go.mod"):
            found.setdefault(one["name"], set()).add(one["version"])
    return locked("Go", found)
