"""Reads Ansible's playbooks and inventories at the release's commit: the fact ``playbooks``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.git_said import Entry
from pytest_orr.clients.yaml_text import yaml_in
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .inventories import hosts_of, is_inventory

PLAYS = ("hosts", "import_playbook", "ansible.builtin.import_playbook")
"""A play has one of these keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """A file that is named as a playbook."""

    path: str
    plays: int
    """How many plays it has; a file of something else has none."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.plays} plays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """An inventory of Ansible."""

    path: str
    hosts: tuple[str, ...]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"hosts {', '.join(self.hosts) or 'none'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookFacts:
    """What Ansible deploys by, and to where."""

    playbooks: tuple[Part[Playbook], ...]
    inventories: tuple[Part[Inventory], ...]

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts of every inventory; ``FactUnavailable`` if one cannot be read."""
        return frozenset(host for one in self.inventories for host in one.reading.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbooks:
    """Which playbooks and inventories does the release's commit have?"""

    name: str = "playbooks"
    source: str = "git"
    operations: tuple[str, ...] = ("git:cat-file", "git:ls-tree")
    fact_type: Any = PlaybookFacts

    def collect(self, desk: Desk) -> Answer[PlaybookFacts]:
        """Read the files that ``playbooks`` and ``inventories`` of ``[repository]`` name."""
        declared = desk.profile.repository
        if declared is None:
            raise Undeclared("[repository]", "the service's git repository")
        books = desk.git.entries(declared.playbooks)
        lists = (one for one in desk.git.entries(declared.inventories) if is_inventory(one.path))
        facts = PlaybookFacts(
            playbooks=tuple(part_of(one.path, partial(_playbook, desk, one)) for one in books),
            inventories=tuple(part_of(one.path, partial(_inventory, desk, one)) for one in lists),
        )
        return Answer(value=facts, where=desk.git.where)


def _playbook(desk: Desk, entry: Entry) -> Playbook:
    [plays, *_] = yaml_in(desk.git.read(entry.path), entry.path) or ("",)
    found = [one for one in plays if isinstance(one, dict)] if isinstance(plays, list) else []
    count = sum(any(key in one for key in PLAYS) for one in found)
    return Playbook(path=entry.path, plays=count)


def _inventory(desk: Desk, entry: Entry) -> Inventory:
    if entry.kind == "program":
        raise FactUnavailable(
            f"{entry.path} is a program, which is not run here",
            "name an inventory that lists its hosts under inventories in [repository]",
        )
    return Inventory(path=entry.path, hosts=hosts_of(desk.git.read(entry.path), entry.path))
