"""Signing by ssh-keygen: the real one signs, and one that misbehaves never goes unnoticed."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.ssh_keygen import KEPT, NotSigned, public_key_of, sign
from pytest_orr.errors import NeededFileMissing
from pytest_orr.sign import sshsig
from pytest_orr.sign.envelope import NAMESPACE
from pytest_orr.sign.signatures import check
from tests.signing_keys import Keygen

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGE = b"DSSEv1 what is signed"


@pytest.fixture(scope="module")
def keygen(tmp_path_factory: pytest.TempPathFactory) -> Keygen:
    """The real ssh-keygen in a folder of its own."""
    return Keygen(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def key(keygen: Keygen) -> Path:
    """A key's file, with its ``.pub`` beside it."""
    keygen.key("ana")
    return keygen.folder / "ana"


@pytest.fixture
def instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script into the place of ssh-keygen."""

    def put(script: str) -> None:
        program = tmp_path / "ssh-keygen"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put


def _refused(key: Path, timeout: float = 30) -> str:
    with pytest.raises(NotSigned) as caught:
        sign(MESSAGE, key, NAMESPACE, timeout=timeout)
    assert caught.value.exit_code == 1
    return str(caught.value)


def test_a_signature_is_made_over_what_is_given_and_verified(key: Path, keygen: Keygen) -> None:
    raw = sign(MESSAGE, key, NAMESPACE, timeout=30)

    blob = sshsig.parse(raw)
    check(blob, namespace=NAMESPACE, message=MESSAGE, touch=True)
    assert blob.public_key == keygen.key("ana").blob
    assert not key.with_name("ana.sig").exists()


def test_a_certificate_signs_by_its_own_file(keygen: Keygen) -> None:
    certificate = keygen.certificate("carol", "authority", "-n", "ana")

    raw = sign(MESSAGE, keygen.folder / "carol-cert.pub", NAMESPACE, timeout=30)

    assert sshsig.parse(raw).public_key == certificate.blob


def test_a_signature_that_lies_beside_the_key_is_neither_read_nor_changed(key: Path) -> None:
    beside = Path(f"{key}.sig")
    beside.write_text("old", encoding="utf-8")

    assert sign(MESSAGE, key, NAMESPACE, timeout=30)
    assert beside.read_text(encoding="utf-8") == "old"
    beside.unlink()


def test_a_stale_signature_fails(key: Path, keygen: Keygen, instead: Callable[[str], None]) -> None:
    stale = sshsig.armoured(keygen.signed("ana", b"another message", NAMESPACE))
    instead(f"cat >/dev/null; printf %s {shlex.quote(stale)}")

    assert "no signature that holds: it was not made by this key over these bytes" in _refused(key)


def test_a_signature_for_another_purpose_fails(
    key: Path, keygen: Keygen, instead: Callable[[str], None]
) -> None:
    other = sshsig.armoured(keygen.signed("ana", MESSAGE, "git"))
    instead(f"cat >/dev/null; printf %s {shlex.quote(other)}")

    assert "it was made for 'git', not for" in _refused(key)


def test_a_signature_by_another_key_fails(
    key: Path, keygen: Keygen, instead: Callable[[str], None]
) -> None:
    other = sshsig.armoured(keygen.signed("mallory", MESSAGE, NAMESPACE))
    instead(f"cat >/dev/null; printf %s {shlex.quote(other)}")

    assert _refused(key) == f"ssh-keygen signed with another key than that of {key}"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("cat >/dev/null", "ssh-keygen wrote no signature, and said nothing"),
        ("exit 0", "ssh-keygen wrote no signature, and said nothing"),
        (
            "echo 'Load key: invalid format' >&2",
            "ssh-keygen wrote no signature: it said Load key: invalid format",
        ),
        ("echo 'Signing failed'", "no signature that holds: it is not one block"),
        ("head -c 300 /dev/urandom", "no signature that holds: it is not one block"),
        ("cat", "no signature that holds: it is not one block"),
        ("echo no; exit 255", "ssh-keygen made no signature, and said nothing"),
        (
            "printf 'agent\\033[31m refused\\n' >&2; exit 255",
            r"ssh-keygen made no signature: it said agent\x1b[31m refused",
        ),
        ("head -c 10000000 /dev/zero", "no signature that holds: it is not one block"),
        ("kill -9 $$", "ssh-keygen made no signature, and said nothing"),
    ],
)
def test_a_program_that_makes_no_signature_fails(
    script: str, told: str, key: Path, instead: Callable[[str], None]
) -> None:
    instead(script)

    assert told in _refused(key)


@pytest.mark.parametrize(
    "twice", ["{good}{good}", "{good}junk\n", "junk\n{good}", "{good}-----BEGIN SSH SIGNATURE-----"]
)
def test_a_block_with_something_beside_it_fails(
    twice: str, key: Path, keygen: Keygen, instead: Callable[[str], None]
) -> None:
    good = sshsig.armoured(keygen.signed("ana", MESSAGE, NAMESPACE))
    instead(f"cat >/dev/null; printf %s {shlex.quote(twice.format(good=good))}")

    assert "ssh-keygen made no signature that holds: " in _refused(key)


@pytest.mark.parametrize("script", ["exec sleep 30", "sleep 30 & wait", "sleep 30 & exec sleep 30"])
def test_a_program_that_hangs_fails_in_time(
    script: str, key: Path, instead: Callable[[str], None]
) -> None:
    instead(f"echo 'Confirm user presence' >&2; {script}")
    start = time.monotonic()

    told = _refused(key, timeout=0.5)

    assert told == "ssh-keygen took longer than 0.5 seconds: it said Confirm user presence"
    assert time.monotonic() - start < 10


def test_a_program_that_hears_nothing_of_a_long_message_fails_in_time(
    key: Path, instead: Callable[[str], None]
) -> None:
    instead("exec sleep 30")

    with pytest.raises(NotSigned, match="took longer"):
        sign(bytes(10_000_000), key, NAMESPACE, timeout=0.5)


def test_an_encrypted_key_without_anybody_to_ask_fails(keygen: Keygen) -> None:
    keygen.run("-q", "-t", "ed25519", "-N", "secret", "-C", "x", "-f", "encrypted")
    program = (
        "import sys; from pathlib import Path\n"
        "from pytest_orr.clients.ssh_keygen import NotSigned, sign\n"
        "try: sign(b'x', Path(sys.argv[1]), 'ns', timeout=30)\n"
        "except NotSigned as error: print(error)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(keygen.folder / "encrypted")],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,  # without the terminal on which a person may run the tests
    )

    assert done.stdout.startswith("ssh-keygen made no signature: it said ")
    assert "incorrect passphrase" in done.stdout


def test_nothing_of_the_environment_is_handed_on_but_what_finds_keys(
    key: Path, tmp_path: Path, instead: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    instead(f"env > {tmp_path}/env; exit 1")

    _refused(key)

    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert {"SSH_AUTH_SOCK", "PATH"} <= names
    assert names <= {*KEPT, "PWD", "OLDPWD", "SHLVL", "_"}


def test_a_key_whose_public_half_is_not_there_is_told_with_what_writes_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(NeededFileMissing) as caught:
        sign(MESSAGE, tmp_path / "id", NAMESPACE, timeout=30)
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics() == (
        f"{tmp_path}/id.pub is not there. Write it with `ssh-keygen -y -f {tmp_path}/id >"
        f" {tmp_path}/id.pub`, or name another key."
    )
    with pytest.raises(NeededFileMissing, match="nothing"):
        public_key_of(tmp_path / "nothing.pub")


def test_what_is_no_public_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "id.pub").write_text("nonsense", encoding="utf-8")
    (tmp_path / "bytes.pub").write_bytes(b"\xff\xfe")
    (tmp_path / "folder.pub").mkdir()

    assert "id.pub is no public key: it is not as a .pub file has it" in _refused(tmp_path / "id")
    assert "bytes.pub is no public key" in _refused(tmp_path / "bytes.pub")
    assert "folder.pub cannot be read: Is a directory" in _refused(tmp_path / "folder")


def test_a_certificate_that_counts_nowhere_is_told(keygen: Keygen) -> None:
    keygen.certificate("carol", "authority")

    told = _refused(keygen.folder / "carol-cert.pub")

    assert told == "the certificate counts nowhere: it names no principal"


def test_without_openssh_it_is_said_what_to_install(
    key: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NeededFileMissing, match="No ssh-keygen is on the PATH"):
        sign(MESSAGE, key, NAMESPACE, timeout=30)
