"""Reads which names other services use, from their files beside the profile: ``peer_services``.

A peer's readiness.toml names its endpoints. A review.json names the hosts that its own checks
resolved, as subjects of findings.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside

from .interface import Desk
from .parts import Part, part_of

LARGEST_MIB = 32
MIB = 1024 * 1024
BY_NAME = ("network.load-balancer.elb",)
"""Items whose findings are about hosts by their name, and balancers by their ARN."""
REMEDY = "copy the review.json or readiness.toml of the other service there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another service, and what it says that it uses."""

    service: str
    environment: str
    hosts: tuple[str, ...]
    """Names of its endpoints, and ARNs of its balancers, sorted."""

    def shares(self, *names: str) -> tuple[str, ...]:
        """Return those of some names and ARNs that it uses, too."""
        return tuple(sorted({name.lower() for name in names} & {*self.hosts}))

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.service} ({self.environment}) uses {', '.join(self.hosts)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerServices:
    """Which names do other services use?"""

    name: str = "peer_services"
    source: str = "files of other services"
    operations: tuple[str, ...] = ("file:read",)
    fact_type: Any = tuple[Part[Peer], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[Peer], ...]]:
        """Read each declared file; one that cannot be read does not hide the others."""
        files = desk.profile.peers.reviews
        if not files:
            raise Undeclared("[peers] reviews", "files of the services that might share a name,")
        own = (desk.profile.service.name, desk.profile.service.environment)
        parts = tuple(part_of(one, partial(_peer, desk.folder, one, own)) for one in files)
        return Answer(value=parts, where=files)


def _peer(folder: Path, file: str, own: tuple[str, str]) -> Peer:
    try:
        with opened_beside(folder, file) as opened:
            content = opened.read(LARGEST_MIB * MIB + 1)
    except FileRefused as error:
        raise FactUnavailable(f"{file} {error}", REMEDY) from error
    if len(content) > LARGEST_MIB * MIB:
        raise FactUnavailable(f"{file} is larger than {LARGEST_MIB} MiB", REMEDY)
    peer = _read(file, content)
    if (peer.service, peer.environment) == own:
        raise FactUnavailable(f"{file} is this service's own", REMEDY)
    if not peer.hosts:
        raise FactUnavailable(f"{file} names no endpoint of {peer.service}", REMEDY)
    return peer


def _read(file: str, content: bytes) -> Peer:
    try:
        text = content.decode("utf-8")
        is_review = text.lstrip().startswith("{")
        said: Any = json.loads(text) if is_review else tomllib.loads(text)
        return _of_review(said) if is_review else _of_profile(said)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FactUnavailable(f"{file} is no review.json and no readiness.toml", REMEDY) from error


def _of_profile(said: Mapping[str, Any]) -> Peer:
    hosts = (urlsplit(one["url"]).hostname or "" for one in said.get("endpoints", ()))
    return Peer(
        service=str(said["service"]["name"]),
        environment=str(said["service"]["environment"]),
        hosts=tuple(sorted({host.lower() for host in hosts if host})),
    )


def _of_review(said: Mapping[str, Any]) -> Peer:
    return Peer(
        service=str(said["service"]),
        environment=str(said["environment"]),
        hosts=tuple(sorted({subject.lower() for subject in _subjects(said["items"])})),
    )


def _subjects(items: list[Mapping[str, Any]]) -> Iterator[str]:
    """Yield hosts and balancers; what a finding could not be about is named by a plain word."""
    for item in items:
        for finding in item["findings"] if item["id"] in BY_NAME else ():
            subject = str(finding["subject"])
            if "." in subject or ":loadbalancer/" in subject:
                yield subject
