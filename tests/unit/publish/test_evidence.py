"""Files that statements rest on are kept by digest, for their owner's eyes, and only as judged."""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.model import Evidence, ItemResult, Outcome, StatementUsed
from pytest_orr.publish.evidence import files_named, keep_evidence
from pytest_orr.record.review import lost_item

if TYPE_CHECKING:
    from pathlib import Path

DRILL = b"We restarted it.\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def file(ref: str, content: bytes = DRILL) -> Evidence:
    named: Any = {"size": len(content)} if "size" in Evidence.__dataclass_fields__ else {}
    return Evidence(kind="drill", ref=ref, sha256=sha256(content), dated="2026-11-02", **named)


def resting_on(*evidence: Evidence) -> ItemResult:
    statement = StatementUsed(
        statement="It is so.",
        by="ana@example.org",
        confirmed="",
        on="2026-11-02",
        until="2026-12-02",
        release="any",
        covers="question",
        evidence=evidence,
    )
    return ItemResult(
        spec=lost_item("demo.a.b"),
        outcome=Outcome.ATTESTED,
        gated=True,
        reason="it is said",
        remedy="",
        attestation=statement,
    )


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report's folder beside one of a profile with a drill."""
    (tmp_path / "readiness" / "drills").mkdir(parents=True)
    (tmp_path / "readiness" / "drills" / "one.md").write_bytes(DRILL)
    (tmp_path / "report").mkdir()
    return tmp_path / "report"


def test_a_file_is_kept_under_its_digest_for_its_owner_alone(report: Path, tmp_path: Path) -> None:
    twice = [resting_on(file("drills/one.md")), resting_on(file("drills/one.md"))]
    keep_evidence(report, tmp_path / "readiness", twice)
    [kept] = (report / "evidence").iterdir()
    assert (kept.name, kept.read_bytes()) == (sha256(DRILL), DRILL)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_links_and_items_that_nobody_stated_have_no_file(report: Path, tmp_path: Path) -> None:
    link = Evidence(kind="link", ref="https://wiki.example.org/x", dated="2026-11-02")
    keep_evidence(report, tmp_path / "readiness", [resting_on(link)])
    assert not (report / "evidence").exists()


@pytest.mark.parametrize("ref", ["drills/one.md", "drills/gone.md", "../secret.md"])
def test_what_is_not_what_was_judged_is_left_out(report: Path, tmp_path: Path, ref: str) -> None:
    (tmp_path / "secret.md").write_bytes(b"judged")
    keep_evidence(report, tmp_path / "readiness", [resting_on(file(ref, b"judged"))])
    assert list((report / "evidence").iterdir()) == []


def test_files_are_named_once_each_by_digest() -> None:
    items = [resting_on(file("b.md", b"b"), file("a.md", b"a")), resting_on(file("c.md", b"a"))]
    assert [one.sha256 for one in files_named(items)] == sorted([sha256(b"a"), sha256(b"b")])
