from __future__ import annotations

import datetime as dt
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from pytest_orr.profile import beside
from pytest_orr.profile.evidence_files import EvidenceFile, read_evidence
from pytest_orr.profile.schema import EvidenceRef, Statement

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.profile.fields import EvidenceKind

DAY = dt.date(2026, 11, 2)


def _read(folder: Path, *refs: str, kind: EvidenceKind = "report") -> tuple[EvidenceFile, ...]:
    evidence = tuple(EvidenceRef(kind=kind, ref=ref, dated=DAY) for ref in refs)
    statement = Statement(
        item="x", statement="x", by="ana@example.org", on=DAY, until=DAY, evidence=evidence
    )
    return read_evidence(folder, (statement, statement))


def _problem(folder: Path, ref: str) -> str:
    (found,) = _read(folder, ref)
    assert not found.sha256
    return found.problem


def test_a_file_is_read_once_and_hashed(tmp_path: Path) -> None:
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "a.md").write_bytes(b"done\n")
    digest = hashlib.sha256(b"done\n").hexdigest()
    assert _read(tmp_path, "drills/a.md", "drills/a.md") == (
        EvidenceFile(ref="drills/a.md", sha256=digest, size=5),
    )


@pytest.mark.parametrize("kind", ["commit", "ticket"])
def test_a_commit_and_a_ticket_are_never_files(tmp_path: Path, kind: EvidenceKind) -> None:
    (tmp_path / "4f2a9c1").write_text("x")
    assert _read(tmp_path, "4f2a9c1", kind=kind) == ()


@pytest.mark.parametrize("ref", ["https://example.org/x", "file:///etc/passwd"])
def test_a_link_is_never_opened(tmp_path: Path, ref: str) -> None:
    assert _read(tmp_path, ref) == ()


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert _problem(tmp_path, "a.md") == "is not there"


@pytest.mark.parametrize("ref", ["../a.md", "x/../../a.md", "/etc/passwd", ".", "a\0.md"])
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path: Path, ref: str) -> None:
    assert _problem(tmp_path, ref) == "leads out of the folder"


@pytest.mark.parametrize("ref", ["link.md", "folder/a.md"])
def test_a_symbolic_link_is_refused_at_every_step(tmp_path: Path, ref: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.md").symlink_to(outside / "a.md")
    (inside / "folder").symlink_to(outside)
    told = "is reached by a symbolic link, which may lead out of the folder"
    assert _problem(inside, ref) == told


@pytest.mark.parametrize("ref", ["link.md", "folder/a.md"])
def test_a_link_that_appears_after_the_look_is_not_followed(
    tmp_path: Path, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.md").symlink_to(tmp_path / "a.md")
    (inside / "folder").symlink_to(tmp_path)
    monkeypatch.setattr(beside, "_refuse_link", lambda _at, _name: None)
    assert _problem(inside, ref).startswith("cannot be read: ")


def test_a_folder_is_no_evidence(tmp_path: Path) -> None:
    (tmp_path / "drills").mkdir()
    assert _problem(tmp_path, "drills") == "is not a regular file"


def test_a_named_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert _problem(tmp_path, "pipe") == "is not a regular file"


def test_a_file_of_twenty_mebibytes_is_read_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "big").open("wb") as opened:
        opened.truncate(20 * 1024 * 1024)
    (found,) = _read(tmp_path, "big")
    assert found.sha256
    with (tmp_path / "big").open("ab") as opened:
        opened.write(b"x")
    assert _problem(tmp_path, "big") == "is larger than 20 MiB"


def test_what_the_system_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    assert _problem(tmp_path, "x" * 300) == "cannot be read: File name too long"
