"""``orr publish``: only what is named is written, once, whoever else writes; nothing by default."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_board import MERGE_REQUEST, OWN_USER, WRITER, board_server
from examples.explorer.forge_server import Answer, ForgeServer
from examples.explorer.forge_state import TOKEN
from pytest_orr.clients.publishing.interface import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from examples.explorer.forge_board import Board, Posted
    from examples.explorer.forge_server import Request
    from tests.unit.cli.conftest import Said

VARIABLE = "ORR_PUBLISH_TOKEN"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass
class Publishing:
    """A forge on loopback, and the command that publishes to it."""

    kind: str
    server: ForgeServer
    written: Board
    orr: Callable[..., Said]

    def publish(self, *arguments: object) -> Said:
        """Run ``orr publish`` against this forge."""
        root = {"gitlab": "", "github": "/api/v3"}[self.kind]
        where = ("--url", f"{self.server.url}{root}", "--project", "explorer/explorer")
        return self.orr("publish", self.kind, *arguments, *where)

    @property
    def writes(self) -> list[Request]:
        """What was written, or tried to."""
        return [one for one in self.server.asked if one.method in WRITES]

    @property
    def states(self) -> list[tuple[str, bool]]:
        """The item of each issue, and whether it is closed."""
        return [(one.body.split(" ")[4], one.is_closed) for one in self.written.issues]


def _started(kind: str, orr: Callable[..., Said]) -> Iterator[Publishing]:
    server, written = board_server(kind, most=2)
    yield Publishing(kind, server, written, orr)
    server.close()


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, WRITER)


@pytest.fixture(params=["gitlab", "github"])
def forge(request: pytest.FixtureRequest, orr: Callable[..., Said]) -> Iterator[Publishing]:
    yield from _started(request.param, orr)


@pytest.fixture
def gitlab(orr: Callable[..., Said]) -> Iterator[Publishing]:
    yield from _started("gitlab", orr)


@pytest.fixture
def github(orr: Callable[..., Said]) -> Iterator[Publishing]:
    yield from _started("github", orr)


@pytest.fixture
def ids(three: Any) -> list[str]:
    """Ids of the three items."""
    return [item.id for item in three]


def again(folder: Path) -> None:
    """Take a report away, so that another run may write one."""
    shutil.rmtree(folder)


def issue(forge: Publishing, item: str) -> Posted:
    [found] = [one for one in forge.written.issues if item in one.body.split("\n")[0]]
    return found


def test_each_open_item_gets_an_issue_and_a_second_run_changes_nothing(
    forge: Publishing, report_of: Callable[..., Path], ids: list[str]
) -> None:
    folder = report_of("fail", "pass", "pending")

    first = forge.publish(folder, "--issues")

    assert (first.status, first.lines[-1]) == (0, "explorer/explorer: 2 written")
    assert sorted(forge.states) == sorted([(ids[0], False), (ids[2], False)])
    assert all(one.labels == [LABEL] for one in forge.written.issues)
    forge.server.asked.clear()
    second = forge.publish(folder, "--issues")
    assert (second.status, second.out) == (0, "explorer/explorer: as it was\n")
    assert forge.writes == []


def test_another_run_changes_closes_and_opens_again_what_is_there(
    forge: Publishing, report_of: Callable[..., Path], ids: list[str]
) -> None:
    steps = (
        (("fail", "pass", "pending"), {ids[0]: False, ids[2]: False}),
        (("unknown", "pass", "pass"), {ids[0]: False, ids[2]: True}),
        (("pass", "pass", "fail"), {ids[0]: True, ids[2]: False}),
    )
    for outcomes, expected in steps:
        folder = report_of(*outcomes)
        assert forge.publish(folder, "--issues").status == 0
        assert dict(forge.states) == expected
        again(folder)

    assert len(forge.written.issues) == 2
    assert "**FAIL**" in issue(forge, ids[2]).body
    assert "**PASS**" in issue(forge, ids[0]).body


def test_a_run_that_is_the_same_but_newer_leaves_issues_alone(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("fail", "pass", "pending")
    forge.publish(folder, "--issues")
    again(folder)
    forge.server.asked.clear()

    assert forge.publish(report_of("fail", "pass", "pending"), "--issues").status == 0
    assert forge.writes == []


def test_a_note_is_kept_up_to_date_with_what_changed_since_it_was_written(
    gitlab: Publishing, report_of: Callable[..., Path], ids: list[str]
) -> None:
    def tell(*outcomes: str) -> str:
        folder = report_of(*outcomes)
        for _ in range(2):
            said = gitlab.publish(folder, "--merge-request", MERGE_REQUEST)
            assert said.status == 0, said.err
        again(folder)
        [note] = gitlab.written.notes
        return note.body

    assert "This is the first review that is told here." in tell("fail", "pass", "pending")
    later = tell("pass", "fail", "pending")
    assert f"- worse: `{ids[1]}` is **FAIL**, was PASS" in later
    assert f"- better: `{ids[0]}` is **PASS**, was FAIL" in later
    assert f"`{ids[2]}` is" not in later


def test_the_first_note_compares_with_the_run_before_if_it_is_there(
    gitlab: Publishing, report_of: Callable[..., Path], tmp_path: Path, ids: list[str]
) -> None:
    before = report_of("pass", "pass", "pass")
    before.rename(tmp_path / "before")
    folder = report_of("pass", "pass", "fail")
    (folder / "previous").mkdir()
    shutil.copyfile(tmp_path / "before" / "review.json", folder / "previous" / "review.json")

    gitlab.publish(folder, "--merge-request", MERGE_REQUEST)

    assert f"- worse: `{ids[2]}` is **FAIL**, was PASS" in gitlab.written.notes[0].body


@pytest.mark.parametrize("kept", [b"no JSON", b"\xff", b"{}"])
def test_a_run_before_that_cannot_be_read_is_left_out(
    gitlab: Publishing, report_of: Callable[..., Path], kept: bytes
) -> None:
    folder = report_of("pass", "pass", "fail")
    (folder / "previous").mkdir()
    (folder / "previous" / "review.json").write_bytes(kept)

    assert gitlab.publish(folder, "--merge-request", MERGE_REQUEST).status == 0
    assert "the first review" in gitlab.written.notes[0].body


def test_a_run_before_of_another_service_is_left_out(
    gitlab: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("pass", "pass", "fail")
    review = json.loads((folder / "review.json").read_text(encoding="utf-8"))
    (folder / "previous").mkdir()
    other = json.dumps({**review, "service": "another"})
    (folder / "previous" / "review.json").write_text(other, encoding="utf-8")

    gitlab.publish(folder, "--merge-request", MERGE_REQUEST)

    assert "the first review" in gitlab.written.notes[0].body


def test_a_note_by_somebody_else_is_no_note_of_ours_whatever_it_says(
    gitlab: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("fail", "pass", "pass")
    gitlab.publish(folder, "--merge-request", MERGE_REQUEST)
    [own] = gitlab.written.notes
    forged = gitlab.written.make_note(own.body, author=7)
    gitlab.written.notes.remove(own)

    gitlab.publish(folder, "--merge-request", MERGE_REQUEST)

    assert [one.author for one in gitlab.written.notes] == [7, OWN_USER]
    assert forged.body == own.body


def test_of_two_runs_that_write_at_once_one_issue_and_one_note_stay(
    gitlab: Publishing, report_of: Callable[..., Path]
) -> None:
    """A second run publishes all while the first is on its way to write what it has planned."""
    folder = report_of("fail", "pass", "pass")
    both = ("--issues", "--merge-request", MERGE_REQUEST)
    tell = gitlab.server.tell
    others: list[int] = []

    def race(state: Any, request: Request) -> Answer:
        if request.method == "POST" and not others:
            others.append(99)
            others.append(gitlab.publish(folder, *both).status)
        return tell(state, request)

    gitlab.server.tell = race
    said = gitlab.publish(folder, *both)

    assert (said.status, others[-1]) == (0, 0)
    assert len(gitlab.written.notes) == 1
    assert [one.is_closed for one in gitlab.written.issues] == [False, True]
    gitlab.server.asked.clear()
    assert gitlab.publish(folder, *both).out == "explorer/explorer: as it was\n"


def test_two_runs_that_make_the_same_issue_leave_one_open_on_either_forge(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("fail", "pass", "pass")
    tell = forge.server.tell
    others: list[int] = []

    def race(state: Any, request: Request) -> Answer:
        if request.method == "POST" and not others:
            others.append(99)
            others.append(forge.publish(folder, "--issues").status)
        return tell(state, request)

    forge.server.tell = race

    assert (forge.publish(folder, "--issues").status, others[-1]) == (0, 0)
    assert [one.is_closed for one in forge.written.issues] == [False, True]


def test_a_note_that_is_removed_while_it_is_to_be_changed_is_written_anew(
    gitlab: Publishing, report_of: Callable[..., Path]
) -> None:
    first = report_of("fail", "pass", "pass")
    gitlab.publish(first, "--merge-request", MERGE_REQUEST)
    again(first)
    tell = gitlab.server.tell
    removed: list[Any] = []

    def removing(state: Any, request: Request) -> Answer:
        if request.method == "PUT" and not removed:
            removed.append(gitlab.written.notes.pop())
        return tell(state, request)

    gitlab.server.tell = removing
    said = gitlab.publish(report_of("pass", "pass", "pass"), "--merge-request", MERGE_REQUEST)

    assert said.status == 0
    [note] = gitlab.written.notes
    assert "**READY.**" in note.body


def test_a_limit_in_the_middle_is_waited_for_and_all_is_written_once(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    limits = [Answer(status=429, body=b"{}", headers={"Retry-After": "0"})] * 2
    tell = forge.server.tell

    def limited(state: Any, request: Request) -> Answer:
        return limits.pop() if request.method == "POST" and limits else tell(state, request)

    forge.server.tell = limited
    said = forge.publish(report_of("fail", "fail", "pass"), "--issues")

    assert said.status == 0
    assert "asks to wait" in said.err
    assert len(forge.written.issues) == 2


def test_a_run_that_broke_off_is_finished_by_the_next_one(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("fail", "fail", "fail")
    tell, left = forge.server.tell, [1]

    def breaking(state: Any, request: Request) -> Answer:
        if request.method == "POST" and not left:
            return Answer(status=500, body=b"{}")
        if request.method == "POST":
            left.pop()
        return tell(state, request)

    forge.server.tell = breaking
    broken = forge.publish(folder, "--issues")
    assert broken.status == 4
    assert "what was written is found then, and not written twice" in broken.err
    assert len(forge.written.issues) == 1
    forge.server.tell = tell
    assert forge.publish(folder, "--issues").status == 0
    assert len(forge.written.issues) == 3


def test_without_a_token_nothing_is_asked_and_the_variable_is_named(
    forge: Publishing, report_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)

    said = forge.publish(report_of("fail", "pass", "pass"), "--issues")

    assert said.status == 4
    assert said.err.startswith(f"environment variable {VARIABLE} is not set")
    assert forge.server.asked == []


def test_a_token_with_too_few_scopes_writes_nothing_and_is_told_what_it_lacks(
    forge: Publishing, report_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_TOKEN", TOKEN)

    said = forge.publish(report_of("fail", "pass", "pass"), "--issues", "--token", "THE_TOKEN")

    assert said.status == 4
    assert {"gitlab": "scope api", "github": "issues: write"}[forge.kind] in said.err
    assert forge.written.issues == []


def test_a_dry_run_shows_all_that_would_be_written_and_writes_nothing(
    forge: Publishing, report_of: Callable[..., Path], ids: list[str]
) -> None:
    note = ("--merge-request", MERGE_REQUEST) if forge.kind == "gitlab" else ()

    said = forge.publish(report_of("fail", "pass", "pass"), "--issues", "--dry-run", *note)

    assert said.status == 0
    assert forge.writes == []
    assert any(line.startswith("would create an issue: ") for line in said.lines)
    assert any(ids[0] in line for line in said.lines)
    assert all(line.startswith(("would ", "    | ")) for line in said.lines)
    assert ("would write a note to the merge request" in said.lines) == bool(note)


def test_the_summary_and_the_annotations_need_no_token_and_no_forge(
    github: Publishing,
    report_of: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    three: Any,
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backend").write_text("a file of that name", encoding="utf-8")
    file = tmp_path / "summary.md"
    file.write_text("By others.\n", encoding="utf-8")
    folder = report_of("fail", "pass", "pass")

    for _ in range(2):
        said = github.publish(folder, "--summary", file, "--annotations")

    assert said.lines[0] == f"wrote {file}"
    assert said.lines[1:] == [f"::error title={three[0].id},file=backend::FAIL: backend: seen"]
    told = file.read_text(encoding="utf-8")
    assert told.count("### Launch readiness of demo, production") == 1
    assert told.endswith("By others.\n")
    assert github.server.asked == []


def test_findings_with_a_file_are_written_as_sarif_and_code_quality_without_a_token(
    gitlab: Publishing,
    report_of: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backend").write_text("a file of that name", encoding="utf-8")
    folder = report_of("fail", "pass", "pending")

    said = gitlab.publish(folder, "--sarif", "out.sarif", "--code-quality", "quality.json")

    assert (said.status, said.out) == (0, "wrote quality.json\nwrote out.sarif\n")
    [run] = json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8"))["runs"]
    assert [one["kind"] for one in run["results"]] == ["fail", "review"]
    quality = json.loads((tmp_path / "quality.json").read_text(encoding="utf-8"))
    assert {one["location"]["path"] for one in quality} == {"backend"}
    assert gitlab.server.asked == []


def test_what_lies_outside_the_repository_is_no_file_of_it(
    gitlab: Publishing,
    report_of: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "outside").write_text("not in the repository", encoding="utf-8")
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    (tmp_path / "repository" / "backend").symlink_to(tmp_path / "outside")

    said = gitlab.publish(report_of("fail", "pass", "pass"), "--sarif", "out.sarif")

    assert said.status == 0
    [run] = json.loads((tmp_path / "repository/out.sarif").read_text(encoding="utf-8"))["runs"]
    assert run["results"] == []
    assert run["properties"] == {"verdict": "not_ready", "findingsWithoutFile": 1}


def test_a_dry_run_of_summary_and_annotations_writes_nothing_and_marks_nothing(
    github: Publishing, report_of: Callable[..., Path], tmp_path: Path
) -> None:
    file = tmp_path / "summary.md"

    said = github.publish(
        report_of("fail", "pass", "pass"), "--summary", file, "--annotations", "--dry-run"
    )

    assert not file.exists()
    assert not any(line.startswith("::") for line in said.lines)
    assert f"would write {file}" in said.lines
    assert "would print these commands" in said.lines


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing is published that is not named"),
        (("--issues",), "name the project"),
        (("--merge-request", "7"), "name the project"),
        (("--summary", "x", "--project", "a/b"), "are GitHub's"),
        (("--annotations", "--project", "a/b"), "are GitHub's"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_anything_is_read(
    orr: Callable[..., Said], arguments: tuple[str, ...], said: str
) -> None:
    told = orr("publish", "gitlab", "nowhere", *arguments)

    assert told.status == 4
    assert said in told.err


def test_github_has_no_merge_requests(orr: Callable[..., Said]) -> None:
    told = orr("publish", "github", "nowhere", "--merge-request", 7, "--project", "a/b")

    assert told.status == 4
    assert "--merge-request and --code-quality are GitLab's" in told.err


def test_a_review_that_is_not_what_the_journal_says_is_not_published(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("fail", "pass", "pass")
    review = folder / "review.json"
    review.write_text(review.read_text(encoding="utf-8").replace("not_ready", "ready"))

    said = forge.publish(folder, "--issues")

    assert said.status == 21
    assert "is not what the journal says" in said.err
    assert forge.server.asked == []


def test_a_run_of_a_selection_is_not_published(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    said = forge.publish(report_of("fail", "pass", "pass", selection="-k x"), "--issues")

    assert said.status == 21
    assert "no whole run was judged" in said.err
    assert forge.server.asked == []


def test_what_the_public_may_not_see_is_masked_in_the_same_issue(
    forge: Publishing, report_of: Callable[..., Path]
) -> None:
    folder = report_of("fail", "pass", "pass", seen="in 123456789012 at 10.1.2.3")
    forge.publish(folder, "--issues")
    [made] = forge.written.issues
    assert "123456789012 at 10.1.2.3" in made.body

    assert forge.publish(folder, "--issues", "--public").status == 0
    assert forge.written.issues == [made]
    assert "123456789012" not in made.body
    assert "10.1.2.3" not in made.body
