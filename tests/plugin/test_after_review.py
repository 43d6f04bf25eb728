"""What a review of the whole product found, each told again so that it cannot come back.

Where a run could have been taken for READY, the repository is first shown READY, and then one
thing is taken away.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Ran, Repository

pytestmark = pytest.mark.usefixtures("untraced")

PLAIN = ("-p", "no:xdist")
DAY = ("--orr-as-of", "2026-11-20")
LOOP = "for number in numbers:\n    with subject(f'n{number}'):\n        assert number < 4"
STATEMENT = """\
[[attestation]]
item = "demo.a.one"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-10
until = 2026-12-31
covers = "unknown"
evidence = [{ kind = "link", ref = "https://wiki.example.org/x", dated = 2026-11-10 }]
"""


def shown_ready(repository: Repository, *arguments: str) -> None:
    """Show the repository READY: what is taken away afterwards decides."""
    ran = repository.judge(*DAY, *(arguments or PLAIN))
    assert ran.status == 0, ran.out + ran.err
    assert repository.review()["verdict"] == "ready"
    assert repository.orr("gate").status == 0


def shut(repository: Repository) -> bool:
    """Whether nothing in the report's folder says ready, and the gate does not open."""
    path = repository.report / "review.json"
    ready = path.exists() and repository.review()["verdict"].startswith("ready")
    return not ready and repository.orr("gate").status != 0


def conftest(repository: Repository, text: str) -> None:
    """Add to the suite's conftest.py."""
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write(f"\nimport pytest\n\n{text}")


def rewritten(repository: Repository, old: str, new: str, name: str = "test_demo.py") -> None:
    """Change a file of the suite, and lock the suite as it then is."""
    path = repository.suite / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    repository.relock()


