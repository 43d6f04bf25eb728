"""``orr plan``: what a run would ask, of whom and by which operations, before it asks anything."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.organisation_file import read_pinned
from pytest_orr.clients.ssh import SshAccess
from pytest_orr.collect.host_script import script_for
from pytest_orr.collect.registry import gathered, registry
from pytest_orr.errors import FactUnavailable, InvalidInput
from pytest_orr.locate import no_suite
from pytest_orr.profile.load import load
from pytest_orr.profile.mistakes import did_you_mean, show
from pytest_orr.statements import facts_about
from pytest_orr.suite import baseline

from .aws_plan import aws_blocks, who_asks
from .catalogue import declare_suite, profile_file, suite_folder, suite_items

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from pytest_orr.collect.interface import Collector
    from pytest_orr.profile.load import Written
    from pytest_orr.profile.schema import Machine, Profile

SCRIPT = "ssh"
"""What the operations of host facts begin with; a section of the script follows."""
ELSEWHERE = {
    "http": "HTTP",
    "tls": "TLS",
    "dns": "DNS",
    "tcp": "TCP, connected and closed",
    "jump": "TCP from the jump hosts",
    "file": "Files beside the profile",
    "postgresql": "PostgreSQL, by its catalogue",
    "git": "The repository, by git",
    "forge": "The forge, GitLab or GitHub, by GET",
    "travis": "Travis, by GET",
    "registry": "Registries of images, by GET",
    "docker-hub": "Docker Hub's own API",
    "osv": "OSV, by queries for packages",
    "gitguardian": "GitGuardian, by GET",
    "smtp": "Mail servers, by SMTP without sending a mail",
    "discord": "Discord, by GET",
    "telegram": "Telegram, by GET",
    "rpc": "Nodes of chains, by JSON-RPC that reads",
    SCRIPT: "Hosts, by one script each (`orr plan --script HOST` prints it)",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_suite(parser)
    parser.add_argument(
        "--profile",
        metavar="FILE",
        type=Path,
        default=None,
        help="the readiness.toml (default: ORR_PROFILE, or the one beside the suite)",
    )
    parser.add_argument(
        "--script",
        metavar="HOST",
        default="",
        help="print the script that this host would be asked with, to be read or run by hand",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the plan, or the script of one host; nothing is asked."""
    items = suite_items(arguments.suite)
    path = profile_file(arguments.profile, suite_folder(arguments.suite))
    if path.parent == baseline() and not path.exists():
        raise no_suite("readiness/suite.lock")
    today = datetime.now(UTC).date()
    written = load(path, items=items, as_of=today, pinned=read_pinned)
    known = registry()
    asked = {name for item in items for name in item.facts} | {*facts_about(items, written)}
    wanted = sorted(gathered(asked, known))
    collectors = [known[name] for name in wanted]
    if arguments.script:
        print(_script(written.profile, arguments.script, collectors), end="")
    else:
        print("\n".join(_lines(written, len(items), collectors)))
    return 0


def _lines(written: Written, items: int, collectors: Iterable[Collector[Any]]) -> Iterator[str]:
    profile, asked = written.profile, _asked(collectors)
    facts = {name for names in asked.values() for name in names}
    service = profile.service
    yield f"{service.name} ({service.environment}): {items} items ask for {len(facts)} facts."
    yield from ("", *told) if (told := tuple(who_asks(profile))) else ()
    for place, operations in aws_blocks(profile, asked):
        yield from _group(place, operations)
    for prefix, title in ELSEWHERE.items():
        yield from _group(title, {one: asked[one] for one in asked if _prefix(one) == prefix})
    yield from _hosts(written)
    yield from ("", "Nothing else is asked, and nothing is changed.")


def _asked(collectors: Iterable[Collector[Any]]) -> dict[str, list[str]]:
    """Return the facts that need each operation, by operation."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for collector in collectors:
        for operation in dict.fromkeys(collector.operations):
            found[operation].append(collector.name)
    return dict(sorted(found.items()))


def _prefix(operation: str) -> str:
    return operation.partition(":")[0]


def _group(title: str, asked: Mapping[str, list[str]]) -> Iterator[str]:
    if not asked:
        return
    width = max(map(len, asked))
    yield from ("", title)
    for operation, facts in asked.items():
        yield f"  {operation:{width}}  for {', '.join(facts)}"


def _hosts(written: Written) -> Iterator[str]:
    profile = written.profile
    if not profile.machines:
        return
    yield from ("", "Ways to the hosts")
    ssh = SshAccess(profile, written.folder, lambda _: None)
    width = max(len(machine.name) for machine in profile.machines)
    for machine in profile.machines:
        yield f"  {machine.name:{width}}  {_way(ssh, machine)}"


def _way(ssh: SshAccess, machine: Machine) -> str:
    if machine.name in machine.group.outputs:
        return f"not reached: its facts come from {machine.group.outputs[machine.name]}"
    try:
        *jumps, host = ssh.route(machine).hops
    except FactUnavailable as error:
        return f"no way: {error.diagnostics()}"
    through = f", through {' and '.join(hop.name for hop in jumps)}" if jumps else ""
    return f"{host.user}@{host.address} port {host.port}{through}"


def _script(profile: Profile, name: str, collectors: Iterable[Collector[Any]]) -> str:
    machines = {machine.name: machine for machine in profile.machines}
    if name not in machines:
        near = did_you_mean(name, machines) if machines else "; it declares none"
        raise InvalidInput((f"readiness.toml declares no host {show(name)}{near}",))
    sections = {
        operation.partition(":")[2]
        for collector in collectors
        for operation in collector.operations
        if _prefix(operation) == SCRIPT
    }
    return script_for(
        machines[name], profile.host_limits, frozenset(sections), sudo=profile.ssh.sudo
    )
