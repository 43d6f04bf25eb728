"""Each key that an organisation may set is stricter in one direction, and keeps to it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from pytest_orr.profile.limits import (
    NEEDED,
    OF_POLICY,
    SECTIONS,
    direction_of,
    keys,
)
from pytest_orr.profile.organisation import organisation_form, table_class
from pytest_orr.profile.own_keys import OF_THE_SERVICE, is_the_services
from pytest_orr.profile.schema import Policy, Profile
from pytest_orr.profile.strength import WORDS, Compared, Direction

ON, OFF, SAME = Direction.ON, Direction.OFF, Direction.SAME
NARROW, PROVEN = Direction.NARROW, Direction.PROVEN
HIGHER, LOWER, MORE, FEWER = Direction.HIGHER, Direction.LOWER, Direction.MORE, Direction.FEWER


def _class_of(table: str) -> Any:
    steps = table.split(".")
    kind: Any = Policy if steps[0] in OF_POLICY else Profile
    for step in steps:
        kind = table_class(get_type_hints(kind)[step])
    return kind


@pytest.mark.parametrize("table", SECTIONS)
def test_every_key_of_a_table_of_limits_has_a_direction_or_is_the_services_own(table: str) -> None:
    keys_there = {field.name for field in dataclasses.fields(_class_of(table))}
    directed = {key.removesuffix(".*") for key in SECTIONS[table]}
    within = {name.removeprefix(f"{table}.").partition(".")[0] for name in SECTIONS}
    inner = {
        key for key in keys_there & within if any(k.startswith(f"{table}.{key}.") for k in keys())
    }
    own = OF_THE_SERVICE.get(table, frozenset())
    assert keys_there == directed | own | inner
    assert not directed & own


def test_no_table_that_holds_limits_alone_is_left_to_services() -> None:
    hints = get_type_hints(Profile)
    limits = {name for name in hints if name.endswith("_limits")} | {"monitoring", "certificates"}
    assert limits <= organisation_form().__dataclass_fields__.keys()


def test_every_word_of_an_ordered_setting_has_its_place() -> None:
    hints = get_type_hints(Policy)
    gate = get_type_hints(table_class(hints["gate"]))
    for key in ("credentials", "authorship"):
        [direction] = [found for found in (direction_of(("gate", key)),) if found]
        assert set(WORDS[direction]) == set(gate[key].__args__)


@pytest.mark.parametrize(
    ("direction", "theirs", "weaker", "others"),
    [
        (HIGHER, 3, 2, (3, 4, 3.5)),
        (HIGHER, 0.5, 0.4, (0.5, 1)),
        (LOWER, 3, 4, (3, 2, 0)),
        (MORE, ["a", "b"], ["a"], (["b", "a"], ["a", "b", "c"])),
        (MORE, ["a"], [], ([" a "],)),
        (FEWER, [80, 443], [80, 8080], ([443], [], [443, 80])),
        (ON, True, False, (True,)),
        (ON, False, None, (False, True)),
        (OFF, False, True, (False,)),
        (OFF, True, None, (False, True)),
        (NARROW, "narrow", "any", ("narrow",)),
        (NARROW, "any", None, ("any", "narrow")),
        (PROVEN, "committed", "claimed", ("committed", "proven")),
        (PROVEN, "proven", "committed", ("proven",)),
        (SAME, 28, 27, (28,)),
        (Direction.FREE, "http://a", None, ("http://b",)),
    ],
)
def test_a_value_is_weaker_in_one_direction_alone(
    direction: Direction, theirs: Any, weaker: Any, others: tuple[Any, ...]
) -> None:
    assert Compared(direction, theirs, weaker).is_weaker is (weaker is not None)
    assert [one for one in others if Compared(direction, theirs, one).is_weaker] == []


@pytest.mark.parametrize("direction", [one for one in Direction if one is not SAME])
@pytest.mark.parametrize("strange", ["word", True, 3, [1], {}])
def test_what_has_a_wrong_type_is_told_elsewhere_and_breaks_nothing(
    direction: Direction, strange: Any
) -> None:
    assert not Compared(direction, strange, {}).is_weaker


def test_what_is_lacking_and_what_is_added_are_named_in_order_and_once() -> None:
    assert Compared(MORE, ["b", "a", "b", "c"], ["c"]).lacking == ("b", "a")
    assert Compared(FEWER, [443], [443, 80, 22]).added == (80, 22)
    assert Compared(LOWER, [1], [2]).lacking == ()


@pytest.mark.parametrize(
    ("key", "direction"),
    [
        ("monitoring.freshest_minutes", LOWER),
        ("delivery.canary.hours", HIGHER),
        ("gate.longest_waiver.blocker", LOWER),
        ("signoff.need.security", HIGHER),
        ("signoff.solo", OFF),
        ("signoff.approvers", None),
        ("evidence.tokens.wiki", Direction.FREE),
        ("drills.voided_by.x", MORE),
        ("drills.voided_by", None),
        ("monitoring", None),
        ("service.name", None),
        ("scaling.saturation", None),
    ],
)
def test_a_key_has_the_direction_of_its_table(key: str, direction: Direction | None) -> None:
    assert direction_of(tuple(key.split("."))) is direction


def test_what_says_what_a_service_has_is_its_own() -> None:
    assert is_the_services(("scaling", "saturation"))
    assert is_the_services(("delivery", "canary", "environment"))
    assert not is_the_services(("scaling", "p95_ms"))
    assert not is_the_services(("scaling",))


@pytest.mark.parametrize("table", NEEDED)
def test_what_a_table_needs_is_what_its_class_requires(table: str) -> None:
    required = {
        field.name
        for field in dataclasses.fields(_class_of(table))
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert required == NEEDED[table]


def test_the_page_about_overlays_tells_the_direction_of_each_key() -> None:
    page = (Path(__file__).parents[3] / "docs" / "overlay.md").read_text(encoding="utf-8")
    rows = {line.split(" | ")[0]: line for line in page.splitlines() if line.startswith("| `[")}
    columns = (HIGHER, LOWER, MORE, FEWER, None, Direction.FREE)
    untold = []
    for table, keys_there in SECTIONS.items():
        [cells] = [
            row.split(" | ")[1:] for head, row in rows.items() if f"`[{table}]`" in head
        ] or [
            rows[
                "| `[documents.runbook]`, `faq`, `refund_process`, `refund_criteria`,"
                " `published_terms`"
            ].split(" | ")[1:]
        ]
        for key, direction in keys_there.items():
            column = columns.index(direction) if direction in columns else columns.index(None)
            if f"`{key}`" not in cells[column]:
                untold.append(f"{table}.{key}")
    assert untold == []
