"""``orr explain ID``: what one item asks, from which source, why, and how a person answers it."""

from __future__ import annotations

import textwrap
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pytest_orr.collect.registry import registry
from pytest_orr.errors import InvalidInput
from pytest_orr.model import EVIDENCE_KINDS
from pytest_orr.profile.drills import Drills

from .catalogue import declare_suite, suite_items

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_orr.model import ItemSpec

DRILL = "drill"
RECORD = "drills/2026-01-31.toml"
CLASSES = {
    "automatic": "a machine decides; a person may answer what it cannot see",
    "partly": "a machine proves a part, a person answers the rest",
    "person": "a person answers, with evidence",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help="id of the item, as the report shows it")
    declare_suite(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print everything about one item."""
    items = suite_items(arguments.suite)
    named = {alias: item for item in items for alias in item.aliases}
    named |= {item.id: item for item in items}
    if arguments.id not in named:
        near = get_close_matches(arguments.id, named, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; see `orr catalogue`"
        raise InvalidInput((f"no item has the id {arguments.id!r}{hint}",))
    print("\n".join(_lines(named[arguments.id])))
    return 0


def _lines(item: ItemSpec) -> Iterator[str]:
    yield from (item.id, "", item.title, f"Stated as: {item.stated}" if item.stated else "", "")
    yield f"Severity {item.severity} · due by {item.phase} · owner {item.owner}"
    yield f"Decided by: {CLASSES[item.class_as_built]}"
    for name in item.facts:
        collector = registry()[name]
        yield f"Reads {name} from {collector.source}: {', '.join(collector.operations)}"
    yield from ("", _paragraph("Why", item.why), "", _paragraph("Fix", item.fix))
    yield from ("", _paragraph("Question", item.question))
    yield f"Evidence: {item.evidence_kind} ({EVIDENCE_KINDS[item.evidence_kind]})"
    yield f"An answer holds for at most {item.valid_for} days."
    if item.evidence_kind == DRILL:
        yield from ("", f"To do a drill, write what was done into {RECORD}:", "", *_record(item))
    yield from ("", "To answer, add to attestations.toml:", "", *_form(item))


def _paragraph(label: str, text: str) -> str:
    return textwrap.fill(f"{label}: {text}", width=88, break_on_hyphens=False)


def _form(item: ItemSpec) -> Iterator[str]:
    yield "[[attestation]]"
    yield f'item      = "{item.id}"'
    yield 'statement = "…"'
    yield f'by        = "…"            # somebody with the role {item.owner}'
    if item.severity == "blocker":
        yield 'confirmed = "…"            # a second person, since it is a blocker'
    yield "on        = 2026-01-31     # the day it is said"
    yield f"until     = 2026-02-28     # at most {item.valid_for} days later"
    kind = item.evidence_kind
    file = f'"{RECORD}", sha256 = "…"' if kind == DRILL else '"https://…"'
    yield f'evidence  = [{{ kind = "{kind}", ref = {file}, dated = 2026-01-31 }}]'


def _record(item: ItemSpec) -> Iterator[str]:
    yield f'items       = ["{item.id}"]'
    yield 'by          = "…"          # who did it, by the written procedure alone'
    yield 'author      = "…"          # who wrote the procedure: somebody else'
    yield 'environment = "production"'
    yield 'release     = "0123456"    # the commit that ran there'
    yield "started     = 2026-01-31T10:00:00Z"
    yield "minutes     = 10"
    yield "succeeded   = true"
    yield 'happened    = "…"'
    yield 'lost        = "nothing"    # requests that failed, data that was lost'
    files = ", ".join(Drills().paths_of(item.id))
    yield from ("", _paragraph("Void once one of these changes", files))
