"""How the release is tagged, protected and published: the fact ``tagged_releases``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import PublishedRelease, Tag, TagRule
from pytest_orr.collect.delivery.tagged_releases import TaggedReleaseFacts, TaggedReleases
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

OTHER = "0" * 40
RULE = TagRule(pattern="v*", may_create=("Maintainers",))


def release(tag: str, **more: Any) -> PublishedRelease:
    return PublishedRelease(tag=tag, published=dt.datetime(2026, 11, 17, tzinfo=dt.UTC), **more)


@pytest.fixture
def facts_of(desk_of: Callable[..., Desk]) -> Callable[..., TaggedReleaseFacts]:
    """Collect from commits by tag, rules and releases: ``facts_of({"v1": sha}, rules=(RULE,))``."""

    def collect(
        tags: dict[str, str], *, rules: Any = (RULE,), releases: Any = (), pattern: str = "v*"
    ) -> TaggedReleaseFacts:
        known = tuple(Tag(name=name, commit=commit) for name, commit in tags.items())
        forge = {"tags": known, "tag_rules": rules, "releases": releases}
        desk = desk_of(forge=forge, declared={"release_tags": pattern})
        [facts] = TaggedReleases().collect(desk).value
        assert isinstance(facts, TaggedReleaseFacts)
        return facts

    return collect


def test_tags_of_the_release_are_those_of_its_commit_that_fit_the_pattern(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    tags = {"v2": release_commit, "v1": OTHER, "nightly": release_commit, "v2.0": release_commit}
    facts = facts_of(tags)
    assert facts.names == "v2, v2.0"
    assert facts_of({"v1": OTHER}).names == "no tag of the release's commit"


def test_a_rule_protects_the_tags_if_it_covers_the_pattern_and_each_of_them(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    facts = facts_of({"v2": release_commit})
    assert facts.protection.reading.covering == ("v*",)
    assert facts.protection.seen == "protected are v*, made by Maintainers"
    assert facts.protection.name == "tags v*"


@pytest.mark.parametrize("patterns", [(), ("v1*",), ("release-*", "v2")])
def test_a_rule_about_some_tags_alone_protects_not_all_of_them(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str, patterns: tuple[str, ...]
) -> None:
    rules = tuple(TagRule(pattern=one) for one in patterns)
    protection = facts_of({"v2": release_commit}, rules=rules).protection
    assert protection.reading.covering == ()
    assert protection.reading.patterns == patterns


def test_without_any_rule_nothing_is_protected(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    assert facts_of({"v2": release_commit}, rules=()).protection.seen == "no protected tag"


def test_a_release_of_the_tag_is_published_unless_it_is_a_draft(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    told = [
        facts_of({"v2": release_commit}, releases=several).tags[0].publication.seen
        for several in (
            (release("v1"), release("v2")),
            (release("v2", is_candidate=True),),
            (release("v2", is_draft=True),),
            (release("v1"),),
        )
    ]
    assert told == ["published", "published as a candidate", "no release of it", "no release of it"]


def test_releases_that_could_not_be_read_leave_the_rules_known(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    denied = FactUnavailable("the token lacks the scope read_api", "give it")
    facts = facts_of({"v2": release_commit}, releases=denied)
    with pytest.raises(FactUnavailable, match="lacks the scope"):
        _ = facts.tags[0].publication.reading
    assert facts.protection.reading.covering


def test_rules_that_could_not_be_read_leave_the_release_known(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    denied = FactUnavailable("the token lacks the scope read_api", "give it")
    facts = facts_of({"v2": release_commit}, rules=denied, releases=(release("v2"),))
    with pytest.raises(FactUnavailable, match="lacks the scope"):
        _ = facts.protection.reading
    assert facts.tags[0].publication.reading.is_published
