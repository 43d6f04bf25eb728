"""What ``orr init`` asks on a terminal, one short question after the other; elsewhere nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.git_here import git_here
from pytest_orr.profile.fields import COMMIT, EMAIL
from pytest_orr.scaffold.answers import NO_COMMIT, NOBODY, QUESTIONS, Answers

from .asking import NotThat, Question, say

if TYPE_CHECKING:
    from pytest_orr.scaffold.answers import Answer

    from .asking import Asking
    from .first_flags import Given

WORDS: dict[str, Answer] = {
    "l": "later",
    "later": "later",
    "n": "no",
    "no": "no",
    "y": "yes",
    "yes": "yes",
}
INVITATION = (
    "Say yes, no or later of what it has; Enter takes what stands in brackets. Nothing is written"
    " before the last answer, and what waits for later stays UNKNOWN until somebody fills it in."
)


def first_answers(folder: Path, given: Given, asking: Asking) -> Answers:
    """Return what is known of the service for which a suite is laid down in ``folder``.

    Where nobody can be asked, whatever no flag says is as git and the folder propose. Raises
    ``Left`` when whoever is asked leaves.
    """
    proposed = _proposed(folder, given)
    return _asked(proposed, given, asking) if asking.is_terminal else proposed


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


def _asked(proposed: Answers, given: Given, asking: Asking) -> Answers:
    """Ask for what no flag says."""

    def named(label: str, flag: str, given_already: str, usual: str) -> str:
        question = Question(label=label, flag=flag, read=str, given=given_already, enter=usual)
        return asking.ask(question)

    def has(label: str, given_already: str) -> Answer:
        question = Question(
            label=label,
            flag="--with",
            read=_choice,
            given=given_already,
            enter="later",
        )
        return asking.ask(question)

    say(INVITATION)
    service = named("Name of the service", "--service", given.service, proposed.service)
    where = named("Environment to judge", "--environment", given.environment, proposed.environment)
    email = asking.ask(_address(given.email, proposed.email))
    return replace(
        proposed,
        service=service,
        environment=where,
        email=email,
        person=proposed.person if email == proposed.email else _person(email, ""),
        components={
            one: has(question, given.components.get(one, "")) for one, question in QUESTIONS.items()
        },
    )


def _address(given: str, usual: str) -> Question[str]:
    def read(text: str) -> str:
        if not re.fullmatch(EMAIL, text):
            raise NotThat("That is no plain e-mail address, such as ana@example.org.")
        return text

    return Question(label="Your e-mail", flag="--email", read=read, given=given, enter=usual)


def _choice(text: str) -> Answer:
    if text.lower() not in WORDS:
        raise NotThat("Please say yes, no or later.")
    return WORDS[text.lower()]
