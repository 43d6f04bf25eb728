"""Reads what is refunded, as the team decided and as users read it: ``refund_criteria``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, unread
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .caretakers import Caretaker, caretaker_part
from .documents_seen import DocumentSeen, document_part

WHERE = "[documents.refund_criteria]"
TERMS = "[documents.published_terms]"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCriteriaFact:
    """What is refunded."""

    document: Part[DocumentSeen]
    owner: Part[Caretaker]
    terms: Part[DocumentSeen]
    """The same, as it is published."""

    @property
    def is_what_users_read(self) -> bool:
        """Whether both say the same words; raises ``FactUnavailable`` if one was not read."""
        ours, theirs = self.document.reading, self.terms.reading
        return ours.is_there and theirs.is_there and ours.sha256 == theirs.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCriteria:
    """Is it decided what is refunded, and is the same published?"""

    name: str = "refund_criteria"
    source: str = "HTTP, git and forge"
    operations: tuple[str, ...] = (
        "forge:members",
        "git:cat-file",
        "git:log",
        "git:ls-tree",
        "http:GET",
    )
    fact_type: Any = tuple[RefundCriteriaFact, ...]

    def collect(self, desk: Desk) -> Answer[tuple[RefundCriteriaFact, ...]]:
        """Read the criteria and the terms that ``[documents]`` declares."""
        declared, terms = desk.profile.documents.refund_criteria, _terms(desk)
        if declared is None:
            raise Undeclared(WHERE, "the path of the criteria")
        criteria = RefundCriteriaFact(
            document=document_part(desk, declared, WHERE),
            owner=caretaker_part(desk, declared, WHERE),
            terms=terms,
        )
        return Answer(value=(criteria,), where=(declared.name, terms.name))


def _terms(desk: Desk) -> Part[DocumentSeen]:
    declared = desk.profile.documents.published_terms
    if declared is None:
        return unread("published terms", Undeclared(TERMS, "the url of the terms"))
    return document_part(desk, declared, TERMS)
