from __future__ import annotations

import errno
from pathlib import Path

import pytest
from paramiko.ssh_exception import ChannelException, IncompatiblePeer, SSHException

from pytest_orr.clients.ssh_failures import (
    cut_off,
    no_handshake,
    not_forwarded,
    not_reached,
    short,
)
from pytest_orr.clients.ssh_probe import told_by
from pytest_orr.clients.ssh_route import Hop

HOP = Hop(
    name="jump",
    address="10.0.0.1",
    port=22,
    user="auditor",
    key_name="10.0.0.1",
    known_hosts=(Path("known_hosts"),),
)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), "cannot be reached from here: No route"),
        (OSError(errno.ECONNRESET, "Reset"), "cannot be connected to: Reset"),
        (TimeoutError(), "cannot be connected to: TimeoutError"),
    ],
)
def test_the_way_from_here_is_named(error: OSError, cause: str) -> None:
    assert not_reached(HOP, error).cause.startswith(f"jump (10.0.0.1:22) {cause}")


@pytest.mark.parametrize(
    ("refusal", "cause"),
    [
        (ChannelException(3, ""), "refused to forward to x with code 3"),
        (ChannelException(2, "No\x1b[2J"), r"could not connect to x: No\x1b[2J"),
        (ChannelException(4, "later"), "has no resources to forward to x, asked twice: later"),
    ],
)
def test_what_a_jump_host_says_is_told_with_every_character_visible(
    refusal: ChannelException, cause: str
) -> None:
    assert not_forwarded(HOP, "x", refusal).cause == f"jump (10.0.0.1:22) {cause}"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Connection refused", "refused"),
        ("Connection reset by peer", "refused"),
        ("Connection timed out", "dropped"),
        ("Name or service not known", None),
        ("No route to host", None),
        ("", None),
    ],
)
def test_a_ports_state_is_in_the_words_of_the_jump_host(said: str, state: str | None) -> None:
    assert told_by(ChannelException(2, said)) == state


@pytest.mark.parametrize(
    ("error", "shown", "cause"),
    [
        (IncompatiblePeer("no ciphers"), ("ssh-ed25519",), "shares no algorithm with this client"),
        (IncompatiblePeer("no host key"), ("ssh-rsa", "ssh-dss"), "has only host keys of outdated"),
        (IncompatiblePeer("no host key"), (), "shares no algorithm with this client"),
        (SSHException("Invalid SSH banner"), (), "did not greet as an SSH server does"),
        (None, (), "does not complete the SSH handshake: NoneType: None"),
    ],
)
def test_a_handshake_that_fails_is_named(
    error: Exception | None, shown: tuple[str, ...], cause: str
) -> None:
    assert no_handshake(HOP, error, shown).cause.startswith(f"jump (10.0.0.1:22) {cause}")


def test_an_agent_that_does_not_sign_is_named() -> None:
    told = cut_off(HOP, "during x", SSHException("key cannot be used for signing"))
    assert told.cause == "the ssh-agent did not sign the login of auditor to jump (10.0.0.1:22)"


def test_a_quote_is_the_end_of_a_text_with_every_character_visible() -> None:
    assert short("a\x9b\u202eb") == r"a\x9b\u202eb"
    assert short("x" * 300) == f"…{'x' * 200}"
