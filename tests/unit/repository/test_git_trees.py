from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_process import Said
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_tree_is_the_commit_s_whatever_the_work_tree_holds(
    made: Any, asked: Callable[..., Any]
) -> None:
    released = made.commit(
        {"a.txt": "released\n", "dir/b.txt": "b\n"}, programs={"run": "#!/bin/sh\n"}
    )
    made.commit({"a.txt": "later\n", "c.txt": "c\n"})
    made.check_out()
    (made.folder / "a.txt").write_text("never committed\n")
    (made.folder / "d.txt").write_text("not tracked\n")
    git = asked(made.folder, released[:9])
    assert git.commit == released
    assert [(one.path, one.kind, one.size) for one in git.tree] == [
        ("a.txt", "file", 9),
        ("dir/b.txt", "file", 2),
        ("run", "program", 10),
    ]
    assert git.read("a.txt") == b"released\n"
    assert [one.path for one in git.entries(("**/*.txt",))] == ["a.txt", "dir/b.txt"]
    assert git.where == (f"git {released[:12]}", "its work tree holds other changes")


def test_a_clean_checkout_with_a_detached_head_is_not_dirty(
    made: Any, asked: Callable[..., Any]
) -> None:
    released = made.commit({"a.txt": "released\n"})
    made.commit({"a.txt": "later\n"})
    made.check_out(released)
    git = asked(made.folder / ".git" / "..", released)
    assert git.where == (f"git {released[:12]}",)
    assert not git.is_shallow


def test_a_bare_repository_and_a_folder_inside_a_checkout_do_as_well(
    made: Any, asked: Callable[..., Any], tmp_path: Path
) -> None:
    released = made.commit({"deep/a.txt": "a\n"})
    made.check_out()
    made.git("clone", "--quiet", "--bare", str(made.folder), str(tmp_path / "bare.git"))
    assert asked(tmp_path / "bare.git", released).read("deep/a.txt") == b"a\n"
    assert not asked(tmp_path / "bare.git", released).is_dirty
    assert [one.path for one in asked(made.folder / "deep", released).tree] == ["deep/a.txt"]


def test_links_submodules_and_names_that_no_page_could_show_are_entries_and_are_not_read(
    made: Any, asked: Callable[..., Any]
) -> None:
    inner = made.commit({"a": "a"})
    made.git("update-index", "--add", "--cacheinfo", f"160000,{inner},sub")
    link = made.git("hash-object", "-w", "--stdin", given=b"/etc/passwd").decode().strip()
    made.git("update-index", "--add", "--cacheinfo", f"120000,{link},link")
    named = made.git("write-tree").decode().strip()
    released = (
        made.git(*("-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", named), given=b"odd")
        .decode()
        .strip()
    )
    git = asked(made.folder, released)
    assert {one.path: (one.kind, one.size) for one in git.tree} == {
        "link": ("link", 11),
        "sub": ("submodule", None),
    }
    assert git.contents_of(git.tree) == {}
    with pytest.raises(FactUnavailable, match="link is a link in the release's commit"):
        git.read("link")
    odd = made.commit({"new\nline\x1b[31m": "x", "not-utf8-\udcff": "y", "\u2028": "z"})
    assert sorted(one.path for one in asked(made.folder, odd).tree) == [
        "\\x2028",
        "a",
        "new\\x0aline\\x1b[31m",
        "not-utf8-\\xff",
    ]


def test_a_large_file_is_refused_whole_and_read_at_its_beginning(
    made: Any, asked: Callable[..., Any]
) -> None:
    large = b"$ANSIBLE_VAULT;1.1;AES256\n" + b"6" * (3 << 20)
    git = asked(made.folder, made.commit({"large": large, "small": "small"}))
    with pytest.raises(
        FactUnavailable, match=r"large has 3,145,754 bytes, more than the 1,048,576"
    ):
        git.read("large")
    heads = {one.path: git.contents_of(git.tree, 14)[one.id] for one in git.tree}
    assert heads == {"large": b"$ANSIBLE_VAULT", "small": b"small"}
    assert git.read("large", largest=4 << 20) == large


