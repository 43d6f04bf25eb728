"""Tags and releases of a project at GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .candidates import is_named_candidate
from .github_reading import as_described, login_of, repository_path, words, words_or_none
from .github_refusals import Wanted
from .instants import instant
from .said import Asset, PublishedRelease, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .github_api import Api

TAGS = Wanted(what="the tags", permission="contents")
RELEASES = Wanted(what="the releases", permission="contents")
QUERY = """query($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: "refs/tags/", first: 100, after: $after,
         orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        name
        target {
          __typename oid
          ... on Tag { target { __typename oid ... on Tag { target { __typename oid } } } }
        }
      }
    }
  }
}"""


def read_tags(api: Api, project: str) -> tuple[Tag, ...]:
    """Return all tags, those of the newest commits first, with the commit that each is about."""
    with as_described(TAGS, project):
        return tuple(
            Tag(
                name=words(one["name"]),
                commit=_peeled(one["target"]),
                is_annotated=one["target"]["__typename"] == "Tag",
            )
            for one in api.queried(QUERY, TAGS, project, "refs")
        )


def read_releases(api: Api, project: str) -> tuple[PublishedRelease, ...]:
    """Return the releases, newest first; drafts where the token may write."""
    told = api.listing(f"{repository_path(project)}/releases", RELEASES, project)
    commits = {one.name: one.commit for one in read_tags(api, project)}
    with as_described(RELEASES, project):
        found = [_release(one, commits) for one in told]
    return tuple(sorted(found, key=lambda one: one.published, reverse=True))


def _peeled(target: Any) -> str:
    while "target" in target:
        target = target["target"]
    return words(target["oid"])


def _release(told: Any, commits: Mapping[str, str]) -> PublishedRelease:
    tag = words(told["tag_name"])
    return PublishedRelease(
        tag=tag,
        commit=commits.get(tag),
        published=instant(told["published_at"] or told["created_at"]),
        by=login_of(told["author"]),
        is_draft=bool(told["draft"]),
        is_candidate=bool(told["prerelease"]) or is_named_candidate(tag),
        assets=tuple(
            Asset(name=words(one["name"]), digest=words_or_none(one.get("digest")))
            for one in told["assets"]
        ),
    )
