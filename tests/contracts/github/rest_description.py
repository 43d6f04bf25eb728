"""GitHub's own description of its REST API, reduced to the paths that the product asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

PROJECT = "/repos/{owner}/{repo}"
ASKED = (
    PROJECT,
    *(
        f"{PROJECT}/{rest}"
        for rest in (
            "actions/runs",
            "actions/runs/{run_id}",
            "actions/runs/{run_id}/approvals",
            "actions/runs/{run_id}/artifacts",
            "actions/runs/{run_id}/jobs",
            "actions/workflows",
            "actions/workflows/{workflow_id}/runs",
            "branches/{branch}",
            "branches/{branch}/protection",
            "code-scanning/alerts",
            "collaborators",
            "commits/{ref}",
            "dependabot/alerts",
            "environments",
            "git/trees/{tree_sha}",
            "invitations",
            "issues/{issue_number}",
            "keys",
            "pulls/{pull_number}/reviews",
            "releases",
            "rules/branches/{branch}",
            "rulesets",
            "rulesets/{ruleset_id}",
            "secret-scanning/alerts",
        )
    ),
    "/orgs/{org}/members",
    "/users/{username}",
)
"""Every path of REST that the product asks, but for archives, which are no JSON."""
WRITTEN = (
    ("get", f"{PROJECT}/issues", "200"),
    ("post", f"{PROJECT}/issues", "201"),
    ("patch", f"{PROJECT}/issues/{{issue_number}}", "200"),
)
"""What publishing asks and writes, and the status of success."""
KEY = f"2 {ASKED} {WRITTEN}"
SCHEMAS = "#/components/schemas/"
LEFT_OUT = frozenset({"example", "examples", "description", "nullable", "discriminator"})
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_instant(value: object) -> bool:
    """Tell whether a text is an instant in GitHub's form."""
    return not isinstance(value, str) or bool(re.fullmatch(r"[0-9T:-]{19}Z", value))


@dataclass(frozen=True, slots=True)
class Rest:
    """GitHub's description of the paths that the product asks."""

    paths: dict[str, dict[str, Any]]
    """Schemas by status, by path."""
    schemas: dict[str, Any]
    writes: dict[str, dict[str, Any]]
    """Schemas of body and answer, and names of parameters, by method and path of publishing."""

    def wrong_in(self, written: str, part: str, body: Any) -> list[str]:
        """Return in what the ``body`` or ``answer`` of a write is not as it is described."""
        schema = {**self.writes[written][part], "components": {"schemas": self.schemas}}
        validator = Draft202012Validator(schema, format_checker=FORMATS)
        return [f"{one.json_path}: {one.message[:300]}" for one in validator.iter_errors(body)]

    def template_of(self, path: str) -> str:
        """Return the described path that a path is one of."""
        fitting = [
            one for one in self.paths if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", one), path)
        ]
        assert fitting, f"{path} is nowhere in GitHub's description"
        return min(fitting, key=lambda one: one.count("{"))

    def mistakes(self, path: str, status: int, body: Any) -> list[str]:
        """Return in what an answer is not as it is described."""
        template = self.template_of(path)
        schema = self.paths[template].get(str(status))
        if schema is None:
            return []
        validator = Draft202012Validator(
            {**schema, "components": {"schemas": self.schemas}}, format_checker=FORMATS
        )
        return [
            f"{template} {one.json_path}: {one.message[:300]}"
            for one in validator.iter_errors(body)
        ]


def reduced(description: Any) -> dict[str, Any]:
    """Return the schemas of answers to the paths that are asked, with all that they refer to."""
    every = description["components"]["schemas"]
    needed: dict[str, Any] = {}
    paths = {}
    for path in ASKED:
        answers = description["paths"][path]["get"]["responses"]
        resolved = {
            status: resolve(answer, description["components"]["responses"])
            for status, answer in answers.items()
        }
        schemas = {
            status: answer["content"]["application/json"]["schema"]
            for status, answer in resolved.items()
            if "application/json" in answer.get("content", {})
        }
        paths[path] = {one: plain(schema, every, needed) for one, schema in schemas.items()}
    return {"paths": paths, "schemas": needed, "writes": writes_of(description, every, needed)}


def writes_of(description: Any, every: Any, needed: dict[str, Any]) -> dict[str, Any]:
    """Return what publishing sends and is answered, as GitHub describes it."""
    writes = {}
    for method, path, status in WRITTEN:
        said = description["paths"][path][method]
        answer = said["responses"][status]["content"]["application/json"]["schema"]
        sent = said.get("requestBody", {"content": {"application/json": {"schema": {}}}})
        body = plain(sent["content"]["application/json"]["schema"], every, needed)
        named = (
            one["$ref"].rpartition("/")[2] if "$ref" in one else one["name"]
            for one in said["parameters"]
        )
        writes[f"{method} {path}"] = {
            "answer": plain(answer, every, needed),
            "body": body,
            "parameters": sorted(name.replace("-", "_") for name in named),
        }
    return writes


def resolve(answer: Any, responses: Any) -> Any:
    """Return an answer itself, where the description refers to a shared one."""
    return responses[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer


def plain(schema: Any, every: Any, needed: dict[str, Any], *, whole: bool = True) -> Any:
    """Turn a schema of OpenAPI 3.0 into one of JSON Schema, and note what it refers to.

    One that is ``whole``, and not a part that others are put together from, has no fields but
    those that it names.
    """
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        key = name if whole else f"part-{name}"
        if key not in needed:
            needed[key] = {}
            needed[key].update(plain(every[name], every, needed, whole=whole))
        return {"$ref": f"{SCHEMAS}{key}"}
    made = {key: value for key, value in schema.items() if key not in LEFT_OUT}
    for key in {"allOf", "anyOf", "oneOf"} & made.keys():
        made[key] = [plain(one, every, needed, whole=False) for one in made[key]]
    for key in {"items", "additionalProperties"} & made.keys():
        made[key] = made[key] if made[key] in (True, False) else plain(made[key], every, needed)
    if "properties" in made:
        made["properties"] = {
            name: plain(one, every, needed) for name, one in made["properties"].items()
        }
        if whole and not {"allOf", "anyOf", "oneOf"} & made.keys():
            made.setdefault("additionalProperties", False)
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") is True else made
