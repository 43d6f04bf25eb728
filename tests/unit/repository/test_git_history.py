from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_work_tree import ignores
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_commit_is_an_ancestor_of_what_was_built_upon_it_alone(
    made: Any, asked: Callable[..., Any]
) -> None:
    audited = made.commit({"a": "1"})
    aside = made.commit({"a": "2"}, branch="aside", after=(audited,))
    released = made.commit({"a": "3"})
    git = asked(made.folder, released)
    assert git.is_ancestor(audited, "the audit")
    assert git.is_ancestor(released, "the audit")
    assert not git.is_ancestor(aside, "the audit")


def test_lines_changed_are_counted_in_the_paths_that_fit(
    made: Any, asked: Callable[..., Any]
) -> None:
    audited = made.commit({"src/a.go": "1\n2\n3\n", "src/b.go": "b\n", "docs/c.md": "c\n"})
    released = made.commit(
        {"src/a.go": "1\ntwo\n3\n4\n", "docs/c.md": "changed\n", "src/image": b"\0\1"},
        without=("src/b.go",),
    )
    found = asked(made.folder, released).changed_since(audited, "the audit", ("src/**",))
    assert found.files == ("src/a.go", "src/b.go", "src/image")
    assert found.lines == 4
    assert found.not_text == ("src/image",)


def test_a_submodule_that_leads_to_another_commit_has_changed(
    made: Any, asked: Callable[..., Any]
) -> None:
    def pinned(inner: str) -> str:
        made.git("update-index", "--add", "--cacheinfo", f"160000,{inner},src/sub")
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        tree = made.git("write-tree").decode().strip()
        return str(made.git(*who, "commit-tree", tree, given=b"x").decode().strip())

    audited, released = pinned("a" * 40), pinned("b" * 40)
    found = asked(made.folder, released).changed_since(audited, "the audit", ("src/**",))
    assert (found.files, found.lines) == (("src/sub",), 2)


def test_a_path_is_found_in_any_history_even_when_a_merge_brought_and_lost_it(
    made: Any, asked: Callable[..., Any]
) -> None:
    first = made.commit({"a": "a"})
    made.commit({"deploy/.vault_pass": "x"}, branch="aside", after=(first,))
    clean = made.commit({"b": "b"}, branch="aside", without=("deploy/.vault_pass",))
    made.commit({".vault_pass.txt": "x"}, branch="elsewhere", after=(first,))
    released = made.commit({"c": "c"}, after=("refs/heads/main^0", clean))
    made.git("branch", "-D", "aside")
    git = asked(made.folder, released)
    assert git.ever(("**/.vault_pass*",)) == (".vault_pass.txt", "deploy/.vault_pass")
    assert git.ever(("**/nothing*",)) == ()


def test_commits_since_another_are_told_newest_first_and_all_without_one(
    made: Any, asked: Callable[..., Any]
) -> None:
    first = made.commit({"a": "1"}, by="Bo <bo@example.org>")
    second = made.commit({"a": "2"})
    git = asked(made.folder, second)
    [found] = git.commits_since(first)
    assert (found.id, found.parents, found.author) == (second, (first,), "ana@example.org")
    assert found.subject == "change 2"
    assert found.committed.isoformat() == "2026-05-30T20:26:40+00:00"
    assert [one.author for one in git.commits_since(None)] == ["ana@example.org", "bo@example.org"]


def test_the_newest_change_of_paths_is_told_and_none_of_paths_that_never_were(
    made: Any, asked: Callable[..., Any]
) -> None:
    first = made.commit({"go.sum": "1", "a": "1"})
    git = asked(made.folder, made.commit({"a": "2"}))
    assert git.newest_change(["go.sum"]).id == first
    assert git.newest_change(["go.*"]) is None


