"""Whoever answers, answers on a real terminal: carefully, by Enter alone, or leaving half-way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ORR = Path(sys.executable).with_name("orr")
LONGEST = 30
"""Seconds until something must have been said."""
MANUAL = "@pytest.mark.manual\n"
LINK = "https://wiki.example.org/explorer/a-very-long-name-of-a-page"


def can_be_interrupted() -> None:
    """Be as a shell's command is, though whoever runs tests may ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class Typist:
    """A person at a terminal of a given width, in a repository."""

    path: Path
    environment: dict[str, str]

    def at(self, *arguments: str, columns: int = 80) -> Any:
        """Start the command there."""
        return pexpect.spawn(
            str(ORR),
            list(arguments),
            cwd=str(self.path),
            env=self.environment,
            encoding="utf-8",
            dimensions=(24, columns),
            timeout=LONGEST,
            preexec_fn=can_be_interrupted,
        )

    def is_ana(self) -> None:
        """Let git know who types here."""
        for words in (("init", "-q"), ("config", "user.email", "ana@example.org")):
            subprocess.run(["git", *words], cwd=self.path, check=True, env=self.environment)

    def written(self) -> Any:
        text = (self.path / "readiness" / "attestations.toml").read_text(encoding="utf-8")
        return tomllib.loads(text).get("attestation", [])


def end_of(session: Any) -> tuple[int, str]:
    """Wait until the command has ended; return its status and what it said last."""
    session.expect(pexpect.EOF)
    session.close()
    return session.exitstatus, session.before


def environment_of(home: Path) -> dict[str, str]:
    """Return the variables of a person's shell."""
    path = os.environ["PATH"]
    return {"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "dumb"}


@pytest.fixture
def typist(small: Callable[..., Any], item: Callable[..., str]) -> Typist:
    """A repository of git whose person is Ana, with two questions for her."""
    ids = ("demo.area.one", "demo.area.two")
    asks = {"asks": "attestation", "marks": MANUAL}
    repository = small(*(item(one, "assert attestation", **asks) for one in ids))
    environment = environment_of(repository.path)
    typist = Typist(repository.path, {**environment, "ORR_AS_OF": "2026-11-20"})
    typist.is_ana()
    return typist


def prompt_of(words: str) -> str:
    """Return a pattern for a prompt that may be broken anywhere; one word is told by its kind."""
    shown = r"\s+".join(re.escape(word) for word in words.split())
    return shown.replace("TABLE", r"\w+").replace("DATE", r"\[[0-9-]+\]") + " "


@pytest.fixture
def scaffold(tmp_path: Path, at: Callable[[Path], Any]) -> Typist:
    """A repository of git, fresh from ``orr init``, with a second person who approves."""
    typist = Typist(tmp_path, environment_of(tmp_path))
    typist.is_ana()
    said = at(tmp_path).orr("init", "--without", "provider", "--email", "ana@example.org")
    assert said.status == 0, said.err
    profile = tmp_path / "readiness" / "readiness.toml"
    person = "[[service.people]]\n"
    approver = f'{person}email = "eve@example.org"\nname = "Eve"\nroles = ["approver"]\n\n'
    text = profile.read_text(encoding="utf-8").replace(person, f"{approver}{person}", 1)
    profile.write_text(text, encoding="utf-8")
    return typist


def test_two_careful_people_attest_a_fresh_plan_phase_by_the_queue_alone(
    scaffold: Typist, at: Callable[[Path], Any]
) -> None:
    session = scaffold.at("attest", "--next", "--phase", "plan", columns=40)
    session.expect_exact("5 questions for ana@example.org")
    for number in range(1, 6):
        session.expect_exact(f"{number} of 5")
        for words, answer in (
            ("Answer:", "Ünïcode: “it is so”"),
            ("Evidence, TABLE:", LINK),
            ("or today) >", "tomorrow"),
            ("or today) >", "today"),
            ("for none) >", ""),
            ("Valid until DATE:", ""),
            ("for that, too? [no]:", "yes"),
            ("attestations.toml? [no]:", "y"),
        ):
            session.expect(prompt_of(words))
            session.sendline(answer)
    status, last = end_of(session)
    assert (status, "5 answers written, 0 questions" in last) == (0, True)
    assert {one["statement"] for one in scaffold.written()} == {"Ünïcode: “it is so”"}
    assert {one["evidence"][0]["ref"] for one in scaffold.written()} == {LINK}
    session = scaffold.at("attest", "--next", "--phase", "plan", "--by", "eve@example.org")
    session.expect_exact("readiness.toml? [no]: ")
    session.sendline("y")
    assert end_of(session)[0] == 0
    repository = at(scaffold.path)
    ran = repository.judge("--orr-phase", "plan", "-p", "no:xdist")
    assert (ran.status, repository.review()["verdict"]) == (0, "ready"), ran.out + ran.err


def test_enter_everywhere_ends_with_nothing_written_and_says_how_to_go_on(typist: Typist) -> None:
    session = typist.at("attest", "--next")
    session.expect_exact("1 of 2")
    session.send("\r" * 20)
    status, last = end_of(session)
    assert status == 4
    assert "Come back when you have it, or give it as --statement." in last
    assert typist.written() == []


def test_ctrl_c_at_the_last_question_leaves_nothing_half_written(typist: Typist) -> None:
    session = typist.at("attest", "demo.area.one")
    for prompt, answer in (
        ("[ana@example.org]: ", ""),
        ("Answer: ", "It is so."),
        ("Evidence, link: ", LINK),
        ("or today): ", "today"),
        ("for none): ", ""),
        ("[2027-02-18]: ", ""),
    ):
        session.expect_exact(prompt)
        session.sendline(answer)
    session.expect_exact("attestations.toml? [no]: ")
    session.sendintr()
    status, last = end_of(session)
    assert status == 2
    assert "Stopped; nothing was written for this." in last
    assert typist.written() == []
    assert [one.name for one in (typist.path / "readiness").glob(".tmp*")] == []
