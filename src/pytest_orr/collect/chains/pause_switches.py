"""Reads what pauses the service, whether it is there and off: the fact ``pause_switches``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Answer

from . import contract_switches, front_switches
from .contract_switches import ContractSwitch, read_contract
from .front_switches import GroupSwitch, RuleSwitch, read_group, read_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSwitchFacts:
    """The declared switches, each read by itself; named as they are declared."""

    contracts: tuple[Part[ContractSwitch], ...]
    rules: tuple[Part[RuleSwitch], ...]
    groups: tuple[Part[GroupSwitch], ...]

    @property
    def switches(self) -> tuple[Part[Any], ...]:
        """All of them: each can tell whether it ``is_there`` and ``is_off``."""
        return (*self.contracts, *self.rules, *self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSwitches:
    """Is there something that pauses the service, in the right hands, and off?"""

    name: str = "pause_switches"
    source: str = "nodes of EVM chains, AWS elasticloadbalancing and wafv2"
    operations: tuple[str, ...] = (*contract_switches.OPERATIONS, *front_switches.OPERATIONS)
    fact_type: Any = PauseSwitchFacts

    def collect(self, desk: Desk) -> Answer[PauseSwitchFacts]:
        """Read each declared switch by itself; nothing is pulled."""
        declared = desk.profile.emergency.pause
        if not declared:
            raise Undeclared("[[emergency.pause]]", "what pauses the service")
        facts = PauseSwitchFacts(
            contracts=tuple(
                part_of(one.name, partial(read_contract, desk, one))
                for one in declared
                if one.contract
            ),
            rules=tuple(
                part_of(one.name, partial(read_rule, desk, one.web_acl_rule))
                for one in declared
                if one.web_acl_rule
            ),
            groups=tuple(
                part_of(one.name, partial(read_group, desk, one.target_group))
                for one in declared
                if one.target_group
            ),
        )
        return Answer(value=facts, where=tuple(one.name for one in declared))
