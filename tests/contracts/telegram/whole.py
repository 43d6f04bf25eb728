"""Writes a description of Telegram's Bot API as OpenAPI, for ``compare.py``.

``python tests/contracts/telegram/whole.py api.json > whole.json``: ``api.json`` is that of
PaulSonOfLars/telegram-bot-api-spec, which is read from Telegram's page.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PLAIN = {"Integer": "integer", "String": "string", "Boolean": "boolean", "Float": "number"}
LIST = "Array of "


def described(said: dict[str, Any]) -> dict[str, Any]:
    """Return types as schemas, and methods by path with the type of their result."""
    return {
        "components": {"schemas": {name: _type(one) for name, one in said["types"].items()}},
        "paths": {f"/{name}": _method(one) for name, one in said["methods"].items()},
    }


def _type(said: dict[str, Any]) -> dict[str, Any]:
    if kinds := said.get("subtypes"):
        return {"oneOf": [_schema(one) for one in kinds]}
    fields = {one["name"]: _any_of(one["types"]) for one in said.get("fields", ())}
    return {"type": "object", "properties": fields}


def _method(said: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": _any_of(said["returns"])}}
    return {"get": {"responses": {"200": {"content": content}}}}


def _any_of(names: list[str]) -> dict[str, Any]:
    return {"anyOf": [_schema(one) for one in names]}


def _schema(name: str) -> dict[str, Any]:
    if name.startswith(LIST):
        return {"type": "array", "items": _schema(name.removeprefix(LIST))}
    return {"type": PLAIN[name]} if name in PLAIN else {"$ref": f"#/components/schemas/{name}"}


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(described(read)))
