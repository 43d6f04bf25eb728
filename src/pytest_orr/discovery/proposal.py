"""Writes what an account showed as commented TOML: a person accepts by taking marks away.

Pure. With all marks taken away the text is TOML without mistakes; what a profile cannot say is a
remark, which stays a comment.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from pytest_orr.profile.fields import ALIAS, HOST_NAME
from pytest_orr.profile.toml_quoting import quoted

from .toml_text import listed, proposed, remark, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .sightings import Instance, Resource, Sightings, Site

PUBLIC_NAME = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
SPACE = proposed("")
WAYS_IN = ("bastion", "jump")
"""What a jump host's name has in it."""
USAGES = frozenset({"ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"})
BALANCER, BUCKET = "elasticloadbalancing:loadbalancer", "s3:bucket"
DATABASES = {"rds:cluster": "aurora", "rds:db": "rds", "dynamodb:table": "dynamodb"}
NOT_COUNTED = frozenset(
    {
        *(BALANCER, BUCKET, *DATABASES, "acm:certificate", "cloudfront:distribution"),
        *("ec2:instance", "ec2:security-group", "ec2:vpc", "kms:key", "route53:hostedzone"),
    }
)
"""Kinds that the proposal is made of."""


def propose(seen: Sightings) -> str:
    """Return the proposal, with a line's end at the end of each line."""
    sections = (
        _head(seen),
        _resources(seen),
        _account(seen),
        _endpoints(seen),
        _hosting(seen),
        _keys(seen),
        _hosts(seen),
        _databases(seen),
        _besides(seen),
        _unread(seen),
    )
    lines = chain.from_iterable([*lines, SPACE] for section in sections if (lines := [*section]))
    return "".join(f"{line}\n" for line in _spaced(lines))


def _spaced(lines: Iterable[str]) -> Iterator[str]:
    """Put an empty line before each table that follows another."""
    before = SPACE
    for line in lines:
        if line.startswith(proposed("[[")) and before != SPACE:
            yield SPACE
        yield line
        before = line


def _head(seen: Sightings) -> Iterator[str]:
    where = seen.where
    tags = " and ".join(f"{key} = {value}" for key, value in where.tags.items())
    yield remark(f"What AWS account {where.account} shows in {', '.join(where.regions)}")
    yield remark(f"by the tag {tags},")
    yield remark(f"seen as {where.caller}.")
    yield remark('Take "# " away from what is the service\'s; names and roles are guesses.')


def _resources(seen: Sightings) -> Iterator[str]:
    yield proposed("[aws.resources]")
    yield proposed(f"tags = {table(seen.where.tags)}")
    balancers = tuple(one.arn for one in seen.resources if one.kind == BALANCER)
    for key, values in (
        ("vpcs", seen.named("ec2:vpc")),
        ("load_balancers", balancers),
        ("security_groups", seen.named("ec2:security-group")),
    ):
        if said := [value for value in values if value.strip()]:
            yield from map(proposed, listed(key, said))


def _account(seen: Sightings) -> Iterator[str]:
    yield proposed("[[aws.accounts]]")
    yield proposed(f"id = {quoted(seen.where.account)}")
    yield from map(proposed, listed("regions", seen.where.regions))
    if profile := (seen.where.profile or "").strip():
        yield proposed(f"profile = {quoted(profile)}")


def _endpoints(seen: Sightings) -> Iterator[str]:
    fronts = {name for site in seen.sites for name in _names_of(site)}
    hosts = sorted(fronts | {*_public(seen.names)})
    for host in hosts:
        role = "frontend" if host in fronts else "service"
        yield from map(proposed, ("[[endpoints]]", f"name = {quoted(host)}", f'role = "{role}"'))
        yield proposed(f"url = {quoted(f'https://{host}/')}")
    aliases = (alias for site in seen.sites for alias in site.aliases)
    for name in sorted({*seen.names, *aliases}):
        if not tuple(_public([name])):
            yield remark(f"{name} is no one name that can be asked")


