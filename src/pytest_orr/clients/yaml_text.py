"""Reads YAML that somebody else wrote into plain texts, lists and tables, within limits.

Nothing is constructed: every scalar stays text, so that ``on`` is no truth value, and a tag stays a
name. Collectors' modules are imported one after another, so this one is, too: PyYAML is no whole
module to a thread that imports it while another one does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from pytest_orr.errors import FactUnavailable

LARGEST = 512 * 1024
"""Bytes of one file."""
MOST_NODES = 50_000
"""Of one file, each alias counted with all that it stands for."""
DEEPEST = 64
MERGE = "<<"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A value with a tag of its own, such as ``!reference`` or ``!vault``."""

    tag: str
    value: Any


class _Unreadable(ValueError):
    """Why a text is not read."""


def yaml_in(content: bytes, path: str) -> tuple[Any, ...]:
    """Return the documents of a file: each is made of ``str``, ``list``, ``dict`` and ``Tagged``.

    An empty value is the empty text. Merge keys are followed. Raises ``FactUnavailable`` for what
    is no YAML, and for what is larger, deeper or has more nodes than anybody writes.
    """
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        text = _text(content)
        _within_limits(yaml.parse(text, Loader=loader))
        return tuple(_plain(node) for node in yaml.compose_all(text, Loader=loader))
    except UnicodeDecodeError:
        why = "is no UTF-8"
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        why = f"is no YAML: {error.problem}{line}"
    except yaml.YAMLError:
        why = "is no YAML: it holds characters that no text has"
    except RecursionError:
        why = "has too many levels"
    except _Unreadable as error:
        why = str(error)
    raise FactUnavailable(f"{path} {why}", "correct the file at the release's commit")


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Unreadable(f"is larger than {LARGEST} bytes")
    return content.decode("utf-8-sig")


def _within_limits(events: Iterable[Any]) -> None:
    """Count nodes as if every alias were written out, and how deep they lie."""
    anchored: dict[str, int | None] = {}
    opened: list[tuple[str | None, int]] = []
    count = 0
    for event in events:
        match event:
            case yaml.DocumentStartEvent():
                anchored.clear()
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                opened.append((event.anchor, count))
                anchored |= {event.anchor: None} if event.anchor else {}
                count += 1
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                anchor, before = opened.pop()
                anchored |= {anchor: count - before} if anchor else {}
            case yaml.ScalarEvent():
                anchored |= {event.anchor: 1} if event.anchor else {}
                count += 1
            case yaml.AliasEvent():
                count += _written_out(anchored, event.anchor or "")
        if count > MOST_NODES or len(opened) > DEEPEST:
            raise _Unreadable(f"has more than {MOST_NODES} nodes, or more than {DEEPEST} levels")


def _written_out(anchored: dict[str, int | None], anchor: str) -> int:
    size = anchored.get(anchor)
    if size is None:
        raise _Unreadable(f"has an alias, {anchor}, that stands for itself or for nothing")
    return size


def _plain(node: Any) -> Any:
    match node.id:
        case "scalar":
            value: Any = node.value
        case "sequence":
            value = [_plain(one) for one in node.value]
        case _:
            value = _table(node)
    own = node.tag.startswith("!") and len(node.tag) > 1
    return Tagged(tag=node.tag, value=value) if own else value


def _table(node: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    table: dict[str, Any] = {}
    for key, value in node.value:
        if key.id != "scalar":
            raise _Unreadable("has a key that is no text")
        if key.value == MERGE:
            merged = _merged(_plain(value)) | merged
        else:
            table[key.value] = _plain(value)
    return merged | table


def _merged(value: Any) -> dict[str, Any]:
    """Return what a merge key brings: of several tables the first that has a key decides."""
    brought: dict[str, Any] = {}
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, dict):
            raise _Unreadable("merges what is no table")
        brought = one | brought
    return brought
