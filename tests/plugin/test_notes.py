"""What reviewers ask, what does not apply and what a waiver promises, in whole runs.

Every test first shows the repository as good as it can be, then takes one thing away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Ran, Repository

pytestmark = pytest.mark.usefixtures("untraced")

NOTE = """\
[[note]]
item = "demo.a.one"
kind = "{kind}"
text = "Show that it holds at night."
by = "eve@example.org"
on = 2026-11-16
"""
ANSWER = """\
answer = "It held at night."
answered_by = "ana@example.org"
answered_on = 2026-11-17
"""
ACCEPTED = 'accepted_by = "eve@example.org"\n'
NOT_APPLICABLE = """
[[not_applicable]]
item = "demo.a.two"
reason = "no-such-component"
text = "It keeps nothing."
rests_on = "databases"
"""
SIGNED = 'approver = "eve@example.org"\non = 2026-11-10\n'
DATABASE = """
[[databases]]
name = "orders"
kind = "rds"
identifier = "orders"
"""
STORES = """

from pytest_orr.collect.encrypted_stores import Store
from pytest_orr.collect.encryption_keys import EncryptionKeyFacts
from pytest_orr.collect.parts import Part


class Stores(Numbers):
    name = "stores"
    source = "AWS rds"
    fact_type = EncryptionKeyFacts

    def collect(self, desk):
        seen = Store(kind="database", account="123456789012", region="eu-central-1",
                     is_encrypted=True, key="", alias="")
        stores = (Part(name="orders", observed=seen),)
        return Answer(value=EncryptionKeyFacts(
            found=(), declared=(), lost=(), tagged=(), stores=stores))


def pytest_orr_collectors():
    return [Numbers(), Stores()]
