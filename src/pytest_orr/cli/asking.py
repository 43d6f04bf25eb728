"""How ``orr attest`` and ``orr waive`` ask: one short question after the other, or by flags."""

from __future__ import annotations

import shutil
import sys
import textwrap
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pytest_orr.errors import OrrError
from pytest_orr.render.escape import visible, well_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
PATIENCE = 2
"""How often somebody may press Enter where only an answer helps, before the dialogue ends."""
NARROWEST, WIDEST = 30, 88
ROOM = 16
"""Columns for what is typed, at least."""
QUIT, SKIP = "q", "s"


class NotThat(Exception):
    """An answer that cannot be taken; the text says why and what could be."""


class WrongUse(OrrError):
    """Flags that are missing, or mean nothing (exit code 4)."""

    exit_code = 4


class Left(OrrError):
    """Somebody left before the last answer (exit code 2, as pytest's)."""

    exit_code = 2


class Stopped(Left):
    """Somebody pressed Ctrl-C or Ctrl-D."""


class Declined(Left):
    """Somebody read what would be written, and did not agree."""


class Skipped(Exception):
    """Somebody goes on to the next item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """One question, and the flag that answers it elsewhere."""

    label: str
    flag: str
    read: Callable[[str], T]
    """Raises ``NotThat``."""
    given: str = ""
    """What the flag said; empty without it."""
    enter: str | None = None
    """What Enter stands for; nothing when it stands for no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whoever is asked: a person on a terminal, or flags alone."""

    is_terminal: bool
    may_skip: bool = False
    """Whether there is a next item to go on to."""

    def ask(self, question: Question[T]) -> T:
        """Return the answer of the flag, of the person, or else what Enter stands for.

        Raises ``WrongUse`` for a flag that cannot be taken, and when only Enter is pressed;
        ``Left`` and ``Skipped`` when the person does.
        """
        if question.given or not self.is_terminal:
            return _of_flag(question)
        left = PATIENCE
        while left:
            typed = self._typed(question)
            try:
                if typed or question.enter is not None:
                    return question.read(typed or str(question.enter))
                left -= 1
                say("This needs an answer; q leaves." if left else "")
            except NotThat as error:
                say(str(error))
        told = f"Nothing was written: {question.label} needs an answer"
        raise WrongUse(f"{told}. Come back when you have it, or give it as {question.flag}.")

    def agrees(self, label: str, *, flag: str, given: bool) -> bool:
        """Return whether somebody says yes; Enter is no."""
        answer = "yes" if given else ""
        asked = Question(label=label, flag=flag, read=read_yes, given=answer, enter="no")
        return self.ask(asked)

    def _typed(self, question: Question[T]) -> str:
        typed = line(_prompt(question.label, question.enter))
        if typed == QUIT:
            raise Left("Nothing was written for this.")
        if typed == SKIP and self.may_skip:
            raise Skipped
        return typed


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C between two questions end like Ctrl-C at one."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise Stopped("\nStopped; what was not agreed to is not written.") from error


def on_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def line(prompt: str) -> str:
    """Return one line that somebody types; raises ``Stopped`` for Ctrl-C and Ctrl-D."""
    with suppress(ImportError):  # it lets people move in what they type, where there is one
        import readline  # noqa: F401, PLC0415 only where somebody types

    try:
        return well_formed(input(prompt)).strip()
    except (KeyboardInterrupt, EOFError) as error:
        raise Stopped("\nStopped; nothing was written for this.") from error


def say(text: str = "", *, indent: str = "", hanging: bool = False) -> None:
    """Print a paragraph as wide as the terminal allows; what hides or commands is made visible.

    ``hanging`` indents all but the first line, so that none of it looks like a paragraph of ours.
    """
    shown = textwrap.fill(
        visible(text),
        width=_width(),
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent or hanging else "",
        break_on_hyphens=False,
        break_long_words=False,
    )
    print(shown)


def _prompt(label: str, enter: str | None) -> str:
    """Return what stands before what is typed; a label that leaves no room gets its own line."""
    usual = f"[{visible(enter)}]" if enter else ""
    prompt = f"{visible(label)} {usual}".rstrip()
    if len(prompt) + ROOM > _width():
        say(label)
        return f"{usual}: " if usual else "> "
    return f"{prompt}: "


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns - 1))


def read_yes(text: str) -> bool:
    """Read yes or no."""
    if text.lower() not in {"y", "yes", "n", "no"}:
        raise NotThat("Please say yes or no.")
    return text.lower() in {"y", "yes"}


def require(given: Iterable[tuple[str, object]], *, what: str) -> None:
    """Name all flags without which nothing can be done where nobody can be asked."""
    missing = [flag for flag, value in given if not value]
    if missing:
        told = f"{what} needs {', '.join(missing)} where nobody can be asked"
        raise WrongUse(f"{told}; nothing was written. On a terminal it asks.")


def _of_flag(question: Question[T]) -> T:
    try:
        return question.read(question.given or str(question.enter or ""))
    except NotThat as error:
        raise WrongUse(f"{question.flag}: {error} Nothing was written.") from error
