"""When a drill counts: who did it, where, how long ago, and what others on record say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.consent import standing_of
from pytest_orr.errors import Unanswered
from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.drill_records import Drill, DrillsNamed
from pytest_orr.profile.drills import Drills
from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.load import Written
from pytest_orr.profile.schema import (
    EvidenceRef,
    Person,
    Policy,
    Profile,
    Release,
    Service,
    Statement,
)
from pytest_orr.profile.standing import Force, statement_standing
from pytest_orr.record.attestation import Attestation

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.standing import Standing

AS_OF = dt.date(2026, 11, 20)
ANA, BO, CY = "ana@example.org", "bo@example.org", "cy@example.org"
RESTART, TAKEDOWN = "operations.restart.backend", "operations.emergency.takedown"
DIGEST, OTHER = "a" * 64, "b" * 64
RECORD = DrillRecord(
    items=(RESTART, TAKEDOWN),
    by=BO,
    author=ANA,
    environment="production",
    release="4f2a9c1d0e",
    started=dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC),
    minutes=6,
    succeeded=True,
    happened="It went well.",
    lost="nothing",
)


def spec_of(item: ItemSpec, wanted: str = RESTART, **changes: Any) -> ItemSpec:
    """A blocker of the service that asks for a drill, and reads how it went."""
    usual: dict[str, Any] = {"id": wanted, "evidence_kind": "drill", "facts": ("drills",)}
    return replace(item, **usual | changes)


def written_of(*drills: Drill, **profile: Any) -> Written:
    """What three people wrote, with records of drills."""
    people = tuple(Person(email=one, name=one, roles=("platform",)) for one in (ANA, BO, CY))
    service = Service(name="explorer", environment="production", people=people)
    return Written(
        profile=Profile(**{"service": service, "release": Release(commit="4f2a9c1d0e"), **profile}),
        statements=(),
        waivers=(),
        policy=Policy(),
        folder=Path(),
        digests=(),
        evidence_files=tuple(EvidenceFile(ref=one.ref, sha256=one.sha256) for one in drills),
        drills=drills,
    )


def drill_of(name: str = "a", sha256: str = DIGEST, **changes: Any) -> Drill:
    """A record, sound unless something is changed."""
    return Drill(ref=f"drills/{name}.toml", sha256=sha256, record=replace(RECORD, **changes))


def statement_of(**changes: Any) -> Statement:
    """Ana's statement, confirmed by Bo who did the drill."""
    dated = changes.pop("dated", dt.date(2026, 11, 4))
    proof = EvidenceRef(kind="drill", ref="drills/a.toml", sha256=DIGEST, dated=dated)
    usual: dict[str, Any] = {
        "item": RESTART,
        "statement": "Bo restarted it.",
        "by": ANA,
        "confirmed": BO,
        "on": dt.date(2026, 11, 6),
        "until": dt.date(2027, 1, 31),
        "evidence": (proof,),
    }
    return Statement(**{**usual, **changes})


def judged(spec: ItemSpec, written: Written, as_of: dt.date = AS_OF, **changes: Any) -> Standing:
    """What becomes of the statement."""
    return statement_standing(spec, statement_of(**changes), written=written, as_of=as_of)


def test_a_sound_drill_by_somebody_else_counts(item: ItemSpec) -> None:
    assert judged(spec_of(item), written_of(drill_of())).in_force
    by_whoever_did_it = judged(spec_of(item), written_of(drill_of()), by=BO, confirmed=CY)
    assert by_whoever_did_it.in_force


def test_another_way_to_write_the_path_is_the_same_record(item: ItemSpec) -> None:
    proof = EvidenceRef(
        kind="drill", ref="./drills//a.toml", sha256=DIGEST, dated=dt.date(2026, 11, 4)
    )
    written = written_of(drill_of())
    files = (EvidenceFile(ref=proof.ref, sha256=DIGEST),)
    assert judged(spec_of(item), replace(written, evidence_files=files), evidence=(proof,)).in_force


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"author": BO}, "bo@example.org did the drill drills/a.toml by instructions of their own"),
        ({"author": "BO@example.org"}, "did the drill drills/a.toml by instructions of their own"),
        (
            {"by": CY},
            "cy@example.org, who did the drill drills/a.toml, neither states nor",
        ),
        ({"items": (TAKEDOWN,)}, "is of operations.emergency.takedown, not of this item"),
        ({"environment": "staging"}, "was done in staging, not in production"),
        ({"environment": "Production"}, "was done in Production, not in production"),
        (
            {"started": dt.datetime(2026, 11, 8, 1, tzinfo=dt.UTC)},
            "is dated 2026-11-04, its record is of 2026-11-08; it was stated on 2026-11-06, before",
        ),
    ],
)
def test_each_fault_of_a_drill_refuses_the_statement(
    item: ItemSpec, changes: dict[str, Any], says: str
) -> None:
    standing = judged(spec_of(item), written_of(drill_of(**changes)))
    assert standing.force is Force.REFUSED
    assert says in standing.reason
    assert standing.remedy


