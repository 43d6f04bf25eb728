"""Reads what the script printed on a host: the records of each section, or why there are none.

A host may be broken or hostile, and a line may be cut anywhere. A line that is not one of the
script's spoils the section that it stands in, and no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_orr.observation import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 8 * 1024 * 1024
AGAIN = "run again; if it stays so, run the script of `orr plan --script` on the host by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRead:
    """One section of a host's answer."""

    records: tuple[tuple[str, str], ...] = ()
    """Key and value, in the script's order; values are printable."""
    state: str = "ok"
    """``ok``; ``denied``, ``absent`` or ``failed`` as the script said; ``spoilt`` if it was read
    otherwise than the script printed it."""
    why: str = ""

    def all(self, key: str) -> tuple[str, ...]:
        """Return every value of a key."""
        return tuple(value for name, value in self.records if name == key)

    def one(self, key: str) -> str:
        """Return the first value of a key; nothing if there is none."""
        return next(iter(self.all(key)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOutput:
    """Everything that the script printed on one host."""

    sections: Mapping[str, SectionRead]
    """Sections that were read to their end, by name; what is not here was cut or never asked."""
    trouble: Unavailable | None = None
    """Why the answer as a whole is not what the script printed; sections that are whole stand."""


@dataclass(slots=True)
class _Reading:
    """What is being read: the sections that ended, and the records of the one that has not."""

    sections: dict[str, SectionRead] = field(default_factory=dict)
    records: list[tuple[str, str, str]] = field(default_factory=list)
    spoilt: str = ""
    sections_said: int = -1


def read_output(printed: bytes) -> HostOutput:
    """Return what the script said; never raises.

    Whatever is printed before the first of the script's lines, such as a greeting, is not its.
    """
    reading = _Reading()
    if len(printed) > MOST_BYTES:
        return HostOutput(sections={}, trouble=_damaged("it printed more than the script can"))
    for number, line in enumerate(printed.split(b"\n"), 1):
        said = _said(line)
        if said is not None:
            _take(reading, said)
        elif line.strip() and (reading.sections or reading.records):
            reading.spoilt = reading.spoilt or f"line {number} is not one that the script prints"
    return HostOutput(sections=reading.sections, trouble=_trouble(reading))


def visible(text: str) -> str:
    """Return a text with every character written out that a terminal would act on or hide."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _trouble(reading: _Reading) -> Unavailable | None:
    if not reading.sections:
        return _damaged("it printed nothing that the script prints")
    if reading.sections_said == -1:
        return _damaged("its answer was cut before the script's last line")
    if reading.records or reading.spoilt or reading.sections_said != len(reading.sections):
        return _damaged("its answer has not exactly the sections that its last line says")
    return None


def _damaged(cause: str) -> Unavailable:
    return Unavailable(cause=cause, remedy=AGAIN)


def _take(reading: _Reading, said: Mapping[str, Any]) -> None:
    match said:
        case {"section": str(section), "key": str(key), "value": str(value), **none} if not none:
            reading.records.append((section, key, _text(value)))
        case {
            "section": str(section),
            "done": "ok" | "denied" | "absent" | "failed" as state,
            "why": str(why),
            "lines": int(lines),
            **none,
        } if not none:
            _end(reading, section, SectionRead(state=state, why=_text(why.strip())), lines)
        case {"end": "ok", "sections": int(sections), **none} if not none:
            reading.sections_said = sections if reading.sections_said == -1 else -2
        case _:
            reading.spoilt = reading.spoilt or "a line has other fields than the script gives it"


def _end(reading: _Reading, section: str, said: SectionRead, lines: int) -> None:
    """Close a section: what stands since the last end must be its records, all of them."""
    strangers = {name for name, _, _ in reading.records} - {section}
    records = tuple((key, value) for name, key, value in reading.records if name == section)
    spoilt = reading.spoilt
    if strangers:
        spoilt = spoilt or f"lines of {', '.join(sorted(strangers))} stand in it"
    elif len(records) != lines:
        spoilt = spoilt or f"it has {len(records)} lines, and its end says {lines}"
    if section in reading.sections:
        spoilt = "it was printed twice"
    reading.records, reading.spoilt = [], ""
    reading.sections[section] = SectionRead(
        records=records,
        state="spoilt" if spoilt else said.state,
        why=visible(spoilt) if spoilt else said.why,
    )


def _said(line: bytes) -> Mapping[str, Any] | None:
    """Return a line's fields; nothing if it is no JSON object of ASCII."""
    try:
        said: Any = json.loads(line.decode("ascii"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _text(value: str) -> str:
    """Return the text that the script wrote byte by byte; what is no UTF-8 is written out."""
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        return visible(value)
    return visible(raw.decode("utf-8", "backslashreplace"))
