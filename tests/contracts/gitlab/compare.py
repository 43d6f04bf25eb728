"""Compares fields.toml with GitLab's own description, where somebody has it at hand.

``python tests/contracts/gitlab/compare.py openapi_v3.yaml``: the file lies in GitLab's repository
as doc/api/openapi/openapi_v3.yaml. Prints each field that the description of an answer lacks, and
ends with 1 if there is any. Answers that it does not describe at all are named and count for
nothing: it leaves out part of the API.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

FIELDS = Path(__file__).parent / "fields.toml"


def main(path: Path) -> int:
    """Compare with one description; return the exit status."""
    described: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    answers = tomllib.loads(FIELDS.read_text(encoding="utf-8"))["answer"]
    lines, lacking = [], []
    for answer in answers:
        if not answer["asked"].startswith("GET "):
            continue
        known = properties_of(described, answer["asked"].removeprefix("GET "))
        if known is None:
            lines.append(f"not described: {answer['asked']}")
            continue
        names = {re.split(r"[.\[]", name)[0] for name in answer.get("fields", {})}
        lacking += [f"lacks {answer['asked']}: {name}" for name in sorted(names - known)]
    sys.stdout.write("\n".join([*lines, *(lacking or ["nothing is lacking"]), ""]))
    return 1 if lacking else 0


def properties_of(described: dict[str, Any], path: str) -> set[str] | None:
    """Return the names of an answer's fields; None where it is not described."""
    wanted = shape(path)
    for known, operations in described["paths"].items():
        if shape(known) != wanted:
            continue
        told = operations.get("get", {}).get("responses", {}).get("200", {})
        for content in resolved(described, told).get("content", {}).values():
            schema = resolved(described, content.get("schema", {}))
            schema = resolved(described, schema.get("items", schema))
            if schema.get("properties"):
                return set(schema["properties"])
    return None


def shape(path: str) -> str:
    """Return a path with its parameters unnamed, without where the API begins."""
    return re.sub(r"\{[^}]+\}|:\w+", "*", path).removeprefix("/api/v4")


def resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to where it leads."""
    while reference := schema.get("$ref"):
        schema = described
        for part in reference.removeprefix("#/").split("/"):
            schema = schema[part]
    return schema


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
