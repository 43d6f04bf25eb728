"""Says who owns a file by CODEOWNERS, as the repository's forge reads it; no fact by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_orr.clients.git_globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.collect.interface import Desk

LARGEST = 256 * 1024
PLACES = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
"""Where each forge looks; the first file that is there counts."""
SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s+\S+)*)\s*")
WORD = re.compile(r"(?:\\.|[^\s\\])+")
OWNER = re.compile(r"@[\w.-]+(?:/[\w./-]+)?|[^\s@]+@[^\s@]+", re.ASCII)


@dataclass(slots=True)
class _Section:
    """Rules of which the last that fits counts; GitHub's files have but one section."""

    defaults: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    is_excluded: bool = False


@dataclass(slots=True)
class _Found:
    sections: dict[str, _Section] = field(default_factory=dict)

    def of(self, name: str) -> _Section:
        return self.sections.setdefault(name.casefold(), _Section())


def code_owners_of(desk: Desk, path: str) -> tuple[str, ...]:
    """Return the owners of a file of the release's commit: ``@name``, ``@group/team``, e-mails.

    None if no CODEOWNERS is there, or if it names nobody for the file. Raises ``FactUnavailable``
    when the repository cannot be read.
    """
    kind = desk.profile.forge.kind if desk.profile.forge else "gitlab"
    there = {one.path for one in desk.git.tree if one.is_file}
    found = next((one for one in PLACES[kind] if one in there), None)
    if found is None:
        return ()
    text = desk.git.read(found, LARGEST).decode("utf-8", errors="replace")
    return owners_in(text, path, with_sections=kind == "gitlab")


def owners_in(text: str, path: str, *, with_sections: bool) -> tuple[str, ...]:
    """Return whom a CODEOWNERS names for a path: by its last rule that fits, of each section."""
    found = _Found()
    section = found.of("")
    for line in text.splitlines():
        started = SECTION.fullmatch(line) if with_sections else None
        if started:
            section = found.of(started["name"])
            section.defaults = tuple(_owners(started["owners"])) or section.defaults
        elif line.strip() and not line.lstrip().startswith("#"):
            _apply(line, path, section, with_sections=with_sections)
    named = (one for each in found.sections.values() if not each.is_excluded for one in each.owners)
    return tuple(dict.fromkeys(named))


def _apply(line: str, path: str, section: _Section, *, with_sections: bool) -> None:
    pattern, *_ = WORD.findall(line)
    is_exclusion = with_sections and pattern.startswith("!")
    if not matches(path, _globs(pattern.lstrip("!"), with_sections=with_sections)):
        return
    rest = line.partition(pattern)[2]
    section.is_excluded = section.is_excluded or is_exclusion
    section.owners = tuple(_owners(rest)) or section.defaults


def _owners(text: str) -> Iterator[str]:
    for word in text.split():
        if word.startswith("#"):
            return
        if OWNER.fullmatch(word):
            yield word


def _globs(pattern: str, *, with_sections: bool) -> Iterator[str]:
    """Yield the globs that a pattern stands for.

    GitHub takes one with a slash inside from the top on, and a folder's name for all in it; GitLab
    takes every one without a slash before it as one anywhere.
    """
    plain = re.sub(r"\\(.)", r"\1", pattern)
    body = plain.strip("/")
    is_anchored = plain.startswith("/") or (not with_sections and "/" in body)
    start = body if is_anchored else f"**/{body}"
    if plain.endswith("/"):
        yield f"{start}/**"
        return
    yield start
    if not with_sections and not body.endswith("*"):
        yield f"{start}/**"
