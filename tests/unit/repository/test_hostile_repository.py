"""A repository that names programs to run, everywhere git looks for one: none of them runs.

Most have a twin, plain git on the same repository, which does run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_lines import GitLines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TWINS: Mapping[str, tuple[str, ...]] = {
    "fsmonitor": ("status",),
    "included": ("danger",),
    "signature": ("verify-tag", "v1"),
    "openpgp": ("verify-tag", "v2"),
    "textconv": ("log", "-p", "-1", "main", "--", "a.conv"),
    "external": ("diff", "HEAD~1", "HEAD", "--", "a.txt"),
    "clean": ("add", "--renormalize", "a.filtered"),
    "hook": ("commit", "--allow-empty", "-m", "x"),
    "fetched": ("cat-file", "-p", "HEAD:lost.txt"),
}


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each planted program leaves a mark when it runs."""
    return tmp_path_factory.mktemp("marks")


@pytest.fixture(scope="module")
def planted(
    tmp_path_factory: pytest.TempPathFactory, marks: Path, make_repository: Callable[..., Any]
) -> Any:
    folder = tmp_path_factory.mktemp("hostile")
    made = make_repository(folder / "repository")

    def program(name: str) -> str:
        file = folder / name
        file.write_text(f"#!/bin/sh\ntouch {marks / name}\nexit 1\n")
        file.chmod(0o755)
        return str(file)

    files = {"a.txt": "1", "a.conv": "1", "a.filtered": "1", "lost.txt": "lost"}
    rules = "*.conv diff=evil\n*.filtered filter=evil\n"
    made.commit(files | {".gitattributes": rules, ".gitignore": "*.env\n"})
    made.commit(dict.fromkeys(("a.txt", "a.conv", "a.filtered"), "2"))
    _tag(made, "v1", "SSH")
    _tag(made, "v2", "PGP")
    made.check_out()
    lost = made.git("rev-parse", "HEAD:lost.txt").decode().strip()
    (made.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    (folder / "more").write_text(f"[alias]\n\tdanger = !{program('included')}\n")
    (made.folder / "a.filtered").write_text("3\n")
    hooks = folder / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-index-change", "reference-transaction"):
        (hooks / name).symlink_to(program("hook"))
    for name, value in {
        "core.fsmonitor": program("fsmonitor"),
        "core.hooksPath": str(hooks),
        "core.pager": program("pager"),
        "core.alternateRefsCommand": program("alternates"),
        "core.sshCommand": program("ssh"),
        "core.editor": program("editor"),
        "core.askPass": program("askpass"),
        "credential.helper": program("credentials"),
        "diff.external": program("external"),
        "diff.evil.textconv": program("textconv"),
        "filter.evil.clean": program("clean"),
        "filter.evil.smudge": program("smudge"),
        "filter.evil.required": "true",
        "gpg.ssh.program": program("signature"),
        "gpg.program": program("openpgp"),
        "gpg.ssh.allowedSignersFile": str(folder / "more"),
        "gpg.ssh.defaultKeyCommand": program("default-key"),
        "log.showSignature": "true",
        "include.path": str(folder / "more"),
        "uploadpack.packObjectsHook": program("pack"),
        "remote.origin.url": f"ext::{program('fetched')}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
    }.items():
        made.git("config", name, value)
    return made


def _tag(made: Any, name: str, kind: str) -> None:
    commit = made.git("rev-parse", "main").decode().strip()
    signature = f"-----BEGIN {kind} SIGNATURE-----\n\nAAAA\n-----END {kind} SIGNATURE-----\n"
    text = (
        f"object {commit}\ntype commit\ntag {name}\n"
        f"tagger F <f@example.org> 1780000000 +0000\n\nm\n{signature}"
    )
    tag = made.git("hash-object", "-w", "-t", "tag", "--stdin", given=text.encode())
    made.git("update-ref", f"refs/tags/{name}", tag.decode().strip())


def _ran(marks: Path) -> list[str]:
    ran = sorted(marks.iterdir())
    for mark in ran:
        mark.unlink()
    return [mark.name for mark in ran]


def test_no_program_of_the_repository_or_of_the_environment_runs_for_any_question(
    planted: Any, marks: Path, asked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = planted.git("rev-parse", "main^0").decode().strip()
    first = planted.git("rev-parse", "main~1").decode().strip()
    _ran(marks)
    evil = str(planted.folder.parent / "external")
    for name, value in {
        "GIT_EXTERNAL_DIFF": evil,
        "GIT_PAGER": evil,
        "GIT_SSH_COMMAND": evil,
        "GIT_ASKPASS": evil,
        "GIT_DIR": "/nonexistent",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": evil,
    }.items():
        monkeypatch.setenv(name, value)
    signers = planted.folder.parent / "signers"
    signers.write_text("f@example.org ssh-ed25519 AAAA\n")
    git = asked(planted.folder, commit, signers=str(signers))
    assert git.is_dirty
    assert [one.path for one in git.tree if one.size is None] == ["lost.txt"]
    assert git.read("a.txt") == b"2"
    assert git.ever(("*.txt",)) == ("a.txt", "lost.txt")
    assert git.changed_since(first, "here", ("*.conv", "*.txt")).lines == 4
    assert git.is_ancestor(first, "here")
    assert len(git.commits_since(None)) == 2
    assert git.ignores("x.env")
    assert [git.signature_of(tag).is_good for tag in git.tags] == [False, None]
    assert _ran(marks) == []


def test_no_program_runs_when_it_is_asked_who_brought_lines_and_signed_them(
    planted: Any, marks: Path
) -> None:
    before = planted.git("symbolic-ref", "HEAD").decode().strip()
    _sign(planted)
    _ran(marks)
    signers = planted.folder.parent / "signers"
    signers.write_text("f@example.org ssh-ed25519 AAAA\n")
    lines = GitLines(planted.folder, "a.conv")
    assert lines.committed() == b"3"
    [brought] = lines.brought(lambda: signers).values()
    lines.close()
    assert (brought.author, brought.signed, brought.spoilt) == ("f@example.org", True, True)
    assert _ran(marks) == []
    planted.git("blame", "signed", "--", "a.conv", check=False)
    planted.git("verify-commit", "signed", check=False)
    assert {"textconv", "signature"} <= set(_ran(marks))
    planted.git("symbolic-ref", "HEAD", before)


def _sign(made: Any) -> None:
    """Let HEAD be at a commit that changes a.conv and carries a signature of nothing."""
    tree = made.git("ls-tree", "main").decode()
    blob = made.git("hash-object", "-w", "--stdin", given=b"3").decode().strip()
    lines = [
        f"100644 blob {blob}\ta.conv" if line.endswith("\ta.conv") else line
        for line in tree.splitlines()
    ]
    whole = made.git("mktree", "--missing", given="\n".join([*lines, ""]).encode())
    who = "F <f@example.org> 1780000000 +0000"
    parent = made.git("rev-parse", "main").decode().strip()
    signature = "-----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----"
    text = (
        f"tree {whole.decode().strip()}\nparent {parent}\nauthor {who}\ncommitter {who}\n"
        f"gpgsig {signature}\n\nm\n"
    )
    commit = made.git("hash-object", "-w", "-t", "commit", "--stdin", given=text.encode())
    made.git("update-ref", "refs/heads/signed", commit.decode().strip(), check=False)
    ref = made.folder / ".git" / "refs" / "heads" / "signed"
    ref.write_bytes(commit)  # a hook of the repository forbids it to git
    made.git("symbolic-ref", "HEAD", "refs/heads/signed")


@pytest.mark.parametrize("name", sorted(TWINS))
def test_plain_git_runs_what_was_planted(planted: Any, marks: Path, name: str) -> None:
    _ran(marks)
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    planted.git(*who, *TWINS[name], check=False)
    assert name in _ran(marks)
