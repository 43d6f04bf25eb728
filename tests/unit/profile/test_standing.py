from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.profile.load import Written
from pytest_orr.profile.schema import (
    EvidenceRef,
    Gate,
    LongestWaiver,
    NotApplicable,
    Person,
    Policy,
    Profile,
    Release,
    Service,
    Statement,
    Waiver,
)
from pytest_orr.profile.standing import (
    Force,
    Standing,
    not_applicable_standing,
    statement_standing,
    waiver_standing,
)

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec

AS_OF = dt.date(2026, 11, 20)
ANA, BO, EVE = "ana@example.org", "bo@example.org", "eve@example.org"
DIGEST = "a" * 64
LINK = EvidenceRef(kind="capture", ref="https://example.org/elb", dated=AS_OF)
FILE = EvidenceRef(kind="capture", ref="elb.md", sha256=DIGEST, dated=AS_OF)
WRITTEN = Written(
    profile=Profile(
        service=Service(
            name="explorer",
            environment="production",
            people=(
                Person(email=ANA, name="Ana", roles=("platform",)),
                Person(email=BO, name="Bo", roles=("security",)),
                Person(email=EVE, name="Eve", roles=("principal-engineer",)),
                Person(email="Ana@example.org", name="Ana", roles=("platform", "approver")),
            ),
        ),
        release=Release(commit="4f2a9c1d0e"),
    ),
    statements=(),
    waivers=(),
    policy=Policy(),
    folder=Path(),
    digests=(),
    evidence_files=(EvidenceFile(ref="elb.md", sha256=DIGEST),),
)
STATEMENT = Statement(
    item="network.load-balancer.elb",
    statement="One balancer in three zones.",
    by=ANA,
    confirmed=EVE,
    on=dt.date(2026, 11, 2),
    until=dt.date(2027, 1, 31),
    evidence=(LINK, FILE),
)
WAIVER = Waiver(
    item="network.load-balancer.elb",
    reason="The second zone comes next week.",
    requester=ANA,
    approver=EVE,
    granted=dt.date(2026, 11, 10),
    expires=dt.date(2026, 11, 24),
)
DECLARED = NotApplicable(
    item="network.load-balancer.elb",
    reason="no-such-component",
    text="It has no backend.",
    approver=EVE,
    on=AS_OF,
)

