"""Statements in whole runs: who committed them, what bears them out, what ends them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

STATED = """
[[attestation]]
item = "demo.a.one"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-10
until = 2026-12-31
{more}evidence = [{{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-10 }}]
"""
BODY = """for number in at_least_one(numbers):
    with subject(f'n{{number}}', saw='it'):
        assert number != {wrong}
assert attestation.evidence"""
ASKS = "numbers, subject, attestation"
TOLD = "committed by ana@example.org"


def git(repository: Repository, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository.path), *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(repository: Repository, who: str = "ana") -> str:
    """Commit everything as somebody; return the commit's id."""
    name = ("-c", f"user.name={who}", "-c", f"user.email={who}@example.org")
    git(repository, "init", "-q", "-b", "main")
    git(repository, "add", "readiness")
    git(repository, *name, "commit", "-q", "--allow-empty", "-m", "stated")
    return git(repository, "rev-parse", "HEAD")


@pytest.fixture
def stating(
    small: Callable[..., Repository], item: Callable[..., str]
) -> Callable[..., Repository]:
    """A suite of one item with a statement, which its author committed."""

    def make(*, wrong: int = 9, more: str = "") -> Repository:
        body = BODY.format(wrong=wrong)
        one = item("demo.a.one", body, asks=ASKS, marks="@pytest.mark.manual\n")
        repository = small(one, attestations=STATED.format(more=more))
        commit(repository)
        return repository

    return make


def judged(repository: Repository, *words: str) -> dict[str, Any]:
    """Judge, and return the one item."""
    ran = repository.judge("--orr-as-of", "2026-11-20", "-p", "no:xdist", *words)
    assert ran.status in {0, 1, 20}, ran.out + ran.err
    [found] = repository.document("review.json")["items"]
    return dict(found)


def test_every_document_says_who_committed_a_statement_and_what_was_seen_beside_it(
    stating: Callable[..., Repository],
) -> None:
    repository = stating()
    one = judged(repository)
    said = one["attestation"]
    assert (one["outcome"], said["authorship"], said["brought"]) == ("attested", "committed", TOLD)
    assert said["corroborated"] == ["n1: it", "n2: it", "n3: it"]
    for name in ("readiness.html", "signoff.md"):
        text = (repository.report / name).read_text(encoding="utf-8").replace("&#64;", "@")
        assert TOLD in text.replace("\\", ""), name
        assert "Seen by machine" in text, name
    facts = repository.report / "facts.json"
    kept = repository.path / "facts.json"
    shutil.copyfile(facts, kept)
    shutil.rmtree(repository.path / ".git")
    assert judged(repository, "--orr-facts", str(kept)) == one


def test_the_policy_may_ask_for_more_than_a_commit(stating: Callable[..., Repository]) -> None:
    repository = stating()
    policy = repository.suite / "policy.toml"
    policy.write_text('[gate]\nauthorship = "committed"\n', encoding="utf-8")
    assert judged(repository)["outcome"] == "attested"
    policy.write_text('[gate]\nauthorship = "proven"\n', encoding="utf-8")
    one = judged(repository)
    assert one["outcome"] == "pending"
    assert one["reason"] == (
        "the item: attestations.toml:2: the policy asks for a statement that is proven; this one"
        f" is {TOLD}"
    )


def test_a_failure_that_was_seen_ends_a_statement_early(
    stating: Callable[..., Repository],
) -> None:
    one = judged(stating(wrong=2))
    assert one["outcome"] == "fail"
    assert one["reason"].startswith("n2: ")
    told = ", which contradicts the statement of ana@example.org of 2026-11-10"
    assert one["reason"].endswith(told)


def test_a_statement_for_an_earlier_commit_holds_until_more_than_the_suite_changes(
    stating: Callable[..., Repository],
) -> None:
    repository = stating()
    before = commit(repository)
    stated = repository.suite / "attestations.toml"
    stated.write_text(STATED.format(more=f'release = "{before}"\n'), encoding="utf-8")
    profile = repository.suite / "readiness.toml"
    [line] = [one for one in profile.read_text().splitlines() if one.startswith("commit")]
    text = profile.read_text()
    profile.write_text(text.replace(line, f'commit = "{commit(repository)}"'), encoding="utf-8")
    assert judged(repository)["outcome"] == "attested"
    (repository.path / "main.go").write_text("package main\n", encoding="utf-8")
    git(repository, "add", "main.go")
    profile.write_text(text.replace(line, f'commit = "{commit(repository)}"'), encoding="utf-8")
    one = judged(repository)
    assert one["outcome"] == "pending"
    assert one["reason"].endswith(f"it was made for {before}; since then changed main.go")
    profile.write_text(text.replace(line, f'commit = "{"0" * 40}"'), encoding="utf-8")
    assert judged(repository)["outcome"] == "unknown"
