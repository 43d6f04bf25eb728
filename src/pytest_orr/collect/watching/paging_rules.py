"""Which of the service's alert rules end at PagerDuty, by Alertmanager's configuration.

A part of the fact ``paging_services``.
"""

from dataclasses import dataclass

from pytest_orr.collect.interface import Desk

from .alert_rules import AlertRules

PAGERDUTY = "pagerduty"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagingRules:
    """Rules and receivers through which alerts come to PagerDuty."""

    count: int
    """Of all rules of the service."""
    rules: tuple[str, ...]
    """Names of those whose alerts a receiver of PagerDuty gets."""
    receivers: tuple[str, ...]
    """Names of these receivers."""

    @property
    def seen(self) -> str:
        """One line about them, for a finding."""
        by = f" by {', '.join(self.receivers)}" if self.receivers else ""
        return f"{len(self.rules)} of {self.count} alert rules page{by}"


def read_paging_rules(desk: Desk) -> PagingRules:
    """Read whom the service's alert rules tell; a rule of which nobody knows hides no other."""
    found = AlertRules().collect(desk).value
    told = [
        (rule.name, receiver.name)
        for rule in found
        if rule.receivers.observed
        for receiver in rule.receivers.observed.receivers
        if PAGERDUTY in receiver.kinds
    ]
    if not told:  # then one that could not be followed may be the one that pages
        _ = [rule.receivers.reading for rule in found]
    return PagingRules(
        count=len(found),
        rules=tuple(sorted({rule for rule, _ in told})),
        receivers=tuple(sorted({receiver for _, receiver in told})),
    )
