"""The process that decides: reports in, journal on the disk, documents out."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.aws_identities import AwsIdentities, AwsIdentity, Caller, callers_of
from pytest_orr.collect.clock_differences import ClockDifference, ClockDifferences
from pytest_orr.collect.parts import Part
from pytest_orr.collect.snapshot import facts_sha256, text_of
from pytest_orr.controller import Controller, signoff_of
from pytest_orr.model import Finding, Outcome, VerdictWord
from pytest_orr.observation import Observed
from pytest_orr.options import Settings
from pytest_orr.plan import prepare
from pytest_orr.record.journal import read_journal
from pytest_orr.record.reports import CRASHED, SHOWN_AS
from pytest_orr.record.review import records_digest
from pytest_orr.record.values import ItemRecord
from pytest_orr.render import html, markdown, review_json, statement, terminal
from pytest_orr.render.changes_html import ChangesPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.plan import Plan
    from tests.conftest import Repository

NUMBERS: Any = SimpleNamespace(name="numbers", fact_type=tuple[int, ...])
AWS = """
[[aws.accounts]]
id = "123456789012"
regions = ["eu-west-1", "eu-central-1"]
[[aws.accounts]]
id = "210987654321"
regions = ["eu-central-1"]
"""
WAIVER = """
[[waiver]]
item = "demo.a.two"
resource = "gone"
reason = "accepted"
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-10
expires = 2026-12-31
"""


@pytest.fixture
def repository(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    return small(item("demo.a.one", "assert 1"), item("demo.a.two", "assert 1"), waivers=WAIVER)


def planned(repository: Repository) -> Plan:
    settings = Settings(
        profile=None,
        report=repository.report,
        facts=None,
        phase="launch",
        gate="enforce",
        as_of="",
    )
    repository.report.mkdir(exist_ok=True)
    plan = prepare(
        settings,
        repository.suite,
        {},
        tool="pytest-orr 9",
        clock=lambda: datetime(2026, 11, 20, tzinfo=UTC),
    )
    plan.folder.mkdir(exist_ok=True)
    return plan


def begun(repository: Repository, *, selection: str = "") -> Controller:
    return Controller(planned(repository), root=repository.path, selection=selection)


def report(name: str, outcome: Outcome | None, *, when: str = "call", node: str = "") -> Any:
    """A call's report with its record; without an outcome a report of another phase."""
    finding = Finding(subject="the item", outcome=outcome or Outcome.PASS, detail="seen")
    nodeid = node or f"readiness/test_demo.py::test_demo_a_{name}"
    record = ItemRecord(
        id=f"demo.a.{name}",
        node=nodeid,
        outcome=outcome or Outcome.PASS,
        reason="seen",
        findings=(finding,),
    )
    made: Any = pytest.TestReport(
        nodeid=nodeid,
        location=("test_demo.py", 1, name),
        keywords={},
        outcome="passed",
        longrepr=None,
        when="call",
    )
    made.when = when
    if outcome is not None:
        made.outcome = SHOWN_AS[outcome]
        made.orr_record = TypeAdapter(ItemRecord).dump_json(record).decode()
    return made


def ran(controller: Controller, name: str, outcome: Outcome, *, node: str = "") -> None:
    called = report(name, outcome, node=node)
    controller.keep(report(name, None, when="setup", node=node))
    controller.keep(called)
    controller.finish(called.nodeid)


def test_a_whole_run_writes_every_document_and_is_judged_by_its_journal(
    repository: Repository,
) -> None:
    controller = begun(repository)
    ran(controller, "two", Outcome.PASS)
    ran(controller, "one", Outcome.ATTESTED)
    signoff, opened = controller.close()
    assert signoff.verdict.word is VerdictWord.READY
    assert opened == repository.report / "readiness.html"
    again, journal = signoff_of(repository.report / "journal.jsonl")
    assert again == signoff
    assert [record.id for record in journal.records] == ["demo.a.two", "demo.a.one"]
    names = {path.name for path in repository.report.iterdir()}
    renderers = (html, markdown, review_json, statement, ChangesPage)
    documents = {one.FILE_NAME for one in renderers}
    assert names == {"journal.jsonl", ".run", *documents}
    review = (repository.report / review_json.FILE_NAME).read_text(encoding="utf-8")
    assert review == review_json.render(signoff)


def test_the_head_of_the_journal_is_written_before_any_item(repository: Repository) -> None:
    controller = begun(repository)
    opening = read_journal(repository.report / "journal.jsonl").opening
    assert (opening.service, opening.environment, opening.phase) == (
        "demo",
        "production",
        "launch",
    )
    assert opening.expected == controller.plan.suite.items
    assert opening.run == controller.plan.run
    assert (opening.people, opening.release) == (
        controller.plan.people,
        controller.plan.release,
    )


