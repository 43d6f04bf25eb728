"""Finds the service's EC2 instances and which declared host each is, for facts about machines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.collect.ownership import Owned, Ownership, ownership, require_resources
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.hosts import Machine
from pytest_orr.profile.schema import Profile

OPERATIONS = ("ec2:DescribeInstances", "ec2:DescribeVpcs", "sts:GetCallerIdentity")
"""What is asked to know the service's instances."""

GONE = ("shutting-down", "terminated")
GROUP = "aws:autoscaling:groupName"
"""Tag by which AWS says in which scaling group an instance is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Owned):
    """An EC2 instance of the service that is not being terminated."""

    id: str
    account: str
    region: str
    state: str
    """``pending``, ``running``, ``stopping`` or ``stopped``."""
    type: str
    image: str
    """Id of the AMI that it was started from."""
    group: str = ""
    """Its scaling group, if it is in one."""
    names: tuple[str, ...] = ()
    """By which a host may be it: its id, its tag Name, its addresses and their names; sorted."""
    title: str = ""
    """Its tag Name."""
    root: str = ""
    """Volume that holds its root file system; empty if AWS shows none."""
    host: str = ""
    """The declared host that it is; empty if none is, or more than one instance might be."""
    role: str = ""
    """The host's role, ``backend`` or ``jump``."""
    is_compared: bool = False
    """Whether hosts are declared, with which instances are compared."""

    @property
    def name(self) -> str:
        """How pages name it: as the profile does, or else by its id."""
        return self.host or self.id

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        where = f"{self.account} {self.region}"
        return f"{self.id} {self.title}".rstrip() + f", {self.type}, {self.state}, in {where}"

    @property
    def is_running(self) -> bool:
        """Whether it runs, or soon will."""
        return self.state in {"pending", "running"}

    @property
    def is_known(self) -> bool:
        """Whether a declared host is it; a scaling group is the inventory of its instances.

        Raises ``Undeclared`` if the profile declares no hosts at all.
        """
        if self.host or self.group:
            return True
        if not self.is_compared:
            raise Undeclared("[[hosts]]", "the service's hosts, and the jump hosts before them,")
        return False


def own_instances(aws: AwsAccess, place: Place) -> tuple[Instance, ...]:
    """Return the service's instances in one place, by id.

    Asks ``ec2:DescribeInstances`` and ``ec2:DescribeVpcs``: an instance is the service's by its
    tags or by its VPC.
    """
    own = ownership(aws, place)
    there = aws.listing(place, "ec2:DescribeInstances", "Reservations")
    found = (raw for reservation in there for raw in reservation["Instances"])
    return tuple(sorted(_owned(place, own, found), key=lambda one: one.id))


def known_instances(profile: Profile, aws: AwsAccess) -> tuple[Instance, ...]:
    """Return the service's instances in all places, each with the declared host that it is."""
    require_resources(aws.resources)
    several = aws.everywhere(partial(own_instances, aws))
    instances = tuple(one for some in several for one in some)
    machines = own_machines(profile)
    hosts = hosts_of(machines, instances)
    roles = {machine.name: machine.group.role for machine in machines}
    return tuple(
        replace(
            one,
            host=hosts.get(one.id, ""),
            role=roles.get(hosts.get(one.id, ""), ""),
            is_compared=bool(machines),
        )
        for one in instances
    )


def own_machines(profile: Profile) -> tuple[Machine, ...]:
    """Return the declared hosts of the environment that is judged."""
    own = profile.service.environment
    return tuple(one for one in profile.machines if one.environment == own)


def hosts_of(machines: Iterable[Machine], instances: Iterable[Instance]) -> dict[str, str]:
    """Return by an instance's id the host that it is.

    It is the one that ``[[hosts]] instances`` names, or else the one that has the host's name as
    its id, tag Name, address or name of an address. A name that several instances have says of
    none that it is the host.
    """
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    for one in instances:
        for name in one.names:
            by_name[name.casefold()].add(one.id)
    found: dict[str, str] = {}
    for machine in machines:
        named = machine.group.instances.get(machine.name, machine.name)
        among = by_name[named.casefold()]
        if len(among) == 1:
            found.setdefault(next(iter(among)), machine.name)
    return found


def _owned(place: Place, own: Ownership, found: Iterable[Mapping[str, Any]]) -> Iterator[Instance]:
    for raw in found:
        if raw["State"]["Name"] in GONE:
            continue
        named = own.named(tagged=own.has_tags(raw.get("Tags", ())), vpc=raw.get("VpcId", ""))
        if any(named.values()):
            yield _instance(
                place,
                raw,
                Owned(
                    declared_by=tuple(word for word, names in named.items() if names),
                    missed_by=own.missed(named, exempt=("load_balancers",)),
                ),
            )


def _instance(place: Place, raw: Mapping[str, Any], owned: Owned) -> Instance:
    tags = {tag["Key"]: tag["Value"] for tag in raw.get("Tags", ())}
    return Instance(
        declared_by=owned.declared_by,
        missed_by=owned.missed_by,
        id=raw["InstanceId"],
        account=place.account,
        region=place.region,
        state=raw["State"]["Name"],
        type=raw["InstanceType"],
        image=raw["ImageId"],
        group=tags.get(GROUP, ""),
        names=tuple(sorted({name for name in _names(raw, tags) if name})),
        title=tags.get("Name", ""),
        root=_root(raw),
    )


def _names(raw: Mapping[str, Any], tags: Mapping[str, str]) -> Iterator[str]:
    yield raw["InstanceId"]
    yield tags.get("Name", "")
    for key in ("PrivateDnsName", "PublicDnsName", "PrivateIpAddress", "PublicIpAddress"):
        yield raw.get(key) or ""
    yield (raw.get("PrivateDnsName") or "").partition(".")[0]
    for interface in raw.get("NetworkInterfaces", ()):
        for address in interface.get("PrivateIpAddresses", ()):
            yield address.get("PrivateIpAddress", "")
        for address in interface.get("Ipv6Addresses", ()):
            yield address.get("Ipv6Address", "")


def _root(raw: Mapping[str, Any]) -> str:
    device = raw.get("RootDeviceName", "")
    volumes = {
        one["DeviceName"]: one["Ebs"]["VolumeId"]
        for one in raw.get("BlockDeviceMappings", ())
        if "Ebs" in one
    }
    return str(volumes.get(device, ""))


def require_root(instance: Instance) -> str:
    """Return the volume of an instance's root file system."""
    if not instance.root:
        raise FactUnavailable(
            f"AWS shows no volume that holds the root file system of {instance.id}",
            "state the size of its disk in a statement",
        )
    return instance.root
