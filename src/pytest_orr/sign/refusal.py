"""Why a sign-off is refused: one exception, and one table of everything that it may say."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orr.errors import OrrError

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_BYTES: Mapping[str, str] = MappingProxyType(
    {
        "too-large": "it has more bytes than a sign-off may have",
        "byte-order-mark": "it begins with a byte order mark",
        "not-utf8": "it is not UTF-8",
        "not-json": "it is not JSON",
        "duplicate-member": "an object names a member twice",
        "not-whole": "it has a number that is not whole",
        "number-too-large": "it has a number that not everybody reads alike",
        "too-deep": "it is nested too deeply",
        "lone-surrogate": "it has a character that is none",
        "not-canonical": "it is not in the one form that RFC 8785 gives it",
    }
)
OF_ENVELOPES: Mapping[str, str] = MappingProxyType(
    {
        "envelope-members": "the envelope has other members than it must have",
        "envelope-type": "the envelope holds something else than it should",
        "envelope-base64": "a part of the envelope is not base64",
        "signature-count": "the envelope has no signature, or too many",
    }
)
OF_SIGNATURES: Mapping[str, str] = MappingProxyType(
    {
        "signature-form": "a signature is not one as ssh-keygen makes it",
        "signature-armour": "an armoured signature is not one block with nothing beside it",
        "signature-hash": "a signature hashes in a way that is not trusted",
        "signature-namespace": "a signature was made for another purpose",
        "signature-invalid": "a signature is not its key's over these bytes",
        "signature-untouched": "a security key signed although nobody touched it",
    }
)
OF_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "key-relabelled": "a signature's keyid is not the fingerprint of the key inside it",
        "key-weak": "a signature's key must not be trusted",
        "key-unlisted": "nobody in policy.toml has a signature's key",
        "key-shared": "two people in policy.toml have a signature's key",
        "key-revoked": "a signature's key is revoked",
        "key-too-early": "a signature's key holds only later",
        "key-expired": "a signature's key holds no more",
        "certificate-refused": "a signature's certificate cannot be trusted",
        "certificate-not-valid": "a signature's certificate does not hold at this time",
    }
)
OF_STATEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "unknown-statement": "the statement is of another kind or version",
        "statement-form": "the statement does not fit its schema",
        "statement-subjects": "the statement's subjects are not those that it must have",
        "statement-evidence": "the statement's evidence is not the files of people's statements",
        "statement-time": "the statement names a day or an instant that does not exist",
    }
)
OF_BINDING: Mapping[str, str] = MappingProxyType(
    {
        "short-commit": "the statement's commit id is abbreviated, which binds nothing",
        "other-service": "it is for another service",
        "other-environment": "it is for another environment",
        "other-accounts": "it is for other AWS accounts",
        "other-regions": "it is for other AWS regions",
        "other-commit": "it is for another commit",
        "other-images": "it is for other container images",
        "other-phase": "it is for another phase",
        "other-checklist": "it was judged by another checklist",
        "other-policy": "it was judged by another policy.toml",
        "other-authors": "it leaves out somebody who made the release or asked for it",
        "other-files": "it was judged by other files of the team",
        "other-facts": "it was judged by other facts",
        "other-results": "it is for another list of results",
        "other-report": "it is for another page than the one that is there",
        "other-journal": "it is for another journal",
        "other-tool": "it was judged by another build of this product",
        "other-evidence": "a file on which it rests is not there, or is another one",
        "other-statement": "it is for another statement than the one that is there",
    }
)
OF_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "results-disordered": "its results are not sorted by id, each once",
        "results-incomplete": "its results are not exactly those of the checklist's items",
        "results-digest": "its results are not those of its subject",
    }
)
OF_TIME: Mapping[str, str] = MappingProxyType(
    {
        "window-disordered": "it ends before it begins, or begins before its run ended",
        "window-too-long": "it holds for longer than the policy allows",
        "not-yet-valid": "it holds only later",
        "expired": "it holds no more",
        "judged-too-long-ago": "the instant by which it was judged is too long ago",
        "sequence-forged": "its sequence number is not the instant at which its run ended",
        "superseded": "a newer sign-off of the service was seen already",
    }
)
OF_VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "no-go": "it says that the service may not launch",
        "selection": "its run left out a part of the suite",
        "not-met": "an item that counts is not met",
        "nothing-checked": "no item that counts was checked",
        "condition-open": "a condition of a reviewer is not settled",
        "condition-unaccepted": "no reviewer accepted the answer to a condition",
        "verdict-differs": "its verdict is not what its results amount to",
        "waiver-missing": "an item is waived without a waiver, or has several",
        "waiver-of-another": "a waiver is for another result",
        "waiver-impossible": "a waiver covers what none can: only failures and open questions",
        "waiver-forbidden": "a waiver covers an item that nobody may waive",
        "waiver-unapproved": "a waiver was approved by somebody who may not",
        "waiver-by-requester": "a waiver was approved by who asked for it",
        "waiver-by-author": "a waiver was approved by who made the release or asked for it",
        "waiver-too-long": "a waiver lasts longer than the policy allows",
        "waiver-early": "a waiver was granted only after it is looked at",
        "waiver-expired": "a waiver holds no more",
        "waiver-overdue": "the work on which a waiver depends is overdue",
        "statement-missing": "an item is attested, and nobody stated it",
        "statement-expired": "a person's statement holds no more",
        "exemption-missing": "an item is not applicable, and nobody said so",
        "exemption-unapproved": "who said that an item does not apply may not say so",
        "exemption-by-author": "who made the release said that an item does not apply",
        "weakening-expired": "the permission for a weaker setting holds no more",
    }
)
OF_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "key-repeated": "a key has signed twice",
        "roles-unfilled": "who signed cannot fill every role, each person one",
        "no-veto": "what should be a veto is none",
        "vetoed": "somebody who may approve has vetoed the release",
    }
)
OF_REPORTS: Mapping[str, str] = MappingProxyType(
    {
        "report-cut": "its journal has no end: the run was cut short",
        "report-differs": "a file of its report is not what its journal says",
        "facts-changed": "a fact does not fit its digest",
        "evidence-changed": "a file of its evidence does not fit its digest",
        "clocks-apart": "the clocks of those who were asked differ too much to sign",
        "replay-failed": "its facts could not be judged again",
        "replay-differs": "its facts, judged again, give something else",
    }
)
"""Of files beside a sign-off; the vectors, which have none, know nothing of these."""
OF_DRIFT: Mapping[str, str] = MappingProxyType(
    {
        "drifted": "something that it binds is another thing now",
        "not-read-again": "something that it binds could not be read again",
        "live-failed": "items could not be judged again",
    }
)
"""Of what runs now, which ``orr verify --live`` alone looks at."""
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        **OF_BYTES,
        **OF_ENVELOPES,
        **OF_SIGNATURES,
        **OF_KEYS,
        **OF_STATEMENTS,
        **OF_BINDING,
        **OF_RESULTS,
        **OF_TIME,
        **OF_VERDICTS,
        **OF_ROLES,
        **OF_REPORTS,
        **OF_DRIFT,
    }
)
"""Every code with what it means. Codes are never reused: vectors and pipelines know them."""


REMEDIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Name a signoff.json as `orr sign` wrote it, whole and unchanged.": {
            **OF_BYTES,
            **OF_ENVELOPES,
            **OF_SIGNATURES,
            **OF_STATEMENTS,
        },
        "Let that person sign with a key that policy.toml lists and that holds.": OF_KEYS,
        "Verify it in the checkout of its release; if that is this one, run `pytest readiness/`"
        " and have the new review signed.": OF_BINDING,
        "Run `pytest readiness/` and have the new review signed.": {
            **OF_RESULTS,
            **OF_TIME,
            **OF_REPORTS,
        },
        "Mend it, run `pytest readiness/`, and have the new review signed.": OF_VERDICTS,
        "Have it signed by whoever lacks: `orr sign` names them.": OF_ROLES,
        "Do not launch by it: find out what changed, run `pytest readiness/`, and have the new"
        " review signed.": OF_DRIFT,
    }
)
"""What to do, with the codes after which it is to be done."""
VETOED = "Do not launch: settle with who vetoed it what they name."


def remedy_of(code: str) -> str:
    """Return what to do after a refusal."""
    if code == "vetoed":
        return VETOED
    return next(remedy for remedy, codes in REMEDIES.items() if code in codes)


class Refused(OrrError):
    """A sign-off, or a part of it, that must not be believed (exit code 1).

    ``code`` is one of ``REFUSALS``; the text says what was found; ``remedy`` is what to do, if it
    is not what is usual for the code.
    """

    exit_code = 1

    def __init__(self, code: str, text: str, remedy: str = "") -> None:
        assert code in REFUSALS, f"{code} is no code of a refusal"
        super().__init__(text)
        self.code = code
        self._remedy = remedy or remedy_of(code)

    def diagnostics(self) -> str:
        """Say that it is refused, by which code and why, and what to do."""
        return f"refused: {self.code}: {self}. {self._remedy}"
