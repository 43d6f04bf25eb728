"""Reads how many tests ran and failed from a file of JUnit XML, which may be anybody's.

Whatever declares a document type is refused, so that no entity is ever expanded or fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

# expat alone is safe with types refused: it is entities that make XML dangerous
from xml.parsers.expat import ExpatError, ParserCreate

from pytest_orr.errors import FactUnavailable

WENT_WRONG = frozenset({"failure", "error"})
SKIPPED = "skipped"
CASE = "testcase"


@dataclass(frozen=True, slots=True, kw_only=True)
class JunitResult:
    """What a file of JUnit XML tells, counted from its cases and not from its sums."""

    ran: int
    """Cases that were not skipped."""
    skipped: int
    failed: tuple[str, ...]
    """Names of cases with a failure or an error, in the file's order."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.ran} ran, {len(self.failed)} failed, {self.skipped} skipped"


class _Reader:
    """Counts cases while expat reads."""

    def __init__(self, name: str, remedy: str) -> None:
        self._name, self._remedy = name, remedy
        self._case: str | None = None
        self._said: set[str] = set()
        self.ran = self.skipped = 0
        self.failed: list[str] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == CASE:
            names = (attributes.get("classname", ""), attributes.get("name", ""))
            self._case, self._said = " ".join(filter(None, names)) or "a case without a name", set()
        elif self._case is None and tag in WENT_WRONG:
            self.failed.append("a suite outside its cases")
        else:
            self._said.add(tag)

    def end(self, tag: str) -> None:
        if tag != CASE or self._case is None:
            return
        self.skipped += SKIPPED in self._said
        self.ran += SKIPPED not in self._said
        if self._said & WENT_WRONG:
            self.failed.append(self._case)
        self._case = None

    def refuse(self, *_: object) -> NoReturn:
        raise FactUnavailable(
            f"{self._name} declares a document type, as no test result does", self._remedy
        )


def junit_result_of(text: str | bytes, name: str, remedy: str) -> JunitResult:
    """Read a file; ``name`` is the file's, for messages, ``remedy`` how to have a better one.

    Raises ``FactUnavailable`` when it is no XML, or more than XML needs to be.
    """
    parser, reader = ParserCreate(), _Reader(name, remedy)
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(text, True)  # noqa: FBT003 expat takes it by place alone
    except ExpatError as error:
        raise FactUnavailable(f"{name} is no XML: {error}", remedy) from error
    return JunitResult(ran=reader.ran, skipped=reader.skipped, failed=tuple(reader.failed))
