"""The provenance of a review as plain JSON values: rules, files, accounts, who must sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_orr.model import Provenance, Signing

Plain = dict[str, Any]
FILES = ("profile", "attestations", "waivers", "policy", "notes", "organisation")


def plain(provenance: Provenance) -> Plain:
    """Return all of it."""
    return {
        **digests(provenance),
        "checklist_version": provenance.checklist_version,
        "tool_sha256": provenance.tool_sha256,
        "finished": provenance.finished,
        "authors": list(provenance.authors),
        "supersedes": provenance.supersedes,
        "signing": _signing(provenance.signing),
        "accounts": list(provenance.accounts),
        "regions": list(provenance.regions),
        "callers": callers(provenance),
    }


def digests(provenance: Provenance) -> Plain:
    """Return the SHA-256 of each file that people wrote, and that of the facts."""
    return {
        **{f"{name}_sha256": getattr(provenance, f"{name}_sha256") for name in FILES},
        "facts_sha256": provenance.facts_sha256,
    }


def callers(provenance: Provenance) -> list[Plain]:
    """Return whose credentials asked each account, and how much they may do."""
    return [
        {"account": one.account, "arn": one.arn, "width": one.width, "why": one.why}
        for one in provenance.callers
    ]


def _signing(signing: Signing | None) -> Plain | None:
    if signing is None:
        return None
    return {
        "need": [{"role": one.role, "people": one.people} for one in signing.need],
        "max_days": signing.max_days,
        "solo": signing.solo,
    }
