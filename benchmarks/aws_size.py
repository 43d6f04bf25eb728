"""How large the simulated AWS is, and what things in it are called."""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")
ROLE = "reader"
"""By which each account is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is in each region of each account."""

    groups: int
    few: int = 5
    """How many balancers, certificates, encryption keys, databases; twice as many alarms."""
