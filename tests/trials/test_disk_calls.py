"""One call to the disk fails, whichever: no half file stays, nothing old is lost, it is told."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main
from tests.conftest import clean_environment
from tests.trials.disk_trouble import SHORT, SYMPTOMS, VARIABLE, trouble, ways
from tests.trials.signing_place import DOCUMENTS, files_in, lay_down_to_sign

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.conftest import Ran
    from tests.trials.signing_place import Place

pytestmark = pytest.mark.trial

SEED = 20261127
READY_WORDS = {"ready", "ready_with_waivers"}
JOURNAL = "journal.jsonl"
AGAIN = 4
"""Every so many, the next run is looked at, too."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A report that Ana has signed, in front of an earlier one that she has signed, too."""
    laid = lay_down_to_sign(tmp_path_factory.mktemp("place"))
    for _ in range(2):
        assert laid.repository.pytest("readiness/", "-p", "no:xdist").status == 0
        assert laid.sign("ana").status == 0
    return laid


@pytest.fixture(scope="module")
def old(place: Place) -> Path:
    """A copy of that report's folder as it was."""
    copy = place.repository.path / "old"
    shutil.copytree(place.report, copy)
    return copy


def chosen(calls: Iterable[tuple[str, str]], trials: Any) -> list[tuple[int, str]]:
    """Number and way of each trouble that is tried: all that there are, or a tenth of them."""
    every = [(number, how) for number, (call, _) in enumerate(calls) for how in ways(call)]
    chance = random.Random(SEED)  # noqa: S311 a fixed seed
    return every if trials.full else sorted(chance.sample(every, len(every) // 10))


def judged(place: Place, old: Path, **how: Any) -> Ran:
    """Judge again where the old report lies, with trouble."""
    shutil.rmtree(place.report)
    shutil.copytree(old, place.report)
    asked = json.dumps({"folder": str(place.report), **how})
    return place.judge("-p", "disk_trouble", env={VARIABLE: asked})


def check_old(report: Path, old: Path) -> None:
    """Nothing of the two old reports is lost or changed, wherever it lies now."""
    there = Counter(files_in(report).values())
    before = files_in(old)
    assert all(there[content] for content in before.values())
    aside = [one for name, one in files_in(report).items() if name.startswith("previous/")]
    assert {*aside} <= {*before.values()}


def check_evidence(report: Path) -> None:
    """What is named by a digest fits it."""
    for name, content in files_in(report).items():
        folder, _, digest = name.rpartition("/")
        if folder.endswith("evidence") and not digest.startswith(".tmp-"):
            assert hashlib.sha256(content).hexdigest() == digest


def check_failed(report: Path, old: Path, new: dict[str, bytes]) -> bool:
    """What a failed run left is whole and not ready; tells whether it had begun to judge."""
    journal = files_in(report).get(JOURNAL, b"")
    if journal == (old / JOURNAL).read_bytes():
        return False
    opening, _, _ = new[JOURNAL].partition(b"\n")
    assert journal.startswith(opening) or opening.startswith(journal)
    assert main(["gate", str(report)]) != 0
    left = [name for name in DOCUMENTS if (report / name).exists()]
    if left:
        rendered = report.with_name("rendered")
        main(["render", str(report), "--to", str(rendered)])
        assert {n: (report / n).read_bytes() for n in left} == {
            n: (rendered / n).read_bytes() for n in left
        }
        review = json.loads((report / "review.json").read_text(encoding="utf-8"))
        assert review["verdict"] not in READY_WORDS
    changes = report / "changes.html"
    assert not changes.exists() or changes.read_bytes().endswith(b"</html>\n")
    return True


def test_a_run_of_which_one_call_fails_is_no_run_and_harms_none_before(
    place: Place, old: Path, trials: Any, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    assert judged(place, old, log=str(log)).status == 0
    new = files_in(place.report)
    assert main(["gate", str(place.report)]) == 0
    calls = json.loads(log.read_text(encoding="utf-8"))
    ends: Counter[int] = Counter()
    for count, (number, how) in enumerate(chosen(calls, trials)):
        ran = judged(place, old, how=how, at=number)
        call, path = calls[number]
        said = ran.out + ran.err
        what = f"{how} at {number}, {call} {path}: {ran.status} {said}"
        ends[ran.status] += 1
        check_old(place.report, old)
        check_evidence(place.report)
        if ran.status == 0:
            # Python writes the rest, and a folder that is there need not be made.
            assert how == SHORT or call == "mkdir", what
            assert files_in(place.report) == new, what
        else:
            assert check_failed(place.report, old, new) or ran.status == 4, what
            assert any(symptom in said for symptom in SYMPTOMS), what
            left = [*place.report.rglob(".tmp-*")]
            assert call == "unlink" or not left, what
        if count % AGAIN == 0:
            assert place.judge().status == 0
            found = files_in(place.report)
            assert [found[name] for name in DOCUMENTS] == [new[name] for name in DOCUMENTS]
            assert not [name for name in found if ".tmp-" in name or name.startswith(".run/")]
    told = ", ".join(f"{status} ({number} times)" for status, number in sorted(ends.items()))
    text = f"{ends.total()} runs with one failing call among {len(calls)}: ended with {told}"
    trials.saw("one call to the disk fails", seed=SEED, text=text)


RENAMES = ("rename", "replace")
KERNEL = [
    ("fsync", "EIO", "journal.jsonl"),
    ("rename", "ENOSPC", "statement.json"),
    ("rename", "EIO", "previous/review.json"),
    ("fsync", "ENOSPC", "readiness-report"),
]
"""A call of the system, its error, and the last file in whose case it comes."""


def traced(place: Place, old: Path, call: str, error: str, number: int) -> int:
    """Judge again where the old report lies, in a process to which the kernel refuses one call."""
    shutil.rmtree(place.report)
    shutil.copytree(old, place.report)
    inject = ("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}")
    strace = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", *inject)
    run = ("pytest", "readiness/", *place.repository.arguments, "-p", "no:xdist", "-q")
    ended = subprocess.run(
        [*strace, sys.executable, "-m", *run],
        cwd=place.repository.path,
        env=clean_environment(PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True,
        check=False,
    )
    return ended.returncode


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_what_the_kernel_refuses_leaves_what_this_trial_leaves(
    place: Place, old: Path, trials: Any, tmp_path: Path
) -> None:
    log = tmp_path / "calls"
    judged(place, old, log=str(log))
    calls = [(call, str(path)) for call, path in json.loads(log.read_text(encoding="utf-8"))]
    for call, error, last in KERNEL[: trials.many(2, len(KERNEL))]:
        names = RENAMES if call == "rename" else (call,)
        of_kind = [number for number, (name, _) in enumerate(calls) if name in names]
        at = max(number for number in of_kind if calls[number][1].endswith(last))
        ran = judged(place, old, how=error, at=at)
        left = files_in(place.report)
        assert ran.status != 0
        assert traced(place, old, call, error, 1 + of_kind.index(at)) == ran.status
        assert files_in(place.report) == left


def test_a_signature_of_which_one_call_fails_costs_none_that_is_there(
    place: Place,
    old: Path,
    trials: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place.repository.path)

    def signed(how: str = "", at: int = -1) -> tuple[int, list[tuple[str, str]]]:
        shutil.rmtree(place.report)
        shutil.copytree(old, place.report)
        with trouble(place.report, how, at) as one:
            return main([*place.signing("bo")]), one.calls

    before = files_in(old)
    status, calls = signed()
    after = files_in(place.report)
    assert status == 0
    ends: Counter[int] = Counter()
    for number, how in chosen(calls, trials):
        capsys.readouterr()
        status, _ = signed(how, number)
        call, _ = calls[number]
        said = capsys.readouterr().err
        what = f"{how} at {number}, {call}: {status} {said}"
        ends[status] += 1
        found = files_in(place.report)
        changed = {name for name in {*after, *found} if found.get(name) != before.get(name)}
        if call == "unlink":
            changed = {name for name in changed if ".tmp-" not in name}
        assert changed <= {"signoff.json", "signoff.md"}, what
        assert all(found[name] == after[name] for name in changed), what
        if status == 0:
            assert how == SHORT or call == "mkdir", what
            assert found == after, what
        else:
            assert status in {1, 4}, what
            assert any(symptom in said for symptom in SYMPTOMS), what
        main([*place.signing("bo")])
        assert (place.report / "signoff.json").read_bytes() == after["signoff.json"], what
    told = ", ".join(f"{status} ({number} times)" for status, number in sorted(ends.items()))
    text = f"{ends.total()} signatures with one failing call among {len(calls)}: ended with {told}"
    trials.saw("one call to the disk fails while somebody signs", seed=SEED, text=text)
