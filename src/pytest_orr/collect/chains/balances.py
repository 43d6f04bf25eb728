"""Reads what the service's accounts hold, by two nodes each and by Prometheus: ``balances``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from .account_balances import AccountBalance, account_of
from .balance_nodes import from_chains, from_readers
from .balance_series import BalanceFamily, read_exported


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceFacts:
    """The declared accounts, and what Prometheus has of their metrics."""

    accounts: tuple[AccountBalance, ...]
    """As they are declared."""
    families: tuple[Part[BalanceFamily], ...]
    """By metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What does each account hold that the service pays from?"""

    name: str = "balances"
    source: str = "nodes of chains, Prometheus"
    operations: tuple[str, ...] = (
        "http:GET",
        "prometheus:GET",
        "rpc:eth_call",
        "rpc:eth_chainId",
        "rpc:eth_getBalance",
        "rpc:eth_getBlockByNumber",
    )
    fact_type: Any = BalanceFacts

    def collect(self, desk: Desk) -> Answer[BalanceFacts]:
        """Ask two nodes and Prometheus about every declared account."""
        declared = desk.profile.balances
        if not declared:
            raise Undeclared("[[balances]]", "the accounts that the service pays from")
        told = from_chains(desk, declared)
        told |= {one.name: from_readers(desk, one) for one in declared if one.readers}
        exported = read_exported(desk, declared)
        accounts = tuple(
            account_of(one, *told[one.name], exported.by_name[one.name]) for one in declared
        )
        facts = BalanceFacts(accounts=accounts, families=exported.families)
        return Answer(value=facts, where=tuple(one.name for one in declared))
