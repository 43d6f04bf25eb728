"""A guard of the verifier stops what nothing else stops, or it is told why it is there."""

from __future__ import annotations

import traceback
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.sign.refusal import Refused
from tests.vectors.guards import SIGN, Guard, Place, guards, without
from tests.vectors.reading import OURS, POLICY_REFUSED, Policies, Verifier, judged, vectors

if TYPE_CHECKING:
    from collections.abc import Callable

    Attack = Callable[[Verifier], object]

ACCEPTED = "accepted"
HEAD, TAIL = "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n"
ARMOURS = {
    "text before the block": f"hello\n{HEAD}AAAA\n{TAIL}",
    "a block without base64": f"{HEAD}?\n{TAIL}",
    "a block in two lines": f"{HEAD}AA\nAA\n{TAIL}",
}
DEPTH = {
    "envelope.read: envelope-type": "written anew with the wanted type, the bytes differ",
    "envelope._signature: envelope-members": "a keyid that is no text cannot be sorted",
    "envelope._require_members: envelope-members": "what is dropped or missing is not written anew",
    "envelope._decoded: envelope-members": "base64 is of text alone",
    "envelope._decoded: envelope-base64": "it gives an error of base64 its code",
    "signatures.check: signature-namespace": "the key signs the namespace, too",
    "signers._certificate: signature-form": "it gives an error of reading a key its code",
    "signers._certificate: certificate-refused": "a certificate that is none is no listed key",
    "signers._only: key-unlisted": "there is nobody to return",
    "sshsig.parse: signature-form": "it bounds the work; no key signs what is larger",
    "sshsig.parse: signature-form (2)": "it gives an error of reading a signature its code",
    "sshsig.parse: signature-form (4)": "the empty namespace is not the wanted one, either",
    "sshsig.unarmoured: signature-armour": "the block is then written anew, and differs",
    "sshsig.unarmoured: signature-armour (2)": "it gives an error of base64 its code",
    "statement.read: statement-time": "it gives an error of reading a time its code",
    "statement._check_type: unknown-statement": "the schema has the type, too",
    "strict_json.read: byte-order-mark": "JSON does not begin with it, either",
    "strict_json.read: not-utf8": "it gives an error of reading UTF-8 its code",
    "strict_json._parsed: too-deep": "it gives an error of a full stack its code",
    "strict_json._parsed: not-json": "it gives an error of reading JSON its code",
    "strict_json._object: duplicate-member": "canonical bytes have no member twice",
    "strict_json._whole: number-too-large": "such a number cannot be written as RFC 8785 says",
    "strict_json._not_whole: not-whole": "nothing stands then for the number, and the bytes differ",
    "strict_json._check: too-deep": "no statement is as deep; it keeps recursion short",
    "strict_json._check_text: lone-surrogate": "half a character cannot be written as UTF-8",
    "verdict._check_statements: statement-missing": "there is no last day to look at",
    "verify._roles: roles-unfilled": "there are no roles to return",
}
"""Guards without which no attack gets through, and why: what else stops it, or what they do."""


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    return Policies(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def attacks(policies: Policies) -> dict[str, Attack]:
    """Everything that is refused, by its name."""
    stored: dict[str, Attack] = {
        one.name: partial(judged, one, policies)
        for one in vectors()
        if one.must_fail and one.reason != POLICY_REFUSED
    }
    return stored | {name: partial(_unarmour, text) for name, text in ARMOURS.items()}


@pytest.mark.usefixtures("untraced")
def test_a_guard_stops_what_nothing_else_stops_unless_it_is_told_why_it_is_there(
    attacks: dict[str, Attack],
) -> None:
    stopped = {name: _refusal(attack) for name, attack in attacks.items()}
    unreached, needless = [], []
    for guard in guards():
        reached = [attacks[name] for name, refusal in stopped.items() if _stops(guard, refusal)]
        with without(guard) as verifier:
            outcomes = {_outcome(attack, verifier) for attack in reached}
        if not outcomes:
            unreached.append(guard.name)
        elif ACCEPTED not in outcomes:
            needless.append(guard.name)

    assert unreached == []
    assert sorted(needless) == sorted(DEPTH)


def test_the_package_is_the_same_when_nothing_is_taken_out(attacks: dict[str, Attack]) -> None:
    with without(None) as verifier:
        outcomes = {name: _outcome(attack, verifier) for name, attack in attacks.items()}

    assert outcomes == {name: _refusal(attack).code for name, attack in attacks.items()}


def _stops(guard: Guard, refusal: Refused) -> bool:
    """Tell whether a refusal comes from a guard; a row's by what it compares."""
    module, line = _place(refusal)
    if guard.is_row:
        return module == guard.module and refusal.code == f"other-{guard.compares}"
    return guard.holds((module, line))


def _refusal(attack: Attack) -> Refused:
    with pytest.raises(Refused) as refused:
        attack(OURS)
    return refused.value


def _outcome(attack: Attack, verifier: Verifier) -> str:
    """Tell what becomes of an attack: accepted, refused by a code, or an error of another kind."""
    try:
        attack(verifier)
    except Exception as error:  # noqa: BLE001 a guard less, anything may happen
        return str(getattr(error, "code", type(error).__name__))
    return ACCEPTED


def _unarmour(text: str, verifier: Verifier) -> None:
    import_module(".sshsig", verifier.verify.__package__).unarmoured(text)


def _place(error: Refused) -> Place:
    """Return module and line of the ``raise``."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    path = Path(last.filename)
    assert path.parent == SIGN
    return path.stem, last.lineno or 0
