"""A finding has a file if its subject names one that is there; nothing else is taken for one."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_orr.model import Finding, Outcome
from pytest_orr.render.located import Place, located, place_of, without_file

FILES = {"readiness/evidence/audit.md", "docs/run book.md", "docs/ci.md", "go.sum", "a:b.txt"}


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ("docs/ci.md", Place(path="docs/ci.md")),
        ("docs/ci.md:12", Place(path="docs/ci.md", line=12)),
        ("docs/run book.md:3", Place(path="docs/run book.md", line=3)),
        ("AWS key docs/ci.md:7", Place(path="docs/ci.md", line=7)),
        ("docs/ci.md: owner", Place(path="docs/ci.md")),
        ("GHSA-1 of go.sum, by OSV", Place(path="go.sum")),
        ("evidence/audit.md: commit", Place(path="readiness/evidence/audit.md")),
        ("evidence/audit.md:4", Place(path="readiness/evidence/audit.md", line=4)),
        ("a:b.txt", Place(path="a:b.txt")),
        ("docs/ci.md:0", None),
        ("docs/ci.md:99999999", None),
        ("docs/elsewhere.md", None),
        ("arn:aws:s3:::docs/ci.md-like", None),
        ("", None),
        ("docs/ci.md\n:3", Place(path="docs/ci.md")),
    ],
)
def test_the_file_of_a_subject_is_the_one_that_it_names(subject: str, place: Place | None) -> None:
    assert place_of(subject, FILES.__contains__) == place


def test_what_is_open_or_waived_is_located_and_the_rest_counted(
    an_item: Any, a_review: Any
) -> None:
    findings = tuple(
        Finding(subject=subject, outcome=outcome)
        for subject, outcome in (
            ("docs/ci.md:1", Outcome.FAIL),
            ("docs/ci.md:2", Outcome.WAIVED),
            ("docs/ci.md:3", Outcome.PASS),
            ("eu-west-1", Outcome.UNKNOWN),
        )
    )
    gated = an_item(id="a.a.a", outcome=Outcome.FAIL, findings=findings)
    later = an_item(id="b.b.b", outcome=Outcome.FAIL, findings=findings, gated=False)
    review = a_review(gated, later)

    found = located(review, FILES.__contains__)

    assert [one.place.line for one in found] == [1, 2]
    assert without_file(review, found) == 1
