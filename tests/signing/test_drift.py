"""What counts as drift, and what as a gap, told by values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_orr.collect.parts import Part
from pytest_orr.errors import Undeclared
from pytest_orr.observation import Observed, Unavailable, Unobserved
from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.sign.bound import BoundFile
from pytest_orr.signing_off import drift
from pytest_orr.signing_off.live_facts import PublishedDigest, Standing

DIGEST = f"sha256:{'a' * 64}"
GONE = Unavailable(cause="it is gone", remedy="bring it back")
UNDECLARED = Undeclared("[forge]", "the project")


def unobserved(cause: str = "it is gone", remedy: str = "bring it back") -> Unobserved:
    return Unobserved(name="one", cause=cause, remedy=remedy, source="somewhere")


def observed(value: Any) -> Observed[Any]:
    return Observed(name="one", value=value, source="somewhere")


def stated(**members: Any) -> Any:
    return SimpleNamespace(**members)


def told(found: Any) -> list[str]:
    return [str(one) for one in found]


@pytest.mark.parametrize(
    ("tell", "what"),
    [
        (drift.of_images, "image"),
        (lambda seen: drift.of_checkout(stated(), seen), "checkout"),
        (drift.of_identities, "AWS identity"),
        (lambda seen: drift.of_people(stated(), seen, ()), "people behind the release"),
    ],
)
def test_what_was_not_seen_is_a_gap_and_what_is_undeclared_is_one_that_is_told_alone(
    tell: Any, what: str
) -> None:
    [gap] = tell(unobserved())
    assert (str(gap), gap.is_undeclared) == (f"{what}: it is gone", False)
    [gap] = tell(unobserved(UNDECLARED.cause, UNDECLARED.remedy))
    assert gap.is_undeclared


def test_an_image_drifts_when_its_tag_leads_elsewhere_and_binds_nothing_by_its_tag_alone() -> None:
    def of(name: str, digest: str) -> Part[PublishedDigest]:
        return Part(name=name, observed=PublishedDigest(digest=digest))

    same, moved, bare = (
        of(f"a/b:1@{DIGEST}", DIGEST),
        of(f"a/c:1@{DIGEST}", "sha256:ff"),
        of("a/d:1", "sha256:ff"),
    )
    lost: Part[PublishedDigest] = Part(name=f"a/e@{DIGEST}", unavailable=GONE)
    found = list(drift.of_images(observed((same, moved, bare, lost))))
    assert told(found) == [
        f"image a/c:1@{DIGEST}: signed {DIGEST}, now sha256:ff",
        "image a/d:1: it is signed by its tag alone",
        f"image a/e@{DIGEST}: it is gone",
    ]
    assert [getattr(one, "is_undeclared", None) for one in found] == [None, True, False]
    assert moved.reading.seen == "sha256:ff"


def test_evidence_drifts_when_its_file_differs_cannot_be_read_or_is_named_no_more() -> None:
    bound = stated(evidence=tuple(BoundFile(name=one, sha256="a" * 64, size=1) for one in "abcd"))
    files = (
        EvidenceFile(ref="a", sha256="a" * 64, size=1),
        EvidenceFile(ref="b", sha256="b" * 64, size=1),
        EvidenceFile(ref="c", problem="is not there"),
    )
    signed = "a" * 64
    assert told(drift.of_evidence(bound, files)) == [
        f"evidence b: signed {signed}, now {'b' * 64}",
        f"evidence c: signed {signed}, now is not there",
        f"evidence d: signed {signed}, now no file of any statement",
    ]


def test_a_checkout_names_three_of_the_files_that_differ_and_one_without_commits_is_a_gap() -> None:
    signed = stated(commit="f" * 40)
    moved = Standing(commit="f" * 40, head="e" * 40, changed=tuple("abcde"), is_dirty=True)
    assert told(drift.of_checkout(signed, observed(moved))) == [
        f"checkout: signed {'f' * 40}, now {'e' * 40}, where a, b, c and 2 more differ",
        "work tree: signed as it was committed, now changed",
    ]
    empty = Standing(commit="f" * 40, head="", changed=(), is_dirty=False)
    assert told(drift.of_checkout(signed, observed(empty))) == ["checkout: it stands at no commit"]


def test_people_are_compared_without_regard_to_case_unless_a_tag_could_not_be_read() -> None:
    signed = stated(authors=("Ana@example.org",))
    tags = [SimpleNamespace(signature=Part(name="signature of v1", unavailable=GONE))]
    none_read, all_read = (SimpleNamespace(tags=some) for some in (tags, []))
    assert told(drift.of_people(signed, observed((none_read,)), ())) == [
        "people behind the release, signature of v1: it is gone"
    ]
    assert not told(drift.of_people(signed, observed((all_read,)), ("ana@example.org",)))
    assert told(drift.of_people(signed, observed((all_read,)), ())) == [
        "people behind the release: signed ana@example.org, now nobody"
    ]
