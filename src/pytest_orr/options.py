"""Every flag and setting, declared once and read into one frozen value.

An option wins over its environment variable, which wins over its ini value.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

DECLARED = {
    "profile": ("FILE", "readiness.toml of the service that is judged"),
    "report": ("DIR", "folder for the report (default: readiness-report)"),
    "facts": ("FILE", "replay: judge the facts.json of an earlier run, without any network"),
    "phase": ("PHASE", "plan, build, launch (default) or operate: which items gate"),
    "gate": ("WORD", "enforce (default), or advise: a verdict that is not ready exits 0"),
    "as_of": ("DATE", "judge expiries as of this day or instant (UTC) instead of now"),
}
PUBLIC = "mask AWS accounts and IP addresses in the pages, for readers outside"
CHOICES = {"phase": ("plan", "build", "launch", "operate"), "gate": ("enforce", "advise")}
JUDGES_NOTHING = {
    "collectonly": ("--collect-only", "--collectonly", "--co"),
    "setuponly": ("--setup-only", "--setuponly"),
    "setupplan": ("--setup-plan", "--setupplan"),
    "showfixtures": ("--fixtures", "--funcargs"),
    "show_fixtures_per_test": ("--fixtures-per-test",),
    "markers": ("--markers",),
    "help": ("-h", "--help"),
    "cacheshow": ("--cache-show",),
}
"""pytest's options after which no item runs, by the name under which they are kept."""

NARROWS = {
    "keyword": "-k",
    "markexpr": "-m",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
    "lf": "--last-failed",
    "stepwise": "--stepwise",
}
"""pytest's options by which a person runs a part of the suite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person who started the run asked for."""

    profile: Path | None
    """Nothing: the file beside the suite."""
    report: Path
    facts: Path | None
    phase: str
    gate: Literal["enforce", "advise"]
    as_of: str
    public: bool = False


def declare(parser: pytest.Parser) -> None:
    """Declare every option and its ini value."""
    group = parser.getgroup("orr", "launch readiness (pytest-orr)")
    for name, (metavar, text) in DECLARED.items():
        flag = name.replace("_", "-")
        choices = CHOICES.get(name)
        group.addoption(
            f"--orr-{flag}", dest=f"orr_{name}", metavar=metavar, help=text, choices=choices
        )
        parser.addini(f"orr_{name}", text, type="string", default="")
    group.addoption("--orr-public", dest="orr_public", action="store_true", help=PUBLIC)
    parser.addini("orr_public", PUBLIC, type="bool", default=False)


def settings(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read every setting; a word that is not one of the allowed raises ``ValueError``."""
    said = _all_said(config, config.option, environment)
    for name, allowed in CHOICES.items():
        if said[name] and said[name] not in allowed:
            variable = f"ORR_{name.upper()}"
            where = variable if environment.get(variable) else f"orr_{name}"
            raise ValueError(f"{where} is one of {', '.join(allowed)}, not {said[name]!r}")
    public = bool(config.option.orr_public) or _public(config, environment)
    return _settings(config, said, public=public)


def early_settings(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings before pytest has read all options: enough to find the report's folder."""
    return _settings(config, _all_said(config, config.known_args_namespace, environment))


def _settings(config: pytest.Config, said: Mapping[str, str], *, public: bool = False) -> Settings:
    here = config.invocation_params.dir
    return Settings(
        profile=here / said["profile"] if said["profile"] else None,
        report=here / (said["report"] or "readiness-report"),
        facts=here / said["facts"] if said["facts"] else None,
        phase=said["phase"] or "launch",
        gate="advise" if said["gate"] == "advise" else "enforce",
        as_of=said["as_of"],
        public=public,
    )


def _public(config: pytest.Config, environment: Mapping[str, str]) -> bool:
    said = environment.get("ORR_PUBLIC", "").lower()
    return said in {"1", "true", "yes", "on"} if said else bool(config.getini("orr_public"))


def _all_said(
    config: pytest.Config, options: object, environment: Mapping[str, str]
) -> dict[str, str]:
    def said(name: str) -> str:
        option = getattr(options, f"orr_{name}", None)
        variable = environment.get(f"ORR_{name.upper()}", "")
        return str(option or variable or config.getini(f"orr_{name}"))

    return {name: said(name) for name in DECLARED}


def judges_nothing(config: pytest.Config) -> tuple[str, bool]:
    """Return the option by which no item runs, and whether a person typed it; "" for none."""
    typed = frozenset(config.invocation_params.args)
    for name, flags in JUDGES_NOTHING.items():
        if config.getoption(name, None):
            return flags[0], bool(typed & set(flags))
    return "", False


def narrowed(config: pytest.Config, suite_folder: Path) -> str:
    """Say how the run was narrowed to a part of the suite; "" for a whole run."""
    used = [flag for name, flag in NARROWS.items() if config.getoption(name, None)]
    paths = [
        arg
        for arg in config.args
        if (Path(config.invocation_params.dir) / arg).resolve() != suite_folder.resolve()
    ]
    return ", ".join([*used, *paths])
