"""The whole checklist, shown ready, signed by three people and judged again by whoever verifies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NEXT_DAY = "2026-11-21T12:00:00Z"
"""After the day by which the example is judged."""
CHANGES = (
    ("readiness-report/statement.json", "explorer", "explores", "other-statement"),
    ("readiness-report/signoff.json", '"payload":"e', '"payload":"f', "signature-invalid"),
    ("readiness-report/readiness.html", "explorer", "explores", "report-differs"),
    ("readiness/readiness.toml", 'name        = "explorer"', 'name = "exploder"', "other-service"),
    ("readiness/policy.toml", "minor   = 180", "minor   = 181", "other-policy"),
)
"""One thing each that is changed: file, what stood there, what stands there then, the refusal."""

pytestmark = pytest.mark.usefixtures("untraced")


def dated(facts: str) -> str:
    """Let everything have been read on the day by which the example is judged."""
    read = json.loads(facts)
    read["run"]["started"] = read["run"]["as_of"]
    for one in read["observations"].values():
        one["read_at"] = read["run"]["as_of"]
    return json.dumps(read)


@pytest.fixture
def listed(ready: Any, policy: str) -> Any:
    """The repaired example by a policy that lists three people's keys, shown ready."""
    path = ready.suite / "policy.toml"
    gate = path.read_text(encoding="utf-8").partition("[signoff]")[0]
    path.write_text(f"{gate}\n{policy}", encoding="utf-8")
    facts = ready.path / "facts.json"
    facts.write_text(dated(facts.read_text(encoding="utf-8")), encoding="utf-8")
    ran = ready.judge("-p", "no:xdist")
    assert (ran.status, ready.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    return ready


def refusal(listed: Any, *arguments: str) -> str:
    """Verify, and return the code of the refusal; empty if it holds."""
    said = listed.orr("verify", "--json", *arguments, clock=NEXT_DAY)
    found = json.loads(said.out)
    assert (said.status, found["valid"]) in {(0, True), (1, False)}, said.out
    return str(found.get("refused") or "")


def changed(path: Path, old: str, new: str) -> Iterator[None]:
    """Change something in a file for a while."""
    before = path.read_bytes()
    assert old.encode() in before, path
    path.write_bytes(before.replace(old.encode(), new.encode(), 1))
    yield
    path.write_bytes(before)


def test_the_repaired_example_holds_with_three_signatures_and_nothing_changed(
    listed: Any, keys: Mapping[str, Path]
) -> None:
    runner = str(keys["ci"])
    for name, so_far in (("ana", "roles-unfilled"), ("eve", "roles-unfilled"), ("bo", "")):
        said = listed.orr("sign", "--key", str(keys[name]), "--yes", clock=NEXT_DAY)
        assert said.status == 0, said.err
        assert refusal(listed) == so_far
    assert listed.orr("sign", "--results", "--key", runner, "--yes", clock=NEXT_DAY).status == 0
    for file, old, new, code in CHANGES:
        for _ in changed(listed.path / file, old, new):
            assert refusal(listed) == code, file
    assert refusal(listed, "--commit", "f" * 40) == "other-commit"
    assert refusal(listed) == ""
    said = listed.orr("verify", "--replay", "--json", clock=NEXT_DAY)
    assert said.status == 0, said.out + said.err
    found = json.loads(said.out)
    assert (found["verdict"], found["replayed"]) == ("ready", True)
    assert [one["role"] for one in found["roles"]] == ["service", "security", "principal-engineer"]
    named = {one["sha256"] for item in listed.review()["items"] for one in item["evidence"]}
    kept = {path.name for path in (listed.report / "evidence").iterdir()}
    assert kept == named - {""}
    [first, *_] = sorted((listed.suite / "evidence").rglob("*.md"))
    first.write_text("Something else.\n", encoding="utf-8")
    assert refusal(listed, "--replay") == "replay-differs"
