"""Tells by what a file is encrypted, from its own text; nothing is ever decrypted."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.yaml_text import Tagged, yaml_in
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSIBLE = re.compile(
    rb"\$ANSIBLE_VAULT;(?P<version>[0-9.]+);(?P<cipher>[A-Z0-9]+)(?:;[^\r\n]*)?\r?\n"
)
"""First line of what ansible-vault encrypted: version, cipher and, since 1.2, an id."""
HEXADECIMAL = re.compile(rb"[0-9a-f\s]+")
AGE = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
OPENPGP = b"-----BEGIN PGP MESSAGE-----"
GIT_CRYPT = b"\0GITCRYPT\0"
KMS = b"\x01\x02\x02\x00\x78"
"""How a ciphertext of AWS KMS begins, whichever the key."""
VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(?P<value>.*)")
ENCRYPTED = "ENC[AES256_GCM,"
IN_CLEAR = "_unencrypted"
"""How keys end that SOPS leaves alone, unless it is told otherwise."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """By what a file is encrypted, or why it is not."""

    by: str = ""
    """``ansible-vault 1.1 AES256``, ``SOPS``, ``age``, ``OpenPGP``, ``git-crypt``, ``AWS KMS``."""
    why: str = ""
    """Why it is not encrypted."""


def seal_of(content: bytes, path: str) -> Seal:
    """Return by what a whole file is encrypted."""
    if found := ANSIBLE.match(content):
        return _ansible(found, content[found.end() :])
    if content.startswith(AGE):
        return Seal(by="age")
    if content.startswith(OPENPGP):
        return Seal(by="OpenPGP")
    if content.startswith(GIT_CRYPT):
        return Seal(by="git-crypt")
    if _decoded(content).startswith(KMS):
        return Seal(by="AWS KMS")
    return _sops(content, path)


def _ansible(found: re.Match[bytes], body: bytes) -> Seal:
    version, cipher = found["version"].decode(), found["cipher"].decode()
    if not HEXADECIMAL.fullmatch(body) or not _has_three_parts(body):
        return Seal(why="what follows the header of Ansible Vault is not encrypted")
    return Seal(by=f"ansible-vault {version} {cipher}")


def _has_three_parts(body: bytes) -> bool:
    """Whether it holds salt, digest and text, each in hexadecimal, as Ansible writes them."""
    try:
        inner = binascii.unhexlify(b"".join(body.split()))
    except binascii.Error:
        return False
    parts = inner.split(b"\n")
    return len(parts) == 3 and all(HEXADECIMAL.fullmatch(part) for part in parts)


def _decoded(content: bytes) -> bytes:
    """Return the bytes behind Base64, in which KMS's command line writes them; else as they are."""
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return content


def _sops(content: bytes, path: str) -> Seal:
    """Look for SOPS's own block; all values outside of it must be encrypted."""
    if b"sops" not in content:
        return Seal(why="it is not encrypted")
    try:
        values, is_sealed = _told_by_sops(content, path)
    except FactUnavailable:
        return Seal(why="it is not encrypted")
    if not is_sealed:
        return Seal(why="it is not encrypted")
    clear = [name for name, value in values if value and not value.startswith(ENCRYPTED)]
    if not values or len(clear) == len(values):
        return Seal(why="SOPS encrypted none of its values")
    if clear:
        more = " and more" if len(clear) > MOST_NAMED else ""
        return Seal(why=f"SOPS left {', '.join(clear[:MOST_NAMED])}{more} in clear")
    return Seal(by="SOPS")


def _told_by_sops(content: bytes, path: str) -> tuple[list[tuple[str, str]], bool]:
    """Return the values of a file with their keys, and whether SOPS signed for it."""
    if path.endswith((".env", ".ini")):
        lines = content.decode("utf-8", errors="replace").splitlines()
        pairs = [(one["name"], one["value"]) for one in map(VARIABLE.fullmatch, lines) if one]
        own = {name: value for name, value in pairs if name == "sops_mac"}
        values = [(name, value) for name, value in pairs if not name.startswith("sops_")]
        return values, own.get("sops_mac", "").startswith(ENCRYPTED)
    [document, *_] = yaml_in(content, path) or ({},)
    if not isinstance(document, dict):
        return [], False
    block = document.get("sops")
    mac = block.get("mac", "") if isinstance(block, dict) else ""
    leaves = _leaves({key: value for key, value in document.items() if key != "sops"}, "")
    return list(leaves), isinstance(mac, str) and mac.startswith(ENCRYPTED)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if name.endswith(IN_CLEAR):
        return
    if isinstance(value, Tagged):
        value = value.value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, name)
    else:
        yield name, value
