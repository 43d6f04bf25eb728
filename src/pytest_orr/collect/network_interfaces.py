"""Finds the network interfaces of the service's backend, and those of its balancers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .ownership import Owned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.clients.aws import Place

    from .ownership import Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface(Owned):
    """An attached network interface of a backend server."""

    id: str
    account: str
    region: str
    vpc: str
    instance: str
    """Empty when something other than an instance has it."""
    description: str
    groups: tuple[str, ...]
    """Ids of its security groups, sorted."""
    addresses: tuple[str, ...] = ()
    """Private and public ones, sorted."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.instance or self.description} with {', '.join(self.groups)}"


def tagged_instances(own: Ownership, reservations: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the ids of instances that carry the service's tags."""
    return frozenset(
        instance["InstanceId"]
        for reservation in reservations
        for instance in reservation["Instances"]
        if own.has_tags(instance.get("Tags", ()))
    )


def _is_of_balancer(raw: Mapping[str, Any]) -> bool:
    """Whether AWS made the interface for a balancer; its groups are the balancer's."""
    return bool(raw.get("RequesterManaged")) and raw.get("Description", "").startswith("ELB ")


def backend_interfaces(
    place: Place, own: Ownership, tagged: frozenset[str], attached: Iterable[Mapping[str, Any]]
) -> Iterator[Interface]:
    """Yield the service's attached interfaces: by tags, by an instance's tags, or by VPC.

    ``tagged`` are the service's instances, ``attached`` comes from DescribeNetworkInterfaces.
    """
    for raw in attached:
        has_tags = _instance(raw) in tagged or own.has_tags(raw.get("TagSet", ()))
        named = own.named(tagged=has_tags, vpc=raw["VpcId"])
        # Without a group nothing is let in: a NAT gateway's interface is no backend server's.
        if raw["Groups"] and any(named.values()) and not _is_of_balancer(raw):
            untaggable = ("tags",) if raw.get("RequesterManaged") else ()
            missed_by = own.missed(named, exempt=("load_balancers", *untaggable))
            declared_by = tuple(word for word, names in named.items() if names)
            yield _interface(place, raw, Owned(declared_by=declared_by, missed_by=missed_by))


def _instance(raw: Mapping[str, Any]) -> str:
    return str(raw["Attachment"].get("InstanceId", ""))


def _interface(place: Place, raw: Mapping[str, Any], owned: Owned) -> Interface:
    return Interface(
        declared_by=owned.declared_by,
        missed_by=owned.missed_by,
        id=raw["NetworkInterfaceId"],
        account=place.account,
        region=place.region,
        vpc=raw["VpcId"],
        instance=_instance(raw),
        description=raw.get("Description", ""),
        groups=tuple(sorted(group["GroupId"] for group in raw["Groups"])),
        addresses=tuple(sorted(_addresses(raw))),
    )


def _addresses(raw: Mapping[str, Any]) -> Iterator[str]:
    for one in raw.get("PrivateIpAddresses", ()):
        yield one["PrivateIpAddress"]
        if public := one.get("Association", {}).get("PublicIp"):
            yield public
    for one in raw.get("Ipv6Addresses", ()):
        yield one["Ipv6Address"]


def balancer_interfaces(
    own: Ownership, attached: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, list[str]]]:
    """Yield id and groups of interfaces that AWS made for balancers in the service's VPCs."""
    for raw in attached:
        if _is_of_balancer(raw) and raw["VpcId"] in own.vpcs:
            yield raw["NetworkInterfaceId"], [group["GroupId"] for group in raw["Groups"]]
