from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pytest_orr.profile.signoff import Approver, ListedAuthority, ListedKey, Runner, SignoffRules
from pytest_orr.sign.envelope import NAMESPACE, RESULTS_NAMESPACE, Signature, pae
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.signers import runner_of, signer_of
from pytest_orr.sign.sshsig import Blob, binary, parse, signed_data
from pytest_orr.ssh_keys.parts import SK_ED25519, Parts, blob_of
from pytest_orr.ssh_keys.public_keys import fingerprint_of, of_blob
from pytest_orr.ssh_keys.wire import string_of

if TYPE_CHECKING:
    from pytest_orr.ssh_keys.public_keys import PublicKey
    from tests.signing_keys import Keygen

NOON = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
MESSAGE = pae(b"{}")
FOR_YEARS = "20200101Z:20400101Z"


def _listed(key: PublicKey, **more: Any) -> ListedKey:
    since = {"from": more.pop("since")} if "since" in more else {}
    return ListedKey(**{"key": key.line, **since, **more})


def _person(email: str, *keys: ListedKey, **more: Any) -> Approver:
    return Approver(email=email, roles=("service",), keys=keys, **more)


def _rules(*people: Approver, **more: Any) -> SignoffRules:
    return SignoffRules(approvers=people, **more)


def _by(keygen: Keygen, file: str, namespace: str = NAMESPACE) -> Signature:
    raw = keygen.signed(file, MESSAGE, namespace)
    return Signature(keyid=keygen.key(file.removesuffix("-cert.pub")).fingerprint, blob=raw)


def _code(signature: Signature, rules: SignoffRules, at: dt.datetime = NOON) -> str:
    with pytest.raises(Refused) as caught:
        signer_of(signature, MESSAGE, rules, at, namespace=NAMESPACE)
    return caught.value.code


@pytest.fixture
def ana(keygen: Keygen) -> Approver:
    return _person("ana@example.org", _listed(keygen.key("ana")))


@pytest.fixture
def bo(keygen: Keygen) -> Approver:
    return _person("bo@example.org", _listed(keygen.key("bo")), _listed(keygen.key("bo-2")))


def test_a_signature_is_of_whom_its_key_is_listed_for(
    ana: Approver, bo: Approver, keygen: Keygen
) -> None:
    rules = _rules(ana, bo)

    for file, person in (("ana", ana), ("bo", bo), ("bo-2", bo)):
        signature = _by(keygen, file)
        assert signer_of(signature, MESSAGE, rules, NOON, namespace=NAMESPACE) is person


def test_a_key_that_nobody_has_is_refused(ana: Approver, keygen: Keygen) -> None:
    assert _code(_by(keygen, "mallory"), _rules(ana)) == "key-unlisted"


def test_a_key_of_two_people_is_refused(ana: Approver, keygen: Keygen) -> None:
    rules = _rules(ana, _person("eve@example.org", *ana.keys))

    assert _code(_by(keygen, "ana"), rules) == "key-shared"


def test_a_keyid_that_names_another_key_is_refused(
    ana: Approver, bo: Approver, keygen: Keygen
) -> None:
    relabelled = replace(_by(keygen, "ana"), keyid=keygen.key("bo").fingerprint)

    assert _code(relabelled, _rules(ana, bo)) == "key-relabelled"


def test_another_message_namespace_or_bytes_are_refused(ana: Approver, keygen: Keygen) -> None:
    good, rules = _by(keygen, "ana"), _rules(ana)

    with pytest.raises(Refused) as caught:
        signer_of(good, pae(b"{ }"), rules, NOON, namespace=NAMESPACE)
    assert caught.value.code == "signature-invalid"
    assert _code(_by(keygen, "ana", "git"), rules) == "signature-namespace"
    assert _code(replace(good, blob=good.blob[:-1]), rules) == "signature-form"
    assert _code(replace(good, blob=b""), rules) == "signature-form"


def test_a_key_inside_that_is_none_is_refused(ana: Approver, keygen: Keygen) -> None:
    good = _by(keygen, "ana")
    key = parse(good.blob).public_key
    spoilt = good.blob.replace(key, b"\xff" * len(key))

    assert _code(replace(good, blob=spoilt), _rules(ana)) == "signature-form"


