"""What a service adds to its suite: collectors, renderers, items with pytest's own subtests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

RENDERERS = """


class Count:
    FILE_NAME = "review-count.txt"

    def render(self, signoff):
        return f"{len(signoff.review.items)} items: {signoff.verdict.word.value}\\n"


def pytest_orr_renderers():
    return [Count()]
"""
DAY = ["--orr-as-of", "2026-11-20"]


def test_a_collector_of_a_service_becomes_a_fixture(
    small: Callable[..., Repository], item: Callable[..., str], mode: list[str]
) -> None:
    body = (
        "assert numbers == (1, 2, 3)\n"
        "for number in at_least_one(numbers):\n"
        "    with subject(f'n{number}'):\n        assert number < 4"
    )
    repository = small(item("demo.a.numbers", body, asks="numbers, subject"))
    ran = repository.judge(*DAY, *mode)
    assert ran.status == 0, ran.out
    one = repository.item("demo.a.numbers")
    assert (one["outcome"], one["class_as_built"]) == ("pass", "automatic")
    assert [finding["subject"] for finding in one["findings"]] == ["n1", "n2", "n3"]
    (fact,) = one["facts"]
    observed = repository.document("facts.json")["observations"]["numbers"]
    assert fact == {
        "name": "numbers",
        "source": "the numbers",
        "digest": observed["digest"],
        "observed": True,
        "operations": ["numbers:List"],
    }
    assert observed["value"] == [1, 2, 3]
    assert observed["operations"] == ["numbers:List"]


def test_a_collector_that_is_denied_makes_its_item_unknown(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> None:
    repository = small(
        item("demo.a.denied", "assert denied", asks="denied"),
        item("demo.a.numbers", "assert numbers", asks="numbers"),
    )
    assert repository.judge(*DAY, *spread).status == 20
    assert repository.outcomes() == {"demo.a.denied": "unknown", "demo.a.numbers": "pass"}
    one = repository.item("demo.a.denied")
    assert (one["reason"], one["remedy"]) == (
        "denied: numbers:Denied was denied",
        "grant numbers:Denied",
    )


def test_a_warning_of_a_client_library_breaks_no_collector(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> None:
    repository = small(item("demo.a.numbers", "assert numbers", asks="numbers"))
    settings = '[pytest]\nfilterwarnings = ["error"]\n'
    (repository.suite / "pytest.toml").write_text(settings, encoding="utf-8")
    conftest = repository.suite / "conftest.py"
    own = conftest.read_text(encoding="utf-8")
    warning = "import warnings\n        warnings.warn('old', DeprecationWarning)\n        "
    answer = "return Answer(value=(1, 2, 3))"
    conftest.write_text(own.replace(answer, warning + answer), encoding="utf-8")
    assert repository.judge(*DAY, *spread).status == 0
    assert repository.outcomes() == {"demo.a.numbers": "pass"}


def test_a_fixture_of_a_service_is_handed_to_its_items(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> None:
    repository = small(
        item("demo.a.numbers", "assert numbers[:limit] == (1, 2)", asks="numbers, limit")
    )
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write("\n\nimport pytest\n\n\n@pytest.fixture\ndef limit():\n    return 2\n")
    assert repository.judge(*DAY, *spread).status == 0
    assert repository.outcomes() == {"demo.a.numbers": "pass"}


def test_a_renderer_of_a_service_writes_its_file(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> None:
    repository = small(item("demo.a.numbers", "assert numbers", asks="numbers"))
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write(RENDERERS)
    assert repository.judge(*DAY, *spread).status == 0
    written = (repository.report / "review-count.txt").read_text(encoding="utf-8")
    assert written == "1 items: ready\n"


def test_a_file_of_a_services_renderer_is_put_aside_with_the_others(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    repository = small(item("demo.a.numbers", "assert numbers", asks="numbers"))
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write(RENDERERS)
    assert repository.judge(*DAY, "-p", "no:xdist").status == 0
    assert repository.judge(*DAY, "-p", "no:xdist", "-k", "numbers").status == 21
    assert not (repository.report / "review-count.txt").exists(), "it would outlive its run"


@pytest.mark.parametrize("name", ["count.txt", "review-../count.txt", "review.json"])
def test_a_renderer_with_another_name_is_refused(
    small: Callable[..., Repository], item: Callable[..., str], name: str
) -> None:
    repository = small(item("demo.a.numbers", "assert numbers", asks="numbers"))
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write(RENDERERS.replace("review-count.txt", name))
    ran = repository.judge(*DAY, "-p", "no:xdist")
    assert ran.status == 22
    assert ran.err.strip() == (
        "ERROR: 1 mistake in what was written:\n"
        f"  '{name}' is no name for a renderer's document;"
        " begin it with 'review-' and leave out slashes"
    )
    assert repository.orr("gate").status != 0


SUBTESTS = {
    "fails": "assert number != 2",
    "raises": "assert number\n        1 / (number - 2)",
    "skips": "if number == 2:\n            pytest.skip('not this one')",
    "expects to fail": "if number == 2:\n            pytest.xfail('known')",
    "holds": "assert number",
}
FOLDED = {
    "fails": ("fail", "n2: assert 2 != 2", "do the right thing."),
    "raises": ("fail", "n2: ZeroDivisionError: division by zero", "do the right thing."),
    "skips": ("unknown", "n2: Skipped: not this one", None),
    "expects to fail": (
        "unknown",
        "it is marked as expected to fail; a waiver says that, not xfail",
        None,
    ),
    "holds": ("pass", "numbers: the numbers", ""),
}
WAYS = {
    "plain": ["-p", "no:xdist"],
    "n0": ["-n0"],
    "n2": ["-n2"],
    "no terminal": ["-p", "no:xdist", "-p", "no:terminal"],
    "quiet": ["-p", "no:xdist", "-q"],
    "verbose": ["-p", "no:xdist", "-vv"],
}


@pytest.fixture
def with_subtests(small: Callable[..., Repository], item: Callable[..., str]) -> Repository:
    """Items of a service that use pytest's own subtests, each in another way."""
    loop = "for number in numbers:\n    with subtests.test(msg=f'n{{number}}'):\n        {body}"
    return small(
        *(
            item(
                f"demo.a.{name.replace(' ', '-')}", loop.format(body=body), asks="numbers, subtests"
            )
            for name, body in SUBTESTS.items()
        ),
        item("demo.a.sees-nothing", "with subtests.test('inner'):\n    assert 1", asks="subtests"),
    )


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_pytests_own_subtests_are_folded_into_their_item(
    with_subtests: Repository, way: list[str]
) -> None:
    assert with_subtests.judge(*DAY, *way).status == 1
    for name, (outcome, reason, remedy) in FOLDED.items():
        one = with_subtests.item(f"demo.a.{name.replace(' ', '-')}")
        assert (one["outcome"], one["reason"]) == (outcome, reason)
        assert remedy is None or one["remedy"] == remedy
    assert with_subtests.outcomes()["demo.a.sees-nothing"] == "unknown"
    assert with_subtests.orr("gate").status == 1
    assert findings(with_subtests.item("demo.a.fails")) == {
        "numbers": "pass",
        "n1": "pass",
        "n2": "fail",
        "n3": "pass",
    }
    assert findings(with_subtests.item("demo.a.holds")) == dict.fromkeys(
        ("numbers", "n1", "n2", "n3"), "pass"
    )


