"""Keys of every kind, and what the real ssh-keygen signs, certifies and accepts with them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.sign import sshsig
from pytest_orr.ssh_keys.public_keys import read_line

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.ssh_keys.public_keys import PublicKey

KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "rsa-3072": ("-t", "rsa", "-b", "3072"),
}


@dataclass(frozen=True)
class Keygen:
    """ssh-keygen in a folder of its own, without anybody's agent and configuration."""

    folder: Path

    def run(self, *words: str, given: bytes = b"", agent: str = "") -> bytes:
        """Run it and return what it wrote; a failure is a failure of the test."""
        done = self.tried(*words, given=given, agent=agent)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def tried(
        self, *words: str, given: bytes = b"", agent: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        found = {"SSH_AUTH_SOCK": agent} if agent else {}
        return subprocess.run(
            ["ssh-keygen", *words],
            cwd=self.folder,
            input=given,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **found},
            check=False,
            timeout=60,
        )

    def key(self, name: str, *kind: str) -> PublicKey:
        """Return the public key of a name, made when it is first asked for."""
        if not (self.folder / name).exists():
            kind = kind or KINDS.get(name, KINDS["ed25519"])
            self.run("-q", *kind, "-N", "", "-C", name, "-f", name)
        return read_line((self.folder / f"{name}.pub").read_text(encoding="utf-8"))

    def certificate(self, name: str, authority: str, *options: str) -> PublicKey:
        """Return a certificate of a key, made anew, by the authority of another name."""
        self.key(name)
        self.key(authority)
        self.run("-q", "-s", authority, "-I", f"of {name}", *options, f"{name}.pub")
        return read_line((self.folder / f"{name}-cert.pub").read_text(encoding="utf-8"))

    def signed(self, file: str, message: bytes, namespace: str, *, agent: str = "") -> bytes:
        """Return a signature in binary form, by the key or certificate of a file."""
        self.key(file.removesuffix(".pub").removesuffix("-cert"))
        words = ("-q", "-Y", "sign", "-f", file, "-n", namespace)
        return sshsig.unarmoured(self.run(*words, given=message, agent=agent).decode())

    def accepts(
        self,
        signature: bytes,
        message: bytes,
        *,
        signers: str,
        identity: str,
        namespace: str,
        revoked: str = "",
        at: str = "",
    ) -> bool:
        """Tell whether ssh-keygen verifies a signature by a file of allowed signers."""
        (self.folder / "signers").write_text(f"{signers}\n", encoding="utf-8")
        (self.folder / "revoked").write_text(f"{revoked}\n" if revoked else "", encoding="utf-8")
        (self.folder / "sig").write_text(sshsig.armoured(signature), encoding="utf-8")
        words = ["-Y", "verify", "-f", "signers", "-I", identity, "-n", namespace, "-s", "sig"]
        also = ["-r", "revoked", *(["-O", f"verify-time={at}"] if at else [])]
        return self.tried(*words, *also, given=message).returncode == 0
