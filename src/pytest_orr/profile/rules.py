"""What the written files must agree on: known items and people, no repeats, dates in order.

The rules read values as they were written, not the checked classes, so that a mistake in one place
hides no mistake in another. What has the wrong type here is told by ``structure`` already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .applicability_rules import broken_applicability_rules
from .balance_rules import broken_balance_rules
from .chain_rules import broken_chain_rules
from .chat_rules import broken_chat_rules
from .credential_rules import broken_credential_rules
from .database_rules import broken_database_rules
from .delivery_rules import broken_delivery_rules
from .documents import date_of
from .drill_rules import broken_drill_rules
from .evidence_rules import broken_evidence_rules
from .fields import EMAIL
from .host_rules import broken_host_rules
from .image_rules import broken_image_rules
from .item_key_rules import unknown_item_keys
from .mistakes import ANOTHER_DATE, ONE_OF_TWO, ORDER, Mistake, did_you_mean, show, show_key
from .monitoring_rules import broken_monitoring_rules
from .notes_rules import broken_note_rules
from .repository_rules import broken_repository_rules
from .scaling_rules import broken_scaling_rules
from .scan_rules import broken_scan_rules
from .signoff_rules import broken_signoff_rules
from .support_rules import broken_support_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .drafts import Drafts
    from .toml_lines import KeyPath

ITEMS = (
    ("readiness", "not_applicable.item"),
    ("readiness", "repository.stated.item"),
    ("attestations", "attestation.item"),
    ("waivers", "waiver.item"),
    ("policy", "gate.unwaivable"),
    ("policy", "gate.blockers"),
    ("policy", "gate.majors"),
    ("review-notes", "note.item"),
    ("drills", "items"),
)
PEOPLE = (
    ("readiness", "not_applicable.approver"),
    ("readiness", "projection.by"),
    ("readiness", "delivery.signers"),
    ("readiness", "accepted.by"),
    ("attestations", "attestation.by"),
    ("attestations", "attestation.confirmed"),
    ("waivers", "waiver.requester"),
    ("waivers", "waiver.approver"),
    ("waivers", "waiver.action.owner"),
    ("review-notes", "note.by"),
    ("review-notes", "note.answered_by"),
    ("review-notes", "note.accepted_by"),
    ("drills", "by"),
    ("drills", "author"),
    ("drills", "others"),
)
PAST = (
    ("readiness", "not_applicable.on"),
    ("readiness", "projection.on"),
    ("readiness", "accepted.rotated"),
    ("attestations", "attestation.on"),
    ("attestations", "attestation.evidence.dated"),
    ("waivers", "waiver.granted"),
    ("review-notes", "note.on"),
    ("review-notes", "note.answered_on"),
)
IN_ORDER = (
    ("attestations", "attestation", "on", "until"),
    ("waivers", "waiver", "granted", "expires"),
    ("policy", "signoff.approvers.keys", "from", "until"),
    ("policy", "signoff.runners.keys", "from", "until"),
)
ONCE = (
    ("readiness", "service.people", ("email",)),
    ("readiness", "aws.accounts", ("id", "environment")),
    ("readiness", "credentials", ("name",)),
    ("readiness", "endpoints", ("name",)),
    ("readiness", "keys", ("alias",)),
    ("readiness", "databases", ("name",)),
    ("readiness", "images.registries", ("host",)),
    ("readiness", "images.built", ("image",)),
    ("readiness", "scaling.saturation", ("name",)),
    ("readiness", "not_applicable", ("item",)),
    ("readiness", "repository.stated", ("item",)),
    ("attestations", "attestation", ("item",)),
    ("waivers", "waiver", ("item", "resource")),
    ("policy", "signoff.approvers", ("email",)),
    ("policy", "signoff.runners", ("name",)),
)


def broken_rules(drafts: Drafts) -> Iterator[Mistake]:
    """Yield every mistake that one file alone cannot show."""
    yield from _unknown_items(drafts)
    yield from unknown_item_keys(drafts)
    yield from _unknown_people(drafts)
    yield from _future_dates(drafts)
    yield from _ends_before_starts(drafts)
    yield from _repeats(drafts)
    yield from _answered_but_not_applicable(drafts)
    yield from broken_drill_rules(drafts)
    yield from broken_evidence_rules(drafts.documents["attestations"])
    yield from broken_image_rules(drafts.documents["readiness"])
    yield from broken_host_rules(drafts.documents["readiness"])
    yield from broken_scaling_rules(drafts.documents["readiness"], drafts.as_of)
    yield from broken_delivery_rules(drafts.documents["readiness"])
    yield from broken_repository_rules(drafts.documents["readiness"])
    yield from broken_credential_rules(drafts.documents["readiness"])
    yield from broken_database_rules(drafts.documents["readiness"])
    yield from broken_scan_rules(drafts.documents["readiness"])
    yield from broken_chain_rules(drafts.documents["readiness"])
    yield from broken_chat_rules(drafts.documents["readiness"])
    yield from broken_support_rules(drafts.documents["readiness"])
    yield from broken_balance_rules(drafts.documents["readiness"])
    yield from broken_monitoring_rules(drafts.documents["readiness"])
    yield from broken_applicability_rules(drafts.documents["readiness"], drafts.items)
    yield from broken_signoff_rules(drafts.documents["policy"])
    yield from broken_note_rules(drafts.documents["review-notes"], drafts.documents["readiness"])


def _unknown_items(drafts: Drafts) -> Iterator[Mistake]:
    for document, path, item in drafts.texts(*ITEMS):
        if item not in drafts.items:
            near = did_you_mean(item, set(drafts.items.values()), most=3)
            told = near or ": `orr catalogue` lists them"
            yield document.mistake(path, f"{show_key(path)} is {show(item)}, an unknown item{told}")


def _unknown_people(drafts: Drafts) -> Iterator[Mistake]:
    people = _people(drafts)
    for document, path, person in drafts.texts(*PEOPLE) if people else ():
        if person not in people and re.search(EMAIL, person):
            near = did_you_mean(person, people) or ": name them there"
            told = f"who is not among `service.people`{near}"
            yield document.mistake(path, f"{show_key(path)} is {show(person)}, {told}")


def _people(drafts: Drafts) -> frozenset[str]:
    """Return everybody's e-mail; nobody's while one is missing, or each use of it would be told."""
    document = drafts.documents["readiness"]
    emails = [value for _, value in document.occurrences("service.people.email")]
    named = [email for email in emails if isinstance(email, str)]
    everybody = len(list(document.occurrences("service.people")))
    return frozenset(named) if len(named) == everybody else frozenset()


def _future_dates(drafts: Drafts) -> Iterator[Mistake]:
    for name, key in PAST:
        document = drafts.documents[name]
        for path, value in document.occurrences(key):
            if (date := date_of(value)) and date > drafts.as_of:
                told = f"which is in the future (judged as of {drafts.as_of}): {ANOTHER_DATE}"
                yield document.mistake(path, f"{show_key(path)} is {date}, {told}")


def _ends_before_starts(drafts: Drafts) -> Iterator[Mistake]:
    for name, table, start, end in IN_ORDER:
        document = drafts.documents[name]
        for path, entry in document.tables(table):
            first, last = date_of(entry.get(start)), date_of(entry.get(end))
            if first and last and last < first:
                told = f"{show_key((*path, end))} is {last}, before `{start}` ({first}): {ORDER}"
                yield document.mistake((*path, end), told)


def _repeats(drafts: Drafts) -> Iterator[Mistake]:
    for name, table, keys in ONCE:
        document = drafts.documents[name]
        seen: dict[tuple[str, ...], KeyPath] = {}
        for path, entry in document.tables(table):
            if not isinstance(entry.get(keys[0]), str):
                continue
            where = (*path, keys[0])
            first = seen.setdefault(_identity(drafts, entry, keys), where)
            if first != where:
                told = f"again, as in line {document.lines.line_of(first)}: {ONE_OF_TWO}"
                yield document.mistake(where, f"{show_key(where)} is {show(entry[keys[0]])} {told}")


def _identity(
    drafts: Drafts, entry: Mapping[str, object], keys: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what must be unique: aliases count as their item, e-mails without regard to case."""
    texts = [(key, str(entry.get(key, "")).strip()) for key in keys]
    return tuple(
        text.casefold() if key == "email" else drafts.items.get(text, text) for key, text in texts
    )


def _answered_but_not_applicable(drafts: Drafts) -> Iterator[Mistake]:
    profile, answers = drafts.documents["readiness"], drafts.documents["attestations"]
    lines = {
        drafts.items.get(item, item): profile.lines.line_of(path)
        for _, path, item in drafts.texts(("readiness", "not_applicable.item"))
    }
    for _, path, item in drafts.texts(("attestations", "attestation.item")):
        line = lines.get(drafts.items.get(item, item))
        if line:
            told = f"which {profile.file}:{line} says does not apply: keep one of the two"
            yield answers.mistake(path, f"{show_key(path)} is {show(item)}, {told}")
