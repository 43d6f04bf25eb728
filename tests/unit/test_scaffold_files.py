"""The files that are laid down say nothing wrong: what stands there as a comment can be used."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from pytest_orr.profile.applicability import bases_of
from pytest_orr.profile.load import load
from pytest_orr.scaffold import DRILLS, WRITTEN, lay_down
from pytest_orr.scaffold.answers import QUESTIONS, Answers
from pytest_orr.scaffold.profile_text import laid_down, profile_text
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.scaffold.answers import Answer, Component

SCHEMA = re.compile(r"#:schema (\S+)\n")
IN_MARKDOWN = re.compile(r"```toml\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh scaffold."""
    path = tmp_path_factory.mktemp("service") / "readiness"
    lay_down(path)
    return path


def uncommented(text: str) -> str:
    """What a person gets who takes "# " away from every line that is no remark."""
    return "\n".join(
        line if line.startswith(("##", "#:")) else line.removeprefix("#").removeprefix(" ")
        for line in text.split("\n")
    )


def complaints(path: Path, text: str, base: Path) -> list[str]:
    """What the schema has to say to which the first line of a file leads an editor."""
    led = SCHEMA.match(text)
    assert led, path
    schema = json.loads((base / led[1]).read_text(encoding="utf-8"))
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [error.message for error in checker.iter_errors(_plain(tomllib.loads(text)))]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.parametrize("name", WRITTEN)
def test_each_file_leads_an_editor_to_its_schema_and_holds_by_it(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text.startswith(f"#:schema ./.schemas/{name.partition('.')[0]}.schema.json\n")
    assert complaints(folder / name, text, folder) == []
    assert complaints(folder / name, uncommented(text), folder) == []
    assert complaints(folder / name, f"{text}\nunheard_of = 1\n", folder) != []


def test_the_record_that_is_shown_for_a_drill_holds_by_its_schema(folder: Path) -> None:
    [record] = IN_MARKDOWN.findall((folder / DRILLS).read_text(encoding="utf-8"))
    assert complaints(folder / DRILLS, record, (folder / DRILLS).parent) == []


def test_whatever_stands_there_as_a_comment_is_taken_by_a_run(tmp_path: Path) -> None:
    lay_down(tmp_path)
    for name in WRITTEN:
        text = uncommented((tmp_path / name).read_text(encoding="utf-8"))
        (tmp_path / name).write_text(text, encoding="utf-8")
    organisation = b'name = "Platform of Example"\n'
    (tmp_path / "organisation.toml").write_bytes(organisation)
    profile = (tmp_path / "readiness.toml").read_text(encoding="utf-8")
    head, extends, rest = profile.partition("[extends]\n")
    digest = hashlib.sha256(organisation).hexdigest()
    text = f"{head}{extends}{rest.replace('0' * 64, digest, 1)}"
    (tmp_path / "readiness.toml").write_text(text, encoding="utf-8")
    [record] = IN_MARKDOWN.findall((tmp_path / DRILLS).read_text(encoding="utf-8"))
    people = {"bo@example.org": "approver@example.org", "ana@example.org": "owner@example.org"}
    for shown, named in people.items():
        record = record.replace(shown, named)
    (tmp_path / "drills" / "2026-01-31-restart.toml").write_text(record, encoding="utf-8")
    items = read(baseline(), fact_names=()).items
    written = load(tmp_path / "readiness.toml", items=items, as_of=dt.date(2026, 11, 20))
    assert written.profile.contracts
    assert all((written.statements, written.waivers, written.notes, written.drills))
    assert written.policy.gate.unwaivable


def test_a_proposal_is_void_by_no_other_answer(tmp_path: Path) -> None:
    items = read(baseline(), fact_names=()).items
    path = tmp_path / "readiness.toml"
    for lacking in QUESTIONS:
        components: dict[Component, Answer] = {**dict.fromkeys(QUESTIONS, "yes"), lacking: "no"}
        path.write_text(profile_text(Answers(components=components)), encoding="utf-8")
        written = load(path, items=items, as_of=dt.date(2026, 11, 20))
        declared = {one.basis for one in written.declared}
        assert len(declared) >= 5
        assert written.profile.not_applicable
        for proposal in written.profile.not_applicable:
            assert {*bases_of(proposal)}.isdisjoint(declared), proposal


@pytest.mark.parametrize("name", [*WRITTEN, DRILLS])
def test_every_item_that_is_named_is_one(name: str) -> None:
    text = laid_down(name)
    known = {item.id for item in read(baseline(), fact_names=()).items}
    named = re.findall(r"`orr explain ([a-z.-]+)`", text) + re.findall(r'item = "(.+?)"', text)
    assert set(named) <= known


def test_nothing_that_is_laid_down_can_be_reached_or_is_somebodys() -> None:
    text = "".join(laid_down(name) for name in WRITTEN)
    hosts = set(re.findall(r"https?://([^/\"{]+)", text))
    assert {host.rpartition(".")[2] for host in hosts - {"gitlab.example.org"}} == {"invalid"}
    opened = tomllib.loads(uncommented(laid_down("readiness.toml")))
    images = (opened["images"]["namespace"]["name"], opened["images"]["registries"][0]["host"])
    names = [*images, *(name for group in opened["hosts"] for name in group["names"])]
    assert {name.partition("/")[0].rpartition(".")[2] for name in names} == {"invalid"}
    assert set(re.findall(r"@([a-z]+\.[a-z.]+)", text)) <= {"example.org", "www.invalid"}
