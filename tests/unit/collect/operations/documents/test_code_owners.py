from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_orr.clients.git_said import Entry
from pytest_orr.collect.operations.code_owners import code_owners_of, owners_in

GITHUB = """
# who looks at what
*           @everybody
*.md        writer@example.org   # whoever writes
/docs/      @dan @ana
docs/*      @flat
apps/       @octo
/build/logs @logs
/empty/
src/a\\ b.py @space
"""
GITLAB = """
* @everybody
[Docs][2] @writers
docs/
README.md @reader
^[Optional]
*.go @gophers @group/team/sub
[docs]
!docs/private.md
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("main.go", ("@everybody",)),
        ("README.md", ("writer@example.org",)),
        ("docs/a.txt", ("@flat",)),
        ("docs/deep/a.txt", ("@dan", "@ana")),
        ("x/docs/a.txt", ("@everybody",)),
        ("x/apps/y/z.txt", ("@octo",)),
        ("build/logs/a/b", ("@logs",)),
        ("empty/a", ()),
        ("src/a b.py", ("@space",)),
    ],
)
def test_github_takes_the_last_rule_that_fits(path: str, owners: tuple[str, ...]) -> None:
    assert owners_in(GITHUB, path, with_sections=False) == owners


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("a.txt", ("@everybody",)),
        ("docs/a.txt", ("@everybody", "@writers")),
        ("x/docs/a.txt", ("@everybody", "@writers")),
        ("x/README.md", ("@everybody", "@reader")),
        ("main.go", ("@everybody", "@gophers", "@group/team/sub")),
        ("docs/private.md", ("@everybody",)),
    ],
)
def test_gitlab_takes_one_rule_of_each_section(path: str, owners: tuple[str, ...]) -> None:
    assert owners_in(GITLAB, path, with_sections=True) == owners


def repository(kind: str | None, **files: str) -> Any:
    entries = tuple(Entry(path=one, kind="file", id="1" * 40, size=9) for one in files)
    git = SimpleNamespace(tree=entries, read=lambda path, _: files[path].encode())
    forge = kind and SimpleNamespace(kind=kind)
    return SimpleNamespace(git=git, profile=SimpleNamespace(forge=forge))


@pytest.mark.parametrize(
    ("kind", "owner"), [("github", "@hub"), ("gitlab", "@top"), (None, "@top")]
)
def test_each_forge_looks_in_its_own_places_first(kind: str | None, owner: str) -> None:
    files = {".github/CODEOWNERS": "* @hub", "CODEOWNERS": "* @top", ".gitlab/CODEOWNERS": "* @lab"}
    assert code_owners_of(repository(kind, **files), "a.md") == (owner,)


def test_without_the_file_nobody_is_named() -> None:
    assert code_owners_of(repository("gitlab", README="x"), "a.md") == ()