def _hosting(seen: Sightings) -> Iterator[str]:
    for site in seen.sites:
        for bucket in seen.named(BUCKET):
            if _serves(site, bucket):
                yield from map(proposed, ("[[hosting]]", 'provider = "s3"'))
                yield proposed(f"endpoint = {quoted(_names_of(site)[0])}")
                yield proposed(f"bucket = {quoted(bucket)}")
                yield proposed(f"distribution = {quoted(site.id)}")


def _keys(seen: Sightings) -> Iterator[str]:
    for alias, usage in sorted({one.alias: one.usage for one in seen.keys}.items()):
        if re.fullmatch(ALIAS, alias) and usage in USAGES:
            yield proposed("[[keys]]")
            yield proposed(f"alias = {quoted(alias)}")
            yield proposed(f"usage = {quoted(usage)}")
        else:
            yield remark(f"{alias} for {usage} is no alias or usage that [[keys]] takes")


def _hosts(seen: Sightings) -> Iterator[str]:
    own = _own_names(seen.instances)
    lasting = [one for one in seen.instances if one.id in own or not one.group]
    names = {own.get(one.id, one.id) for one in lasting}
    hosts = sorted(name for name in names if re.fullmatch(HOST_NAME, name))
    jumps = [name for name in hosts if any(word in name.lower() for word in WAYS_IN)]
    others = [name for name in hosts if name not in jumps]
    if jumps:
        yield from map(proposed, ("[[hosts]]", *listed("names", jumps), 'role = "jump"'))
    if others:
        yield from map(proposed, ("[[hosts]]", *listed("names", others)))
        if len(jumps) == 1:
            yield from map(proposed, listed("jump", jumps))
    if passing := len(seen.instances) - len(lasting):
        yield remark(f"Instances of scaling groups without a name of their own: {passing}")


def _databases(seen: Sightings) -> Iterator[str]:
    found = [one for one in seen.resources if one.kind in DATABASES and one.name.strip()]
    often = Counter(one.name for one in found)
    for one in found:
        name = one.name if often[one.name] == 1 else one.arn
        yield from map(proposed, ("[[databases]]", f"name = {quoted(name)}"))
        yield proposed(f"kind = {quoted(DATABASES[one.kind])}")
        yield proposed(f"identifier = {quoted(name)}")


def _besides(seen: Sightings) -> Iterator[str]:
    if seen.scaling_groups:
        yield remark(f"Scaling groups: {', '.join(seen.scaling_groups)}")
    counted = Counter(_kind_of(one) for one in seen.resources if one.kind not in NOT_COUNTED)
    if counted:
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(counted.items()))
        yield remark(f"Tagged as well: {told}")
    if not (seen.resources or seen.instances or seen.scaling_groups):
        yield remark("Nothing was found: look at the tag, the regions and the account.")


def _unread(seen: Sightings) -> Iterator[str]:
    if seen.unread:
        yield remark("What could not be seen, so that something may be missing above:")
    yield from (remark(f"- {cause}") for cause in seen.unread)


def _serves(site: Site, bucket: str) -> bool:
    fetches = any(origin.startswith(f"{bucket}.s3") for origin in site.origins)
    return bool(fetches and bucket.strip() and site.id.strip() and _names_of(site))


def _names_of(site: Site) -> tuple[str, ...]:
    """Return the names at which a site answers: its aliases, or else CloudFront's own for it."""
    return tuple(_public(site.aliases)) or tuple(_public([site.host]))


def _public(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        plain = name.rstrip(".").lower()
        if PUBLIC_NAME.fullmatch(plain):
            yield plain


def _own_names(instances: Iterable[Instance]) -> dict[str, str]:
    """Return the name of each instance, by id, that a host can have and that is its alone."""
    found = tuple(instances)
    often = Counter(word.casefold() for one in found for word in {one.name, one.id})
    return {
        one.id: one.name
        for one in found
        if re.fullmatch(HOST_NAME, one.name) and often[one.name.casefold()] == 1
    }


def _kind_of(resource: Resource) -> str:
    return resource.kind.replace(":", " ").strip()