def findings(one: Any) -> dict[str, str]:
    return {finding["subject"]: finding["outcome"] for finding in one["findings"]}


def test_folded_subtests_do_not_depend_on_the_distribution(with_subtests: Repository) -> None:
    with_subtests.judge(*DAY, "-p", "no:xdist")
    facts = with_subtests.path / "facts.json"
    facts.write_bytes((with_subtests.report / "facts.json").read_bytes())
    with_subtests.judge("--orr-facts", "facts.json", "-n2")
    before, after = (
        json.loads((folder / "review.json").read_text(encoding="utf-8"))["items"]
        for folder in (with_subtests.report / "previous", with_subtests.report)
    )
    assert after == before


BREAKS = {
    "raises": ("raise ValueError('broken')", "numbers"),
    "breaks inside": ("one = 1\n(lambda: 1 / (one - 1))()", "numbers"),
    "lacks a fixture": ("assert numbers", "numbers, nowhere"),
    "breaks its fixture": ("assert numbers", "numbers, broken"),
}


def test_what_is_told_of_a_broken_item_does_not_depend_on_how_it_was_run(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    repository = small(
        *(
            item(f"demo.a.{name.replace(' ', '-')}", body, asks=asks)
            for name, (body, asks) in BREAKS.items()
        )
    )
    with (repository.suite / "conftest.py").open("a", encoding="utf-8") as stream:
        stream.write("\n\nimport pytest\n\n\n@pytest.fixture\ndef broken():\n    return {}['x']\n")
    assert repository.judge(*DAY, "-p", "no:xdist").status == 20
    first = (repository.report / "review.json").read_bytes()
    said = {one["id"]: one["traceback"] for one in repository.review()["items"]}
    assert said["demo.a.raises"] == (
        "test_demo.py:16: in test_demo_a_raises\n    raise ValueError('broken')\nValueError: broken"
    )
    assert said["demo.a.breaks-its-fixture"].endswith("    return {}['x']\nKeyError: 'x'")
    facts = repository.path / "facts.json"
    facts.write_bytes((repository.report / "facts.json").read_bytes())
    for way in (["-n2"], ["-p", "no:xdist", "--tb=long", "-vv"], ["-p", "no:terminal"]):
        assert repository.judge("--orr-facts", "facts.json", *way).status == 20
        assert (repository.report / "review.json").read_bytes() == first, way


def test_an_item_whose_subtests_all_fail_is_never_ready(
    small: Callable[..., Repository], item: Callable[..., str], spread: list[str]
) -> None:
    body = "with subtests.test('only'):\n    assert not numbers, 'there are numbers'"
    repository = small(item("demo.a.only", body, asks="numbers, subtests"))
    assert repository.judge(*DAY, *spread).status == 1
    assert repository.review()["verdict"] == "not_ready"
    assert repository.item("demo.a.only")["reason"] == "only: AssertionError: there are numbers"


def test_subtests_that_are_switched_off_make_their_item_unknown(
    with_subtests: Repository,
) -> None:
    assert with_subtests.judge(*DAY, "-p", "no:subtests").status == 20
    assert set(with_subtests.outcomes().values()) == {"unknown"}
    reason = "its setup broke: fixture 'subtests' not found"
    assert with_subtests.item("demo.a.holds")["reason"] == reason
