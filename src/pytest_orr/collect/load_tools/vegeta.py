"""Reads the report of vegeta: ``vegeta report -type=json``, whose durations are nanoseconds."""

from typing import Any

from .figures import LoadFigures, Unreadable, count, number
from .files import ResultFile, member, read_json
from .instants import instant_of

NS_PER_MS = 1_000_000


def read(file: ResultFile) -> LoadFigures:
    """Return what vegeta measured; ``Unreadable`` for a file that is no report of it."""
    report = read_json(file)
    samples = count(member(report, "requests"), "requests")
    codes = member(report, "status_codes")
    if not isinstance(codes, dict):
        raise Unreadable("has no status_codes")
    counted = {code: count(times, f"status code {code}") for code, times in codes.items()}
    good = sum(times for code, times in counted.items() if _is_good(code))
    success = number(member(report, "success"), "success")
    if sum(counted.values()) != samples or abs(success * samples - good) > 0.5:
        raise Unreadable("contradicts itself on how many requests failed")
    return LoadFigures(
        samples=samples,
        errors=samples - good,
        p95_ms=number(member(report, "latencies", "95th"), "latencies.95th") / NS_PER_MS,
        rate=number(member(report, "rate"), "rate"),
        is_mean=True,
        began=instant_of(member(report, "earliest"), "earliest"),
        ended=instant_of(member(report, "latest"), "latest"),
    )


def _is_good(code: Any) -> bool:
    """Tell whether vegeta counts a status code as a success: 200 to 399."""
    return code.isascii() and code.isdigit() and 200 <= int(code[:6]) < 400
