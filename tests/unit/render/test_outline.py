from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import Outcome
from pytest_orr.render import outline, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Review, SignOff


def test_parts_and_sections_stand_in_the_process_documents_order(every_outcome: SignOff) -> None:
    parts = outline.parts(every_outcome.review)

    assert [(part.key, [section.area for section in part.sections]) for part in parts] == [
        ("launch-checklist", ["code", "network", "compute"]),
        ("orr", ["monitoring", "operations"]),
        ("service", ["explorer"]),
    ]


def test_items_of_a_section_stand_by_position_not_by_id(
    an_item: Callable[..., Any], a_review: Callable[..., Review]
) -> None:
    review = a_review(an_item(id="code.a.late", position=5), an_item(id="code.b.early", position=2))
    ((section,),) = [part.sections for part in outline.parts(review)]

    assert [item.spec.id for item in section.items] == ["code.b.early", "code.a.late"]


def test_every_item_is_in_exactly_one_section(every_outcome: SignOff) -> None:
    shown = [
        item.spec.id
        for part in outline.parts(every_outcome.review)
        for section in part.sections
        for item in section.items
    ]

    assert sorted(shown) == [item.spec.id for item in every_outcome.review.items]


def test_the_tally_counts_who_said_what_and_what_was_weakened(every_outcome: SignOff) -> None:
    assert outline.tally(every_outcome) == outline.Tally(
        machine=1, person=1, waived=1, not_applicable=1, modified=1
    )


def test_every_outcome_has_a_word_and_a_meaning() -> None:
    assert words.OUTCOME_WORDS.keys() == words.OUTCOME_MEANINGS.keys() == set(Outcome)


def test_instants_are_printed_for_people_and_others_as_given() -> None:
    assert words.instant("2026-11-20T09:30:00Z") == "2026-11-20 09:30 UTC"
    assert words.instant("2026-11-20") == "2026-11-20"


def test_a_sentence_has_a_capital_and_one_full_stop() -> None:
    assert words.sentence("close it") == "Close it."
    assert words.sentence("Closed?") == "Closed?"
    assert words.sentence("") == ""


@pytest.mark.parametrize(
    ("outcome", "fixes", "told"),
    [
        (Outcome.FAIL, ("close it", "close it"), "close it"),
        (Outcome.FAIL, ("close it", "open it"), ""),
        (Outcome.UNKNOWN, ("close it", "close it"), ""),
    ],
)
def test_what_failed_has_a_fix_where_all_its_items_have_the_same(
    outcome: Outcome,
    fixes: tuple[str, str],
    told: str,
    an_item: Callable[..., Any],
    a_review: Callable[..., Review],
    signed_off: Callable[[Review], SignOff],
) -> None:
    items = [
        an_item(id=f"a.b.{n}", outcome=outcome, fix=fix, reason="it is open", remedy="look at it")
        for n, fix in enumerate(fixes)
    ]
    signoff = signed_off(a_review(*items))
    (action,) = signoff.verdict.actions

    assert outline.fix_of(action, signoff.review) == told


def test_who_signs_is_called_by_the_role() -> None:
    assert words.signer("service") == "Service owner"
    assert words.signer("principal-engineer") == "Principal engineer"
