"""What people said is judged and put into the words of the recorder; idle waivers are told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.consent import notices_of, standing_of
from pytest_orr.errors import Unanswered
from pytest_orr.model import (
    Condition,
    Evidence,
    Finding,
    ItemResult,
    NotApplicable,
    Notice,
    Outcome,
    StatementUsed,
    WaiverUsed,
)
from pytest_orr.profile.load import load
from pytest_orr.suite import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written
    from tests.conftest import Repository

AS_OF = datetime(2026, 11, 20, 9, tzinfo=UTC)
STATEMENT = """
[[attestation]]
item = "demo.a.one"
statement = "It is so."
by = "{by}"
on = 2026-11-10
until = {until}
evidence = [{{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-09 }}]
"""
WAIVER = """
[[waiver]]
item = "demo.a.one"
{resource}reason = "accepted"
requester = "ana@example.org"
approver = "{approver}"
granted = 2026-11-10
expires = {expires}
{action}
"""
NOT_APPLICABLE = """
[[not_applicable]]
item = "demo.a.one"
reason = "no-such-component"
text = "It has no contracts."
approver = "{approver}"
on = 2026-11-01
"""


def stated(by: str = "ana@example.org", until: str = "2026-12-31") -> str:
    return STATEMENT.format(by=by, until=until)


def waived(
    approver: str = "eve@example.org",
    expires: str = "2026-12-31",
    resource: str = "",
    action: str = "",
) -> str:
    named = f'resource = "{resource}"\n' if resource else ""
    return WAIVER.format(approver=approver, expires=expires, resource=named, action=action)


def action(due: str) -> str:
    return f'action = {{ what = "second zone", owner = "ana@example.org", due = {due} }}'


@pytest.fixture
def written(
    small: Callable[..., Repository], item: Callable[..., str]
) -> Callable[..., tuple[ItemSpec, Written]]:
    """An item and what was written about it."""

    def make(
        *, attestations: str = "", waivers: str = "", profile: str = ""
    ) -> tuple[ItemSpec, Written]:
        source = item("demo.a.one", "assert attestation.evidence", asks="attestation")
        repository = small(source, attestations=attestations, waivers=waivers)
        path = repository.suite / "readiness.toml"
        path.write_text(path.read_text(encoding="utf-8") + profile, encoding="utf-8")
        items = read(repository.suite, fact_names=()).items
        return items[0], load(path, items=items, as_of=date(2026, 11, 20))

    return make


def test_without_a_word_the_question_waits(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    standing = standing_of(*written(), AS_OF)
    assert (standing.permissions, standing.not_applicable, standing.proposed) == ((), None, "")
    with pytest.raises(Unanswered) as caught:
        _ = standing.attestation.statement
    assert caught.value.reason == "nobody has answered: Who says so?"
    assert caught.value.remedy == "answer in attestations.toml (`orr attest demo.a.one`)"


def test_a_statement_in_force_is_handed_on_in_full(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    standing = standing_of(*written(attestations=stated()), AS_OF)
    assert standing.attestation.in_force == StatementUsed(
        statement="It is so.",
        by="ana@example.org",
        confirmed="",
        on="2026-11-10",
        until="2026-12-31",
        release="any",
        covers="question",
        evidence=(Evidence(kind="link", ref="https://wiki.example.org/x", dated="2026-11-09"),),
        authorship="claimed",
        brought="only claimed: git was not asked",
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (stated(until="2026-11-19"), "the statement expired: it held until 2026-11-19"),
        (
            stated(by="bo@example.org"),
            "the statement is refused: its author bo@example.org has not the role service",
        ),
    ],
)
def test_a_statement_that_is_not_in_force_says_why(
    written: Callable[..., tuple[ItemSpec, Written]], said: str, reason: str
) -> None:
    standing = standing_of(*written(attestations=said), AS_OF)
    assert standing.attestation.in_force is None
    with pytest.raises(Unanswered) as caught:
        _ = standing.attestation.by
    assert caught.value.reason == f"attestations.toml:2: {reason}"


@pytest.mark.parametrize(
    ("covers", "until", "would"),
    [
        ("unknown", "2026-12-31", False),
        ("unknown", "2026-11-19", True),
        ("question", "2026-11-19", False),
    ],
)
def test_one_that_would_cover_a_blind_spot_says_so_when_it_is_not_in_force(
    written: Callable[..., tuple[ItemSpec, Written]], covers: str, until: str, *, would: bool
) -> None:
    said = stated(until=until).replace("until", f'covers = "{covers}"\nuntil')
    assert standing_of(*written(attestations=said), AS_OF).attestation.would_cover is would


def test_a_statement_holds_through_its_last_day(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    spec, all_written = written(attestations=stated(until="2026-11-20"))
    assert standing_of(spec, all_written, AS_OF).attestation.in_force
    tomorrow = datetime(2026, 11, 21, tzinfo=UTC)
    assert standing_of(spec, all_written, tomorrow).attestation.in_force is None


def test_a_waiver_in_force_is_shown_in_full(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    planned = action("2026-12-24")
    spec, all_written = written(waivers=waived(resource="elb-1", action=planned) + waived())
    first, second = standing_of(spec, all_written, AS_OF).permissions
    assert (first.resource, second.resource) == ("elb-1", None)
    assert first.shown == WaiverUsed(
        reason="accepted",
        requester="ana@example.org",
        approver="eve@example.org",
        granted="2026-11-10",
        expires="2026-12-31",
        resource="elb-1",
        action="second zone (ana@example.org, by 2026-12-24)",
        true_outcome=Outcome.UNKNOWN,
        true_reason="",
        conditions=(Condition(what="second zone", owner="ana@example.org", due="2026-12-24"),),
    )
    assert (second.shown.resource, second.shown.action) == ("", "")


@pytest.mark.parametrize(
    "said",
    [
        waived(approver="bo@example.org"),
        waived(expires="2026-11-19"),
        waived(action=action("2026-11-19")),
    ],
)
def test_a_waiver_that_is_not_in_force_permits_nothing(
    written: Callable[..., tuple[ItemSpec, Written]], said: str
) -> None:
    assert standing_of(*written(waivers=said), AS_OF).permissions == ()


def test_an_agreed_declaration_takes_the_item_out(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    declared = NOT_APPLICABLE.format(approver="eve@example.org")
    standing = standing_of(*written(profile=declared), AS_OF)
    assert standing.not_applicable == NotApplicable(
        reason="no-such-component",
        text="It has no contracts.",
        approver="eve@example.org",
        on="2026-11-01",
    )
    assert standing.proposed == ""


def test_a_declaration_that_nobody_with_the_role_agreed_to_is_a_proposal(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    declared = NOT_APPLICABLE.format(approver="bo@example.org")
    spec, all_written = written(profile=declared)
    standing = standing_of(spec, all_written, AS_OF)
    where = all_written.where_not_applicable(spec.id)
    assert where.startswith("readiness.toml:")
    assert standing.not_applicable is None
    assert standing.proposed == (
        f"{where}not applicable is refused: its approver bo@example.org has not the role approver"
        " or principal-engineer"
    )


def result(spec: ItemSpec, outcome: str, *findings: tuple[str, str]) -> ItemResult:
    return ItemResult(
        spec=spec,
        outcome=Outcome(outcome),
        gated=True,
        reason="",
        remedy="",
        findings=tuple(Finding(subject=name, outcome=Outcome(word)) for name, word in findings),
    )


ROLE = "the role approver or principal-engineer"
OBJECTION = f"its approver bo@example.org has not {ROLE}"
OVERDUE = (
    "the waiver is void: its action is overdue: “second zone”, by ana@example.org, was due on"
    " 2026-11-19"
)
RENEW = "repair what it covered, or have a new waiver approved"
NOTICES: dict[str, tuple[str, str, tuple[tuple[str, str], ...], tuple[str, str] | None]] = {
    "in use": (waived(), "waived", (("one", "waived"),), None),
    "in use for its resource": (
        waived(resource="one"),
        "fail",
        (("one", "waived"), ("two", "fail")),
        None,
    ),
    "refused": (
        waived(approver="bo@example.org"),
        "fail",
        (("one", "fail"),),
        (
            "waiver-refused",
            f"the waiver is refused: {OBJECTION}; have it approved by somebody with {ROLE}",
        ),
    ),
    "expired": (
        waived(expires="2026-11-19"),
        "fail",
        (("one", "fail"),),
        (
            "waiver-expired",
            f"the waiver expired: it held until 2026-11-19; {RENEW}",
        ),
    ),
    "expires soon": (
        waived(expires="2026-11-30"),
        "waived",
        (("one", "waived"),),
        ("waiver-expires-soon", "the waiver expires on 2026-11-30, in 10 days"),
    ),
    "its action is overdue": (
        waived(action=action(due="2026-11-19")),
        "fail",
        (("one", "fail"),),
        (
            "waiver-action-overdue",
            f"{OVERDUE}; let ana@example.org do it, or have a new waiver approved",
        ),
    ),
    "its action is due today": (
        waived(action=action(due="2026-11-20")),
        "waived",
        (("one", "waived"),),
        None,
    ),
    "expired and overdue": (
        waived(expires="2026-11-19", action=action(due="2026-11-18")),
        "fail",
        (("one", "fail"),),
        (
            "waiver-expired",
            f"the waiver expired: it held until 2026-11-19; {RENEW}",
        ),
    ),
    "expires in 14 days": (
        waived(expires="2026-12-04"),
        "waived",
        (("one", "waived"),),
        ("waiver-expires-soon", "the waiver expires on 2026-12-04, in 14 days"),
    ),
    "expires in 15 days": (waived(expires="2026-12-05"), "waived", (("one", "waived"),), None),
    "no longer needed": (
        waived(expires="2026-11-30"),
        "pass",
        (("one", "pass"),),
        ("waiver-not-needed", "the waiver is no longer needed: the item is pass without it"),
    ),
    "its resource is good": (
        waived(resource="one"),
        "waived",
        (("one", "pass"), ("two", "waived")),
        ("waiver-not-needed", "the waiver is no longer needed: the item is waived without it"),
    ),
    "its resource is gone": (
        waived(resource="gone"),
        "fail",
        (("one", "fail"),),
        ("waiver-unmatched", "the waiver names gone, which no finding of the item is about"),
    ),
    "no result": (waived(), "missing", (), None),
    "no result, soon": (
        waived(expires="2026-11-30"),
        "missing",
        (),
        ("waiver-expires-soon", "the waiver expires on 2026-11-30, in 10 days"),
    ),
}


@pytest.mark.parametrize(
    ("said", "outcome", "findings", "told"), NOTICES.values(), ids=NOTICES.keys()
)
def test_a_waiver_that_is_not_simply_in_use_is_told(
    written: Callable[..., tuple[ItemSpec, Written]],
    said: str,
    outcome: str,
    findings: tuple[tuple[str, str], ...],
    told: tuple[str, str] | None,
) -> None:
    spec, all_written = written(waivers=said)
    kind, text = told or ("", "")
    notice = Notice(kind=kind, item="demo.a.one", text=f"waivers.toml:2: {text}")
    expected = (notice,) if told else ()
    assert notices_of(all_written, [result(spec, outcome, *findings)], AS_OF) == expected


def test_notices_have_a_settled_order_and_concern_items_of_the_review_alone(
    written: Callable[..., tuple[ItemSpec, Written]],
) -> None:
    spec, all_written = written(
        waivers=waived(resource="b") + waived(expires="2026-11-19") + waived(resource="a")
    )
    kinds: Any = [
        (notice.kind, notice.text.split()[0], notice.text.split()[4])
        for notice in notices_of(all_written, [result(spec, "pass", ("one", "pass"))], AS_OF)
    ]
    assert kinds == [
        ("waiver-expired", "waivers.toml:12:", "it"),
        ("waiver-unmatched", "waivers.toml:2:", "b,"),
        ("waiver-unmatched", "waivers.toml:21:", "a,"),
    ]
    assert notices_of(all_written, [], AS_OF) == ()
