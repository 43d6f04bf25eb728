"""Builds of contracts, and whether deployed code is one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.clients.hostile_json import Unreadable
from pytest_orr.collect.chains.builds import Build, read_build

CONTRACTS = Path(__file__).parents[4] / "examples" / "explorer" / "contracts"
CODE = "600160020360005260206000f3"
METADATA = "a164736f6c634300081c000a"
"""As solc 0.8.28 ends its code: a map of one entry, and its length."""


def built(value: Any) -> Build:
    return read_build(json.dumps(value).encode())


@pytest.mark.parametrize(
    "told",
    [
        {"deployedBytecode": "0x" + CODE},
        {"deployedBytecode": {"object": "0x" + CODE}},
        {"deployedBytecode": {"object": CODE, "immutableReferences": {}}},
        {"evm": {"deployedBytecode": {"object": CODE}}},
    ],
    ids=["hardhat", "foundry", "foundry without 0x", "solc"],
)
def test_each_tools_artefact_is_read(told: Any) -> None:
    assert built(told) == Build(code=bytes.fromhex(CODE))


def test_a_real_build_of_solc_names_its_immutable_values() -> None:
    build = read_build((CONTRACTS / "Vault.json").read_bytes())
    assert len(build.code) == 413
    assert build.immutables == ((83, 32), (189, 32), (248, 32))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "no build of Foundry, Hardhat or solc"),
        ({"deployedBytecode": "0x"}, "of an interface or an abstract contract"),
        ({"deployedBytecode": "0x60zz"}, "not hexadecimal"),
        ({"deployedBytecode": "60__$" + "a1" * 17 + "$__60"}, "not linked"),
        ({"deployedBytecode": 7}, "no text of bytecode"),
        ({"deployedBytecode": {"object": "6" * (2 * 1024 * 1024 + 2)}}, "no text of bytecode"),
        (
            {"deployedBytecode": {"object": CODE, "immutableReferences": {"1": [{"start": 1}]}}},
            "names no start or length",
        ),
        (
            {
                "deployedBytecode": {
                    "object": CODE,
                    "immutableReferences": {"1": [{"start": 10, "length": 32}]},
                }
            },
            "beyond the end",
        ),
        ([], "no object"),
    ],
)
def test_what_is_no_build_is_refused_and_says_why(told: Any, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        built(told)


def test_another_compilation_of_the_same_source_is_the_same_build() -> None:
    build = Build(code=bytes.fromhex(CODE + METADATA))
    again = bytes.fromhex(CODE + METADATA.replace("081c", "081d"))
    assert build.is_deployed_as(again)
    assert not build.is_deployed_as(bytes.fromhex(CODE.replace("6001", "6003") + METADATA))
    assert not build.is_deployed_as(b"")


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_byte_of_code_is_another_build(code: bytes, data: st.DataObject) -> None:
    code += b"\x00\x00"  # no metadata
    place = data.draw(st.integers(0, len(code) - 3))
    other = bytearray(code)
    other[place] ^= data.draw(st.integers(1, 255))
    assert Build(code=code).is_deployed_as(code)
    assert not Build(code=code).is_deployed_as(bytes(other))
    assert Build(code=code, immutables=((place, 1),)).is_deployed_as(bytes(other))