@pytest.fixture
def one(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """A suite of one item that asks for everything there is, shown READY."""
    asks = "numbers, subject, profile, as_of, attestation"
    repository = small(item("demo.a.one", LOOP, asks=asks))
    shown_ready(repository)
    return repository


# Nothing that was seen is never a pass.


@pytest.mark.parametrize(
    ("things", "reason"),
    [
        ("()", "the item saw nothing, so it proves nothing"),
        ("at_least_one(n for n in numbers if n > 3)", "nothing to check was found"),
    ],
)
def test_an_item_that_loops_over_nothing_is_unknown(
    one: Repository, things: str, reason: str
) -> None:
    rewritten(one, "in numbers:", f"in {things}:")
    assert one.judge(*DAY, *PLAIN).status == 20
    result = one.item("demo.a.one")
    assert (result["outcome"], result["reason"]) == ("unknown", f"the item: {reason}")
    assert shut(one)


REPLACING = {
    "subject": "import contextlib\n    return lambda name: contextlib.nullcontext()",
    "profile": "return object()",
    "as_of": "return 0",
    "attestation": "return object()",
}


@pytest.mark.parametrize(("name", "body"), REPLACING.items(), ids=REPLACING)
def test_a_fixture_that_takes_the_place_of_the_products_own_is_named(
    one: Repository, name: str, body: str
) -> None:
    conftest(one, f"@pytest.fixture\ndef {name}():\n    {body}\n")
    assert one.judge(*DAY, *PLAIN).status == 20
    result = one.item("demo.a.one")
    said = f"{name}: another fixture took the place of {name}"
    assert (result["outcome"], result["reason"]) == ("unknown", said)
    assert result["remedy"] == f"rename the fixture {name} of the suite's conftest.py or module"
    assert shut(one)


def test_a_modules_own_fixture_that_takes_the_place_of_a_fact_is_named(one: Repository) -> None:
    fixture = "@pytest.fixture\ndef numbers():\n    return (1, 2, 3)\n"
    rewritten(one, "@pytest.mark.orr(", f"{fixture}\n\n@pytest.mark.orr(")
    assert one.judge(*DAY, *PLAIN).status == 20
    said = "numbers: another fixture took the place of numbers"
    assert one.item("demo.a.one")["reason"] == said
    assert shut(one)


@pytest.mark.parametrize("root", ["readiness", "."])
def test_a_conftest_does_not_change_a_fact_unseen(one: Repository, root: str) -> None:
    conftest(one, "@pytest.fixture\ndef numbers():\n    return (4, 5, 6)\n")
    status = one.judge(*DAY, *PLAIN, "--rootdir", root).status
    result = one.item("demo.a.one")
    seen = [finding["subject"] for finding in result["findings"]]
    assert (status, seen) in [(0, ["n1", "n2", "n3"]), (20, ["numbers"])]


@pytest.mark.parametrize("fact", ["backend_security_groups", "endpoints", "load_balancers"])
def test_a_fixture_that_takes_the_place_of_the_baselines_facts_is_named(
    ready: Repository, fact: str
) -> None:
    conftest(ready, f"@pytest.fixture\ndef {fact}():\n    return object()\n")
    assert ready.judge(*PLAIN).status == 20
    asking = [one for one in ready.review()["items"] if fact in {f["name"] for f in one["facts"]}]
    unknown = [one for one in ready.review()["items"] if one["outcome"] == "unknown"]
    assert unknown != asking == []
    said = f"{fact}: another fixture took the place of {fact}"
    assert {one["reason"] for one in unknown} == {said}
    assert shut(ready)


def test_a_fact_that_is_asked_for_by_a_mark_alone_counts(one: Repository) -> None:
    mark = '@pytest.mark.usefixtures("denied")\n'
    rewritten(one, "@pytest.mark.orr(", mark + "@pytest.mark.orr(")
    assert one.judge(*DAY, *PLAIN).status == 20
    result = one.item("demo.a.one")
    assert (result["outcome"], result["reason"]) == (
        "unknown",
        "denied: numbers:Denied was denied",
    )
    assert shut(one)


NOT_APPLICABLE = """
[[not_applicable]]
item = "demo.a.one"
reason = "no-such-component"
text = "There are no numbers."
approver = "bo@example.org"
on = 2026-11-10
"""
NOT_COVERED = {
    "a self-skip": ("numbers", "pytest.skip('later')", "the item: the item skipped itself: later"),
    "nothing seen": (
        "numbers, subject",
        "for number in ():\n        assert number",
        "the item: the item saw nothing, so it proves nothing",
    ),
    "a fact beside another": (
        "numbers, denied",
        "assert denied\n    assert numbers",
        "denied: numbers:Denied was denied",
    ),
}


@pytest.fixture
def covered(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """An item whose fact is denied, answered by a person who knows, shown READY."""
    repository = small(item("demo.a.one", "assert denied", asks="denied"), attestations=STATEMENT)
    shown_ready(repository)
    assert repository.outcomes() == {"demo.a.one": "attested"}
    return repository


@pytest.mark.parametrize(("asks", "body", "reason"), NOT_COVERED.values(), ids=NOT_COVERED)
def test_a_statement_does_not_stand_for_what_nobody_could_know(
    covered: Repository, asks: str, body: str, reason: str
) -> None:
    rewritten(covered, "(denied)", f"({asks})")
    rewritten(covered, "assert denied", body)
    assert covered.judge(*DAY, *PLAIN).status == 20
    result = covered.item("demo.a.one")
    assert (result["outcome"], result["reason"]) == ("unknown", reason)
    assert shut(covered)


def test_a_statement_does_not_stand_for_the_right_to_say_not_applicable(
    covered: Repository,
) -> None:
    path = covered.suite / "readiness.toml"
    path.write_text(path.read_text(encoding="utf-8") + NOT_APPLICABLE, encoding="utf-8")
    assert covered.judge(*DAY, *PLAIN).status == 22, "one item is not both"
    assert shut(covered)
    (covered.suite / "attestations.toml").write_text("", encoding="utf-8")
    assert covered.judge(*DAY, *PLAIN).status == 20
    result = covered.item("demo.a.one")
    assert result["outcome"] == "unknown"
    assert result["reason"].startswith("not applicable: ")
    assert shut(covered)


# Everything that pytest would run is read, and everything that was read gives a result.


def module(source: str) -> str:
    return f'"""More: a module of its own."""\nimport pytest\n{source}'


def test_a_module_that_is_named_the_other_way_is_read_and_judged(
    one: Repository, item: Callable[..., str]
) -> None:
    path = one.suite / "service_test.py"
    path.write_text(module(item("more.a.two", "assert len(numbers) > 3", asks="numbers")), "utf-8")
    assert one.judge(*DAY, *PLAIN).status == 1
    assert one.outcomes() == {"demo.a.one": "pass", "more.a.two": "fail"}
    assert shut(one)


def test_an_item_below_a_condition_is_refused(one: Repository, item: Callable[..., str]) -> None:
    source = item("more.a.two", "assert 0").strip().replace("\n", "\n    ")
    (one.suite / "test_more.py").write_text(module(f"if True:\n    {source}\n"), "utf-8")
    ran = one.judge(*DAY, *PLAIN)
    assert ran.status == 22
    assert "test_more_a_two does not stand at the module's top level" in ran.err
    assert shut(one)


@pytest.mark.parametrize("files", ["check_*.py", "test_*.py check_*.py"])
def test_a_test_that_nobody_judges_keeps_the_gate_shut(one: Repository, files: str) -> None:
    (one.suite / "check_more.py").write_text("def test_more():\n    assert 1\n", encoding="utf-8")
    ran = one.judge(*DAY, *PLAIN, "-o", f"python_files={files}")
    assert ran.status == 21, ran.out + ran.err
    assert "PARTIAL" in ran.out
    assert "tests that are no items ran in the suite's folder" in ran.out
    assert shut(one)


LOST = {
    "Ctrl-C": "def pytest_runtest_setup(item):\n"
    "    if '[3]' in item.name:\n        raise KeyboardInterrupt\n",
    "pytest.exit": "def pytest_runtest_setup(item):\n"
    "    if '[3]' in item.name:\n        pytest.exit('bye', 0)\n",
    "dropped": "def pytest_collection_modifyitems(items):\n"
    "    items[:] = [item for item in items if '[3]' not in item.name]\n",
    "claimed": "@pytest.hookimpl(tryfirst=True)\n"
    "def pytest_runtest_protocol(item):\n    return True if '[3]' in item.name else None\n",
}


@pytest.mark.parametrize("text", LOST.values(), ids=LOST)
def test_one_lost_result_of_several_keeps_the_gate_shut(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str], text: str
) -> None:
    mark = '@pytest.mark.parametrize("number", [1, 2, 3])\n'
    body = "assert number in numbers"
    repository = small(item("demo.a.one", body, asks="numbers, number", marks=mark))
    shown_ready(repository, *spread)
    conftest(repository, text)
    ran = repository.judge(*DAY, *spread)
    result = repository.item("demo.a.one")
    if "-n2" in spread and "KeyboardInterrupt" in text:
        assert result["outcome"] == "unknown", "a worker that died is worse than no result"
        assert result["reason"].startswith("the worker died: ")
    else:
        assert result["outcome"] == "missing", ran.out + ran.err
        assert result["reason"] == "test_demo_a_one[3] gave no result"
    assert shut(repository)


RETRIES = """
from _pytest.runner import runtestprotocol


pytest.tries = []


@pytest.fixture
def tries():
    return pytest.tries


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    for _ in range(ROUNDS):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
"""


def test_a_retry_of_which_only_the_last_round_is_told_is_seen(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    body = "tries.append(1)\nassert numbers\nassert len(tries) > least"
    repository = small(item("demo.a.one", body, asks="numbers, tries, least"))
    conftest(repository, RETRIES.replace("ROUNDS", "len('a')"))
    conftest(repository, "@pytest.fixture\ndef least():\n    return 0\n")
    shown_ready(repository)
    rewritten(repository, "len('a')", "len('ab')", "conftest.py")
    rewritten(repository, "return 0", "return 1", "conftest.py")
    assert repository.judge(*DAY, *PLAIN).status == 20
    result = repository.item("demo.a.one")
    said = "it was run again; an item has one result"
    assert (result["outcome"], result["reason"]) == ("unknown", said)
    assert shut(repository)


# A suite that was locked anew hides nothing of the product's own.


def test_a_module_that_was_taken_out_of_the_lock_too_is_missed(ready: Repository) -> None:
    before = {name for name in ready.outcomes() if name.startswith("cicd.")}
    (ready.suite / "test_cicd.py").unlink()
    ready.relock()
    assert ready.judge(*PLAIN).status == 21
    missing = {name for name, outcome in ready.outcomes().items() if outcome == "missing"}
    assert missing == before != set()
    assert shut(ready)


def test_a_module_that_was_changed_says_so_although_it_was_locked_anew(ready: Repository) -> None:
    rewritten(ready, "Why: ", "Why:  ", "test_cicd.py")
    assert ready.judge(*PLAIN).status == 0
    stamps = {item["id"].partition(".")[0]: item["stamp"] for item in ready.review()["items"]}
    assert {area for area, stamp in stamps.items() if stamp == "modified"} == {"cicd"}
    assert set(stamps.values()) == {"baseline", "modified"}


# Facts are replayed only for what they were recorded of.

SCOPES = {
    "account": ('"123456789012"', '"210987654321"'),
    "region": ('["eu-central-1"]', '["eu-central-1", "eu-west-1"]'),
    "URL": ("https://api.explorer.example/health", "https://api.explorer.example/healthy"),
    "service": ('"explorer"\nenv', '"other"\nenv'),
    "environment": ('"production"', '"staging"'),
}
SAME_SCOPE = {
    "connect": ('env = "EXPLORER_EDGE"', 'env = "ELSEWHERE"'),
    "people": ('"Ana Ito"', '"Ana Sato"'),
}


def replayed(repository: Repository, old: str, new: str) -> Ran:
    path = repository.suite / "readiness.toml"
    text = re.sub(r" +=", " =", path.read_text(encoding="utf-8"))
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return repository.judge(*PLAIN)


@pytest.mark.parametrize(("old", "new"), SCOPES.values(), ids=SCOPES)
def test_facts_of_something_else_are_refused(ready: Repository, old: str, new: str) -> None:
    ran = replayed(ready, old, new)
    assert ran.status == 22, ran.out
    assert ran.err.strip() == (
        "ERROR: 1 mistake in what was written:\n"
        "  facts.json: was recorded for another service, environment, account, resource or"
        " endpoint than readiness.toml names now; run without --orr-facts"
    )
    assert shut(ready)


@pytest.mark.parametrize(("old", "new"), SAME_SCOPE.values(), ids=SAME_SCOPE)
def test_facts_of_the_same_are_replayed(ready: Repository, old: str, new: str) -> None:
    ran = replayed(ready, old, new)
    assert ran.status == 0, ran.out + ran.err


# What an earlier run found never stands for a run that did not begin.


REFUSED_RUNS = {
    "unknown option": ["--no-such-option"],
    "no such phase": ["-o", "orr_phase=never"],
}


@pytest.mark.parametrize("arguments", REFUSED_RUNS.values(), ids=REFUSED_RUNS)
def test_a_run_that_was_refused_leaves_no_earlier_review(
    one: Repository, arguments: list[str]
) -> None:
    assert one.judge(*DAY, *PLAIN, *arguments).status == 4
    assert not (one.report / "review.json").exists()
    assert shut(one)


def test_a_run_that_ended_before_this_plugin_was_loaded_is_not_the_one_that_the_gate_names(
    one: Repository,
) -> None:
    started = one.review()["run"]["started"]
    ran = one.judge(*DAY, *PLAIN, "-p", "nosuch")
    assert ran.status == 4, "pytest itself ends here; what an earlier run found still stands"
    assert f"run of {started} judged as of 2026-11-20" in one.orr("gate").lines[0]


def test_a_broken_conftest_leaves_no_earlier_review(one: Repository) -> None:
    conftest(one, "1 / 0\n")
    assert one.judge(*DAY, *PLAIN).status == 4
    assert not (one.report / "review.json").exists()
    assert shut(one)


def test_python_without_assertions_is_refused(one: Repository) -> None:
    ran = one.judge(*DAY, *PLAIN, env={"PYTHONOPTIMIZE": "1"})
    assert ran.status == 4
    assert "Python runs with -O, which takes assertions away. Run without it." in ran.err
    assert shut(one)


def test_the_gate_looks_where_the_run_wrote(one: Repository) -> None:
    env = {"ORR_REPORT": "elsewhere"}
    rewritten(one, "number < 4", "number < 3")
    assert one.judge(*DAY, *PLAIN, env=env).status == 1
    assert one.orr("gate").status == 0, "the earlier run's"
    gate = one.orr("gate", env=env)
    assert gate.status == 1
    assert gate.lines[0].startswith("demo (production), release 0123456789ab, phase launch, run of")


def test_a_file_of_the_teams_own_outlives_every_run(one: Repository) -> None:
    precious = one.path / "previous" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("precious", encoding="utf-8")
    for _ in range(3):
        assert one.judge(*DAY, *PLAIN, "--orr-report", ".").status == 0
        assert precious.read_text(encoding="utf-8") == "precious"
    assert (one.path / "previous" / "review.json").exists()


# What breaks costs only what depends on it, and is told.


def test_why_a_module_could_not_be_read_is_told(one: Repository, spread: list[str]) -> None:
    rewritten(one, "import pytest\n", "import pytest\nBROKEN = 1 / 0\n")
    ran = one.judge(*DAY, *spread, "--html=page.html", "--self-contained-html")
    assert "INTERNALERROR" not in ran.out + ran.err
    result = one.item("demo.a.one")
    assert (result["outcome"], result["reason"]) == (
        "missing",
        "test_demo.py could not be read: ZeroDivisionError: division by zero",
    )
    assert (one.path / "page.html").exists()
    assert shut(one)


BROKEN = """
class Broken(Numbers):
    name = "broken"
    fact_type = {kind}

    def collect(self, desk):
        {body}


def pytest_orr_collectors():
    return [Numbers(), Broken()]
"""
BREAKS = {
    "raises": ("tuple[int, ...]", "raise ValueError('a bug')"),
    "returns nothing": ("tuple[int, ...]", "return None"),
    "returns what is no value": ("tuple[int, ...]", "return Answer(value=(object(),))"),
    "returns an object": ("object", "return Answer(value=object())"),
    "returns another type": ("tuple[int, ...]", "return Answer(value={'a': b'\\xff'})"),
    "has no type": ("type('Odd', (), {})", "return Answer(value=1)"),
}


@pytest.mark.parametrize(("kind", "body"), BREAKS.values(), ids=BREAKS)
def test_a_collector_that_breaks_costs_only_its_items(
    small: Callable[..., Repository],
    item: Callable[..., str],
    spread: list[str],
    kind: str,
    body: str,
) -> None:
    repository = small(
        item("demo.a.broken", "assert broken", asks="broken"),
        item("demo.a.one", "assert numbers", asks="numbers"),
    )
    conftest(repository, BROKEN.format(kind=kind, body=body))
    ran = repository.judge(*DAY, *spread)
    assert ran.status == 20, ran.out + ran.err
    assert "INTERNALERROR" not in ran.out + ran.err
    assert repository.outcomes() == {"demo.a.broken": "unknown", "demo.a.one": "pass"}
    result = repository.item("demo.a.broken")
    assert result["reason"].startswith("broken: the collector broke: ")
    assert result["remedy"] == "report it to whoever wrote the collector of broken"
    assert shut(repository)


def test_a_preview_that_fails_does_not_end_a_run_of_an_early_phase(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> None:
    repository = small(
        item("demo.a.now", "assert numbers", asks="numbers", phase="plan"),
        item("demo.a.later", "assert not numbers", asks="numbers", phase="launch"),
    )
    assert repository.judge(*DAY, *spread, "--orr-phase=plan").status == 0
    assert repository.outcomes() == {"demo.a.later": "fail", "demo.a.now": "pass"}
    assert repository.orr("gate").status == 0
    assert repository.judge(*DAY, *spread).status == 1


def test_a_root_elsewhere_changes_nothing(one: Repository) -> None:
    facts = one.path / "facts.json"
    facts.write_bytes((one.report / "facts.json").read_bytes())
    (one.path / "elsewhere").mkdir()
    said = []
    for root in (".", "elsewhere"):
        ran = one.judge("--orr-facts", "facts.json", *PLAIN, "--rootdir", root)
        assert ran.status == 0, ran.out + ran.err
        said.append((one.outcomes(), (one.report / "statement.json").read_bytes()))
    assert said[0] == said[1]


# Secrets and control characters go nowhere.

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ9LkTf0aXhGq"
LINES = ("first-line-of-it", "second-line-of-it", "third-line-of-it")
SECRETS = {"AWS_SECRET_ACCESS_KEY": KEY, "DB_PASSWORD": "\n".join(LINES)}
READS = """
import builtins
import os

builtins.KEY = os.environ["AWS_SECRET_ACCESS_KEY"]


@pytest.fixture
def key():
    return os.environ["AWS_SECRET_ACCESS_KEY"]


@pytest.fixture
def password():
    return os.environ["DB_PASSWORD"]


@pytest.fixture
def issuer():
    return os.environ["TOKEN_ISSUER"]
"""
ISSUER = "https://issuer.example.org/"


def parts(secret: str) -> Iterator[str]:
    return (secret[at : at + 8] for at in range(len(secret) - 7))


def everything(repository: Repository, ran: Ran) -> str:
    """What anybody may read of a run."""
    files = [path for path in repository.report.rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8") for path in files]
    junit = (repository.path / "junit.xml").read_text(encoding="utf-8")
    return "\n".join([*texts, junit, ran.out, ran.err])


@pytest.mark.parametrize("way", [[*PLAIN], [*PLAIN, "-vv", "--tb=long", "-l"], ["-n2", "-rA"]])
def test_no_part_of_a_secret_is_left_anywhere(
    small: Callable[..., Repository], item: Callable[..., str], way: list[str]
) -> None:
    repository = small(
        item("demo.a.key", "assert key == 'x'", asks="key"),
        item("demo.a.table", "assert {'key': key} == {}", asks="key"),
        item("demo.a.raises", "raise ValueError(password)", asks="password"),
        item("demo.a.password", "assert password == 'x'", asks="password"),
        item("demo.a.said", "assert 0, issuer", asks="issuer"),
    )
    conftest(repository, READS)
    (repository.suite / "test_more.py").write_text(
        module(item("more.a.one", "assert 1") + "int(KEY)\n"), encoding="utf-8"
    )
    env = {**SECRETS, "TOKEN_ISSUER": ISSUER}
    for more in ([], ["--continue-on-collection-errors"]):
        ran = repository.judge(*DAY, *way, *more, "--junitxml=junit.xml", env=env)
        said = everything(repository, ran)
        assert "[redacted]" in said
        found = {part for secret in (KEY, *LINES) for part in parts(secret) if part in said}
        assert found == set()
    assert repository.item("demo.a.said")["reason"].endswith(ISSUER)


LOUD = """
import time


class Loud(Numbers):
    def collect(self, desk):
        desk.progress("\\x1b]0;owned\\x07 \\u202eloud")
        time.sleep(1.5)
        return Answer(value=(1, 2, 3))


def pytest_orr_collectors():
    return [Loud()]
"""
WAIVER = """
[[waiver]]
item = "demo.a.one"
reason = "accepted \\u001b[31mowned \\u202edeugra"
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-10
expires = 2026-12-31
"""


def test_control_characters_do_not_reach_the_terminal(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    body = "assert not numbers"
    repository = small(item("demo.a.one", body, asks="numbers"), waivers=WAIVER)
    conftest(repository, LOUD)
    ran = repository.judge(*DAY, *PLAIN, "-v", "-rs", "--color=no")
    assert (ran.status, repository.outcomes()) == (0, {"demo.a.one": "waived"}), ran.out + ran.err
    assert "owned" in ran.out
    assert "loud" in ran.out
    assert {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err) == set()


def rows(page: str) -> list[Any]:
    """The rows that pytest-html's page makes, as the raw HTML of their cells."""
    blob = re.search(r'data-jsonblob="([^"]*)"', page)
    assert blob is not None
    tests = json.loads(html.unescape(blob[1]))["tests"]
    return [one["resultsTableRow"] for several in tests.values() for one in several]


def test_a_parameter_is_no_markup_in_the_page_of_pytest_html(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    mark = '@pytest.mark.parametrize("number", [1, 2], ids=["<img src=x onerror=alert(1)>", "b"])\n'
    source = item("demo.a.one", "assert number in numbers", asks="numbers, number", marks=mark)
    repository = small(source)
    assert repository.judge(*DAY, *PLAIN, "--html=page.html").status == 0
    made = rows((repository.path / "page.html").read_text(encoding="utf-8"))
    assert len(made) == 2
    assert not any("<img" in cell for row in made for cell in row)
    assert any("&lt;img src=x onerror=alert(1)&gt;" in cell for row in made for cell in row)
