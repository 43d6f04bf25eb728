"""The example's recorded hosts, and the tool that moves their instants to the example's day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.system.hosts.faults import CANARY
from tests.system.hosts.record import TAKEN, moved

RECORDS = sorted((Path(__file__).parents[2] / "examples/explorer/hosts").glob("*.jsonl"))
CLOCK = '{"section":"clock","key":"epoch","value":"1795763637"}\n'
"""2026-11-27 07:13:57, which is 7 days, 22 hours, 13 minutes and 57 seconds after ``TAKEN``."""


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("1795763631 /var/lib/apt/lists/x", "1795078794 /var/lib/apt/lists/x"),
        (
            "StartTimestamp=Fri 2026-11-27 07:13:50 UTC",
            "StartTimestamp=Thu 2026-11-19 08:59:53 UTC",
        ),
        ("2026-11-27 07:13:50,123 INFO Starting", "2026-11-19 08:59:53,123 INFO Starting"),
        ("notAfter=Feb  5 07:13:53 2027 GMT", "notAfter=Jan 28 08:59:56 2027 GMT"),
        ("notAfter=Feb 13 07:13:53 2027 GMT", "notAfter=Feb  5 08:59:56 2027 GMT"),
        ("overlay 1000000000 25853836 1% /", "overlay 1000000000 25853836 1% /"),
        ("port 22", "port 22"),
    ],
)
def test_every_form_of_an_instant_is_moved_as_far_as_the_clock(printed: str, kept: str) -> None:
    first, second = moved(f"{CLOCK}{printed}\n").splitlines()
    assert json.loads(first)["value"] == str(int(TAKEN.timestamp()))
    assert second == kept


def test_a_record_that_does_not_begin_with_its_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with its host's clock"):
        moved('{"section":"release","key":"os-release","value":"ID=debian"}\n')


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_recorded_host_is_of_the_examples_day_whole_and_without_any_secret(record: Path) -> None:
    text = record.read_text(encoding="ascii")
    first, *lines = (json.loads(line) for line in text.splitlines())
    assert first["value"] == str(int(TAKEN.timestamp()))
    assert lines[-1] == {"end": "ok", "sections": sum("done" in line for line in lines)}
    assert {line["done"] for line in lines if "done" in line} == {"ok"}
    assert CANARY not in text
