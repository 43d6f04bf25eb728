"""Two files as one: the organisation's values below, the service's above, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .documents import Document
from .limits import LOGINS, NEEDED, OF_POLICY, WHERE_DECLARED, direction_of
from .mistakes import Mistake

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .toml_lines import KeyPath

PEOPLE = ("service", "people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value was written."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered(Document):
    """A file with another beneath it: values of both, each told at its own line."""

    base: Document
    own_people: int = 0
    """People that the file itself names; those of the base follow them."""

    def mistake(self, path: KeyPath, text: str) -> Mistake:
        """Tell a mistake at the line of a key, in the file that wrote it."""
        origin = self.origin(path)
        return Mistake(file=origin.file, line=origin.line, text=text)

    def origin(self, path: KeyPath) -> Origin:
        """Return where the value of a key, or the nearest table around it, was written."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines.lines:
                return Origin(file=self.file, line=self.lines.lines[path[:end]])
            beneath = self._beneath(path[:end])
            if beneath in self.base.lines.lines:
                return Origin(file=self.base.file, line=self.base.lines.lines[beneath])
        return Origin(file=self.file, line=1)

    def _beneath(self, path: KeyPath) -> KeyPath:
        place = path[2] if path[:2] == PEOPLE and len(path) > 2 else None
        if not isinstance(place, int):
            return path
        return ("people", place - self.own_people, *path[3:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Where effective values come from: the service's files, the organisation's, or neither."""

    readiness: Document | None = None
    policy: Document | None = None

    def origin_of(self, key: str) -> Origin | None:
        """Return where a key such as ``monitoring.freshest_minutes`` was written.

        Nothing for the product's own default, and for what is not declared at all. Keys below
        ``OF_POLICY`` are policy.toml's.
        """
        return self.origin_at(tuple(key.split(".")))

    def origin_at(self, path: KeyPath) -> Origin | None:
        """Return the same of a key whose steps may have dots themselves, such as an item's id."""
        document = self.policy if path[0] in OF_POLICY else self.readiness
        if document is None or not _is_written(document.values, path):
            return None
        if isinstance(document, Layered):
            return document.origin(path)
        return Origin(file=document.file, line=document.lines.line_of(path))


def _is_written(values: Any, path: KeyPath) -> bool:
    for step in path:
        if not isinstance(values, dict) or step not in values:
            return False
        values = values[step]
    return True


def layered(own: Document, base: Document, names: Collection[str]) -> Layered:
    """Return a file with those tables of the organisation's file beneath it that are named."""
    beneath = {name: table for name, table in base.values.items() if name in names}
    values = _merged(beneath, own.values, ())
    people = _entries(_inner(own.values, "service").get("people"))
    known = {_email(one) for one in people}
    further = [one for one in _entries(base.values.get("people")) if _email(one) not in known]
    if further and isinstance(values.get("service"), dict):
        values["service"] = {**_inner(values, "service"), "people": [*people, *further]}
    return Layered(
        file=own.file,
        sha256=own.sha256,
        values=values,
        lines=own.lines,
        broken=own.broken,
        base=base,
        own_people=len(people),
    )


def _merged(base: Mapping[str, Any], own: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
    """Return both tables as one: the service's values, and what they leave to the organisation."""
    merged = dict(own)
    for key, value in base.items():
        where = (*path, key)
        if direction_of(where) is not None:
            if key not in own and not _has_its_own_login(key, own):
                merged[key] = value
        elif isinstance(value, dict) and (key in own or _is_everybodys(where, value)):
            beside = own.get(key, {})
            merged[key] = _merged(value, beside, where) if isinstance(beside, dict) else beside
    return _without_idle_tokens(merged, own) if path == ("evidence",) else merged


def _is_everybodys(table: KeyPath, values: Mapping[str, Any]) -> bool:
    """Tell whether a table holds for services that do not declare it themselves."""
    name = ".".join(map(str, table))
    return name not in WHERE_DECLARED and NEEDED.get(name, frozenset()) <= values.keys()


def _has_its_own_login(key: str, own: Mapping[str, Any]) -> bool:
    """Tell whether a service names another server, to which no login of the organisation goes."""
    return key in LOGINS and "url" in own


def _without_idle_tokens(evidence: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the organisation's tokens for hosts of which the service asks nothing."""
    hosts = {str(host).strip().lower() for host in _entries(evidence.get("hosts"))}
    if not isinstance(evidence.get("tokens"), dict):
        return evidence
    kept = {
        host: token
        for host, token in evidence["tokens"].items()
        if host in _inner(own, "tokens") or host.lower() in hosts
    }
    return {**evidence, "tokens": kept}


def _inner(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def _entries(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _email(person: object) -> str:
    return str(person.get("email")).casefold() if isinstance(person, dict) else ""
