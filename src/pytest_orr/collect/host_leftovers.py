"""What a deployment left behind on each host: the fact ``host_leftovers``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_paths import paths_in
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.observation import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """What was found on a host of that which a deployment must not leave: paths alone."""

    homes: tuple[str, ...]
    """Homes of everybody who can log in, all of which were looked into or are unread."""
    found: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Directories that this login may not read."""

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        unread = f", {len(self.unread)} directories not readable" if self.unread else ""
        return f"{len(self.found)} leftovers in {len(self.homes)} homes and beside them{unread}"

    @property
    def paths(self) -> tuple[str, ...]:
        """What was left behind; that there is nothing is known only if all could be read."""
        if not self.found and self.unread:
            raise not_permitted("leftovers", *self.unread)
        return self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLeftovers:
    """What did deployments leave behind on each host?"""

    name: str = "host_leftovers"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:leftovers",)
    fact_type: Any = tuple[HostFact[Leftovers], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[Leftovers], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("leftovers",), _leftovers)


def _leftovers(host: HostView) -> Leftovers:
    read = host.section("leftovers")
    homes = tuple(sorted({login.split(":")[3] for login in read.all("login")}))
    patterns = tuple(_expanded(host.limits.leftovers, homes))
    paths = paths_in(read.all("found"))
    return Leftovers(
        homes=homes,
        found=tuple(sorted({path for path in paths.found if _is_leftover(path, patterns)})),
        unread=paths.not_read,
    )


def _expanded(patterns: Iterable[str], homes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield every pattern as its names, with ~ as each home; a home's own name is no pattern."""
    for pattern in patterns:
        below = tuple(name for name in pattern.removeprefix("~").split("/") if name)
        if not pattern.startswith("~"):
            yield below
        for home in homes if pattern.startswith("~") else ():
            names = (
                name.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
                for name in home.split("/")
                if name
            )
            yield (*names, *below)


def _is_leftover(path: str, patterns: Iterable[tuple[str, ...]]) -> bool:
    names = [name for name in path.split("/") if name]
    return any(
        len(names) == len(pattern) and all(map(fnmatchcase, names, pattern)) for pattern in patterns
    )
