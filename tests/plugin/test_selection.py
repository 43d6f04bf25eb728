"""A part of the suite, a phase of the work, a gate that only advises: never more than was run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Ran, Repository

COLLECTORS = """
from pathlib import Path


class Asked(Numbers):
    def __init__(self, name):
        self.name = name

    def collect(self, desk):
        Path(f"asked-{self.name}").touch()
        return Answer(value=(1, 2, 3))


def pytest_orr_collectors():
    return [Asked("numbers"), Asked("letters"), Denied()]
"""
STATEMENT = """\
[[attestation]]
item = "demo.a.person"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-10
until = 2026-12-31
evidence = [{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-10 }]
"""
NOT_APPLICABLE = """
[[not_applicable]]
item = "demo.a.letters"
reason = "no-such-component"
text = "There are no letters."
approver = "{approver}"
on = 2026-11-10
"""
STRAY = """
import pytest


class Stray(pytest.Item):
    def runtest(self):
        assert 0


def pytest_collection_modifyitems(session, items):
    items.append(Stray.from_parent(session, name="stray"))
"""
MODULE = "readiness/test_demo.py"


@pytest.fixture
def parts(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """Three items: numbers to be planned, a person's to be built, letters to be launched."""
    repository = small(
        item("demo.a.numbers", "assert numbers", asks="numbers", phase="plan"),
        item(
            "demo.a.person",
            "assert attestation.evidence",
            asks="attestation",
            phase="build",
            marks="@pytest.mark.manual\n",
        ),
        item("demo.a.letters", "assert letters", asks="letters"),
        attestations=STATEMENT,
    )
    conftest = repository.suite / "conftest.py"
    own = conftest.read_text(encoding="utf-8").partition("\ndef pytest_orr_collectors")[0]
    conftest.write_text(own + COLLECTORS, encoding="utf-8")
    repository.arguments = ["--orr-as-of", "2026-11-20"]
    return repository


def asked(repository: Repository) -> set[str]:
    """Return the facts for which somebody was asked."""
    return {path.name.partition("-")[2] for path in repository.path.glob("asked-*")}


def assert_selected(repository: Repository, ran: Ran, said: str, **outcomes: str) -> None:
    """The run wrote a selection alone, with these items alone, and is not ready."""
    assert ran.status == 21, ran.out + ran.err
    document = repository.document("selection.json")
    assert (document["selection"], document["verdict"]) == (said, "partial")
    assert document["reason"] == f"not the whole suite was run ({said})"
    assert repository.outcomes("selection.json") == {f"demo.a.{k}": v for k, v in outcomes.items()}
    written = {path.name for path in repository.report.iterdir()} - {"previous"}
    assert written == {"journal.jsonl", "selection.json"}
    assert repository.orr("gate").status == 21


def test_the_whole_suite_is_ready_before_anything_is_left_out(
    parts: Repository, mode: list[str]
) -> None:
    assert parts.judge(*mode).status == 0
    assert parts.review()["verdict"] == "ready"
    assert asked(parts) == {"numbers", "letters"}


def test_k_runs_what_it_names_and_asks_for_its_facts_alone(
    parts: Repository, mode: list[str]
) -> None:
    assert_selected(parts, parts.judge("-k", "letters", *mode), "-k", letters="pass")
    assert asked(parts) == {"letters"}


def test_k_knows_an_item_by_its_id_and_what_is_in_it(parts: Repository, spread: list[str]) -> None:
    assert_selected(parts, parts.judge("-k", "demo.a.letters", *spread), "-k", letters="pass")
    said = {"letters": "pass", "numbers": "pass", "person": "attested"}
    assert_selected(parts, parts.judge("-k", "demo.a", *spread), "-k", **said)


def test_m_runs_what_is_marked(parts: Repository, spread: list[str]) -> None:
    assert_selected(parts, parts.judge("-m", "manual", *spread), "-m", person="attested")
    assert asked(parts) == set()


def test_deselect_leaves_out_what_it_names(parts: Repository) -> None:
    ran = parts.judge("-p", "no:xdist", "--deselect", "test_demo.py::test_demo_a_letters")
    assert_selected(parts, ran, "--deselect", numbers="pass", person="attested")
    assert asked(parts) == {"numbers"}


def test_a_node_id_of_a_persons_item_asks_for_nothing(parts: Repository, mode: list[str]) -> None:
    node = f"{MODULE}::test_demo_a_person"
    ran = parts.pytest(node, *parts.arguments, *mode)
    assert_selected(parts, ran, node, person="attested")
    assert asked(parts) == set()


def test_a_selection_puts_the_whole_report_aside(parts: Repository) -> None:
    parts.judge("-p", "no:xdist")
    parts.judge("-p", "no:xdist", "-k", "person")
    before = json.loads((parts.report / "previous" / "review.json").read_text(encoding="utf-8"))
    assert before["verdict"] == "ready"
    parts.judge("-p", "no:xdist")
    assert parts.review()["verdict"] == "ready"
    assert not (parts.report / "selection.json").exists()


def test_a_selection_that_fails_says_so(parts: Repository) -> None:
    (parts.suite / "attestations.toml").write_text("", encoding="utf-8")
    assert parts.judge("-p", "no:xdist", "-k", "person").status == 1
    assert parts.document("selection.json")["verdict"] == "not_ready"
    assert parts.judge("-p", "no:xdist", "-k", "numbers").status == 21


