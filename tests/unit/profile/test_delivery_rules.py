"""What the profile's parts about the forge and delivery must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

CANARY = """
[delivery.canary]
requests = "explorer_requests_total"
errors = "explorer_request_errors_total"
canary = { track = "canary", zone = "a" }
baseline = { track = "stable", zone = "a" }
"""
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
            (
                '`delivery.travis.successor` is "gitlab-ci", but `forge.kind` is "github":'
                " name what tests there"
            ),
        ),
        (
            'test_job = "test"\n',
            "",
            (
                '`delivery.travis.successor` is "gitlab-ci" and names no `test_job`, '
                "which is the job that tests there: add it"
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[forge]\nkind = "gitlab"\nproject = "e/e"\nstaging = "production"\n',
            (
                '`forge.staging` is "production", which is production: '
                "name where a first launch is rehearsed"
            ),
        ),
        (
            '[forge]\nkind = "github"\nproject = "e/e"\nproduction = "live"\nstaging = "live"\n',
            (
                '`forge.staging` is "live", which is production: '
                "name where a first launch is rehearsed"
            ),
        ),
        (
            '[vault_repository]\nproject = "e/vault"\n',
            '`vault_repository.project` is "e/vault", but there is no `forge` to have it',
        ),
        (
            '[delivery]\nsigners = ["nobody@example.org"]\n',
            '`delivery.signers` is "nobody@example.org", who is not among `service.people`',
        ),
    ],
)
def test_what_cannot_be_about_one_project_is_told(
    loaded: Callable[..., Written], profile_text: str, text: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        loaded(readiness=profile_text + text)
    [mistake] = caught.value.mistakes
    assert told in mistake


def test_a_staging_and_a_vault_of_the_forge_are_no_mistakes(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    forge = '[forge]\nkind = "gitlab"\nproject = "e/e"\nstaging = "staging"\n'
    vault = '[vault_repository]\nproject = "e/vault"\n'
    profile = loaded(readiness=profile_text + forge + vault).profile
    assert profile.vault_repository is not None
    assert profile.vault_repository.project == "e/vault"


def test_a_canary_that_labels_tell_apart_is_no_mistake(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    canary = loaded(readiness=profile_text + CANARY).profile.delivery.canary
    assert (canary.canary["track"], canary.baseline["track"]) == ("canary", "stable")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'errors = "explorer_request_errors_total"\n',
            "",
            "`delivery.canary` needs `errors` beside what else it says of its traffic",
        ),
        (
            '"stable"',
            '"canary"',
            "`delivery.canary.canary` has no label of which `baseline` says another value: add one",
        ),
        (
            '"explorer_requests_total"',
            '"rate(explorer_requests_total)"',
            (
                '`delivery.canary.requests` is "rate(explorer_requests_total)" but must be a '
                'series: its name, and labels such as {account="relayer"}'
            ),
        ),
    ],
)
def test_a_canary_that_cannot_be_told_apart_is_told(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    assert CANARY.count(old) == 1
    [mistake] = mistakes_in(readiness=profile_text + CANARY.replace(old, new))
    assert mistake.partition(": ")[2] == told
