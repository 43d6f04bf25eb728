"""By which rules, files and product a run judged, for whoever signs it."""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution
from typing import TYPE_CHECKING

from .collect.aws_identities import AwsIdentities, callers_of
from .collect.delivery.earlier_sign_offs import EarlierSignOffs
from .collect.delivery.tagged_releases import TaggedReleases
from .collect.snapshot import facts_sha256, last_read, value_in
from .model import Need, Provenance, Signing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import Distribution
    from pathlib import Path

    from .collect.delivery.tagged_releases import TaggedReleaseFacts
    from .model import AwsCaller, RunBlock
    from .profile.load import Written
    from .profile.schema import Policy, Profile

DISTRIBUTION = "pytest-orr"
PACKAGE = "pytest_orr/"


def provenance_of(
    written: Written, facts: Path, *, run: RunBlock, checklist_version: str
) -> Provenance:
    """Return all of it; ``facts`` is the run's own ``facts.json``, which need not be there."""
    digests = dict(written.digests)
    accounts = written.profile.aws.accounts if written.profile.aws else ()
    has_facts = facts.exists()
    return Provenance(
        profile_sha256=digests["readiness.toml"],
        attestations_sha256=digests["attestations.toml"],
        waivers_sha256=digests["waivers.toml"],
        policy_sha256=digests["policy.toml"],
        notes_sha256=digests["review-notes.toml"],
        organisation_sha256=digests.get("organisation.toml", ""),
        facts_sha256=facts_sha256(facts) if has_facts else "",
        checklist_version=checklist_version,
        tool_sha256=tool_sha256(distribution(DISTRIBUTION)),
        finished=max(run.started, last_read(facts) if has_facts else ""),
        authors=authors_of(
            written.profile, value_in(facts, TaggedReleases()) if has_facts else None
        ),
        supersedes=_superseded(facts) if has_facts else "",
        signing=_signing(written.policy),
        accounts=tuple(account.id for account in accounts),
        regions=tuple(sorted({region for one in accounts for region in one.regions})),
        callers=_callers(facts) if has_facts else (),
    )


def tool_sha256(installed: Distribution) -> str:
    """Return a digest over the product's files as its RECORD lists them, each by its own.

    What is installed for editing has no such list, so its version and that word stand for it.
    """
    record = installed.read_text("RECORD") or ""
    files = sorted(line for line in record.splitlines() if line.startswith(PACKAGE))
    content = "\n".join(files) if files else f"{installed.version} editable"
    return hashlib.sha256(content.encode()).hexdigest()


def authors_of(profile: Profile, tagged: Iterable[TaggedReleaseFacts] | None) -> tuple[str, ...]:
    """Return who made the release or asked for it: they fill the role service at most.

    ``tagged`` is the fact ``tagged_releases``, if it was seen.
    """
    taggers = {tagger for one in tagged or () for tagger in _taggers(one)}
    return tuple(sorted({*profile.release.asked_by, *taggers}))


def _taggers(fact: TaggedReleaseFacts) -> Iterator[str]:
    for tag in fact.tags:
        seen = tag.signature.observed
        if seen is not None and seen.is_of_release and seen.tagger:
            yield seen.tagger


def _superseded(facts: Path) -> str:
    """Return what was signed for the release before, if its sign-off was verified and holds."""
    parts = value_in(facts, EarlierSignOffs()) or ()
    seen = (part.observed for part in parts if part.observed and part.observed.is_genuine)
    return next((one.payload_sha256 for one in seen), "")


def _signing(policy: Policy) -> Signing | None:
    rules = policy.signoff
    if rules is None:
        return None
    need = tuple(Need(role=role, people=count) for role, count in rules.need.items())
    return Signing(need=need, max_days=rules.max_days, solo=rules.solo)


def _callers(facts: Path) -> tuple[AwsCaller, ...]:
    return callers_of(value_in(facts, AwsIdentities()) or ())