@pytest.mark.parametrize(
    "ref", ["https://wiki.example.org/drill", "evidence/drill.md", "drills/b.toml", "../a.toml"]
)
def test_what_is_no_record_in_the_folder_refuses_the_statement_for_that_alone(
    item: ItemSpec, ref: str
) -> None:
    proof = EvidenceRef(kind="drill", ref=ref, sha256=OTHER, dated=dt.date(2026, 11, 4))
    standing = judged(spec_of(item), written_of(drill_of()), evidence=(proof,))
    reason = f"the statement is refused: its drill {ref} is no record in drills/"
    assert standing.reason == reason
    assert "`orr explain operations.restart.backend` prints its form" in standing.remedy


def test_a_record_that_was_edited_after_the_statement_is_refused(item: ItemSpec) -> None:
    standing = judged(spec_of(item), written_of(drill_of(sha256=OTHER)))
    assert "is not the file that was stated: its digest differs" in standing.reason


def test_a_drill_beside_other_evidence_is_held_to_the_same(item: ItemSpec) -> None:
    link = EvidenceRef(kind="link", ref="https://example.org/x", dated=dt.date(2026, 11, 4))
    both = (*statement_of().evidence, link)
    of_links = spec_of(item, evidence_kind="link", facts=())
    assert judged(of_links, written_of(drill_of()), evidence=both).in_force
    refused = judged(of_links, written_of(drill_of(author=BO)), evidence=both)
    assert "by instructions of their own" in refused.reason


@pytest.mark.parametrize(
    ("where", "wanted", "first", "counts"),
    [
        ("staging", RESTART, False, False),
        ("staging", RESTART, True, True),
        ("staging", TAKEDOWN, False, True),
        ("testnet", TAKEDOWN, False, True),
        ("testnet", RESTART, True, True),
        ("laptop", TAKEDOWN, True, False),
        ("production", RESTART, True, True),
        ("production", TAKEDOWN, False, True),
    ],
)
def test_a_restart_counts_where_the_service_runs_and_the_rest_in_its_likes_too(
    item: ItemSpec, where: str, wanted: str, *, first: bool, counts: bool
) -> None:
    written = written_of(
        drill_of(environment=where),
        forge=Forge(kind="gitlab", project="explorer/explorer", staging="staging"),
        drills=Drills(elsewhere=("testnet",)),
        release=Release(commit="4f2a9c1d0e", first=first),
    )
    standing = judged(spec_of(item, wanted), written, item=wanted)
    assert standing.in_force is counts
    assert ("elsewhere under [drills]" in standing.remedy) is (where == "laptop")


@pytest.mark.parametrize(
    ("started", "as_of", "days"),
    [
        ("2026-08-22T00:00:00+00:00", "2026-11-20", 90),
        ("2026-08-21T23:59:59+00:00", "2026-11-20", 91),
        ("2026-08-21T23:59:59-01:00", "2026-11-20", 90),
        ("2026-08-22T00:30:00+02:00", "2026-11-20", 91),
        ("2026-08-22T12:00:00+14:00", "2026-11-20", 91),
        ("2026-08-21T12:00:00-12:00", "2026-11-20", 90),
        ("2024-02-29T10:00:00+00:00", "2024-05-29", 90),
        ("2024-02-29T10:00:00+00:00", "2024-05-30", 91),
        ("2026-02-28T10:00:00+00:00", "2026-05-29", 90),
        ("2026-02-28T10:00:00+00:00", "2026-05-30", 91),
        ("2026-01-31T10:00:00+00:00", "2026-05-01", 90),
        ("2026-12-31T23:59:59+00:00", "2027-03-31", 90),
        ("2026-12-31T23:59:59+00:00", "2027-04-01", 91),
        ("2026-03-28T10:00:00+01:00", "2026-06-26", 90),
    ],
)
def test_a_drill_expires_by_days_in_utc(
    item: ItemSpec, started: str, as_of: str, days: int
) -> None:
    began, day = dt.datetime.fromisoformat(started), dt.date.fromisoformat(as_of)
    standing = judged(
        spec_of(item, valid_for=365),
        written_of(drill_of(started=began)),
        day,
        dated=began.date(),
        on=began.date(),
        until=day,
    )
    if days > 90:
        told = began.astimezone(dt.UTC).date()
        assert standing.force is Force.EXPIRED
        assert standing.reason == f"the drill of {told} is {days} days old, 90 are allowed"
    else:
        assert standing.in_force


