"""Every kind of key signs with the real ssh-keygen; it and the product agree on what holds."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.ssh_keygen import sign
from pytest_orr.profile.signoff import Approver, ListedAuthority, ListedKey, SignoffRules
from pytest_orr.sign.envelope import NAMESPACE, RESULTS_NAMESPACE, Signature, pae
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.signers import signer_of
from pytest_orr.sign.sshsig import armoured
from tests.signing_keys import KINDS, Keygen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MESSAGE = pae(b'{"decision":"GO"}')
ANA = "ana@example.org"
NOON = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
MOMENT = "20261127120000Z"
NAMES = ("SSH_AUTH_SOCK", "SSH_AGENT_PID")
FOR_YEARS = "20200101000000Z:20400101000000Z"


@pytest.fixture(scope="module")
def keygen(tmp_path_factory: pytest.TempPathFactory) -> Keygen:
    """The real ssh-keygen in a folder of its own."""
    return Keygen(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def agent(keygen: Keygen) -> Iterator[str]:
    """An agent's socket, which holds a key of every kind that no file holds any more."""
    started = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True)
    [socket], [pid] = (re.findall(f"{name}=([^;]+)", started.stdout) for name in NAMES)
    try:
        for kind, words in KINDS.items():
            keygen.key(f"held-{kind}", *words)
            subprocess.run(
                ["ssh-add", "-q", str(keygen.folder / f"held-{kind}")],
                env={**os.environ, "SSH_AUTH_SOCK": socket},
                check=True,
            )
            (keygen.folder / f"held-{kind}").rename(keygen.folder / f"gone-{kind}")
        yield socket
    finally:
        os.kill(int(pid), 15)


def _ours(signature: Signature, rules: SignoffRules, **but: Any) -> bool:
    """Tell whether the product accepts a signature as Ana's."""
    given = {"message": MESSAGE, "at": NOON, "namespace": NAMESPACE, **but}
    try:
        person = signer_of(
            signature, given["message"], rules, given["at"], namespace=given["namespace"]
        )
    except Refused:
        return False
    return person.email == ANA


def _listing(key: ListedKey, **more: Any) -> SignoffRules:
    return SignoffRules(approvers=(Approver(email=ANA, roles=("service",), keys=(key,)),), **more)


