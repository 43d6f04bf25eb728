"""What ``orr init`` asks on a terminal, one short question after the other; elsewhere nothing."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.git_here import git_here
from pytest_orr.errors import OrrError
from pytest_orr.profile.fields import COMMIT, EMAIL
from pytest_orr.scaffold.answers import NO_COMMIT, NOBODY, QUESTIONS, Answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.scaffold.answers import Answer

    from .first_flags import Given

WORDS: dict[str, Answer] = {
    "": "later",
    "l": "later",
    "later": "later",
    "n": "no",
    "no": "no",
    "y": "yes",
    "yes": "yes",
}
INVITATION = """\
Enter takes what stands in brackets. Nothing is written before the last answer, and what waits for
later stays UNKNOWN until somebody fills it in."""


class Interrupted(OrrError):
    """Somebody left before the last answer (exit code 2, as pytest's)."""

    exit_code = 2


def on_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def first_answers(folder: Path, given: Given, ask: Callable[[str], str] | None) -> Answers:
    """Return what is known of the service for which a suite is laid down in ``folder``.

    ``ask`` puts a question and returns the answer; without it, whatever no flag says is as git and
    the folder propose. Raises ``Interrupted`` when whoever is asked leaves.
    """
    proposed = _proposed(folder, given)
    if ask is None:
        return proposed
    try:
        return _asked(proposed, given, ask)
    except (KeyboardInterrupt, EOFError) as error:
        raise Interrupted("\nInterrupted; nothing was written.") from error


def _proposed(folder: Path, given: Given) -> Answers:
    """Return what is taken if nobody says anything else."""
    around = next(one for one in folder.absolute().parents if one.is_dir())
    here = git_here(around)
    own = here.email if re.fullmatch(EMAIL, here.email) else NOBODY
    email = given.email or own
    usual = Answers()
    return Answers(
        service=given.service or Path(here.top or around).name or usual.service,
        environment=given.environment or usual.environment,
        email=email,
        person=_person(email, here.name if email == own else ""),
        commit=here.commit if re.fullmatch(COMMIT, here.commit) else NO_COMMIT,
        components=given.components,
    )


def _person(email: str, name: str) -> str:
    if email == NOBODY:
        return Answers().person
    return name.strip() or email.partition("@")[0]


def _asked(proposed: Answers, given: Given, ask: Callable[[str], str]) -> Answers:
    """Ask for what no flag says."""
    print(INVITATION)
    service = given.service or _text(ask, "Name of the service", proposed.service)
    environment = given.environment or _text(ask, "Environment to judge", proposed.environment)
    email = given.email or _address(ask, proposed.email)
    return replace(
        proposed,
        service=service,
        environment=environment,
        email=email,
        person=proposed.person if email == proposed.email else _person(email, ""),
        components={
            one: given.components.get(one) or _choice(ask, question)
            for one, question in QUESTIONS.items()
        },
    )


def _text(ask: Callable[[str], str], label: str, usual: str) -> str:
    return ask(f"{label} [{usual}]: ").strip() or usual


def _address(ask: Callable[[str], str], usual: str) -> str:
    while not re.fullmatch(EMAIL, said := _text(ask, "Your e-mail", usual)):
        print("That is no e-mail address, such as ana@example.org.")
    return said


def _choice(ask: Callable[[str], str], question: str) -> Answer:
    while (said := ask(f"{question} yes/no/later [later]: ").strip().lower()) not in WORDS:
        print("Please say yes, no or later.")
    return WORDS[said]