@pytest.mark.parametrize(("of_item", "of_profile"), [(10, 90), (90, 10)])
def test_the_shorter_validity_of_item_and_profile_counts(
    item: ItemSpec, of_item: int, of_profile: int
) -> None:
    written = written_of(drill_of(), drills=Drills(valid_days=of_profile))
    spec = spec_of(item, valid_for=of_item)
    until = {"until": dt.date(2026, 11, 16)}
    assert judged(spec, written, dt.date(2026, 11, 14), **until).in_force
    late = judged(spec, written, dt.date(2026, 11, 15), **until)
    assert late.reason == "the drill of 2026-11-04 is 11 days old, 10 are allowed"
    assert late.remedy == "do it again, and state the new record"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"succeeded": False}, "did not succeed"),
        ({"objective_minutes": 5}, "took 6 minutes, 5 are allowed"),
    ],
)
def test_a_newer_drill_that_failed_is_not_passed_over(
    item: ItemSpec, changes: dict[str, Any], says: str
) -> None:
    later = {"started": dt.datetime(2026, 11, 10, tzinfo=dt.UTC), **changes}
    failed = drill_of("b", OTHER, **later)
    standing = judged(spec_of(item), written_of(drill_of(), failed))
    assert f"a newer drill of it, drills/b.toml, {says}" in standing.reason
    elsewhere = drill_of("b", OTHER, **later, environment="laptop")
    of_another = drill_of("b", OTHER, **{**later, "items": (TAKEDOWN,)})
    earlier = drill_of("b", OTHER, **{**later, "started": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)})
    for other in (elsewhere, of_another, earlier):
        assert judged(spec_of(item), written_of(drill_of(), other)).in_force
    assert judged(spec_of(item), written_of(drill_of(), drill_of("b", OTHER))).in_force


def test_how_a_drill_went_is_left_to_items_that_read_it_and_refuses_for_all_others(
    item: ItemSpec,
) -> None:
    failed = written_of(drill_of(succeeded=False))
    assert judged(spec_of(item), failed).in_force
    refused = judged(spec_of(item, facts=()), failed)
    assert "its drill drills/a.toml did not succeed" in refused.reason


DAYS = st.integers(min_value=-30, max_value=120)


@given(
    older=DAYS,
    succeeded=st.booleans(),
    minutes=st.integers(min_value=1, max_value=20),
    author=st.sampled_from([ANA, BO]),
    by=st.sampled_from([BO, CY]),
    environment=st.sampled_from(["production", "staging"]),
)
def test_a_worse_drill_never_gives_a_better_standing(
    item: ItemSpec,
    older: int,
    *,
    succeeded: bool,
    minutes: int,
    author: str,
    by: str,
    environment: str,
) -> None:
    spec = spec_of(item, facts=())
    started = RECORD.started - dt.timedelta(days=older)
    worse = drill_of(
        started=min(started, RECORD.started),
        succeeded=succeeded,
        minutes=minutes,
        objective_minutes=10,
        author=author,
        by=by,
        environment=environment,
    )
    is_as_good = worse.record.went_well and (author, by, environment) == (ANA, BO, "production")
    standing = judged(spec, written_of(worse), dated=worse.record.started.date())
    assert standing.in_force is (is_as_good and (AS_OF - worse.record.started.date()).days <= 90)
    beside = replace(worse, ref="drills/b.toml", sha256=OTHER)
    assert judged(spec, written_of(beside), dated=dt.date(2026, 11, 4)).force is Force.REFUSED
    named = judged(spec, written_of(drill_of(succeeded=False), beside))
    assert named.force is Force.REFUSED


def test_items_ask_a_statement_for_its_drills_and_get_paths_and_digests(item: ItemSpec) -> None:
    written = replace(written_of(drill_of()), statements=(statement_of(),))
    standing = standing_of(spec_of(item), written, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    assert standing.attestation.drill == DrillsNamed(
        item=RESTART, files=(("drills/a.toml", DIGEST),)
    )
    assert standing.attestation.was_read


def test_a_statement_without_a_drill_answers_no_question_for_one(item: ItemSpec) -> None:
    link = EvidenceRef(kind="link", ref="https://example.org/x", dated=dt.date(2026, 11, 4))
    written = replace(written_of(), statements=(statement_of(evidence=(link,)),))
    spec = spec_of(item, evidence_kind="link")
    standing = standing_of(spec, written, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    with pytest.raises(Unanswered, match="the statement rests on no drill"):
        _ = standing.attestation.drill
    nobody = Attestation(None, reason="nobody has answered", remedy="answer")
    with pytest.raises(Unanswered, match="nobody has answered"):
        _ = nobody.drill
