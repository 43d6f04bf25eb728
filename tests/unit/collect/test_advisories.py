"""Advisories of packages: one for each thing that is known, graded by whoever grades it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.hostile_json import At
from pytest_orr.collect.advisories import MOST_ADVISORIES, advisories_of, graded
from pytest_orr.collect.lockfiles.found import Found
from pytest_orr.collect.lockfiles.packages import Package
from pytest_orr.collect.scans.report import ScanFinding
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

UPLOT = Package("npm", "uplot", "1.6.32")
PLACES = {UPLOT: ("a/package-lock.json", "b/yarn.lock")}
Question = tuple[str, str, str]


class PlantedOsv:
    """A database with these records, all of them about every package."""

    def __init__(self, *records: dict[str, Any]) -> None:
        self.known = {record["id"]: At(value=record, path="$") for record in records}

    def ids_of(self, packages: Iterable[Question]) -> dict[Question, tuple[str, ...]]:
        """Return all ids for each package."""
        return {package: tuple(sorted(self.known)) for package in packages}

    def records(self, ids: Iterable[str]) -> dict[str, At | FactUnavailable]:
        """Return records by id."""
        absent = FactUnavailable("OSV knows no such advisory", "look it up by hand")
        return {one: self.known.get(one, absent) for one in ids}


def found_by(*records: dict[str, Any]) -> tuple[ScanFinding, ...]:
    osv: Any = PlantedOsv(*records)
    return advisories_of(osv, PLACES)


def test_records_of_several_databases_about_one_advisory_are_one_finding() -> None:
    [finding] = found_by(
        {"id": "GHSA-1", "aliases": ["CVE-1"], "database_specific": {"severity": "HIGH"}},
        {"id": "GO-1", "aliases": ["CVE-1"]},
        {"id": "PYSEC-1", "aliases": ["GHSA-1"], "severity": [{"score": "9.1"}]},
    )
    assert (finding.id, finding.severity) == ("GHSA-1", "critical")
    assert finding.aliases == ("CVE-1", "GO-1", "PYSEC-1")
    assert finding.where == "a/package-lock.json, b/yarn.lock"


def test_records_about_other_advisories_are_findings_of_their_own() -> None:
    assert [one.id for one in found_by({"id": "A-1"}, {"id": "B-1"})] == ["A-1", "B-1"]


def test_a_record_that_cannot_be_read_leaves_its_advisory_ungraded() -> None:
    [finding] = found_by({"id": "A-1", "aliases": "CVE-1", "severity": "HIGH"})
    assert (finding.aliases, finding.severity) == ((), "unknown")


def test_a_finding_is_graded_by_records_of_its_aliases() -> None:
    osv: Any = PlantedOsv({"id": "GHSA-1", "database_specific": {"severity": "LOW"}})
    ungraded = ScanFinding(id="PYSEC-1", aliases=("GHSA-1",), rule="a 1", severity="unknown")
    known = ScanFinding(id="GHSA-1", rule="a 1", severity="critical")
    assert [one.severity for one in graded(osv, (ungraded, known))] == ["low", "critical"]


def test_more_advisories_or_packages_than_can_be_looked_up_are_refused() -> None:
    many = [{"id": f"A-{number}"} for number in range(MOST_ADVISORIES + 1)]
    with pytest.raises(FactUnavailable, match=r"OSV knows 2,001 advisories of the packages"):
        found_by(*many)
    packages = {Package("npm", "a", str(number)): ("x",) for number in range(50_001)}
    nobody: Any = None
    with pytest.raises(FactUnavailable, match=r"name 50,001 packages, more than the 50,000"):
        advisories_of(nobody, packages)


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        ({}, "the content of yarn.lock is not in this clone"),
        ({"id": b"cut"}, "yarn.lock is larger than 64 MiB"),
    ],
)
def test_a_lockfile_whose_content_is_not_whole_is_unknown(
    contents: dict[str, bytes], told: str, entry_of: Callable[..., Any]
) -> None:
    git: Any = SimpleNamespace(tree=(entry_of("yarn.lock"),), contents_of=lambda *_: contents)
    [lock] = Found(git, ()).locks
    with pytest.raises(FactUnavailable, match=told):
        lock.read()


def test_a_manifest_whose_content_is_not_here_may_ask_for_packages(
    entry_of: Callable[..., Any],
) -> None:
    git: Any = SimpleNamespace(tree=(entry_of("package.json"),), contents_of=lambda *_: {})
    [lock] = Found(git, ()).locks
    with pytest.raises(FactUnavailable, match="no lockfile says which are installed"):
        lock.read()


@pytest.fixture
def entry_of() -> Callable[[str], Any]:
    """Return a file of a commit's tree, of 100 MiB."""
    return lambda path: SimpleNamespace(path=path, id="id", size=100 << 20, is_file=True)
