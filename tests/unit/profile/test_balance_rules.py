"""Mistakes about balances and pause switches, in the words they are told in."""

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
second_rpc = { env = "OTHER_RPC" }

[[balances]]
name = "relayer"
address = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
chain = "mainnet"
unit = "ETH"
decimals = 18
floor = "2000000000000000000"
burn_per_day = "100000000000000000"
metric = 'balance{account="relayer"}'

[[balances]]
name = "refund"
address = "bc1q"
unit = "BTC"
decimals = 8
floor = "1000"
burn_per_day = "10000"
reserve_days = 2.5

[[balances.readers]]
url = "https://one.example/{address}"
pointer = "/chain_stats/funded_txo_sum"
less = "/chain_stats/spent_txo_sum"

[[balances.readers]]
url = "https://other.example/{address}"
pointer = "/a~1b/0"
chain = "/network"
chain_is = "main"

[[emergency.pause]]
name = "vault"
chain = "mainnet"
contract = "0x5fbdb2315678afecb367f032d93f642f64180aa3"
pauser = "0x9fe46736679d2d9a65f0992f2272de9f3c7fa6e0"

[[emergency.pause]]
name = "wall"
web_acl_rule = "maintenance"
"""


def test_what_agrees_is_no_mistake(loaded: Callable[..., Written], profile_text: str) -> None:
    profile = loaded(readiness=profile_text + SOUND).profile
    assert [one.name for one in profile.balances] == ["relayer", "refund"]
    assert [one.name for one in profile.emergency.pause] == ["vault", "wall"]


def test_people_are_paged_below_the_floor_times_the_days_or_what_is_spent_in_them(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    relayer, refund = loaded(readiness=profile_text + SOUND).profile.balances
    assert relayer.page_below == 6 * 10**18
    assert refund.page_below == 1000 + 25000


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'chain = "mainnet"\nunit',
            'chain = "mainet"\nunit',
            '`balances.chain` is "mainet", which no `[[chains]]` is called: did you mean',
        ),
        (
            'name = "refund"',
            'name = "relayer"',
            '`balances.name` is "relayer" a second time: remove one of the two',
        ),
        ('chain = "mainnet"\nunit', "unit", "`balances` needs `chain`, or else `readers`"),
        (
            'unit = "BTC"',
            'unit = "BTC"\nchain = "mainnet"',
            "`balances` needs `chain`, or else `readers`",
        ),
        (
            SOUND[SOUND.rindex("[[balances.readers]]") : SOUND.index("[[emergency.pause]]")],
            "",
            "`balances.readers` must be two, which nobody runs together",
        ),
        (
            'unit = "BTC"',
            'unit = "BTC"\ntoken = "0x5fbdb2315678afecb367f032d93f642f64180aa3"',
            "`balances.token` is for tokens of a `chain`",
        ),
        (
            'address = "0x5fbdb2315678afecb367f032d93f642f64180aa3"\nchain',
            'address = "0x5f"\nchain',
            '`balances.address` is "0x5f" but must be an address of an EVM chain',
        ),
        (
            "https://one.example/{address}",
            "https://one.example/bc1q",
            "`balances.readers.url` has no {address} in the address' place",
        ),
        ('chain_is = "main"\n', "", "`balances.readers` needs both `chain` and `chain_is`"),
        ('"/a~1b/0"', '"/a~2b"', "must be a JSON pointer from / on"),
        (
            "'balance{account=\"relayer\"}'",
            "'sum(balance)'",
            'must be a series: its name, and labels such as {account="relayer"}',
        ),
        (
            'name = "wall"',
            'name = "vault"',
            '`emergency.pause.name` is "vault" a second time: remove one of the two',
        ),
        (
            'web_acl_rule = "maintenance"',
            "",
            "`emergency.pause` needs one of `contract`, `web_acl_rule`, `target_group`",
        ),
        (
            'pauser = "0x9fe46736679d2d9a65f0992f2272de9f3c7fa6e0"',
            "",
            "`emergency.pause` needs `chain` and `pauser` beside `contract`",
        ),
        (
            'pauser = "0x',
            'getter = "guardian()"\npauser = "0x',
            "must be a function's selector: 0x and 8 of the characters 0-9 and a-f",
        ),
    ],
)
def test_every_mistake_is_told(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    assert SOUND.count(old) >= 1
    mistakes = mistakes_in(readiness=profile_text + SOUND.replace(old, new, 1))
    assert any(told in one for one in mistakes), mistakes
