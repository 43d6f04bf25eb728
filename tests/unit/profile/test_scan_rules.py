"""What the profile's parts about scanners must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

SCANS = """
[forge]
kind = "gitlab"
project = "explorer/explorer"

[[scans]]
about = "dependencies"
format = "pip-audit"
file = "evidence/pip-audit.json"
covers = ["**/pdm.toml"]

[[scans]]
about = "secrets"
format = "sarif"
artifact = { job = "secrets", path = "gitleaks.sarif" }
whole_history = true

[[accepted]]
about = "dependencies"
id = "CVE-2026-1"
reason = "not reachable"
by = "ana@example.org"
until = 2026-12-31

[[accepted]]
about = "secrets"
id = "CVE-2026-2"
reason = "a sample"
by = "ana@example.org"
until = 2026-12-31
rotated = 2026-11-01
"""


@pytest.fixture
def scans_text(profile_text: str) -> str:
    """Return a profile with reports and accepted findings that agree."""
    ana = 'roles = ["service'
    assert ana in profile_text
    return profile_text.replace(ana, 'roles = ["security", "service') + SCANS


def test_reports_and_accepted_findings_that_agree_are_no_mistake(
    loaded: Callable[..., Written], scans_text: str
) -> None:
    profile = loaded(readiness=scans_text).profile
    assert [one.id for one in profile.accepted_among("dependencies")] == ["CVE-2026-1"]
    assert [one.id for one in profile.accepted_among("secrets")] == ["CVE-2026-2"]
    assert profile.may_accept("ana@example.org")
    assert not profile.may_accept("zoe@example.org")
    assert profile.code.of_others == (), "without [repository] the usual holds"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('file = "evidence/pip-audit.json"\n', "", "`scans` needs `file` or `artifact`"),
        (
            "whole_history = true",
            'file = "a.sarif"',
            "`scans.artifact` stands beside `file`: a report is one of them",
        ),
        (
            '[forge]\nkind = "gitlab"\nproject = "explorer/explorer"\n',
            "",
            "`scans.artifact` is of a pipeline, and there is no `[forge]` to have one: declare it",
        ),
        (
            'format = "pip-audit"',
            'format = "gitleaks"',
            (
                '`scans.format` is "gitleaks", which is about secrets, but `about` is'
                ' "dependencies": correct one'
            ),
        ),
        (
            'covers = ["**/pdm.toml"]',
            "whole_history = true",
            '`scans.whole_history` is for secrets alone, and `about` is "dependencies"',
        ),
        (
            'id = "CVE-2026-1"',
            'id = "CVE-2026-1"\nrotated = 2026-11-01',
            '`accepted.rotated` is for secrets alone, and `about` is "dependencies"',
        ),
        (
            'about = "secrets"\nid = "CVE-2026-2"\nreason = "a sample"',
            'about = "dependencies"\nid = "cve-2026-1"\nreason = "again"',
            None,
        ),
        (
            "rotated = 2026-11-01",
            "rotated = 2026-11-21",
            (
                "`accepted.rotated` is 2026-11-21, which is in the future (judged as of 2026-11-20)"
                ": correct the date, or judge as of a later day"
            ),
        ),
    ],
)
def test_what_cannot_be_is_told(
    mistakes_in: Callable[..., tuple[str, ...]],
    scans_text: str,
    old: str,
    new: str,
    told: str | None,
) -> None:
    assert scans_text.count(old) == 1
    mistakes = [
        mistake.partition(": ")[2]
        for mistake in mistakes_in(readiness=scans_text.replace(old, new))
    ]
    if told is not None:
        assert mistakes == [told]
    else:
        assert any('`accepted.id` is "cve-2026-1" again' in mistake for mistake in mistakes)


def test_somebody_without_the_role_accepts_nothing(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    mistakes = mistakes_in(readiness=profile_text + SCANS)
    told = (
        '`accepted.by` is "ana@example.org", who has neither the role security nor approver:'
        " let one decide who has"
    )
    assert [mistake.partition(": ")[2] for mistake in mistakes] == [told, told]


def test_a_stranger_accepts_nothing(
    mistakes_in: Callable[..., tuple[str, ...]], scans_text: str
) -> None:
    text = scans_text.replace('by = "ana@example.org"\nuntil', 'by = "zoe@example.com"\nuntil', 1)
    [mistake] = mistakes_in(readiness=text)
    assert "who is not among `service.people`" in mistake
