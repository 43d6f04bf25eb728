"""Ways to end a run with status 0 although not everything was checked: none of them is READY.

Every test first shows the repository READY, then takes one thing away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_orr.collect.snapshot import digest_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.usefixtures("untraced")

MODULE = "test_operations.py"
ITEM = "operations.runbook.location"
READY_WORDS = {"ready", "ready_with_waivers"}


def body_of(repository: Repository, text: str) -> None:
    """Give the item of the runbook another body, and lock the suite as it then is."""
    path = repository.suite / MODULE
    source = path.read_text(encoding="utf-8")
    head, marker, rest = source.partition(f'"{ITEM}"')
    docstring_end = rest.index('"""', rest.index('"""') + 3) + 3
    following = rest.index("\n\n\n", docstring_end)
    indented = text.replace("\n", "\n    ")
    path.write_text(
        head + marker + rest[:docstring_end] + f"\n    {indented}" + rest[following:],
        encoding="utf-8",
    )
    repository.relock()


def decorated(repository: Repository, text: str) -> None:
    """Put a decorator on the item of the runbook."""
    path = repository.suite / MODULE
    source = path.read_text(encoding="utf-8")
    at = source.rindex("@pytest.mark.orr(", 0, source.index(f'"{ITEM}"'))
    path.write_text(source[:at] + text + "\n" + source[at:], encoding="utf-8")
    repository.relock()


def conftest(repository: Repository, text: str) -> None:
    """Give the suite a conftest.py."""
    (repository.suite / "conftest.py").write_text("import pytest\n" + text, encoding="utf-8")


def assert_ready(repository: Repository) -> None:
    """The repository was judged READY, and the gate opens: what is taken away now decides."""
    assert repository.review()["verdict"] == "ready"
    assert repository.orr("gate").status == 0


def assert_not_ready(repository: Repository) -> None:
    """Nothing in the report's folder says ready, and the gate does not open."""
    review: Path = repository.report / "review.json"
    if review.exists():
        assert repository.review()["verdict"] not in READY_WORDS
    assert repository.orr("gate").status != 0


BODIES = {
    "loop over nothing": "for thing in ():\n    assert thing",
    "skips itself": "pytest.skip('no credential')",
    "xfails itself": "pytest.xfail('known')",
    "exits with 0": "pytest.exit('bye', 0)",
    "raises": "raise ValueError('broken')",
    "raises a base exception": "raise SystemExit(0)",
    "is interrupted": "raise KeyboardInterrupt",
    "warns": "(1, 2).__class__\nimport_ = 1\nraise DeprecationWarning('old')",
}
REFUSED = {
    "bare except": "try:\n    assert attestation.evidence\nexcept:\n    pass",
    "except BaseException": "try:\n    assert 0\nexcept BaseException:\n    pass",
    "except Exception": "try:\n    assert 0\nexcept (ValueError, Exception):\n    pass",
    "assert on a tuple": "assert (attestation.evidence, 'said')",
    "returns a value": "return False",
    "a thread": "import threading\nthreading.Thread(target=print).start()",
    "os._exit by import": "import os\nos._exit(0)",
    "yields": "yield\nassert 0",
}
MARKS = {
    "skip": "@pytest.mark.skip(reason='later')",
    "skipif": "@pytest.mark.skipif(True, reason='later')",
    "xfail that fails": "@pytest.mark.xfail(raises=AssertionError)",
    "xfail that passes": "@pytest.mark.xfail",
    "xfail run=False": "@pytest.mark.xfail(run=False)",
    "empty parametrize": "@pytest.mark.parametrize('nothing', [])",
    "usefixtures of a broken fixture": "@pytest.mark.usefixtures('not_there')",
}
CONFTESTS = {
    "drops an item": (
        "def pytest_collection_modifyitems(items):\n"
        "    items[:] = [i for i in items if 'runbook' not in i.name]\n"
    ),
    "drops every item": "def pytest_collection_modifyitems(items):\n    items.clear()\n",
    "rewrites a failed report": (
        "from pytest_orr.record.values import ItemRecord\n"
        "@pytest.hookimpl(wrapper=True, tryfirst=True)\n"
        "def pytest_runtest_makereport(item, call):\n"
        "    report = yield\n"
        "    report.outcome, report.longrepr = 'passed', None\n"
        "    return report\n"
    ),
    "ignores a module": "collect_ignore = ['test_operations.py']\n",
    "skips in a hook": (
        "def pytest_runtest_setup(item):\n"
        "    if 'runbook' in item.name:\n        pytest.skip('not today')\n"
    ),
    "breaks on the way out": (
        "@pytest.fixture(autouse=True)\n"
        "def broken(request):\n    yield\n    assert 'runbook' not in request.node.name\n"
    ),
    "leaves with os._exit(0)": (
        "import os\n"
        "def pytest_runtest_call(item):\n"
        "    if 'runbook' in item.name:\n        os._exit(0)\n"
    ),
    "claims to have run the item": (
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_runtest_protocol(item):\n"
        "    return True if 'runbook' in item.name else None\n"
    ),
}


