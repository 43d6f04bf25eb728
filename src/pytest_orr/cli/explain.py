"""``orr explain ID``: what one item asks, from which source, why, and how a person answers it."""

from __future__ import annotations

import os
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.organisation_file import read_pinned
from pytest_orr.clients.permission import actions_of
from pytest_orr.collect.registry import registry
from pytest_orr.errors import InvalidInput, OrrError
from pytest_orr.model import EVIDENCE_KINDS, VOIDED_BY
from pytest_orr.profile.drills import Drills
from pytest_orr.profile.evidence_rules import FORMS_OF, IN_WORDS
from pytest_orr.profile.load import load
from pytest_orr.profile.mistakes import did_you_mean, escape, show
from pytest_orr.profile.strengthening import strengthened

from .catalogue import declare_suite, profile_file, suite_folder, suite_items
from .settings_read import settings_of
from .settings_shown import declared, known_keys, secrets, setting, shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

    from .settings_shown import Declared

DRILL = "drill"
REFS = {
    "link": '"https://…"',
    "file": '"evidence/…", sha256 = "…"',
    "commit": '"<commit>"',
    "ticket": '"OPS-311"',
}
"""How evidence of each form is written."""
WIDTH = 80
RECORD = "drills/2026-01-31.toml"
SCRIPT = "ssh"
"""What the operations of host facts begin with; a section of the script follows."""
CLASSES = {
    "automatic": "a machine decides; a person may answer what it cannot see",
    "partly": "a machine proves a part, a person answers the rest",
    "person": "a person answers, with evidence",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "id", metavar="ID", nargs="?", default="", help="id of the item, as the report shows it"
    )
    parser.add_argument(
        "--setting",
        metavar="KEY",
        default="",
        help="tell one setting instead, such as monitoring.freshest_minutes: what it is, its value,"
        " which file and line wrote it, and which items read it",
    )
    parser.add_argument(
        "--profile",
        metavar="FILE",
        type=Path,
        default=None,
        help="the readiness.toml (default: ORR_PROFILE, or the one beside the suite)",
    )
    declare_suite(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print everything about one item, or about one setting.

    A profile with mistakes is told when all else was printed, and ends with 22.
    """
    if bool(arguments.id) == bool(arguments.setting):
        raise WrongUse
    items, folder = suite_items(arguments.suite), suite_folder(arguments.suite)
    asked = None if arguments.setting else _named(items, arguments.id)
    key = _known(arguments.setting) if arguments.setting else None
    written, refused = _written(arguments, items, folder)
    if asked is not None and written is not None:
        [asked] = strengthened((asked,), written.policy.gate)
    if key is not None:
        readers = [one.id for one in items if _reads(key.key, settings_of(one, folder))]
        print("\n".join((*setting(key, written), *_list("Read by", readers))))
    if asked is not None:
        print("\n".join(_lines(asked, settings_of(asked, folder), written)))
    if refused:
        raise refused
    return 0


class WrongUse(OrrError):
    """Neither an item nor a setting was named, or both (exit code 4)."""

    exit_code = 4

    def __init__(self) -> None:
        super().__init__(
            "name one item, or one setting with --setting; `orr catalogue` lists items"
        )


def _named(items: Sequence[ItemSpec], name: str) -> ItemSpec:
    named = {alias: item for item in items for alias in item.aliases}
    named |= {item.id: item for item in items}
    if name not in named:
        near = did_you_mean(name, named, most=3) or "; `orr catalogue` lists them"
        raise InvalidInput((f"no item has the id {show(name)}{near}",))
    return named[name]


def _known(key: str) -> Declared:
    found = declared(key)
    if found is None:
        near = did_you_mean(key, known_keys(), most=3) or "; readiness/.schemas/ names them"
        raise InvalidInput((f"no setting has the key {show(key)}{near}",))
    return found


def _written(
    arguments: argparse.Namespace, items: Sequence[ItemSpec], folder: Path
) -> tuple[Written | None, OrrError | None]:
    """Return what is written beside the suite, or why it cannot be read; nothing without a file."""
    path = profile_file(arguments.profile, folder)
    if not (arguments.profile or os.environ.get("ORR_PROFILE") or path.is_file()):
        return None, None
    today = datetime.now(UTC).date()
    try:
        return load(path, items=items, as_of=today, pinned=read_pinned), None
    except OrrError as error:
        return None, error


def _reads(key: str, settings: Iterable[str]) -> bool:
    """Tell whether a key is among settings, or in a table or list that is read whole."""
    return any(
        one == key or key.startswith(f"{one}.") or one.startswith(f"{key}.") for one in settings
    )


def _lines(item: ItemSpec, settings: Sequence[str], written: Written | None) -> Iterator[str]:
    stated = _paragraph("Stated as", item.stated) if item.stated else ""
    yield from (item.id, "", _filled(item.title), stated, "")
    yield f"Severity {item.severity} · due by {item.phase} · owner {item.owner}"
    yield f"Decided by: {CLASSES[item.class_as_built]}"
    yield from _sources(item, settings)
    yield from ("", _paragraph("Why", item.why), "", _paragraph("Fix", item.fix))
    if written is not None:
        limits = (
            *("gate.unwaivable", "gate.authorship", f"gate.longest_waiver.{item.severity}"),
            *_raised_by(item, written),
        )
        own = (*settings, *limits, *(("drills",) if item.evidence_kind == DRILL else ()))
        yield from ("", "Settings, and where each was written:", "")
        yield from (f"  {line}" for line in shown(own, written))
        yield from _shortened(item, written)
    elif settings:
        yield from ("", _paragraph("Settings", ", ".join(settings)))
    yield from _answer(item)


def _raised_by(item: ItemSpec, written: Written) -> Iterator[str]:
    gate = written.policy.gate
    named = {"gate.blockers": gate.blockers, "gate.majors": gate.majors}
    yield from (key for key, ids in named.items() if item.id in ids)


def _shortened(item: ItemSpec, written: Written) -> Iterator[str]:
    """Yield the days that the policy lets an answer to this item hold, if it says any."""
    if origin := written.layers.origin_at(("gate", "valid_for", item.id)):
        days = written.policy.gate.valid_for[item.id]
        yield f'  gate.valid_for."{item.id}" = {days} ({escape(str(origin))})'


def _sources(item: ItemSpec, settings: Iterable[str]) -> Iterator[str]:
    operations: list[str] = []
    for name in item.facts:
        collector = registry()[name]
        operations += collector.operations
        asked = tuple(dict.fromkeys(collector.operations))
        yield from _list(f"Reads {name} from {collector.source}", asked)
    sections = [one for one in operations if one.partition(":")[0] == SCRIPT]
    yield from _list("Needs in AWS", actions_of(operations))
    if sections:
        yield "Runs on each host one script: `orr plan --script HOST` prints it"
    for key, text in secrets(settings) if item.facts else ():
        yield _paragraph(f"Needs {key}", text)


def _answer(item: ItemSpec) -> Iterator[str]:
    yield from ("", _paragraph("Question", item.question))
    yield f"Evidence: {item.evidence_kind} ({EVIDENCE_KINDS[item.evidence_kind]})"
    forms = ", or ".join(IN_WORDS[form] for form in FORMS_OF[item.evidence_kind])
    yield _paragraph("It is given as", forms)
    yield f"An answer holds for at most {item.valid_for} days."
    if item.void:
        yield f"It is void after {VOIDED_BY[item.void]}."
    if item.evidence_kind == DRILL:
        yield from ("", f"To do a drill, write what was done into {RECORD}:", "", *_record(item))
    how = f"To answer, `orr attest {item.id}`, or add to attestations.toml:"
    yield from ("", how, "", *_form(item))


def _list(label: str, several: Sequence[str]) -> Iterator[str]:
    if several:
        yield _paragraph(label, ", ".join(several))


def _paragraph(label: str, text: str) -> str:
    return _filled(f"{label}: {text}")


def _filled(text: str) -> str:
    return textwrap.fill(text, width=WIDTH, break_on_hyphens=False)


def _form(item: ItemSpec) -> Iterator[str]:
    yield "[[attestation]]"
    yield f'item      = "{item.id}"'
    yield 'statement = "…"'
    yield f'by        = "…"            # somebody with the role {item.owner}'
    if item.severity == "blocker":
        yield 'confirmed = "…"            # a second person, since it is a blocker'
    yield "on        = 2026-01-31     # the day it is said"
    yield f"until     = 2026-02-28     # at most {item.valid_for} days later"
    if item.void:
        yield 'release   = "<commit>"     # the one that it is made for'
    if item.void == "machines":
        yield 'machines  = ["…"]          # the instance types that were loaded'
    kind = item.evidence_kind
    ref = f'"{RECORD}", sha256 = "…"' if kind == DRILL else REFS[FORMS_OF[kind][-1]]
    yield f'evidence  = [{{ kind = "{kind}", ref = {ref}, dated = 2026-01-31 }}]'


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
