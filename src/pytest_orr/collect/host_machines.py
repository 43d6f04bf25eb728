"""What each host's machine has, and how much is in use: the fact ``host_machines``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.observation import Answer
from pytest_orr.profile.hosts import MachineSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineUse:
    """A machine at one moment."""

    cpus: int
    memory_mib: int
    memory_available_mib: int
    disk_gib: int
    """Size of the root file system."""
    disk_used_percent: int
    load: tuple[float, float, float]
    """Of the last 1, 5 and 15 minutes."""

    @property
    def seen(self) -> str:
        """One line about the machine, for a finding."""
        return (
            f"{self.cpus} CPUs, {self.memory_mib} MiB, {self.memory_free_percent} % available, "
            f"disk {self.disk_gib} GiB, {self.disk_used_percent} % used"
        )

    @property
    def memory_free_percent(self) -> int:
        """Percent of the memory that is available."""
        return 100 * self.memory_available_mib // max(1, self.memory_mib)

    def falls_short_of(self, minimum: MachineSpec) -> tuple[str, ...]:
        """Return in words whatever is less than the profile demands."""
        return minimum.shortfalls(
            cpus=self.cpus, memory_mib=self.memory_mib, disk_gib=self.disk_gib
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMachines:
    """What does each host's machine have, and how much of it is in use?"""

    name: str = "host_machines"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:machine",)
    fact_type: Any = tuple[HostFact[MachineUse], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[MachineUse], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("machine",), _machine)


def _machine(host: HostView) -> MachineUse:
    read = host.section("machine")
    memory = dict(line.split(":") for line in read.all("memory"))
    kib = {name: int(said.split()[0]) for name, said in memory.items()}
    size, used = _disk(read.one("disk"))
    one, five, fifteen = map(float, read.one("load").split()[:3])
    return MachineUse(
        cpus=_cpus(read.one("cpus")),
        memory_mib=kib["MemTotal"] // 1024,
        memory_available_mib=kib["MemAvailable"] // 1024,
        disk_gib=size // 1024**2,
        disk_used_percent=used,
        load=(one, five, fifteen),
    )


def _cpus(ranges: str) -> int:
    """Return how many ``0-3,5`` are."""
    pairs = (part.partition("-") for part in ranges.split(","))
    return sum(int(last or first) - int(first) + 1 for first, _, last in pairs)


def _disk(line: str) -> tuple[int, int]:
    """Return the KiB and the percent in use of ``device blocks used available 24% /``."""
    _, blocks, _, _, percent, _ = line.split()
    return int(blocks), int(percent.rstrip("%"))
