"""A new user with nothing but the wheel: from an empty repository to a first meaningful run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from pytest_orr.errors import section_to_declare
from pytest_orr.profile.applicability import items_resting_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_orr.profile.applicability import Basis
    from tests.conftest import Repository

QUESTIONS = (
    r"Name of the service \[wallet\]: ",
    r"Environment to judge \[production\]: ",
    r"Your e-mail \[ana@example.org\]: ",
    r"Does it run in AWS\? \[later\]: ",
    r"Does it have hosts that you log in to by SSH\? \[later\]: ",
    r"Does it have smart contracts\? \[later\]: ",
    r"Does it use Infura, or another provider of nodes\? \[later\]: ",
    r"Does it have a database\? \[later\]: ",
    r"Is it built into Docker images\? \[later\]: ",
)
PROGRESS = re.compile(r"orr: (gathering|reading|read|could not read) ")
"""What stands there only while somebody waits."""


def can_be_interrupted() -> None:
    """Be as a shell's command is, though whoever runs tests may ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Newcomer:
    """Somebody at a terminal, in an empty git repository, with the wheel in a venv."""

    repository: Path
    environment: dict[str, str]

    @property
    def profile(self) -> Path:
        """The one file that is edited."""
        return self.repository / "readiness" / "readiness.toml"

    def types(self, command: str, *arguments: str) -> pexpect.spawn[str]:
        """Start a command of the venv on a terminal."""
        return pexpect.spawn(
            command,
            list(arguments),
            cwd=str(self.repository),
            env={**os.environ, **self.environment},
            encoding="utf-8",
            timeout=60,
            dimensions=(50, 200),
            preexec_fn=can_be_interrupted,
        )

    def answers(self, *answers: str) -> list[str]:
        """Run ``orr init`` and answer every question; returns what it said at the end."""
        child = self.types("orr", "init")
        for question, answer in zip(QUESTIONS, answers, strict=True):
            child.expect(question)
            child.sendline(answer)
        return self.ended(child)

    def judges(self, *options: str, status: int) -> list[str]:
        """Run ``pytest readiness/``; returns the lines of the terminal."""
        lean = ("-p", "no:hypothesispytest")  # our own plugin; it imports all of it at the end
        return self.ended(self.types("pytest", "readiness/", *lean, *options), status)

    def ended(self, child: pexpect.spawn[str], status: int = 0) -> list[str]:
        child.expect(pexpect.EOF)
        said = str(child.before)
        child.close()
        assert child.exitstatus == status, said
        return [line for line in screen(said) if not PROGRESS.match(line)]

    def review(self) -> Any:
        path = self.repository / "readiness-report" / "review.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def items(self, outcome: str) -> set[str]:
        return {item["id"] for item in self.review()["items"] if item["outcome"] == outcome}


@pytest.fixture
def newcomer(tmp_path: Path, installed: Path) -> Newcomer:
    """Ana, whom git knows, in the repository of a wallet."""
    home, repository = tmp_path / "home", tmp_path / "wallet"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nemail = ana@example.org\nname = Ana Ito\n")
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    path = f"{installed / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return Newcomer(repository, {"HOME": str(home), "PATH": path, "PYTHONPATH": ""})


