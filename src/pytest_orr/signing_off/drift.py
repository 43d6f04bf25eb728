"""What a sign-off binds, compared with what is there now: every difference, and every gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import section_to_declare
from pytest_orr.observation import Unobserved
from pytest_orr.profile.image_names import image_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_orr.collect.aws_identities import AwsIdentity
    from pytest_orr.collect.parts import Part
    from pytest_orr.model import ItemResult
    from pytest_orr.observation import Observation, Unavailable
    from pytest_orr.profile.evidence_files import EvidenceFile
    from pytest_orr.sign.statement import Statement

    from .live_facts import PublishedDigest, Standing

SHOWN = 3
"""Changed paths that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that is not what was signed."""

    what: str
    signed: str
    now: str

    def __str__(self) -> str:
        return f"{self.what}: signed {self.signed}, now {self.now}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that could not be read again."""

    what: str
    why: str
    is_undeclared: bool = False
    """Whether readiness.toml, which is bound, does not say where it would be read."""

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


Found = Drift | Gap


def of_evidence(stated: Statement, files: Iterable[EvidenceFile]) -> Iterator[Found]:
    """Compare the files of the checkout that statements rest on."""
    here = {one.ref: one for one in files}
    for bound in stated.evidence:
        file = here.get(bound.name)
        if file is None or file.sha256 != bound.sha256:
            now = (file.sha256 or file.problem) if file else "no file of any statement"
            yield Drift(what=f"evidence {bound.name}", signed=bound.sha256, now=now)


def of_product(stated: Statement, installed: str) -> Iterator[Found]:
    """Compare the digest of the product's files."""
    signed = dict(stated.digests)["tool"]
    if signed != installed:
        yield Drift(what="product", signed=signed, now=installed)


def of_images(seen: Observation[tuple[Part[PublishedDigest], ...]]) -> Iterator[Found]:
    """Compare to what each image's tag leads; a name without digest binds no content."""
    if isinstance(seen, Unobserved):
        yield _gap("image", seen)
        return
    for part in seen.value:
        what, signed = f"image {part.name}", image_name(part.name).digest
        if part.unavailable:
            yield _gap(what, part.unavailable)
        elif not signed:
            yield Gap(what=what, why="it is signed by its tag alone", is_undeclared=True)
        elif part.reading.digest != signed:
            yield Drift(what=what, signed=signed, now=part.reading.digest)


def of_checkout(stated: Statement, seen: Observation[Standing]) -> Iterator[Found]:
    """Compare where the checkout stands, and whether its files are those of a commit."""
    if isinstance(seen, Unobserved):
        yield _gap("checkout", seen)
        return
    found = seen.value
    if not found.head:
        yield Gap(what="checkout", why="it stands at no commit")
    if found.changed:
        more = f" and {len(found.changed) - SHOWN} more" if len(found.changed) > SHOWN else ""
        differs = f"{', '.join(found.changed[:SHOWN])}{more}"
        now = f"{found.head}, where {differs} differ"
        yield Drift(what="checkout", signed=stated.commit, now=now)
    if found.is_dirty:
        yield Drift(what="work tree", signed="as it was committed", now="changed")


def of_identities(seen: Observation[tuple[AwsIdentity, ...]]) -> Iterator[Found]:
    """Tell every account that did not answer as itself."""
    if isinstance(seen, Unobserved):
        yield _gap("AWS identity", seen)
        return
    for one in seen.value:
        if why := one.caller.unavailable:
            yield _gap(f"AWS identity of {one.account}", why)


def of_people(stated: Statement, seen: Observation[Any], now: Iterable[str]) -> Iterator[Found]:
    """Compare who tagged the release or asked for it."""
    what = "people behind the release"
    if isinstance(seen, Unobserved):
        yield _gap(what, seen)
        return
    signatures = [tag.signature for one in seen.value for tag in one.tags]
    unread = [(one.name, why) for one in signatures if (why := one.unavailable)]
    yield from (_gap(f"{what}, {name}", why) for name, why in unread)
    signed, found = _named(stated.authors), _named(now)
    if signed != found and not unread:
        yield Drift(what=what, signed=signed, now=found)


def of_items(stated: Statement, again: Mapping[str, ItemResult]) -> Iterator[Found]:
    """Compare outcomes of the items that were judged again."""
    signed = {one.id: one.status for one in stated.results}
    for name, result in again.items():
        if result.outcome is not signed[name]:
            why = f": {result.reason}" if result.reason else ""
            now = f"{result.outcome.value}{why}"
            yield Drift(what=f"item {name}", signed=signed[name].value, now=now)


def _gap(what: str, seen: Unobserved | Unavailable) -> Gap:
    return Gap(what=what, why=seen.cause, is_undeclared=bool(section_to_declare(seen.remedy)))


def _named(people: Iterable[str]) -> str:
    return ", ".join(sorted({one.casefold() for one in people})) or "nobody"
