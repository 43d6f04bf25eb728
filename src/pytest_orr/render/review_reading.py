"""``review.json`` to Review: every mistake at once, and nothing is guessed."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import InvalidInput
from pytest_orr.json_shape import compiled
from pytest_orr.model import (
    AwsCaller,
    Condition,
    Ending,
    Evidence,
    FactSeen,
    Finding,
    ItemResult,
    ItemSpec,
    Need,
    NotApplicable,
    Notice,
    Outcome,
    Person,
    Provenance,
    Release,
    Review,
    ReviewNote,
    RunBlock,
    Signing,
    StatementUsed,
    WaiverUsed,
    Weakening,
)

if TYPE_CHECKING:
    from pytest_orr.json_shape import Fits

Plain = dict[str, Any]
SHOWN_MISTAKES = 20


def schema() -> Plain:
    """Return the JSON Schema of ``review.json`` as it is packaged."""
    text = resources.files("pytest_orr").joinpath("schemas/review.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def read(text: str) -> Review:
    """Rebuild the review. Raises ``InvalidInput`` with everything that is wrong with the text."""
    plain = _parse(text)
    _check_shape(plain)
    _check_ids([item["id"] for item in plain["items"]])
    return Review(
        service=plain["service"],
        environment=plain["environment"],
        release=Release(**_tuples(plain["release"])),
        phase=plain["phase"],
        run=RunBlock(**plain["run"]),
        provenance=_provenance(plain["provenance"]),
        people=tuple(Person(**_tuples(person)) for person in plain["people"]),
        items=tuple(_item(item) for item in plain["items"]),
        notices=tuple(Notice(**notice) for notice in plain["notices"]),
        notes=tuple(ReviewNote(**note) for note in plain["notes"]),
        endings=tuple(Ending(**one) for one in plain["endings"]),
        weakenings=tuple(Weakening(**one) for one in plain["weakenings"]),
        selection=plain["selection"],
    )


def _provenance(plain: Plain) -> Provenance:
    callers = tuple(AwsCaller(**caller) for caller in plain["callers"])
    signing = _signing(said) if (said := plain["signing"]) else None
    return Provenance(**{**_tuples(plain), "callers": callers, "signing": signing})


def _signing(plain: Plain) -> Signing:
    need = tuple(Need(**one) for one in plain["need"])
    return Signing(need=need, max_days=plain["max_days"], solo=plain["solo"])


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_unrepeated, parse_constant=_refuse, parse_float=_refuse
        )
    except (ValueError, RecursionError) as error:
        cause = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InvalidInput((f"review.json: not readable as JSON: {cause}",)) from error


def _unrepeated(pairs: list[tuple[str, Any]]) -> Plain:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"key given twice: {', '.join(twice)}")
    return members


def _refuse(number: str) -> Any:
    raise ValueError(f"{number} where only integers occur")


@cache
def _fits() -> Fits:
    return compiled(schema())


def _check_shape(plain: Any) -> None:
    if not _fits()(plain):
        _tell_mistakes(plain)


def _tell_mistakes(plain: Any) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 slow, and most reviews fit

    found = sorted(
        Draft202012Validator(schema()).iter_errors(plain),
        key=lambda error: list(map(str, error.path)),
    )
    mistakes = [f"review.json: {error.json_path}: {_short(error.message)}" for error in found]
    if len(mistakes) > SHOWN_MISTAKES:
        mistakes[SHOWN_MISTAKES:] = [f"review.json: and {len(mistakes) - SHOWN_MISTAKES} more"]
    raise InvalidInput(tuple(mistakes))


def _short(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:100]} … {message[-99:]}"


def _check_ids(ids: list[str]) -> None:
    mistakes = tuple(
        f"review.json: item {after!r} stands after {before!r}: every id once, sorted"
        for before, after in pairwise(ids)
        if before >= after
    )
    if mistakes:
        raise InvalidInput(mistakes)


def _tuples(plain: Plain) -> Plain:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()}


def _item(plain: Plain) -> ItemResult:
    return ItemResult(
        spec=_spec(plain),
        outcome=Outcome(plain["outcome"]),
        gated=plain["gated"],
        reason=plain["reason"],
        remedy=plain["remedy"],
        findings=tuple(_finding(finding) for finding in plain["findings"]),
        facts=tuple(FactSeen(**_tuples(fact)) for fact in plain["facts"]),
        attestation=_statement(plain),
        waiver=_waiver(plain["waiver"]),
        not_applicable=NotApplicable(**agreed) if (agreed := plain["not_applicable"]) else None,
        traceback=plain["traceback"],
    )


def _spec(plain: Plain) -> ItemSpec:
    names = ItemSpec.__dataclass_fields__.keys() - {"facts"}
    return ItemSpec(
        **_tuples({name: plain[name] for name in names}), facts=tuple(plain["facts_asked"])
    )


def _finding(plain: Plain) -> Finding:
    return Finding(**{**plain, "outcome": Outcome(plain["outcome"])})


def _statement(plain: Plain) -> StatementUsed | None:
    if plain["attestation"] is None:
        return None
    evidence = tuple(Evidence(**seen) for seen in plain["evidence"])
    return StatementUsed(**_tuples(plain["attestation"]), evidence=evidence)


def _waiver(plain: Plain | None) -> WaiverUsed | None:
    if plain is None:
        return None
    conditions = tuple(Condition(**one) for one in plain["conditions"])
    true = Outcome(plain["true_outcome"])
    return WaiverUsed(**{**plain, "true_outcome": true, "conditions": conditions})
