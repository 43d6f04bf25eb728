"""What the profile's parts about the forge and delivery must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

TRAVIS = """
[forge]
kind = "gitlab"
project = "explorer/explorer"

[delivery.travis]
successor = "gitlab-ci"
test_job = "test"
"""


def test_a_successor_of_travis_on_its_own_forge_is_no_mistake(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    travis = loaded(readiness=profile_text + TRAVIS).profile.delivery.travis
    assert (travis.successor, travis.test_job) == ("gitlab-ci", "test")
    on_travis = '[delivery.travis]\nrepository = "explorer/explorer"\n'
    assert loaded(readiness=profile_text + on_travis).profile.delivery.travis.repository


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"gitlab"',
            '"github"',
            '`delivery.travis.successor` is "gitlab-ci", but `forge.kind` is "github"',
        ),
        (
            'test_job = "test"\n',
            "",
            (
                '`delivery.travis.successor` is "gitlab-ci" and names no `test_job`, '
                "which is the job that tests there"
            ),
        ),
        (
            "[delivery.travis]\n",
            '[delivery.travis]\nrepository = "explorer/explorer"\n',
            (
                '`delivery.travis.successor` is "gitlab-ci" beside `repository`: '
                "name what builds and tests now alone"
            ),
        ),
    ],
)
def test_a_successor_that_cannot_be_one_is_told(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    assert TRAVIS.count(old) == 1
    [mistake] = mistakes_in(readiness=profile_text + TRAVIS.replace(old, new))
    assert mistake.partition(": ")[2] == told


def test_what_is_no_table_is_told_once(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    text = '[delivery]\ntravis = "explorer"\n'
    assert len(mistakes_in(readiness=profile_text + text)) == 1
    text = TRAVIS.replace('"gitlab-ci"', '["jenkins"]')
    assert len(mistakes_in(readiness=profile_text + text)) == 1
