"""What security groups let in: their ingress rules, with prefix lists read out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .openings import EVERY_PROTOCOL, LAST_PORT, WITH_PORTS, Opening, world_openings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place
    from pytest_orr.profile.schema import Network

PROTOCOLS = MappingProxyType(
    {"-1": EVERY_PROTOCOL, "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
)
"""Numbers under which AWS may also name a protocol."""
WITHOUT_SERVICES = ("icmp", "icmpv6")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An ingress rule. Exactly one of ``cidrs`` and ``group`` says whom it lets in."""

    id: str
    protocol: str
    """``tcp``, ``udp``, ``icmp``, ``icmpv6``, ``all``, or another protocol's number."""
    from_port: int = 0
    to_port: int = LAST_PORT
    """Protocols without ports have the whole stretch."""
    cidrs: tuple[str, ...] = ()
    """Networks, sorted; those of the prefix list when there is one."""
    prefix_list: str = ""
    group: str = ""
    """Id of the security group whose interfaces are let in."""

    def opens_everything(self, network: Network) -> bool:
        """Whether it leaves ports open that nobody thought about, whoever the source is."""
        if self.protocol in WITHOUT_SERVICES:
            return False
        too_wide = self.to_port - self.from_port + 1 > network.widest_port_range
        return self.protocol not in WITH_PORTS or too_wide

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        ports = Opening(protocol=self.protocol, from_port=self.from_port, to_port=self.to_port)
        return f"{ports} from {self.group or self.prefix_list or ', '.join(self.cidrs)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """A group that an interface of the service or of its balancers carries."""

    id: str
    name: str
    account: str
    region: str
    vpc: str
    carried_by: tuple[str, ...]
    """Interfaces and balancers, sorted."""
    of_balancer: bool
    """Only balancers carry it, so the world may reach the public ports."""
    is_forgotten: bool
    """The profile lists the service's security groups, and not this one."""
    rules: tuple[Rule, ...]
    """Ingress, by id."""

    @property
    def is_default(self) -> bool:
        """Whether it is its VPC's default group, which is carried by accident."""
        return self.name == "default"

    def openings_by(self, rule: Rule, network: Network) -> tuple[Opening, ...]:
        """Return what one rule opens to the world; on balancers all but the public ports."""
        return self._not_meant(world_openings((rule,), network), network)

    def joint_openings(self, network: Network) -> tuple[Opening, ...]:
        """Return what rules open to the world together, of which none does it alone."""
        partial = (rule for rule in self.rules if not world_openings((rule,), network))
        return self._not_meant(world_openings(partial, network), network)

    def _not_meant(self, openings: Iterable[Opening], network: Network) -> tuple[Opening, ...]:
        public = network.public_ports if self.of_balancer else ()
        return tuple(left for opening in openings for left in opening.without(public))

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.name}, carried by {', '.join(self.carried_by)}; {len(self.rules)} rules"


def read_rules(
    aws: AwsAccess, place: Place, groups: Collection[str]
) -> dict[str, tuple[Rule, ...]]:
    """Read the ingress rules of some groups in one place.

    Asks ``ec2:DescribeSecurityGroupRules`` and ``ec2:GetManagedPrefixListEntries``.
    """
    several = aws.listing(place, "ec2:DescribeSecurityGroupRules", "SecurityGroupRules")
    mine = [raw for raw in several if raw["GroupId"] in groups and not raw["IsEgress"]]
    prefix_lists = sorted({raw["PrefixListId"] for raw in mine if raw.get("PrefixListId")})
    entries = dict(aws.each(partial(_entries, aws, place), prefix_lists))
    rules: dict[str, list[Rule]] = {group: [] for group in groups}
    for raw in mine:
        rules[raw["GroupId"]].append(_rule(raw, entries))
    return {group: tuple(sorted(some, key=lambda rule: rule.id)) for group, some in rules.items()}


def _entries(aws: AwsAccess, place: Place, prefix_list: str) -> tuple[str, tuple[str, ...]]:
    several = aws.listing(
        place, "ec2:GetManagedPrefixListEntries", "Entries", PrefixListId=prefix_list
    )
    return prefix_list, tuple(one["Cidr"] for one in several)


def _rule(raw: Mapping[str, Any], entries: Mapping[str, tuple[str, ...]]) -> Rule:
    group = raw.get("ReferencedGroupInfo", {}).get("GroupId", "")
    prefix_list = raw.get("PrefixListId", "")
    inline = (raw.get("CidrIpv4", ""), raw.get("CidrIpv6", ""))
    cidrs = entries[prefix_list] if prefix_list else tuple(cidr for cidr in inline if cidr)
    if not (group or prefix_list or cidrs):
        raise FactUnavailable(
            f"security group rule {raw['SecurityGroupRuleId']} has a source of an unknown kind",
            "update pytest-orr, which does not know this kind of source",
        )
    protocol = PROTOCOLS.get(raw["IpProtocol"], raw["IpProtocol"])
    ports = (raw.get("FromPort", -1), raw.get("ToPort", -1))
    low, high = ports if protocol in WITH_PORTS and min(ports) >= 0 else (0, LAST_PORT)
    return Rule(
        id=raw["SecurityGroupRuleId"],
        protocol=protocol,
        from_port=low,
        to_port=high,
        cidrs=_networks(cidrs),
        prefix_list=prefix_list,
        group=group,
    )


def _networks(cidrs: Iterable[str]) -> tuple[str, ...]:
    try:
        return tuple(sorted({str(ipaddress.ip_network(cidr, strict=False)) for cidr in cidrs}))
    except ValueError as error:
        raise FactUnavailable(
            f"AWS names a network that cannot be read: {error}",
            "correct the security group rule or prefix list in AWS",
        ) from error
