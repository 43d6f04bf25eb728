"""Pages of the example's wiki and of its repository, as a client of its own asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.pages import Pages
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.schema import Person, Profile, Release, Service
from pytest_orr.profile.support import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Wiki


@pytest.fixture
def evidence() -> dict[str, Any]:
    """``[evidence]`` that leads to the wiki."""
    return {
        "hosts": ("wiki.example.org",),
        "connect": FromEnvironment(env="EXPLORER_WIKI"),
        "ca": FromEnvironment(env="EXPLORER_WIKI_CA"),
    }


@pytest.fixture
def profile_with() -> Callable[..., Profile]:
    """A profile with ``[evidence]`` and whatever else is named."""

    def make(evidence: dict[str, Any], **more: Any) -> Profile:
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        return Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="0123456789abcdef"),
            evidence=Evidence(**evidence),
            **more,
        )

    return make


@pytest.fixture
def pages_of(
    wiki: Wiki, evidence: dict[str, Any], profile_with: Callable[..., Profile]
) -> Callable[..., Pages]:
    """A client that remembers nothing: ``pages_of(git=…, tokens=…, VARIABLE="value")``."""

    def make(git: Any = None, *, more: dict[str, Any] | None = None, **changed: Any) -> Pages:
        variables = {key: value for key, value in changed.items() if key.isupper()}
        said = {key: value for key, value in changed.items() if not key.isupper()}
        profile = profile_with({**evidence, **said}, **(more or {}))
        return Pages(profile, Path(), git, {**wiki.environment, **variables})

    return make
