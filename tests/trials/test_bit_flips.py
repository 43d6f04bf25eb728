"""A journal that was damaged is never believed: neither as a whole run, nor in any line."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main
from pytest_orr.errors import InvalidInput
from pytest_orr.record.journal import read_journal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.trial

SEED = 20261121
MOST_BITS = 4
GATED = 10
"""Every tenth journal goes through the gate as well, which renders the whole review."""


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with one to four of its bits turned over, half of the time only one."""
    changed = bytearray(content)
    bits = 1 if chance.random() < 0.5 else chance.randint(2, MOST_BITS)
    for position in chance.sample(range(8 * len(content)), bits):
        changed[position // 8] ^= 1 << position % 8
    return bytes(changed)


def records_believed(path: Path, true: tuple[Any, ...]) -> int:
    """How many records are read; each is one of the true ones, in its place."""
    try:
        journal = read_journal(path)
    except InvalidInput:
        return 0
    assert journal.records == true[: len(journal.records)]
    assert journal.closing is None
    return len(journal.records)


def test_a_journal_with_bits_turned_over_is_never_believed(
    ready: Repository, trials: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ready.judge("-p", "no:xdist").status == 0
    folder = str(ready.report)
    path = ready.report / "journal.jsonl"
    content, true = path.read_bytes(), read_journal(path).records
    assert (main(["gate", folder]), len(true)) == (0, 76)
    chance = random.Random(SEED)  # noqa: S311 a fixed seed
    count = trials.many(1_000, 10_000)
    believed = 0
    for number in range(count):
        path.write_bytes(damaged(content, chance))
        believed += records_believed(path, true)
        if number % GATED == 0:
            assert main(["gate", folder]) in {21, 22}
            capsys.readouterr()
    path.write_bytes(content)
    assert main(["gate", folder]) == 0
    text = (
        f"{count} damaged journals, none believed to be whole and none accepted by the gate; on"
        f" average {believed / count:.0f} of 76 records, those before the damage, were read"
    )
    trials.saw(f"1 to {MOST_BITS} bits of a journal turned over", seed=SEED, text=text)