days = st.integers(0, 400).map(lambda number: dt.date(2026, 1, 1) + dt.timedelta(days=number))
people = st.sampled_from((ANA, BO, EVE, "Ana@example.org", "nobody@example.org"))
evidence = st.lists(
    st.builds(
        EvidenceRef,
        kind=st.sampled_from(("capture", "log", "ticket")),
        ref=st.sampled_from(("https://example.org/", "elb.md", "gone.md")),
        sha256=st.sampled_from((None, DIGEST, "b" * 64)),
        dated=st.just(AS_OF),
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    on = draw(days)
    return Statement(
        item="network.load-balancer.elb",
        statement="x",
        by=draw(people),
        confirmed=draw(st.none() | people),
        on=on,
        until=on + dt.timedelta(days=draw(st.integers(0, 120))),
        release=draw(st.sampled_from(("any", "4f2a9c1", "4f2a9c1d0e99", "0000000"))),
        evidence=draw(evidence),
    )


@st.composite
def waivers(draw: st.DrawFn) -> Waiver:
    granted = draw(days)
    return Waiver(
        item="network.load-balancer.elb",
        reason="x",
        requester=draw(people),
        approver=draw(people),
        granted=granted,
        expires=granted + dt.timedelta(days=draw(st.integers(0, 30))),
    )


def _judged(spec: ItemSpec, **changed: Any) -> Standing:
    statement = replace(STATEMENT, **changed)
    return statement_standing(spec, statement, written=WRITTEN, as_of=AS_OF)


def _waived(spec: ItemSpec, *, policy: Policy = WRITTEN.policy, **changed: Any) -> Standing:
    written = replace(WRITTEN, policy=policy)
    return waiver_standing(spec, replace(WAIVER, **changed), written=written, as_of=AS_OF)


def test_a_statement_without_objection_is_in_force(item: ItemSpec) -> None:
    assert _judged(item) == Standing(force=Force.IN_FORCE)


def test_a_statement_holds_on_its_last_day_and_not_on_the_next(item: ItemSpec) -> None:
    last = replace(STATEMENT, until=AS_OF)
    next_day = AS_OF + dt.timedelta(days=1)
    assert statement_standing(item, last, written=WRITTEN, as_of=AS_OF).in_force
    assert statement_standing(item, last, written=WRITTEN, as_of=next_day) == Standing(
        force=Force.EXPIRED,
        reason="the statement expired: it held until 2026-11-20",
        remedy="answer again with a new date and new evidence in attestations.toml",
    )


@pytest.mark.parametrize("release", ["any", "4f2a9c1", "4f2a9c1d0e", "4f2a9c1d0e77"])
def test_a_statement_for_any_or_this_release_is_in_force(item: ItemSpec, release: str) -> None:
    assert _judged(item, release=release).in_force


@pytest.mark.parametrize(
    ("changed", "reason", "remedy"),
    [
        (
            {"until": dt.date(2027, 2, 1)},
            "it is valid for 91 days, the item allows 90",
            "set `until` to 2027-01-31 or earlier",
        ),
        (
            {"by": BO, "confirmed": ANA},
            "its author bo@example.org has not the role platform",
            "have it stated by somebody with the role platform",
        ),
        (
            {"confirmed": None},
            "nobody has confirmed it, which a blocker needs",
            "have a second person confirm it: `confirmed`",
        ),
        (
            {"confirmed": ANA},
            "its author has confirmed it",
            "have a second person confirm it: `confirmed`",
        ),
        (
            {"confirmed": "Ana@example.org"},
            "its author has confirmed it",
            "have a second person confirm it: `confirmed`",
        ),
        (
            {"confirmed": BO},
            (
                "bo@example.org, who confirmed it, has not the role platform, principal-engineer or"
                " approver, and did no drill of it"
            ),
            "have it confirmed by somebody with the role platform, principal-engineer or approver",
        ),
        (
            {"evidence": (replace(LINK, kind="log"),)},
            "its evidence has no capture",
            (
                "add evidence of the kind capture "
                "(an export or picture of settings, a graph or a screen)"
            ),
        ),
        (
            {"evidence": (replace(FILE, sha256=None),)},
            "its evidence elb.md has no digest",
            "add the `sha256` that `sha256sum elb.md` prints",
        ),
        (
            {"evidence": (replace(FILE, sha256="b" * 64),)},
            "its evidence elb.md is not the file that was stated: its digest differs",
            "restore elb.md, or state it again with the `sha256` of the new file",
        ),
        (
            {"evidence": (LINK, replace(FILE, ref="gone\x1b.md"))},
            r"its evidence gone\x1b.md was not read",
            r"put gone\x1b.md into the profile's folder as a plain file, or give a link",
        ),
    ],
)
def test_a_statement_is_refused_with_its_reason_and_what_to_do(
    item: ItemSpec, changed: dict[str, Any], reason: str, remedy: str
) -> None:
    assert _judged(item, **changed) == Standing(
        force=Force.REFUSED, reason=f"the statement is refused: {reason}", remedy=remedy
    )


def test_evidence_that_could_not_be_read_is_told_with_its_problem(item: ItemSpec) -> None:
    gone = (EvidenceFile(ref="elb.md", problem="is not there"),)
    judged = statement_standing(
        item, STATEMENT, written=replace(WRITTEN, evidence_files=gone), as_of=AS_OF
    )
    assert judged.reason == "the statement is refused: its evidence elb.md is not there"
    assert judged.remedy == "put elb.md into the profile's folder as a plain file, or give a link"


def test_all_objections_are_told_at_once_and_each_remedy_once(item: ItemSpec) -> None:
    judged = _judged(item, confirmed=None, evidence=(replace(FILE, kind="log", sha256=None),))
    assert judged.reason == (
        "the statement is refused: nobody has confirmed it, which a blocker needs; "
        "its evidence has no capture; its evidence elb.md has no digest"
    )
    assert judged.remedy.count(";") == 2


@pytest.mark.parametrize("severity", ["major", "minor"])
def test_only_a_blocker_needs_a_second_person(item: ItemSpec, severity: str) -> None:
    assert _judged(replace(item, severity=severity), confirmed=None).in_force


def test_a_waiver_is_announced_in_its_last_fortnight_and_holds_on_its_last_day(
    item: ItemSpec,
) -> None:
    lasting = replace(item, severity="major")
    fifteen, fourteen = AS_OF + dt.timedelta(days=15), AS_OF + dt.timedelta(days=14)
    assert _waived(lasting, expires=fifteen) == Standing(force=Force.IN_FORCE)
    assert _waived(lasting, expires=fourteen).notice == (
        "the waiver expires on 2026-12-04, in 14 days"
    )
    assert _waived(lasting, expires=AS_OF).in_force
    assert _waived(lasting, expires=AS_OF - dt.timedelta(days=1)) == Standing(
        force=Force.EXPIRED,
        reason="the waiver expired: it held until 2026-11-19",
        remedy="repair what it covered, or have a new waiver approved",
    )


@pytest.mark.parametrize(
    ("changed", "reason", "remedy"),
    [
        (
            {"requester": "Eve@example.org"},
            "its requester has approved it",
            "have another person approve it",
        ),
        (
            {"approver": BO},
            "its approver bo@example.org has not the role approver or principal-engineer",
            "have it approved by somebody with the role approver or principal-engineer",
        ),
        (
            {"expires": dt.date(2026, 11, 25)},
            "it lasts 15 days, the policy allows 14 for a blocker",
            "set `expires` to 2026-11-24 or earlier",
        ),
        (
            {"policy": Policy(gate=Gate(unwaivable=("network.load-balancer.elb",)))},
            "the policy lets nobody waive this item",
            "remove the waiver and repair what it covers",
        ),
    ],
)
def test_a_waiver_is_refused_with_its_reason_and_what_to_do(
    item: ItemSpec, changed: dict[str, Any], reason: str, remedy: str
) -> None:
    assert _waived(item, **changed) == Standing(
        force=Force.REFUSED, reason=f"the waiver is refused: {reason}", remedy=remedy
    )


@pytest.mark.parametrize(("severity", "longest"), [("blocker", 1), ("major", 2), ("minor", 3)])
def test_the_policy_bounds_waivers_by_severity(item: ItemSpec, severity: str, longest: int) -> None:
    policy = Policy(gate=Gate(longest_waiver=LongestWaiver(blocker=1, major=2, minor=3)))
    spec = replace(item, severity=severity)
    granted = AS_OF

    def lasts(length: int) -> Standing:
        expires = granted + dt.timedelta(days=length)
        return _waived(spec, policy=policy, granted=granted, expires=expires)

    assert lasts(longest).in_force
    assert lasts(longest + 1).force is Force.REFUSED


def test_not_applicable_counts_when_somebody_with_the_role_signed_it() -> None:
    assert not_applicable_standing(DECLARED, written=WRITTEN).in_force
    refused = not_applicable_standing(replace(DECLARED, approver=ANA), written=WRITTEN)
    assert refused == Standing(
        force=Force.REFUSED,
        reason="not applicable is refused: its approver ana@example.org has not the role "
        "approver or principal-engineer",
        remedy="have it approved by somebody with the role approver or principal-engineer",
    )


@given(statements(), days, st.integers(0, 400))
def test_time_never_brings_a_statement_into_force(
    item: ItemSpec, statement: Statement, as_of: dt.date, later: int
) -> None:
    day = as_of + dt.timedelta(days=later)
    if statement_standing(item, statement, written=WRITTEN, as_of=day).in_force:
        assert statement_standing(item, statement, written=WRITTEN, as_of=as_of).in_force


@given(statements(), days, st.integers(0, 400))
def test_a_longer_validity_never_brings_a_refused_statement_into_force(
    item: ItemSpec, statement: Statement, as_of: dt.date, longer: int
) -> None:
    if statement_standing(item, statement, written=WRITTEN, as_of=as_of).force is Force.REFUSED:
        extended = replace(statement, until=statement.until + dt.timedelta(days=longer))
        judged = statement_standing(item, extended, written=WRITTEN, as_of=as_of)
        assert judged.force is Force.REFUSED


@given(statements(), days)
def test_an_item_that_allows_less_never_brings_a_statement_into_force(
    item: ItemSpec, statement: Statement, as_of: dt.date
) -> None:
    shorter = replace(item, valid_for=item.valid_for // 2)
    if statement_standing(shorter, statement, written=WRITTEN, as_of=as_of).in_force:
        assert statement_standing(item, statement, written=WRITTEN, as_of=as_of).in_force


@given(statements(), days)
def test_taking_roles_or_files_away_never_brings_a_statement_into_force(
    item: ItemSpec, statement: Statement, as_of: dt.date
) -> None:
    service = WRITTEN.profile.service
    fewer = replace(
        WRITTEN,
        profile=replace(WRITTEN.profile, service=replace(service, people=service.people[1:3])),
        evidence_files=(),
    )
    if statement_standing(item, statement, written=fewer, as_of=as_of).in_force:
        assert statement_standing(item, statement, written=WRITTEN, as_of=as_of).in_force


@given(statements(), days)
def test_a_statement_in_force_meets_every_condition(
    item: ItemSpec, statement: Statement, as_of: dt.date
) -> None:
    judged = statement_standing(item, statement, written=WRITTEN, as_of=as_of)
    assert judged.in_force is (
        statement.until >= as_of
        and (statement.until - statement.on).days <= 90
        and statement.by.casefold() == ANA
        and statement.confirmed == EVE
        and any(one.kind == "capture" for one in statement.evidence)
        and all(
            one.kind == "ticket"
            or "://" in one.ref
            or (one.ref == "elb.md" and one.sha256 == DIGEST)
            for one in statement.evidence
        )
    )
    assert judged.in_force is not bool(judged.reason)
    assert bool(judged.reason) is bool(judged.remedy)


@given(waivers(), days, st.integers(0, 400))
def test_time_never_brings_a_waiver_into_force(
    item: ItemSpec, waiver: Waiver, as_of: dt.date, later: int
) -> None:
    day = as_of + dt.timedelta(days=later)
    if waiver_standing(item, waiver, written=WRITTEN, as_of=day).in_force:
        assert waiver_standing(item, waiver, written=WRITTEN, as_of=as_of).in_force


@given(waivers(), days, st.integers(1, 13), st.booleans())
def test_a_stricter_policy_never_brings_a_waiver_into_force(
    item: ItemSpec,
    waiver: Waiver,
    as_of: dt.date,
    longest: int,
    unwaivable: bool,  # noqa: FBT001 drawn
) -> None:
    gate = Gate(
        longest_waiver=LongestWaiver(blocker=longest),
        unwaivable=(item.id,) if unwaivable else (),
    )
    stricter = replace(WRITTEN, policy=Policy(gate=gate))
    if waiver_standing(item, waiver, written=stricter, as_of=as_of).in_force:
        assert waiver_standing(item, waiver, written=WRITTEN, as_of=as_of).in_force


@given(waivers(), days)
def test_a_waiver_in_force_meets_every_condition(
    item: ItemSpec, waiver: Waiver, as_of: dt.date
) -> None:
    judged = waiver_standing(item, waiver, written=WRITTEN, as_of=as_of)
    assert judged.in_force is (
        waiver.expires >= as_of
        and (waiver.expires - waiver.granted).days <= 14
        and waiver.approver in {EVE, "Ana@example.org"}
        and waiver.approver.casefold() != waiver.requester.casefold()
    )


@pytest.mark.parametrize(("days", "said"), [(0, ""), (180, ""), (181, "older than the 180 days")])
def test_evidence_may_be_as_old_as_a_statement_may_be_valid(
    item: ItemSpec, days: int, said: str
) -> None:
    dated = STATEMENT.on - dt.timedelta(days=days)
    judged = _judged(replace(item, valid_for=180), evidence=(replace(LINK, dated=dated),))
    assert judged.in_force == (not said)
    if said:
        assert judged.reason == (
            f"the statement is refused: its capture is of {dated}, older than the 180 days"
            " that the item allows"
        )
