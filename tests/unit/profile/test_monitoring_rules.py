"""What the profile says of Prometheus and Alertmanager must go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

PROMETHEUS = '[prometheus]\nurl = "https://prometheus.example"\n'
ALERTMANAGER = '[alertmanager]\nurl = "https://alertmanager.example"\n'
LOGIN = 'user = "reader"\npassword = { env = "PASSWORD" }\n'


def test_a_user_with_password_or_a_token_is_no_mistake(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    written = f'{PROMETHEUS}{LOGIN}{ALERTMANAGER}token = {{ env = "TOKEN" }}\n'
    profile = loaded(readiness=profile_text + written).profile
    assert profile.prometheus
    assert profile.alertmanager
    assert (profile.prometheus.user, profile.alertmanager.user) == ("reader", None)
    assert (profile.prometheus.series, profile.alertmanager.known_as) == ({}, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            PROMETHEUS + 'user = "reader"\n',
            "`prometheus.user` needs `password` beside it",
        ),
        (
            ALERTMANAGER + 'password = { env = "PASSWORD" }\n',
            "`alertmanager.password` needs `user` beside it",
        ),
        (
            PROMETHEUS + LOGIN + 'token = { env = "TOKEN" }\n',
            "`prometheus.token` and a user: name one of them",
        ),
        (
            PROMETHEUS + 'probe_jobs = ["node"]\nnode_jobs = ["node"]\n',
            '`prometheus.probe_jobs` has "node", which is in `node_jobs`, too: remove it from one',
        ),
    ],
)
def test_each_contradiction_is_told_with_its_place(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, text: str, said: str
) -> None:
    assert [one.partition(": ")[2] for one in mistakes_in(readiness=profile_text + text)] == [said]


def test_what_has_the_wrong_type_is_told_once(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    [told] = mistakes_in(readiness=profile_text + PROMETHEUS + 'probe_jobs = "node"\n')
    assert "`prometheus.probe_jobs`" in told
    assert mistakes_in(readiness='prometheus = "here"\n' + profile_text)
