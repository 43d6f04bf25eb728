"""A plan review says what comes later, operation what ends when: whole runs of a small suite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

STATEMENT = """
[[attestation]]
item = "demo.a.person"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-10
until = 2026-12-31
evidence = [{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-09 }]
"""
WAIVER = """
[[waiver]]
item = "demo.a.faulty"
reason = "accepted"
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-18
expires = 2026-12-02
action = { what = "mend it", owner = "ana@example.org", due = 2026-12-01 }
"""
DECLINED = """
[[not_applicable]]
item = "demo.a.elsewhere"
reason = "no-such-component"
text = "There is none."
approver = "eve@example.org"
on = 2026-11-01
"""


@pytest.fixture
def staged(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """One item of each phase, one of them faulty, one that does not apply."""
    repository = small(
        item("demo.a.sound", "assert numbers", asks="numbers", phase="plan"),
        item("demo.a.faulty", "assert not numbers", asks="numbers", phase="build"),
        item(
            "demo.a.person",
            "assert attestation.evidence",
            asks="attestation",
            phase="launch",
            marks="@pytest.mark.manual\n",
        ),
        item("demo.a.elsewhere", "assert numbers", asks="numbers", owner="security"),
        attestations=STATEMENT,
        waivers=WAIVER,
    )
    profile = repository.suite / "readiness.toml"
    profile.write_text(profile.read_text(encoding="utf-8") + DECLINED, encoding="utf-8")
    return repository


def judged(repository: Repository, phase: str, as_of: str = "2026-11-20") -> Any:
    ran = repository.judge("-p", "no:xdist", "--orr-phase", phase, "--orr-as-of", as_of)
    return ran, repository.review()


def test_a_plan_review_shows_what_comes_later_and_lets_it_fail(staged: Repository) -> None:
    (staged.suite / "waivers.toml").write_text("", encoding="utf-8")
    (staged.suite / "attestations.toml").write_text("", encoding="utf-8")
    ran, review = judged(staged, "plan")

    assert (ran.status, review["verdict"]) == (0, "ready"), ran.out
    assert "due by build: 1 item (service 1); now 1 FAIL" in ran.lines
    assert "due by launch: 2 items (service 1, security 1); now 1 NOT APPLICABLE, 1 PENDING" in (
        ran.lines
    )
    assert [
        (one["phase"], [share["owner"] for share in one["owners"]]) for one in review["later"]
    ] == [
        ("build", ["service"]),
        ("launch", ["service", "security"]),
    ]
    assert review["later"][1]["owners"][0]["people"] == ["ana@example.org"]
    (person,) = review["later"][1]["owners"][0]["items"]
    assert (person["id"], person["evidence_kind"]) == ("demo.a.person", "link")
    assert staged.orr("gate").status == 0


def test_operation_shows_what_ends_soonest_first_and_what_was_promised(staged: Repository) -> None:
    ran, review = judged(staged, "operate")

    assert (ran.status, review["verdict"]) == (0, "ready_with_waivers"), ran.out
    assert [(one["kind"], one["until"], one["days_left"]) for one in review["endings"]] == [
        ("action", "2026-12-01", 11),
        ("waiver", "2026-12-02", 12),
        ("statement", "2026-12-31", 41),
        ("not_applicable", "2027-01-30", 71),
    ]
    (told,) = [line for line in ran.lines if line.startswith("to look at again:")]
    assert told == (
        "to look at again: next 30 days 2, next 60 days 1, next 90 days 1; first demo.a.faulty:"
        " mend it, until 2026-12-01 (in 11 days, ana@example.org)"
    )
    assert "Open actions of waivers" in (staged.report / "signoff.md").read_text(encoding="utf-8")


def test_what_has_ended_waits_in_operation_as_in_every_phase(staged: Repository) -> None:
    assert judged(staged, "operate", "2026-12-01")[0].status == 0
    ran, review = judged(staged, "operate", "2027-01-01T13:59:59+14:00")

    assert staged.outcomes()["demo.a.person"] == "attested"
    assert (ran.status, staged.outcomes()["demo.a.faulty"]) == (1, "fail")
    assert [one["days_left"] for one in review["endings"]] == [-30, -29, 0, 30]
    assert judged(staged, "operate", "2027-01-01T14:00:00+14:00")[0].status == 1
    assert staged.outcomes()["demo.a.person"] == "pending"


def test_a_launch_review_keeps_the_dates_for_machines_alone(staged: Repository) -> None:
    ran, review = judged(staged, "launch")

    assert (review["later"], len(review["endings"])) == ([], 4)
    assert not [line for line in ran.lines if line.startswith(("to look", "due by"))]
    assert "Re-review" not in (staged.report / "readiness.html").read_text(encoding="utf-8")
