"""Looks packages up in OSV, and how grave an advisory is, for ``dependencies``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable
from pytest_orr.errors import FactUnavailable

from .scans.osv_records import aliases_of, severity_of
from .scans.report import ScanFinding
from .scans.severity import gravest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.clients.hostile_json import At
    from pytest_orr.clients.osv import OsvAccess

    from .lockfiles.packages import Package
    from .scans.severity import Severity

MOST_PACKAGES = 50_000
MOST_ADVISORIES = 2_000


def advisories_of(
    osv: OsvAccess, places: Mapping[Package, tuple[str, ...]]
) -> tuple[ScanFinding, ...]:
    """Return every advisory of some packages, each once, with the files that lock the package."""
    if len(places) > MOST_PACKAGES:
        raise FactUnavailable(
            f"the lockfiles name {len(places):,} packages, more than the {MOST_PACKAGES:,} "
            "that are looked up",
            "name files of others under [repository] of_others in readiness.toml",
        )
    asked = {(one.ecosystem, one.name, one.version): one for one in places}
    ids = {asked[question]: found for question, found in osv.ids_of(asked).items()}
    records = _records(osv, {one for found in ids.values() for one in found})
    findings = [
        finding
        for package in sorted(ids)
        for finding in _merged(_findings(package, ids[package], places[package], records))
    ]
    return graded(osv, findings)


def graded(osv: OsvAccess, findings: Iterable[ScanFinding]) -> tuple[ScanFinding, ...]:
    """Return findings with the severities that records of them, or of their aliases, tell.

    Only those that nobody graded are looked up.
    """
    listed = tuple(findings)
    unknown = {name for one in listed if one.severity == "unknown" for name in _names(one)}
    records = osv.records(sorted(unknown)[:MOST_ADVISORIES]) if unknown else {}
    told = {name: _severity(record) for name, record in records.items()}
    return tuple(
        one
        if one.severity != "unknown"
        else replace(one, severity=gravest(told.get(name, "unknown") for name in _names(one)))
        for one in listed
    )


def _names(finding: ScanFinding) -> tuple[str, ...]:
    return (finding.id, *finding.aliases)


def _records(osv: OsvAccess, ids: set[str]) -> Mapping[str, At | FactUnavailable]:
    if len(ids) > MOST_ADVISORIES:
        raise FactUnavailable(
            f"OSV knows {len(ids):,} advisories of the packages, more than can be read",
            "update the packages, most of which have one",
        )
    return osv.records(ids)


def _findings(
    package: Package,
    ids: tuple[str, ...],
    places: tuple[str, ...],
    records: Mapping[str, At | FactUnavailable],
) -> Iterator[ScanFinding]:
    for name in ids:
        record = records[name]
        if not _is_withdrawn(record):
            yield ScanFinding(
                id=name,
                aliases=_aliases(record),
                rule=package.shown,
                severity=_severity(record),
                where=", ".join(places[:5]),
            )


def _merged(findings: Iterable[ScanFinding]) -> Iterator[ScanFinding]:
    """Yield findings of one package, those that name each other as one.

    Databases keep records of their own for one and the same advisory.
    """
    kept: list[ScanFinding] = []
    for one in findings:
        same = [other for other in kept if set(_names(other)) & set(_names(one))]
        kept = [other for other in kept if other not in same]
        kept.append(_together([*same, one]))
    yield from kept


def _together(same: list[ScanFinding]) -> ScanFinding:
    first = same[0]
    names = dict.fromkeys(name for one in same for name in _names(one))
    aliases = tuple(sorted(names.keys() - {first.id}))
    return replace(first, aliases=aliases, severity=gravest(one.severity for one in same))


def _is_withdrawn(record: At | FactUnavailable) -> bool:
    return not isinstance(record, FactUnavailable) and bool(record["withdrawn"])


def _aliases(record: At | FactUnavailable) -> tuple[str, ...]:
    if isinstance(record, FactUnavailable):
        return ()
    try:
        return aliases_of(record)
    except Unreadable:
        return ()


def _severity(record: At | FactUnavailable) -> Severity:
    """Return what a record says; one that cannot be had or read leaves its advisory ungraded."""
    if isinstance(record, FactUnavailable):
        return "unknown"
    try:
        return severity_of(record)
    except Unreadable:
        return "unknown"