def screen(said: str) -> list[str]:
    """What stands on a terminal at the end, without colours: a line may be written over."""
    plain = re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", said)
    return [line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n")[:-1]]


def first_of_the_summary(said: list[str]) -> str:
    [title] = (place for place, line in enumerate(said) if "= launch readiness =" in line)
    return said[title + 1]


def test_what_runs_are_the_wheels_files(newcomer: Newcomer, installed: Path) -> None:
    python = newcomer.types("python", "-c", "import pytest_orr; print(pytest_orr.__file__)")
    [file] = newcomer.ended(python)
    assert file.startswith(str(installed))


def test_enter_everywhere_leads_to_a_run_in_which_nothing_is_green(newcomer: Newcomer) -> None:
    assert newcomer.answers(*[""] * 9)[-1].endswith("describes your infrastructure")
    said = newcomer.judges(status=20)
    assert len(said) <= 25, "\n".join(said)
    assert "items UNKNOWN: fill in readiness.toml, first [forge]: " in first_of_the_summary(said)
    assert len(newcomer.items("unknown")) == 76
    sections = re.findall(r"(?m)^## (\[+[a-z_.]+\]+)", newcomer.profile.read_text(encoding="utf-8"))
    wanted = sections_that_items_wait_for(newcomer.review())
    helping = [wanted[one] for one in sections if one in wanted and one != "[release]"]
    assert helping == sorted(helping, reverse=True)
    assert len(helping) > 15


def sections_that_items_wait_for(review: Any) -> Counter[str]:
    """How many items wait for each section of readiness.toml."""
    waiting = [
        {section_to_declare(finding["remedy"]) for finding in item["findings"]} - {""}
        for item in review["items"]
    ]
    return Counter(section for sections in waiting for section in sections)


class Page(BaseHTTPRequestHandler):
    """The wallet's frontend, as it is during development: without TLS."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>Wallet</title>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def frontend() -> Iterator[str]:
    """URL of the wallet's frontend."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


ENDPOINT = """
[[endpoints]]
name = "page"
role = "frontend"
url = "{url}"
marker = "Wallet"

"""


def filled_in(text: str, frontend: str) -> str:
    """What a careful person makes of readiness.toml: an approver, who signs, and an endpoint."""
    text = text.replace("# [[service.people]]", "[[service.people]]")
    for line in ('email = "approver@', 'name = "Approver"', 'roles = ["security"'):
        text = text.replace(f"# {line}", line)
    asked, proposed, signed = text.partition("## Proposed by")
    signed = re.sub(
        r"(?m)^(text = .*)$", r'\1\napprover = "approver@example.org"\non = 2026-01-31', signed
    )
    return asked + ENDPOINT.format(url=frontend) + proposed + signed


def test_a_careful_person_edits_one_file_and_is_told_what_was_seen(
    newcomer: Newcomer, frontend: str
) -> None:
    newcomer.answers("", "staging", "", "no", "later", "n", "NO", "yes", "no")
    text = filled_in(newcomer.profile.read_text(encoding="utf-8"), frontend)
    newcomer.profile.write_text(text, encoding="utf-8")
    said = newcomer.judges(status=1)
    assert "UNKNOWN: fill in readiness.toml, first [[hosts]]: " in first_of_the_summary(said)
    told = (
        "FAIL major monitoring.availability.frontend: page: the page does not come over trusted TLS"
    )
    assert any(line.startswith(told) for line in said)
    absent: tuple[Basis, ...] = ("aws", "contracts", "provider", "images")
    assert newcomer.items("not_applicable") == {
        item for basis in absent for item in items_resting_on(basis)
    }
    assert newcomer.items("pass") == newcomer.items("attested") == set()
    assert newcomer.review()["environment"] == "staging"


ANSWERS = (
    (r"Who answers \(e-mail\) \[ana@example.org\]: ", ""),
    (r"\nAnswer: ", "Decided in the planning meeting."),
    (r"\nEvidence, \w+: ", "https://wiki.example.org/plan"),
    (r"Date of that fact [^\n]*: ", "today"),
    (r"More evidence [^\n]*: ", ""),
    (r"Valid until [^\n]*: ", ""),
    (r"stand for that, too\? \[no\]: ", "yes"),
    (r"Write this to readiness/attestations.toml\? \[no\]: ", "yes"),
)


def test_orr_attest_next_alone_leads_to_a_plan_phase_that_is_attested(newcomer: Newcomer) -> None:
    newcomer.answers(*[""] * 9)
    child = newcomer.types("orr", "attest", "--next", "--phase", "plan")
    while place := child.expect([pexpect.EOF, *(asked for asked, _ in ANSWERS)]):
        child.sendline(ANSWERS[place - 1][1])
    child.close()
    assert child.exitstatus == 0
    said = newcomer.judges("--orr-phase", "plan", status=0)
    assert said[-3].startswith("READY: 0 items passed by machine, 6 attested by people")
    due = {item["id"] for item in newcomer.review()["items"] if item["phase"] == "plan"}
    assert newcomer.items("attested") == due
    assert len(newcomer.items("unknown")) == 76 - len(due)


def test_yes_everywhere_makes_nothing_green_before_somebody_fills_it_in(
    at: Callable[[Path], Repository], tmp_path: Path
) -> None:
    repository = at(tmp_path)
    everything = "aws,hosts,contracts,provider,database,docker"
    assert repository.orr("init", "--with", everything).status == 0
    ran = repository.judge("-p", "no:xdist")
    assert ran.status == 20, ran.out
    assert set(repository.outcomes().values()) == {"unknown"}