def test_a_selection_of_nothing_keeps_pytests_status(parts: Repository) -> None:
    assert parts.judge("-p", "no:xdist", "-k", "nothing_like_it").status == 5
    assert parts.document("selection.json")["verdict"] == "partial"
    assert parts.outcomes("selection.json") == {}
    assert parts.orr("gate").status == 21


BREAK = [(1, "numbers", "assert 5 in numbers"), (20, "denied", "assert denied"), (21, "", "")]


@pytest.mark.parametrize(("status", "asks", "body"), BREAK, ids=["fails", "unknown", "missing"])
def test_a_gate_that_advises_exits_0_and_changes_no_document(
    parts: Repository, item: Callable[..., str], status: int, asks: str, body: str
) -> None:
    if body:
        with (parts.suite / "test_demo.py").open("a", encoding="utf-8") as stream:
            stream.write(item("demo.a.more", body, asks=asks))
    else:
        lock = parts.suite / "suite.lock"
        content = json.loads(lock.read_text(encoding="utf-8"))
        lock.write_text(json.dumps({**content, "items": [*content["items"], "demo.a.more"]}))
    enforced = parts.judge("-p", "no:xdist")
    assert enforced.status == status, enforced.out
    (parts.path / "facts.json").write_bytes((parts.report / "facts.json").read_bytes())
    advised = parts.judge("-p", "no:xdist", "--orr-gate=advise", "--orr-facts", "facts.json")
    assert advised.status == 0
    for name in ("review.json", "signoff.md", "statement.json", "readiness.html"):
        before = (parts.report / "previous" / name).read_bytes()
        assert (parts.report / name).read_bytes() == before, name
    assert parts.orr("gate").status == status


def test_a_gate_that_advises_excuses_no_other_status(parts: Repository) -> None:
    (parts.suite / "waivers.toml").write_text("[[waiver]\n", encoding="utf-8")
    assert parts.judge("--orr-gate=advise").status == 22
    (parts.suite / "readiness.toml").unlink()
    assert parts.judge("--orr-gate=advise").status == 4


def gated(repository: Repository) -> set[str]:
    return {one["id"].rpartition(".")[2] for one in repository.review()["items"] if one["gated"]}


PHASES = {
    "plan": {"numbers"},
    "build": {"numbers", "person"},
    "launch": {"numbers", "person", "letters"},
    "operate": {"numbers", "person", "letters"},
}


@pytest.mark.parametrize(("phase", "items"), PHASES.items(), ids=PHASES)
def test_a_phase_gates_what_is_due_by_then(parts: Repository, phase: str, items: set[str]) -> None:
    assert parts.judge("-p", "no:xdist", "--orr-phase", phase).status == 0
    assert gated(parts) == items
    review = parts.review()
    assert review["phase"] == phase
    assert review["scores"]["raw"] == {"met": len(items), "of": len(items)}


def test_what_is_not_due_yet_is_previewed_and_blocks_nothing(
    parts: Repository, spread: list[str]
) -> None:
    (parts.suite / "attestations.toml").write_text("", encoding="utf-8")
    assert parts.judge("--orr-phase", "plan", *spread).status == 0
    assert parts.review()["verdict"] == "ready"
    assert parts.outcomes()["demo.a.person"] == "pending"
    assert parts.orr("gate").status == 0
    assert parts.judge("--orr-phase", "build", *spread).status == 1
    assert parts.review()["verdict"] == "not_ready"


def test_a_test_that_is_no_item_is_not_excused_by_a_phase(parts: Repository) -> None:
    (parts.suite / "attestations.toml").write_text("", encoding="utf-8")
    with (parts.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write(STRAY)
    assert parts.judge("-p", "no:xdist", "--orr-phase", "plan").status == 21
    said = "tests that are no items ran in the suite's folder"
    assert parts.document("selection.json")["selection"] == said
    assert parts.orr("gate").status == 21


def test_the_phase_is_said_by_option_then_environment_then_ini(parts: Repository) -> None:
    env = {"ORR_PHASE": "build"}
    (parts.suite / "pytest.toml").write_text('[pytest]\norr_phase = "plan"\n', encoding="utf-8")
    assert parts.judge("-p", "no:xdist").status == 0
    assert parts.review()["phase"] == "plan"
    assert parts.judge("-p", "no:xdist", env=env).status == 0
    assert parts.review()["phase"] == "build"
    assert parts.judge("-n2", "--orr-phase", "operate", env=env).status == 0
    assert parts.review()["phase"] == "operate"


def test_not_applicable_needs_an_approver(parts: Repository, spread: list[str]) -> None:
    profile = parts.suite / "readiness.toml"
    written = profile.read_text(encoding="utf-8")
    profile.write_text(written + NOT_APPLICABLE.format(approver="eve@example.org"))
    assert parts.judge(*spread).status == 0
    assert parts.outcomes()["demo.a.letters"] == "not_applicable"
    assert asked(parts) == {"numbers"}, "what does not apply is not asked for"
    profile.write_text(written + NOT_APPLICABLE.format(approver="bo@example.org"))
    assert parts.judge(*spread).status == 20
    item = parts.item("demo.a.letters")
    assert item["outcome"] == "unknown"
    line = profile.read_text(encoding="utf-8").splitlines().index("[[not_applicable]]") + 1
    assert item["reason"] == (
        f"not applicable: readiness.toml:{line}: not applicable is refused: its approver"
        " bo@example.org has not the role approver or principal-engineer"
    )
