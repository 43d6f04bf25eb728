"""Payload to Statement: the one reading of what was signed, made of the very bytes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

from pytest_orr.json_shape import compiled
from pytest_orr.model import Outcome

from .bound import Attested, BoundCondition, BoundFile, BoundWaiver, Exempted, Result
from .refusal import Refused
from .strict_json import canonical, read_canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.json_shape import Fits

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "tag:pytest-orr,2026:signoff/v1"
GO, NO_GO = "GO", "NO_GO"
IMAGE = re.compile(r"(?P<name>.+)@sha256:(?P<digest>[0-9a-f]{64})")
COMMIT = "commit"
BOUND_BY_DIGEST = ("results", "report", "journal")
"""Subjects that stand behind commit and images, in this order."""
SEVERAL = "; "
"""Between the people of several waivers that cover one item."""
LONGEST_MESSAGE = 200

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What approvers put their keys under. Instants are aware UTC."""

    decision: str
    """``GO`` or ``NO_GO``."""
    reason: str
    """The words of a veto; empty otherwise."""
    verdict: str
    service: str
    environment: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    phase: str
    selection: str
    commit: str
    images: tuple[str, ...]
    tool: str
    """Name and version of the product that judged."""
    checklist_version: str
    checklist_sha256: str
    digests: tuple[tuple[str, str], ...]
    """SHA-256 by member or subject: ``policy_sha256``, ``facts_sha256``, ``results`` …"""
    started: datetime
    finished: datetime
    as_of: datetime
    not_before: datetime
    not_after: datetime
    seq: int
    authors: tuple[str, ...]
    results: tuple[Result, ...]
    waivers: tuple[BoundWaiver, ...]
    attestations: tuple[Attested, ...]
    exempted: tuple[Exempted, ...]
    conditions: tuple[BoundCondition, ...]
    weak_until: tuple[tuple[str, date], ...]
    """Settings that are weaker than the organisation's, with the last day of the permission."""
    evidence: tuple[BoundFile, ...]


@lru_cache(maxsize=4)
def read(payload: bytes) -> Statement:
    """Read a payload. Raises ``Refused`` for whatever is not exactly a statement of this kind.

    The same bytes are the same statement: who signs verifies them three times.
    """
    plain = read_canonical(payload)
    _check_type(plain)
    if not _fits()(plain):
        said = _misfit(plain)[:LONGEST_MESSAGE]
        raise Refused("statement-form", f"it is no statement of a review: {said}")
    if plain["subject"] != subjects(plain["predicate"], _digests_of_subjects(plain)):
        raise Refused(
            "statement-subjects", "its subjects are not commit, images, results, report, journal"
        )
    stated = (seen for one in plain["predicate"]["attestations"] for seen in one["evidence"])
    if plain["predicate"]["evidence"] != files_of(stated):
        raise Refused("statement-evidence", "its evidence is not the files of its statements")
    try:
        return _statement(plain)
    except ValueError as wrong:
        raise Refused("statement-time", f"it names a time that does not exist: {wrong}") from wrong


def subjects(predicate: Plain, digests: Plain) -> list[Plain]:
    """Return what a statement is about: ``digests`` are the commit's and those of documents.

    An image without a digest is no subject.
    """
    matches = (IMAGE.fullmatch(image) for image in sorted(predicate["images"]))
    return [
        {"name": COMMIT, "digest": {"gitCommit": digests[COMMIT]}},
        *({"name": m["name"], "digest": {"sha256": m["digest"]}} for m in matches if m),
        *({"name": name, "digest": {"sha256": digests[name]}} for name in BOUND_BY_DIGEST),
    ]


def files_of(evidence: Iterable[Plain]) -> list[Plain]:
    """Return the files among what statements rest on, each once, sorted by name."""
    files = {
        (seen["ref"], seen["sha256"], seen["size"])
        for seen in evidence
        if seen["sha256"] and seen["size"] is not None
    }
    return [{"name": ref, "sha256": digest, "size": size} for ref, digest, size in sorted(files)]


def veto_of(payload: bytes, reason: str) -> bytes:
    """Return the payload of a veto: the same statement with NO_GO and the words of whoever objects.

    Raises ``Refused`` if the payload is no statement, or ``ValueError`` without words.
    """
    read(payload)
    if not reason.strip():
        raise ValueError("a veto needs a reason")
    plain: Plain = read_canonical(payload)
    return canonical(
        {**plain, "predicate": {**plain["predicate"], "decision": NO_GO, "reason": reason.strip()}}
    )


