"""Nothing that AWS did not let be seen is taken for good: all items, operations and refusals.

Nothing here is sampled. A case is one item while one operation, which its facts asked, is denied,
throttled, expired or not answered, at once or at the second page of what it lists. The account is
the example's, sound, with all faults, and in an odd state; whatever is not AWS answers as it did
when nothing was met, and everybody's statements stand, which cover questions and not blind spots.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients import aws_wire
from pytest_orr.clients.aws import AwsAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.model import Outcome
from pytest_orr.observation import Observed, Unobserved
from tests.suite.honesty.faults import SAID, Recovering, Refused, SecondPage
from tests.suite.honesty.matrix import (
    ENOUGH,
    NOT_NEEDED,
    PAGE,
    Case,
    Met,
    all_faults,
    cases_alone,
    cases_of,
)
from tests.suite.honesty.pages import Pagings
from tests.suite.honesty.parts import without_each_part
from tests.suite.honesty.refusals import DENIED
from tests.suite.honesty.rules import UNSURE, flips, made_up, slips, untold, vanished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.model import ItemSpec
    from pytest_orr.observation import Observation
    from pytest_orr.record.values import ItemRecord
    from tests.suite.honesty.worlds import Checklist, World

SAYS = "says"
"""Property of a test's report that CI prints at the end."""
BY_HAND = {
    "cloudtrail:LookupEvents",
    "compute-optimizer:GetEC2InstanceRecommendations",
    "iam:ListAccessKeys",
    "iam:SimulatePrincipalPolicy",
}
"""Listings whose collectors look at each page themselves."""


pytestmark = pytest.mark.trial


@pytest.fixture(scope="module")
def pagings() -> Pagings:
    return Pagings()


@pytest.fixture(scope="module")
def cases(worlds: tuple[World, ...], pagings: Pagings) -> tuple[Case, ...]:
    """Every case there is."""
    return tuple(case for world in worlds for case in cases_of(world, all_faults(pagings)))


def test_no_item_passes_and_no_finding_vanishes_whatever_aws_refuses(
    cases: tuple[Case, ...], record_property: Callable[[str, object], None]
) -> None:
    flipped = [f"{case} {one}" for case in cases for one in flips(case.after)]
    gone = [f"{case}: {x}" for case in cases for x in vanished(case.before, case.after, case.said)]
    items, operations = ({getattr(case, name) for case in cases} for name in ("item", "operation"))
    later = {case.operation for case in cases if case.fault.startswith(PAGE)}
    faults = Counter(case.fault for case in cases)
    told = ", ".join(f"{count:,} {fault}" for fault, count in faults.items())
    record_property(
        SAYS,
        f"honesty: {len(items)} items and the {len(operations)} operations that their facts ask"
        f" ({len(later)} of them go on to a second page) in 3 states of an account"
        f" = {len(cases):,} cases ({told}): {len(flipped)} flips, {len(gone)} vanished",
    )
    assert flipped == []
    assert gone == []


def test_every_refusal_is_a_finding_with_its_cause_and_a_remedy(cases: tuple[Case, ...]) -> None:
    silent = [f"{case} {x}" for case in cases for x in untold(case.before, case.after, case.said)]
    assert silent == []


def test_nothing_that_was_refused_is_taken_for_absent(cases: tuple[Case, ...]) -> None:
    wrong = [f"{case}: {one}" for case in cases for one in made_up(case.before, case.after)]
    assert wrong == []


def test_each_operation_that_a_collector_declares_was_met_for_each_item_of_its_fact(
    cases: tuple[Case, ...], checklist: Checklist
) -> None:
    declared = {(item.id, one) for item in checklist.items for one in checklist.declared(item)}
    assert sorted(declared - {(case.item, case.operation) for case in cases} - NOT_NEEDED) == []
    assert sorted(NOT_NEEDED - declared) == []


def test_each_operation_of_a_listing_was_met_at_its_second_page(
    cases: tuple[Case, ...], worlds: tuple[World, ...], pagings: Pagings
) -> None:
    met = {case.operation for case in cases if case.fault.startswith(PAGE)} - ENOUGH.keys()
    listings = {
        sent.operation
        for world in worlds
        for sent in world.tape.sent.values()
        if pagings.of(sent.model) and "Error" not in sent.parsed
    }
    assert met == listings & {case.operation for case in cases} - ENOUGH.keys()


def test_one_request_denied_alone_is_found_by_each_item_whose_fact_needs_it(
    worlds: tuple[World, ...], record_property: Callable[[str, object], None]
) -> None:
    cases = [case for world in worlds for case in cases_alone(world)]
    wrong = [
        f"{case}: {one}" for case in cases for one in slips(case.before, case.after, case.said)
    ]
    told = f"honesty: {len(cases):,} cases of one request denied alone: {len(wrong)} slips"
    record_property(SAYS, told)
    assert wrong == []