def test_a_revoked_key_is_refused(ana: Approver, keygen: Keygen) -> None:
    revoked = (keygen.key("ana").fingerprint,)

    assert _code(_by(keygen, "ana"), _rules(ana, revoked=revoked)) == "key-revoked"


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-11-26T23:59:59Z", "key-too-early"),
        ("2026-11-27T00:00:00Z", ""),
        ("2026-11-28T23:59:59Z", ""),
        ("2026-11-29T00:00:00Z", "key-expired"),
        ("2026-11-28T23:59:59-01:00", "key-expired"),
        ("2026-11-27T00:30:00+01:00", "key-too-early"),
    ],
)
def test_a_key_counts_through_its_last_day_in_utc(moment: str, code: str, keygen: Keygen) -> None:
    key = _listed(keygen.key("ana"), since=dt.date(2026, 11, 27), until=dt.date(2026, 11, 28))
    rules, at = _rules(_person("ana@example.org", key)), dt.datetime.fromisoformat(moment)

    if code:
        assert _code(_by(keygen, "ana"), rules, at) == code
    else:
        signer = signer_of(_by(keygen, "ana"), MESSAGE, rules, at, namespace=NAMESPACE)
        assert signer.email == "ana@example.org"


@pytest.fixture
def certified(keygen: Keygen) -> Approver:
    """Who has no key of their own, but is meant by the authority's certificates."""
    authority = ListedAuthority(key=keygen.key("authority").line, principal="ana")
    return _person("ana@example.org", authorities=(authority,))


def test_a_certificate_is_of_whom_its_authority_and_principal_are_listed_for(
    certified: Approver, keygen: Keygen
) -> None:
    other = ListedAuthority(key=keygen.key("authority").line, principal="bo")
    rules = _rules(certified, _person("bo@example.org", authorities=(other,)))
    keygen.certificate("carol", "authority", "-n", "ana", "-V", FOR_YEARS)

    signature = _by(keygen, "carol-cert.pub")

    assert signer_of(signature, MESSAGE, rules, NOON, namespace=NAMESPACE) is certified


def test_a_certificate_for_two_people_at_once_is_refused(
    certified: Approver, keygen: Keygen
) -> None:
    other = ListedAuthority(key=keygen.key("authority").line, principal="bo")
    rules = _rules(certified, _person("bo@example.org", authorities=(other,)))
    keygen.certificate("carol", "authority", "-n", "ana,bo", "-V", FOR_YEARS)

    assert _code(_by(keygen, "carol-cert.pub"), rules) == "key-shared"


@pytest.mark.parametrize(
    ("authority", "options", "code"),
    [
        ("authority", ("-n", "bo"), "key-unlisted"),
        ("authority", ("-n", "anabel,an*,*"), "key-unlisted"),
        ("mallory", ("-n", "ana"), "key-unlisted"),
        ("authority", (), "certificate-refused"),
        ("authority", ("-h", "-n", "ana"), "certificate-refused"),
        ("authority", ("-n", "ana", "-O", "source-address=10.0.0.1"), "certificate-refused"),
        ("authority", ("-n", "ana", "-V", "20200101Z:20261127Z"), "certificate-not-valid"),
        ("authority", ("-n", "ana", "-V", "20261128Z:20400101Z"), "certificate-not-valid"),
    ],
)
def test_a_certificate_that_says_another_thing_is_refused(
    authority: str, options: tuple[str, ...], code: str, certified: Approver, keygen: Keygen
) -> None:
    keygen.certificate("carol", authority, *options)

    assert _code(_by(keygen, "carol-cert.pub"), _rules(certified)) == code


def test_a_key_that_is_certified_signs_for_nobody_without_its_certificate(
    certified: Approver, keygen: Keygen
) -> None:
    keygen.certificate("carol", "authority", "-n", "ana", "-V", FOR_YEARS)

    assert _code(_by(keygen, "carol"), _rules(certified)) == "key-unlisted"


