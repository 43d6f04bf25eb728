"""Everything a run needs is read and checked before its first question."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.snapshot import text_of
from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.model import Person, Release
from pytest_orr.observation import Observed
from pytest_orr.options import Settings
from pytest_orr.plan import OTHER_SCOPE, Plan, joined, parse_instant, prepare
from pytest_orr.profile.scope import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository

NUMBERS: Any = SimpleNamespace(name="numbers", fact_type=tuple[int, ...])
COLLECTORS = {"numbers": NUMBERS}


@pytest.fixture
def repository(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    return small(item("demo.a.one", "assert numbers", asks="numbers"))


def settings_of(repository: Repository, **changes: Any) -> Settings:
    usual = Settings(
        profile=None,
        report=repository.report,
        facts=None,
        phase="launch",
        gate="enforce",
        as_of="",
    )
    return replace(usual, **changes)


def planned(repository: Repository, **changes: Any) -> Plan:
    return prepare(
        settings_of(repository, **changes),
        repository.suite,
        COLLECTORS,
        tool="pytest-orr 9",
        clock=lambda: datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )


def recorded(plan: Plan) -> None:
    """Put facts where a replay reads them."""
    seen = {"numbers": Observed(name="numbers", value=(1,), source="the numbers")}
    scope = scope_of(plan.written.profile)
    text = text_of(plan.run, seen, COLLECTORS, scope=scope, redact=lambda value: value)
    plan.folder.mkdir(parents=True, exist_ok=True)
    (plan.folder / "facts.json").write_text(text, encoding="utf-8")


def test_a_new_run_has_an_id_a_beginning_and_the_suites_digest(repository: Repository) -> None:
    plan = planned(repository)
    run = plan.run
    assert (run.started, run.as_of) == ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00Z")
    assert (run.tool, run.suite) == ("pytest-orr 9", plan.suite.sha256)
    assert planned(repository).run.id != run.id
    assert plan.as_of == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_a_plan_shows_people_and_release_as_the_profile_names_them(
    repository: Repository,
) -> None:
    plan = planned(repository)
    assert plan.people == (
        Person(email="ana@example.org", name="Ana", roles=("service", "platform")),
        Person(email="bo@example.org", name="Bo", roles=("security",)),
        Person(email="eve@example.org", name="Eve", roles=("approver",)),
    )
    assert plan.release == Release(commit="0123456789abcdef0123456789abcdef01234567")
    assert plan.folder == repository.report / ".run"
    assert plan.suite.items[0].facts == ("numbers",)


@pytest.mark.parametrize(
    ("said", "as_of"),
    [
        ("2026-12-01", "2026-12-01T00:00:00Z"),
        ("2026-12-01T10:00", "2026-12-01T10:00:00Z"),
        ("2026-12-01T10:00Z", "2026-12-01T10:00:00Z"),
        ("2026-12-01T10:00+02:00", "2026-12-01T08:00:00Z"),
    ],
)
def test_a_day_or_an_instant_may_be_said(repository: Repository, said: str, as_of: str) -> None:
    plan = planned(repository, as_of=said)
    assert (plan.run.as_of, plan.run.started) == (as_of, "2026-11-20T09:30:00Z")


@pytest.mark.parametrize(
    "said", ["tomorrow", "2026-13-01", "20.11.2026", "0001-01-01T00:00+01:00", "1999-12-31"]
)
def test_what_is_no_day_is_told_with_a_right_one(repository: Repository, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        planned(repository, as_of=said)
    assert caught.value.mistakes == (
        f"--orr-as-of {said!r} is no day or instant; write 2026-11-20 or 2026-11-20T12:00Z",
    )


def test_a_replay_is_the_run_that_was_recorded_under_this_tool_and_suite(
    repository: Repository,
) -> None:
    first = planned(repository)
    old = replace(first.run, started="2026-10-01T00:00:00Z", as_of="2026-10-02T00:00:00Z")
    recorded(replace(first, run=replace(old, tool="pytest-orr 1", suite="f" * 64)))
    replayed = planned(repository, facts=repository.path / "facts.json")
    assert replayed.run == replace(old, tool="pytest-orr 9", suite=first.suite.sha256)
    later = planned(repository, facts=repository.path / "facts.json", as_of="2026-12-01")
    assert later.run == replace(replayed.run, as_of="2026-12-01T00:00:00Z")


def test_a_replay_without_its_facts_names_the_file_that_was_asked_for(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.path)
    with pytest.raises(NeededFileMissing) as caught:
        planned(repository, facts=repository.path / "gone.json")
    assert caught.value.diagnostics() == (
        "gone.json is not there. Name the facts.json of a whole run."
    )


def test_a_replay_of_changed_facts_is_refused(repository: Repository) -> None:
    recorded(planned(repository))
    path = repository.report / ".run" / "facts.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["observations"]["numbers"]["value"] = [2]
    path.write_text(json.dumps(content), encoding="utf-8")
    shown = repository.path / "facts.json"
    with pytest.raises(InvalidInput) as caught:
        planned(repository, facts=shown)
    assert caught.value.mistakes == (
        f"{shown}: numbers does not fit its digest; it was changed afterwards",
    )


def test_a_replay_of_another_services_facts_is_refused(repository: Repository) -> None:
    recorded(planned(repository))
    path = repository.suite / "readiness.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"demo"', '"other"', 1), encoding="utf-8")
    shown = repository.path / "facts.json"
    with pytest.raises(InvalidInput) as caught:
        planned(repository, facts=shown)
    assert caught.value.mistakes == (f"{shown}: {OTHER_SCOPE}",)


def test_a_profile_elsewhere_may_be_named(repository: Repository) -> None:
    elsewhere = repository.path / "other.toml"
    text = (repository.suite / "readiness.toml").read_text(encoding="utf-8")
    elsewhere.write_text(text.replace('"demo"', '"other"', 1), encoding="utf-8")
    assert planned(repository, profile=elsewhere).written.profile.service.name == "other"


@pytest.mark.parametrize("inside", [True, False])
def test_messages_name_files_as_a_person_here_would(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, inside: bool
) -> None:
    here = repository.path if inside else tmp_path / "elsewhere"
    here.mkdir(exist_ok=True)
    monkeypatch.chdir(here)
    (repository.suite / "readiness.toml").unlink()
    with pytest.raises(NeededFileMissing) as caught:
        planned(repository)
    named = "readiness/readiness.toml" if inside else f"{repository.suite}/readiness.toml"
    assert str(caught.value) == f"{named} is not there."


def test_what_was_written_wrong_is_refused(repository: Repository) -> None:
    (repository.suite / "readiness.toml").write_text("[service\n", encoding="utf-8")
    with pytest.raises(InvalidInput):
        planned(repository)


def test_a_worker_joins_the_run_that_has_begun(repository: Repository) -> None:
    plan = planned(repository)
    assert joined(plan.settings, plan.suite, plan.run) == plan


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T12:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:00Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00-05:00", datetime(2026, 11, 20, 17, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text: str, moment: datetime) -> None:
    assert parse_instant(text) == moment
    assert parse_instant(text).tzinfo is UTC
