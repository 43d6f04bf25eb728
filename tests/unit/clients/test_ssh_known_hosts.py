from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.ssh_known_hosts import HostKey, Known, KnownHosts
from pytest_orr.clients.ssh_route import Hop
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., Known]


def key(kind: str = "ssh-ed25519", seed: str = "a") -> HostKey:
    name = kind.encode()
    return HostKey(kind=kind, blob=struct.pack(">I", len(name)) + name + seed.encode() * 32)


def line(names: str, known: HostKey, *, marker: str = "", comment: str = "root@backend") -> str:
    encoded = base64.b64encode(known.blob).decode()
    return f"{marker} {names} {known.kind} {encoded} {comment}\n".lstrip()


def hashed(name: str) -> str:
    salt = b"s" * 20
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def hop_of(name: str, *files: Path) -> Hop:
    return Hop(
        name="backend",
        address="10.0.0.5",
        port=22,
        user="auditor",
        key_name=name,
        known_hosts=files or (Path("known_hosts"),),
    )


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a file of known host keys, and read what it says about a name."""

    def known(text: str, name: str = "backend") -> Known:
        file = tmp_path / "known_hosts"
        file.write_text(text, encoding="utf-8")
        return KnownHosts().of(hop_of(name, file))

    return known


@pytest.mark.parametrize(
    ("names", "name", "fits"),
    [
        ("backend", "backend", True),
        ("Backend", "backend", True),
        ("backend,10.0.0.5", "10.0.0.5", True),
        ("backend", "[backend]:2222", False),
        ("[backend]:2222", "[backend]:2222", True),
        ("[backend]:2222", "backend", False),
        ("*.example.org,!bad.example.org", "a.example.org", True),
        ("*.example.org,!bad.example.org", "bad.example.org", False),
        ("10.0.0.?", "10.0.0.5", True),
        ("*", "[backend]:2222", True),
        (hashed("backend"), "backend", True),
        (hashed("backend"), "other", False),
        ("|1|no", "backend", False),
        (f"{hashed('backend')},x", "backend", False),
    ],
)
def test_lines_concern_the_names_they_are_written_for(
    read: Read, names: str, name: str, *, fits: bool
) -> None:
    assert read(line(names, key()), name).keys == ((key(),) if fits else ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# backend ssh-ed25519 AAAA\n",
        "backend ssh-ed25519\n",
        "backend ssh-ed25519 !!!\n",
        "backend ssh-rsa " + line("x", key()).split()[2] + "\n",
        "backend ssh-ed25519 AAAAC3Nz\n",
        "\x00\ufffd\n",
    ],
)
def test_what_cannot_be_read_vouches_for_nobody(read: Read, text: str) -> None:
    assert read(text).keys == ()


def test_a_known_key_is_accepted_and_several_may_be_known(read: Read) -> None:
    known = read(line("backend", key()) + line("*", key("ssh-rsa")) + line("x", key(seed="b")))
    known.verify(key())
    known.verify(key("ssh-rsa"))
    with pytest.raises(FactUnavailable, match="has changed"):
        known.verify(key(seed="b"))


def test_a_revoked_key_is_refused_though_it_is_known(read: Read) -> None:
    known = read(line("backend", key()) + line("*", key(), marker="@revoked"))
    with pytest.raises(FactUnavailable) as caught:
        known.verify(key())
    assert caught.value.cause == (
        f"the host key of backend (10.0.0.5:22) is revoked: ssh-ed25519 {key().fingerprint}"
    )


def test_the_remedy_says_how_to_check_and_to_add_by_hand(read: Read, tmp_path: Path) -> None:
    with pytest.raises(FactUnavailable) as caught:
        read("").verify(key())
    assert caught.value.remedy == (
        "compare the fingerprint with what `ssh-keygen -lf` prints on the host for its"
        " /etc/ssh/ssh_host_*_key.pub; if they agree, add the line for backend by hand"
        f" to {tmp_path}/known_hosts; `ssh-keyscan -p 22 10.0.0.5`, run where it is"
        " reached from, prints it"
    )


def test_algorithms_of_known_keys_come_first(read: Read) -> None:
    algorithms = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")
    known = read(
        line("backend", key("ssh-rsa")) + line("backend", key("sk-ssh-ed25519@openssh.com"))
    )
    assert known.first_of(algorithms) == (
        "rsa-sha2-512",
        "rsa-sha2-256",
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
    )
    assert read("").first_of(algorithms) == algorithms


def test_several_files_count_together(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(line("backend", key()))
    second.write_text(line("backend", key(seed="b"), marker="@cert-authority"))
    known = KnownHosts().of(hop_of("backend", first, second))
    assert (known.keys, known.has_authority) == ((key(),), True)


def test_a_fingerprint_is_that_of_openssh() -> None:
    digest = base64.b64encode(hashlib.sha256(key().blob).digest()).decode().rstrip("=")
    assert str(key()) == f"ssh-ed25519 SHA256:{digest}"


def test_the_null_device_holds_no_key() -> None:
    assert KnownHosts().of(hop_of("backend", Path("/dev/null"))).keys == ()


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FactUnavailable, match="it is not a regular file"):
        KnownHosts().of(hop_of("backend", tmp_path / "pipe"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FactUnavailable) as caught:
        KnownHosts().of(hop_of("backend", tmp_path / "gone"))
    assert caught.value.cause == (
        f"the known host keys in {tmp_path}/gone cannot be read: No such file or directory"
    )
