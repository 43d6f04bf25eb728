"""Every item with its metadata, for people and for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_orr.collect.registry import registry
from pytest_orr.model import AREAS, EVIDENCE_KINDS, OWNERS, PHASES, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Repository
    from tests.unit.cli.conftest import Said

KEYS = [
    "id",
    "part",
    "section",
    "title",
    "stated",
    "severity",
    "phase",
    "owner",
    "why",
    "fix",
    "question",
    "evidence",
    "valid_for_days",
    "class_as_built",
    "facts",
]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder without a suite."""
    monkeypatch.chdir(tmp_path)


def test_the_catalogue_has_76_items_of_a_settled_shape(orr: Callable[..., Said]) -> None:
    said = orr("catalogue", "--json")
    content = json.loads(said.out)
    assert said.status == 0
    assert list(content) == ["items"]
    assert len(content["items"]) == 76
    assert len({item["id"] for item in content["items"]}) == 76
    for item in content["items"]:
        assert list(item) == KEYS
        assert item["part"] in {"launch-checklist", "orr"}
        assert item["section"] in AREAS
        assert item["severity"] in SEVERITIES
        assert item["phase"] in PHASES
        assert item["owner"] in OWNERS
        assert item["evidence"] in EVIDENCE_KINDS
        assert item["valid_for_days"] > 0
        assert item["class_as_built"] in {"automatic", "partly", "person"}
        assert set(item["facts"]) <= registry().keys()
        assert bool(item["facts"]) == (item["class_as_built"] != "person")
        for words in ("title", "stated", "why", "fix", "question"):
            assert item[words].strip() == item[words] != ""


def test_people_get_one_line_an_item(orr: Callable[..., Said]) -> None:
    said = orr("catalogue")
    assert said.status == 0
    assert len(said.lines) == 76
    [line] = [line for line in said.lines if line.startswith("network.load-balancer.elb ")]
    assert line == (
        "network.load-balancer.elb  blocker  platform  automatic  A load balancer in several zones"
        " fronts the backend, and healthy targets stand in each."
    )


@pytest.fixture
def own(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    return small(item("demo.a.one", "assert endpoints", asks="endpoints"))


def test_the_suite_here_comes_before_the_products_own(
    orr: Callable[..., Said], own: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own.path)
    assert (
        orr("catalogue").out
        == "demo.a.one  major  service  automatic  The item demo.a.one holds.\n"
    )


def test_another_suite_may_be_named(
    orr: Callable[..., Said],
    own: Repository,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    said = orr("catalogue", "--json", "--suite", own.suite)
    [item] = json.loads(said.out)["items"]
    assert (item["id"], item["part"], item["facts"]) == ("demo.a.one", "service", ["endpoints"])


def test_a_folder_that_is_no_suite_is_told(orr: Callable[..., Said], tmp_path: Path) -> None:
    said = orr("catalogue", "--suite", tmp_path)
    assert said.status == 4
    assert said.err.startswith("suite.lock is not there. Lay a suite down with `orr init`")
