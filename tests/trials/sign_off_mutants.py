"""Good sign-offs changed by chance: their bytes, members, signatures, and what is expected."""

from __future__ import annotations

import base64
import json
import re
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import rfc8785

from pytest_orr.model import PHASES, Outcome, VerdictWord
from tests.vectors.draft import Draft, Plain, canonical, digest, envelope

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pytest_orr.sign.expected import Expected

    Where = tuple[str | int, ...]

OTHER = "e" * 64
VALUES: Sequence[Any] = (
    *(None, True, False, 0, 1, -1, 2**53 - 1, [], {}, [[]], ["a"], {"a": 1}, ""),
    *("pass", "ready", "GO", "launch", "x" * 50, "2030-01-01", "2030-01-01T00:00:00Z"),
    *(OTHER, "e" * 40, "ana@example.org", "max@example.org", "\u202e", "a\0b", "é", "\U0001f511"),
)
"""What a member may become."""


KINDS: Mapping[re.Pattern[str], Sequence[str]] = {
    re.compile(r"\d{4}-\d\d-\d\dT.*Z"): (
        *("2026-06-01T00:00:00Z", "2026-11-22T09:29:59Z", "2026-11-22T09:30:01Z"),
        *("2026-11-23T12:00:01Z", "2026-12-06T09:30:01Z", "2027-06-01T00:00:00Z"),
    ),
    re.compile(r"\d{4}-\d\d-\d\d"): ("2020-01-01", "2026-11-22", "2026-11-24", "2027-11-23"),
    re.compile(r"[0-9a-f]{64}"): (OTHER, "0" * 64),
    re.compile(r"[0-9a-f]{40}"): ("e" * 40, "0" * 40),
    re.compile(r".*@.*\..*"): tuple(
        f"{one}@example.org" for one in ("ana", "BEN", "eve", "max", "x")
    ),
    re.compile("|".join(Outcome)): tuple(Outcome),
    re.compile("|".join(VerdictWord)): tuple(VerdictWord),
    re.compile("|".join(PHASES)): PHASES,
    re.compile("GO"): ("NO_GO",),
}
"""What a text may become, by what it is."""


@dataclass(frozen=True)
class Case:
    """A good sign-off with what its verifier demands."""

    raw: bytes
    wanted: Expected

    @property
    def envelope(self) -> Plain:
        return dict(json.loads(self.raw))

    @property
    def payload(self) -> bytes:
        return base64.b64decode(self.envelope["payload"])


def of_bytes(case: Case, pool: Sequence[Case], chance: random.Random) -> Case:
    """Turn bits, leave bytes out, put some in, or write some twice."""
    del pool
    changed = bytearray(case.raw)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + chance.randrange(1, 40)]
            case 2:
                changed[at:at] = chance.randbytes(chance.randrange(1, 8))
            case 3:
                changed[at:at] = changed[at : at + 20]
            case _:
                changed[at] = chance.randrange(256)
    return replace(case, raw=bytes(changed))


def of_envelope(case: Case, pool: Sequence[Case], chance: random.Random) -> Case:
    """Change a member of the envelope."""
    del pool
    changed, _ = mutated(case.envelope, chance)
    return replace(case, raw=_written(changed))


def of_payload(case: Case, pool: Sequence[Case], chance: random.Random) -> Case:
    """Change a member of what was signed, and keep the signatures."""
    del pool
    changed, _ = mutated(json.loads(case.payload), chance)
    made = envelope(_written(changed), case.envelope["signatures"])
    return replace(case, raw=canonical(made))


def of_signatures(case: Case, pool: Sequence[Case], chance: random.Random) -> Case:
    """Take signatures away, add or exchange them with those of other good sign-offs."""
    signatures = deepcopy(case.envelope["signatures"])
    for _ in range(chance.randrange(1, 4)):
        foreign = chance.choice(chance.choice(pool).envelope["signatures"])
        at = chance.randrange(len(signatures)) if signatures else 0
        match chance.randrange(6):
            case 0:
                del signatures[at:][:1]
                signatures = signatures[:at] + signatures[at + 1 :]
            case 1:
                signatures.append(foreign)
            case 2:
                signatures[at : at + 1] = [foreign]
            case 3:
                signatures[at : at + 1] = [
                    {**foreign, "keyid": chance.choice(signatures or [foreign])["keyid"]}
                ]
            case 4:
                signatures *= 2
            case _:
                signatures[at : at + 1] = [_turned(one, chance) for one in signatures[at : at + 1]]
    return replace(case, raw=canonical(envelope(case.payload, signatures)))


def of_expected(case: Case, pool: Sequence[Case], chance: random.Random) -> Case:
    """Let the verifier demand something else."""
    del pool
    name = chance.choice(sorted(DEMANDS))
    return replace(case, wanted=replace(case.wanted, **{name: DEMANDS[name](case.wanted, chance)}))


