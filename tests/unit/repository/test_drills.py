"""What git knows of drills on record: the fact ``drills`` from a real repository."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.operations.drills import Drill, DrillFacts, Drills
from pytest_orr.errors import FactUnavailable, Unanswered
from pytest_orr.profile import drills
from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.drill_records import Drill as Written
from pytest_orr.profile.drill_records import DrillsNamed

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from tests.unit.repository.conftest import Made

RESTART, ROLLBACK = "operations.restart.backend", "operations.rollback.process"
BO = "bo@example.org"
BEFORE = {
    "playbooks/deploy.yml": "- hosts: all",
    "deploy/explorer.service": "[Service]",
    "migrations/1.sql": "create table a",
    "docs/runbook.md": "# Restart",
    "src/main.go": "package main",
}


def record_of(commit: str, *items: str, **changes: Any) -> Written:
    """A record of a drill in which a commit ran."""
    record = DrillRecord(
        items=items or (RESTART,),
        by=BO,
        author="ana@example.org",
        environment="production",
        release=commit,
        started=dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC),
        minutes=6,
        succeeded=True,
        happened="It went well.",
        lost="nothing",
    )
    return Written(ref="drills/a.toml", sha256="a" * 64, record=replace(record, **changes))


@pytest.fixture
def facts_of(made: Made, desk_of: Callable[..., Desk]) -> Callable[..., DrillFacts]:
    """Collect from records, for a release's commit."""

    def collect(release: str, *records: Written, **declared: Any) -> DrillFacts:
        desk = desk_of(made.folder, release)
        profile = replace(desk.profile, drills=drills.Drills(**declared))
        answer = Drills().collect(replace(desk, profile=profile, drills=records))
        assert answer.where == ("drills/",)
        return answer.value

    return collect


def said_of(drill: Drill) -> str:
    """What voids a drill; empty if it still holds."""
    try:
        assert drill.still_holds
    except Unanswered as unanswered:
        return unanswered.reason
    return ""


@pytest.mark.parametrize(
    ("path", "item", "voids"),
    [
        ("playbooks/deploy.yml", RESTART, True),
        ("deploy/explorer.service", RESTART, True),
        ("migrations/1.sql", RESTART, False),
        ("migrations/1.sql", ROLLBACK, True),
        ("migrations/2.sql", ROLLBACK, True),
        (".github/workflows/deploy.yml", ROLLBACK, True),
        ("src/main.go", ROLLBACK, False),
        ("docs/runbook.md", ROLLBACK, False),
        ("playbooks/deploy.yml", "explorer.own.item", True),
    ],
)
def test_a_release_that_changes_what_was_drilled_voids_it_and_no_other(
    made: Made, facts_of: Callable[..., DrillFacts], path: str, item: str, *, voids: bool
) -> None:
    drilled = made.commit(BEFORE)
    released = made.commit({path: "anew"})
    [drill] = facts_of(released, record_of(drilled[:10], item)).all
    said = f"since the drill of 2026-11-04: {path} changed since" if voids else ""
    assert said_of(drill) == said


