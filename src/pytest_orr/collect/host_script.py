"""Composes the one read-only program that a host is asked with, from a file of shell per section.

What the profile declares enters as single-quoted words of functions that call what they are given
with them, so that no value is ever expanded, split or run.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.profile.schema import HostLimits, Machine

FOLDER = Path(__file__).parent / "host_sections"
SECTIONS = (
    "clock",
    "release",
    "updates",
    "reboot",
    "schedule",
    "sshd",
    "sockets",
    "units",
    "leftovers",
    "secrets",
    "accounts",
    "machine",
    "deployment",
    "renewals",
)
"""What can be asked, in the order in which it is; clock is always."""
SHARED: Mapping[str, tuple[str, ...]] = {
    "accounts": ("logins",),
    "leftovers": ("logins",),
    "renewals": ("cron",),
    "schedule": ("cron",),
}
"""Files of shell that sections have in common."""
UPDATE_TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer")
RENEWAL_TIMERS = ("certbot.timer", "snap.certbot.renew.timer")
RENEWAL_JOBS = ("certbot.service", "snap.certbot.renew.service")
EXPORTERS = ("prometheus-node-exporter.service", "node_exporter.service", "node-exporter.service")
KNOWN_UNITS = (*UPDATE_TIMERS, *RENEWAL_TIMERS, *RENEWAL_JOBS, *EXPORTERS)
"""Units that are asked for besides the service's own; one that is not there costs nothing."""


def script_for(machine: Machine, limits: HostLimits, sections: Iterable[str], *, sudo: bool) -> str:
    """Return the program for one host: the same text for the same declarations.

    Raises ``ValueError`` for a section that there is not, and for a value that cannot be quoted.
    """
    wanted = {"clock", *sections}
    if strange := wanted - set(SECTIONS):
        raise ValueError(f"hosts have no section {', '.join(sorted(strange))}")
    chosen = [section for section in SECTIONS if section in wanted]
    shared = sorted({name for section in chosen for name in SHARED.get(section, ())})
    parts = [_text("prologue"), *map(_text, shared), *map(_text, chosen)]
    return "\n".join(
        [f"sudo={'yes' if sudo else 'no'}", *_declared(machine, limits), *parts, _main(chosen)]
    )


def script_digest(script: str) -> str:
    """Return the SHA-256 under which facts name the program that they come from."""
    return hashlib.sha256(script.encode()).hexdigest()


def quoted(value: str) -> str:
    """Return a value as one word of shell that stands for exactly itself."""
    if "\0" in value:
        raise ValueError("no word of shell can hold a NUL")
    return "'" + value.replace("'", "'\\''") + "'"


def _text(name: str) -> str:
    return (FOLDER / f"{name}.sh").read_text(encoding="utf-8")


def _main(sections: list[str]) -> str:
    """Return the program's end: it runs nothing before it has been read to its last line."""
    reads = "".join(f"    read_section {section}\n" for section in sections)
    return f"main() {{\n{reads}    section=end\n    say done ''\n}}\nmain </dev/null | print_json\n"


def _declared(machine: Machine, limits: HostLimits) -> Iterator[str]:
    group = machine.group
    revision = (group.revision_file,) if group.revision_file else ()
    yield _with("units", '"$@"', dict.fromkeys((*group.units, *KNOWN_UNITS)))
    yield _with("service_directories", '"$@"', group.service_directories)
    yield _with("config_files", '"$@"', group.config_files)
    yield _with("revision_file", '"$@"', revision)
    looks = [f"    look_for {_words(look)}\n" for look in looks_for(limits.leftovers)]
    yield "with_leftovers() {\n" + "".join(looks) + "    :\n}"


def _with(name: str, call: str, values: Iterable[str]) -> str:
    return f"with_{name}() {{ {call} {_words(values)}; }}"


def _words(values: Iterable[str]) -> str:
    return " ".join(map(quoted, values))


def looks_for(patterns: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Return the arguments of as few ``find`` as can see everything that may match the patterns.

    They see more than that: whoever reads their answer compares it with the patterns.
    """
    looks: dict[tuple[int, bool], tuple[dict[str, None], dict[str, None]]] = {}
    for pattern in patterns:
        place, below = split_pattern(pattern)
        # A name that anything matches would drag the whole of the other places along.
        kind = (len(below), not below[-1].strip("*?"))
        places, names = looks.setdefault(kind, ({}, {}))
        places[place] = names[below[-1]] = None
    for (depth, _), (places, names) in sorted(looks.items()):
        tests = [word for name in names for word in ("-o", "-name", name)][1:]
        levels = ("-mindepth", str(depth), "-maxdepth", str(depth))
        yield (*places, *levels, "(", *tests, ")")


def split_pattern(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Return the directory that a pattern names without wildcards, and at least one name below."""
    first, *rest = pattern.split("/")
    names = [name for name in rest if name] or ["*"]
    while len(names) > 1 and not {"*", "?"} & set(names[0]):
        first += "/" + names.pop(0)
    return first or "/", tuple(names)