def schema() -> Plain:
    """Return the JSON Schema of ``statement.json`` as it is packaged."""
    name = "schemas/signoff-statement.schema.json"
    return dict(json.loads(resources.files("pytest_orr").joinpath(name).read_text("utf-8")))


@cache
def _fits() -> Fits:
    return compiled(schema())


def _misfit(plain: Any) -> str:
    """Return what is wrong with the form of a payload, in the words of a library that is slow."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 slow to load

    errors = islice(Draft202012Validator(schema()).iter_errors(plain), 1)
    return "".join(f"{error.json_path}: {error.message}" for error in errors)


def _check_type(plain: Any) -> None:
    """Refuse another kind or version before its members are looked at."""
    of = plain if isinstance(plain, dict) else {}
    said = of.get("_type"), of.get("predicateType")
    if said != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise Refused(
            "unknown-statement", f"it is no {PREDICATE_TYPE}: this version reads no other"
        )


def _digests_of_subjects(plain: Plain) -> Plain:
    first, *_, results, report, journal = plain["subject"]
    bound = (results, report, journal)
    return {
        COMMIT: first["digest"].get("gitCommit"),
        **{
            name: one["digest"].get("sha256")
            for name, one in zip(BOUND_BY_DIGEST, bound, strict=True)
        },
    }


def _statement(plain: Plain) -> Statement:
    said: Plain = plain["predicate"]
    digests = _digests_of_subjects(plain)
    return Statement(
        **_words(said),
        **_instants(said),
        accounts=tuple(said["accounts"]),
        regions=tuple(said["regions"]),
        commit=digests.pop(COMMIT),
        images=tuple(said["images"]),
        tool=f"{said['tool']['name']} {said['tool']['version']}",
        checklist_version=said["checklist"]["version"],
        checklist_sha256=said["checklist"]["sha256"],
        digests=(*digests.items(), *_own_digests(said)),
        seq=said["seq"],
        authors=tuple(said["author"]),
        results=tuple(map(_result, said["results"])),
        waivers=tuple(map(_waiver, said["waivers"])),
        attestations=tuple(
            Attested(item=one["item"], by=one["by"], until=date.fromisoformat(one["until"]))
            for one in said["attestations"]
        ),
        exempted=tuple(
            Exempted(item=one["item"], approver=one["approver"]) for one in said["not_applicable"]
        ),
        conditions=tuple(_condition(one) for one in said["notes"] if one["kind"] != "question"),
        weak_until=tuple(
            (one["key"], date.fromisoformat(one["until"])) for one in said["weakenings"]
        ),
        evidence=tuple(BoundFile(**one) for one in said["evidence"]),
    )


def _words(said: Plain) -> Plain:
    names = ("decision", "reason", "verdict", "service", "environment", "phase", "selection")
    return {name: said[name] for name in names}


def _instants(said: Plain) -> Plain:
    names = ("started", "finished", "as_of", "not_before", "not_after")
    return {name: _instant(said[name]) for name in names}


def _condition(one: Plain) -> BoundCondition:
    return BoundCondition(
        text=one["text"],
        is_settled=one["settled"],
        answered_by=one["answered_by"],
        accepted_by=one["accepted_by"],
    )


def _own_digests(said: Plain) -> tuple[tuple[str, str], ...]:
    own = tuple((name, said[name]) for name in sorted(said) if name.endswith("_sha256"))
    return (*own, ("tool", said["tool"]["sha256"]))


def _result(one: Plain) -> Result:
    waived = one.get("waived")
    return Result(
        id=one["id"],
        status=Outcome(one["status"]),
        sha256=one["sha256"],
        true_status=Outcome(waived["true_status"]) if waived else None,
    )


def _waiver(one: Plain) -> BoundWaiver:
    return BoundWaiver(
        item=one["item"],
        result_sha256=one["result_sha256"],
        true_status=Outcome(one["true_outcome"]),
        requesters=tuple(one["requester"].split(SEVERAL)),
        approvers=tuple(one["approver"].split(SEVERAL)),
        granted=date.fromisoformat(one["granted"]),
        expires=date.fromisoformat(one["expires"]),
        due=tuple(date.fromisoformat(condition["due"]) for condition in one["conditions"]),
    )


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