def mutated(value: Any, chance: random.Random) -> tuple[Any, Where]:
    """Change, remove, exchange or repeat something inside a value; return also where."""
    changed = deepcopy(value)
    places = list(_places(changed))
    path, holder, key = chance.choice(places)
    match chance.randrange(5):
        case 0:
            del holder[key]
        case 1:
            _, other, there = chance.choice(places)
            holder[key] = deepcopy(other[there])
        case 2 if isinstance(holder, list):
            holder.insert(chance.randrange(len(holder) + 1), deepcopy(holder[key]))
        case 2:
            holder[chance.choice(("note", "extra", f"{key}s"))] = deepcopy(holder[key])
        case _:
            holder[key] = deepcopy(chance.choice(VALUES))
    return changed, path


def signed(draft: Draft, chance: random.Random) -> tuple[bytes, Where]:
    """Change a member of a statement into another that may stand there; people sign it.

    Returns the file, and what was changed.
    """
    said = json.loads(draft.payload())
    while True:
        path, holder, key = chance.choice(list(_places(said)))
        other = _alike(holder[key], chance)
        if other != holder[key]:
            break
    holder[key] = other
    if path[1:2] == ("results",):
        said["subject"][2]["digest"] = {"sha256": digest(said["predicate"]["results"])}
    return canonical(draft.envelope(_written(said))), path


def _alike(value: Any, chance: random.Random) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool() | None:
            return chance.choice((True, False, None, OTHER))
        case int():
            return max(0, value + chance.choice((-(10**6), -1, 1, 10**6)))
        case list():
            return chance.choice((value[1:], value[:-1], value[::-1], [*value, *value[:1]]))
        case dict():
            return {**value, **{name: _alike(one, chance) for name, one in value.items()}}
    kinds = [words for words in KINDS if words.fullmatch(value)]
    return chance.choice(KINDS[kinds[0]]) if kinds else f"{value}{chance.choice(('', 'x', ' '))}"


def _places(value: Any, path: Where = ()) -> Iterator[tuple[Where, Any, Any]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield (*path, key), value, key
        yield from _places(value[key], (*path, key))


def _written(value: Any) -> bytes:
    """Return canonical bytes, or those that JSON has for what cannot be canonical."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        return json.dumps(value).encode()


def _turned(signature: Plain, chance: random.Random) -> Plain:
    blob = bytearray(base64.b64decode(signature["sig"]))
    blob[chance.randrange(len(blob))] ^= 1 << chance.randrange(8)
    return {**signature, "sig": base64.b64encode(blob).decode()}


def _less_or_more(several: Sequence[str], chance: random.Random, other: str) -> tuple[str, ...]:
    if several and chance.random() < 0.5:
        left_out = chance.choice(several)
        return tuple(one for one in several if one != left_out)
    return (*several, other)


def _items(wanted: Expected, chance: random.Random) -> dict[str, str]:
    left = _less_or_more(tuple(wanted.items), chance, "network.new.item")
    return {name: wanted.items.get(name, "launch") for name in left}


DEMANDS: Mapping[str, Callable[[Expected, random.Random], Any]] = {
    "service": lambda wanted, _: f"{wanted.service}-2",
    "environment": lambda wanted, _: wanted.environment.upper(),
    "accounts": lambda wanted, chance: _less_or_more(wanted.accounts, chance, "444455556666"),
    "regions": lambda wanted, chance: _less_or_more(wanted.regions, chance, "us-east-1"),
    "commit": lambda wanted, chance: wanted.commit[: chance.randrange(40)],
    "images": lambda wanted, chance: _less_or_more(wanted.images, chance, f"a@sha256:{OTHER}"),
    "checklist_version": lambda *_: "1.0",
    "checklist_sha256": lambda *_: OTHER,
    "items": _items,
    "phase": lambda wanted, _: "build" if wanted.phase != "build" else "launch",
    "policy_sha256": lambda wanted, _: sha256(wanted.policy_sha256.encode()).hexdigest(),
    "authors": lambda wanted, _: (*wanted.authors, "ida@example.org"),
    "at": lambda wanted, chance: wanted.at + timedelta(days=chance.choice((-400, -30, 15, 400))),
    "last_seq": lambda wanted, chance: wanted.last_seq + chance.randrange(1, 10**6),
    "files": lambda *_: {"profile_sha256": OTHER},
    "facts_sha256": lambda *_: OTHER,
    "results_sha256": lambda *_: OTHER,
    "report_sha256": lambda *_: OTHER,
    "journal_sha256": lambda *_: OTHER,
    "tool_sha256": lambda *_: OTHER,
}
"""By field of what is expected: another value, by which no sign-off of the vectors holds."""
