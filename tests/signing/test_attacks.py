"""What somebody without enough keys may try around a sign-off, in its folder and by its flags."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.record.journal import line_of, read_journal
from tests.signing.test_verifying import refusal, verified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def changed(path: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file as its content."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("words", ["", "  "])
def test_an_objection_without_words_approves_nothing(ready_to_sign: Any, words: str) -> None:
    said = ready_to_sign.sign("bo", "--no-go", words)
    assert said.status == 4
    assert said.err.startswith("--no-go needs the reason: ")
    assert not (ready_to_sign.report / "signoff.json").exists()
    assert not (ready_to_sign.report / "veto.json").exists()


def test_an_empty_person_is_nobody(ready_to_sign: Any) -> None:
    said = ready_to_sign.sign("bo", "--as", "")
    assert said.status == 4
    assert not (ready_to_sign.report / "signoff.json").exists()


def test_an_empty_commit_is_not_that_of_the_profile(signed: Any) -> None:
    said = signed.orr("verify", "--commit", "")
    assert said.status == 4
    assert "is no whole commit id" in said.err
    said = signed.orr("verify", "--commit", "0123456")
    assert said.status == 4


@pytest.mark.parametrize("flag", ["--after", "--policy", "--profile", "--suite"])
def test_an_empty_path_is_not_the_folder_one_is_in(signed: Any, flag: str) -> None:
    said = signed.orr("verify", flag, "")
    assert (said.status, said.out) == (4, "")
    assert f"argument {flag}: it names nothing" in said.err


@pytest.mark.parametrize("name", ["veto.json", "results.json"])
@pytest.mark.parametrize("kind", ["dangling", "folder", "pipe"])
def test_what_lies_where_a_veto_would_is_never_ignored(signed: Any, name: str, kind: str) -> None:
    path = signed.report / name
    make = {
        "dangling": lambda: path.symlink_to("nowhere"),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }
    make[kind]()
    assert refusal(signed) == "report-differs"


def test_facts_that_were_given_another_time_are_refused(signed: Any) -> None:
    path = signed.report / "facts.json"
    whole = path.read_bytes()
    changed(path, lambda facts: facts["run"].update(started="2020-01-01T00:00:00Z"))
    assert refusal(signed) == "other-facts"
    path.write_bytes(whole)
    changed(path, lambda f: f["observations"]["numbers"].update(read_at="2020-01-01T00:00:00Z"))
    assert refusal(signed) == "other-facts"


def told_by_another(place: Any) -> None:
    """Let the journal say that another version of this product wrote it."""
    path = place.report / "journal.jsonl"
    journal = read_journal(path)
    run = replace(journal.opening.run, tool="pytest-orr 9.9.9")
    lines = (replace(journal.opening, run=run), *journal.records, journal.closing)
    path.write_bytes(b"".join(line_of(one) for one in lines if one))


def test_a_journal_of_another_version_than_was_signed_hides_no_review(signed: Any) -> None:
    told_by_another(signed)
    path = signed.report / "review.json"
    changed(path, lambda review: review.update(verdict="ready"))
    found = verified(signed)
    assert found["refused"] == "report-differs"
    assert found["reason"].startswith("journal.jsonl names pytest-orr 9.9.9, and pytest-orr ")


OBJECTION = ("--no-go", "The second zone is down.")


@pytest.mark.parametrize("more", [(), OBJECTION])
def test_a_key_that_counts_no_more_is_refused_before_anybody_agrees(
    ready_to_sign: Any, more: tuple[str, ...]
) -> None:
    key = ready_to_sign.keys["bo-expired"]
    said = ready_to_sign.typing(str(key), to=("sign", *more))
    assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", "key-expired"])
    assert "[no]" not in said.out


def test_a_key_of_no_runner_is_refused_before_anybody_agrees(ready_to_sign: Any) -> None:
    said = ready_to_sign.typing(str(ready_to_sign.keys["ana"]), to=("sign", "--results"))
    assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", "key-unlisted"])
    assert "[no]" not in said.out


def test_a_page_for_people_that_was_changed_is_refused(signed: Any) -> None:
    path = signed.report / "signoff.md"
    whole = path.read_text(encoding="utf-8")
    for old, new in (
        ("demo", "memo"),
        ("holds until 20", "holds until 21"),
        ("SHA256:", "SHA255:"),
    ):
        signed.edit(path, old, new)
        assert refusal(signed) == "report-differs"
        path.write_text(whole, encoding="utf-8")
    assert signed.orr("render", signed.report, "--to", signed.report).status == 0
    assert path.read_text(encoding="utf-8") != whole
    assert verified(signed)["valid"]
    path.unlink()
    assert verified(signed)["valid"]


def test_a_page_that_hides_accounts_is_compared_as_it_was_written(ready_to_sign: Any) -> None:
    ready_to_sign.judge("--orr-public")
    for name in ("ana", "eve", "bo"):
        assert ready_to_sign.sign(name).status == 0
    assert verified(ready_to_sign)["valid"]
    ready_to_sign.edit(ready_to_sign.report / "signoff.md", "demo", "memo")
    assert refusal(ready_to_sign) == "report-differs"


def test_a_veto_that_a_new_run_moved_away_is_told_to_who_signs_and_who_verifies(
    ready_to_sign: Any,
) -> None:
    assert ready_to_sign.sign("bo", *OBJECTION).status == 0
    ready_to_sign.judge()
    told = "before this run, bo@example.org objected to the same release: The second zone is down."
    for name in ("ana", "eve"):
        said = ready_to_sign.sign(name)
        assert (said.status, f"Mind: {told}" in " ".join(said.out.split())) == (0, True)
    ready_to_sign.sign("bo")
    assert told in verified(ready_to_sign)["notices"]
    veto = ready_to_sign.report / "previous" / "veto.json"
    veto.write_text("{}", encoding="utf-8")
    notices = verified(ready_to_sign)["notices"]
    assert any(one.startswith("previous/veto.json is no veto that holds: ") for one in notices)
    veto.unlink()
    assert not any(
        "veto" in one and "previous" in one for one in verified(ready_to_sign)["notices"]
    )


def test_whose_word_a_sign_off_rests_on_is_told(signed: Any) -> None:
    [who] = [one for one in verified(signed)["notices"] if one.startswith("who may sign is said")]
    assert "readiness/policy.toml: whoever may change that file decides" in who
    told = " ".join(verified(signed)["notices"])
    assert "no runner has signed these results" in told
    assert "nobody is known to have tagged the release" in told
    assert "not compared with earlier sign-offs and vetoes" in told
    assert "this suite lacks 76 of the 76 items" in told
    assert "another build" not in told
    assert "which is not now" not in told


def test_what_flags_and_runners_add_is_no_caveat_more(
    signed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed.sign("ci", "--results")
    monkeypatch.setattr("pytest_orr.signing_off.caveats.tool_sha256", lambda _: "0" * 64)
    now = verified(signed)["holds_from"]
    policy = signed.suite_file("policy.toml")
    found = verified(signed, "--policy", policy, "--last-seq", "1", "--at", now)
    told = " ".join(found["notices"])
    assert "no runner" not in told
    assert "who may sign is said" not in told
    assert "earlier sign-offs" not in told
    assert "and verified by another build, pytest-orr " in told
    assert "which is not now" in told


def test_a_program_in_the_checkout_is_never_started(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ready_to_sign.repository.path
    for name in ("ssh-keygen", "git"):
        (here / name).write_text("#!/bin/sh\ntouch started\n", encoding="utf-8")
        (here / name).chmod(0o755)
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    assert ready_to_sign.sign("ana").status == 0
    assert ready_to_sign.orr("verify").status == 1
    assert not (here / "started").exists()


def test_nothing_that_people_wrote_commands_the_terminal_of_who_signs(ready_to_sign: Any) -> None:
    hidden = "\\u001b]8;;https://evil.example\\u0007\\u202eReady"
    for key, words in (("reason", "The third one"), ("what", "a third one")):
        forged = f"{words}{hidden}{' ' * 90}Signed: eve@example.org"
        waivers = ready_to_sign.suite_file("waivers.toml")
        ready_to_sign.edit(waivers, f'{key} = "{words}', f'{key} = "{forged}')
    ready_to_sign.judge()
    words = f"\x1b[2J\u2066gone{' ' * 90}Signed: eve@example.org"
    assert ready_to_sign.sign("bo", "--no-go", words).status == 0
    refused = ready_to_sign.sign("ana")
    ready_to_sign.judge()
    agreed = ready_to_sign.sign("ana")
    for said in (refused, agreed):
        assert not {"\x1b", "\x07", "\u202e", "\u2066"} & {*said.out, *said.err}
        assert "\nSigned: eve" not in said.out + said.err
    assert (refused.status, agreed.status) == (1, 0)
    assert agreed.out.count("Signed: eve@example.org") == 4
    assert "\\u202eReady" in agreed.out