def test_a_listed_key_signs_for_nobody_with_a_certificate_of_an_authority_that_is_not_listed(
    ana: Approver, keygen: Keygen
) -> None:
    keygen.certificate("ana", "mallory", "-n", "ana", "-V", FOR_YEARS)

    assert _code(_by(keygen, "ana-cert.pub"), _rules(ana)) == "key-unlisted"


def test_an_authority_signs_nothing_by_itself(certified: Approver, keygen: Keygen) -> None:
    assert _code(_by(keygen, "authority"), _rules(certified)) == "key-unlisted"


@pytest.mark.parametrize("revoked", ["authority", "carol"])
def test_a_revoked_authority_or_certified_key_is_refused(
    revoked: str, certified: Approver, keygen: Keygen
) -> None:
    keygen.certificate("carol", "authority", "-n", "ana", "-V", FOR_YEARS)
    rules = _rules(certified, revoked=(keygen.key(revoked).fingerprint,))

    assert _code(_by(keygen, "carol-cert.pub"), rules) == "key-revoked"


def test_the_keyid_of_a_certificate_is_that_of_the_key_in_it(
    certified: Approver, keygen: Keygen
) -> None:
    certificate = keygen.certificate("carol", "authority", "-n", "ana", "-V", FOR_YEARS)
    signature = _by(keygen, "carol-cert.pub")

    assert certificate.fingerprint == fingerprint_of(certificate.blob) != signature.keyid
    relabelled = replace(signature, keyid=certificate.fingerprint)
    assert _code(relabelled, _rules(certified)) == "key-relabelled"


def test_a_certificate_over_a_key_that_is_listed_for_somebody_else_is_refused(
    certified: Approver, bo: Approver, keygen: Keygen
) -> None:
    keygen.certificate("bo", "authority", "-n", "ana", "-V", FOR_YEARS)
    signature = _by(keygen, "bo-cert.pub")
    runner = Runner(name="ci", keys=(_listed(keygen.key("bo")),))

    assert _code(signature, _rules(certified, bo)) == "key-shared"
    assert _code(signature, _rules(certified, runners=(runner,))) == "key-shared"
    found = signer_of(signature, MESSAGE, _rules(certified), NOON, namespace=NAMESPACE)
    assert found is certified


def _of_token(flags: bytes) -> tuple[PublicKey, Signature]:
    """Sign as a security key does, touched or not."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    point = private.public_key().public_bytes_raw()
    key = of_blob(blob_of(Parts(kind=SK_ED25519, point=point, application=b"ssh:")))
    data = hashlib.sha256(signed_data(NAMESPACE, "sha512", MESSAGE)).digest()
    said = flags + bytes(4)
    made = private.sign(hashlib.sha256(b"ssh:").digest() + said + data)
    signature = string_of(SK_ED25519.encode()) + string_of(made) + said
    blob = Blob(public_key=key.blob, namespace=NAMESPACE, hash="sha512", signature=signature)
    return key, Signature(keyid=key.fingerprint, blob=binary(blob))


def test_a_security_key_must_be_touched_unless_the_policy_says_otherwise() -> None:
    key, touched = _of_token(b"\x01")
    _, untouched = _of_token(b"\x00")
    strict = _person("ana@example.org", _listed(key))
    easy = _person("ana@example.org", _listed(key, touch=False))

    for signature, person in ((touched, strict), (touched, easy), (untouched, easy)):
        rules = _rules(person)
        assert signer_of(signature, MESSAGE, rules, NOON, namespace=NAMESPACE) is person
    assert _code(untouched, _rules(strict)) == "signature-untouched"


def test_a_runner_signs_results_and_never_approves(ana: Approver, keygen: Keygen) -> None:
    runner = Runner(name="ci", keys=(_listed(keygen.key("ci")),))
    rules = _rules(ana, runners=(runner,))
    of_results = _by(keygen, "ci", RESULTS_NAMESPACE)

    found = runner_of(of_results, MESSAGE, rules, NOON, namespace=RESULTS_NAMESPACE)

    assert found is runner
    assert _code(_by(keygen, "ci"), rules) == "key-unlisted"
    with pytest.raises(Refused) as caught:
        runner_of(_by(keygen, "ana"), MESSAGE, rules, NOON, namespace=NAMESPACE)
    assert caught.value.code == "key-unlisted"