def test_a_product_that_takes_refusals_for_nothing_is_caught_by_every_rule(
    worlds: tuple[World, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    listing: Any = AwsAccess.listing

    def listing_or_nothing(*asked: Any, **parameters: Any) -> Any:
        try:
            return listing(*asked, **parameters)
        except FactUnavailable:
            return ()

    monkeypatch.setattr(AwsAccess, "listing", listing_or_nothing)
    met = Met(name=DENIED, fault=Refused(kind=DENIED), said=SAID[DENIED])
    cases = tuple(case for world in worlds for case in cases_of(world, [met]))
    assert any([*flips(case.after)] for case in cases)
    for rule in (vanished, untold, made_up):
        assert any([*rule(case.before, case.after, case.said)] for case in cases), rule


def test_a_product_that_is_content_with_one_page_is_caught(
    worlds: tuple[World, ...], pagings: Pagings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: Any = aws_wire._pages
    monkeypatch.setattr(aws_wire, "_pages", lambda *asked: islice(pages(*asked), 1))
    page = SecondPage(kind=DENIED, pagings=pagings)
    met = Met(name=PAGE, fault=page, said=SAID[DENIED], is_page=True)
    cases = tuple(case for world in worlds for case in cases_of(world, [met]))
    caught = {case.operation for case in cases if [*slips(case.before, case.after, case.said)]}
    passed = {case.operation for case in cases if case.before.outcome not in UNSURE}
    assert caught >= passed - BY_HAND


@pytest.mark.parametrize("way", ["throttled twice", "in two pages"])
def test_what_is_answered_in_the_end_gives_the_same_facts(
    worlds: tuple[World, ...], checklist: Checklist, pagings: Pagings, way: str
) -> None:
    differ = []
    wanted = {fact for item in checklist.items for fact in item.facts}
    for world in worlds:
        for operation in world.all_requests():
            fault = Recovering() if way == "throttled twice" else SecondPage(pagings=pagings)
            seen = world.met(operation, fault)
            if way == "throttled twice" or world.wire.went_on:
                changed = (fact for fact in wanted if seen[fact] != world.seen[fact])
                differ += [f"{fact} by {operation} in the {world.name} account" for fact in changed]
    assert differ == []


def test_whatever_fact_is_missing_an_item_judges_the_others_to_its_end(
    worlds: tuple[World, ...], record_property: Callable[[str, object], None]
) -> None:
    tried, wrong = 0, []
    for world in worlds:
        for item in world.checklist.items:
            for fact in item.facts if len(item.facts) > 1 else ():
                tried += 1
                wrong += [f"{item.id} without {fact}: {one}" for one in _missing(world, item, fact)]
    record_property(SAYS, f"honesty: {tried:,} cases of one fact missing beside others")
    assert wrong == []


def _missing(world: World, item: ItemSpec, fact: str) -> Iterator[str]:
    """Tell what an item gets wrong without one of its facts."""
    missing = Unobserved(name=fact, cause="nobody saw it", remedy="look", source="the test")
    seen = {**world.seen, fact: missing}
    if (ended := world.end_of(item, seen)) and not world.end_of(item, world.seen):
        yield f"ends early: {ended}"
    before, after = world.judged(item, world.seen), world.judged(item, seen)
    if (fact, Outcome.UNKNOWN) not in {(one.subject, one.outcome) for one in after.findings}:
        yield "does not say that it is missing"
    if after.outcome not in UNSURE:
        yield f"is {after.outcome}"
    yield from made_up(before, after)
    if {one.subject for one in after.findings} == {fact}:
        yield "judges nothing else"


def test_whatever_part_of_a_fact_is_missing_nothing_is_made_of_it(
    worlds: tuple[World, ...], record_property: Callable[[str, object], None]
) -> None:
    tried, wrong = 0, []
    for world in worlds:
        for item in world.checklist.items:
            before = world.judged(item, world.seen)
            for fact in item.facts:
                for part, seen in _without_each_part(world, fact):
                    tried += 1
                    after = world.judged(item, seen)
                    told = [f"{item.id} without {part}: {one}" for one in made_up(before, after)]
                    if _outcomes(after) != _outcomes(before) and after.outcome not in UNSURE:
                        told.append(f"{item.id} without {part}: is {after.outcome}")
                    wrong += told
    record_property(SAYS, f"honesty: {tried:,} cases of one part of a fact missing")
    assert wrong == []


def _outcomes(record: ItemRecord) -> set[tuple[str, Outcome]]:
    return {(one.subject, one.outcome) for one in record.findings}


def _without_each_part(
    world: World, fact: str
) -> Iterator[tuple[str, dict[str, Observation[Any]]]]:
    observed = world.seen[fact]
    if isinstance(observed, Observed):
        for part, value in without_each_part(observed.value):
            yield f"{part} of {fact}", {**world.seen, fact: replace(observed, value=value)}
