"""Finds where Ansible takes its vault's password from, by the ``ansible.cfg`` files of a commit."""

from __future__ import annotations

import configparser
from pathlib import PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.collect.interface import Desk

SETTINGS = ("**/ansible.cfg",)
KEYS = ("vault_password_file", "vault_identity_list")
ASKED = frozenset({"", "prompt", "prompt_ask_vault_pass"})
"""A person types the password."""


def password_files(desk: Desk) -> tuple[str, ...]:
    """Return the files inside the repository that Ansible would read a password from, sorted.

    A program that prints it is none; nor is a file elsewhere on a disk.
    """
    programs = {entry.path for entry in desk.git.tree if entry.kind == "program"}
    found = {path for entry in desk.git.entries(SETTINGS) for path in _named(desk, entry.path)}
    return tuple(sorted(found - programs))


def _named(desk: Desk, settings: str) -> Iterator[str]:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        read.read_string(desk.git.read(settings).decode("utf-8", errors="replace"))
    except configparser.Error as error:
        raise FactUnavailable(
            f"{settings} cannot be read: {error.message.splitlines()[0]}", "correct the file"
        ) from error
    beside = PurePosixPath(settings).parent
    for key in KEYS:
        for said in read.get("defaults", key, fallback="").split(","):
            place = said.rpartition("@")[2].strip()
            if place in ASKED or place.startswith(("/", "~", "$", "{")):
                continue
            path = normpath(str(beside / place))
            if not path.startswith("../"):
                yield path
