"""With which key somebody signs, and whose that is: asked, or given by flags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.ssh_keygen import public_key_of
from pytest_orr.errors import OrrError
from pytest_orr.profile.service import same_person
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.signers import signer_by
from pytest_orr.signing_off.standing import holders, plain_key

from .asking import Question, WrongUse

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_orr.profile.signoff import Approver, SignoffRules
    from pytest_orr.sign.expected import Expected
    from pytest_orr.ssh_keys.public_keys import PublicKey

    from .asking import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """A key's file, and the key that it signs with."""

    file: Path
    public: PublicKey
    """The key, or its certificate."""

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the key itself."""
        return plain_key(self.public.blob).fingerprint


def asked_pen(arguments: argparse.Namespace, asking: Asking, rules: SignoffRules | None) -> Pen:
    """Ask for a key's file; Enter stands for the first of this person's that the policy lists."""
    proposed = next(_listed_here(rules), None) if rules and asking.is_terminal else None
    question = Question(
        label="Sign with the key",
        flag="--key",
        read=lambda text: Path(text).expanduser(),
        given=arguments.key,
        enter=str(proposed) if proposed else None,
    )
    file = asking.ask(question)
    return Pen(file=file, public=public_key_of(file))


def person_of(pen: Pen, expected: Expected, email: str | None) -> Approver:
    """Return whose key it is; ``email`` says whose it should be, or nothing.

    Raises ``Refused`` for a key of nobody or one that does not count now, and ``WrongUse`` for
    another person's.
    """
    rules = expected.rules
    found = holders(pen.public, rules)
    if not found:
        told = f"policy.toml lists {pen.fingerprint} for nobody; another key signs by --key"
        raise Refused("key-unlisted", told)
    if email is not None and not any(same_person(one.email, email) for one in found):
        theirs = " and ".join(one.email for one in found)
        raise WrongUse(f"{pen.file} is the key of {theirs}, not of {email}; nothing was written.")
    return signer_by(pen.public.blob, rules, expected.at)


def _listed_here(rules: SignoffRules) -> Iterator[Path]:
    """Yield the public keys in the usual place that the policy lists."""
    for file in sorted((Path.home() / ".ssh").glob("*.pub")):
        try:
            if holders(public_key_of(file), rules):
                yield file
        except (OrrError, ValueError, OSError):
            continue  # whatever else lies there is no key to propose
