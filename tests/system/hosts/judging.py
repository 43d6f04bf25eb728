"""Judges the hosts of a world by the suite, where the client is, and keeps the results."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .declaring import declare
from .file_trees import changed, fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .world import World

PYTEST = ("-m", "pytest", "-p", "no:hypothesispytest", "-p", "no:cacheprovider", "-p", "no:xdist")
OWN = '''\
"""Explorer: what this service asks of its hosts besides the checklist."""

import pytest

from pytest_orr import at_least_one


@pytest.mark.orr(
    "explorer.hosts.{name}", stated="hosts", severity="minor", phase="launch", owner="platform",
    question="How are the hosts?", evidence="link", valid_for=90,
)
def test_{name}({facts}, subject):
    """Hosts are as they should be.

    Why: because.

    Fix: put it right.
    """
    for fact in ({facts},):
        for host in at_least_one(fact, "host"):
            with subject(host.name, saw=host.seen):
                {holds}
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One run of the suite, and what it left on the hosts."""

    repository: Any
    """Of the fixture ``lay_down``."""
    result: str
    """Name of the document with the results: a selection has another than a whole run."""
    printed: str
    logins: dict[str, int]
    """Logins that succeeded during the run, by host."""
    changed: dict[str, frozenset[str]]
    """Paths that are not as they were before the run, by host."""

    def fact(self, name: str, host: str) -> Any:
        """Return what was seen of a fact on a host; a whole run keeps it."""
        observations = self.repository.document("facts.json")["observations"]
        return next(one for one in observations[name]["value"] if one["name"] == host)["observed"]

    def said(self, item: str, host: str) -> list[tuple[str, str]]:
        """Return outcome and detail of everything that an item says about a host."""
        findings = self.repository.item(item, self.result)["findings"]
        about = [one for one in findings if one["subject"].partition(":")[0] == host]
        return [(one["outcome"], one["detail"]) for one in about]


def own_item(name: str, holds: str, *facts: str) -> str:
    """Return a module with one item, which says what must hold of ``host`` for each fact."""
    return OWN.format(name=name, holds=holds, facts=", ".join(facts))


def judge(
    world: World,
    lay_down: Callable[[Path], Any],
    folder: str,
    *,
    own: str = "",
    only: str = "",
    **declared: Any,
) -> Judged:
    """Run the suite, or ``only`` a part of it, for all hosts of a world.

    ``own`` is a module that the service adds to the suite; ``declared`` is said in the profile.
    """
    repository = lay_down(world.folder / folder)
    declare(world, repository.suite / "readiness.toml", **declared)
    if own:
        (repository.suite / "test_explorer.py").write_text(own, encoding="utf-8")
    alive = {name: host for name, host in world.hosts.items() if host.outer.poll() is None}
    before = {name: fingerprints(host) for name, host in alive.items()}
    earlier = {name: logins_to(world, name) for name in alive}
    part = f"readiness/{only}"
    ran = repository._run(world.from_outside(sys.executable, *PYTEST, part), {})
    return Judged(
        repository=repository,
        result="selection.json" if only else "review.json",
        printed=ran.out + ran.err,
        logins={name: logins_to(world, name) - earlier[name] for name in alive},
        changed={name: changed(before[name], fingerprints(host)) for name, host in alive.items()},
    )


def logins_to(world: World, name: str) -> int:
    """Return how often somebody logged in to a host, as its sshd says."""
    log = world.hosts[name].run("journalctl", "--unit=ssh", "--output=cat", "--no-pager")
    return sum(line.startswith("Accepted ") for line in log.splitlines())
