"""Reads the hosts out of Ansible's inventories, in INI and YAML, without running Ansible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.yaml_text import yaml_in
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

YAML = (".yml", ".yaml", ".json")
NO_INVENTORY = ("group_vars/", "host_vars/")
"""Folders beside inventories that hold variables."""
IGNORED = (
    *(".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst"),
    *(".orig", ".cfg", ".retry"),
)
"""How files end that Ansible itself leaves out of an inventory's folder."""
ITSELF = frozenset({"localhost", "127.0.0.1", "::1"})
"""Whoever runs Ansible, which is no host of the service."""
SECTION = re.compile(r"\[(?P<group>[^\]:]+)(?::(?P<kind>[a-z]+))?\]")
RANGE = re.compile(r"\[(?P<first>\w+):(?P<last>\w+)(?::(?P<step>\d+))?\]")
MOST_HOSTS = 10_000
MOST_RANGES = 8
"""In one name."""
DEEPEST = 20


def is_inventory(path: str) -> bool:
    """Tell whether a path below an inventory's pattern can be an inventory itself."""
    if path.endswith(IGNORED) or path.rpartition("/")[2].startswith("."):
        return False
    return not any(folder in f"/{path}" for folder in (f"/{one}" for one in NO_INVENTORY))


def hosts_of(content: bytes, path: str) -> tuple[str, ...]:
    """Return the names of an inventory's hosts, each once, sorted.

    Raises ``FactUnavailable`` for what only Ansible itself could evaluate: a plugin's settings.
    """
    found = _from_yaml(content, path) if path.endswith(YAML) else _from_ini(content)
    names: set[str] = set()
    for name in (name for written in found for name in _expanded(written, path)):
        names.add(name)
        if len(names) > MOST_HOSTS:
            raise FactUnavailable(f"{path} lists more than {MOST_HOSTS:,} hosts", "split it")
    return tuple(sorted(names - ITSELF))


def _from_yaml(content: bytes, path: str) -> Iterator[str]:
    for document in yaml_in(content, path):
        if not isinstance(document, dict):
            raise _no_inventory(path)
        if "plugin" in document:
            raise FactUnavailable(
                f"{path} asks a plugin of Ansible for its hosts, which is not run here",
                "name an inventory that lists its hosts under inventories in [repository]",
            )
        for group in document.values():
            yield from _of_group(group, path, 0)


def _of_group(group: Any, path: str, depth: int) -> Iterator[str]:
    if group == "":
        return
    if not isinstance(group, dict) or depth > DEEPEST:
        raise _no_inventory(path)
    hosts, children = group.get("hosts") or {}, group.get("children") or {}
    if not isinstance(hosts, dict) or not isinstance(children, dict):
        raise _no_inventory(path)
    yield from hosts
    for child in children.values():
        yield from _of_group(child, path, depth + 1)


def _from_ini(content: bytes) -> Iterator[str]:
    kind = ""
    for raw in content.decode("utf-8", errors="replace").splitlines():
        line = raw.strip()
        if not line or line.startswith(("#", ";")):
            continue
        if section := SECTION.fullmatch(line):
            kind = section["kind"] or ""
        elif not kind:
            yield line.split()[0]


def _expanded(name: str, path: str) -> Iterator[str]:
    """Yield the names that a range such as ``web[01:12]`` stands for."""
    found = RANGE.search(name)
    if found is None:
        yield name
        return
    if len(RANGE.findall(name)) > MOST_RANGES:
        raise FactUnavailable(f"{path} has more than {MOST_RANGES} ranges in a name", "split it")
    before, after = name[: found.start()], name[found.end() :]
    for one in _between(found, path):
        yield from _expanded(f"{before}{one}{after}", path)


def _between(found: re.Match[str], path: str) -> Iterator[str]:
    first, last, step = found["first"], found["last"], int(found["step"] or 1)
    if first.isdigit() and last.isdigit() and step:
        for number in range(int(first), int(last) + 1, step):
            yield str(number).zfill(len(first) if first.startswith("0") else 1)
    elif len(first) == len(last) == 1 and step:
        for code in range(ord(first), ord(last) + 1, step):
            yield chr(code)
    else:
        raise FactUnavailable(f"{path} has a range that says nothing: {found[0]}", "correct it")


def _no_inventory(path: str) -> FactUnavailable:
    return FactUnavailable(
        f"{path} is no inventory of Ansible",
        "correct it, or inventories in [repository]",
    )
