"""A small report that people sign with real keys: judged once, copied for each test."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.cli import main
from tests.conftest import CONFTEST, PROFILE, Repository, an_item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

REPORT = "We restarted it: four minutes, no failed request.\n"
HEAD = '"""Demo: a small suite."""\nimport pytest\nfrom pytest_orr import at_least_one\n'
TODAY = dt.datetime.now(dt.UTC).date()
LATER = TODAY + dt.timedelta(days=10)
ITEMS = (
    an_item("demo.area.seen", "assert at_least_one(numbers)", asks="numbers"),
    an_item(
        "demo.area.said",
        "assert attestation.evidence",
        asks="attestation",
        marks="@pytest.mark.manual\n",
    ).replace('evidence="link"', 'evidence="report"'),
    an_item(
        "demo.area.waived",
        "for one in at_least_one(numbers):\n    with subject(f'no {one}'):\n        assert one < 3",
        asks="numbers, subject",
    ),
    an_item("demo.area.absent", "assert numbers", asks="numbers"),
)
STATEMENT = f"""
[[attestation]]
item = "demo.area.said"
statement = "It restarts."
by = "ana@example.org"
on = {TODAY}
until = {LATER}
evidence = [{{ kind = "report", ref = "reports/one.md", sha256 = "SHA256", dated = {TODAY} }}]
"""
WAIVER = f"""
[[waiver]]
item = "demo.area.waived"
reason = "The third one arrives on Monday."
requester = "ana@example.org"
approver = "eve@example.org"
granted = {TODAY}
expires = {LATER}
action = {{ what = "a third one", owner = "bo@example.org", due = {LATER} }}
"""
ABSENT = f"""
[[not_applicable]]
item = "demo.area.absent"
reason = "no-such-component"
text = "There is none."
approver = "eve@example.org"
on = {TODAY}
"""
APPROVER = """
[[signoff.approvers]]
email = "{name}@example.org"
roles = ["{role}"]
keys = [{keys}]
"""
ROLES = {"ana": "service", "eve": "principal-engineer", "bo": "security"}
RUNNER = """
[[signoff.runners]]
name = "ci"
keys = [{keys}]
"""


def public(path: Path) -> str:
    return path.with_name(f"{path.name}.pub").read_text(encoding="utf-8").strip()


def made_key(path: Path, *words: str, phrase: str = "") -> Path:
    """Make a key by ssh-keygen."""
    words = words or ("-t", "ed25519")
    command = ["ssh-keygen", "-q", *words, "-N", phrase, "-C", path.name, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Private keys by name: one each of three people, a weaker one of Eve, a runner's, others."""
    folder = tmp_path_factory.mktemp("keys")
    weaker = ("-t", "rsa", "-b", "2048")
    return {
        **{name: made_key(folder / name) for name in (*ROLES, "ci", "stranger")},
        "eve-weaker": made_key(folder / "eve-weaker", *weaker),
        "bo-expired": made_key(folder / "bo-expired"),
        "bo-locked": made_key(folder / "bo-locked", phrase="a phrase"),
    }


