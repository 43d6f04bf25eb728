"""The journal is believed up to its last whole line, and never a bit further."""

from __future__ import annotations

import os
import random
import stat
import zlib
from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput, NeededFileMissing, OrrError
from pytest_orr.model import Finding, Outcome
from pytest_orr.record.journal import JournalWriter, line_of, read_journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.model import StatementUsed, WaiverUsed
    from pytest_orr.record.journal import Closing, Journal, Opening
    from pytest_orr.record.values import ItemRecord

FLIPS = 4000


@pytest.fixture
def written(
    tmp_path: Path,
    opening: Opening,
    closing: Closing,
    a_record: Callable[..., ItemRecord],
) -> Path:
    """The journal of a run of two items that came to its end."""
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path)
    for entry in (
        opening,
        a_record("demo.a.one"),
        a_record("demo.a.two", outcome=Outcome.FAIL, reason="é\nü\u2028"),
        closing,
    ):
        writer.append(entry)
    writer.close()
    return path


def refused_or_read(path: Path) -> Journal | None:
    """Read a journal; nothing when it is refused, and no other error."""
    try:
        return read_journal(path)
    except OrrError:
        return None


def test_a_journal_is_read_as_it_was_written(
    tmp_path: Path,
    opening: Opening,
    closing: Closing,
    a_record: Callable[..., ItemRecord],
    a_statement: Callable[..., StatementUsed],
    a_waiver: WaiverUsed,
) -> None:
    full = a_record(
        findings=(Finding(subject="a", outcome=Outcome.WAIVED, detail="x", remedy="y"),),
        attestation=a_statement(),
        waiver=a_waiver,
        traceback="line 1\nline 2",
    )
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path)
    for entry in (opening, full, closing):
        writer.append(entry)
    writer.close()
    journal = read_journal(path)
    assert (journal.opening, journal.records, journal.closing) == (opening, (full,), closing)


def test_a_line_is_the_checksum_a_space_and_plain_json(
    a_record: Callable[..., ItemRecord],
) -> None:
    line = line_of(a_record(reason="é\nü"))
    checksum, _, body = line.partition(b" ")
    assert checksum == b"%08x" % zlib.crc32(body.removesuffix(b"\n"))
    assert body.startswith(b'{"item":{')
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert line.isascii()


def test_a_journal_is_its_owners_alone_and_never_written_over(
    written: Path,
) -> None:
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    before = written.read_bytes()
    with pytest.raises(FileExistsError):
        JournalWriter(written)
    assert written.read_bytes() == before


def test_every_line_is_on_the_disk_when_it_was_appended(
    tmp_path: Path,
    opening: Opening,
    a_record: Callable[..., ItemRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    path = tmp_path / "journal.jsonl"
    writer = JournalWriter(path)
    writer.append(opening)
    assert read_journal(path).records == ()
    writer.append(a_record())
    assert read_journal(path).records == (a_record(),)
    assert len(synced) == 2
    writer.close()


def test_a_short_write_is_an_error(
    tmp_path: Path, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.write
    writer = JournalWriter(tmp_path / "journal.jsonl")
    monkeypatch.setattr(os, "write", lambda descriptor, line: really(descriptor, line[:-1]))
    with pytest.raises(OSError, match="in part only"):
        writer.append(opening)
    writer.close()
    assert refused_or_read(tmp_path / "journal.jsonl") is None


def test_a_journal_that_was_cut_anywhere_holds_its_whole_lines_and_nothing_else(
    written: Path,
) -> None:
    content = written.read_bytes()
    whole = read_journal(written)
    ends = [at + 1 for at, byte in enumerate(content) if byte == ord("\n")]
    for at in range(len(content) + 1):
        written.write_bytes(content[:at])
        lines = sum(end <= at for end in ends)
        journal = refused_or_read(written)
        if lines == 0:
            assert journal is None, at
            continue
        assert journal is not None, at
        assert journal.opening == whole.opening
        assert journal.records == whole.records[: lines - 1]
        assert journal.closing == (whole.closing if lines == 4 else None)


def test_no_flipped_bit_is_ever_believed(written: Path) -> None:
    content = written.read_bytes()
    whole = read_journal(written)
    ends = [at for at, byte in enumerate(content) if byte == ord("\n")]
    chance = random.Random(20261120)  # noqa: S311 a trial, with a seed
    for _ in range(FLIPS):
        bit = chance.randrange(len(content) * 8)
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        written.write_bytes(damaged)
        journal = refused_or_read(written)
        before = sum(end < bit // 8 for end in ends)
        if before == 0:
            assert journal is None, bit
            continue
        assert journal is not None, bit
        assert journal.opening == whole.opening
        assert journal.records == whole.records[: before - 1]
        assert journal.closing is None


def test_a_journal_without_its_file_names_what_makes_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with pytest.raises(NeededFileMissing) as caught:
        read_journal(path)
    assert caught.value.diagnostics() == f"{path} is not there. Run `pytest readiness/` first."


@pytest.mark.parametrize("content", [b"", b"\n", b"not a journal\n", b"00000000 \n", b"\xff\n"])
def test_a_file_that_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        read_journal(path)
    assert caught.value.mistakes == (
        f"{path}: is no journal of a run; run `pytest readiness/` again",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"a":1,"b":2}',
        b'{"other":{}}',
        b'{"item":{}}',
        b'{"item":7}',
        b'{"item":{"id":"demo.a.one","node":"n","outcome":"great","reason":"r"}}',
        b"\xff",
        b"",
    ],
)
def test_a_line_with_a_right_checksum_and_a_wrong_content_ends_the_journal(
    written: Path, body: bytes
) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    strange = b"%08x %b\n" % (zlib.crc32(body), body)
    written.write_bytes(b"".join([lines[0], lines[1], strange, *lines[2:]]))
    journal = read_journal(written)
    assert [record.id for record in journal.records] == ["demo.a.one"]
    assert journal.closing is None


def test_a_journal_must_begin_with_its_head(written: Path) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    written.write_bytes(b"".join(lines[1:]))
    with pytest.raises(InvalidInput):
        read_journal(written)


def test_a_line_after_the_end_takes_the_end_away(
    written: Path, a_record: Callable[..., ItemRecord]
) -> None:
    written.write_bytes(written.read_bytes() + line_of(a_record("demo.a.three")))
    journal = read_journal(written)
    assert len(journal.records) == 3
    assert journal.closing is None
