"""Content ids of IPFS in one form, so that two writings of the same id are the same."""

from __future__ import annotations

import base64
import binascii

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VERSION_0 = "Qm"
LENGTH_0 = 46
SHA2_256 = b"\x12\x20"
SHA2_256_LENGTH = 34
DAG_PB = b"\x01\x70"
"""Version 1 and the codec that every id of version 0 implies."""


def canonical(cid: str) -> str:
    """Return an id of version 0, or of version 1 in base32, as version 1 in hex.

    Whatever else it is stays as it is written: then only the same writing is the same.
    """
    if cid.startswith(VERSION_0) and len(cid) == LENGTH_0:
        return _from_base58(cid)
    if cid.lower().startswith("b") and len(cid) > LENGTH_0:
        return _from_base32(cid)
    return cid


def _from_base58(cid: str) -> str:
    number = 0
    for char in cid:
        digit = BASE58.find(char)
        if digit < 0:
            return cid
        number = number * 58 + digit
    digest = number.to_bytes(SHA2_256_LENGTH, "big")
    return (DAG_PB + digest).hex() if digest.startswith(SHA2_256) else cid


def _from_base32(cid: str) -> str:
    letters = cid[1:].upper()
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % 8)).hex()
    except binascii.Error:
        return cid