"""
WAIVER = """
[[waiver]]
item = "demo.a.two"
reason = "accepted"
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-10
expires = 2026-12-20
action = { what = "a third number", owner = "ana@example.org", due = 2026-11-30 }
"""


@pytest.fixture
def judge(small: Callable[..., Repository], item: Callable[..., str]) -> Callable[..., Repository]:
    """Make a repository of two items that pass, and judge it as of 2026-11-20."""

    def make(two: str = "assert numbers", asks: str = "numbers", **files: str) -> Repository:
        good = item("demo.a.one", "assert numbers", asks="numbers")
        repository = small(good, item("demo.a.two", two, asks=asks), **files)
        repository.arguments = ["-p", "no:xdist", "--orr-as-of", "2026-11-20"]
        return repository

    return make


def written(repository: Repository, name: str, text: str, *, add: bool = False) -> Ran:
    """Write a file that people write, and judge again."""
    path = repository.suite / name
    before = path.read_text(encoding="utf-8") if add else ""
    path.write_text(before + text, encoding="utf-8")
    return repository.judge()


def test_a_condition_keeps_it_from_being_ready_until_a_reviewer_accepts_the_answer(
    judge: Callable[..., Repository],
) -> None:
    repository = judge()
    assert (repository.judge().status, repository.review()["verdict"]) == (0, "ready")
    asked = NOTE.format(kind="condition")
    ran = written(repository, "review-notes.toml", asked)
    assert (ran.status, repository.review()["verdict"]) == (1, "not_ready")
    assert "NOT READY: 1 condition of a reviewer is unanswered" in ran.out
    assert "answer the condition of eve@example.org in review-notes.toml" in ran.out
    (repository.suite / "review-notes.toml").unlink()
    gate = repository.orr("gate")
    assert (gate.status, "1 condition of a reviewer is unanswered" in gate.out) == (1, True)
    ran = written(repository, "review-notes.toml", asked + ANSWER)
    assert (ran.status, repository.review()["verdict"]) == (1, "not_ready")
    assert "1 condition of a reviewer is answered, and not accepted" in ran.out
    ran = written(repository, "review-notes.toml", asked + ANSWER + ACCEPTED)
    assert (ran.status, repository.review()["verdict"]) == (0, "ready")
    [note] = repository.review()["notes"]
    assert (note["settled"], note["accepted_by"]) == (True, "eve@example.org")
    predicate = repository.document("statement.json")["predicate"]
    assert predicate["notes"] == [note]
    assert len(predicate["notes_sha256"]) == 64


def test_a_question_is_shown_and_blocks_nothing(judge: Callable[..., Repository]) -> None:
    repository = judge()
    ran = written(repository, "review-notes.toml", NOTE.format(kind="question"))
    assert (ran.status, repository.review()["verdict"]) == (0, "ready")
    assert "answer the question of eve@example.org in review-notes.toml: Show that" in ran.out
    page = (repository.report / "readiness.html").read_text(encoding="utf-8")
    assert page.count("Show that it holds at night.") == 3
    signoff = (repository.report / "signoff.md").read_text(encoding="utf-8")
    assert "still open: nobody has answered" in signoff


def test_a_note_of_nobody_who_reviews_ends_the_run(judge: Callable[..., Repository]) -> None:
    repository = judge()
    note = NOTE.format(kind="condition").replace("eve@", "bo@")
    ran = written(repository, "review-notes.toml", note)
    assert ran.status == 22
    assert (
        'readiness/review-notes.toml:5: `note.by` is "bo@example.org", who has not the role'
        " approver or principal-engineer: reviewers write notes" in ran.err
    )


def test_a_not_applicable_is_unknown_until_somebody_signs_and_void_once_the_thing_is_there(
    judge: Callable[..., Repository],
) -> None:
    repository = judge()
    ran = written(repository, "readiness.toml", NOT_APPLICABLE + SIGNED, add=True)
    assert (ran.status, repository.outcomes()["demo.a.two"]) == (0, "not_applicable")
    profile = repository.suite / "readiness.toml"
    signed = profile.read_text(encoding="utf-8")
    profile.write_text(signed.replace(SIGNED, ""), encoding="utf-8")
    ran = repository.judge()
    assert (ran.status, repository.outcomes()["demo.a.two"]) == (20, "unknown")
    assert "nobody has agreed yet" in repository.item("demo.a.two")["reason"]
    assert "let eve@example.org sign it in readiness.toml" in ran.out
    profile.write_text(signed + DATABASE, encoding="utf-8")
    ran = repository.judge()
    assert (ran.status, repository.outcomes()["demo.a.two"]) == (20, "unknown")
    line = signed.count("\n") + 2
    declared = signed[: signed.index("[[not_applicable]]")].count("\n") + 1
    assert repository.item("demo.a.two")["reason"] == (
        f"not applicable: readiness.toml:{declared}: not applicable is void: readiness.toml:{line}"
        " declares [[databases]], so “no such component” no longer holds"
    )
    assert [one["outcome"] for one in repository.item("demo.a.two")["findings"]] == [
        "unknown",
        "pass",
    ]


def test_a_not_applicable_is_void_once_a_fact_shows_the_thing(
    judge: Callable[..., Repository],
) -> None:
    repository = judge()
    conftest = repository.suite / "conftest.py"
    conftest.write_text(conftest.read_text(encoding="utf-8") + STORES, encoding="utf-8")
    module = repository.suite / "test_demo.py"
    source = module.read_text(encoding="utf-8")
    module.write_text(
        source.replace("def test_demo_a_one(numbers)", "def test_demo_a_one(stores)").replace(
            "assert numbers", "assert stores", 1
        ),
        encoding="utf-8",
    )
    repository.relock()
    ran = written(repository, "readiness.toml", NOT_APPLICABLE + SIGNED, add=True)
    assert (ran.status, repository.outcomes()["demo.a.two"]) == (20, "unknown"), ran.out
    lines = (repository.suite / "readiness.toml").read_text(encoding="utf-8").splitlines()
    where = f"readiness.toml:{lines.index('[[not_applicable]]') + 1}: "
    assert repository.item("demo.a.two")["reason"] == (
        f"not applicable: {where}not applicable is void: AWS rds shows the database orders"
    )
    assert repository.orr("gate").status == 20


def test_what_a_waiver_promises_is_a_condition_and_an_overdue_one_voids_it(
    judge: Callable[..., Repository],
) -> None:
    repository = judge("assert 4 in numbers, 'too few'")
    ran = written(repository, "waivers.toml", WAIVER)
    assert (ran.status, repository.review()["verdict"]) == (0, "ready_with_waivers")
    told = "on condition that a third number, by ana@example.org, until 2026-11-30"
    assert told in ran.out
    assert repository.item("demo.a.two")["waiver"]["conditions"] == [
        {"what": "a third number", "owner": "ana@example.org", "due": "2026-11-30"}
    ]
    repository.arguments[-1] = "2026-11-30"
    assert repository.judge().status == 0
    repository.arguments[-1] = "2026-12-01"
    ran = repository.judge()
    assert (ran.status, repository.outcomes()["demo.a.two"]) == (1, "fail")
    [notice] = [one for one in repository.review()["notices"] if one["kind"] != "conftest"]
    assert notice == {
        "kind": "waiver-action-overdue",
        "item": "demo.a.two",
        "text": "waivers.toml:2: the waiver is void: its action is overdue: “a third number”, by"
        " ana@example.org, was due on 2026-11-30; let ana@example.org do it, or have a new waiver"
        " approved",
    }
