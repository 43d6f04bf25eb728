"""What reviewers ask is settled by others, and a condition never by who answered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.profile.notes_standing import review_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec, ReviewNote
    from pytest_orr.profile.load import Written

    Load = Callable[..., Written]
    Refuse = Callable[..., tuple[str, ...]]
    Judge = Callable[..., ReviewNote]

PEOPLE = """
[[service.people]]
email = "pat@example.org"
name = "Pat"
roles = ["principal-engineer", "platform"]
"""
ANSWERED = """\
answer = "Shown in the drill."
answered_by = "{by}"
answered_on = 2026-11-18
"""
ITEM = 'item = "network.load-balancer.elb"\n'


def note(*more: str, kind: str = "condition", item: str = ITEM, by: str = "eve@example.org") -> str:
    head = f'[[note]]\n{item}kind = "{kind}"\ntext = "Show it."\nby = "{by}"\non = 2026-11-16\n'
    return head + "".join(more)


def answered(by: str = "ana@example.org") -> str:
    return ANSWERED.format(by=by)


def accepted(by: str) -> str:
    return f'accepted_by = "{by}"\n'


@pytest.fixture
def everybody(profile_text: str) -> str:
    """The small profile with a principal engineer, who owns the platform, too."""
    return profile_text.replace("\n[release]", f"{PEOPLE}\n[release]")


@pytest.fixture
def judged(loaded: Load, everybody: str, item: ItemSpec) -> Judge:
    """Load one note and judge it."""

    def judge(text: str) -> ReviewNote:
        [one] = review_notes(loaded(readiness=everybody, **{"review-notes": text}), (item,))
        return one

    return judge


STATES = {
    "nobody answered": (note(), False, "platform", "nobody has answered"),
    "answered": (
        note(answered()),
        False,
        "reviewer",
        "no reviewer has accepted the answer",
    ),
    "accepted by its author": (note(answered(), accepted("eve@example.org")), True, "", ""),
    "accepted by another reviewer": (
        note(answered(), accepted("pat@example.org")),
        True,
        "",
        "",
    ),
    "accepted by who answered": (
        note(answered("pat@example.org"), accepted("pat@example.org")),
        False,
        "reviewer",
        "pat@example.org has answered and accepted: a reviewer must accept",
    ),
    "accepted by no reviewer": (
        note(answered(), accepted("bo@example.org")),
        False,
        "reviewer",
        "bo@example.org has accepted, who has not the role approver or principal-engineer",
    ),
    "answered by its author": (
        note(answered("pat@example.org"), accepted("eve@example.org"), by="pat@example.org"),
        False,
        "platform",
        "pat@example.org has asked and answered: another person must answer",
    ),
    "answered by another owner": (
        note(answered("bo@example.org"), accepted("eve@example.org")),
        False,
        "platform",
        "bo@example.org has answered, who has not the role platform",
    ),
    "a question": (note(kind="question"), False, "platform", "nobody has answered"),
    "a question, answered": (note(answered(), kind="question"), True, "", ""),
    "of the whole review": (note(item=""), False, "service", "nobody has answered"),
    "of the whole review, answered by an owner": (
        note(answered("bo@example.org"), accepted("eve@example.org"), item=""),
        True,
        "",
        "",
    ),
    "of the whole review, answered by no owner": (
        note(answered("eve@example.org"), item="", by="pat@example.org"),
        False,
        "service",
        "eve@example.org has answered, who has not the role of an owner",
    ),
}


@pytest.mark.parametrize(
    ("text", "settled", "waits_for", "reason"), STATES.values(), ids=STATES.keys()
)
def test_a_note_is_settled_by_whom_it_waits_for(
    judged: Judge, text: str, waits_for: str, reason: str, *, settled: bool
) -> None:
    one = judged(text)
    assert (one.settled, one.waits_for, one.reason) == (settled, waits_for, reason)


def test_a_note_is_handed_on_in_full(judged: Judge) -> None:
    one = judged(note(answered(), accepted("eve@example.org")))
    assert (one.item, one.kind, one.text) == ("network.load-balancer.elb", "condition", "Show it.")
    assert (one.by, one.on) == ("eve@example.org", "2026-11-16")
    assert (one.answer, one.answered_by, one.answered_on, one.accepted_by) == (
        "Shown in the drill.",
        "ana@example.org",
        "2026-11-18",
        "eve@example.org",
    )


@pytest.mark.parametrize(
    ("kind", "settled", "blocks"),
    [("condition", False, True), ("condition", True, False), ("question", False, False)],
)
def test_a_condition_blocks_until_it_is_settled(
    judged: Judge, kind: str, *, settled: bool, blocks: bool
) -> None:
    more = (answered(), accepted("eve@example.org")) if settled else ()
    assert judged(note(*more, kind=kind)).blocks is blocks


def test_an_alias_stands_for_its_item(judged: Judge) -> None:
    assert judged(note(item='item = "network.elb"\n')).item == "network.load-balancer.elb"


def test_the_digest_of_the_file_is_known(loaded: Load, everybody: str) -> None:
    digests = dict(loaded(readiness=everybody, **{"review-notes": note()}).digests)
    assert len(digests["review-notes.toml"]) == 64


MISTAKES = {
    "an unknown item": (
        note(item='item = "network.load-balancer.elk"\n'),
        (
            '2: `note.item` is "network.load-balancer.elk", an unknown item:'
            ' did you mean "network.load-balancer.elb"?'
        ),
    ),
    "an unknown person": (
        note(by="mal@elsewhere.net"),
        '5: `note.by` is "mal@elsewhere.net", who is not among `service.people`: name them there',
    ),
    "no reviewer": (
        note(by="ana@example.org"),
        (
            '5: `note.by` is "ana@example.org", who has not the role approver or'
            " principal-engineer: reviewers write notes"
        ),
    ),
    "in the future": (
        note().replace("2026-11-16", "2026-11-21"),
        (
            "6: `note.on` is 2026-11-21, which is in the future (judged as of 2026-11-20)"
            ": correct the date, or judge as of a later day"
        ),
    ),
    "answered in the future": (
        note(answered().replace("2026-11-18", "2026-11-21")),
        (
            "9: `note.answered_on` is 2026-11-21, which is in the future (judged as of 2026-11-20)"
            ": correct the date, or judge as of a later day"
        ),
    ),
    "answered before it was asked": (
        note(answered().replace("2026-11-18", "2026-11-15")),
        (
            "9: `note.answered_on` is 2026-11-15, before the note (`on`, 2026-11-16)"
            ": correct one of the two"
        ),
    ),
    "half an answer": (
        note('answer = "Yes."\n'),
        (
            "7: `note.answer` needs `answered_by` and `answered_on` beside it: an answer is what,"
            " by whom and when"
        ),
    ),
    "accepted without an answer": (
        note(accepted("eve@example.org")),
        (
            "7: `note.accepted_by` accepts an answer that is not there: add `answer`,"
            " `answered_by`, `answered_on`"
        ),
    ),
    "an accepted question": (
        note(answered(), accepted("eve@example.org"), kind="question"),
        "10: `note.accepted_by` is for conditions: a question is settled by its answer",
    ),
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_names_line_key_value_and_what_is_valid(
    mistakes_in: Refuse, everybody: str, text: str, told: str
) -> None:
    assert mistakes_in(readiness=everybody, **{"review-notes": text}) == (
        f"review-notes.toml:{told}",
    )


@pytest.mark.parametrize("roles", ["", 'roles = "approver"', "roles = [7]"])
def test_people_who_are_not_told_whole_hide_no_mistake_and_make_none(
    mistakes_in: Refuse, everybody: str, roles: str
) -> None:
    broken = everybody.replace('roles = ["approver"]', roles)
    found = mistakes_in(readiness=broken, **{"review-notes": note()})
    assert all(one.startswith("readiness.toml:") for one in found)
