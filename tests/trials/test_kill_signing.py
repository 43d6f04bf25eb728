"""Whoever is killed while signing leaves the signatures that were there, or one more; no half."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main
from tests.conftest import clean_environment
from tests.trials.disk_trouble import KILL, VARIABLE, trouble
from tests.trials.signing_place import files_in, lay_down_to_sign

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trials.signing_place import Place

pytestmark = pytest.mark.trial

SEED = 20261128
SIGNING = "import disk_trouble; from pytest_orr.cli import main; raise SystemExit(main())"
WRITTEN = ("signoff.json", "signoff.md")


def killed(place: Place, name: str, number: int) -> int:
    """Sign in a process that dies at one of its calls to the disk; return its status."""
    how = {"folder": str(place.report), "how": KILL, "at": number}
    signing = subprocess.run(
        [sys.executable, "-c", SIGNING, *place.signing(name)],
        cwd=place.repository.path,
        env=clean_environment(**{VARIABLE: json.dumps(how)}),
        capture_output=True,
        check=False,
    )
    return signing.returncode


def lay(report: Path, files: dict[str, bytes]) -> None:
    """Make what was written what it was before."""
    for name in WRITTEN:
        (report / name).write_bytes(files[name])
    for half in report.glob(".tmp-*"):
        half.unlink()


def test_a_killed_signer_costs_no_signature_and_leaves_no_half(
    trials: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = lay_down_to_sign(tmp_path)
    assert place.sign("ana").status == 0
    before = files_in(place.report)
    monkeypatch.chdir(place.repository.path)
    with trouble(place.report) as counted:
        assert main([*place.signing("bo")]) == 0
    after = files_in(place.report)
    every = range(len(counted.calls))
    chance = random.Random(SEED)  # noqa: S311 a fixed seed
    ends: Counter[str] = Counter()
    for number in chance.sample(every, trials.many(len(every) // 10, len(every))):
        lay(place.report, before)
        assert killed(place, "bo", number) == -signal.SIGKILL
        found = {n: one for n, one in files_in(place.report).items() if ".tmp-" not in n}
        assert {n: one for n, one in found.items() if n not in WRITTEN} == {
            n: one for n, one in before.items() if n not in WRITTEN
        }
        assert all(found[name] in {before[name], after[name]} for name in WRITTEN)
        is_signed = found["signoff.json"] == after["signoff.json"]
        ends["with" if is_signed else "without"] += 1
        assert main([*place.signing("bo")]) == (4 if is_signed else 0)
        assert (place.report / "signoff.json").read_bytes() == after["signoff.json"]
    assert place.sign("eve").status == 0
    assert main(["verify"]) == 0
    assert place.judge().status == 0
    assert not list(place.report.rglob(".tmp-*"))
    told = ", ".join(f"{count} {end} the new signature" for end, count in sorted(ends.items()))
    text = f"{ends.total()} kills: {told}, none lost; the next signer and run found all in order"
    trials.saw("kill -9 of orr sign", seed=SEED, text=text)
