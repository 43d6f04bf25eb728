"""What the loopback Travis answers is as Travis's reference says, as far as it is excerpted."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from examples.explorer.forge_state import TOKEN
from examples.explorer.travis import travis_server

if TYPE_CHECKING:
    from collections.abc import Iterator

RESOURCES = tomllib.loads((Path(__file__).parent / "resources.toml").read_text(encoding="utf-8"))
PLAIN = {"String": str, "Integer": int, "Boolean": bool}
HEADERS = {"Travis-API-Version": "3", "Authorization": f"token {TOKEN}"}
ALL = "branch.recent_builds,build.commit"


def mistakes(kind: str, told: Any, where: str = "$") -> Iterator[str]:
    """Yield in what a resource is not as the excerpt says."""
    if kind.startswith("["):
        for place, one in enumerate(told):
            yield from mistakes(kind.strip("[]"), one, f"{where}[{place}]")
    elif kind in PLAIN:
        if told is not None and type(told) is not PLAIN[kind]:
            yield f"{where} is no {kind}"
    else:
        fields = {name: one for name, one in told.items() if not name.startswith("@")}
        needed = {name: one for name, one in RESOURCES[kind].items() if name != "optional"}
        described = needed | RESOURCES[kind].get("optional", {})
        yield from (f"{where}.{name} is missing" for name in needed.keys() - fields.keys())
        yield from (f"{where}.{name} is made up" for name in fields.keys() - described.keys())
        for name in fields.keys() & described.keys():
            yield from mistakes(described[name], fields[name], f"{where}.{name}")


@pytest.fixture(scope="module")
def branch() -> Iterator[str]:
    server = travis_server()
    yield f"{server.url}/repo/explorer%2Fexplorer/branch/main"
    server.close()


@pytest.mark.parametrize("loaded", ["", ALL])
def test_a_branch_is_told_as_the_reference_says(branch: str, loaded: str) -> None:
    told = requests.get(branch, params={"include": loaded}, headers=HEADERS, timeout=9).json()
    assert list(mistakes("branch", told)) == []
    assert ("recent_builds" in told) == bool(loaded)
    assert list(mistakes("branch", told | {"more": 1, "name": 2}))
