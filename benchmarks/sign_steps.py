"""Three people sign, then the sign-off is verified: by the product, or by bare ``ssh-keygen -Y``.

``python -m benchmarks.sign_steps product|bare FOLDER`` prints as JSON what each step took, how
often it signed and verified, and a digest of the signatures. Starting Python, importing, and
reading the report are not in the time. ``bare`` signs as often as ``product``, and verifies each
signature once when it was made and once at the end; the product looks at all of them each time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rfc8785  # noqa: F401 imported late by the product

from pytest_orr.clients import ssh_keygen
from pytest_orr.sign import envelope, signers, sshsig
from pytest_orr.sign.envelope import NAMESPACE, PAYLOAD_TYPE, Signature
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.verify import verify
from pytest_orr.signing_off.adding import add_signature, read_envelope
from pytest_orr.ssh_keys import verification  # noqa: F401 imported late by the product

from .sign_review import PEOPLE, expected, payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_orr.sign.expected import Expected

ALLOWED = "allowed_signers"
KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one run."""

    seconds: float
    signed: int
    """Signatures that were made."""
    verified: int
    """Signatures that were verified, each as often as it was."""
    digest: str
    """Over the signatures in their binary form; Ed25519 makes the same of the same bytes."""


class Counter:
    """Counts calls of what checks a signature."""

    def __init__(self) -> None:
        self.count = 0

    def of(self, check: Callable[..., None]) -> Callable[..., None]:
        """Return a check that is counted."""

        def counted(*given: Any, **named: Any) -> None:
            self.count += 1
            check(*given, **named)

        return counted


def product(folder: Path) -> dict[str, Step]:
    """Sign and verify as ``orr sign`` and ``orr verify`` do once they have read the report."""
    counter, demanded = Counter(), expected(folder)
    for module in (signers, ssh_keygen):
        setattr(module, "check", counter.of(getattr(module, "check")))  # noqa: B009, B010 for mypy
    path, stated = folder / "signoff.json", payload()
    path.unlink(missing_ok=True)
    began = time.perf_counter()
    for name in PEOPLE:
        add(folder / name, path, stated, demanded)
    signed, in_signing = time.perf_counter(), counter.count
    verify(path.read_bytes(), demanded)
    ended = time.perf_counter()
    digest = digest_of(one.blob for one in envelope.read(path.read_bytes()).signatures)
    return {
        "sign": Step(
            seconds=signed - began, signed=len(PEOPLE), verified=in_signing, digest=digest
        ),
        "verify": Step(
            seconds=ended - signed, signed=0, verified=counter.count - in_signing, digest=digest
        ),
    }


def add(key: Path, path: Path, stated: bytes, demanded: Expected) -> None:
    """Add one signature, as ``orr sign`` does."""

    def check(raw: bytes) -> None:
        try:
            verify(raw, demanded)
        except Refused as refused:
            if refused.code != "roles-unfilled":
                raise

    before = read_envelope(path, stated, PAYLOAD_TYPE)
    blob = ssh_keygen.sign(envelope.pae(stated), key, NAMESPACE, timeout=60)
    keyid = ssh_keygen.public_key_of(key).fingerprint
    add_signature(path, Signature(keyid=keyid, blob=blob), before, check=check)


def bare(folder: Path) -> dict[str, Step]:
    """Make the same signatures and verify each at once, then all, by ssh-keygen alone."""
    message = envelope.pae(payload())
    began = time.perf_counter()
    for name in PEOPLE:
        sign(folder, name, message)
        check_one(folder, name, message)
    signed = time.perf_counter()
    for name in PEOPLE:
        check_one(folder, name, message)
    ended = time.perf_counter()
    digest = digest_of(
        sshsig.unarmoured((folder / f"{name}.sig").read_text(encoding="ascii")) for name in PEOPLE
    )
    return {
        "sign": Step(
            seconds=signed - began, signed=len(PEOPLE), verified=len(PEOPLE), digest=digest
        ),
        "verify": Step(seconds=ended - signed, signed=0, verified=len(PEOPLE), digest=digest),
    }


def sign(folder: Path, name: str, message: bytes) -> None:
    """Sign by ssh-keygen into ``<name>.sig``."""
    with (folder / f"{name}.sig").open("wb") as made:
        subprocess.run(
            (KEYGEN, "-q", "-Y", "sign", "-f", str(folder / name), "-n", NAMESPACE),
            input=message,
            stdout=made,
            check=True,
        )


def check_one(folder: Path, name: str, message: bytes) -> None:
    """Verify ``<name>.sig`` by ssh-keygen."""
    who = ("-f", str(folder / ALLOWED), "-I", f"{name}@example.org", "-n", NAMESPACE)
    subprocess.run(
        (KEYGEN, "-q", "-Y", "verify", *who, "-s", str(folder / f"{name}.sig")),
        input=message,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def both(signing: Step, verifying: Step) -> Step:
    """Return two steps as one."""
    return Step(
        seconds=signing.seconds + verifying.seconds,
        signed=signing.signed,
        verified=signing.verified + verifying.verified,
        digest=verifying.digest,
    )


def digest_of(signatures: Iterable[bytes]) -> str:
    """Return one digest of some signatures in whatever order."""
    return sha256(b"".join(sorted(signatures))).hexdigest()


if __name__ == "__main__":
    steps = {"product": product, "bare": bare}[sys.argv[1]](Path(sys.argv[2]))
    steps["both"] = both(steps["sign"], steps["verify"])
    print(json.dumps({name: asdict(step) for name, step in steps.items()}))
