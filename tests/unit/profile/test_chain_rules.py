"""Mistakes about chains, contracts and projects at a provider, in the words they are told in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

SOUND = """\
[[chains]]
name = "mainnet"
id = 1
rpc = { env = "MAINNET_RPC" }

[[contracts]]
name = "vault"
chain = "mainnet"
address = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
build = "contracts/Vault.json"
audited_commit = "5f2d8c1"
is_proxy = "eip-1967"

[provider]
fingerprint_key = { env = "FINGERPRINT_KEY" }
calls_per_request = 1.5
calls_per_day = 3_000_000

[[provider.projects]]
name = "backend"
environment = "production"
url = "https://mainnet.infura.io/v3/{id}"
id = { env = "INFURA_ID" }
secret = { env = "INFURA_SECRET" }
"""


def test_what_agrees_is_no_mistake(loaded: Callable[..., Written], profile_text: str) -> None:
    profile = loaded(readiness=profile_text + SOUND).profile
    assert [one.name for one in profile.contracts] == ["vault"]
    assert profile.provider is not None
    assert profile.provider.most_of_the_plan == 0.7


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'chain = "mainnet"',
            'chain = "mainet"',
            '`contracts.chain` is "mainet", which no `[[chains]]` is called: did you mean',
        ),
        (
            'name = "mainnet"',
            'name = "mainnet"\nid = 2\nrpc = "http://a"\n\n[[chains]]\nname = "mainnet"',
            '`chains.name` is "mainnet" a second time: remove one of the two',
        ),
        (
            'secret = { env = "INFURA_SECRET" }',
            "",
            "`provider.projects` needs `secret` or `origin`: who else is to be refused?",
        ),
        (
            "https://mainnet.infura.io/v3/{id}",
            "https://mainnet.infura.io/v3/1a2b",
            "`provider.projects.url` has no {id} in place of the project's id",
        ),
        (
            "0x5fbdb2315678afecb367f032d93f642f64180aa3",
            "0x5fbdb2315678",
            "must be an address of an EVM chain: 0x and 40",
        ),
        (
            'id = { env = "INFURA_ID" }',
            'id = "1a2b3c4d"',
            "`provider.projects.id` must not be written out: name its variable",
        ),
    ],
)
def test_a_contradiction_is_told(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    assert SOUND.count(old) == 1
    [mistake] = mistakes_in(readiness=profile_text + SOUND.replace(old, new))
    assert told in mistake


def test_what_is_no_table_is_told_once(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    [told] = mistakes_in(readiness=profile_text + "[provider]\nprojects = [3]\n")
    assert "provider.projects" in told
