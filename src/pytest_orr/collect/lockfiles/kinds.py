"""Which files are lockfiles, which manifests, and which lockfile locks which manifest."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REQUIREMENTS = re.compile(r"(.*/)?(requirements[^/]*|requirements/[^/]+)\.txt")
READERS = MappingProxyType(
    {
        "poetry.lock": "toml_locks:read_python",
        "uv.lock": "toml_locks:read_python",
        "pdm.lock": "toml_locks:read_python",
        "Cargo.lock": "toml_locks:read_cargo",
        "Pipfile.lock": "json_locks:read_pipfile",
        "package-lock.json": "json_locks:read_npm",
        "npm-shrinkwrap.json": "json_locks:read_npm",
        "composer.lock": "json_locks:read_composer",
        "yarn.lock": "text_locks:read_yarn",
        "pnpm-lock.yaml": "text_locks:read_pnpm",
        "Gemfile.lock": "text_locks:read_gemfile",
        "go.sum": "go_locks:read_go",
        "requirements.txt": "requirements:read_requirements",
    }
)
"""The reader of each kind of lockfile, as module and function beside this module."""
UNKNOWN = frozenset(
    {
        *("bun.lock", "bun.lockb", "deno.lock", "mix.lock", "rebar.lock", "pubspec.lock"),
        *("gradle.lockfile", "packages.lock.json", "Podfile.lock", "Cartfile.resolved"),
        *("Package.resolved", "conan.lock", "conda-lock.yml", "pixi.lock", "renv.lock"),
        *("stack.yaml.lock", "cabal.project.freeze", "Manifest.toml", "pylock.toml"),
        *("paket.lock", "shard.lock", "gleam.toml.lock", "buildscript-gradle.lockfile"),
    }
)
"""Lockfiles that nobody here reads, so that their packages are unknown."""
LOCKS = MappingProxyType(
    {
        "package.json": frozenset(
            {
                *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"),
                *("bun.lock", "bun.lockb"),
            }
        ),
        "pyproject.toml": frozenset(
            {"poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "requirements.txt"}
        ),
        "setup.py": frozenset({"poetry.lock", "uv.lock", "pdm.lock", "requirements.txt"}),
        "requirements.in": frozenset({"requirements.txt"}),
        "Pipfile": frozenset({"Pipfile.lock"}),
        "go.mod": frozenset({"go.sum"}),
        "Cargo.toml": frozenset({"Cargo.lock"}),
        "Gemfile": frozenset({"Gemfile.lock"}),
        "composer.json": frozenset({"composer.lock"}),
        "pom.xml": frozenset({"gradle.lockfile"}),
        "build.gradle": frozenset({"gradle.lockfile"}),
        "build.gradle.kts": frozenset({"gradle.lockfile"}),
        "mix.exs": frozenset({"mix.lock"}),
        "pubspec.yaml": frozenset({"pubspec.lock"}),
    }
)
"""Manifests, and the lockfiles of which one must lie beside or above."""
OF_OTHERS = frozenset({"node_modules", "vendor", "third_party", "site-packages"})
"""Folders of copies of packages, whose own lockfiles lock nothing here."""


def kind_of(path: str) -> str:
    """Return the kind of a lockfile by its usual name; empty for other files."""
    pure = PurePosixPath(path)
    if OF_OTHERS & set(pure.parts[:-1]):
        return ""
    if pure.name in READERS or pure.name in UNKNOWN:
        return pure.name
    return "requirements.txt" if REQUIREMENTS.fullmatch(path) else ""


def manifest_kind_of(path: str) -> str:
    """Return the kind of a manifest by its usual name; empty for other files."""
    pure = PurePosixPath(path)
    if OF_OTHERS & set(pure.parts[:-1]):
        return ""
    if pure.name in LOCKS:
        return pure.name
    return "requirements.in" if re.fullmatch(r"requirements.*\.in", pure.name) else ""


def unlocked(manifests: Iterable[str], lockfiles: Iterable[str]) -> Iterator[str]:
    """Yield each manifest beside and above which no lockfile of its kind lies."""
    kinds: dict[PurePosixPath, set[str]] = {}
    for path in lockfiles:
        kinds.setdefault(PurePosixPath(path).parent, set()).add(kind_of(path))
    for path in manifests:
        fitting = LOCKS[manifest_kind_of(path)]
        if not any(fitting & kinds.get(folder, set()) for folder in PurePosixPath(path).parents):
            yield path
