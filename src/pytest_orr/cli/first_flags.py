"""What ``orr init`` is told by flags: the same as it asks on a terminal."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_orr.profile.fields import EMAIL
from pytest_orr.scaffold.answers import QUESTIONS

from .asking import WrongUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.scaffold.answers import Answer, Component


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What flags say; empty where none was given."""

    service: str = ""
    environment: str = ""
    email: str = ""
    components: Mapping[Component, Answer] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.service or self.environment or self.email or self.components)


def declare(asked: argparse._ActionsContainer) -> None:
    """Declare a flag for each question."""
    texts = (
        ("--service", "NAME", _named, "its name (default: that of the repository's folder)"),
        ("--environment", "NAME", _named, "the environment that is judged (default: production)"),
        (
            "--email",
            "ADDRESS",
            _address,
            "yours, for all roles at first (default: git's user.email)",
        ),
    )
    for flag, metavar, kind, text in texts:
        asked.add_argument(flag, metavar=metavar, type=kind, help=text)
    what = ", ".join(QUESTIONS)
    _declare_components(asked, "--with", f"what it has, of {what}: opens the sections")
    _declare_components(
        asked, "--without", "what it does not have: proposes not-applicables for somebody to sign"
    )


def given_by(arguments: argparse.Namespace) -> Given:
    """Return what the flags say; raises ``WrongUse`` if they contradict each other."""
    yes: dict[Component, Answer] = dict.fromkeys(arguments.having, "yes")
    no: dict[Component, Answer] = dict.fromkeys(arguments.lacking, "no")
    if both := sorted(yes.keys() & no.keys()):
        raise WrongUse(f"--with and --without both name {', '.join(both)}; name it in one of them")
    return Given(
        service=arguments.service or "",
        environment=arguments.environment or "",
        email=arguments.email or "",
        components=yes | no,
    )


def _declare_components(asked: argparse._ActionsContainer, flag: str, text: str) -> None:
    asked.add_argument(
        flag,
        metavar="WHAT,…",
        dest={"--with": "having", "--without": "lacking"}[flag],
        type=_components,
        action="extend",
        default=[],
        help=text,
    )


def _components(text: str) -> list[Component]:
    return list(_known(word.strip() for word in text.split(",")))


def _known(words: Iterator[str]) -> Iterator[Component]:
    for word in words:
        found: list[Component] = [one for one in QUESTIONS if one == word]
        if not found:
            raise argparse.ArgumentTypeError(f"{word!r} is none of {', '.join(QUESTIONS)}")
        yield from found


def _named(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a name is needed, such as explorer")
    return text.strip()


def _address(text: str) -> str:
    if not re.fullmatch(EMAIL, text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no plain e-mail address, such as ana@example.org"
        )
    return text
