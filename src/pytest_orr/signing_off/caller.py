"""What a verifier demands, read from its own checkout and never from what it verifies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.clients.organisation_file import read_pinned
from pytest_orr.errors import NeededFileMissing
from pytest_orr.profile.load import load
from pytest_orr.profile.standing import APPROVING
from pytest_orr.profile.strengthening import strengthened
from pytest_orr.record.review import lost_item
from pytest_orr.sign.expected import Expected

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.profile.load import Written
    from pytest_orr.profile.signoff import SignoffRules
    from pytest_orr.suite import Suite

POLICY = "policy.toml"
NO_RULES = "says nobody who may sign off: it has no [signoff]."
DECLARE = "Name the approvers, their roles and keys there, and let it be reviewed."
MEMBERS = {
    "readiness.toml": "profile_sha256",
    "attestations.toml": "attestations_sha256",
    "waivers.toml": "waivers_sha256",
    "review-notes.toml": "notes_sha256",
    "organisation.toml": "organisation_sha256",
}
"""By which member a statement binds each file that people write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The suite and the written files of whoever asks, read and checked."""

    suite: Suite
    """With items as the policy judges them."""
    profile: Path
    written: Written
    rules: SignoffRules

    def expected(
        self, *, at: datetime, phase: str, commit: str = "", last_seq: int = -1
    ) -> Expected:
        """Return what a sign-off is held against at an instant, aware UTC."""
        service, release = self.written.profile.service, self.written.profile.release
        accounts = self.written.profile.aws.accounts if self.written.profile.aws else ()
        gate, digests = self.written.policy.gate, dict(self.written.digests)
        return Expected(
            service=service.name,
            environment=service.environment,
            accounts=tuple(one.id for one in accounts),
            regions=tuple(sorted({region for one in accounts for region in one.regions})),
            commit=commit or release.commit,
            images=release.images,
            checklist_version=self.suite.version,
            checklist_sha256=self.suite.sha256,
            items={one.id: one.phase for one in self.suite.items},
            phase=phase,
            rules=self.rules,
            policy_sha256=digests[POLICY],
            unwaivable=frozenset(gate.unwaivable),
            longest_waiver={
                one.id: getattr(gate.longest_waiver, one.severity) for one in self.suite.items
            },
            may_approve=frozenset(
                one.email for one in service.people if set(APPROVING) & set(one.roles)
            ),
            authors=release.asked_by,
            at=at,
            last_seq=last_seq,
            files={member: digests.get(name, "") for name, member in MEMBERS.items()},
        )


def read_caller(suite: Suite, profile: Path, *, at: datetime, policy: Path | None = None) -> Caller:
    """Read what people wrote beside ``profile``; ``policy`` may lie elsewhere.

    Raises ``InvalidInput`` (22) for what a run would refuse, ``NeededFileMissing`` (4) for a file
    that is not there and for a policy that names nobody who may sign.
    """
    if policy is not None and not policy.is_file():
        raise NeededFileMissing(f"{policy} is not there.", "Name the policy that is in force.")
    written = load(
        profile,
        items=(*suite.items, *map(lost_item, suite.lost)),
        as_of=at.astimezone(UTC).date(),
        instead={POLICY: policy.read_bytes()} if policy else {},
        pinned=read_pinned,
    )
    rules = written.policy.signoff
    if rules is None:
        raise NeededFileMissing(f"{policy or profile.with_name(POLICY)} {NO_RULES}", DECLARE)
    items = strengthened(suite.items, written.policy.gate)
    judged = replace(suite, items=items)
    return Caller(suite=judged, profile=profile, written=written, rules=rules)