def test_a_shallow_clone_leaves_questions_of_history_open_and_answers_those_of_the_tree(
    made: Any, asked: Callable[..., Any], tmp_path: Path
) -> None:
    first = made.commit({"a": "1"})
    released = made.commit({"a": "2"})
    clone = tmp_path / "clone"
    made.git("clone", "--quiet", "--depth=1", f"file://{made.folder}", str(clone))
    git = asked(clone, released)
    assert git.is_shallow
    assert git.read("a") == b"2"
    with pytest.raises(FactUnavailable, match="shallow clone") as refused:
        git.ever(("**",))
    assert refused.value.remedy == "git fetch --unshallow, or let the CI clone with depth 0"
    with pytest.raises(FactUnavailable, match="shallow clone"):
        git.commits_since(None)
    with pytest.raises(FactUnavailable, match="is not in the checkout") as refused:
        git.is_ancestor(first, "the audit")
    assert "git fetch --unshallow" in refused.value.remedy
    assert git.is_ancestor(released, "the audit")


def test_an_unrelated_commit_of_a_shallow_clone_may_be_an_ancestor_that_was_left_out(
    made: Any, asked: Callable[..., Any], tmp_path: Path
) -> None:
    audited = made.commit({"a": "1"})
    made.commit({"a": "2"})
    released = made.commit({"a": "3"})
    clone = tmp_path / "clone"
    made.git("clone", "--quiet", "--depth=1", f"file://{made.folder}", str(clone))
    made.git("-C", str(clone), "fetch", "--quiet", "--depth=1", "origin", audited)
    with pytest.raises(FactUnavailable, match="its history is not whole"):
        asked(clone, released).is_ancestor(audited, "the audit")


def test_objects_that_are_lost_make_history_unknown(made: Any, asked: Callable[..., Any]) -> None:
    first = made.commit({"a": "1"})
    released = made.commit({"a": "2"})
    (made.folder / ".git" / "objects" / first[:2] / first[2:]).unlink()
    git = asked(made.folder, released)
    with pytest.raises(FactUnavailable, match="git cannot go through the history"):
        git.ever(("**",))
    for ask in (git.commits_since, git.newest_change):
        with pytest.raises(FactUnavailable, match="git cannot go through the history"):
            ask(())
    tree = made.git("rev-parse", "main^{tree}").decode().strip()
    (made.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(FactUnavailable, match="the commit's tree is not here"):
        asked(made.folder, released).tree  # noqa: B018 reading it asks


def test_a_tree_that_was_lost_makes_comparing_with_it_unknown(
    made: Any, asked: Callable[..., Any]
) -> None:
    audited = made.commit({"a": "1"})
    tree = made.git("rev-parse", "main^{tree}").decode().strip()
    released = made.commit({"a": "2"})
    (made.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(FactUnavailable, match="git cannot go through the history"):
        asked(made.folder, released).changed_since(audited, "the audit", ("**",))


def test_rules_that_lead_out_of_the_repository_are_written_nowhere(
    made: Any, asked: Callable[..., Any]
) -> None:
    git = asked(made.folder, made.commit({".gitignore": "x\n"}))
    with pytest.raises(FactUnavailable, match=r"\.\./\.gitignore leads out of the repository"):
        ignores(git._borrowed, {"../.gitignore": b"x"}, "x")


@pytest.mark.parametrize(
    ("rules", "path", "is_ignored"),
    [
        ({".gitignore": ".vault_pass*\n"}, ".vault_pass", True),
        ({".gitignore": ".vault_pass*\n"}, "deploy/.vault_pass", True),
        ({"deploy/.gitignore": ".vault_pass\n"}, ".vault_pass", False),
        ({"deploy/.gitignore": ".vault_pass\n"}, "deploy/.vault_pass", True),
        ({".gitignore": ".vault_pass*\n!.vault_pass\n"}, ".vault_pass", False),
        ({"a": "a"}, ".vault_pass", False),
    ],
)
def test_what_git_ignores_is_what_the_rules_of_the_commit_say(
    made: Any, asked: Callable[..., Any], rules: dict[str, str], path: str, *, is_ignored: bool
) -> None:
    released = made.commit(rules)
    made.commit({".gitignore": "*\n"})
    made.check_out()
    assert asked(made.folder, released).ignores(path) is is_ignored