@pytest.mark.parametrize("text", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_checks_nothing_is_not_ready(ready: Repository, text: str) -> None:
    assert_ready(ready)
    body_of(ready, text)
    ran = ready.judge("-p", "no:xdist")
    assert ran.status != 0
    assert_not_ready(ready)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_breaks_the_fence_is_refused(ready: Repository, text: str) -> None:
    assert_ready(ready)
    body_of(ready, text)
    ran = ready.judge("-p", "no:xdist")
    assert ran.status == 22, ran.out + ran.err
    assert f"readiness/{MODULE}:" in ran.err
    assert_not_ready(ready)


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS.keys())
def test_a_mark_does_not_take_an_item_out(ready: Repository, mark: str) -> None:
    assert_ready(ready)
    decorated(ready, mark)
    if "nothing" in mark:
        source = (ready.suite / MODULE).read_text(encoding="utf-8")
        at = source.index("(", source.index("def test_", source.index(f'"{ITEM}"')))
        (ready.suite / MODULE).write_text(source[:at] + "(nothing, " + source[at + 1 :])
        ready.relock()
    ran = ready.judge("-p", "no:xdist")
    assert ran.status not in {0, 22}, ran.out + ran.err
    assert ready.outcomes()[ITEM] == "unknown"
    assert_not_ready(ready)


@pytest.mark.parametrize("text", CONFTESTS.values(), ids=CONFTESTS.keys())
def test_a_conftest_does_not_make_it_ready(ready: Repository, text: str) -> None:
    assert_ready(ready)
    if "rewrites" in text or "ItemRecord" in text:
        body_of(ready, "assert not attestation.evidence, 'it fails'")
    conftest(ready, text)
    ready.judge("-p", "no:xdist")
    assert_not_ready(ready)


def test_a_conftest_that_sets_the_exit_status_does_not_have_the_last_word(
    ready: Repository,
) -> None:
    assert_ready(ready)
    body_of(ready, "assert not attestation.evidence, 'it fails'")
    conftest(
        ready,
        "@pytest.hookimpl(trylast=True)\n"
        "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n",
    )
    assert ready.judge("-p", "no:xdist").status == 1
    assert_not_ready(ready)


TYPED = {
    "-k": ["-k", "not runbook"],
    "-m": ["-m", "not manual"],
    "--deselect": ["--deselect", f"{MODULE}::test_x", "--deselect", "readiness/test_cicd.py"],
    "--ignore": ["--ignore=readiness/test_cicd.py"],
    "--setup-plan": ["--setup-plan"],
    "--setup-only": ["--setup-only"],
    "--collect-only": ["--collect-only"],
    "--fixtures": ["--fixtures"],
    "--last-failed": ["--lf", "--lfnf=none"],
}


@pytest.mark.parametrize("arguments", TYPED.values(), ids=TYPED.keys())
def test_an_option_that_runs_less_is_not_ready(ready: Repository, arguments: list[str]) -> None:
    assert_ready(ready)
    ready.judge("-p", "no:xdist", *arguments)
    assert not (ready.report / "review.json").exists()
    assert_not_ready(ready)


ADDOPTS = {
    "--collect-only": 21,
    "--setup-plan": 21,
    "--setup-only": 21,
    "--fixtures": 21,
    "--markers": 21,
    "--help": 21,
    "--deselect=test_operations.py": 21,
    "-k=not(runbook)": 21,
}


@pytest.mark.parametrize(("option", "status"), ADDOPTS.items(), ids=ADDOPTS.keys())
def test_addopts_from_the_environment_do_not_end_green(
    ready: Repository, option: str, status: int
) -> None:
    assert_ready(ready)
    ran = ready.judge("-p", "no:xdist", env={"PYTEST_ADDOPTS": option})
    assert ran.status == status, ran.out + ran.err
    assert not (ready.report / "review.json").exists()
    assert_not_ready(ready)


def test_no_terminal_changes_nothing_about_the_verdict(ready: Repository) -> None:
    assert_ready(ready)
    assert ready.judge("-p", "no:xdist", "-p", "no:terminal").status == 0
    body_of(ready, "assert not attestation.evidence, 'it fails'")
    assert ready.judge("-p", "no:xdist", "-p", "no:terminal").status == 1
    assert ready.outcomes()[ITEM] == "fail"
    assert_not_ready(ready)


