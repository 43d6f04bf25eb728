"""How grave a finding is, from what its source says: words, scores and CVSS vectors.

What cannot be told is ``unknown``, which whoever judges takes as perhaps grave, never as harmless.
The bands and formulas are those of CVSS v3.1 (FIRST, sections 5 and 7) and v2 (FIRST, section 3.2).
CVSS v4 scores by a table of comparisons; a v4 vector alone is unknown here, and its source's word
counts.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Severity = Literal["critical", "high", "medium", "low", "unknown"]

ORDER: tuple[Severity, ...] = ("low", "medium", "high", "critical")
WORDS: Mapping[str, Severity] = MappingProxyType(
    {
        **dict.fromkeys(("critical", "blocker"), "critical"),
        **dict.fromkeys(("high", "important"), "high"),
        **dict.fromkeys(("medium", "moderate"), "medium"),
        **dict.fromkeys(("low", "info", "informational", "negligible", "none"), "low"),
    }
)
V3_WEIGHTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
        "AC": {"L": 0.77, "H": 0.44},
        "UI": {"N": 0.85, "R": 0.62},
        "C": {"H": 0.56, "L": 0.22, "N": 0.0},
        "I": {"H": 0.56, "L": 0.22, "N": 0.0},
        "A": {"H": 0.56, "L": 0.22, "N": 0.0},
    }
)
V3_PRIVILEGES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}
)
V2_WEIGHTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
        "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
        "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
        "C": {"N": 0.0, "P": 0.275, "C": 0.66},
        "I": {"N": 0.0, "P": 0.275, "C": 0.66},
        "A": {"N": 0.0, "P": 0.275, "C": 0.66},
    }
)


def by_word(word: str) -> Severity:
    """Return the severity that a source's word stands for."""
    return WORDS.get(word.strip().lower(), "unknown")


def by_score(score: float | None) -> Severity:
    """Return the band of a CVSS score from 0 to 10; unknown for any other number."""
    if score is None or not 0 <= score <= 10:
        return "unknown"
    if score >= 9:
        return "critical"
    if score >= 7:
        return "high"
    return "medium" if score >= 4 else "low"


def by_text(score_or_vector: str) -> Severity:
    """Return the severity of a score or of a CVSS vector, whichever a text is."""
    text = score_or_vector.strip()
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return by_score(float(text))
    return by_score(base_score(text))


def gravest(severities: Iterable[Severity]) -> Severity:
    """Return the gravest of those that are known; unknown if none is."""
    known = [one for one in severities if one != "unknown"]
    return max(known, key=ORDER.index) if known else "unknown"


def base_score(vector: str) -> float | None:
    """Return the base score of a CVSS vector, v2 or v3.x; none of any other text."""
    prefix, _, rest = vector.strip().partition("/")
    if prefix in {"CVSS:3.0", "CVSS:3.1"}:
        return _v3(_metrics(rest))
    if "Au:" in vector:
        return _v2(_metrics(vector.strip().strip("()")))
    return None


def _metrics(vector: str) -> dict[str, str]:
    pairs = [part.partition(":") for part in vector.split("/")]
    found = {name: value for name, _, value in pairs}
    return found if len(found) == len(pairs) else {}


def _weights(
    metrics: Mapping[str, str], weights: Mapping[str, Mapping[str, float]]
) -> dict[str, float] | None:
    found = {name: values.get(metrics.get(name, "")) for name, values in weights.items()}
    return {n: v for n, v in found.items() if v is not None} if None not in found.values() else None


def _v3(metrics: Mapping[str, str]) -> float | None:
    weights = _weights(metrics, V3_WEIGHTS)
    scope = metrics.get("S", "")
    privileges = V3_PRIVILEGES.get(scope, {}).get(metrics.get("PR", ""))
    if weights is None or privileges is None:
        return None
    open_part = 1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    changed = scope == "C"
    impact = (
        7.52 * (open_part - 0.029) - 3.25 * (open_part - 0.02) ** 15
        if changed
        else 6.42 * open_part
    )
    if impact <= 0:
        return 0.0
    ease = 8.22 * weights["AV"] * weights["AC"] * privileges * weights["UI"]
    return _up(min((1.08 if changed else 1.0) * (impact + ease), 10.0))


def _up(score: float) -> float:
    """Round up to one decimal, as CVSS v3.1's appendix A does, without a float's own errors."""
    whole = round(score * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (math.floor(whole / 10_000) + 1) / 10


def _v2(metrics: Mapping[str, str]) -> float | None:
    weights = _weights(metrics, V2_WEIGHTS)
    if weights is None:
        return None
    impact = 10.41 * (1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"]))
    ease = 20 * weights["AV"] * weights["AC"] * weights["Au"]
    return round((0.6 * impact + 0.4 * ease - 1.5) * (0.0 if impact == 0 else 1.176), 1)
