"""What asking hosts behind a jump host costs: product, pytest-testinfra, and one exec per host.

All ask the same hosts for the same facts, in alternation; what they read must agree. Calls are
logins that the hosts accepted.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import ssh_facts
from .measured import Case, Command, alternate, pytest_run, run, settle
from .plugin import CHECKOUT, environment
from .rivals import LACKING, python_with
from .ssh_service import Service
from .ssh_topology import Topology, enclosed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROUND_TRIP_MS = 20
WORKERS = 8
MOST_SECONDS = 150.0
"""What one of them may take of a case before it is left out of its further rounds."""
RIVAL = ("pytest-testinfra==10.2.2", "pytest-xdist==3.8.0")
NEEDED = ("ip", "unshare", "sshd", "ssh", "ssh-keygen", "apt-get")
"""Programs of the Debian packages iproute2, util-linux, openssh-server, openssh-client and apt."""
OTHER_PLUGINS = tuple(
    word
    for name in ("hypothesispytest", "rerunfailures", "xdist", "xdist.looponfail")
    for word in ("-p", f"no:{name}")
)
"""What this checkout's own tests need, and a service that judges hosts does not have."""
FIRST = -10
"""Priority of all that is measured, hosts included, over what else this machine does."""
WORK = Path("/run/benchmark")
"""In memory, and gone with the namespaces."""
MULTIPLEXED = """\
Host *
  ControlPath {sockets}/%C
Host jump
  ControlMaster auto
  ControlPersist 60
"""
"""testinfra itself asks for masters on the way to the hosts."""


def lacking() -> str:
    """Return what this machine lacks for the benchmark; nothing if it can be run."""
    if os.geteuid():
        return "network namespaces need root"
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        return f"not installed: {', '.join(missing)}"
    trial = enclosed("ip", "tuntap", "add", "trial", "mode", "tap")
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)
    refused = f"this root may not make namespaces and devices: {tried.stderr.strip()}"
    return refused if tried.returncode else ""


def search_path() -> str:
    """Return where programs are looked for, where root's are too."""
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def enter(arguments: Sequence[str], *, rivals: bool) -> None:
    """Become the same benchmark in namespaces of its own; the rival is installed before."""
    os.environ["PATH"] = search_path()
    if why := lacking():
        print(f"benchmark ssh: {why}", file=sys.stderr)
        sys.exit(LACKING)
    if rivals:
        rival_python()
    again = (sys.executable, "-m", "benchmarks", "ssh", "--inside", *arguments)
    command = enclosed(*again)
    os.execvp(command[0], command)  # noqa: S606  # the kernel then ends all with this process


def rival_python() -> Path:
    """Return the Python of an environment with testinfra."""
    return python_with(*RIVAL)


