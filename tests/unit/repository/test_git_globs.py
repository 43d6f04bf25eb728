from __future__ import annotations

import pytest

from pytest_orr.clients.git_globs import matches


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("*.yml", ("a.yml", ".yml"), ("a/b.yml", "a.yml2", "a.yaml")),
        ("**/*.yml", ("a.yml", "a/b.yml", "a/b/c.yml"), ("a/b.yaml",)),
        ("deploy/**", ("deploy/a", "deploy/a/b"), ("deploy", "deployed/a")),
        ("deploy/**/site.yml", ("deploy/site.yml", "deploy/a/b/site.yml"), ("deploysite.yml",)),
        ("a?c", ("abc",), ("ac", "a/c")),
        ("[ab].txt", ("a.txt", "b.txt"), ("c.txt", "ab.txt")),
        ("[!ab].txt", ("c.txt",), ("a.txt", "/.txt")),
        ("a.b+c", ("a.b+c",), ("aXb+c", "a.bbc")),
        ("**/.vault_pass*", (".vault_pass", "x/.vault_pass.txt"), ("x.vault_pass",)),
        ("[^a-c]", ("d", "-"), ("a", "b")),
        ("a[", ("a[",), ("a",)),
    ],
)
def test_a_pattern_fits_what_its_words_say_and_nothing_else(
    pattern: str, fits: tuple[str, ...], fits_not: tuple[str, ...]
) -> None:
    assert [path for path in fits if not matches(path, (pattern,))] == []
    assert [path for path in fits_not if matches(path, (pattern,))] == []


def test_without_patterns_nothing_fits() -> None:
    assert not matches("a", ())
