from __future__ import annotations

import pytest

from pytest_orr.clients.settings import setting
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import FromEnvironment

WHERE = "[ssh] config"


def test_a_text_is_the_setting() -> None:
    assert setting("ssh_config", where=WHERE, environment={}) == "ssh_config"


def test_no_setting_is_an_empty_text() -> None:
    assert setting(None, where=WHERE, environment={}) == ""


def test_a_variable_is_read_from_the_environment() -> None:
    named = FromEnvironment(env="SSH_CONFIG")
    assert setting(named, where=WHERE, environment={"SSH_CONFIG": "there"}) == "there"


@pytest.mark.parametrize("environment", [{}, {"SSH_CONFIG": ""}])
def test_a_variable_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(FactUnavailable) as caught:
        setting(FromEnvironment(env="SSH_CONFIG"), where=WHERE, environment=environment)
    assert (caught.value.cause, caught.value.remedy) == (
        "environment variable SSH_CONFIG, named in [ssh] config, is not set",
        "set SSH_CONFIG, or correct [ssh] config in readiness.toml",
    )
