"""The verdict once more from the journal: what a pipeline calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.record.journal import line_of, read_journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

HEAD = (
    "demo (production), release 0123456, phase launch, run of 2026-11-20T09:00:00Z"
    " judged as of 2026-11-20T09:00:00Z"
)
AGAIN = "Run `pytest readiness/` again."
READY = ("pass", "attested", "not_applicable")
REASON_WITH_WAIVERS = "2 items passed by machine, 0 attested by people, 0 not applicable, 1 waived"
REASON = "1 item passed by machine, 1 attested by people, 1 not applicable"


@pytest.mark.parametrize(
    ("outcomes", "status", "said"),
    [
        (READY, 0, f"READY: {REASON}"),
        (
            ("pass", "waived", "pass"),
            0,
            f"READY WITH WAIVERS: {REASON_WITH_WAIVERS}",
        ),
        (("pass", "fail", "pass"), 1, "NOT READY: 1 item failed"),
        (("pass", "pending", "pass"), 1, "NOT READY: 1 item waits for a person"),
        (("pass", "unknown", "pass"), 20, "UNVERIFIED: 1 item could not be checked"),
        (("pass", "pass"), 21, "PARTIAL: 1 item gave no result"),
        ((), 21, "PARTIAL: 3 items gave no result"),
    ],
)
def test_the_gate_opens_for_a_ready_review_alone(
    orr: Callable[..., Said],
    report_of: Callable[..., Path],
    outcomes: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    gate = orr("gate", report_of(*outcomes))
    assert gate.status == status
    assert [line.partition(";")[0] for line in gate.lines] == [HEAD, said]
    assert gate.err == ""


def test_the_usual_folder_is_that_of_a_run_here(
    orr: Callable[..., Said], report_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ORR_REPORT", raising=False)
    monkeypatch.chdir(report_of(*READY).parent)
    assert orr("gate").status == 0


def test_the_usual_folder_may_be_named_by_the_variable_that_names_it_for_a_run(
    orr: Callable[..., Said],
    report_of: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = report_of(*READY)
    ready = folder.rename(folder.with_name("elsewhere"))
    report_of("fail")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ORR_REPORT", str(ready))
    assert orr("gate").status == 0
    monkeypatch.setenv("ORR_REPORT", "")
    assert orr("gate").status == 1


def test_a_journal_that_was_cut_anywhere_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path]
) -> None:
    folder = report_of(*READY)
    path = folder / "journal.jsonl"
    content = path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(content) if byte == ord("\n")]
    cuts = {0, 1, *ends, *(end - 1 for end in ends), *(end + 9 for end in ends)} - {len(content)}
    for at in sorted(cut for cut in cuts if cut < len(content)):
        path.write_bytes(content[:at])
        gate = orr("gate", folder)
        assert gate.status == (22 if at < ends[0] else 21), at


def test_a_run_that_was_cut_short_is_told(
    orr: Callable[..., Said], report_of: Callable[..., Path]
) -> None:
    folder = report_of(*READY)
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert orr("gate", folder).lines == [
        HEAD,
        "PARTIAL: not the whole suite was run (the run was cut short)",
        "The journal has no end: the run was cut short. Run `pytest readiness/` again.",
    ]


def test_a_record_that_was_taken_out_whole_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path]
) -> None:
    folder = report_of("pass", "pass", "fail")
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    gate = orr("gate", folder)
    assert gate.status == 21
    assert "The journal has no end" in gate.out


def test_a_record_that_was_put_in_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path]
) -> None:
    folder = report_of(*READY)
    path = folder / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    again = line_of(read_journal(path).records[0])
    path.write_bytes(b"".join([*lines[:-1], again, lines[-1]]))
    assert orr("gate", folder).status == 21


@pytest.mark.parametrize("content", [b"{}", b""])
def test_a_review_that_is_not_what_the_journal_says_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path], content: bytes
) -> None:
    folder = report_of(*READY)
    (folder / "review.json").write_bytes(content)
    gate = orr("gate", folder)
    assert gate.status == 21
    assert gate.lines[2] == (
        f"{folder}/review.json is not what the journal says. Run `pytest readiness/` again."
    )


def test_a_ready_review_beside_another_runs_journal_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path]
) -> None:
    folder = report_of(*READY)
    review = (folder / "review.json").read_bytes()
    folder.rename(folder.with_name("first"))
    failed = report_of("pass", "fail", "pass")
    (failed / "review.json").write_bytes(review)
    assert orr("gate", failed).status == 1


def test_a_journal_without_its_review_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path]
) -> None:
    folder = report_of(*READY, documents=False)
    gate = orr("gate", folder)
    assert gate.status == 21
    assert gate.lines == [
        HEAD,
        f"READY: {REASON}",
        f"{folder}/review.json is not there: no whole run was judged. {AGAIN}",
    ]


@pytest.mark.parametrize(("outcome", "status"), [("pass", 21), ("fail", 1)])
def test_a_selection_keeps_the_gate_shut(
    orr: Callable[..., Said], report_of: Callable[..., Path], outcome: str, status: int
) -> None:
    folder = report_of(outcome, selection="-k one")
    gate = orr("gate", folder)
    assert gate.status == status
    assert "review.json is not there: no whole run was judged" in gate.out


@pytest.mark.parametrize("content", [b"", b"nonsense\n"])
def test_what_is_no_journal_is_refused(
    orr: Callable[..., Said], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "journal.jsonl").write_bytes(content)
    gate = orr("gate", tmp_path)
    assert gate.status == 22
    assert "is no journal of a run" in gate.err
