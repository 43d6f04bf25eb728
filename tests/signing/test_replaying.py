"""The facts that were seen are judged again, by whoever verifies, and give the same bytes."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from pytest_orr.clients.judging import judge_again
from pytest_orr.errors import FactUnavailable
from pytest_orr.signing_off.replay import differences

FEWER = """

def pytest_collection_modifyitems(items):
    items[:] = [one for one in items if "seen" not in one.name]
"""


def replayed(place: Any) -> Any:
    said = place.orr("verify", "--replay", "--json")
    assert said.err == ""
    return json.loads(said.out)


def test_the_same_files_and_facts_give_the_same_bytes(signed: Any) -> None:
    before = sorted(path.name for path in signed.repository.path.rglob("*"))
    found = replayed(signed)
    assert (found["valid"], found["replayed"]) == (True, True)
    assert not any("not judged again" in one for one in found["notices"])
    made = {path.name for path in signed.repository.path.rglob("*")} - {*before}
    assert {name for name in made if not name.endswith(".pyc")} <= {"__pycache__"}


def test_a_public_report_is_judged_again_as_one(ready_to_sign: Any) -> None:
    image = '[release]\nimages = ["123456789012.dkr.ecr.eu-central-1.amazonaws.com/x"]'
    ready_to_sign.edit(ready_to_sign.suite_file("readiness.toml"), "[release]", image)
    ready_to_sign.judge("--orr-public")
    for name in ("ana", "bo", "eve"):
        assert ready_to_sign.sign(name).status == 0
    assert replayed(ready_to_sign)["valid"]


def test_items_that_are_judged_otherwise_here_are_named(signed: Any) -> None:
    conftest = signed.suite_file("conftest.py")
    conftest.write_text(conftest.read_text(encoding="utf-8") + FEWER, encoding="utf-8")
    found = replayed(signed)
    assert found["refused"] == "replay-differs"
    told = "review.json differs when judged again: demo.area.seen: pass became missing"
    assert found["reason"] == told


def test_a_replay_that_comes_to_nothing_is_refused_with_what_pytest_said(signed: Any) -> None:
    signed.suite_file("conftest.py").write_text("raise RuntimeError('gone')\n", encoding="utf-8")
    found = replayed(signed)
    assert found["refused"] == "replay-failed"
    assert found["reason"].startswith("the replay ended with 4: ")
    assert "gone" in found["reason"]


@pytest.mark.parametrize("name", ["facts.json", "review.json"])
def test_what_a_replay_needs_is_named(signed: Any, name: str) -> None:
    (signed.report / name).unlink()
    said = signed.orr("verify", "--replay")
    assert said.status == 4
    assert said.err == f"readiness-report/{name} is not there. --replay needs it.\n"


def test_a_replay_by_flags_from_elsewhere_is_the_same(
    signed: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(signed.report, elsewhere / "report")
    monkeypatch.chdir(elsewhere)
    suite = signed.repository.suite
    said = signed.orr("verify", "report", "--suite", suite, "--replay", "--json")
    assert json.loads(said.out)["valid"], said.out


def test_a_profile_that_lies_elsewhere_is_judged_again_by_flag(
    ready_to_sign: Any, tmp_path: Any
) -> None:
    profile = tmp_path / "service" / "readiness.toml"
    shutil.copytree(ready_to_sign.repository.suite, profile.parent)
    ready_to_sign.suite_file("readiness.toml").unlink()
    ready_to_sign.judge("--orr-profile", str(profile))
    for name in ("ana", "bo", "eve"):
        assert ready_to_sign.sign(name, "--profile", profile).status == 0
    said = ready_to_sign.orr("verify", "--profile", profile, "--replay", "--json")
    assert json.loads(said.out)["valid"], said.out


def test_what_differs_is_named_by_item_or_else_by_member_and_counted() -> None:
    before = {"items": [{"id": f"a.b.{n}", "outcome": "pass"} for n in range(7)], "x": {"y": 1}}
    after = {"items": [], "x": {"y": 1}}
    assert differences(before, after) == (
        *(f"a.b.{n}: pass became nothing" for n in range(5)),
        "and 2 more",
    )
    assert differences(before, before | {"x": {"y": 2}}) == ("x.y",)
    statements = [{"predicate": {"results": [{"id": "a", "status": one}]}} for one in "xy"]
    assert differences(*statements) == ("a: x became y",)


def test_a_run_that_never_ends_is_ended(tmp_path: Any) -> None:
    (tmp_path / "test_slow.py").write_text(
        "import time\n\n\ndef test_it():\n    time.sleep(60)\n", encoding="utf-8"
    )
    with pytest.raises(FactUnavailable, match=r"pytest took longer than 0\.2 seconds"):
        judge_again(tmp_path, ("test_slow.py",), seconds=0.2)


def test_what_only_this_shell_says_does_not_reach_a_replay(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("ORR_PHASE", "plan")
    (tmp_path / "test_env.py").write_text(
        "import os\n\n\ndef test_it():\n    assert 'ORR_PHASE' not in os.environ\n",
        encoding="utf-8",
    )
    ran = judge_again(tmp_path, ("test_env.py", "-q"), seconds=60)
    assert (ran.status, "1 passed" in ran.said) == (0, True), ran.said
