"""What is written reaches the forge once, and every refusal says what the token lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_board import OWN_USER
from examples.explorer.forge_server import Answer
from examples.explorer.forge_state import TOKEN
from pytest_orr.clients.publishing.interface import (
    LABEL,
    IssueChange,
    NewIssue,
    NewNote,
    NoteChange,
    NoteRemoval,
    PostedIssue,
    PostedNote,
    PublishingFailed,
    Vanished,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.explorer.forge_server import Request

ISSUE = NewIssue(title="A title", body="A body", due="2026-12-04")
CANARY = "canary-of-a-token"


def changed(number: int, body: str = "Another", **how: Any) -> IssueChange:
    values: dict[str, Any] = {"due": "", "is_closed": False, "was_closed": False, **how}
    return IssueChange(number=number, body=body, **values)


def failure(what: Callable[[], object]) -> PublishingFailed:
    with pytest.raises(PublishingFailed) as caught:
        what()
    return caught.value


def due(kind: str, day: str) -> str | None:
    return day if kind == "gitlab" else None


def test_an_issue_is_made_with_its_label_and_found_again(writable: Any) -> None:
    board = writable.open()

    board.write(ISSUE)

    [made] = writable.written.issues
    assert (made.title, made.body, made.labels) == ("A title", "A body", [LABEL])
    expected = PostedIssue(
        number=made.number, body="A body", is_closed=False, due=due(writable.kind, "2026-12-04")
    )
    assert board.issues() == (expected,)
    board.close()


def test_issues_are_read_to_the_last_page_and_only_those_with_the_label(writable: Any) -> None:
    for number in range(5):
        labels = [LABEL, "more"] if number else ["bug"]
        writable.written.make_issue({"title": "t"}, f"body {number}", labels)
    writable.written.issues[3].is_closed = True

    found = writable.open().issues()

    assert [one.body for one in found] == ["body 1", "body 2", "body 3", "body 4"]
    assert [one.is_closed for one in found] == [False, False, True, False]


def test_an_issue_is_changed_closed_and_opened_again(writable: Any) -> None:
    board = writable.open()
    board.write(ISSUE)
    [made] = writable.written.issues

    board.write(changed(made.number))
    assert (made.body, made.is_closed) == ("Another", False)
    board.write(changed(made.number, is_closed=True))
    assert made.is_closed
    board.write(changed(made.number, was_closed=True))
    assert not made.is_closed
    assert made.due in (None, "2026-12-04")


def test_a_last_day_is_taken_away_where_issues_have_one(writable_gitlab: Any) -> None:
    board = writable_gitlab.open()
    board.write(NewIssue(title="t", body="b", due=""))
    [made] = writable_gitlab.written.issues
    assert made.due is None

    board.write(changed(made.number, due="2026-12-31"))
    assert made.due == "2026-12-31"
    board.write(changed(made.number))
    assert made.due is None


def test_a_pull_request_with_the_label_is_no_issue(writable_github: Any) -> None:
    one = writable_github.written.make_issue({"title": "t"}, "body", [LABEL])
    one.is_pull_request = True

    assert writable_github.open().issues() == ()


def test_a_note_is_written_changed_and_removed(writable_gitlab: Any) -> None:
    board, notes = writable_gitlab.open(), writable_gitlab.written.notes

    board.write(NewNote(body="first"))
    assert board.notes() == (PostedNote(id=1, body="first"),)
    board.write(NoteChange(id=1, body="second"))
    assert [one.body for one in notes] == ["second"]
    board.write(NoteRemoval(id=1))
    assert notes == []


def test_notes_are_those_of_the_tokens_own_user(writable_gitlab: Any) -> None:
    for number in range(4):
        author = OWN_USER if number % 2 else 7
        writable_gitlab.written.make_note(f"note {number}", author)

    assert [one.body for one in writable_gitlab.open().notes()] == ["note 1", "note 3"]


def test_github_has_no_notes(writable_github: Any) -> None:
    assert writable_github.open().notes() == ()
    assert writable_github.server.asked == []


@pytest.mark.parametrize("write", [changed(77), NoteChange(id=77, body="x"), NoteRemoval(id=77)])
def test_what_is_gone_when_it_is_changed_has_vanished(writable_gitlab: Any, write: Any) -> None:
    gone = failure(lambda: writable_gitlab.open().write(write))

    assert isinstance(gone, Vanished)
    assert "has nothing there any more" in str(gone)


def test_an_issue_that_is_gone_has_vanished_on_github_too(writable_github: Any) -> None:
    board = writable_github.open()
    assert isinstance(failure(lambda: board.write(changed(77))), Vanished)
    writable_github.refuse(410, b'{"message": "This issue was deleted"}')
    assert isinstance(failure(lambda: board.write(changed(77))), Vanished)


def test_without_a_token_nothing_is_asked(writable: Any) -> None:
    missing = failure(lambda: writable.open(token=""))

    assert missing.exit_code == 4
    assert missing.diagnostics().startswith("environment variable THE_TOKEN is not set")
    assert "--token" in missing.remedy
    assert writable.server.asked == []


@pytest.mark.parametrize(
    "ask", [lambda board: board.issues(), lambda board: board.write(ISSUE)], ids=["read", "write"]
)
def test_a_token_that_may_only_read_is_told_what_it_lacks(writable: Any, ask: Any) -> None:
    refused = failure(lambda: ask(writable.open(token=TOKEN)))

    needed = {"gitlab": "scope api", "github": "permission issues: write"}
    assert "does not let this token" in str(refused)
    assert needed[writable.kind] in refused.remedy
    assert writable.written.issues == []


def test_a_token_that_is_not_known_is_told_so(writable: Any) -> None:
    refused = failure(lambda: writable.open("nobodys").issues())

    assert "does not accept the token" in str(refused)


def test_a_user_who_may_set_no_labels_leaves_no_open_issue_behind(writable: Any) -> None:
    writable.written.may_label = False

    refused = failure(lambda: writable.open().write(ISSUE))

    assert "without the label launch-readiness" in str(refused)
    assert [one.is_closed for one in writable.written.issues] == [True]


def test_a_label_that_is_there_with_capitals_is_the_label(writable: Any) -> None:
    tell = writable.server.tell

    def capital(state: Any, request: Request) -> Answer:
        told: Answer = tell(state, request)
        return replace(told, body=told.body.replace(LABEL.encode(), b"Launch-Readiness"))

    writable.server.tell = capital
    writable.open().write(ISSUE)

    assert [one.is_closed for one in writable.written.issues] == [False]


def test_issues_that_are_switched_off_are_named(writable_github: Any) -> None:
    writable_github.refuse(410, b'{"message": "Issues are disabled for this repo"}')

    refused = failure(lambda: writable_github.open().write(ISSUE))

    assert "Issues are disabled" in str(refused)
    assert refused.remedy == "switch issues on there"


def test_a_project_that_is_not_there_is_named(writable: Any) -> None:
    refused = failure(lambda: writable.open(project="explorer/nowhere").issues())

    assert "read the issues of explorer/nowhere" in str(refused)
    assert "--project" in refused.remedy


@pytest.mark.parametrize("project", ["explorer", "a/../../user", "a b/c", "https://x/y"])
def test_a_project_that_is_none_is_not_asked_for(writable: Any, project: str) -> None:
    refused = failure(lambda: writable.open(project=project))

    assert "is no project of" in str(refused)
    assert "readiness.toml" not in refused.diagnostics()
    assert writable.server.asked == []


def test_a_short_limit_is_waited_for_and_the_write_is_made_once(writable: Any) -> None:
    board = writable.open()
    writable.refuse(429, times=2, retry_after="2")

    board.write(ISSUE)

    assert writable.waited == [2, 2]
    assert len(writable.written.issues) == 1


def test_a_limit_that_names_no_end_is_waited_for_as_the_references_say(writable: Any) -> None:
    writable.refuse(429, times=1)

    writable.open().write(ISSUE)

    assert writable.waited == [60]


def test_a_long_limit_fails_and_says_until_when(writable: Any) -> None:
    writable.refuse(429, retry_after="3600")

    refused = failure(lambda: writable.open().write(ISSUE))

    assert "takes no more requests before 20" in str(refused)
    assert writable.written.issues == []


def test_a_limit_that_never_ends_fails(writable: Any) -> None:
    writable.refuse(429, retry_after="1")

    assert "429" in str(failure(lambda: writable.open().write(ISSUE)))


def test_a_write_that_may_have_arrived_is_not_sent_again(writable: Any) -> None:
    writable.refuse(502, times=1)

    refused = failure(lambda: writable.open().write(ISSUE))

    assert "answers 502" in str(refused)
    assert "not written twice" in refused.remedy
    assert len(writable.asked("POST")) == 1


def test_a_question_is_asked_again_after_a_short_trouble(writable: Any) -> None:
    writable.refuse(503, times=1)

    assert writable.open().issues() == ()


@pytest.mark.parametrize("status", [400, 422, 500])
def test_any_other_status_is_told_with_the_forges_own_words(writable: Any, status: int) -> None:
    writable.refuse(status, b'{"message": "Validation \\u001b[31m Failed"}')

    refused = failure(lambda: writable.open().write(ISSUE))

    assert str(refused).endswith(f"answers {status}, asked to {ISSUE.told}: Validation 31m Failed")


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"message": 3}', b"[" * 9000])
def test_a_refusal_without_words_is_told_without(writable: Any, body: bytes) -> None:
    writable.refuse(500, body)

    assert str(failure(lambda: writable.open().issues())).endswith("issues of explorer/explorer")


def test_a_redirect_takes_the_token_nowhere(writable: Any) -> None:
    writable.refuse(301, location="http://127.0.0.1:1/elsewhere")

    assert "sends elsewhere" in str(failure(lambda: writable.open().issues()))


@pytest.mark.parametrize("body", [b"no JSON", b"{}", b'[{"id": 1}]', b"[3]"])
def test_an_answer_of_another_shape_fails(writable: Any, body: bytes) -> None:
    writable.refuse(200, body)

    assert "not as its reference says" in str(failure(lambda: writable.open().issues()))


def test_an_answer_to_a_write_of_another_shape_fails(writable: Any) -> None:
    writable.refuse(201, b'{"iid": 1, "number": 1}')

    assert "not as its reference says" in str(failure(lambda: writable.open().write(ISSUE)))


def test_pages_that_do_not_end_fail(writable: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module = f"pytest_orr.clients.publishing.{writable.kind}.MOST_PAGES"
    monkeypatch.setattr(module, 2)
    for _ in range(6):
        writable.written.make_issue({"title": "t"}, "body", [LABEL])

    assert "do not end" in str(failure(lambda: writable.open().issues()))


def test_a_page_elsewhere_takes_the_token_nowhere(writable_github: Any) -> None:
    def elsewhere(_: Request, told: Answer) -> Answer:
        link = '<http://127.0.0.1:1/issues?page=2>; rel="next"'
        return Answer(status=200, body=told.body, headers={"Link": link})

    writable_github.server.spoil("issues", elsewhere)

    assert "elsewhere" in str(failure(lambda: writable_github.open().issues()))


def test_a_forge_that_is_down_is_told_in_the_words_of_the_command(writable: Any) -> None:
    refused = failure(lambda: writable.open(url="http://127.0.0.1:9").issues())

    assert "127.0.0.1:9" in str(refused)
    assert "--url" in refused.remedy
    assert "readiness.toml" not in refused.diagnostics()


def test_a_token_leaves_only_encrypted_or_for_this_machine(writable: Any) -> None:
    board = writable.open(CANARY, url="http://forge.example.org")

    refused = failure(board.issues)

    assert "https" in str(refused)
    assert CANARY not in refused.diagnostics()


def test_what_is_sent_is_json_with_the_token_in_its_header_alone(writable: Any) -> None:
    writable.open().write(ISSUE)

    [asked] = writable.asked("POST")
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"].startswith("Bearer ")
    assert asked.query == {}
    assert json.loads(asked.body)["title"] == "A title"
