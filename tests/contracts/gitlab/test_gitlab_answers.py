"""What the example's GitLab answers is as GitLab's reference says, field by field (fields.toml)."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from examples.explorer.forge_faults import FAULTS
from examples.explorer.forge_state import TOKEN
from examples.explorer.gitlab import gitlab_server
from pytest_orr.clients.forge.gitlab import GitLab
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge as Declared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.forge_server import Answer, Request

DESCRIBED = tomllib.loads((Path(__file__).parent / "fields.toml").read_text(encoding="utf-8"))
ANSWERS: dict[str, Any] = {one["asked"]: one for one in DESCRIBED["answer"]}
JSON = "application/json"


def schema_of(asked: str) -> dict[str, Any]:
    """Return a JSON schema of an answer: all that may be told, and nothing else."""
    described = ANSWERS[asked]
    fields: dict[str, str] = {**described.get("fields", {})}
    if like := described.get("like"):
        fields = {**ANSWERS[like]["fields"], **fields}
    schema = schema_of_fields(fields)
    return {"type": "array", "items": schema} if described.get("list") else schema


def schema_of_fields(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return a schema of an object with fields such as ``levels[].id``."""
    inside: dict[str, dict[str, str]] = {}
    own: dict[str, str] = {}
    for path, kind in fields.items():
        name, dot, rest = path.partition(".")
        if dot:
            inside.setdefault(name, {})[rest] = kind
        else:
            own[name] = kind
    properties = {name: typed(kind) for name, kind in own.items()}
    for name, more in inside.items():
        nested = schema_of_fields(more)
        plain = name.removesuffix("[]")
        if plain != name:
            nested = {"type": "array", "items": nested}
        elif "?" in own.get(plain, ""):
            nested = {"anyOf": [nested, {"type": "null"}]}
        properties[plain] = nested
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(name for name in properties if "~" not in own.get(name, "")),
        "additionalProperties": False,
    }


def typed(kind: str) -> dict[str, Any]:
    """Return a schema of one value."""
    name = kind.rstrip("?~").replace("list", "array")
    return {"type": [name, "null"] if "?" in kind else name}


def asked_of(request: Request) -> str:
    """Return by which of the described questions something was asked."""
    if request.path.endswith("/graphql"):
        text: str = json.loads(request.body)["query"]
        return " ".join(re.findall(r"query \w+", text))
    path = "/" + "/".join(request.path.strip("/").split("/")[2:])
    for asked in ANSWERS:
        method, _, template = asked.partition(" ")
        if method == "GET" and re.fullmatch(re.sub(r":\w+", "[^/]+", template), path):
            return asked
    return f"{request.method} {path}"


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Any]]:
    """Every answer of JSON to every question that the product asks, in a state full of things."""
    server = gitlab_server(["open-alerts"], most=2)
    heard: list[tuple[str, Any]] = []

    def hear(request: Request, answer: Answer) -> Answer:
        if answer.status == 200 and answer.headers.get("Content-Type") == JSON:
            heard.append((asked_of(request), json.loads(answer.body)))
        return answer

    server.spoil(".", hear)
    declared = Declared(
        kind="gitlab",
        project="explorer/explorer",
        url=server.url,
        token=FromEnvironment(env="THE_TOKEN"),
    )
    forge = GitLab(declared, Path(), lambda _: None, {"THE_TOKEN": TOKEN})
    ask_everything(forge, server.state.commits[0])
    forge.close()
    server.close()
    return heard


def ask_everything(forge: GitLab, commit: str) -> None:
    """Ask each question once, of what is there and of what is not."""
    assert forge.has_commit(commit)
    assert not forge.has_commit("1" * 40)
    for pipeline in forge.pipelines(commit=commit):
        forge.pipeline(pipeline.id)
        forge.jobs(pipeline)
        forge.test_report(pipeline)
    forge.pipelines(branch="main")
    with pytest.raises(FactUnavailable, match="keeps no file"):
        forge.artifact(commit, "image", "elsewhere.txt")
    for environment in ("production", "testnet"):
        forge.deployments(environment)
        forge.environment_protection(environment)
    forge.alerts("secret"), forge.alerts("dependency"), forge.alerts("code")
    forge.head("main"), forge.members(), forge.owners("explorer"), forge.deploy_keys()
    forge.branch_protection("main"), forge.tag_rules(), forge.tags(), forge.files()
    forge.changes_since(None, "main"), forge.changes_with(commit), forge.releases()
    forge.schedules(), forge.push_protection(), forge.is_hidden()
    assert [forge.issue(number).is_closed for number in (198, 201)] == [True, False]


def test_every_answer_is_as_the_reference_says(told: list[tuple[str, Any]]) -> None:
    for asked, body in told:
        assert asked in ANSWERS, f"{asked} is described nowhere"
        wrong = [
            f"{asked}: {'/'.join(map(str, error.absolute_path))}: {error.message}"
            for error in Draft202012Validator(schema_of(asked)).iter_errors(body)
        ]
        assert not wrong


def test_everything_that_is_described_was_asked(told: list[tuple[str, Any]]) -> None:
    assert {asked for asked, _ in told} == set(ANSWERS)


def test_every_description_names_its_page_and_commit() -> None:
    for one in ANSWERS.values():
        assert one["page"].endswith((".md", ".ts"))
        assert re.fullmatch(r"[0-9a-f]{40}", one["commit"])
        assert one.get("fields") or one["like"] in ANSWERS


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "v*", "create_access_levels": [], "invented": 1},
        {"create_access_levels": []},
        {"name": 3, "create_access_levels": []},
        {"name": "v*", "create_access_levels": [{"access_level": "40"}]},
    ],
)
def test_an_answer_of_another_form_is_noticed(wrong: Any) -> None:
    validator = Draft202012Validator(schema_of("GET /projects/:id/protected_tags"))

    assert validator.is_valid([{"name": "v*", "create_access_levels": []}])
    assert not validator.is_valid([wrong])


def test_fields_that_a_description_lacks_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A description in little, with one answer of ours that lacks a field, and one complete."""
    of_keys: dict[str, Any] = {"properties": {"id": {}, "title": {}, "can_push": {}}}
    tags = {"type": "array", "items": {"properties": {"name": {}}}}
    description = {
        "components": {"schemas": {"Key": of_keys}},
        "paths": {
            f"/api/v4/projects/{{id}}/{name}": {
                "get": {"responses": {"200": {"content": {"application/json": {"schema": said}}}}}
            }
            for name, said in (
                ("deploy_keys", {"$ref": "#/components/schemas/Key"}),
                ("protected_tags", tags),
            )
        },
    }
    (tmp_path / "openapi.yaml").write_text(json.dumps(description), encoding="utf-8")
    compare = runpy.run_path(str(Path(__file__).parent / "compare.py"))["main"]

    assert compare(tmp_path / "openapi.yaml") == 1

    said = capsys.readouterr().out
    assert "lacks GET /projects/:id/protected_tags: create_access_levels" in said
    assert "not described: GET /projects/:id/releases" in said
    assert "deploy_keys" not in said


def test_each_fault_of_the_forge_changes_its_state() -> None:
    server = gitlab_server()
    try:
        assert all(fault(server.state) != server.state for fault in FAULTS.values())
    finally:
        server.close()
