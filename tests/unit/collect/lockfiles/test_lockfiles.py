"""Lockfiles are read into packages by ecosystem, name and version, and nothing is run for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.collect.lockfiles.kinds import READERS, UNKNOWN, kind_of, unlocked
from pytest_orr.collect.lockfiles.manifests import asks_for_packages
from pytest_orr.collect.lockfiles.packages import Package
from pytest_orr.collect.lockfiles.purls import package_of
from pytest_orr.collect.lockfiles.reading import read_lockfile
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from pytest_orr.collect.lockfiles.packages import Locked

KEPT = Path(__file__).parent / "kept"
NPM = ["debug 2.6.8", "debug 2.6.9", "ms 2.0.0"]
ODD = ((Package("npm", "a", "1.1.1a"),),)
"""What pnpm might mean by a key that goes on with more versions."""
GO_MOD = b"""module example.org/own

go 1.21 // the least
toolchain go1.22.1

require (
\tgithub.com/lib/pq v1.10.9
\tgithub.com/old/gone v1.0.0 // indirect
\tgithub.com/local/part v0.0.0
)
require golang.org/x/text v0.14.0

replace github.com/old/gone => github.com/new/here v1.2.0
replace (
\tgithub.com/local/part v0.0.0 => ./part
)
"""
GO_SUM = b"""github.com/lib/pq v1.10.9 h1:YXG7=
github.com/lib/pq v1.10.9/go.mod h1:AlVN=
github.com/lib/pq v1.2.0/go.mod h1:AlVN=
"""


def read(path: str, raw: bytes, **beside: bytes) -> Locked:
    others = {name.replace("_", "."): content for name, content in beside.items()}
    return read_lockfile(path, raw, others.get)


def shown(locked: Locked) -> list[str]:
    return [package.shown for package in locked.packages]


@pytest.mark.parametrize(
    ("name", "ecosystem", "packages"),
    [
        ("package-lock.json", "npm", NPM),
        ("yarn.lock", "npm", NPM),
        ("pnpm-lock.yaml", "npm", NPM),
        ("Pipfile.lock", "PyPI", ["jinja2 3.1.6", "markupsafe 3.0.4"]),
        (
            "uv.lock",
            "PyPI",
            [
                "certifi 2026.10.19.post1",
                "charset-normalizer 3.5.3",
                "idna 3.20",
                "jinja2 3.1.6",
                "markupsafe 3.0.4",
                "requests 2.32.3",
                "urllib3 2.8.0",
            ],
        ),
    ],
)
def test_lockfiles_as_their_managers_wrote_them(
    name: str, ecosystem: str, packages: list[str]
) -> None:
    locked = read(f"src/{name}", (KEPT / name).read_bytes())
    assert shown(locked) == packages, "an alias is the package that it stands for"
    assert {one.ecosystem for one in locked.packages} == {ecosystem}
    assert locked.loose == ()


@pytest.mark.parametrize(
    ("path", "text", "packages", "loose"),
    [
        (
            "poetry.lock",
            (
                '[[package]]\nname = "a"\nversion = "1.0"\n'
                '[[package]]\nname = "own"\nversion = "0"\n[package.source]\ntype = "directory"\n'
                '[[package]]\nname = "git"\nversion = "2.0"\n[package.source]\ntype = "git"\n'
                '[[package]]\nname = "none"\n[metadata]\nlock-version = "2.1"\n'
            ),
            ["a 1.0", "git 2.0"],
            ("none",),
        ),
        (
            "pdm.lock",
            (
                '[metadata]\n[[package]]\nname = "a"\nversion = "1.0"\n'
                '[[package]]\nname = "own"\nversion = "0"\npath = "./own"\n'
            ),
            ["a 1.0"],
            (),
        ),
        ("empty/poetry.lock", '[metadata]\nlock-version = "2.1"\n', [], ()),
        (
            "Cargo.lock",
            (
                'version = 3\n[[package]]\nname = "own"\nversion = "0.1.0"\n'
                '[[package]]\nname = "itoa"\nversion = "1.0.11"\nsource = "registry+https://x"\n'
            ),
            ["itoa 1.0.11"],
            (),
        ),
        (
            "Gemfile.lock",
            (
                "PATH\n  remote: .\n  specs:\n    own (0.1)\n\n"
                "GEM\n  remote: https://x/\n  specs:\n    nokogiri (1.16.0-x86_64-linux)\n"
                "      racc (~> 1.4)\n    racc (1.7.3)\n\nPLATFORMS\n    x86 (1)\n"
            ),
            ["nokogiri 1.16.0", "racc 1.7.3"],
            (),
        ),
        (
            "composer.lock",
            json.dumps(
                {
                    "packages": [{"name": "a/a", "version": "v1.2.0"}],
                    "packages-dev": [{"name": "b/b", "version": "dev-main"}],
                }
            ),
            ["a/a 1.2.0"],
            ("b/b",),
        ),
        (
            "npm-shrinkwrap.json",
            json.dumps(
                {
                    "lockfileVersion": 1,
                    "dependencies": {
                        "a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}},
                        "c": {"version": "npm:real@3.0.0"},
                        "d": {"version": "file:../d"},
                        "e": {"version": "git+https://x#abc"},
                    },
                }
            ),
            ["a 1.0.0", "b 2.0.0", "real 3.0.0"],
            ("e",),
        ),
        (
            "package-lock.json",
            json.dumps(
                {
                    "lockfileVersion": 2,
                    "packages": {
                        "": {"name": "own"},
                        "packages/part": {"version": "1.0.0"},
                        "node_modules/part": {"resolved": "packages/part", "link": True},
                        "node_modules/@a/b/node_modules/c": {"version": "1.1.0"},
                    },
                }
            ),
            ["c 1.1.0"],
            (),
        ),
        (
            "Pipfile.lock",
            json.dumps(
                {
                    "_meta": {"hash": {}},
                    "default": {
                        "a": {"version": "==1.0"},
                        "own": {"path": "."},
                        "g": {"git": "https://x", "ref": "abc"},
                    },
                    "develop": {"b": {"version": "==2.0"}},
                }
            ),
            ["a 1.0", "b 2.0"],
            ("g",),
        ),
        (
            "yarn.lock",
            (
                "__metadata:\n  version: 8\n\n"
                '"@a/b@npm:^1.0.0, @a/b@npm:^1.1.0":\n  version: 1.1.5\n'
                '  resolution: "@a/b@npm:1.1.5"\n\n'
                '"own@workspace:.":\n  version: 0.0.0-use.local\n'
            ),
            ["@a/b 1.1.5"],
            (),
        ),
        (
            "pnpm-lock.yaml",
            (
                "lockfileVersion: 5.4\n\npackages:\n\n  /@4me/7zip/1.0.0:\n    dev: true\n"
                "  /a/2.0.0_react@18.0.0:\n    dev: true\n"
                "  'b@3.0.0(react@18.0.0)':\n    dev: false\n"
                "  github.com/x/y/abc:\n    dev: true\n  a@git+https://token@x/y:\n    z: 1\n"
            ),
            ["@4me/7zip 1.0.0", "a 2.0.0", "b 3.0.0"],
            ("a package from x", "github.com/x/y/abc"),
        ),
        (
            "requirements/base.txt",
            (
                "# all\n-i https://x/\nA_b.C==1.0 \\\n    --hash=sha256:00\n"
                'extra[all] === 2.0 ; python_version > "3"\nloose>=3\nstar==1.*\n'
                "git+https://ana:token@x/y.git\n-e .\n./own\n-e git+https://y/z.git\ndirect @ https://x/y\n"
            ),
            ["a-b-c 1.0", "extra 2.0"],
            ("a package from x", "a package from y", "direct", "loose", "star"),
        ),
    ],
)
def test_lockfiles_as_their_managers_document_them(
    path: str, text: str, packages: list[str], loose: tuple[str, ...]
) -> None:
    locked = read(path, text.encode())
    assert shown(locked) == packages
    assert locked.loose == loose


def test_a_go_module_is_what_its_go_mod_lists_replacements_included() -> None:
    assert shown(read("go.sum", GO_SUM, go_mod=GO_MOD)) == [
        "github.com/lib/pq 1.10.9",
        "github.com/new/here 1.2.0",
        "golang.org/x/text 0.14.0",
    ]


def test_an_old_go_module_is_what_its_go_sum_holds() -> None:
    locked = read("go.sum", GO_SUM + b"\n", go_mod=b"module x\n\ngo 1.16\n\nrequire a v1.0.0\n")
    assert shown(locked) == ["github.com/lib/pq 1.10.9"]


@pytest.mark.parametrize(
    ("path", "raw", "told"),
    [
        ("app/gradle.lockfile", b"", "app/gradle.lockfile is a lockfile that cannot be read here"),
        ("uv.lock", b"[[package", "uv.lock is no TOML"),
        ("uv.lock", b"a = " + b"[" * 20_000, "uv.lock is nested too deeply|is no TOML"),
        ("uv.lock", b"#" * (8 * 1024 * 1024 + 1), "uv.lock is larger than 8 MiB"),
        ("uv.lock", b".".join([b"a"] * 500_000) + b" = 1", "uv.lock has a key of more than 64"),
        ("uv.lock", b"[" + b'"\\"" . ' * 90_000 + b"a]", "uv.lock has a key of more than 64"),
        ("uv.lock", b"a" * 1_000_000, "uv.lock is no TOML"),
        ("uv.lock", b'"' * 1_000_000, "uv.lock is no TOML"),
        ("uv.lock", b"a = 1", "uv.lock names no package"),
        ("uv.lock", b'[[package]]\nversion = "1"', r"uv.lock says nothing at \$.package\[0\].name"),
        ("package-lock.json", b"{}", "package-lock.json is of version None, and 1 to 3"),
        ("package-lock.json", b'{"lockfileVersion": 3}', "package-lock.json has no packages"),
        ("Pipfile.lock", b"{}", "Pipfile.lock has no _meta"),
        ("composer.lock", b"{}", "composer.lock has no list of packages"),
        ("yarn.lock", b"a@1:\n", "yarn.lock does not say which Yarn wrote it"),
        ("yarn.lock", b"\xff", "yarn.lock is no UTF-8 text"),
        ("yarn.lock", b"a" * 10_001, "yarn.lock has more than 10,000 characters in line 1"),
        ("yarn.lock", b"\n" * (16 * 1024 * 1024 + 1), "yarn.lock is larger than 16 MiB"),
        ("pnpm-lock.yaml", b"packages:\n", "pnpm-lock.yaml does not say its lockfileVersion"),
        ("Gemfile.lock", b"", "Gemfile.lock has no section"),
        ("go.sum", b"", "go.sum has no go.mod beside it"),
        (
            "requirements.txt",
            b"a\\\n" * 600_000,
            "requirements.txt has a line that goes on for 1,000,000 characters",
        ),
        ("requirements.txt", b"-r other.txt", "includes other.txt, which is not there"),
    ],
)
def test_what_is_no_lockfile_of_its_kind_is_refused(path: str, raw: bytes, told: str) -> None:
    with pytest.raises(FactUnavailable, match=told):
        read(path, raw)


def test_files_of_go_that_go_does_not_write_are_refused() -> None:
    with pytest.raises(FactUnavailable, match="that cannot be read: a b c"):
        read("go.sum", b"", go_mod=b"go 1.21\nrequire (\n a b c\n)\n")
    with pytest.raises(FactUnavailable, match="has a line that go does not write: a b"):
        read("go.sum", b"a b", go_mod=b"go 1.12\n")


def test_requirements_that_go_on_at_the_end_are_read() -> None:
    assert shown(read("requirements.txt", b"a==1.0 \\")) == ["a 1.0"]
    assert shown(read("requirements.txt", b"-r more.txt\r\nb==2.0", more_txt=b"")) == ["b 2.0"]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("requirements.txt", "a" + " " * 9_000 + "b"),
        ("requirements.txt", "a" + "[" * 9_000),
        ("pnpm-lock.yaml", "  " + "a/1.1.1" * 1_400 + "'"),
        ("pnpm-lock.yaml", "  " + "/1.1.1@" * 1_400),
        ("Gemfile.lock", "    " + "-x86" * 2_000 + " ("),
        ("yarn.lock", "a@npm:" * 1_600),
    ],
)
def test_lines_that_were_made_to_be_tried_again_and_again_are_not(path: str, line: str) -> None:
    begin = {"pnpm-lock.yaml": "lockfileVersion: 9\npackages:\n", "Gemfile.lock": "GEM\n"}
    text = begin.get(path, "") + "# yarn lockfile v1\n" * (path == "yarn.lock")
    assert read(path, (text + f"{line}\n" * 200).encode()).packages in {(), *ODD}


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(READERS)),
    raw=st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
)
def test_no_bytes_break_a_reader(name: str, raw: bytes) -> None:
    try:
        locked = read(name, raw, go_mod=raw)
    except FactUnavailable as error:
        assert error.cause.startswith(name), "it names the file"  # noqa: PT017 either may happen
    else:
        assert all(package.version for package in locked.packages)


def test_lockfiles_and_manifests_are_told_by_name_and_folder() -> None:
    assert kind_of("a/b/Cargo.lock") == "Cargo.lock"
    assert kind_of("requirements-dev.txt") == kind_of("requirements/a.txt") == "requirements.txt"
    assert kind_of("src/node_modules/a/package-lock.json") == ""
    assert kind_of("README.md") == ""
    assert {kind_of(name) for name in UNKNOWN} == UNKNOWN


def test_a_manifest_is_locked_beside_or_above() -> None:
    manifests = ("a/package.json", "a/b/package.json", "c/pyproject.toml", "requirements.in")
    assert list(unlocked(manifests, ("a/yarn.lock", "requirements.txt"))) == []
    assert list(unlocked(manifests, ("a/b/yarn.lock", "c/d/uv.lock"))) == [
        "a/package.json",
        "c/pyproject.toml",
        "requirements.in",
    ]


@pytest.mark.parametrize(
    ("path", "text", "asks"),
    [
        ("package.json", '{"devDependencies": {"a": "1"}}', True),
        ("package.json", '{"name": "own", "dependencies": {}}', False),
        ("package.json", "no JSON", True),
        ("composer.json", '{"require": {"php": ">=8", "ext-json": "*"}}', False),
        ("composer.json", '{"require-dev": {"a/a": "1"}}', True),
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n", False),
        ("pyproject.toml", '[project]\ndependencies = ["a"]\n', True),
        ("pyproject.toml", '[project]\ndynamic = ["dependencies"]\n', True),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\n', False),
        ("pyproject.toml", '[tool.poetry.dependencies]\na = "1"\n', True),
        ("Cargo.toml", '[package]\nname = "own"\n', False),
        ("Cargo.toml", '[dependencies]\na = "1"\n', True),
        ("go.mod", "module x\n\ngo 1.21\n", False),
        ("go.mod", "module x\nrequire (\n", True),
        ("pom.xml", "", True),
        ("requirements-dev.in", "", True),
    ],
)
def test_a_manifest_that_asks_for_nothing_needs_no_lockfile(
    path: str,
    text: str,
    asks: bool,  # noqa: FBT001 a column of the table
) -> None:
    assert asks_for_packages(path, text.encode()) is asks


@pytest.mark.parametrize(
    ("purl", "package"),
    [
        ("pkg:pypi/requests@2.19.0", ("PyPI", "requests", "2.19.0")),
        ("pkg:npm/%40a/b@1.0.0?vcs_url=https://token@x", ("npm", "@a/b", "1.0.0")),
        ("pkg:golang/github.com/lib/pq@v1.10.9#sub", ("Go", "github.com/lib/pq", "1.10.9")),
        ("pkg:maven/org.a/b@1.0?type=jar", ("Maven", "org.a:b", "1.0")),
        ("pkg:composer/a/b@v1.0", ("Packagist", "a/b", "1.0")),
        ("pkg:deb/debian/curl@7.50.3", None),
        ("pkg:pypi/requests", None),
        ("requests 2.19.0", None),
    ],
)
def test_a_package_url_is_read_without_its_qualifiers(
    purl: str, package: tuple[Any, ...] | None
) -> None:
    found = package_of(purl)
    assert found == (Package(*package) if package else None)
