"""What analysers of the code found: the fact ``code_scans``."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Alert
from pytest_orr.collect.delivery.code_scans import OF_THE_FORGE, CodeScans
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.scans import Scan, ScanLimits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.collect.interface import Desk

AT = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
DRIVER = {"driver": {"name": "staticcheck", "version": "0.5"}}
SARIF = {"version": "2.1.0", "runs": [{"tool": DRIVER, "results": [], "artifacts": [{}]}]}


def alert(number: int, **more: Any) -> Alert:
    return Alert(kind="code", id=str(number), severity="high", title="Nil", created=AT, **more)


def test_declared_reports_about_code_are_read_and_no_alert_is_asked_for(
    desk_of: Callable[..., Desk], tmp_path: Path
) -> None:
    (tmp_path / "code.sarif").write_text(json.dumps(SARIF), encoding="utf-8")
    scans = (
        Scan(about="code", format="sarif", file="code.sarif"),
        Scan(about="secrets", format="sarif", file="gone.sarif"),
    )
    desk = replace(desk_of(forge={}, scans=scans), folder=tmp_path)
    [part] = CodeScans().collect(desk).value
    assert (part.name, part.reading.tool) == ("code.sarif", "staticcheck")


def test_without_a_report_open_alerts_of_the_forge_are_findings(
    desk_of: Callable[..., Desk],
) -> None:
    closed = alert(2, resolved=AT, resolution="fixed")
    desk = desk_of(forge={"alerts": (alert(1, where="a.go"), closed)})
    [part] = CodeScans().collect(desk).value
    assert part.name == OF_THE_FORGE
    assert [one.seen for one in part.reading.open_findings] == ["Nil: 1, high in a.go"]


def test_that_no_alert_is_open_proves_nothing_of_the_release(
    desk_of: Callable[..., Desk], release_commit: str
) -> None:
    [part] = CodeScans().collect(desk_of(forge={"alerts": ()})).value
    with pytest.raises(FactUnavailable, match="nobody says its version, commit"):
        part.reading.counts(release_commit, AT, ScanLimits())


def test_alerts_that_cannot_be_read_are_unknown(desk_of: Callable[..., Desk]) -> None:
    [part] = CodeScans().collect(desk_of(forge={})).value
    with pytest.raises(FactUnavailable):
        _ = part.reading


def test_without_report_and_forge_nothing_is_known(desk_of: Callable[..., Desk]) -> None:
    with pytest.raises(FactUnavailable, match=r"no \[forge\]"):
        CodeScans().collect(desk_of())
