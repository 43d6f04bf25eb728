"""Whoever signs reads first what it stands for; nothing is signed that would not hold."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_orr.cli.signature_shown import show_waiting
from pytest_orr.controller import signoff_of
from pytest_orr.documents import write_documents
from pytest_orr.model import Notice
from pytest_orr.record.journal import JOURNAL, line_of, read_journal
from pytest_orr.signing_off.standing import Standing, Waiting

GOLDEN = Path(__file__).parents[1] / "golden" / "sign.txt"
VARYING = (
    (r"SHA256:[A-Za-z0-9+/]{43}", "SHA256:FINGERPRINT"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b", "RUN"),
    (r"20\d\d-\d\d-\d\d(T| )\d\d:\d\d(:\d\dZ|\s+UTC)", "INSTANT"),
    (r"20\d\d-\d\d-\d\d", "DAY"),
    (r"pytest-orr \d+\.\d+\.\d+", "pytest-orr VERSION"),
)
"""What no two runs have alike."""
SIGN_ANEW = "Run `pytest readiness/` and have the new review signed.\n"


def steady(text: str) -> str:
    for pattern, word in VARYING:
        text = re.sub(pattern, word, text)
    return text


def signers(place: Any, name: str = "signoff.json") -> int:
    """Return how many signatures a file holds."""
    path = place.report / name
    return len(json.loads(path.read_bytes())["signatures"]) if path.exists() else 0


def test_an_approver_reads_verdict_exceptions_and_digest_before_the_question(
    ready_to_sign: Any,
) -> None:
    assert ready_to_sign.sign("eve").status == 0
    key = ready_to_sign.keys["ana"]
    said = ready_to_sign.typing(str(key), "yes", to=("sign",))
    assert (said.status, said.err) == (0, "")
    told = steady(said.out.replace(str(key), "KEY"))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("answers", [("",), ("no",), ("q",)])
def test_nothing_is_signed_unless_somebody_says_yes(ready_to_sign: Any, answers: Any) -> None:
    said = ready_to_sign.typing(str(ready_to_sign.keys["ana"]), *answers, to=("sign",))
    assert said.status == 2
    assert signers(ready_to_sign) == 0


def test_the_key_in_the_usual_place_is_proposed(ready_to_sign: Any, tmp_path: Path) -> None:
    home = tmp_path / ".ssh"
    home.mkdir()
    for name in ("stranger", "bo"):
        key = ready_to_sign.keys[name]
        for path in (key, key.with_name(f"{key.name}.pub")):
            (home / path.name).write_bytes(path.read_bytes())
            (home / path.name).chmod(0o600)
    (home / "a-broken.pub").write_text("this is no key", encoding="utf-8")
    (home / "a-stranger.pub").write_bytes((home / "stranger.pub").read_bytes())
    said = ready_to_sign.typing("", "yes", to=("sign",))
    assert (said.status, said.err) == (0, "")
    assert f"[{home / 'bo.pub'}]: " in said.out
    assert "You sign as bo@example.org (security)" in said.out


def test_a_second_person_is_asked_for_where_one_fills_every_role(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_waiting(Standing(signed=(), waiting=(), lacks_person=True))
    assert capsys.readouterr().out == "Still to sign: a second person, whatever their role\n"
    lacking = Waiting(role="security", count=2, able=())
    show_waiting(Standing(signed=(), waiting=(lacking,)))
    told = "Still to sign as security: 2 people, of whom policy.toml lists none\n"
    assert capsys.readouterr().out == told


def test_all_flags_are_named_where_nobody_can_be_asked(ready_to_sign: Any) -> None:
    said = ready_to_sign.orr("sign")
    assert said.status == 4
    assert "orr sign needs --key, --yes where nobody can be asked" in said.err


def test_a_key_that_the_policy_does_not_list_signs_nothing(ready_to_sign: Any) -> None:
    for name in ("stranger", "ci"):
        said = ready_to_sign.sign(name)
        assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", "key-unlisted"])
    assert signers(ready_to_sign) == 0


def test_a_key_of_somebody_else_than_was_said_signs_nothing(ready_to_sign: Any) -> None:
    said = ready_to_sign.sign("bo", "--as", "ana@example.org")
    assert said.status == 4
    assert "is the key of bo@example.org, not of ana@example.org; nothing was written." in said.err
    assert ready_to_sign.sign("bo", "--as", "BO@example.org").status == 0


def test_a_key_whose_time_is_over_signs_nothing(ready_to_sign: Any) -> None:
    said = ready_to_sign.sign("bo-expired")
    assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", "key-expired"])
    assert signers(ready_to_sign) == 0


def test_who_made_or_asked_for_the_release_is_named(ready_to_sign: Any) -> None:
    asked = '[release]\nasked_by = ["bo@example.org"]'
    ready_to_sign.edit(ready_to_sign.suite_file("readiness.toml"), "[release]", asked)
    ready_to_sign.judge()
    said = ready_to_sign.sign("bo")
    told = "Made or asked for by bo@example.org: as service alone they may sign"
    assert told in said.out
    assert "Signed: readiness-report/signoff.json" in said.out
    assert "Still to sign as security: somebody, of whom policy.toml lists none" in said.out


def test_a_key_signs_once(ready_to_sign: Any) -> None:
    assert ready_to_sign.sign("ana").status == 0
    said = ready_to_sign.sign("ana")
    assert said.status == 4
    assert "has signed readiness-report/signoff.json already. Nothing was written." in said.err
    assert signers(ready_to_sign) == 1


def test_a_weaker_key_is_told_and_a_second_key_of_one_person_fills_nothing(
    ready_to_sign: Any,
) -> None:
    said = ready_to_sign.sign("eve-weaker")
    assert said.status == 0
    assert "it is an RSA key of 2048 bits, and 3072 are advised" in " ".join(said.out.split())
    said = ready_to_sign.sign("eve")
    assert said.status == 0
    assert "Still to sign as security: bo@example.org" in said.out
    assert "Still to sign as service: ana@example.org" in said.out


def test_the_last_one_is_told_that_everybody_has_signed(ready_to_sign: Any) -> None:
    told = [ready_to_sign.sign(name).out for name in ("ana", "bo", "eve")]
    last = "Everybody has signed who must: `orr verify` says so, and until when it holds."
    assert [last in one for one in told] == [False, False, True]
    text = (ready_to_sign.report / "signoff.md").read_text(encoding="utf-8")
    rows = text.partition("## Signatures")[2].splitlines()[6:]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| Service owner", "Ana, ana@example.org"],
        ["| Principal engineer", "Eve, eve@example.org"],
        ["| Security", "Bo, bo@example.org"],
    ]
    assert all("key `SHA256:" in row for row in rows)


def test_nothing_else_of_the_document_changes(ready_to_sign: Any) -> None:
    path = ready_to_sign.report / "signoff.md"
    before = path.read_text(encoding="utf-8").partition("## Signatures")[0]
    assert ready_to_sign.sign("ana").status == 0
    after = path.read_text(encoding="utf-8")
    assert after.partition("## Signatures")[0] == before
    assert after.count("&nbsp;" * 24) == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("statement.json", "report-differs"),
        ("review.json", "report-differs"),
        ("readiness.html", "report-differs"),
        ("journal.jsonl", "report-cut"),
    ],
)
def test_a_report_that_was_changed_is_not_signed(ready_to_sign: Any, name: str, code: str) -> None:
    path = ready_to_sign.report / name
    path.write_bytes(path.read_bytes()[:-2])
    said = ready_to_sign.sign("ana")
    assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", code])
    assert signers(ready_to_sign) == 0


def test_a_journal_of_nothing_is_told(ready_to_sign: Any) -> None:
    (ready_to_sign.report / JOURNAL).write_bytes(b"nothing\n")
    said = ready_to_sign.sign("ana")
    told = "refused: report-differs: journal.jsonl is no journal of a run"
    assert said.err == f"{told}. {SIGN_ANEW}"


@pytest.mark.parametrize(
    "name", ["journal.jsonl", "review.json", "readiness.html", "statement.json", "facts.json"]
)
def test_a_report_that_lacks_a_file_is_not_signed(ready_to_sign: Any, name: str) -> None:
    (ready_to_sign.report / name).unlink()
    said = ready_to_sign.sign("ana")
    assert said.status == 4
    assert said.err == f"readiness-report/{name} is not there. Run `pytest readiness/` first.\n"


def test_evidence_that_is_gone_is_not_signed_for(ready_to_sign: Any) -> None:
    [path] = (ready_to_sign.report / "evidence").iterdir()
    path.unlink()
    assert ready_to_sign.sign("ana").err.startswith("refused: other-evidence: ")


def test_a_report_of_another_version_is_not_signed(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.signing_off.beside.TOOL", "pytest-orr 9.9.9")
    said = ready_to_sign.sign("ana")
    assert said.err.startswith("refused: other-tool: it was judged by pytest-orr ")


def noticed(report: Path, notice: Notice) -> None:
    """Let a run have had one more notice."""
    path = report / JOURNAL
    journal = read_journal(path)
    assert journal.closing is not None
    closing = replace(journal.closing, notices=(notice, *journal.closing.notices))
    *lines, _ = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join((*lines, line_of(closing))))
    write_documents(report, *signoff_of(path))


def test_nobody_signs_by_clocks_that_differ(ready_to_sign: Any) -> None:
    noticed(ready_to_sign.report, Notice(kind="other", item="", text="Nothing much."))
    assert ready_to_sign.sign("ana").status == 0
    (ready_to_sign.report / "signoff.json").unlink()
    noticed(ready_to_sign.report, Notice(kind="clock", item="", text="the clock is 9 min behind"))
    said = ready_to_sign.sign("ana")
    assert said.err == (
        "refused: clocks-apart: the clock is 9 min behind. Mend that, and run"
        " `pytest readiness/` again.\n"
    )


def test_what_is_not_ready_is_not_signed_and_may_be_objected_to(ready_to_sign: Any) -> None:
    path = ready_to_sign.suite_file("waivers.toml")
    path.write_text("", encoding="utf-8")
    ready_to_sign.judge(status=1)
    said = ready_to_sign.sign("ana")
    assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", "no-go"])
    assert ready_to_sign.sign("ana", "--no-go", "Look at it.").status == 0


def test_rules_that_changed_since_the_run_are_not_signed_for(ready_to_sign: Any) -> None:
    ready_to_sign.edit(ready_to_sign.suite_file("policy.toml"), "max_days = 14", "max_days = 9")
    said = ready_to_sign.sign("ana")
    assert (said.status, said.err.split(": ")[:2]) == (1, ["refused", "other-policy"])


def test_signatures_over_something_else_stay_where_they_are(ready_to_sign: Any) -> None:
    path = ready_to_sign.report / "signoff.json"
    assert ready_to_sign.sign("ana").status == 0
    before = path.read_bytes()
    ready_to_sign.judge()
    path.write_bytes(before)
    said = ready_to_sign.sign("bo")
    assert said.err == (
        "refused: other-statement: signoff.json holds signatures over something else. Move it"
        " away if it is void.\n"
    )
    assert path.read_bytes() == before


def test_a_veto_is_signed_with_its_words_and_keeps_others_from_approving(
    ready_to_sign: Any,
) -> None:
    key = str(ready_to_sign.keys["bo"])
    said = ready_to_sign.typing(key, "yes", to=("sign", "--no-go", "The pager is silent."))
    assert said.status == 0
    assert "You object: The pager is silent." in said.out
    assert "Sign that demo may not be launched in production? [no]: yes" in said.out
    assert "As long as it lies there, `orr verify` refuses this release." in " ".join(
        said.out.split()
    )
    ready_to_sign.patch.undo()
    ready_to_sign.patch.chdir(ready_to_sign.repository.path)
    said = ready_to_sign.sign("ana")
    assert said.err == (
        "refused: vetoed: bo@example.org objected: 'The pager is silent.'. Do not launch: settle"
        " with who vetoed it what they name.\n"
    )


def test_others_join_a_veto_by_its_own_words(ready_to_sign: Any) -> None:
    assert ready_to_sign.sign("bo", "--no-go", "The pager is silent.").status == 0
    said = ready_to_sign.sign("eve", "--no-go", "I do not like it.")
    assert said.err.startswith("refused: other-statement: veto.json holds signatures over")
    assert ready_to_sign.sign("eve", "--no-go", "The pager is silent.").status == 0
    assert signers(ready_to_sign, "veto.json") == 2


def test_a_veto_by_nobody_who_is_listed_is_not_written(ready_to_sign: Any) -> None:
    said = ready_to_sign.sign("stranger", "--no-go", "No.")
    assert said.err.startswith("refused: key-unlisted: ")
    assert signers(ready_to_sign, "veto.json") == 0


def test_a_veto_of_a_run_whose_window_has_ended_is_not_written(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_long_ago(raw: bytes, expected: Any) -> None:
        assert raw
        assert expected

    monkeypatch.setattr("pytest_orr.cli.sign.verify_veto", of_long_ago)
    said = ready_to_sign.sign("bo", "--no-go", "No.")
    assert said.err == f"refused: expired: the run is too old to object to it. {SIGN_ANEW}"
    assert signers(ready_to_sign, "veto.json") == 0


def test_a_runner_signs_results_and_nobody_else_does(ready_to_sign: Any) -> None:
    assert ready_to_sign.sign("ana", "--results").err.startswith("refused: key-unlisted: ")
    said = ready_to_sign.sign("ci", "--results")
    assert (said.status, said.out.splitlines()[-1]) == (0, "Signed: readiness-report/results.json")
    assert ready_to_sign.sign("ci", "--results").status == 4
    assert signers(ready_to_sign, "results.json") == 1


@pytest.mark.parametrize("flags", [("--no-go", "No."), ("--as", "ana@example.org")])
def test_a_machine_neither_objects_nor_is_a_person(ready_to_sign: Any, flags: Any) -> None:
    said = ready_to_sign.sign("ci", "--results", *flags)
    assert said.status == 4
    assert "--results is for machines: it goes with neither --no-go nor --as" in said.err


def test_a_report_for_outsiders_stays_masked_when_it_is_signed(ready_to_sign: Any) -> None:
    image = '[release]\nimages = ["123456789012.dkr.ecr.eu-central-1.amazonaws.com/x"]'
    ready_to_sign.edit(ready_to_sign.suite_file("readiness.toml"), "[release]", image)
    ready_to_sign.judge("--orr-public")
    path = ready_to_sign.report / "signoff.md"
    assert "[masked]" in path.read_text(encoding="utf-8").replace("\\", "")
    assert ready_to_sign.sign("ana").status == 0
    assert "123456789012" not in path.read_text(encoding="utf-8")
    assert "ana@example.org | key" in path.read_text(encoding="utf-8")
