"""Finds the release before the one that is judged, for whatever is about "since then"."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_orr.clients.forge.candidates import is_named_candidate
from pytest_orr.errors import FactUnavailable, Undeclared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_orr.clients.forge.said import PublishedRelease, Tag
    from pytest_orr.collect.interface import Desk
    from pytest_orr.profile.forge import Forge

FIRST = "publish the release before on the forge, or declare first = true under [release]"


REHEARSE = "publish a candidate as a pre-release on the forge, and sign it off"


def forge_of(desk: Desk) -> Forge:
    """Return what is declared of the forge; raises ``Undeclared`` if nothing is."""
    if desk.profile.forge is None:
        raise Undeclared("[forge]", "the project on GitLab or GitHub")
    return desk.profile.forge


def branch_of(desk: Desk) -> str:
    """Return the branch that is built and deployed: the declared one, or the project's default."""
    return forge_of(desk).branch or desk.forge.project().default_branch


def same_commit(one: str | None, other: str | None) -> bool:
    """Tell whether two ids name a commit, of which either may be shortened."""
    return bool(one and other) and (one or "").startswith((other or "")[: len(one or "")])


def own_tags(tags: Iterable[Tag], pattern: str, commit: str) -> tuple[Tag, ...]:
    """Return the tags of releases that name a commit.

    A candidate that became the release on the same commit is none beside the release's own.
    """
    named = [one for one in tags if fnmatchcase(one.name, pattern)]
    found = [one for one in named if same_commit(one.commit, commit)]
    final = [one for one in found if not is_named_candidate(one.name)]
    return tuple(final or found)


def release_before(desk: Desk) -> tuple[PublishedRelease, str]:
    """Return the newest earlier release of the service with its commit.

    Drafts, candidates, and releases whose tag does not fit ``release_tags`` are none. Raises
    ``FactUnavailable`` if there is none, as at a first launch that is not declared as one.
    """
    known = [(one, commit) for one, commit in _releases(desk) if not one.is_candidate]
    own = desk.profile.release.commit
    published = [one.published for one, commit in known if same_commit(commit, own)]
    until = min(published, default=desk.as_of)
    earlier = [
        (one, commit)
        for one, commit in known
        if one.published <= until and not same_commit(commit, own)
    ]
    if not earlier:
        raise FactUnavailable("the forge has no release before this one", FIRST)
    return max(earlier, key=lambda found: found[0].published)


def newest_candidate(desk: Desk) -> tuple[PublishedRelease, str]:
    """Return the newest release candidate, on which a first launch rehearses, with its commit."""
    found = [(one, commit) for one, commit in _releases(desk) if one.is_candidate]
    if not found:
        raise FactUnavailable("the forge has no release candidate", REHEARSE)
    return max(found, key=lambda one: one[0].published)


def _releases(desk: Desk) -> Iterator[tuple[PublishedRelease, str]]:
    pattern = forge_of(desk).release_tags
    tags: dict[str, str] = {}
    for one in desk.forge.releases():
        if one.is_draft or not fnmatchcase(one.tag, pattern):
            continue
        tags = tags or {tag.name: tag.commit for tag in desk.forge.tags()}
        if commit := tags.get(one.tag, one.commit):
            yield one, commit
