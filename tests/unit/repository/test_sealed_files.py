from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.repository.sealed_files import SealedFiles
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.repository import InClear

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS: dict[str, Any] = {
    "secrets": ("secrets/*",),
    "configs": ("config/*", "**/*.yml"),
    "in_clear": (InClear(files="config/limits.toml", reason="Limits alone."),),
}


def test_files_are_told_with_their_seals_each_once_and_passwords_with_their_history(
    made: Any, desk_of: Callable[..., Any], sample: Callable[[str], bytes]
) -> None:
    made.commit({".vault_pass": "hunter2", "a": "a"})
    released = made.commit(
        {
            "secrets/a.yml": sample("vault-1.1.yml"),
            "secrets/b.yml": "password: hunter2\n",
            "config/limits.toml": "limit = 1\n",
            "config/new.env": "A=1\n",
            ".gitignore": ".vault_pass*\n",
        },
        without=(".vault_pass",),
    )
    answer = SealedFiles().collect(desk_of(made.folder, released, **KEYS))
    assert answer.where == (f"git {released[:12]}",)
    facts = answer.value
    assert {one.name: one.seen for one in facts.secrets} == {
        "secrets/a.yml": "ansible-vault 1.1 AES256",
        "secrets/b.yml": "it is not encrypted",
    }
    assert {one.name: one.seen for one in facts.configs} == {
        "config/limits.toml": "in clear, because: Limits alone.",
        "config/new.env": "it is not encrypted",
    }
    assert [one.reading.is_vaulted for one in facts.files] == [True, False, False, False]
    assert facts.in_clear == ("secrets/b.yml", "config/limits.toml", "config/new.env")
    assert facts.unmatched == ()
    [place] = facts.passwords
    assert (place.reading.is_ignored, place.reading.ever) == (True, (".vault_pass",))
    assert place.seen == ".vault_pass is ignored, in history: .vault_pass"


def test_a_pattern_that_no_file_fits_says_nothing_about_any(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    desk = desk_of(made.folder, made.commit({"secrets/a": "x"}), **KEYS)
    facts = SealedFiles().collect(desk).value
    assert facts.unmatched == ("config/*", "**/*.yml", "config/limits.toml")
    assert facts.has_files_for("secrets/*")
    with pytest.raises(FactUnavailable, match=r"no file of the release fits config/\*, so nothing"):
        facts.has_files_for("config/*")
    assert facts.passwords[0].seen == ".vault_pass is not ignored, in history: none"


SETTINGS = """\
[defaults]
vault_password_file = own/first
vault_identity_list = dev@prompt, prod@../prod.txt, out@../../x, ~/mine, /etc/x, $HOME/x, run@ask
"""


def test_files_that_ansible_s_settings_name_are_looked_at_and_programs_are_not(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    made.commit({"prod.txt": "hunter2"})
    released = made.commit(
        {"ansible/ansible.cfg": SETTINGS, "secrets/a": "x", ".gitignore": "own/\n"},
        programs={"ansible/ask": "#!/bin/sh\n"},
        without=("prod.txt",),
    )
    facts = SealedFiles().collect(desk_of(made.folder, released, **KEYS)).value
    assert {one.name: one.seen for one in facts.passwords} == {
        "password at **/.vault_pass*": ".vault_pass is not ignored, in history: none",
        "password at ansible/own/first": "ansible/own/first is ignored, in history: none",
        "password at prod.txt": "prod.txt is not ignored, in history: prod.txt",
    }


def test_settings_of_ansible_that_cannot_be_read_leave_passwords_unknown(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    released = made.commit({"ansible.cfg": "no section\n", "secrets/a": "x"})
    [unknown] = SealedFiles().collect(desk_of(made.folder, released, **KEYS)).value.passwords
    assert unknown.seen.startswith("ansible.cfg cannot be read: File contains no section headers")


def test_a_file_too_large_to_be_read_is_unknown_and_hides_no_other(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    released = made.commit({"secrets/a": b"x" * (1 << 21), "secrets/b": "x"})
    facts = SealedFiles().collect(desk_of(made.folder, released, **KEYS)).value
    large, small = facts.secrets
    with pytest.raises(FactUnavailable, match=r"secrets/a has 2,097,152 bytes, more than"):
        large.reading  # noqa: B018 reading it asks
    assert not small.reading.is_sealed
    assert facts.in_clear == ("secrets/b",)


def test_whoever_declares_neither_secrets_nor_settings_is_told_so(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[repository\] secrets"):
        SealedFiles().collect(desk_of(made.folder, made.commit({"a": "a"})))