def test_a_record_is_on_the_disk_when_its_item_has_finished(repository: Repository) -> None:
    controller = begun(repository)
    called = report("one", Outcome.FAIL)
    controller.keep(called)
    assert read_journal(repository.report / "journal.jsonl").records == ()
    controller.finish(called.nodeid)
    [record] = read_journal(repository.report / "journal.jsonl").records
    assert (record.id, record.outcome) == ("demo.a.one", Outcome.FAIL)


def test_the_item_of_a_worker_that_died_has_finished(repository: Repository) -> None:
    controller = begun(repository)
    crashed = report("one", None, when=CRASHED)
    crashed.outcome, crashed.longrepr = "failed", "worker 'gw0' crashed"
    controller.keep(crashed)
    [record] = read_journal(repository.report / "journal.jsonl").records
    assert (record.id, record.outcome) == ("demo.a.one", Outcome.UNKNOWN)
    assert record.reason == "the worker died: worker 'gw0' crashed"
    controller.finish(crashed.nodeid)
    assert len(read_journal(repository.report / "journal.jsonl").records) == 1


@pytest.mark.parametrize(
    "node",
    [
        "readiness/test_other.py::test_demo_a_one",
        "readiness/test_demo.py::test_other",
        "tests/test_demo.py::test_demo_a_one",
        "../elsewhere/test_demo.py::test_demo_a_one",
    ],
)
def test_a_test_that_is_no_item_leaves_no_record(repository: Repository, node: str) -> None:
    controller = begun(repository)
    ran(controller, "one", Outcome.PASS, node=node)
    assert read_journal(repository.report / "journal.jsonl").records == ()


def test_an_item_that_only_began_leaves_no_record(repository: Repository) -> None:
    controller = begun(repository)
    setup = report("one", None, when="setup")
    controller.keep(setup)
    controller.finish(setup.nodeid)
    controller.finish("readiness/test_demo.py::test_demo_a_two")
    signoff, _ = controller.close()
    assert {item.outcome for item in signoff.review.items} == {Outcome.MISSING}
    assert signoff.verdict.word is VerdictWord.PARTIAL


def test_the_worst_of_an_items_parameters_counts(repository: Repository) -> None:
    controller = begun(repository)
    for parameter, outcome in (("a::b", Outcome.FAIL), ("c", Outcome.PASS)):
        node = f"readiness/test_demo.py::test_demo_a_one[{parameter}]"
        ran(controller, "one", outcome, node=node)
    ran(controller, "two", Outcome.PASS)
    signoff, _ = controller.close()
    outcomes = {item.spec.id: item.outcome.value for item in signoff.review.items}
    assert outcomes == {"demo.a.one": "fail", "demo.a.two": "pass"}
    assert len(signoff.review.items[0].findings) == 2


def test_the_end_of_the_journal_says_how_many_and_from_which_files(
    repository: Repository,
) -> None:
    path = repository.suite / "readiness.toml"
    path.write_text(path.read_text(encoding="utf-8") + AWS, encoding="utf-8")
    controller = begun(repository)
    ran(controller, "two", Outcome.PASS)
    signoff, _ = controller.close()
    closing = read_journal(repository.report / "journal.jsonl").closing
    assert closing is not None
    assert closing.records == 1
    provenance = signoff.review.provenance
    digests = dict(controller.plan.written.digests)
    assert provenance == closing.provenance
    assert provenance.profile_sha256 == digests["readiness.toml"] != ""
    assert provenance.waivers_sha256 == digests["waivers.toml"] != ""
    assert (provenance.policy_sha256, provenance.facts_sha256) == ("", "")
    assert provenance.accounts == ("123456789012", "210987654321")
    assert provenance.regions == ("eu-central-1", "eu-west-1")


def test_idle_waivers_are_told_in_the_review(repository: Repository) -> None:
    controller = begun(repository)
    ran(controller, "two", Outcome.PASS)
    signoff, _ = controller.close()
    told = [(notice.kind, notice.item) for notice in signoff.review.notices]
    assert told == [("conftest", ""), ("waiver-unmatched", "demo.a.two")]


def with_facts(controller: Controller) -> Path:
    seen = {"numbers": Observed(name="numbers", value=(1,), source="the numbers")}
    text = text_of(
        controller.plan.run, seen, {"numbers": NUMBERS}, scope="5" * 64, redact=lambda value: value
    )
    path = controller.plan.folder / "facts.json"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("seconds", "is_told"), [(312, True), (-121, True), (120, False)])
