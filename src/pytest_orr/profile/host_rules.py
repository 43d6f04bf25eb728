"""What the profile's parts about hosts and the public front must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistakes import ONE_OF_TWO, Mistake, did_you_mean, show, show_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from .documents import Document
    from .toml_lines import KeyPath

PATHS = ("config_files", "service_directories", "revision_file")
BY_HOST = ("outputs", "instances")
"""Keys of a group whose tables say something of some of its hosts."""
NOT_FILES = ("/proc", "/sys", "/dev")


def broken_host_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about hosts, certificates and hosting that one key alone cannot show."""
    yield from _repeated_names(readiness)
    yield from _unknown_jumps(readiness)
    yield from _foreign_hosts(readiness)
    yield from _service_ports_elsewhere(readiness)
    yield from _no_files(readiness)
    yield from _unknown_renewal_hosts(readiness)
    yield from _unknown_endpoints(readiness)


def _repeated_names(readiness: Document) -> Iterator[Mistake]:
    seen: dict[str, KeyPath] = {}
    for path, name in readiness.texts("hosts.names"):
        first = seen.setdefault(name.casefold(), path)
        if first != path:
            told = f"again, as in line {readiness.lines.line_of(first)}: {ONE_OF_TWO}"
            yield readiness.mistake(path, f"{show_key(path)} is {show(name)} {told}")


def _unknown_jumps(readiness: Document) -> Iterator[Mistake]:
    jumps = _names(readiness, lambda group: group.get("role") == "jump")
    for path, name in readiness.texts("hosts.jump"):
        if name not in jumps:
            told = f"which is no host with the role jump{did_you_mean(name, jumps)}"
            yield readiness.mistake(path, f"{show_key(path)} is {show(name)}, {told}")


def _foreign_hosts(readiness: Document) -> Iterator[Mistake]:
    for path, group in readiness.tables("hosts"):
        names = set(_listed(group, "names"))
        for key in BY_HOST:
            said = group.get(key)
            for name in said if isinstance(said, dict) else ():
                if name not in names:
                    told = f"is of no host in `names`{did_you_mean(name, names)}"
                    where = (*path, key, name)
                    yield readiness.mistake(where, f"{show_key(where)} {told}")


def _service_ports_elsewhere(readiness: Document) -> Iterator[Mistake]:
    for path, group in readiness.tables("hosts"):
        ports = group.get("ports")
        allowed = ports if isinstance(ports, list) else []
        listed = group.get("service_ports")
        for place, port in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(port, int) and port not in allowed:
                where = (*path, "service_ports", place)
                told = "which `ports` of the same hosts does not name"
                yield readiness.mistake(where, f"{show_key(where)} is {show(port)}, {told}")


def _no_files(readiness: Document) -> Iterator[Mistake]:
    for key in PATHS:
        for path, value in readiness.texts(f"hosts.{key}"):
            if told := _wrong_with(value):
                yield readiness.mistake(path, f"{show_key(path)} is {show(value)}, {told}")


def _wrong_with(path: str) -> str:
    steps = [step for step in path.split("/") if step not in {"", "."}]
    if ".." in steps:
        return "which must not lead upwards by .."
    if steps and f"/{steps[0]}" in NOT_FILES:
        return f"which must not lie in /{steps[0]}: nothing there is a file of the service"
    return ""


def _unknown_renewal_hosts(readiness: Document) -> Iterator[Mistake]:
    names = _names(readiness, lambda _: True)
    for path, jobs in readiness.occurrences("certificates.renewal_jobs"):
        for public, host in jobs.items() if isinstance(jobs, dict) else ():
            if isinstance(host, str) and host.strip() not in names:
                where = (*path, public)
                told = f"which is no declared host{did_you_mean(host.strip(), names)}"
                yield readiness.mistake(where, f"{show_key(where)} is {show(host.strip())}, {told}")


def _unknown_endpoints(readiness: Document) -> Iterator[Mistake]:
    endpoints = {name for _, name in readiness.texts("endpoints.name")}
    for path, name in readiness.texts("hosting.endpoint"):
        if name not in endpoints:
            told = f"which is no name in `endpoints`{did_you_mean(name, endpoints)}"
            yield readiness.mistake(path, f"{show_key(path)} is {show(name)}, {told}")


def _names(readiness: Document, chosen: Callable[[dict[str, object]], bool]) -> AbstractSet[str]:
    return {
        name
        for _, group in readiness.tables("hosts")
        if chosen(group)
        for name in _listed(group, "names")
    }


def _listed(group: dict[str, object], key: str) -> list[str]:
    values = group.get(key)
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []
