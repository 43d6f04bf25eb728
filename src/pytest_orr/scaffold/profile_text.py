"""Answers to the text of readiness.toml: names filled in, sections opened, proposals added."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.profile.toml_quoting import quoted

from .proposals import proposals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .answers import Answers, Component

FILES = Path(__file__).parent / "files"
SECTIONS: Mapping[Component, str] = {
    "aws": "[aws]",
    "hosts": "[[hosts]]",
    "contracts": "[[contracts]]",
    "provider": "[[provider.projects]]",
    "database": "[[databases]]",
    "docker": "[images]",
}
"""What the remark above a component's section begins with."""
MARK, REMARK = "# ", "## "


def laid_down(name: str) -> str:
    """Return the text of a file as it is laid down, unless readiness.toml is filled in."""
    return (FILES / name).read_text(encoding="utf-8")


def profile_text(answers: Answers) -> str:
    """Return readiness.toml for these answers."""
    opened = {SECTIONS[one] for one in answers.said("yes")}
    blocks = _filled(laid_down("readiness.toml"), answers).split("\n\n")
    shown = (_open(one) if _about(one) in opened else one for one in blocks)
    return "\n\n".join(shown) + proposals(answers)


def _filled(text: str, answers: Answers) -> str:
    """Put what was answered in the places of the examples, all at once."""
    said = {
        '"my-service"': quoted(answers.service),
        'environment = "production"': f"environment = {quoted(answers.environment)}",
        '"owner@example.org"': quoted(answers.email),
        '"Service Owner"': quoted(answers.person),
        'commit = "0000000"  ': f"commit = {quoted(answers.commit)}  ",
    }
    examples = "|".join(map(re.escape, said))
    return re.sub(rf"(?m)(?<![a-z_])(?:{examples})", lambda found: said[found[0]], text)


def _about(block: str) -> str:
    """Return the section that a block is about, as the remark above it begins."""
    return block.removeprefix(REMARK).partition(":")[0] if block.startswith(REMARK) else ""


def _open(block: str) -> str:
    return "\n".join(_opened(block.split("\n")))


def _opened(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(REMARK):
            yield line
        else:
            yield line.removeprefix("#").removeprefix(" ")