def test_clocks_that_are_far_apart_stand_above_everything_else(
    repository: Repository, seconds: int, *, is_told: bool
) -> None:
    (repository.suite / "conftest.py").touch()
    controller, known = begun(repository), ClockDifferences()
    value = (ClockDifference(host="git.example.org", seconds=seconds),)
    seen = {known.name: Observed(name=known.name, value=value, source=known.source)}
    text = text_of(
        controller.plan.run, seen, {known.name: known}, scope="5" * 64, redact=lambda value: value
    )
    (controller.plan.folder / "facts.json").write_text(text, encoding="utf-8")
    signoff, page = controller.close()
    direction = "behind" if seconds > 0 else "ahead of"
    told = f"clock is {abs(seconds)} s {direction} git.example.org's"
    assert ("clock" in [one.kind for one in signoff.review.notices]) is is_told
    signed = repository.report / markdown.FILE_NAME
    for document, first in ((page, 'id="verdict"'), (signed, "## Scope")):
        above, found, _ = document.read_text(encoding="utf-8").partition(first)
        assert found
        assert (told in above.replace("&#39;", "'").replace("\\", "")) is is_told
    lines = [one.text for one in terminal.summary(signoff, verbose=False, report_path="")]
    assert any(told in line for line in lines) is is_told
    assert any(line.startswith("1 notice in the page, first: ") for line in lines)


@pytest.mark.parametrize("width", ["narrow", "wide", "unknown"])
def test_who_asked_aws_stands_in_the_review_and_wide_credentials_are_a_notice(
    repository: Repository, width: str
) -> None:
    controller = begun(repository)
    caller = Caller(arn="arn:aws:iam::123456789012:user/ana", width=width, why="so it is")
    identity = AwsIdentity(
        account="123456789012",
        environment="production",
        caller=Part(name="account 123456789012", observed=caller),
    )
    known = AwsIdentities()
    seen = {known.name: Observed(name=known.name, value=(identity,), source=known.source)}
    text = text_of(
        controller.plan.run, seen, {known.name: known}, scope="5" * 64, redact=lambda value: value
    )
    (controller.plan.folder / "facts.json").write_text(text, encoding="utf-8")
    signoff, _ = controller.close()
    assert signoff.review.provenance.callers == callers_of([identity])
    told = [one.text for one in signoff.review.notices if one.kind == "credentials"]
    wide = f"AWS 123456789012: {caller.arn}, credentials: wider than needed (so it is)"
    assert told == ([wide] if width == "wide" else [])


def test_the_facts_are_kept_beside_the_documents_for_their_owner_alone(
    repository: Repository,
) -> None:
    controller = begun(repository)
    gathered = with_facts(controller)
    signoff, _ = controller.close()
    kept = repository.report / "facts.json"
    assert kept.read_bytes() == gathered.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert signoff.review.provenance.facts_sha256 == facts_sha256(gathered)


def test_a_selection_writes_one_document_and_no_facts(repository: Repository) -> None:
    controller = begun(repository, selection="-k one")
    with_facts(controller)
    ran(controller, "one", Outcome.PASS)
    signoff, opened = controller.close()
    assert opened == repository.report / "selection.json"
    assert {path.name for path in repository.report.iterdir()} == {
        "journal.jsonl",
        "selection.json",
        ".run",
    }
    assert [item["id"] for item in json.loads(opened.read_bytes())["items"]] == ["demo.a.one"]
    assert signoff.verdict.word is VerdictWord.PARTIAL


def test_documents_of_others_are_written_beside_the_products_own(
    repository: Repository,
) -> None:
    other: Any = SimpleNamespace(
        FILE_NAME="verdict.txt", render=lambda signoff: f"{signoff.verdict.word.value}\n"
    )
    controller = begun(repository)
    controller.close(others=[other])
    assert (repository.report / "verdict.txt").read_text(encoding="utf-8") == "partial\n"


def test_the_review_stands_only_beside_documents_that_could_be_written(
    repository: Repository,
) -> None:
    def broken(_: object) -> str:
        raise ValueError("a renderer's bug")

    other: Any = SimpleNamespace(FILE_NAME="verdict.txt", render=broken)
    controller = begun(repository)
    with pytest.raises(ValueError, match="a renderer's bug"):
        controller.close(others=[other])
    assert {path.name for path in repository.report.iterdir()} == {"journal.jsonl", ".run"}


def test_a_document_that_cannot_be_written_keeps_the_review_away(
    repository: Repository,
) -> None:
    controller = begun(repository)
    (repository.report / "signoff.md").mkdir()
    with pytest.raises(OSError, match=r"signoff\.md"):
        controller.close()
    assert not (repository.report / "review.json").exists()


def test_the_statement_names_the_digests_of_page_and_records(repository: Repository) -> None:
    controller = begun(repository)
    ran(controller, "one", Outcome.PASS)
    controller.close()
    said = (repository.report / "statement.json").read_text(encoding="utf-8")
    page = (repository.report / "readiness.html").read_bytes()
    records = read_journal(repository.report / "journal.jsonl").records
    assert hashlib.sha256(page).hexdigest() in said
    assert records_digest(records) in said
