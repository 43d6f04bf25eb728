"""``facts.json``: what was seen, kept so that the same judgement can be made again without it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pytest_orr.collect.gather import broken
from pytest_orr.collect.interface import Collector
from pytest_orr.errors import InvalidInput, NeededFileMissing
from pytest_orr.model import RunBlock
from pytest_orr.observation import Caveat, Observation, Observed, Unobserved

FACTS = "facts.json"
SCHEMA = "pytest-orr/facts/1"
OTHER_VERSION = "replay it with the version that recorded it, or gather anew without --orr-facts"
NOT_KEPT = (AttributeError, RuntimeError, TypeError, ValueError)
"""What a value or a type raises that does not fit into JSON and back; pydantic's own are these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run's facts with the digests under which documents name them."""

    run: RunBlock
    scope: str
    """Digest of what the facts are about: service, accounts, resources, endpoints."""
    observations: Mapping[str, Observation[Any]]
    digests: Mapping[str, str]


def prepare(collectors: Iterable[Collector[Any]]) -> None:
    """Learn beforehand how these facts are written and read; a type that cannot be is told later.

    It is as good as all the work that facts make beside asking, so it is done while AWS answers.
    """
    for collector in collectors:
        with suppress(*NOT_KEPT):
            _adapter(collector)


def text_of(
    run: RunBlock,
    observations: Mapping[str, Observation[Any]],
    collectors: Mapping[str, Collector[Any]],
    *,
    scope: str,
    redact: Callable[[Any], Any],
) -> str:
    """Return ``facts.json``: the run block, then every observation with its digest, by name."""
    clean = {
        name: _kept(observation, collectors[name], redact)
        for name, observation in sorted(observations.items())
    }
    head = {
        "schema": SCHEMA,
        "run": adapter_of(RunBlock).dump_python(run, mode="json"),
        "scope": scope,
        "observations": {},
    }
    entries = (
        f"{_compact(name)}: {_compact({**e, 'digest': digest_of(e)})}" for name, e in clean.items()
    )
    return _compact(head).removesuffix("}}") + "\n" + ",\n".join(entries) + "\n}}\n"


def _compact(value: object) -> str:
    """Return JSON on one line: an observation may be long, and Python indents slowly."""
    return json.dumps(value, ensure_ascii=False)


def digest_of(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 over source, operations and value, not over the time it was read."""
    lasting = {key: value for key, value in entry.items() if key not in {"read_at", "digest"}}
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()


def facts_sha256(path: Path) -> str:
    """Return the digest of a file's bytes: of all facts, and of when the run and each were."""
    _content(path, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def last_read(path: Path) -> str:
    """Return the instant at which the last fact of a file was read; empty if none was."""
    observations = _content(path, path)["observations"]
    return max((str(entry.get("read_at", "")) for entry in observations.values()), default="")


def value_in(path: Path, collector: Collector[Any]) -> Any | None:
    """Return one fact of a run's own file; nothing when it could not be had or nobody asked."""
    entry = _content(path, path)["observations"].get(collector.name, {})
    observed = entry.get("status") == "observed"
    return _adapter(collector).validate_python(entry["value"]) if observed else None


def read_snapshot(
    path: Path, collectors: Mapping[str, Collector[Any]], *, shown: Path | None = None
) -> Snapshot:
    """Read ``facts.json`` back; a fact that does not fit its digest or type refuses the file.

    ``shown`` is how messages name the file, when it was copied from elsewhere.
    """
    named = shown or path
    content = _content(path, named)
    observations: dict[str, Observation[Any]] = {}
    digests: dict[str, str] = {}
    mistakes: list[str] = []
    for name, entry in content["observations"].items():
        if digest_of(entry) != entry.get("digest"):
            mistakes.append(f"{named}: {name} does not fit its digest; it was changed afterwards")
        elif name in collectors:
            try:
                observations[name] = _observation(name, entry, collectors[name])
                digests[name] = entry["digest"]
            except (ValidationError, KeyError, TypeError) as error:
                told = f"{named}: {name} is no such fact: {_first(error)}"
                mistakes.append(f"{told}; {OTHER_VERSION}")
    if mistakes:
        raise InvalidInput(tuple(mistakes))
    run = adapter_of(RunBlock).validate_python(content["run"])
    scope = str(content.get("scope"))
    return Snapshot(run=run, scope=scope, observations=observations, digests=digests)


def _content(path: Path, named: Path) -> dict[str, Any]:
    if not path.is_file():
        raise NeededFileMissing(f"{named} is not there.", "Name the facts.json of a whole run.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput((f"{named}: is not JSON: {error}",)) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise InvalidInput((f"{named}: is no facts.json of this product ({SCHEMA})",))
    try:
        datetime.fromisoformat(adapter_of(RunBlock).validate_python(content.get("run")).as_of)
        adapter_of(dict[str, dict[str, Any]]).validate_python(content.get("observations"))
    except ValueError as error:
        raise InvalidInput((f"{named}: is damaged: {_first(error)}",)) from error
    return content


def _kept(
    observation: Observation[Any], collector: Collector[Any], redact: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return the entry of an observation; what cannot be read back is none."""
    try:
        entry: dict[str, Any] = redact(_entry(observation, collector))
        _observation(observation.name, json.loads(json.dumps(entry)), collector)
    except NOT_KEPT as error:
        entry = redact(_entry(broken(collector, error), collector))
    return entry


def _entry(observation: Observation[Any], collector: Collector[Any]) -> dict[str, Any]:
    common = {
        "source": observation.source,
        "operations": list(observation.operations),
        "where": list(observation.where),
        "read_at": observation.read_at,
    }
    if isinstance(observation, Unobserved):
        return {
            "status": "unobserved",
            **common,
            "cause": observation.cause,
            "remedy": observation.remedy,
        }
    return {
        "status": "observed",
        **common,
        "caveats": adapter_of(tuple[Caveat, ...]).dump_python(observation.caveats, mode="json"),
        "value": _adapter(collector).dump_python(observation.value, mode="json", warnings="none"),
    }


def _adapter(collector: Collector[Any]) -> TypeAdapter[Any]:
    return adapter_of(collector.fact_type)


@cache
def adapter_of(fact_type: Any) -> TypeAdapter[Any]:
    """Return what turns values of a type into JSON and back."""
    return TypeAdapter(fact_type)


def _observation(name: str, entry: dict[str, Any], collector: Collector[Any]) -> Observation[Any]:
    common = {
        "name": name,
        "source": entry["source"],
        "operations": tuple(entry["operations"]),
        "where": tuple(entry["where"]),
        "read_at": entry["read_at"],
    }
    if entry["status"] not in {"observed", "unobserved"}:
        raise KeyError("status")
    if entry["status"] == "unobserved":
        return Unobserved(**common, cause=entry["cause"], remedy=entry["remedy"])
    return Observed(
        **common,
        value=_adapter(collector).validate_python(entry["value"]),
        caveats=adapter_of(tuple[Caveat, ...]).validate_python(entry["caveats"]),
    )


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return " ".join(str(error).split())[:200]
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:200]
