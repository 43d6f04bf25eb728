"""The whole checklist, shown ready, signed by three people and judged again by whoever verifies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("untraced")


@pytest.fixture
def listed(ready: Any, policy: str) -> Any:
    """The repaired example by a policy that lists three people's keys, shown ready."""
    path = ready.suite / "policy.toml"
    gate = path.read_text(encoding="utf-8").partition("[signoff]")[0]
    path.write_text(f"{gate}\n{policy}", encoding="utf-8")
    ran = ready.judge("-p", "no:xdist")
    assert (ran.status, ready.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    return ready


def test_the_repaired_example_is_signed_off_and_its_replay_gives_the_same_bytes(
    listed: Any, keys: Mapping[str, Path]
) -> None:
    for name in ("ana", "eve", "bo"):
        said = listed.orr("sign", "--key", str(keys[name]), "--yes")
        assert said.status == 0, said.err
    assert listed.orr("sign", "--results", "--key", str(keys["ci"]), "--yes").status == 0
    said = listed.orr("verify", "--replay", "--json")
    assert said.status == 0, said.out + said.err
    found = json.loads(said.out)
    assert (found["verdict"], found["replayed"]) == ("ready", True)
    assert [one["role"] for one in found["roles"]] == ["service", "security", "principal-engineer"]
    named = {one["sha256"] for item in listed.review()["items"] for one in item["evidence"]}
    kept = {path.name for path in (listed.report / "evidence").iterdir()}
    assert kept == named - {""}
    evidence = listed.suite / "evidence"
    [first, *_] = sorted(evidence.rglob("*.md"))
    first.write_text("Something else.\n", encoding="utf-8")
    assert json.loads(listed.orr("verify", "--replay", "--json").out)["refused"] == "replay-differs"
