"""The one family of errors: each says what happened and, in ``diagnostics()``, what to do now."""

from __future__ import annotations

import re

TO_DECLARE = re.compile(
    r"declare .+ under (?P<section>\[+[a-z_.]+\]+)( [a-z_]+)? in readiness\.toml(, or .+)?"
)


class OrrError(Exception):
    """Something the person at the keyboard can act on.

    ``exit_code`` is the code that a command ends with when this error stops it.
    """

    exit_code = 22

    def diagnostics(self) -> str:
        """Say what happened and what to do now, in plain words."""
        return str(self)


class NeededFileMissing(OrrError):
    """A file that the run cannot do without is not there (exit code 4)."""

    exit_code = 4

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy

    def diagnostics(self) -> str:
        """Name the missing file and the command that creates it."""
        return f"{self} {self.remedy}"


class InvalidInput(OrrError):
    """What the team wrote is wrong: every mistake at once, with file and line (exit code 22)."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        count = len(mistakes)
        super().__init__(f"{count} mistake{'' if count == 1 else 's'} in what was written")
        self.mistakes = mistakes

    def diagnostics(self) -> str:
        """List every mistake on a line of its own."""
        return "\n".join([f"{self}:", *(f"  {mistake}" for mistake in self.mistakes)])


class RunFolderBusy(OrrError):
    """Another run is writing to the same report folder (exit code 4)."""

    exit_code = 4


class RunFolderUnusable(OrrError):
    """The report's folder cannot be made or written to (exit code 4)."""

    exit_code = 4


class FactUnavailable(OrrError):
    """A fact could not be had: one honest cause, and the remedy.

    Raised by collectors, never by fixtures; it costs only the items that asked for the fact.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy

    def diagnostics(self) -> str:
        """Say why the fact is missing and how to make it available."""
        return f"{self.cause}; {self.remedy}"


class Undeclared(FactUnavailable):
    """A section of readiness.toml that is not there, or a key of it, so that nobody is asked.

    A key stands behind its section: ``[delivery] signers``.
    """

    def __init__(self, section: str, what: str) -> None:
        super().__init__(
            f"readiness.toml declares no {section}",
            f"declare {what} under {section} in readiness.toml",
        )


def section_to_declare(remedy: str) -> str:
    """Return the section that a remedy says to fill in; empty for every other remedy."""
    found = TO_DECLARE.fullmatch(remedy)
    return found["section"] if found else ""


class InDoubt(FactUnavailable):
    """Nobody can tell whether a statement, or the drill that it rests on, still holds.

    At worst it is as if nobody had stated anything, and a waiver covers that.
    """


class NothingFound(OrrError):
    """There was nothing to check, which is never a pass."""


class Unanswered(OrrError):
    """A person's statement was read that is not there, has expired or is refused."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy

    def diagnostics(self) -> str:
        """Say what is missing and how to answer."""
        return f"{self.reason}; {self.remedy}"