@pytest.fixture(scope="session")
def policy(keys: Mapping[str, Path]) -> str:
    """A policy that lists those keys."""

    def listed(*names: str) -> str:
        until = {name: ", until = 2020-01-01" for name in names if name.endswith("-expired")}
        entries = (f'key = "{public(keys[name])}"{until.get(name, "")}' for name in names)
        return ", ".join(f"{{ {entry} }}" for entry in entries)

    theirs = {name: [one for one in keys if one.partition("-")[0] == name] for name in ROLES}
    people = (
        APPROVER.format(name=name, role=role, keys=listed(*theirs[name]))
        for name, role in ROLES.items()
    )
    return "".join(("[signoff]\nmax_days = 14\n", *people, RUNNER.format(keys=listed("ci"))))


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """A service's checkout with a report, and whoever signs there; the command runs here."""

    repository: Repository
    keys: Mapping[str, Path]
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    @property
    def report(self) -> Path:
        return self.repository.report

    def suite_file(self, name: str) -> Path:
        return self.repository.suite / name

    def orr(self, *arguments: object) -> Said:
        """Run the command in this process, where nobody can be asked."""
        self.capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = self.capsys.readouterr()
        return Said(status=status, out=out, err=err)

    def sign(self, name: str, *more: object) -> Said:
        """Sign by flags alone, with the key of that name."""
        return self.orr("sign", "--key", self.keys[name], "--yes", *more)

    def typing(self, *answers: str, to: tuple[object, ...]) -> Said:
        """Run the command on a terminal where these lines are typed."""
        left = iter(answers)

        def typed(prompt: str) -> str:
            answer = next(left, None)
            if answer is None:
                raise EOFError
            sys.stdout.write(f"{prompt}{answer}\n")
            return answer

        self.patch.setattr("pytest_orr.cli.sign.on_terminal", lambda: True)
        self.patch.setattr("builtins.input", typed)
        return self.orr(*to)

    def edit(self, path: Path, old: str, new: str) -> None:
        """Change a text in a file."""
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def judge(self, *arguments: str, status: int = 0) -> Any:
        """Run the suite again; return the review."""
        ran = self.repository.judge("-p", "no:xdist", *arguments)
        assert ran.status == status, ran.out + ran.err
        return self.repository.review()


def laid_down(folder: Path, policy: str) -> Repository:
    """Lay a small suite down, with what people wrote."""
    repository = Repository(folder, version="a suite of its own")
    files = {
        "test_demo.py": HEAD + "".join(ITEMS),
        "readiness.toml": PROFILE + ABSENT,
        "attestations.toml": STATEMENT.replace(
            "SHA256", hashlib.sha256(REPORT.encode()).hexdigest()
        ),
        "waivers.toml": WAIVER,
        "policy.toml": policy,
        "conftest.py": CONFTEST,
        "pytest.toml": "[pytest]\n",
        "suite.lock": '{"version": "0", "items": [], "files": {}}',
        "reports/one.md": REPORT,
    }
    for name, text in files.items():
        path = repository.suite / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    repository.relock()
    return repository


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory, policy: str) -> Path:
    """The small suite's repository with a report that was shown ready, with a waiver."""
    repository = laid_down(tmp_path_factory.mktemp("judged"), policy)
    ran = repository.judge("-p", "no:xdist")
    assert ran.status == 0, ran.out + ran.err
    assert repository.review()["verdict"] == "ready_with_waivers"
    return repository.path


@pytest.fixture(scope="session")
def approved(
    tmp_path_factory: pytest.TempPathFactory, judged: Path, keys: Mapping[str, Path]
) -> Path:
    """The same with the signatures of all three people, shown to hold."""
    folder = tmp_path_factory.mktemp("approved")
    shutil.copytree(judged, folder, dirs_exist_ok=True)
    repository = Repository(folder)
    for name in ROLES:
        ran = repository.orr("sign", "--key", str(keys[name]), "--yes")
        assert ran.status == 0, ran.out + ran.err
    ran = repository.orr("verify")
    assert ran.status == 0, ran.out + ran.err
    return folder


@pytest.fixture
def put(
    tmp_path: Path,
    keys: Mapping[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[Path], Place]:
    """Copy a repository and go there."""

    def copied(source: Path) -> Place:
        checkout = tmp_path / "checkout"
        shutil.copytree(source, checkout)
        monkeypatch.chdir(checkout)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("COLUMNS", "100")
        for name in [one for one in os.environ if one.startswith("ORR_")]:
            monkeypatch.delenv(name)
        return Place(Repository(checkout), keys, monkeypatch, capsys)

    return copied


@pytest.fixture
def ready_to_sign(put: Callable[[Path], Place], judged: Path) -> Place:
    """A report that nobody has signed yet."""
    return put(judged)


@pytest.fixture
def signed(put: Callable[[Path], Place], approved: Path) -> Place:
    """A report that all three people have signed."""
    return put(approved)
