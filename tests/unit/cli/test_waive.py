"""``orr waive``: by flags, and typed; and the list of all waivers with what became of each."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "demo.area.one"
FLAGS = (
    *("--reason", "The old one stays until Monday.", "--requester", "ana@example.org"),
    *("--approver", "eve@example.org", "--yes"),
)
DAY = dt.date(2026, 11, 20)
TYPED = ("", "", "no")
"""Until when, no action, not in the place of the other."""
ACTION = (
    "--action",
    "Delete it.",
    "--action-owner",
    "bo@example.org",
    "--action-due",
    "2026-12-01",
)


@pytest.fixture
def one(item: Callable[..., str]) -> str:
    """A major that a machine decides."""
    return item(ID, "assert endpoints", asks="endpoints")


def test_flags_answer_every_question(answering: Any, one: str) -> None:
    place = answering(one, waivers="# Ours.\n")
    place.ran(elb_1="fail", elb_2="unknown")
    said = place.orr("waive", ID, *FLAGS, *ACTION, "--resource", "elb-1")
    assert (said.status, said.err) == (0, "")
    assert "  covers fail elb-1" in said.lines
    assert not any("covers unknown" in line for line in said.lines)
    assert (
        place.file("waivers.toml").read_text(encoding="utf-8").startswith("# Ours.\n\n[[waiver]]")
    )
    assert place.written("waivers.toml") == {
        "waiver": [
            {
                "item": ID,
                "resource": "elb-1",
                "reason": "The old one stays until Monday.",
                "requester": "ana@example.org",
                "approver": "eve@example.org",
                "granted": DAY,
                "expires": DAY + dt.timedelta(days=60),
                "action": {
                    "what": "Delete it.",
                    "owner": "bo@example.org",
                    "due": dt.date(2026, 12, 1),
                },
            }
        ]
    }


def test_everything_that_is_missing_is_named_where_nobody_can_be_asked(
    answering: Any, one: str
) -> None:
    place = answering(one)
    said = place.orr("waive", ID, "--action", "Delete it.")
    assert said.status == 4
    flags = "--reason, --requester, --approver, --action-owner, --action-due, --yes"
    assert f"needs {flags} where nobody can be asked" in said.err
    assert place.written("waivers.toml") == {}


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--approver", "ana@example.org"), "Who asks cannot approve. Who can: eve@example.org."),
        (("--approver", "bo@example.org"), "bo@example.org has not the role"),
        (("--requester", "zoe@example.org"), '"zoe@example.org" is not among service.people'),
        (("--expires", "2027-01-20"), "is too late: a major may be waived to 2027-01-19."),
        (("--expires", "2026-11-19"), "2026-11-19 has passed: today is 2026-11-20."),
        ((*ACTION, "--action-due", "soon"), '"soon" is no day'),
    ],
)
def test_what_cannot_be_taken_is_told_by_its_flag(
    answering: Any, one: str, flags: tuple[str, ...], told: str
) -> None:
    place = answering(one)
    said = place.orr("waive", ID, *FLAGS, *flags)
    assert said.status == 4
    assert told in said.err
    assert place.written("waivers.toml") == {}


def test_what_the_policy_lets_nobody_waive_is_told_before_anything_is_asked(
    answering: Any, one: str
) -> None:
    place = answering(one)
    place.file("policy.toml").write_text(f'[gate]\nunwaivable = ["{ID}"]\n', encoding="utf-8")
    said = place.typing(to=("waive", ID))
    assert (said.status, said.out) == (22, "")
    assert f"policy.toml:2: gate.unwaivable names {ID}, so nobody can waive it: do the" in said.err


def test_what_a_run_would_refuse_is_not_written(answering: Any, one: str) -> None:
    place = answering(one)
    said = place.orr("waive", ID, *FLAGS, *ACTION, "--action-due", "2026-11-01")
    assert said.status == 22
    assert "Nothing was written, as a run would refuse it:" in said.err
    assert place.written("waivers.toml") == {}


def test_another_waiver_is_put_in_the_place_of_one_only_when_asked(
    answering: Any, one: str
) -> None:
    place = answering(one)
    place.orr("waive", ID, *FLAGS, "--resource", "elb-1")
    place.orr("waive", ID, *FLAGS, "--resource", "elb-2")
    said = place.orr("waive", ID, *FLAGS, "--resource", "elb-1", "--expires", "2026-11-30")
    assert said.status == 4
    assert "--again puts another in its place." in said.err
    place.orr("waive", ID, *FLAGS, "--resource", "elb-1", "--expires", "2026-11-30", "--again")
    ends = [(one["resource"], one["expires"]) for one in place.written("waivers.toml")["waiver"]]
    assert ends == [("elb-1", dt.date(2026, 11, 30)), ("elb-2", dt.date(2027, 1, 19))]
    said = place.typing(*TYPED, to=("waive", ID, *FLAGS[:-1], "--resource", "elb-1"))
    assert (said.status, said.err) == (2, "It stays as it is.\n")


def test_a_careful_person_chooses_one_finding(answering: Any, one: str) -> None:
    place = answering(one)
    place.ran(elb_1="fail", elb_2="fail", elb_3="unknown")
    answers = ("3", "2", "It stays.", "", "eve@example.org", "", "Delete it.", "bo@example.org")
    said = place.typing(*answers, "2026-11-27", "y", to=("waive", ID))
    assert said.status == 0, said.err
    assert "Name one of them by its number, or say all." in said.lines
    assert "Until (at most 60 days) [2027-01-19]: " in said.lines
    (waiver,) = place.written("waivers.toml")["waiver"]
    assert waiver["resource"] == "elb-2"
    assert waiver["action"]["due"] == dt.date(2026, 11, 27)


def test_a_waiver_of_all_findings_says_so(answering: Any, one: str) -> None:
    place = answering(one)
    place.ran(elb_1="fail", elb_2="pending")
    said = place.typing("all", "It stays.", "", "eve@example.org", "", "", "y", to=("waive", ID))
    assert said.status == 0, said.err
    assert {"  covers fail elb-1", "  covers pending elb-2"} <= set(said.lines)
    assert set(place.written("waivers.toml")["waiver"][0]) & {"resource", "action"} == set()


def test_what_is_unknown_is_not_covered(answering: Any, one: str) -> None:
    place = answering(one)
    place.ran(elb_1="unknown")
    said = place.orr("waive", ID, *FLAGS)
    assert "It covers no finding of the last run: what is unknown, no waiver covers." in said.lines


@pytest.mark.parametrize("answers", [[""] * 9, ["It stays.", *[""] * 9]])
def test_enter_everywhere_writes_nothing_and_ends(
    answering: Any, one: str, answers: list[str]
) -> None:
    place = answering(one)
    said = place.typing(*answers, to=("waive", ID))
    assert said.status == 4
    assert "Nothing was written:" in said.err
    assert place.written("waivers.toml") == {}


def test_enter_at_the_last_question_writes_nothing(answering: Any, one: str) -> None:
    place = answering(one)
    said = place.typing("It stays.", "", "eve@example.org", *[""] * 3, to=("waive", ID))
    assert (said.status, said.err) == (2, "Nothing was written.\n")
    assert place.written("waivers.toml") == {}


@pytest.mark.parametrize("at", range(6))
def test_leaving_at_any_question_leaves_nothing_half_written(
    answering: Any, one: str, at: int
) -> None:
    place = answering(one)
    typed = ("It stays.", "", "eve@example.org", "", "", "y")[:at]
    said = place.typing(*typed, KeyboardInterrupt, to=("waive", ID))
    assert said.status == 2
    assert place.file("waivers.toml").read_bytes() == b""


@pytest.mark.parametrize("arguments", [(), (ID, "--list")])
def test_an_item_or_the_list_is_asked_for(
    answering: Any, one: str, arguments: tuple[str, ...]
) -> None:
    said = answering(one).orr("waive", *arguments)
    assert (said.status, said.err) == (4, "name one item, or give --list\n")


WAIVER = """\
[[waiver]]
item = "demo.area.one"
reason = "It stays."
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-01
expires = 2026-12-20
"""


@pytest.mark.parametrize(
    ("change", "told", "why"),
    [
        (("", ""), "in force, until 2026-12-20", "It stays. (approved by eve@example.org)"),
        (("12-20", "11-30"), "expires soon, until 2026-11-30", "It stays."),
        (("12-20", "11-19"), "expired, until 2026-11-19", "the waiver expired: it held until"),
        (("eve@", "bo@"), "refused, until 2026-12-20", "its approver bo@example.org has not"),
        (
            ("reason", 'resource = "elb-7"\nreason'),
            "unmatched, until 2026-12-20",
            "No finding of the last run is about what it names.",
        ),
        (
            ("reason", 'resource = "elb-2"\nreason'),
            "not needed, until 2026-12-20",
            "The last run's outcome was fail without it.",
        ),
        (
            (
                "expires",
                'action = { what = "x", owner = "bo@example.org", due = 2026-11-19 }\nexpires',
            ),
            "overdue, until 2026-12-20",
            "its action is overdue",
        ),
    ],
)
def test_each_waiver_is_listed_with_its_standing(
    answering: Any, one: str, change: tuple[str, str], told: str, why: str
) -> None:
    place = answering(one, waivers=WAIVER.replace(*change))
    place.ran(elb_1="fail", elb_2="pass")
    said = place.orr("waive", "--list")
    assert said.status == 0
    assert told in said.out
    assert why in said.out
    assert said.lines[-1] == "1 waiver in readiness/waivers.toml."


def test_without_a_run_nobody_says_whether_a_waiver_is_needed(answering: Any, one: str) -> None:
    said = answering(one, waivers=WAIVER).orr("waive", "--list")
    assert said.lines[:2] == [
        f"{ID}: in force, until 2026-12-20",
        "  No run shows whether it is needed.",
    ]
