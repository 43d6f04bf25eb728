"""What one item asks, from which source, why, and how a person answers it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.schema import Attestations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository
    from tests.unit.cli.conftest import Said


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder without a suite."""
    monkeypatch.chdir(tmp_path)


def test_an_automatic_item_names_its_sources_and_their_operations(
    orr: Callable[..., Said],
) -> None:
    said = orr("explain", "network.load-balancer.elb")
    assert said.status == 0
    assert said.lines[0] == "network.load-balancer.elb"
    assert "Stated as: load balancer ELB setup on the backend" in said.lines
    assert "Severity blocker · due by build · owner platform" in said.lines
    assert "Decided by: a machine decides; a person may answer what it cannot see" in said.lines
    balancers, names = [line for line in said.lines if line.startswith("Reads ")]
    assert balancers.startswith("Reads load_balancers from AWS elasticloadbalancing: ")
    assert "elasticloadbalancing:DescribeLoadBalancers" in balancers
    assert names.startswith("Reads public_names from DNS")
    for label in ("Why: ", "Fix: ", "Question: ", "Evidence: capture ("):
        assert any(line.startswith(label) for line in said.lines), label
    assert "An answer holds for at most 180 days." in said.lines
    assert all(len(line) <= 88 for line in said.lines if line.startswith(("Why", "Fix")))


def test_the_form_of_an_answer_is_a_statement_once_it_is_filled_in(
    orr: Callable[..., Said],
) -> None:
    said = orr("explain", "network.load-balancer.elb")
    form = said.out.partition("add to attestations.toml:\n")[2]
    [raw] = tomllib.loads(form.replace('"…"', '"x@example.org"'))["attestation"]
    assert raw["item"] == "network.load-balancer.elb"
    assert raw["evidence"][0]["kind"] == "capture"
    assert {"statement", "by", "confirmed", "on", "until"} < raw.keys()
    assert Attestations(attestation=(raw,)).attestation[0].item == raw["item"]


def test_the_form_of_a_drill_is_a_record_once_it_is_filled_in(orr: Callable[..., Said]) -> None:
    said = orr("explain", "operations.rollback.process")
    shown, _, form = said.out.partition("add to attestations.toml:\n")
    record, _, files = shown.partition("2026-01-31.toml:\n")[2].partition("Void once one of these")
    raw = tomllib.loads(record.replace('"…"', '"x@example.org"'))
    checked = TypeAdapter(DrillRecord).validate_python(raw)
    assert checked.items == ("operations.rollback.process",)
    assert checked.went_well
    assert "migrations/**" in files
    [answer] = tomllib.loads(form)["attestation"]
    assert answer["evidence"][0]["ref"] == "drills/2026-01-31.toml"
    assert "drills/" not in orr("explain", "network.load-balancer.elb").out


def test_only_a_blocker_asks_for_a_second_person(
    orr: Callable[..., Said], small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    repository = small(
        item("demo.a.one", "assert 1"), item("demo.a.two", "assert 1", severity="blocker")
    )
    major = orr("explain", "demo.a.one", "--suite", repository.suite)
    blocker = orr("explain", "demo.a.two", "--suite", repository.suite)
    assert "confirmed" not in major.out
    assert "confirmed" in blocker.out
    assert "Decided by: a person answers, with evidence" in major.lines
    assert "Reads" not in major.out


def test_an_item_may_be_asked_for_by_its_alias_and_need_not_be_stated(
    orr: Callable[..., Said], small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    source = item("demo.a.one", "assert 1")
    source = source.replace('stated="stated words"', 'aliases=("demo.a.old",)')
    repository = small(source)
    said = orr("explain", "demo.a.old", "--suite", repository.suite)
    assert said.lines[0] == "demo.a.one"
    assert "Stated as" not in said.out


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("network.load-balancer.elbs", "did you mean network.load-balancer.elb or "),
        ("operations.restart.backends", "did you mean operations.restart.backend or "),
        ("zzz", "; see `orr catalogue`"),
    ],
)
def test_an_unknown_id_is_told_with_what_comes_near(
    orr: Callable[..., Said], asked: str, hint: str
) -> None:
    said = orr("explain", asked)
    assert said.status == 22
    assert said.out == ""
    assert f"no item has the id '{asked}'" in said.err
    assert hint in said.err
