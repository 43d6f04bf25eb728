"""Reads what analysers of the code found: the fact ``code_scans``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.forge.said import Alert
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.collect.scans.declared import read_scans
from pytest_orr.collect.scans.report import ScanFinding, ScanReport
from pytest_orr.observation import Answer

OF_THE_FORGE = "code scanning of the forge"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeScans:
    """What did analysers find in the release's code?"""

    name: str = "code_scans"
    source: str = "reports of analysers, or the forge's alerts"
    operations: tuple[str, ...] = ("file:read", "forge:alerts", "forge:artifact")
    fact_type: Any = tuple[Part[ScanReport], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ScanReport], ...]]:
        """Read the declared reports about code; without any, ask for the forge's open alerts.

        Alerts do not tell which commit was analysed: what they name was found, and that they name
        nothing proves nothing.
        """
        if any(scan.about == "code" for scan in desk.profile.scans):
            reports = read_scans(desk, "code")
            return Answer(value=reports, where=tuple(one.name for one in reports))
        part = part_of(OF_THE_FORGE, partial(_alerts, desk))
        return Answer(value=(part,), where=(desk.forge.where,))


def _alerts(desk: Desk) -> ScanReport:
    still_open = (one for one in desk.forge.alerts("code") if one.resolution is None)
    return ScanReport(tool=OF_THE_FORGE, findings=tuple(map(_finding, still_open)))


def _finding(one: Alert) -> ScanFinding:
    return ScanFinding(
        id=one.id, aliases=one.aliases, rule=one.title, severity=one.severity, where=one.where
    )
