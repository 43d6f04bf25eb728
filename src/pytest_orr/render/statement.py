"""SignOff to ``statement.json``: the in-toto statement that approvers put their keys under."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from . import escape, notes, review_json, weakenings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import Review, SignOff, Verdict

FILE_NAME = "statement.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "tag:pytest-orr,2026:readiness-review/v1"
BOUND = ("by", "confirmed", "on", "until", "release", "covers", "authorship")
"""What of a person's statement stands in this one, beside its digest."""
IMAGE = re.compile(r"(?P<name>.+)@sha256:(?P<digest>[0-9a-f]{64})")

Plain = dict[str, Any]


def render(signoff: SignOff, *, report_sha256: str, journal_sha256: str) -> str:
    """Return the statement as RFC 8785 canonical JSON: no line end, every byte is signed.

    ``report_sha256`` is the digest of the HTML report's bytes, ``journal_sha256`` the digest of
    the journal's item records sorted by id.
    """
    review = signoff.review
    ordered = sorted(review.items, key=lambda one: one.spec.id)
    items = [review_json.item(one) for one in ordered]
    results = [_result(item) for item in items]
    digests = {"results": _digest(results), "report": report_sha256, "journal": journal_sha256}
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": "commit", "digest": {"gitCommit": review.release.commit}},
            *_images(review),
            *({"name": name, "digest": {"sha256": value}} for name, value in digests.items()),
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            **_predicate(review, signoff.verdict, results),
            **_rules(review),
            "notes": notes.plain(review),
            "weakenings": weakenings.plain(review),
            **_said_by_people(items, {result["id"]: result["sha256"] for result in results}),
        },
    }
    return _canonical(statement).decode()


def _predicate(review: Review, verdict: Verdict, results: list[Plain]) -> Plain:
    return {
        "service": review.service,
        "environment": review.environment,
        "accounts": list(review.provenance.accounts),
        "regions": list(review.provenance.regions),
        "callers": review_json.callers(review.provenance),
        "phase": review.phase,
        "selection": review.selection,
        "images": list(review.release.images),
        "tool": review.run.tool,
        "run_id": review.run.id,
        "started": review.run.started,
        "as_of": review.run.as_of,
        "verdict": verdict.word.value,
        "results": results,
    }


def _rules(review: Review) -> Plain:
    bound = review.provenance
    return {
        "checklist": {"sha256": review.run.suite},
        "policy_sha256": bound.policy_sha256,
        "profile_sha256": bound.profile_sha256,
        "attestations_sha256": bound.attestations_sha256,
        "waivers_sha256": bound.waivers_sha256,
        "notes_sha256": bound.notes_sha256,
        "organisation_sha256": bound.organisation_sha256,
        "facts_sha256": bound.facts_sha256,
    }


def _said_by_people(items: list[Plain], result_sha256: dict[str, str]) -> Plain:
    return {
        "waivers": [
            {"item": item["id"], "result_sha256": result_sha256[item["id"]], **item["waiver"]}
            for item in items
            if item["waiver"]
        ],
        "attestations": [_attestation(item) for item in items if item["attestation"]],
        "not_applicable": [
            {"item": item["id"], **item["not_applicable"]}
            for item in items
            if item["not_applicable"]
        ],
        "evidence": list(_evidence(items)),
    }


def _attestation(item: Plain) -> Plain:
    said = {**item["attestation"], "evidence": item["evidence"]}
    bound = {key: said[key] for key in BOUND}
    return {
        "item": item["id"],
        "statement_sha256": _digest(said),
        **bound,
        "evidence": item["evidence"],
    }


def _evidence(items: list[Plain]) -> Iterator[Plain]:
    files = {(seen["ref"], seen["sha256"]) for item in items for seen in item["evidence"]}
    return ({"name": ref, "sha256": digest} for ref, digest in sorted(files) if digest)


def _result(item: Plain) -> Plain:
    return {"id": item["id"], "status": item["outcome"], "sha256": _digest(item)}


def _images(review: Review) -> Iterator[Plain]:
    for image in sorted(review.release.images):
        if match := IMAGE.fullmatch(image):
            yield {"name": match["name"], "digest": {"sha256": match["digest"]}}


def _digest(value: Any) -> str:
    return sha256(_canonical(value)).hexdigest()


def _canonical(value: Any) -> bytes:
    """Return RFC 8785's bytes of text, truth values, small whole numbers, and keys in ASCII.

    For these, which are all that a statement holds, Python's own encoder writes the same.
    """
    text = _compact(value)
    if escape.SURROGATES.search(text):
        text = _compact(_well_formed(value))
    return text.encode()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _well_formed(value: Any) -> Any:
    match value:
        case str():
            return escape.well_formed(value)
        case dict():
            return {key: _well_formed(member) for key, member in value.items()}
        case list():
            return [_well_formed(member) for member in value]
        case _:
            return value