def test_what_was_removed_or_renamed_since_has_changed(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    released = made.commit({"units/explorer.service": "[Service]"}, without=("deploy",))
    [drill] = facts_of(released, record_of(drilled)).all
    assert drill.changes.reading.files == ("deploy/explorer.service", "units/explorer.service")


def test_a_drill_of_a_later_commit_is_void_by_what_the_release_lacks(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    released = made.commit(BEFORE)
    drilled = made.commit({"playbooks/restart.yml": "new"})
    [drill] = facts_of(released, record_of(drilled)).all
    assert "playbooks/restart.yml changed since" in said_of(drill)


def test_many_changed_files_are_counted_after_five(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    released = made.commit({f"playbooks/{number}.yml": "new" for number in range(8)})
    [drill] = facts_of(released, record_of(drilled)).all
    assert said_of(drill).endswith("playbooks/4.yml and 3 more changed since")


def test_a_profile_says_what_voids_in_place_of_the_usual(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    released = made.commit({"src/main.go": "package other", "playbooks/deploy.yml": "new"})
    own = {"voided_by": {RESTART: ("src/**",)}}
    [drill] = facts_of(released, record_of(drilled), **own).all
    assert drill.changes.seen == "src/main.go changed since"


def test_a_commit_that_is_not_there_leaves_this_drill_alone_unknown(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    gone = replace(record_of("0" * 40), ref="drills/b.toml")
    first, second = facts_of(drilled, record_of(drilled), gone).all
    assert said_of(first) == ""
    with pytest.raises(FactUnavailable) as caught:
        _ = second.still_holds
    assert caught.value.cause == (
        f"commit {'0' * 40}, named in release of drills/b.toml, is not in the checkout"
    )


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("Bo <BO@example.org>", "bo@example.org did the drill by docs/runbook.md, and had changed"),
        ("Finn <finn@example.org>", ""),
    ],
)
def test_whoever_wrote_the_procedures_last_change_may_not_have_done_the_drill(
    made: Made, facts_of: Callable[..., DrillFacts], by: str, says: str
) -> None:
    made.commit(BEFORE)
    drilled = made.commit({"docs/runbook.md": "# Restart it"}, by=by)
    [drill] = facts_of(drilled, record_of(drilled, procedure="docs/runbook.md")).all
    assert said_of(drill).startswith(says)
    assert bool(said_of(drill)) is bool(says)
    assert drill.procedure is not None
    assert drill.procedure.seen.startswith("docs/runbook.md, last changed by ")


def test_whoever_corrects_the_procedure_after_the_drill_did_not_write_what_was_followed(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    released = made.commit({"docs/runbook.md": "# Corrected"}, by="Bo <bo@example.org>")
    [drill] = facts_of(released, record_of(drilled, procedure="docs/runbook.md")).all
    assert said_of(drill) == ""


def test_a_procedure_that_was_not_there_then_is_unknown(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    [drill] = facts_of(drilled, record_of(drilled, procedure="docs/restart.md")).all
    with pytest.raises(FactUnavailable) as caught:
        _ = drill.still_holds
    assert caught.value.cause.startswith("docs/restart.md, the procedure of drills/a.toml, was not")


def test_a_drill_of_several_items_is_a_fact_of_each(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    released = made.commit({"migrations/2.sql": "drop table a"})
    facts = facts_of(released, record_of(drilled, RESTART, ROLLBACK, lost="2 requests"))
    assert [(one.item, bool(said_of(one))) for one in facts.all] == [
        (RESTART, False),
        (ROLLBACK, True),
    ]
    assert (
        facts.all[0].seen == "bo@example.org on 2026-11-04 in production, 6 min, lost: 2 requests"
    )


def test_items_get_the_drills_that_their_statement_rests_on(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled = made.commit(BEFORE)
    facts = facts_of(drilled, record_of(drilled))
    assert (
        facts.behind(DrillsNamed(item=RESTART, files=(("drills/a.toml", "a" * 64),))) == facts.all
    )
    for item, file, digest in (
        (ROLLBACK, "drills/a.toml", "a" * 64),
        (RESTART, "drills/b.toml", "a" * 64),
        (RESTART, "drills/a.toml", "b" * 64),
    ):
        with pytest.raises(FactUnavailable, match="was not read as it was stated"):
            facts.behind(DrillsNamed(item=item, files=((file, digest),)))


def test_lately_is_the_newest_drill_of_an_item_within_so_many_days(
    made: Made, facts_of: Callable[..., DrillFacts]
) -> None:
    drilled, day = made.commit(BEFORE), dt.timedelta(days=1)
    first = record_of(drilled)
    second = replace(first, ref="drills/b.toml", record=replace(first.record, minutes=7))
    later = replace(second.record, started=first.record.started + day)
    facts = facts_of(drilled, replace(second, record=later), first)
    as_of = first.record.started + 90 * day
    [newest] = facts.lately(RESTART, 90, as_of)
    assert newest.minutes == 7
    assert facts.lately(RESTART, 88, as_of) == ()
    assert facts.lately(ROLLBACK, 90, as_of) == ()


def test_git_is_asked_once_for_all_drills_of_a_commit(
    made: Made, desk_of: Callable[..., Desk]
) -> None:
    drilled = made.commit(BEFORE)
    desk = desk_of(made.folder, drilled)
    records = (record_of(drilled, RESTART, ROLLBACK), record_of(drilled, "explorer.own.item"))
    Drills().collect(replace(desk, drills=records))
    git: Any = desk.git
    assert len([one for one in git._memo._answers if one.startswith("changed ")]) == 1


def test_without_records_git_is_not_asked(made: Made, desk_of: Callable[..., Desk]) -> None:
    desk = desk_of(made.folder, "0" * 40)
    assert Drills().collect(replace(desk, drills=())).value == DrillFacts()
