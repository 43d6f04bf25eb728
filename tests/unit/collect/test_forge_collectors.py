"""Whoever asks a forge is told the sound example by either, and asks what it declares."""

from __future__ import annotations

import datetime as dt
import inspect
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.services import PARTS
from pytest_orr.clients.forge.github import GitHub
from pytest_orr.clients.forge.gitlab import GitLab
from pytest_orr.clients.forge.interface import Forge
from pytest_orr.collect.desk import opened_desk
from pytest_orr.collect.registry import registry
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.load import load
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.profile.load import Written

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
PROFILE = Path(__file__).parents[3] / "examples" / "explorer" / "repaired" / "readiness.toml"
PREFIX = "forge:"
QUESTIONS = {name for name in vars(Forge) if not name.startswith("_")} - {"where"}


def of_forge(name: str) -> set[str]:
    """Return the questions that a collector declares."""
    declared = registry()[name].operations
    return {one.removeprefix(PREFIX) for one in declared if one.startswith(PREFIX)}


COLLECTORS = tuple(name for name in registry() if of_forge(name))
SPARED = frozenset({"code_scans", "image_accounts", "infrastructure_plans"})
"""Collectors whose questions to a forge the example's profile spares them."""


class Heard:
    """Passes questions on to a forge and notes them."""

    def __init__(self, forge: Any) -> None:
        self._forge = forge
        self.asked: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        said = getattr(self._forge, name)
        if name != "where":
            self.asked.add(name)
        return said


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Written]]:
    """The repaired example's profile on one forge or the other, with its services."""
    folder = tmp_path_factory.mktemp("services")
    with pytest.MonkeyPatch.context() as environment:
        for part in dict.fromkeys((*PARTS, "github")):
            served = import_module(f"examples.explorer.{part}").serve("repaired", folder)
            for name, value in served.items():
                environment.setenv(name, value)
        found = load(PROFILE, items=read(baseline(), fact_names=()).items, as_of=AS_OF.date())
        forge = found.profile.forge
        assert forge is not None
        github = replace(
            forge,
            kind="github",
            url=FromEnvironment(env="EXPLORER_GITHUB"),
            token=FromEnvironment(env="EXPLORER_GITHUB_TOKEN"),
        )
        kinds = {"gitlab": forge, "github": github}
        yield lambda kind: replace(found, profile=replace(found.profile, forge=kinds[kind]))


@pytest.mark.parametrize("kind", ["gitlab", "github"])
@pytest.mark.parametrize("name", COLLECTORS)
def test_a_collector_is_told_by_either_forge_what_it_declares_to_ask(
    example: Callable[[str], Written], name: str, kind: str
) -> None:
    collector = registry()[name]
    with opened_desk(example(kind), [collector], lambda _: None, as_of=AS_OF) as desk:
        heard = Heard(desk.forge)
        answered = collector.collect(replace(desk, forge=heard))
    assert answered.value is not None
    assert heard.asked <= of_forge(name)
    assert heard.asked or name in SPARED


def test_what_is_declared_is_a_question_to_a_forge() -> None:
    assert COLLECTORS
    for name in COLLECTORS:
        assert of_forge(name) <= QUESTIONS, name


@pytest.mark.parametrize("kind", [GitLab, GitHub])
def test_each_forge_answers_every_question_in_the_same_way(kind: type[Any]) -> None:
    for name in QUESTIONS:
        wanted = inspect.signature(getattr(Forge, name))
        assert inspect.signature(getattr(kind, name)) == wanted, name
