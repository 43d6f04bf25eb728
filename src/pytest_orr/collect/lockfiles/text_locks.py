"""Reads lockfiles that are lines of text: of Yarn, pnpm and Bundler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import MIB, Unreadable

from .packages import Locked, locked, unaddressed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST_MIB = 16
LONGEST_LINE = 10_000
SPECIFIER = re.compile(r"(?P<name>@?[^@\s]+)@(?P<range>.+)")
ALIAS = re.compile(r"npm:(?P<name>@?[^@]+)@(?P<range>.+)")
YARN_VERSION = re.compile(r'  version:? "?(?P<version>[^"\s]+)"?')
BERRY_LOCAL = ("workspace:", "portal:", "link:", "patch:", "file:")
PNPM_VERSION = re.compile(r"lockfileVersion: '?(?P<version>[0-9.]+)'?")
PNPM_KEY = re.compile(r"/?(?P<name>@?[^@']+?)[@/](?P<version>\d+\.\d+\.\d+[^('/_@]*)([(_/].*)?")
GEM = re.compile(r"    (?P<name>[A-Za-z0-9_.-]+) \((?P<version>[^)]+)\)")
GEM_PLATFORM = re.compile(r"-(x86|x64|arm|aarch64|java|universal|mingw|mswin|ruby)[A-Za-z0-9_.-]*")


def lines_of(raw: bytes) -> Iterator[str]:
    """Yield a text's lines, none of them so long that a pattern would take long."""
    if len(raw) > LARGEST_MIB * MIB:
        raise Unreadable(f"is larger than {LARGEST_MIB} MiB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("is no UTF-8 text") from error
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise Unreadable(f"has more than {LONGEST_LINE:,} characters in line {number}")
        yield line.removesuffix("\r")


def read_yarn(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``yarn.lock`` of Yarn 1, and of Yarn 2 and later."""
    lines = list(lines_of(raw))
    if not any("yarn lockfile v1" in line or line == "__metadata:" for line in lines):
        raise Unreadable("does not say which Yarn wrote it")
    found: dict[str, set[str]] = {}
    name = ""
    for line in lines:
        if line and not line.startswith((" ", "#")):
            name = _yarn_name(line)
        elif name and (version := YARN_VERSION.fullmatch(line)):
            found.setdefault(name, set()).add(version["version"])
            name = ""
    return locked("npm", found)


def _yarn_name(line: str) -> str:
    """Return the package of a block; empty for one of the repository's own."""
    first = line.rstrip(":").split(", ")[0].strip('"')
    specifier = SPECIFIER.fullmatch(first)
    if specifier is None or specifier["range"].startswith(BERRY_LOCAL):
        return ""
    alias = ALIAS.fullmatch(specifier["range"])
    return alias["name"] if alias else specifier["name"]


def read_pnpm(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read the packages of ``pnpm-lock.yaml``, versions 5 to 9."""
    found: dict[str, set[str]] = {}
    loose: set[str] = set()
    inside = is_pnpm = False
    for line in lines_of(raw):
        is_pnpm = is_pnpm or PNPM_VERSION.fullmatch(line) is not None
        if line and not line.startswith((" ", "#")):
            inside = line == "packages:"
        elif inside and re.match(r"  \S", line):
            written = line.strip().rstrip(":").strip("'")
            if key := PNPM_KEY.fullmatch(written):
                found.setdefault(key["name"], set()).add(key["version"])
            else:
                loose.add(unaddressed(written))
    if not is_pnpm:
        raise Unreadable("does not say its lockfileVersion")
    return locked("npm", found, loose)


def read_gemfile(raw: bytes, beside: Callable[[str], bytes | None]) -> Locked:  # noqa: ARG001 readers have one form
    """Read ``Gemfile.lock``; gems of a PATH are the repository's own."""
    found: dict[str, set[str]] = {}
    section = ""
    for line in lines_of(raw):
        if line and not line.startswith(" "):
            section = line
        elif section in {"GEM", "GIT"} and (gem := GEM.fullmatch(line)):
            version = GEM_PLATFORM.sub("", gem["version"])
            found.setdefault(gem["name"], set()).add(version)
    if not section:
        raise Unreadable("has no section, such as GEM")
    return locked("RubyGems", found)