def test_stopping_at_the_first_failure_is_not_ready(ready: Repository) -> None:
    assert_ready(ready)
    body_of(ready, "assert not attestation.evidence, 'it fails'")
    ran = ready.judge("-p", "no:xdist", "-x")
    assert ran.status == 1
    assert ready.outcomes()[ITEM] == "fail"
    assert "missing" in ready.outcomes().values()
    assert_not_ready(ready)


def test_running_an_item_again_does_not_make_it_pass(ready: Repository) -> None:
    assert_ready(ready)
    with (ready.suite / MODULE).open("a", encoding="utf-8") as stream:
        stream.write("\n\nTRIES = []\n")
    tried = "TRIES.append(1)\nassert attestation.evidence\nassert len(TRIES) > 1, 'not yet'"
    body_of(ready, tried)
    ready.judge("-p", "no:xdist", "--reruns", "2")
    assert ready.outcomes()[ITEM] == "unknown"
    assert_not_ready(ready)


def test_a_worker_that_dies_leaves_its_item_unknown(ready: Repository) -> None:
    assert_ready(ready)
    conftest(ready, CONFTESTS["leaves with os._exit(0)"].replace("runbook", "refund_criteria"))
    assert ready.judge("-n2").status == 20
    outcomes = ready.outcomes()
    assert len(outcomes) == 76
    assert [i for i, o in outcomes.items() if o == "unknown"] == ["operations.refund.criteria"]
    assert ready.item("operations.refund.criteria")["reason"].startswith("the worker died")
    assert_not_ready(ready)


def test_an_empty_account_is_not_ready(ready: Repository) -> None:
    assert_ready(ready)
    path = ready.path / "facts.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    for name in ("load_balancers", "backend_security_groups", "web_protections"):
        seen = facts["observations"][name]
        seen["value"] = {
            key: [] if isinstance(value, list) else value for key, value in seen["value"].items()
        }
        seen["digest"] = digest_of(seen)
    path.write_text(json.dumps(facts), encoding="utf-8")
    assert ready.judge("-p", "no:xdist").status == 20
    unknown = [i for i, o in ready.outcomes().items() if o == "unknown"]
    assert unknown == [
        "network.backend.security-groups",
        "network.backend.service-port",
        "network.backend.ssh-jump-host",
        "network.load-balancer.ddos",
        "network.load-balancer.elb",
    ]
    assert_not_ready(ready)


def test_facts_that_were_changed_are_refused(ready: Repository) -> None:
    assert_ready(ready)
    path = ready.path / "facts.json"
    path.write_text(path.read_text(encoding="utf-8").replace("healthy", "unhealthy", 1))
    assert ready.judge("-p", "no:xdist").status == 22
    assert_not_ready(ready)


def test_a_module_that_is_gone_leaves_its_items_missing(ready: Repository) -> None:
    assert_ready(ready)
    (ready.suite / "test_cicd.py").unlink()
    ran = ready.judge("-p", "no:xdist")
    assert ran.status in {1, 21, 22}
    assert_not_ready(ready)


def test_a_module_that_cannot_be_imported_is_not_ready(ready: Repository) -> None:
    assert_ready(ready)
    path = ready.suite / "test_cicd.py"
    path.write_text(path.read_text(encoding="utf-8") + "\nBROKEN = 1 / 0\n", encoding="utf-8")
    ran = ready.judge("-p", "no:xdist")
    assert ran.status == 2
    assert {o for i, o in ready.outcomes().items() if i.startswith("cicd.")} == {"missing"}
    assert_not_ready(ready)


@pytest.mark.parametrize("at", [0.0, 0.3, 0.9])
def test_a_journal_that_was_cut_does_not_open_the_gate(ready: Repository, at: float) -> None:
    assert_ready(ready)
    path = ready.report / "journal.jsonl"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * at)])
    assert ready.orr("gate").status != 0


def test_a_review_that_was_written_by_hand_does_not_open_the_gate(ready: Repository) -> None:
    assert_ready(ready)
    path = ready.report / "review.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    ran = ready.orr("gate")
    assert ran.status == 21
    assert "is not what the journal says" in ran.out


def test_everything_not_applicable_is_not_ready(ready: Repository) -> None:
    assert_ready(ready)
    path = ready.suite / "readiness.toml"
    ids = [i for i, o in ready.outcomes().items() if o != "not_applicable"]
    entries = "".join(
        f'\n[[not_applicable]]\nitem = "{i}"\nreason = "no-such-component"\ntext = "no"\n'
        'approver = "eve@example.org"\non = 2026-11-10\n'
        for i in ids
    )
    path.write_text(path.read_text(encoding="utf-8") + entries, encoding="utf-8")
    (ready.suite / "attestations.toml").write_text("", encoding="utf-8")
    assert ready.judge("-p", "no:xdist").status == 20
    assert ready.review()["verdict"] == "unverified"
    assert_not_ready(ready)
