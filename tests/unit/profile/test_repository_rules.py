"""What the profile's part about the repository must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

REPOSITORY = """
[repository]
secrets = ["secrets/*"]
configs = ["config/*"]

[[repository.in_clear]]
files = "config/limits.toml"
reason = "Limits alone."

[[repository.contingency_scripts]]
path = "ops/raise"
limit = "requests"
lowest = 40
highest = 400.5
"""


def test_bounds_in_order_and_settings_in_clear_are_no_mistake(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    repository = loaded(readiness=profile_text + REPOSITORY).profile.repository
    assert repository is not None
    assert repository.contingency_scripts[0].highest == 400.5


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("400.5", "40", "highest` is 40.0, not more than `lowest` (40.0)"),
        ("400.5", "true", "highest"),
        (
            '"config/limits.toml"',
            '"secrets/*"',
            'is "secrets/*", which `repository.secrets` names: what holds a credential',
        ),
        ('"ops/raise"', '"ops/*"', "a path from the repository's top on"),
    ],
)
def test_what_contradicts_itself_is_told(
    loaded: Callable[..., Written], profile_text: str, old: str, new: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        loaded(readiness=profile_text + REPOSITORY.replace(old, new))
    assert any(told in one for one in refused.value.mistakes), refused.value.mistakes
