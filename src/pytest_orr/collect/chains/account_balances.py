"""An account that the service pays from, with what nodes and Prometheus say: part of ``balances``.

Amounts are whole numbers of base units; pages print them in the account's unit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from pytest_orr.clients.evm_said import party_of
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watching.alert_rules import AlertRuleFact
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.balances import Balance

from .balance_alerts import Compared, NotUnderstood, compared_in, names
from .balance_nodes import NodeBalance
from .balance_series import BalanceSeries, labels_of, metric_of

SHOWN = 160


PAGERDUTY = "pagerduty"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAlert:
    """A rule that goes off when an account's balance falls below an amount."""

    rule: AlertRuleFact
    below: int
    """In base units."""

    @property
    def reaches_pagerduty(self) -> bool:
        """Whether it ends at PagerDuty at any hour; ``FactUnavailable`` if nobody can tell."""
        told = self.rule.receivers.reading.receivers
        by_pagerduty = any(PAGERDUTY in one.kinds and not one.muted_hours for one in told)
        return by_pagerduty and self.rule.wakes_somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """An account, what two nodes and Prometheus say that it holds, and what it must hold."""

    name: str
    address: str
    chain: str
    """Name of the EVM chain; empty of another one."""
    token: str
    """Address of the token that is paid with; empty for the chain's own coin."""
    unit: str
    decimals: int
    floor: int
    burn_per_day: int
    page_below: int
    """Below which amount somebody must be paged."""
    tolerance: float
    """By which part others may differ from it, besides what is spent between."""
    metric: str
    """Its series as it is declared; empty if none is."""
    metric_counts: str
    """``unit`` or ``base``."""
    first: Part[NodeBalance]
    second: Part[NodeBalance]
    exported: Part[BalanceSeries]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        told = "; ".join(self._told(part) for part in (self.first, self.second))
        return f"{self.address}: {told}; floor {self.shown(self.floor)}"

    def shown(self, amount: int) -> str:
        """Return an amount as pages print it, with all of its digits."""
        whole, parts = divmod(abs(amount), 10**self.decimals)
        fraction = f".{parts:0{self.decimals}d}".rstrip("0") if parts else ""
        return f"{'-' if amount < 0 else ''}{whole}{fraction} {self.unit}"

    @property
    def told(self) -> tuple[NodeBalance, NodeBalance]:
        """What both nodes say; raises ``FactUnavailable`` if one of them says nothing."""
        return self.first.reading, self.second.reading

    @property
    def is_told_by_two(self) -> bool:
        """Whether the nodes are of two parties, as far as their hosts tell."""
        one, other = self.told
        return party_of(one.node) != party_of(other.node)

    @property
    def is_of_one_chain(self) -> bool:
        """Whether both nodes have the same block where they were asked."""
        one, other = self.told
        return (one.block, one.block_hash) == (other.block, other.block_hash)

    @property
    def is_told_alike(self) -> bool:
        """Whether both say the same: exactly at one block, within the tolerance elsewhere."""
        one, other = self.told
        if one.block is not None:
            return one.amount == other.amount
        apart = abs(one.at - other.at) if one.at and other.at else timedelta()
        return self._are_near(one.amount, other.amount, apart)

    @property
    def is_the_token(self) -> bool:
        """Whether the token's contract has the declared symbol and decimals."""
        wanted = (self.decimals, self.unit.casefold())
        return not self.token or all(
            (one.decimals, one.symbol.casefold()) == wanted for one in self.told
        )

    @property
    def least(self) -> int:
        """The lower of what both nodes say."""
        return min(one.amount for one in self.told)

    @property
    def is_exported_alike(self) -> bool:
        """Whether its series says what the nodes do, but for what is spent between."""
        told = self.told[0]
        return all(
            self._are_near(told.amount, one.amount, abs(one.at - (told.at or one.at)))
            for one in self.exported.reading.found
        )

    def rules_among(self, rules: Iterable[AlertRuleFact]) -> tuple[AlertRuleFact, ...]:
        """Return the alert rules that speak of its metric."""
        metric = metric_of(self.metric)
        return tuple(one for one in rules if metric and names(one.expression, metric))

    def rules_seen(self, rules: Iterable[AlertRuleFact]) -> str:
        """Return one line about the alert rules that speak of its metric, for a finding."""
        told = [f"{one.name}: {one.seen}" for one in self.rules_among(rules)]
        return "; ".join(told) or f"no alert rule speaks of {metric_of(self.metric) or 'it'}"

    def alerts_among(self, rules: Iterable[AlertRuleFact]) -> tuple[BalanceAlert, ...]:
        """Return the alerts that go off early enough: at ``page_below``, or above.

        ``FactUnavailable`` names a rule that is not understood where no other one is enough.
        """
        unclear, found = [], []
        for rule in self.rules_among(rules):
            try:
                found += [one for one in self._alerts(rule) if one.below >= self.page_below]
            except NotUnderstood:
                unclear.append(rule)
        if unclear and not found:
            raise FactUnavailable(
                f"it is not understood below which amount {unclear[0].name} goes off:"
                f" {unclear[0].expression[:SHOWN]}",
                "write it as metric < number, with what narrows it behind `and`, or state it",
            )
        return tuple(found)

    def _alerts(self, rule: AlertRuleFact) -> Iterator[BalanceAlert]:
        for compared in compared_in(rule.expression, metric_of(self.metric)):
            if self._is_about(compared):
                scale = 10**self.decimals if self.metric_counts == "unit" else 1
                yield BalanceAlert(rule=rule, below=int(Fraction(compared.below) * scale))

    def _is_about(self, compared: Compared) -> bool:
        series = self.exported.observed.found if self.exported.observed else ()
        labels = series[0].labels if series else labels_of(self.metric)
        return compared.metric == metric_of(self.metric) and compared.is_about(labels)

    def _are_near(self, one: int, other: int, apart: timedelta) -> bool:
        allowed = Fraction(self.tolerance) * one
        spent = Fraction(self.burn_per_day) * Fraction(apart / timedelta(seconds=1)) / 86400
        return abs(one - other) <= allowed + spent

    def _told(self, part: Part[NodeBalance]) -> str:
        one = part.observed
        if one is None:
            return part.seen
        block = "" if one.block is None else f" at block {one.block}"
        symbol = f" of token {one.symbol}, {one.decimals} decimals," if self.token else ""
        return f"{self.shown(one.amount)}{symbol} by {one.node}{block}"


def account_of(
    declared: Balance,
    first: Part[NodeBalance],
    second: Part[NodeBalance],
    exported: Part[BalanceSeries],
) -> AccountBalance:
    """Return an account with what was read of it."""
    return AccountBalance(
        name=declared.name,
        address=declared.address,
        chain=declared.chain or "",
        token=declared.token or "",
        unit=declared.unit,
        decimals=declared.decimals,
        floor=int(declared.floor),
        burn_per_day=int(declared.burn_per_day),
        page_below=declared.page_below,
        tolerance=declared.tolerance,
        metric=declared.metric or "",
        metric_counts=declared.metric_counts,
        first=first,
        second=second,
        exported=exported,
    )
