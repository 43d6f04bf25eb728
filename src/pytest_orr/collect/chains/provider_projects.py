"""Fingerprints of projects at a provider of nodes, own and of peers: ``provider_projects``.

An id is never kept, only a keyed fingerprint of it. With one key for the whole organisation,
services can be compared with each other without showing anybody an id; a peer's fingerprints stand
in its review.json, as what this very fact was seen as.
"""

import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.settings import setting
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.beside import FileRefused, opened_beside
from pytest_orr.profile.chains import Provider, ProviderProject

ITEM = "deployment.infura.separate-project-ids"
FINGERPRINT = re.compile(r"fingerprint ([0-9a-f]{32})\b")
LARGEST = 32 * 1024 * 1024
SHORTEST_KEY = 16
"""Characters: a shorter key is guessed, and with it every id."""
REMEDY = "copy the review.json of the other service there"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFingerprint:
    """A project, by the keyed fingerprint of its id."""

    environment: str
    fingerprint: str
    """HMAC-SHA-256 of the id, the first 16 bytes in hexadecimal."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding; other services read it in a review."""
        return f"{self.environment}, fingerprint {self.fingerprint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerFingerprints:
    """What a peer's review says of its projects."""

    service: str
    environment: str
    fingerprints: tuple[str, ...]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.service} ({self.environment}), {len(self.fingerprints)} projects"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProjectFacts:
    """Projects of the service, and those of its peers."""

    own: tuple[Part[ProjectFingerprint], ...]
    peers: tuple[Part[PeerFingerprints], ...]

    def others_with(self, fingerprint: str, name: str) -> tuple[str, ...]:
        """Return who else has a project with a fingerprint: other names, and services."""
        twins = (
            one.name
            for one in self.own
            if one.name != name and one.observed and one.observed.fingerprint == fingerprint
        )
        shared = (
            f"{one.observed.service} ({one.observed.environment})"
            for one in self.peers
            if one.observed and fingerprint in one.observed.fingerprints
        )
        return tuple(sorted({*twins, *shared}))

    @property
    def can_compare(self) -> bool:
        """Return true; raise ``FactUnavailable`` while fewer than two projects are known."""
        own = sum(one.observed is not None for one in self.own)
        all_ = own + sum(len(one.observed.fingerprints) for one in self.peers if one.observed)
        if all_ < 2:
            raise FactUnavailable(
                "no other project is known to compare it with",
                "declare those of other environments under [[provider.projects]], or name reviews"
                " of other services under [peers]",
            )
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProjects:
    """Does every service and environment have a project of its own?"""

    name: str = "provider_projects"
    source: str = "the profile's variables, and reviews of other services"
    operations: tuple[str, ...] = ("file:read",)
    fact_type: Any = ProviderProjectFacts

    def collect(self, desk: Desk) -> Answer[ProviderProjectFacts]:
        """Take the fingerprint of every project whose id is known here."""
        provider = desk.profile.provider
        if provider is None or not provider.projects:
            raise Undeclared("[[provider.projects]]", "the projects at the provider of nodes")
        reviews = tuple(one for one in desk.profile.peers.reviews if one.endswith(".json"))
        facts = ProviderProjectFacts(
            own=tuple(
                part_of(one.name, partial(_fingerprint, desk, provider, one))
                for one in provider.projects
            ),
            peers=tuple(part_of(one, partial(_peer, desk, one)) for one in reviews),
        )
        return Answer(value=facts, where=(*(one.name for one in provider.projects), *reviews))


def _fingerprint(desk: Desk, provider: Provider, project: ProviderProject) -> ProjectFingerprint:
    if provider.fingerprint_key is None:
        raise Undeclared("[provider] fingerprint_key", "the variable with the organisation's key,")
    environment = desk.http.environment
    key = setting(
        provider.fingerprint_key, where="[provider] fingerprint_key", environment=environment
    )
    if len(key) < SHORTEST_KEY:
        raise FactUnavailable(
            f"the key in {provider.fingerprint_key.env} has fewer than {SHORTEST_KEY} characters",
            "let the organisation make a long random one",
        )
    where = f'project "{project.name}" id'
    said = setting(project.id, where=where, environment=environment).strip().casefold()
    made = hmac.digest(key.encode(), said.encode(), "sha256")
    return ProjectFingerprint(environment=project.environment, fingerprint=made[:16].hex())


def _peer(desk: Desk, file: str) -> PeerFingerprints:
    try:
        with opened_beside(desk.folder, file) as opened:
            said: Any = json.loads(opened.read(LARGEST))
        own = (desk.profile.service.name, desk.profile.service.environment)
        found = tuple(sorted({*_fingerprints(said)}))
        who = str(said["service"]), str(said["environment"])
    except FileRefused as error:
        raise FactUnavailable(f"{file} {error}", REMEDY) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FactUnavailable(f"{file} is no review.json", REMEDY) from error
    if who == own:
        raise FactUnavailable(f"{file} is this service's own", REMEDY)
    if not found:
        raise FactUnavailable(f"{file} tells no fingerprint of a project of {who[0]}", REMEDY)
    return PeerFingerprints(service=who[0], environment=who[1], fingerprints=found)


def _fingerprints(said: Any) -> Iterator[str]:
    for item in said["items"]:
        for finding in item["findings"] if item["id"] == ITEM else ():
            yield from FINGERPRINT.findall(str(finding["detail"]))
