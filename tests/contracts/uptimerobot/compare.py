"""Compares description.json with UptimeRobot's own description, where somebody has it at hand.

``python tests/contracts/uptimerobot/compare.py openapi.json``: UptimeRobot hands it out at its page
of the API, and GoSuccessHQ/uptimerobot-api keeps a copy as resources/specs/uptimerobot.json. Prints
each field that it lacks, and ends with 1 if there is any.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

EXCERPT = Path(__file__).parent / "description.json"


def main(path: Path) -> int:
    """Compare with one description; return the exit status."""
    described = json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"]
    excerpt = json.loads(EXCERPT.read_text(encoding="utf-8"))
    lacking = [
        f"lacks {asked}: {name}"
        for asked, schema in excerpt["schemas"].items()
        for name in lacking_in(described, schema, excerpt["answers"][asked])
    ]
    sys.stdout.write("\n".join([*(lacking or ["nothing is lacking"]), ""]))
    return 1 if lacking else 0


def lacking_in(described: dict[str, Any], schema: str, answer: dict[str, Any]) -> list[str]:
    """Return the names of fields that a schema of the description does not have."""
    row = answer["properties"]["data"]["items"]["properties"]
    return sorted(row.keys() - described.get(schema, {}).get("properties", {}).keys())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
