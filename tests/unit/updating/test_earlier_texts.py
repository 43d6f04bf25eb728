"""What git is asked for an update: earlier texts and a merge, and nothing of a repository runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.git_earlier import EarlierTexts
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Repository

    Git = Callable[..., bytes]

HOOKED = "touch {mark}"


@pytest.fixture
def texts(committed: Repository) -> Iterator[EarlierTexts]:
    found = EarlierTexts(committed.suite)
    yield found
    found.close()


def write(repository: Repository, git: Git, text: str) -> None:
    (repository.suite / "test_code.py").write_text(text, encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", text)


def test_every_text_of_every_branch_and_of_a_detached_head_is_found(
    committed: Repository, git: Git, baselines: dict[str, Path]
) -> None:
    write(committed, git, "second")
    git("switch", "-qc", "side")
    write(committed, git, "aside")
    git("switch", "-q", "--detach", "main")
    write(committed, git, "nowhere")
    git("rm", "-q", "readiness/test_code.py")
    git("commit", "-qm", "gone")
    found = EarlierTexts(committed.suite)
    first = (baselines["1.0"] / "test_code.py").read_bytes()
    told = found.of(["test_code.py", "test_never.py"])
    found.close()
    assert set(told["test_code.py"]) == {first, b"second", b"aside", b"nowhere"}
    assert told["test_never.py"] == ()


def test_two_changes_of_other_lines_are_merged_and_two_of_one_line_are_not(
    texts: EarlierTexts,
) -> None:
    base = b"".join(b"%d\n" % number for number in range(9))
    ours, theirs = base.replace(b"1\n", b"one\n"), base.replace(b"7\n", b"seven\n")
    assert texts.merged(ours, base, theirs) == ours.replace(b"7\n", b"seven\n")
    assert texts.merged(ours, base, base.replace(b"1\n", b"eins\n")) is None


def test_what_is_no_text_cannot_be_merged(texts: EarlierTexts) -> None:
    with pytest.raises(FactUnavailable, match="git cannot merge"):
        texts.merged(b"\0a\n", b"\0\n", b"\0b\n")


def test_a_repository_without_a_commit_knows_nothing(service: Repository, git: Git) -> None:
    git("init", "-q")
    with pytest.raises(FactUnavailable) as caught:
        EarlierTexts(service.suite)
    assert caught.value.cause.endswith("has no commit")
    assert caught.value.remedy == "commit the suite before it changes"


def test_history_that_is_not_whole_is_told(committed: Repository, git: Git) -> None:
    lost = git("rev-parse", "HEAD:readiness/test_code.py").decode().strip()
    (committed.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    found = EarlierTexts(committed.suite)
    with pytest.raises(FactUnavailable, match="git cannot read object"):
        found.of(["test_code.py"])
    head = git("rev-parse", "HEAD:readiness").decode().strip()
    (committed.path / ".git" / "objects" / head[:2] / head[2:]).unlink()
    with pytest.raises(FactUnavailable, match="git cannot go through the history"):
        found.of(["test_code.py"])
    found.close()


def test_nothing_that_a_repository_configures_runs(
    committed: Repository, git: Git, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    for key in ("core.fsmonitor", "merge.own.driver", "diff.own.textconv", "diff.own.command"):
        git("config", key, HOOKED.format(mark=mark))
    git("config", "filter.own.smudge", HOOKED.format(mark=mark))
    attributes = "*.py merge=own diff=own filter=own\n"
    (committed.path / ".git" / "info").mkdir(exist_ok=True)
    (committed.path / ".git" / "info" / "attributes").write_text(attributes, encoding="utf-8")
    found = EarlierTexts(committed.suite)
    assert len(found.of(["test_code.py"])["test_code.py"]) == 1
    assert (
        found.merged(b"a\nb\nc\nd\ne\n", b"1\nb\nc\nd\ne\n", b"1\nb\nc\nd\n5\n")
        == b"a\nb\nc\nd\n5\n"
    )
    found.close()
    assert not mark.exists()
