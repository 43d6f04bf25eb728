"""How the release is tagged, protected and published: the fact ``tagged_releases``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import PublishedRelease, Tag, TagRule
from pytest_orr.clients.git_said import Signature, TagRef
from pytest_orr.collect.delivery.tagged_releases import TaggedReleaseFacts, TaggedReleases
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

OTHER = "0" * 40
RULE = TagRule(pattern="v*", may_create=("Maintainers",))


GOOD = Signature(is_good=True, signer="finn@example.org")


def ref(name: str, commit: str, *, is_signed: bool = True) -> TagRef:
    return TagRef(
        name=name,
        id=f"tag {name}",
        commit=commit,
        is_annotated=True,
        is_signed=is_signed,
        tagger="finn@example.org",
    )


def release(tag: str, **more: Any) -> PublishedRelease:
    return PublishedRelease(tag=tag, published=dt.datetime(2026, 11, 17, tzinfo=dt.UTC), **more)


@pytest.fixture
def facts_of(
    desk_of: Callable[..., Desk], release_commit: str
) -> Callable[..., TaggedReleaseFacts]:
    """Collect from commits by tag, rules and releases: ``facts_of({"v1": sha}, rules=(RULE,))``."""

    def collect(
        tags: dict[str, str],
        *,
        rules: Any = (RULE,),
        releases: Any = (),
        pattern: str = "v*",
        checkout: tuple[TagRef, ...] = (),
        signature: Any = GOOD,
    ) -> TaggedReleaseFacts:
        known = tuple(Tag(name=name, commit=commit) for name, commit in tags.items())
        forge = {"tags": known, "tag_rules": rules, "releases": releases}
        git = {
            "commit": release_commit,
            "tags": checkout or tuple(ref(name, commit) for name, commit in tags.items()),
            "signature_of": signature,
        }
        desk = desk_of(forge=forge, git=git, declared={"release_tags": pattern})
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


def test_a_candidate_that_became_the_release_needs_no_signature_beside_it(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    candidate = {"v2-rc.1": release_commit}
    assert facts_of(candidate).names == "v2-rc.1"
    assert facts_of({**candidate, "v2": release_commit}).names == "v2"


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


def test_a_signature_by_a_declared_signer_is_verified(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    [tag] = facts_of({"v2": release_commit}).tags
    assert tag.signature.reading.is_verified
    assert tag.signature.reading.is_of_release
    assert tag.signature.seen == f"{release_commit[:12]}, signed by finn@example.org"


def test_a_tag_without_a_signature_or_by_somebody_else_is_not_verified(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    bare = (ref("v2", release_commit, is_signed=False),)
    [unsigned] = facts_of({"v2": release_commit}, checkout=bare).tags
    assert not unsigned.signature.reading.is_verified
    assert unsigned.signature.seen.endswith(", not signed")
    bad = Signature(is_good=False, why="no declared signer has this key")
    [strange] = facts_of({"v2": release_commit}, signature=bad).tags
    assert not strange.signature.reading.is_verified
    assert strange.signature.seen.endswith("nobody known: no declared signer has this key")


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_tag_says_who_made_it_whether_it_is_signed_or_not(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str, *, is_signed: bool
) -> None:
    made = (ref("v2", release_commit, is_signed=is_signed),)
    [tag] = facts_of({"v2": release_commit}, checkout=made).tags
    assert tag.signature.reading.tagger == "finn@example.org"


def test_a_signature_that_cannot_be_told_is_unknown(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    untold = Signature(is_good=None, why="gpg is not here", remedy="install it")
    [tag] = facts_of({"v2": release_commit}, signature=untold).tags
    with pytest.raises(FactUnavailable, match="gpg is not here"):
        _ = tag.signature.reading.is_verified


def test_a_tag_that_the_checkout_lacks_is_unknown(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    [tag] = facts_of({"v2": release_commit}, checkout=(ref("v1", OTHER),)).tags
    with pytest.raises(FactUnavailable, match="the checkout has no tag v2"):
        _ = tag.signature.reading


def test_a_tag_that_leads_elsewhere_in_the_checkout_is_not_the_releases(
    facts_of: Callable[..., TaggedReleaseFacts], release_commit: str
) -> None:
    [tag] = facts_of({"v2": release_commit}, checkout=(ref("v2", OTHER),)).tags
    assert not tag.signature.reading.is_of_release
