"""Secrets in the files of the release's commit: the fact ``tree_secrets``."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part
from pytest_orr.collect.scans.declared import read_scans
from pytest_orr.collect.scans.report import ScanReport
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .hits import SecretHit, hit_of
from .looks import looks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSecretFacts:
    """What scanners saw in the commit's files, each or why it says nothing."""

    reports: tuple[Part[ScanReport], ...]

    @property
    def hits(self) -> tuple[SecretHit, ...]:
        """Every secret that was seen."""
        read = (one.observed for one in self.reports if one.observed is not None)
        found = (hit_of(finding) for report in read for finding in report.findings)
        return tuple({hit.id: hit for hit in found}.values())

    def hits_in(self, files: Collection[str]) -> tuple[SecretHit, ...]:
        """Those that stand in some files, by their paths from the repository's top on."""
        wanted = frozenset(files)
        return tuple(hit for hit in self.hits if hit.file in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeSecrets:
    """Reads the declared reports, or looks through the commit's files with detect-secrets."""

    name: str = "tree_secrets"
    source: str = "scanners"
    operations: tuple[str, ...] = ("file:read", "git:ls-tree")
    fact_type: Any = TreeSecretFacts

    def collect(self, desk: Desk) -> Answer[TreeSecretFacts]:
        """Look; raises ``Undeclared`` without a report, and a scanner that may be run."""
        declared = any(scan.about == "secrets" for scan in desk.profile.scans)
        reports = read_scans(desk, "secrets") if declared else looks_of(desk, history=False)
        if not reports:
            raise Undeclared("[[scans]]", "the report of a scan of secrets")
        where = tuple(one.name for one in reports)
        return Answer(value=TreeSecretFacts(reports=reports), where=where)
