from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from pytest_orr.collect.repository.seals import seal_of

if TYPE_CHECKING:
    from collections.abc import Callable

CLEAR = "it is not encrypted"
ENC = "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]"
SOPS = f"\nsops:\n    mac: {ENC}\n    version: 3.10.2\n"
OPENPGP = b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"
KMS = base64.b64encode(b"\x01\x02\x02\x00\x78" + bytes(range(90)))


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("vault-1.1.yml", "ansible-vault 1.1 AES256"),
        ("vault-1.2.yml", "ansible-vault 1.2 AES256"),
        ("armoured.age", "age"),
        ("binary.age", "age"),
    ],
)
def test_what_a_real_tool_encrypted_is_sealed_by_it(
    sample: Callable[[str], bytes], name: str, by: str
) -> None:
    assert seal_of(sample(name), name).by == by


@pytest.mark.parametrize(
    ("content", "path", "by"),
    [
        (OPENPGP, "a.asc", "OpenPGP"),
        (b"\0GITCRYPT\0rest", "a", "git-crypt"),
        (KMS, "a.b64", "AWS KMS"),
        (b"\x01\x02\x02\x00\x78rest", "a.bin", "AWS KMS"),
        (f"a: {ENC}\nb:\n  - {ENC}\n  - !x {ENC}\nc_unencrypted: x\nd: ''{SOPS}", "a.yml", "SOPS"),
        (f'{{"a": "{ENC}", "sops": {{"mac": "{ENC}"}}}}', "a.json", "SOPS"),
        (f"A={ENC}\n# a comment\nsops_mac={ENC}\nsops_version=3.10.2\n", "a.env", "SOPS"),
    ],
)
def test_each_way_of_encrypting_is_known_by_its_beginning(
    content: bytes | str, path: str, by: str
) -> None:
    raw = content.encode() if isinstance(content, str) else content
    assert (seal_of(raw, path).by, seal_of(raw, path).why) == (by, "")


@pytest.mark.parametrize(
    ("content", "path", "why"),
    [
        ("", "a.yml", CLEAR),
        ("password: hunter2\n", "a.yml", CLEAR),
        ("password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n", "a.yml", CLEAR),
        ("sops: is a word here\n", "a.yml", CLEAR),
        (": sops [", "a.yml", CLEAR),
        ("- sops\n", "a.yml", CLEAR),
        ("sops\n", "a.env", CLEAR),
        (f"a: 1{SOPS}", "a.yml", "SOPS encrypted none of its values"),
        (SOPS, "a.yml", "SOPS encrypted none of its values"),
        (f"a: {ENC}\nb:\n  c: x{SOPS}", "a.yml", "SOPS left b.c in clear"),
        (
            f"z: {ENC}\na: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1{SOPS}",
            "a.yml",
            "SOPS left a, b, c, d, e and more in clear",
        ),
        (
            "$ANSIBLE_VAULT;1.1;AES256\npassword: hunter2\n",
            "a.yml",
            "what follows the header of Ansible Vault is not encrypted",
        ),
        (
            "$ANSIBLE_VAULT;1.1;AES256\n61626\n",
            "a.yml",
            "what follows the header of Ansible Vault is not encrypted",
        ),
        (
            "$ANSIBLE_VAULT;1.1;AES256\n68756e74657232\n",
            "a.yml",
            "what follows the header of Ansible Vault is not encrypted",
        ),
    ],
)
def test_what_is_not_encrypted_throughout_is_not_sealed(content: str, path: str, why: str) -> None:
    assert (seal_of(content.encode(), path).by, seal_of(content.encode(), path).why) == ("", why)


def test_the_old_cipher_of_ansible_vault_is_told_as_what_it_is(
    sample: Callable[[str], bytes],
) -> None:
    old = sample("vault-1.1.yml").replace(b"1.1;AES256", b"1.0;AES", 1)
    assert seal_of(old, "a.yml").by == "ansible-vault 1.0 AES"
