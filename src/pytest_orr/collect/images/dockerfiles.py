"""Reads which images a Dockerfile builds upon, as the reference of the format says; pure.

Whoever wrote the file may be anybody: it is text of at most so many lines, and nothing is built.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCRATCH = "scratch"
"""Stands for no image at all."""
DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*")
INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
HEREDOC = re.compile(r"""(?<!<)<<(-?)(["']?)([A-Za-z_][A-Za-z0-9_]*)\2""")
WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD", "ONBUILD"})
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])((?:[^{}$]|\$\w++|\$\{\w++\})*+))?\})")
ARGUMENT = re.compile(r"""(\w+)(?:=("[^"]*"|'[^']*'|\S*))?""")
STAGE = re.compile(r"(?:--\w+=\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromLine:
    """A FROM line that names an image from outside."""

    line: int
    """From 1."""
    written: str
    image: str = ""
    """What is meant, with the defaults of arguments put in."""
    missing: str = ""
    """The argument without a default that decides which image it is, or why it cannot be read."""


def bases_of(text: str) -> tuple[FromLine, ...]:
    """Return the images that a Dockerfile builds upon, in its order.

    ``scratch`` and a stage that builds upon an earlier one name no image from outside.
    """
    arguments: dict[str, str | None] = {}
    stages: set[str] = set()
    found: list[FromLine] = []
    in_stage = False
    for line, word, rest in _instructions(text):
        if word == "ARG" and not in_stage:
            arguments |= _arguments(rest, arguments)
        elif word == "FROM":
            in_stage = True
            base, name = _from(line, rest, arguments)
            if base.image.lower() not in {SCRATCH, *stages} or base.missing:
                found.append(base)
            if name:
                stages.add(name.lower())
    return tuple(found)


def _from(line: int, rest: str, arguments: Mapping[str, str | None]) -> tuple[FromLine, str]:
    written = " ".join(rest.split())[:300]
    stage = STAGE.fullmatch(" ".join(rest.split()))
    if stage is None:
        return FromLine(line=line, written=written, missing="the line is no FROM of an image"), ""
    image, missing = _resolved(stage["image"], arguments)
    why = f"argument {missing} has no default" if missing else ""
    return FromLine(line=line, written=written, image=image, missing=why), stage["name"] or ""


def _resolved(text: str, arguments: Mapping[str, str | None]) -> tuple[str, str]:
    """Return a text with arguments put in, and the name of the first that has no value."""
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        known, how, word = arguments.get(name), found[3] or "", found[4] or ""
        is_set = known is not None and (known != "" or not how.startswith(":"))
        if how.endswith("+"):
            return _resolved(word, arguments)[0] if is_set else ""
        if is_set:
            return known or ""
        if how.endswith("-"):
            other, lacking = _resolved(word, arguments)
            missing.extend([lacking] if lacking else [])
            return other
        missing.append(name)
        return ""

    resolved = VARIABLE.sub(value, text)
    return resolved, missing[0] if missing else ""


def _arguments(rest: str, known: Mapping[str, str | None]) -> dict[str, str | None]:
    told: dict[str, str | None] = {}
    for found in ARGUMENT.finditer(rest):
        value = found[2]
        if value is None:
            told[found[1]] = None
            continue
        resolved, missing = _resolved(value.strip("\"'"), {**known, **told})
        told[found[1]] = None if missing else resolved
    return told


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, word in capitals and the rest of each instruction; heredocs are left out."""
    lines = text.splitlines()
    escape = _escape(lines)
    number = 0
    while number < len(lines):
        first, parts = number, list[str]()
        while number < len(lines):
            line = lines[number]
            number += 1
            if line.lstrip().startswith("#") or (parts and not line.strip()):
                continue
            parts.append(line.rstrip().removesuffix(escape))
            if not line.rstrip().endswith(escape):
                break
        found = INSTRUCTION.fullmatch(" ".join(parts))
        if found is None:
            continue
        word, rest = found[1].upper(), found[2]
        yield first + 1, word, rest
        if word in WITH_HEREDOCS:
            number = _after_heredocs(lines, number, rest)


def _after_heredocs(lines: list[str], number: int, rest: str) -> int:
    for dash, _, delimiter in HEREDOC.findall(rest):
        while number < len(lines):
            line = lines[number].lstrip("\t") if dash else lines[number]
            number += 1
            if line == delimiter:
                break
    return number


def _escape(lines: list[str]) -> str:
    """Return what continues a line: a backslash, unless a directive at the top says otherwise."""
    for line in lines:
        found = DIRECTIVE.fullmatch(line.strip())
        if found is None:
            break
        if found[1].lower() == "escape" and found[2] in {"\\", "`"}:
            return found[2]
    return "\\"
