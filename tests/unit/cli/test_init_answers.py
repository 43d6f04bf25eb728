"""What is asked, and what becomes of each answer: nothing green of none of them."""

from __future__ import annotations

import builtins
import datetime as dt
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.profile.applicability import items_resting_on
from pytest_orr.profile.load import load
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_orr.profile.applicability import Basis
    from tests.unit.cli.conftest import Said

QUESTIONS = (
    "Name of the service [explorer]: ",
    "Environment to judge [production]: ",
    "Your e-mail [ana@example.org]: ",
    "Does it run in AWS? [later]: ",
    "Does it have hosts that you log in to by SSH? [later]: ",
    "Does it have smart contracts? [later]: ",
    "Does it use Infura, or another provider of nodes? [later]: ",
    "Does it have a database? [later]: ",
    "Is it built into Docker images? [later]: ",
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty git repository, as somebody whom git knows."""
    home, repository = tmp_path / "home", tmp_path / "explorer"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nemail = ana@example.org\nname = Ana Ito\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    monkeypatch.chdir(repository)
    return repository


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Have somebody at a terminal answer; returns the questions that were put."""

    def answer(*answers: str) -> list[str]:
        left: Iterator[str] = iter(answers)
        asked: list[str] = []

        def put(question: str) -> str:
            asked.append(question)
            said = next(left, "")
            if said == "^C":
                raise KeyboardInterrupt
            if said == "^D":
                raise EOFError
            return said

        monkeypatch.setattr(builtins, "input", put)
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        return asked

    return answer


def profile(here: Path) -> dict[str, Any]:
    return tomllib.loads((here / "readiness" / "readiness.toml").read_text(encoding="utf-8"))


def test_enter_everywhere_takes_what_is_proposed_and_says_nothing_of_components(
    orr: Callable[..., Said], here: Path, answering: Callable[..., list[str]]
) -> None:
    asked = answering()
    assert orr("init").status == 0
    assert tuple(asked) == QUESTIONS
    everybody = ["service", "security", "platform", "product", "support"]
    person = {"email": "ana@example.org", "name": "Ana Ito", "roles": everybody}
    assert profile(here) == {
        "service": {"name": "explorer", "environment": "production", "people": [person]},
        "release": {"commit": "0000000", "first": True},
    }


def test_answers_are_taken_as_they_are_and_asked_again_if_they_are_none(
    orr: Callable[..., Said], here: Path, answering: Callable[..., list[str]]
) -> None:
    asked = answering(' the "big" one ', "staging", "bo", "bo@example.org", "maybe", "Y", "later")
    said = orr("init")
    assert said.status == 0
    assert asked.count(QUESTIONS[2]) == asked.count(QUESTIONS[3]) == 2
    assert "That is no plain e-mail address, such as ana@example.org." in said.lines
    assert "Please say yes, no or later." in said.lines
    written = profile(here)
    assert written["service"]["name"] == 'the "big" one'
    assert written["service"]["environment"] == "staging"
    assert written["service"]["people"][0]["email"] == "bo@example.org"
    assert written["service"]["people"][0]["name"] == "bo"
    assert written["aws"]["accounts"] == [{"id": "000000000000", "regions": ["eu-central-1"]}]
    assert "hosts" not in written


@pytest.mark.parametrize("leaving", ["^C", "^D"])
@pytest.mark.parametrize("after", [0, 5, 8])
def test_whoever_leaves_before_the_last_answer_has_written_nothing(
    orr: Callable[..., Said],
    here: Path,
    answering: Callable[..., list[str]],
    leaving: str,
    after: int,
) -> None:
    answering(*[""] * after, leaving)
    said = orr("init")
    assert (said.status, said.err) == (2, "\nStopped; nothing was written for this.\n")
    assert not (here / "readiness").exists()


def test_nobody_is_asked_twice_what_a_flag_says(
    orr: Callable[..., Said], here: Path, answering: Callable[..., list[str]]
) -> None:
    asked = answering()
    flags = ("--service", "wallet", "--email", "bo@example.org", "--with", "aws,docker")
    assert orr("init", *flags, "--without", "contracts", "--with", "database").status == 0
    assert tuple(asked) == (QUESTIONS[1], QUESTIONS[4], QUESTIONS[6])
    assert profile(here)["service"]["name"] == "wallet"
    assert {"aws", "images", "databases"} <= profile(here).keys()


def test_without_a_terminal_flags_alone_are_asked(orr: Callable[..., Said], here: Path) -> None:
    assert orr("init", "--with", "hosts,contracts,provider", "--environment", "staging").status == 0
    written = profile(here)
    assert written["service"]["environment"] == "staging"
    assert [one["names"] for one in written["hosts"]] == [
        ["jump.invalid"],
        ["backend-1.invalid", "backend-2.invalid"],
    ]
    assert {"contracts", "chains", "provider"} <= written.keys()


def test_what_it_does_not_have_is_proposed_and_nobody_has_agreed(
    orr: Callable[..., Said], here: Path
) -> None:
    assert orr("init", "--without", "aws,hosts,contracts,provider,database,docker").status == 0
    entries = profile(here)["not_applicable"]
    assert all(entry.keys() == {"item", "reason", "text"} for entry in entries)
    named = [entry["item"] for entry in entries]
    assert len(named) == len(set(named))
    bases: tuple[Basis, ...] = ("aws", "hosts", "contracts", "provider", "databases", "images")
    assert set(named) == {item for basis in bases for item in items_resting_on(basis)}
    suite = read(baseline(), fact_names=())
    path = here / "readiness" / "readiness.toml"
    written = load(path, items=suite.items, as_of=dt.date(2026, 11, 20))
    assert {one.approver for one in written.profile.not_applicable} == {None}
    assert {one.basis for one in written.declared} & {*bases} == set()


def test_what_waits_for_later_is_proposed_by_nobody(
    orr: Callable[..., Said], here: Path, answering: Callable[..., list[str]]
) -> None:
    answering("", "", "", "later", "", "no")
    assert orr("init").status == 0
    assert [one["item"] for one in profile(here)["not_applicable"]] == ["code.audit.smart-contract"]


def test_every_section_that_an_answer_opens_is_one_that_a_run_takes(
    orr: Callable[..., Said], here: Path
) -> None:
    assert orr("init", "--with", "aws,hosts,contracts,provider,database,docker").status == 0
    suite = read(baseline(), fact_names=())
    path = here / "readiness" / "readiness.toml"
    read_back = load(path, items=suite.items, as_of=dt.date(2026, 11, 20)).profile
    assert read_back.aws is not None
    assert read_back.provider is not None
    assert read_back.images.namespace is not None
    assert all((read_back.hosts, read_back.contracts, read_back.databases))


def test_the_commit_that_git_names_is_proposed_for_the_release(
    orr: Callable[..., Said], here: Path
) -> None:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org")
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    assert orr("init", "services/wallet/readiness").status == 0
    path = here / "services" / "wallet" / "readiness" / "readiness.toml"
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert written["release"]["commit"] == head.stdout.strip()
    assert written["service"]["name"] == "explorer"


def test_where_git_knows_nothing_an_example_stands_for_the_person(
    orr: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "")
    lone = tmp_path / "wallet"
    lone.mkdir()
    monkeypatch.chdir(lone)
    assert orr("init").status == 0
    written = profile(lone)
    assert written["service"]["name"] == "wallet"
    assert written["service"]["people"][0]["email"] == "owner@example.org"
    assert written["service"]["people"][0]["name"] == "Service Owner"


def test_a_profile_that_is_there_is_asked_nothing_about(
    orr: Callable[..., Said], here: Path, answering: Callable[..., list[str]]
) -> None:
    (here / "readiness").mkdir()
    mine = here / "readiness" / "readiness.toml"
    mine.write_text("# ours\n", encoding="utf-8")
    asked = answering()
    assert orr("init").status == 0
    assert asked == []
    assert mine.read_text(encoding="utf-8") == "# ours\n"
    refused = orr("init", "--with", "aws")
    assert refused.status == 4
    told = "readiness/readiness.toml is there already, and is never changed; edit it\n"
    assert refused.err == told


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--with", "aws", "--without", "hosts,aws"), "--with and --without both name aws"),
        (("--with", "aws,cloud"), "'cloud' is none of aws, hosts, contracts, provider, database"),
        (("--service", " "), "a name is needed, such as explorer"),
        (("--email", "bo"), "'bo' is no plain e-mail address, such as ana@example.org"),
    ],
)
def test_flags_that_say_nothing_that_can_be_are_refused(
    orr: Callable[..., Said],
    here: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    told: str,
) -> None:
    try:
        said = orr("init", *flags)
        status, err = said.status, said.err
    except SystemExit as ended:
        status, err = int(ended.code or 0), capsys.readouterr().err
    assert status == 4
    assert told in err
    assert not (here / "readiness").exists()
