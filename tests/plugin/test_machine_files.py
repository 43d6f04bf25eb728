"""Every file that a machine reads has a published schema, and holds by it after a real run."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Repository

SCHEMAS = resources.files("pytest_orr").joinpath("schemas")


def schema(name: str) -> dict[str, Any]:
    text = SCHEMAS.joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def complaints(name: str, value: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft202012Validator(schema(name)).iter_errors(value)
    ]


def lines(repository: Repository) -> Iterator[Any]:
    text = (repository.report / "journal.jsonl").read_text(encoding="utf-8")
    return (json.loads(line.partition(" ")[2]) for line in text.splitlines())


@pytest.mark.parametrize("name", ["review", "facts"])
def test_a_report_holds_by_its_schemas(ready: Repository, name: str) -> None:
    assert complaints(name, ready.document(f"{name}.json")) == []


def test_each_line_of_a_journal_holds_by_its_schema(ready: Repository) -> None:
    told = list(lines(ready))

    assert [one for line in told for one in complaints("journal", line)] == []
    assert len(told) == 78
    assert complaints("journal", {"item": {**told[1]["item"], "outcome": "splendid"}})


def test_the_facts_of_a_run_without_any_hold_by_the_schema(ready: Repository) -> None:
    facts = ready.document("facts.json")
    name, entry = next(iter(facts["observations"].items()))
    less = {key: value for key, value in entry.items() if key not in {"value", "caveats"}}
    unseen = {**less, "status": "unobserved", "cause": "denied", "remedy": "grant it"}

    assert complaints("facts", {**facts, "observations": {name: unseen}}) == []
    assert complaints("facts", {**facts, "observations": {name: less}})
    assert complaints("facts", {**facts, "observations": {name: {**unseen, "value": 1}}})


def test_lock_and_catalogue_hold_by_their_schemas(ready: Repository) -> None:
    lock = json.loads((ready.suite / "suite.lock").read_text(encoding="utf-8"))
    catalogue = json.loads(ready.orr("catalogue", "--json").out)

    assert complaints("suite-lock", lock) == []
    assert complaints("catalogue", catalogue) == []
    assert len(catalogue["items"]) == 76
    assert complaints("catalogue", {"items": [{**catalogue["items"][0], "id": "no id"}]})


def test_signed_sign_offs_hold_by_the_schema_of_envelopes(checkout: Path) -> None:
    signed = [
        one
        for one in (checkout / "tests/vectors").glob("*/signoff.json")
        if not one.parent.name.endswith("_fail")
    ]
    envelopes = [json.loads(one.read_text(encoding="utf-8")) for one in signed]

    assert [one for envelope in envelopes for one in complaints("signoff", envelope)] == []
    assert len(envelopes) >= 3
    assert complaints("signoff", {**envelopes[0], "signatures": []})


def test_a_selection_holds_by_the_schema_of_reviews(ready: Repository) -> None:
    ready.judge("-p", "no:xdist", "-k", "dns")

    assert complaints("review", ready.document("selection.json")) == []


def test_every_published_schema_is_one_by_the_standard_and_says_of_what() -> None:
    found = [one for one in SCHEMAS.iterdir() if one.name.endswith(".schema.json")]
    schemas = [json.loads(one.read_text(encoding="utf-8")) for one in found]

    for one in schemas:
        Draft202012Validator.check_schema(one)
    assert len({one["title"] for one in schemas}) == len(found) >= 16
