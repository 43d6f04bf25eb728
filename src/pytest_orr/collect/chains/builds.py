"""Reads the runtime bytecode of a build, and tells whether deployed code is that build.

Builds are artefacts of Foundry, Hardhat or Truffle, or the standard JSON output of solc for one
contract. What differs from deployment to deployment is left out of the comparison: values of
immutable variables, and the metadata that solc puts at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import At, Unreadable, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

UNLINKED = re.compile(r"__\$[0-9a-f]{34}\$__|__[A-Za-z0-9_.$:/-]{36}__")
"""Where the address of a library is still to come, as solc marks it."""
MOST_CODE = 1024 * 1024
CBOR_MAPS = range(0xA1, 0xA5)
"""First byte of solc's metadata: a map of one to four entries, in CBOR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Runtime bytecode as it was built."""

    code: bytes
    immutables: tuple[tuple[int, int], ...] = ()
    """Start and length of what is filled in at deployment, in bytes."""

    def is_deployed_as(self, code: bytes) -> bool:
        """Tell whether deployed code is this build, but for what a deployment fills in."""
        if len(code) != len(self.code):
            return False
        return _bare(self._masked(code)) == _bare(self._masked(self.code))

    def _masked(self, code: bytes) -> bytes:
        masked = bytearray(code)
        for start, length in self.immutables:
            masked[start : start + length] = bytes(length)
        return bytes(masked)


def read_build(raw: bytes) -> Build:
    """Return the build that a file holds; ``Unreadable`` for anything else."""
    told = _deployed(read_json(raw))
    text = _object(told)
    if UNLINKED.search(text):
        raise Unreadable("is not linked: the address of a library is missing in its bytecode")
    try:
        code = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise Unreadable("holds bytecode that is not hexadecimal") from None
    if not code:
        raise Unreadable("holds no runtime bytecode: it is of an interface or an abstract contract")
    places = tuple(sorted(_immutables(told)))
    if any(start + length > len(code) for start, length in places):
        raise Unreadable("names immutable values beyond the end of its bytecode")
    return Build(code=code, immutables=places)


def _deployed(said: At) -> At:
    """Find the runtime bytecode: Foundry's and Hardhat's key, or that of solc."""
    found = said["deployedBytecode"] or said.within("evm", "deployedBytecode")
    if not found:
        raise Unreadable("holds no deployedBytecode: it is no build of Foundry, Hardhat or solc")
    return found


def _object(told: At) -> str:
    value = told["object"].value if told.is_object() else told.value
    if not isinstance(value, str) or len(value) > 2 * MOST_CODE:
        raise Unreadable(f"has no text of bytecode at {told.path}")
    return value


def _immutables(told: At) -> Iterator[tuple[int, int]]:
    references = told["immutableReferences"].items() if told.is_object() else ()
    for place in (one for _, places in references for one in places.each()):
        start, length = place["start"].count(), place["length"].count()
        if start is None or length is None:
            raise Unreadable(f"names no start or length at {place.path}")
        yield start, length


def _bare(code: bytes) -> bytes:
    """Leave out solc's metadata: its length stands in the last two bytes."""
    length = int.from_bytes(code[-2:]) + 2
    if 2 < length <= len(code) and code[-length] in CBOR_MAPS:
        return code[:-length]
    return code
