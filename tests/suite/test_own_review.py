"""This project judged by its own items about code and delivery, against ``own-review.json``.

``docs/own-review.md`` says of each item that does not pass why that is right, and what would change
it; ``UPDATE_GOLDEN=1`` writes the golden review anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[2]
GOLDEN = CHECKOUT / "tests" / "golden" / "own-review.json"
OWN = CHECKOUT / "docs" / "own-review"
PAGE = CHECKOUT / "docs" / "own-review.md"
AS_OF = "2026-11-27"
MODULES = ("readiness/test_code_security.py", "readiness/test_cicd.py")
NOUGHTS = "0" * 40
GOOD = {"pass", "attested"}
ROW = re.compile(r"^\| `([a-z.-]+)` \| ([A-Z_]+) \| \S.* \| \S.* \|$", re.MULTILINE)


def head() -> str:
    """The commit of this checkout; without one there is no release to judge."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed, so nobody tells the commit of this checkout")
    asked = ["git", "-C", str(CHECKOUT), "rev-parse", "HEAD"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    if said.returncode:
        pytest.skip(f"this is no checkout of the repository: {said.stderr.strip()[:200]}")
    return said.stdout.strip()


@pytest.fixture(scope="module")
def review(
    lay_down: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What comes of judging this checkout's commit, without what differs between commits."""
    commit, folder = head(), tmp_path_factory.mktemp("own")
    repository = lay_down(folder)
    shutil.copytree(OWN, repository.suite, dirs_exist_ok=True)
    profile = repository.suite / "readiness.toml"
    text = profile.read_text(encoding="utf-8")
    assert text.count(NOUGHTS) == 1
    profile.write_text(text.replace(NOUGHTS, commit), encoding="utf-8")
    plain = ("-p", "no:cacheprovider", "-p", "no:xdist", "--orr-as-of", AS_OF)
    ran = repository.pytest(*MODULES, *plain, env={"CHECKOUT": str(CHECKOUT)})
    assert (repository.report / "selection.json").exists(), ran.out + ran.err
    said = repository.document("selection.json")
    judged = [one for one in said["items"] if f"readiness/{one['file']}" in MODULES]
    made = {"verdict": said["verdict"], "items": [_told(one) for one in judged]}
    plainly = _neutral(json.dumps(made, ensure_ascii=False), commit, folder)
    return {**json.loads(plainly)}


def _told(item: dict[str, Any]) -> dict[str, Any]:
    """What is compared of an item: the findings tell what its reason counts alone."""
    findings = [f"{one['outcome']}: {one['subject']}: {one['detail']}" for one in item["findings"]]
    wanted = {name: item[name] for name in ("id", "outcome", "reason")}
    return {**wanted, "findings": findings}


def _neutral(text: str, commit: str, folder: Path) -> str:
    for own, word in ((str(CHECKOUT), "CHECKOUT"), (str(folder), "FOLDER"), (commit, "COMMIT")):
        text = text.replace(own, word)
    text = re.sub(r"\b[0-9a-f]{12}\b|\b[0-9a-f]{40}\b", "COMMIT", text)
    return re.sub(r"\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?", "DATE", text)


def golden() -> dict[str, str]:
    """Outcomes of the golden review by id."""
    kept = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return {one["id"]: one["outcome"] for one in kept["items"]}


def test_this_project_is_judged_by_its_own_items_as_the_golden_review_says(
    review: dict[str, Any],
) -> None:
    text = json.dumps(review, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    kept = GOLDEN.read_text(encoding="utf-8")
    assert text == kept, "if this is wanted, run again with UPDATE_GOLDEN=1"


def test_the_golden_review_has_every_item_about_code_and_delivery() -> None:
    ids = {
        found
        for module in MODULES
        for found in re.findall(
            r'mark\.orr\(\s*"([a-z.-]+)"', (CHECKOUT / module).read_text(encoding="utf-8")
        )
    }
    assert golden().keys() == ids


@pytest.mark.parametrize("part", ["What is open", "What does not apply"])
def test_the_page_says_of_exactly_the_items_that_do_not_pass_why_that_is_right(part: str) -> None:
    open_part = part == "What is open"
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    said = ROW.findall(section)
    due = {
        one: outcome.upper()
        for one, outcome in golden().items()
        if outcome not in GOOD and (outcome != "not_applicable") is open_part
    }
    assert dict(said) == due
    assert len(said) == len(due), "an item has one line"
