"""The suite laid down in a service's repository, with the files that its people fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import InvalidInput
from .locate import LOCK
from .suite import baseline, digests, modules, read_lock

if TYPE_CHECKING:
    from pathlib import Path

PYTEST_TOML = """\
# Isolates the suite: the repository's own pytest settings and conftest.py do not apply here.
[pytest]
minversion = "9.2"
required_plugins = ["pytest-orr"]
strict = true
"""
PROFILE = """\
# The service that is to be launched. Every key is explained by `orr explain` and the JSON Schema.

[service]
name = "my-service"
environment = "production"
# repository = "https://gitlab.example.org/group/my-service"

[[service.people]]
email = "owner@example.org"
name = "Service Owner"
roles = ["service", "security", "platform", "product", "support"]

[release]
commit = "0000000"
first = true

# [aws.resources]
# tags = { service = "my-service" }      # which resources are the service's
#
# [[aws.accounts]]
# id = "123456789012"
# regions = ["eu-central-1"]
#
# [[endpoints]]
# name = "frontend"
# role = "frontend"                      # service, frontend, backend or metrics
# url = "https://www.example.org/"
# marker = "text that the page must contain"
#
# [ssh]
# config = "ssh_config"                  # Host, HostName, User, ProxyJump … of the hosts below
# known_hosts = "known_hosts"            # their keys; never added to
#
# [[hosts]]
# names = ["jump"]
# role = "jump"
#
# [[hosts]]
# names = ["backend-1", "backend-2"]
# jump = ["jump"]
# ports = [22, 8080, 9100]               # what may listen
# service_ports = [8080]                 # what only the balancer may reach
# units = ["my-service.service"]
#
# [[not_applicable]]
# item = "code.audit.smart-contract"
# reason = "no-such-component"
# text = "The service has no smart contracts."
# approver = "principal@example.org"     # somebody with the role approver
# on = 2026-01-31
"""
ATTESTATIONS = """\
# What people say, with evidence. `orr explain ID` prints the form of one answer.
"""
WAIVERS = """\
# What may be launched in spite of a finding, for a time: [[waiver]] with item, reason, requester,
# approver, granted and expires.
"""
POLICY = """\
# The platform's rules.
# [gate]
# unwaivable = ["network.backend.security-groups"]
"""
FILES = {
    "pytest.toml": PYTEST_TOML,
    "readiness.toml": PROFILE,
    "attestations.toml": ATTESTATIONS,
    "waivers.toml": WAIVERS,
    "policy.toml": POLICY,
}
WRITTEN = ("readiness.toml", "attestations.toml", "waivers.toml", "policy.toml")
"""The files that a team fills in, which may be absent from a suite."""


def is_whole(folder: Path) -> bool:
    """Whether nothing is left to lay down in ``folder``: suite and written files are there."""
    return all((folder / name).exists() for name in (LOCK, *WRITTEN))


def lay_down(folder: Path) -> tuple[Path, ...]:
    """Copy the product's suite into ``folder`` and add the files people write.

    Nothing that is there is overwritten: in a folder that already is a suite only files that
    people write are added, and with all of them there it is refused. Returns what was made.
    """
    contents = _suite(folder) if not (folder / LOCK).exists() else {}
    written = FILES if contents else {name: FILES[name] for name in WRITTEN}
    contents |= {
        name: text.encode() for name, text in written.items() if not (folder / name).exists()
    }
    if not contents:
        raise InvalidInput((f"{folder} is a readiness suite already; nothing was changed",))
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in contents)


def _suite(folder: Path) -> dict[str, bytes]:
    """Return the product's suite by file name, if none of its files is in the way.

    The lock comes first: a copy that is cut short is a suite that lacks items, never a fresh one.
    """
    source = baseline()
    names = [LOCK, *(path.relative_to(source).as_posix() for path in modules(source))]
    in_the_way = tuple(folder / name for name in names if (folder / name).exists())
    if in_the_way:
        raise InvalidInput(tuple(f"{path} is in the way; move it away" for path in in_the_way))
    return {name: (source / name).read_bytes() for name in names}


def drift(folder: Path) -> tuple[str, ...]:
    """Say how a suite differs from its lock: modules modified, gone, or a service's own."""
    locked, found = dict(read_lock(folder).files), dict(digests(folder))
    said = []
    for name in sorted(locked.keys() | found.keys()):
        if name not in found:
            said.append(f"missing   {name}")
        elif name not in locked:
            said.append(f"local     {name}")
        elif locked[name] != found[name]:
            said.append(f"modified  {name}")
    return tuple(said)
