from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_history import is_ancestor
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IDENTITY = ("-c", "user.name=Finn", "-c", "user.email=finn@example.org")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two keys, and a list of signers that names one of them."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("finn", "mallory"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)],
            check=True,
        )
    kind, key, _ = (folder / "finn.pub").read_text().split()
    (folder / "signers").write_text(f'finn@example.org namespaces="git" {kind} {key}\n')
    (folder / "wrong").write_text(f'finn@example.org namespaces="file" {kind} {key}\n')
    (folder / "old").write_text(f'finn@example.org valid-before="20200101" {kind} {key}\n')
    return folder


def tag(made: Any, name: str, commit: str, *, key: Path | None = None) -> None:
    signing = ("-s",) if key else ("-a",)
    settings = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}") if key else ()
    made.git(*IDENTITY, *settings, "tag", *signing, "-m", "released", name, commit)


def test_tags_lead_to_commits_whether_light_annotated_signed_or_tags_of_tags(
    made: Any, asked: Callable[..., Any], keys: Path
) -> None:
    released = made.commit({"a": "a"})
    made.git("tag", "light", released)
    tag(made, "heavy", released)
    tag(made, "signed", released, key=keys / "finn")
    tag(made, "twice", "heavy")
    made.git("tag", "tree", f"{released}^{{tree}}")
    found = {one.name: one for one in asked(made.folder, released).tags}
    assert {name: one.commit for name, one in found.items()} == dict.fromkeys(
        ("heavy", "light", "signed", "twice"), released
    )
    assert [one.is_annotated for one in found.values()] == [True, False, True, True]
    assert [one.is_signed for one in found.values()] == [False, False, True, False]
    assert found["heavy"].tagger == "finn@example.org"
    assert found["light"].tagged is None
    assert found["heavy"].tagged is not None


def test_a_signature_is_good_if_the_declared_list_names_its_key_for_git(
    made: Any, asked: Callable[..., Any], keys: Path
) -> None:
    released = made.commit({"a": "a"})
    tag(made, "v1", released, key=keys / "finn")
    tag(made, "v2", released, key=keys / "mallory")
    tag(made, "v3", released)
    said: dict[str, Any] = {}
    for name in ("signers", "wrong", "old"):
        git = asked(made.folder, released, signers=str(keys / name))
        said |= {f"{one.name} by {name}": git.signature_of(one) for one in git.tags}
    good = said["v1 by signers"]
    assert (good.is_good, good.signer, good.why) == (True, "finn@example.org", "")
    assert good.key.startswith("SHA256:")
    assert [one.is_good for name, one in said.items() if name != "v1 by signers"] == [False] * 8
    assert said["v2 by signers"].why == "its key is not listed"
    assert said["v3 by signers"].why == "nobody signed it"


def test_a_tag_that_was_changed_after_it_was_signed_is_not_good(
    made: Any, asked: Callable[..., Any], keys: Path
) -> None:
    released = made.commit({"a": "a"})
    tag(made, "v1", released, key=keys / "finn")
    signed = made.git("cat-file", "tag", "v1")
    forged = (
        made.git(
            "hash-object",
            "-w",
            "-t",
            "tag",
            "--stdin",
            given=signed.replace(b"released", b"launched"),
        )
        .decode()
        .strip()
    )
    made.git("update-ref", "refs/tags/v1", forged)
    git = asked(made.folder, released, signers=str(keys / "signers"))
    told = git.signature_of(git.tags[0])
    assert (told.is_good, told.signer) == (False, "")
    assert told.why


def test_what_cannot_be_verified_here_is_neither_good_nor_bad(
    made: Any,
    asked: Callable[..., Any],
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released = made.commit({"a": "a"})
    text = (
        f"object {released}\ntype commit\ntag v1\ntagger F <f@example.org> 1780000000 +0000\n\n"
        "m\n-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n"
    )
    made.git("update-ref", "refs/tags/v1", made.git("mktag", given=text.encode()).decode().strip())
    tag(made, "v2", released, key=keys / "finn")
    git = asked(made.folder, released, signers=str(keys / "signers"))
    pgp, ssh = git.tags
    told = git.signature_of(pgp)
    assert (told.is_good, told.remedy[:26]) == (None, "sign tags with an SSH key ")
    with pytest.raises(FactUnavailable, match=r"declares no \[repository\] signers"):
        asked(made.folder, released).signature_of(ssh)
    with pytest.raises(FactUnavailable, match="the file of signers, nobody, is not there"):
        asked(made.folder, released, signers="nobody").signature_of(ssh)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to("/usr/bin/git")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(FactUnavailable, match=r"no ssh-keygen is on the PATH"):
        git.signature_of(ssh)


def test_the_previous_release_is_the_newest_one_that_the_release_was_built_upon(
    made: Any, asked: Callable[..., Any]
) -> None:
    commits = [made.commit({"a": str(number)}) for number in range(6)]
    for name, commit in zip(("v1.9.0", "v1.10.0", "v2.0.0-rc1", "other"), commits, strict=False):
        made.git("tag", name, commit)
    aside = made.commit({"b": "b"}, branch="aside", after=(commits[1],))
    made.git("tag", "v1.10.1", aside)
    made.git("tag", "v2.0.0", commits[5])
    git = asked(made.folder, commits[5])
    assert git.previous_release("v*").name == "v1.10.0"
    assert git.previous_release("o*").name == "other"
    made.git("tag", "v1.11.0", commits[1])
    assert asked(made.folder, commits[5]).previous_release("v*").name == "v1.11.0"


def test_thousands_of_tags_take_no_thousands_of_questions(
    made: Any, asked: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, released = (made.commit({"a": str(number)}) for number in range(3))
    names = [f"create refs/tags/v0.{number} {first}\n" for number in range(300)]
    names.append(f"create refs/tags/v1.0 {second}\n")
    made.git("update-ref", "--stdin", given="".join(names).encode())
    compared: list[tuple[str, str]] = []

    def counted(borrowed: Any, older: str, newer: str) -> bool:
        compared.append((older, newer))
        return older == newer or is_ancestor(borrowed, older, newer)

    monkeypatch.setattr("pytest_orr.clients.git_tags.is_ancestor", counted)
    assert asked(made.folder, released).previous_release("v*").name == "v1.0"
    assert len(compared) < 200


def test_without_an_earlier_release_only_a_first_launch_goes_on(
    made: Any, asked: Callable[..., Any]
) -> None:
    released = made.commit({"a": "a"})
    made.git("tag", "v1.0.0", released)
    with pytest.raises(FactUnavailable, match=r"no earlier tag that fits v\* leads to") as refused:
        asked(made.folder, released).previous_release("v*")
    assert "[release] first = true" in refused.value.remedy
    assert asked(made.folder, released, first=True).previous_release("v*") is None