def cases(*, hosts: Sequence[int], runs: int, rivals: bool) -> Iterator[Case]:
    """Measure every case; call it in namespaces of its own.

    A single run is a trial: it waits for no calm moment, and nothing is run before it.
    """
    topology = Topology(folder=WORK, backends=max(hosts), round_trip_ms=ROUND_TRIP_MS)
    os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    topology.write()
    topology.start()
    for number, n in enumerate(hosts):
        crowd = Crowd(
            topology=topology,
            names=topology.names[:n],
            folder=WORK / f"case-{number}",
            is_trial=runs == 1,
        )
        crowd.make()
        taken = alternate(
            crowd.commands(rivals=rivals),
            runs=runs,
            warm_up=0 if number or crowd.is_trial else 1,
            most_seconds=MOST_SECONDS,
        )
        yield Case(
            name="hosts",
            n=n,
            unit="behind one jump host",
            taken=taken,
            expected=taken["limit"][0].outcome,
            latency_ms=ROUND_TRIP_MS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Those who ask the first ``names`` of a topology, each with its files in a folder."""

    topology: Topology
    names: tuple[str, ...]
    folder: Path
    is_trial: bool

    @property
    def service(self) -> Service:
        """What the product judges."""
        return Service(folder=self.folder / "service" / "readiness")

    @property
    def answers(self) -> Path:
        """Where limit and rivals write what they read."""
        return self.folder / "answers"

    @property
    def sockets(self) -> Path:
        """Where the rival's ssh keeps its masters' sockets; short, as their paths must be."""
        return WORK / "masters"

    @property
    def whole(self) -> Path:
        """The report about every item of the suite."""
        return self.folder / "whole"

    def make(self) -> None:
        """Write what each needs."""
        self.service.make(self.topology, self.names)
        self.service.write_scripts(self.folder / "scripts")
        rival = self.folder / "rival"
        rival.mkdir()
        shutil.copy(Path(__file__).with_name("ssh_rival.py"), rival / "test_facts.py")
        config = MULTIPLEXED.format(sockets=self.sockets) + self.topology.ssh_config_text()
        (rival / "ssh_config").write_text(config, encoding="utf-8")
        self.judge_all()

    def commands(self, *, rivals: bool) -> dict[str, Command]:
        """Return everybody, the product first."""
        ours = {"product": self.product(), "limit": self.limit()}
        if not rivals:
            return ours
        return ours | {"testinfra": self.rival(), f"testinfra -n{WORKERS}": self.rival(WORKERS)}

    def product(self) -> Command:
        """Judge the items that are about hosts."""
        report = self.folder / "report"
        return self.asking(
            pytest_run("-q", *OTHER_PLUGINS, *self.service.node_ids),
            lambda: ssh_facts.of_product(report / "selection.json", self.whole / "facts.json"),
            folder=self.service.folder.parent,
            ORR_REPORT=str(report),
        )

    def judge_all(self) -> None:
        """Judge every item once, which is not measured: only such a run writes its facts down."""
        whole = replace(
            self.product(), arguments=pytest_run("-q", *OTHER_PLUGINS, str(self.service.folder))
        )
        run(replace(whole, environment={**whole.environment, "ORR_REPORT": str(self.whole)}))

    def limit(self) -> Command:
        """Run the product's scripts, each by one exec."""
        command = (sys.executable, "-m", "benchmarks.ssh_limit", str(self.topology.ssh_config))
        return self.asking(
            (*command, str(self.folder / "scripts"), str(self.answers)),
            lambda: ssh_facts.of_scripts(self.answers),
            folder=CHECKOUT,
        )

    def rival(self, workers: int = 0) -> Command:
        """Read the same facts with testinfra's ssh backend."""
        folder = self.folder / "rival"
        hosts = ",".join(f"ssh://{name}" for name in self.names)
        command = (str(rival_python()), "-m", "pytest", "-q", "-p", "no:cacheprovider")
        options = (f"--hosts={hosts}", f"--ssh-config={folder / 'ssh_config'}")
        spread = ("-n", str(workers)) if workers else ("-p", "no:xdist")
        return self.asking(
            (*command, *options, *spread, str(folder)),
            lambda: ssh_facts.of_rival(self.answers),
            folder=folder,
            ANSWERS=str(self.answers),
        )

    def asking(
        self,
        arguments: tuple[str, ...],
        read: Callable[[], ssh_facts.Facts],
        *,
        folder: Path,
        **variables: str,
    ) -> Command:
        """Return a command whose outcome is what it read of every host."""
        return Command(
            arguments=arguments,
            folder=folder,
            environment=environment(PYTHONPYCACHEPREFIX=str(WORK / "bytecode"), **variables),
            outcome=lambda ended: ssh_facts.told(ended, read, self.names),
            prepare=self.forget,
            calls=self.topology.authentications,
        )

    def forget(self) -> None:
        """End the rival's masters, take away what anybody read, and wait for a calm moment."""
        for socket in self.sockets.glob("*"):
            end = ("ssh", "-o", f"ControlPath={socket}", "-O", "exit", "any")
            subprocess.run(end, capture_output=True, check=False, timeout=10)
        for folder in (self.sockets, self.answers):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        if not self.is_trial:
            settle()
        self.topology.forget_authentications()