def _both(
    keygen: Keygen, raw: bytes, name: str, *, listed: str = "", **but: Any
) -> tuple[bool, bool]:
    """Return whether the product and ssh-keygen accept a signature of a key."""
    key, other = keygen.key(name), keygen.key(listed or name)
    rules = _listing(ListedKey(key=other.line))
    ours = _ours(Signature(keyid=key.fingerprint, blob=raw), rules, **but)
    theirs = keygen.accepts(
        raw,
        but.get("message", MESSAGE),
        signers=f'{ANA} namespaces="{NAMESPACE}" {other.line}',
        identity=ANA,
        namespace=but.get("namespace", NAMESPACE),
    )
    return ours, theirs


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_in_a_file_signs_what_both_accept(kind: str, keygen: Keygen) -> None:
    keygen.key(kind)
    raw = sign(MESSAGE, keygen.folder / kind, NAMESPACE, timeout=60)

    assert _both(keygen, raw, kind) == (True, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_only_an_agent_holds_signs_by_its_public_file(
    kind: str, agent: str, keygen: Keygen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", agent)

    raw = sign(MESSAGE, keygen.folder / f"held-{kind}.pub", NAMESPACE, timeout=60)

    (keygen.folder / f"held-{kind}").touch()  # its name is taken: nobody makes the key anew
    assert _both(keygen, raw, f"held-{kind}") == (True, True)


@pytest.mark.parametrize("kind", KINDS)
def test_both_refuse_another_key_message_or_namespace(kind: str, keygen: Keygen) -> None:
    raw = keygen.signed(kind, MESSAGE, NAMESPACE)
    elsewhere = keygen.signed(kind, MESSAGE, RESULTS_NAMESPACE)

    assert _both(keygen, raw, kind) == (True, True)
    assert _both(keygen, raw, kind, listed="mallory") == (False, False)
    assert _both(keygen, raw, kind, message=MESSAGE + b" ") == (False, False)
    assert _both(keygen, elsewhere, kind) == (False, False)
    assert _both(keygen, elsewhere, kind, namespace=RESULTS_NAMESPACE) == (True, False), (
        "the file of signers limits namespaces, and our caller names the one"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", range(8))
def test_both_refuse_a_signature_of_which_a_byte_was_changed(
    kind: str, place: int, keygen: Keygen
) -> None:
    raw = keygen.signed(kind, MESSAGE, NAMESPACE)
    at = (place * len(raw)) // 8 + 3
    changed = raw[:at] + bytes([raw[at] ^ 0x20]) + raw[at + 1 :]

    assert _both(keygen, changed, kind) == (False, False)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (None, dt.date(2026, 11, 26)),
        (dt.date(2026, 11, 28), None),
        (dt.date(2026, 11, 27), dt.date(2026, 11, 27)),
        (None, None),
    ],
)
def test_both_hold_a_key_to_its_days(
    since: dt.date | None, until: dt.date | None, keygen: Keygen
) -> None:
    key, raw = keygen.key("ed25519"), keygen.signed("ed25519", MESSAGE, NAMESPACE)
    words = [f'namespaces="{NAMESPACE}"']
    if since:
        words.append(f'valid-after="{since:%Y%m%d}Z"')
    if until:
        words.append(f'valid-before="{until + dt.timedelta(days=1):%Y%m%d}Z"')
    written: dict[str, Any] = {"key": key.line, "from": since, "until": until}
    listed = ListedKey(**written)

    ours = _ours(Signature(keyid=key.fingerprint, blob=raw), _listing(listed))
    theirs = keygen.accepts(
        raw,
        MESSAGE,
        signers=f"{ANA} {','.join(words)} {key.line}",
        identity=ANA,
        namespace=NAMESPACE,
        at=MOMENT,
    )

    expected = (since is None or since <= NOON.date()) and (until is None or until >= NOON.date())
    assert (ours, theirs) == (expected, expected)


def test_both_refuse_a_revoked_key(keygen: Keygen) -> None:
    key, raw = keygen.key("ed25519"), keygen.signed("ed25519", MESSAGE, NAMESPACE)
    listed, signature = ListedKey(key=key.line), Signature(keyid=key.fingerprint, blob=raw)
    how = {"signers": f"{ANA} {key.line}", "identity": ANA, "namespace": NAMESPACE}

    assert _ours(signature, _listing(listed))
    assert keygen.accepts(raw, MESSAGE, **how)
    assert not _ours(signature, _listing(listed, revoked=(key.fingerprint,)))
    assert not keygen.accepts(raw, MESSAGE, revoked=key.line, **how)


CERTIFIED = {
    "good": (("-n", "ana,other", "-V", FOR_YEARS), "ca", True),
    "another principal": (("-n", "bo", "-V", FOR_YEARS), "ca", False),
    "another authority": (("-n", "ana", "-V", FOR_YEARS), "mallory", False),
    "no principals": (("-V", FOR_YEARS), "ca", False),
    "a host's": (("-h", "-n", "ana", "-V", FOR_YEARS), "ca", False),
    "expired": (("-n", "ana", "-V", "20200101000000Z:20261127110000Z"), "ca", False),
    "too early": (("-n", "ana", "-V", "20261127130000Z:20400101000000Z"), "ca", False),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CERTIFIED)
def test_both_agree_on_a_certificate(case: str, kind: str, keygen: Keygen) -> None:
    options, authority, expected = CERTIFIED[case]
    keygen.certificate(kind, authority, *options)
    raw = keygen.signed(f"{kind}-cert.pub", MESSAGE, NAMESPACE)
    listed = keygen.key("ca")
    person = Approver(
        email=ANA,
        roles=("service",),
        authorities=(ListedAuthority(key=listed.line, principal="ana"),),
    )

    ours = _ours(
        Signature(keyid=keygen.key(kind).fingerprint, blob=raw), SignoffRules(approvers=(person,))
    )
    theirs = keygen.accepts(
        raw,
        MESSAGE,
        signers=f'ana cert-authority,namespaces="{NAMESPACE}" {listed.line}',
        identity="ana",
        namespace=NAMESPACE,
        at=MOMENT,
    )

    assert (ours, theirs) == (expected, expected)


def test_anybody_verifies_a_signature_without_the_product(keygen: Keygen, tmp_path: Path) -> None:
    key, raw = keygen.key("ed25519"), keygen.signed("ed25519", MESSAGE, NAMESPACE)
    (tmp_path / "signers").write_text(f"{ANA} {key.line}\n", encoding="utf-8")
    (tmp_path / "signature").write_text(armoured(raw), encoding="utf-8")

    done = subprocess.run(
        [
            *("ssh-keygen", "-Y", "verify", "-f", "signers", "-I", ANA),
            *("-n", NAMESPACE, "-s", "signature"),
        ],
        cwd=tmp_path,
        input=MESSAGE,
        capture_output=True,
        check=True,
    )

    said = f'Good "{NAMESPACE}" signature for {ANA} with ED25519 key {key.fingerprint}'
    assert said in done.stdout.decode()
