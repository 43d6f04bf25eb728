"""The sign-off of a release before: verified by what is still known of it, at the instant it went.

Nobody has the checkout, the suite and the accounts of then. What a verifier knows are the release's
commit, when it went, and by which policy people could sign. Everything else is held against itself:
a statement that its signers have signed must not contradict what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import envelope as envelopes
from .expected import Expected
from .statement import read
from .verify import refuse_vetoed, verify, verify_veto

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_orr.profile.signoff import SignoffRules

    from .statement import Statement
    from .verify import Verified

PHASE = "launch"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRelease:
    """What is known of a release that has gone."""

    service: str
    environment: str
    commit: str
    """Whole, as the forge has it."""
    at: datetime
    """When it went, aware UTC: keys and window must hold then."""
    rules: SignoffRules
    """Who may sign: of the policy of then, or of today's."""
    policy_sha256: str = ""
    """Of the policy of then; empty if today's rules are used, which bind nothing of then."""
    longest_waiver: int
    """Days that a waiver of that policy may last at most, of whatever severity."""


def verify_earlier(raw: bytes, release: EarlierRelease, veto: bytes | None = None) -> Verified:
    """Return what the envelope signs off, if it is the release that went, and nobody objected.

    ``veto`` is the envelope that lies beside it. Raises ``Refused`` as ``verify`` does.
    """
    said = read(envelopes.read(raw).payload)
    expected = _expected(said, release)
    verified = verify(raw, expected)
    if veto is not None and (found := verify_veto(veto, expected)):
        refuse_vetoed(verified.statement, found)
    return verified


def _expected(said: Statement, release: EarlierRelease) -> Expected:
    ids = [result.id for result in said.results]
    approvers = {one.approver for one in said.exempted}
    approvers |= {email for waiver in said.waivers for email in waiver.approvers}
    approvers |= {one.accepted_by for one in said.conditions}
    return Expected(
        service=release.service,
        environment=release.environment,
        accounts=said.accounts,
        regions=said.regions,
        commit=release.commit,
        images=said.images,
        checklist_version=said.checklist_version,
        checklist_sha256=said.checklist_sha256,
        items=dict.fromkeys(ids, PHASE),
        phase=PHASE,
        rules=release.rules,
        policy_sha256=release.policy_sha256 or dict(said.digests)["policy_sha256"],
        longest_waiver=dict.fromkeys(ids, release.longest_waiver),
        may_approve=approvers,
        at=release.at,
    )
