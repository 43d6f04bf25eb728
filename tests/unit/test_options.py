"""Options, variables and ini values become one frozen value, in that order of strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.options import DECLARED, JUDGES_NOTHING, judges_nothing, narrowed, settings

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = "pytester"

LEVELS = {"profile": "p.toml", "report": "out", "facts": "f.json", "as_of": "2026-11-20"}
WORDS = {"phase": ("plan", "build", "operate"), "gate": ("advise", "enforce", "advise")}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take whatever the outer run was told out of the environment."""
    for name in DECLARED:
        monkeypatch.delenv(f"ORR_{name.upper()}", raising=False)


@pytest.fixture
def config(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\n")
    return pytester


def parsed(pytester: pytest.Pytester, *arguments: str) -> pytest.Config:
    return pytester.parseconfig("-p", "no:cacheprovider", *arguments)


def test_without_a_word_everything_has_its_usual_value(config: pytest.Pytester) -> None:
    read = settings(parsed(config), {})
    assert (read.profile, read.facts) == (None, None)
    assert read.report == config.path / "readiness-report"
    assert (read.phase, read.gate, read.as_of) == ("launch", "enforce", "")


@pytest.mark.parametrize("name", LEVELS)
def test_an_option_wins_over_its_variable_and_that_over_its_ini_value(
    config: pytest.Pytester, name: str
) -> None:
    config.makeini(f"[pytest]\norr_{name} = ini\n")
    flag = f"--orr-{name.replace('_', '-')}=option"
    environment = {f"ORR_{name.upper()}": "variable"}

    def said(*arguments: str, env: dict[str, str]) -> str:
        value = getattr(settings(parsed(config, *arguments), env), name)
        return str(value).removeprefix(f"{config.path}/")

    assert said(flag, env=environment) == "option"
    assert said(env=environment) == "variable"
    assert said(env={}) == "ini"
    assert said(env={f"ORR_{name.upper()}": ""}) == "ini"


@pytest.mark.parametrize("name", WORDS)
def test_a_word_is_read_in_the_same_order(config: pytest.Pytester, name: str) -> None:
    option, variable, ini = WORDS[name]
    config.makeini(f"[pytest]\norr_{name} = {ini}\n")
    environment = {f"ORR_{name.upper()}": variable}
    given = parsed(config, f"--orr-{name}={option}")
    assert getattr(settings(given, environment), name) == option
    assert getattr(settings(parsed(config), environment), name) == variable
    assert getattr(settings(parsed(config), {}), name) == ini


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("phase", "plan, build, launch, operate"), ("gate", "enforce, advise")],
)
def test_a_wrong_word_is_told_with_the_right_ones(
    config: pytest.Pytester, name: str, allowed: str
) -> None:
    said = f"is one of {allowed}, not 'now'"
    with pytest.raises(ValueError, match=f"ORR_{name.upper()} {said}"):
        settings(parsed(config), {f"ORR_{name.upper()}": "now"})
    config.makeini(f"[pytest]\norr_{name} = now\n")
    with pytest.raises(ValueError, match=f"orr_{name} {said}"):
        settings(parsed(config), {})
    with pytest.raises(pytest.UsageError, match="invalid choice"):
        parsed(config, f"--orr-{name}=now")


def test_paths_are_those_of_the_folder_where_pytest_was_called(
    config: pytest.Pytester, tmp_path: Path
) -> None:
    read = settings(
        parsed(config, "--orr-profile", "a/p.toml", "--orr-facts", f"{tmp_path}/f.json"), {}
    )
    assert read.profile == config.path / "a" / "p.toml"
    assert read.facts == tmp_path / "f.json"


@pytest.mark.parametrize(
    ("flag", "shown"),
    [(flag, flags[0]) for flags in JUDGES_NOTHING.values() for flag in flags],
)
def test_an_option_that_judges_nothing_is_told_and_whether_it_was_typed(
    config: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, flag: str, shown: str
) -> None:
    typed = config.parseconfig(flag) if flag == "--cache-show" else parsed(config, flag)
    assert judges_nothing(typed) == (shown, True)
    if flag in {"-h", "--help"}:
        return
    monkeypatch.setenv("PYTEST_ADDOPTS", flag)
    assert judges_nothing(config.parseconfig()) == (shown, False)


def test_a_run_that_judges_says_so(config: pytest.Pytester) -> None:
    assert judges_nothing(parsed(config, "-q")) == ("", False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("readiness",), ""),
        (("readiness/",), ""),
        (("readiness", "-q", "-x"), ""),
        (("readiness", "-k", "elb"), "-k"),
        (("readiness", "-m", "manual"), "-m"),
        (("readiness", "--deselect", "readiness/test_a.py"), "--deselect"),
        (("readiness", "--ignore", "readiness/test_a.py"), "--ignore"),
        (("readiness", "--ignore-glob", "*a.py"), "--ignore-glob"),
        (("readiness", "-k", "a", "--deselect", "b"), "-k, --deselect"),
        (("readiness/test_a.py",), "readiness/test_a.py"),
        (("readiness/test_a.py::test_a",), "readiness/test_a.py::test_a"),
        (("readiness", "readiness/test_a.py"), "readiness/test_a.py"),
        (("-k", "elb", "readiness/test_a.py"), "-k, readiness/test_a.py"),
        (("-k", "", "readiness"), ""),
    ],
)
def test_how_a_run_was_narrowed_is_told(
    config: pytest.Pytester, arguments: tuple[str, ...], said: str
) -> None:
    config.mkdir("readiness")
    (config.path / "readiness" / "test_a.py").touch()
    read = parsed(config, *arguments)
    assert narrowed(read, config.path / "readiness") == said


@pytest.mark.parametrize(("flag", "said"), [("--lf", "--last-failed"), ("--sw", "--stepwise")])
def test_running_what_failed_last_is_a_selection(
    config: pytest.Pytester, flag: str, said: str
) -> None:
    config.mkdir("readiness")
    assert narrowed(config.parseconfig("readiness", flag), config.path / "readiness") == said
