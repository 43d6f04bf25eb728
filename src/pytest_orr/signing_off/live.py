"""A sign-off held against what runs now: what it binds is read again, some items judged anew."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.judging import judge_again
from pytest_orr.collect.aws_identities import AwsIdentities
from pytest_orr.collect.delivery.tagged_releases import TaggedReleases
from pytest_orr.collect.desk import opened_desk
from pytest_orr.collect.gather import gather
from pytest_orr.controller import signoff_of
from pytest_orr.observation import Observed
from pytest_orr.provenance import DISTRIBUTION, authors_of, tool_sha256
from pytest_orr.record.journal import JOURNAL
from pytest_orr.render.escape import visible
from pytest_orr.sign.refusal import Refused

from . import drift
from .drift import Drift, Gap
from .live_facts import Checkouts, PublishedDigests

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from pytest_orr.collect.interface import Collector
    from pytest_orr.model import ItemResult, ItemSpec
    from pytest_orr.sign.statement import Statement

    from .caller import Caller
    from .drift import Found

LONGEST = 3600.0
"""Seconds for the items that are judged again."""
AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What ``--live`` has found nothing against."""

    items: tuple[str, ...]
    """Ids of those that were judged again."""
    notices: tuple[str, ...]
    """What could not be read again, as readiness.toml does not say where."""


def usual_items(caller: Caller) -> tuple[ItemSpec, ...]:
    """Return what is judged again unless somebody chooses: blockers that facts decide."""
    return tuple(
        one
        for one in caller.suite.items
        if one.class_as_built == AUTOMATIC and one.severity == "blocker"
    )


def check_live(
    path: Path,
    stated: Statement,
    caller: Caller,
    items: Collection[ItemSpec],
    *,
    at: datetime,
    progress: Callable[[str], None],
) -> Live:
    """Read again what a verified sign-off at ``path`` binds, and judge ``items`` again.

    Raises ``Refused`` with every thing that is another one now (``drifted``), or that could not be
    read (``not-read-again``); ``live-failed`` if items could not be judged.
    """
    found = tuple(_found(path, stated, caller, at=at, progress=progress))
    again = _judged(stated, caller, items, at=at, progress=progress) if items else {}
    found = (*found, *drift.of_items(stated, again))
    drifted = [one for one in found if isinstance(one, Drift)]
    gaps = [one for one in found if isinstance(one, Gap)]
    unread = [one for one in gaps if not one.is_undeclared]
    if drifted:
        raise Refused("drifted", _lines("it is not what was signed", (*drifted, *unread)))
    if unread:
        raise Refused("not-read-again", _lines("it could not be read again", unread))
    return Live(
        items=tuple(again),
        notices=tuple(f"not read again: {one}" for one in gaps if one.is_undeclared),
    )


def _lines(what: str, found: Iterable[Found]) -> str:
    return "\n  ".join((f"{what}:", *(visible(str(one)) for one in found)))


def _found(
    path: Path,
    stated: Statement,
    caller: Caller,
    *,
    at: datetime,
    progress: Callable[[str], None],
) -> Iterator[Found]:
    written = caller.written
    people, identities = TaggedReleases(), AwsIdentities()
    images, checkout = PublishedDigests(images=stated.images), Checkouts(envelope=path)
    asked: tuple[Collector[Any], ...] = (images, checkout, people)
    asked = (*asked, identities) if written.profile.aws else asked
    with opened_desk(written, asked, progress, as_of=at) as desk:
        seen = gather(asked, desk, clock=lambda: datetime.now(UTC))
    yield from drift.of_evidence(stated, written.evidence_files)
    yield from drift.of_product(stated, tool_sha256(distribution(DISTRIBUTION)))
    yield from drift.of_images(seen[images.name])
    yield from drift.of_checkout(stated, seen[checkout.name])
    if written.profile.aws:
        yield from drift.of_identities(seen[identities.name])
    tagged = seen[people.name]
    found = tagged.value if isinstance(tagged, Observed) else None
    yield from drift.of_people(stated, tagged, authors_of(written.profile, found))


def _judged(
    stated: Statement,
    caller: Caller,
    items: Collection[ItemSpec],
    *,
    at: datetime,
    progress: Callable[[str], None],
) -> dict[str, ItemResult]:
    """Run some items in a process of its own; return what became of each, by id."""
    progress(f"judging {len(items)} items again: {', '.join(one.id for one in items)}")
    wanted = {one.id for one in items}
    with tempfile.TemporaryDirectory(prefix="orr-live-") as made:
        again = Path(made, "report")
        ran = judge_again(
            caller.suite.folder.parent,
            _arguments(again, stated, caller, items, at=at),
            seconds=LONGEST,
        )
        if not (again / JOURNAL).is_file():
            said = visible(" ".join(ran.said.split()))
            raise Refused("live-failed", f"pytest ended with {ran.status}: {said}")
        signoff, journal = signoff_of(again / JOURNAL)
        if journal.closing is None:
            raise Refused("live-failed", f"the run was cut short, and ended with {ran.status}")
    return {one.spec.id: one for one in signoff.review.items if one.spec.id in wanted}


def _arguments(
    again: Path, stated: Statement, caller: Caller, items: Iterable[ItemSpec], *, at: datetime
) -> tuple[str, ...]:
    suite = caller.suite.folder
    options = {
        "--orr-profile": caller.profile.resolve(),
        "--orr-report": again,
        "--orr-phase": stated.phase,
        "--orr-as-of": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "--orr-gate": "enforce",
    }
    told = (word for name, value in options.items() for word in (name, str(value)))
    tests = (f"{suite.name}/{one.file}::{one.function}" for one in items)
    return (*tests, *told, "-q", "-p", "no:cacheprovider")