def test_more_contents_than_one_question_takes_all_come(
    made: Any, asked: Callable[..., Any]
) -> None:
    git = asked(made.folder, made.commit({f"f{n}": f"{n}\n\n" for n in range(70)}))
    found = git.contents_of(git.tree)
    assert {one.path: found[one.id] for one in git.tree} == {
        f"f{n}": f"{n}\n\n".encode() for n in range(70)
    }


def test_what_is_not_there_says_what_to_do(
    made: Any, asked: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = made.commit({"a": "a"})
    cases = {
        r"nowhere lies in no git repository: there is no such folder": (
            tmp_path / "nowhere",
            released,
        ),
        r"lies in no git repository: fatal: not a git repository": (tmp_path, released),
        r"commit 0123456789ab, named in \[release\] commit, is not in the checkout": (
            made.folder,
            "0123456789ab",
        ),
        r"commit .* is not in the checkout": (
            made.folder,
            made.git("rev-parse", "main^{tree}").decode().strip(),
        ),
    }
    for cause, (folder, commit) in cases.items():
        with pytest.raises(FactUnavailable, match=cause) as refused:
            asked(folder, commit).tree  # noqa: B018 reading it asks
        assert refused.value.remedy
    git = asked(made.folder, released)
    with pytest.raises(FactUnavailable, match="b is not in the release's commit"):
        git.read("b")
    with pytest.raises(FactUnavailable, match="the audit's commit is no commit id"):
        git.whole("--output=/tmp/x", "the audit's commit")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FactUnavailable, match="no git is on the PATH") as refused:
        asked(made.folder, released).tree  # noqa: B018 the same
    assert refused.value.remedy == "install git where this runs"


def test_a_partial_clone_says_which_content_it_lacks_and_nobody_fetches_it(
    made: Any, asked: Callable[..., Any], tmp_path: Path
) -> None:
    released = made.commit({"a.txt": "a\n"})
    made.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    made.git(
        *("clone", "--quiet", "--bare", "--filter=blob:none", f"file://{made.folder}", str(clone))
    )
    git = asked(clone, released)
    assert [(one.path, one.size) for one in git.tree] == [("a.txt", None)]
    with pytest.raises(
        FactUnavailable, match=r"the content of a\.txt is not in the checkout"
    ) as lacking:
        git.read("a.txt")
    assert "git fetch --refetch" in lacking.value.remedy
    assert git.contents_of(git.tree) == {}


def test_a_git_that_hangs_or_never_stops_talking_is_given_up(
    made: Any, asked: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = made.commit({"a": "a"})
    monkeypatch.setattr("pytest_orr.clients.git_process.MOST_BYTES", 20)
    with pytest.raises(FactUnavailable, match="git rev-parse said more than"):
        asked(made.folder, released).tree  # noqa: B018 reading it asks
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("pytest_orr.clients.git_process.LONGEST", 0.05)
    with pytest.raises(FactUnavailable, match=r"git rev-parse took longer than 0\.05 seconds"):
        asked(made.folder, released).tree  # noqa: B018 the same


def test_the_beginning_of_several_ids_names_none_of_them(
    made: Any, asked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    git = asked(made.folder, made.commit({"a": "a"}))
    said = Said(code=0, out=b"0123456^{commit} ambiguous\n", complaint="")
    monkeypatch.setattr(type(git._borrowed), "ask", lambda *_, **__: said)
    with pytest.raises(FactUnavailable, match="0123456, named in here, is the beginning of sever"):
        git.whole("0123456", "here")


def test_a_question_is_asked_once_and_what_was_made_for_it_goes(
    made: Any, asked: Callable[..., Any]
) -> None:
    git = asked(made.folder, made.commit({"a": "a"}))
    before = git.tree
    kept = git._borrowed.home
    made.git("update-ref", "-d", "refs/heads/main")
    assert git.tree is before
    assert kept.is_dir()
    git.close()
    assert not kept.exists()
