"""SignOff to ``statement.json``: the in-toto statement that approvers put their keys under."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pytest_orr.model import Outcome, VerdictWord
from pytest_orr.sign.statement import (
    COMMIT,
    GO,
    NO_GO,
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    files_of,
    subjects,
)

from . import escape, notes, provenance_json, review_json, weakenings

if TYPE_CHECKING:
    from pytest_orr.model import Review, SignOff, Verdict

FILE_NAME = "statement.json"
CHECKLIST = "pytest-orr"
BOUND = ("by", "confirmed", "on", "until", "release", "covers", "authorship")
"""What of a person's statement stands in this one, beside its digest."""
MAY_LAUNCH = frozenset({VerdictWord.READY, VerdictWord.READY_WITH_WAIVERS})
USUAL_WINDOW = 14
"""Days for which a sign-off holds if the policy says nothing about signatures."""
INSTANT = "%Y-%m-%dT%H:%M:%SZ"

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
    predicate = {
        **_predicate(review, signoff.verdict),
        **_window(review),
        **provenance_json.digests(review.provenance),
        "results": results,
        "notes": notes.plain(review),
        "weakenings": weakenings.plain(review),
        **_said_by_people(items, {result["id"]: result["sha256"] for result in results}),
    }
    digests = {
        COMMIT: review.release.commit,
        "results": _digest(results),
        "report": report_sha256,
        "journal": journal_sha256,
    }
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": subjects(predicate, digests),
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }
    return _canonical(statement).decode()


def _predicate(review: Review, verdict: Verdict) -> Plain:
    bound = review.provenance
    tool, _, version = review.run.tool.partition(" ")
    may_launch = verdict.word in MAY_LAUNCH and not review.selection
    return {
        "decision": GO if may_launch else NO_GO,
        "reason": "",
        "verdict": verdict.word.value,
        "service": review.service,
        "environment": review.environment,
        "accounts": list(bound.accounts),
        "regions": list(bound.regions),
        "callers": provenance_json.callers(bound),
        "phase": review.phase,
        "selection": review.selection,
        "images": list(review.release.images),
        "tool": {"name": tool, "version": version, "sha256": bound.tool_sha256},
        "checklist": {
            "id": CHECKLIST,
            "version": bound.checklist_version,
            "sha256": review.run.suite,
        },
        "run_id": review.run.id,
        "author": list(bound.authors),
        "supersedes": bound.supersedes or None,
    }


def _window(review: Review) -> Plain:
    """Return from when on and for how long a sign-off of this run may hold, and its number."""
    run, signing = review.run, review.provenance.signing
    finished = max(run.started, review.provenance.finished)
    ended = datetime.strptime(f"{finished}+0000", f"{INSTANT}%z")
    days = signing.max_days if signing else USUAL_WINDOW
    return {
        "started": run.started,
        "finished": finished,
        "as_of": run.as_of,
        "not_before": max(finished, run.as_of),
        "not_after": (ended + timedelta(days=days)).strftime(INSTANT),
        "seq": int(ended.timestamp()),
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
        "evidence": files_of(seen for item in items for seen in item["evidence"]),
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


def _result(item: Plain) -> Plain:
    result = {"id": item["id"], "status": item["outcome"], "sha256": _digest(item)}
    if item["outcome"] == Outcome.WAIVED and item["waiver"]:
        result["waived"] = {"true_status": item["waiver"]["true_outcome"]}
    return result


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
