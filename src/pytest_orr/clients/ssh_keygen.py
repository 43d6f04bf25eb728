"""Signs by ``ssh-keygen``, so that no private key enters this process: file, agent or token."""

from __future__ import annotations

import os
import subprocess
import tempfile
from threading import Event, Timer
from typing import IO, TYPE_CHECKING

from pytest_orr.errors import NeededFileMissing, OrrError
from pytest_orr.profile.mistakes import escape
from pytest_orr.sign import sshsig
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.signatures import check
from pytest_orr.ssh_keys.certificates import read as read_certificate
from pytest_orr.ssh_keys.public_keys import read_line

from .git_process import program

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.ssh_keys.public_keys import PublicKey

KEPT = ("SSH_AUTH_SOCK", "SSH_SK_PROVIDER", "SSH_ASKPASS", "DISPLAY", "HOME", "TERM", "PATH")
"""Variables that ssh-keygen gets: by which it finds an agent, a token, and who has a passphrase."""
MOST_SAID = 4096
"""Characters of a complaint that are shown."""


class NotSigned(OrrError):
    """There is no signature, or none that holds (exit code 1)."""

    exit_code = 1


def sign(message: bytes, key: Path, namespace: str, *, timeout: float) -> bytes:
    """Return a signature over a message in SSHSIG's binary form, which was verified.

    ``key`` is the file of a private key with its ``.pub`` beside it, or a ``.pub`` whose key an
    agent or a token holds; ``timeout`` is in seconds, passphrase and touch included. Raises
    ``NeededFileMissing`` (exit code 4) without these files or without ssh-keygen, and ``NotSigned``
    for whatever else goes wrong.
    """
    public = public_key_of(key)
    said = _said(message, key, namespace, timeout)
    try:
        raw = sshsig.unarmoured(said)
        blob = sshsig.parse(raw)
        if blob.public_key != public.blob:
            raise NotSigned(f"ssh-keygen signed with another key than that of {_shown(key)}")
        check(blob, namespace=namespace, message=message, touch=False, key=_plain(public))
    except Refused as error:
        raise NotSigned(f"ssh-keygen made no signature that holds: {error}") from error
    return raw


def public_key_of(key: Path) -> PublicKey:
    """Return the public key, or the certificate, that stands in a ``.pub`` or in the one beside.

    Raises as ``sign`` does. A private key is never read.
    """
    file = key if key.suffix == ".pub" else key.with_name(f"{key.name}.pub")
    try:
        return read_line(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        private = _shown(key) if key != file else "KEY"
        how = f"Write it with `ssh-keygen -y -f {private} > {_shown(file)}`, or name another key."
        raise NeededFileMissing(f"{_shown(file)} is not there.", how) from error
    except OSError as error:
        raise NotSigned(f"{_shown(file)} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise NotSigned(f"{_shown(file)} is no public key: {error}") from error


def _plain(public: PublicKey) -> bytes:
    try:
        return read_certificate(public.blob).key.blob if public.is_certificate else public.blob
    except ValueError as error:
        raise NotSigned(f"the certificate counts nowhere: {error}") from error


def _said(message: bytes, key: Path, namespace: str, timeout: float) -> str:
    """Return what ssh-keygen wrote; a signature beside ``key`` is neither read nor made."""
    keygen = program("ssh-keygen")
    if keygen is None:
        raise NeededFileMissing("No ssh-keygen is on the PATH.", "Install OpenSSH's client.")
    # Files and not pipes: what ssh-keygen leaves running may hold a pipe open beyond the timeout.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaint:
        command = subprocess.Popen(  # noqa: S603 our own words; the key comes as an argument
            [keygen, "-q", "-Y", "sign", "-f", str(key), "-n", namespace],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=complaint,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
        )
        if not _ended_in_time(command, message, timeout):
            told = f"ssh-keygen took longer than {timeout:g} seconds{_complaint(complaint)}"
            raise NotSigned(told)
        if command.returncode != 0:
            raise NotSigned(f"ssh-keygen made no signature{_complaint(complaint)}")
        said = _content(out)
        if not said:
            raise NotSigned(f"ssh-keygen wrote no signature{_complaint(complaint)}")
        return said


def _ended_in_time(command: subprocess.Popen[bytes], given: bytes, timeout: float) -> bool:
    """Give a command its input and wait for its end; say whether it came in time, else by force.

    ``Popen`` itself, given a timeout, sleeps between looks for as long as ssh-keygen needs.
    """
    late = Event()

    def end() -> None:
        late.set()
        command.kill()

    clock = Timer(timeout, end)
    clock.daemon = True
    clock.start()
    try:
        command.communicate(given)
    finally:
        clock.cancel()
        command.kill()
    return not late.is_set()


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(sshsig.LARGEST + 1).decode(errors="replace")


def _complaint(file: IO[bytes]) -> str:
    said = " ".join(_content(file).split())[:MOST_SAID]
    return f": it said {escape(said)}" if said else ", and said nothing"


def _shown(path: Path) -> str:
    return escape(str(path))
