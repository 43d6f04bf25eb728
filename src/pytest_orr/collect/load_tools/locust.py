"""Reads what Locust writes: the JSON of --json, and the _stats.csv of --csv.

Locust keeps answer times in steps (at 100 ms and above, two digits), as its own percentiles do.
"""

from typing import Any

from .figures import LoadFigures, Tally, Unreadable, count, instant, number
from .files import ResultFile, decimal, member, read_json, read_rows

AGGREGATED = "Aggregated"
TIMES = ("start_time", "last_request_timestamp")
COLUMNS = ("Name", "Request Count", "Failure Count", "Requests/s", "95%")


def read(file: ResultFile) -> LoadFigures:
    """Return what Locust measured; ``Unreadable`` for a file that is neither of the two."""
    return _of_json(read_json(file)) if file.begins_with(b"[") else _of_csv(file)


def _of_json(entries: list[Any]) -> LoadFigures:
    tally, samples, times = Tally(), 0, []
    for entry in entries:
        samples += _counted(tally, entry)
        times += [number(member(entry, key), key) for key in TIMES]
    if tally.samples != samples:
        raise Unreadable("contradicts itself on how many requests there were")
    return LoadFigures(
        samples=samples,
        errors=tally.errors,
        p95_ms=tally.p95(),
        rate=tally.busiest(),
        began=instant(min(times)) if times else None,
        ended=instant(max(times)) if times else None,
    )


def _counted(tally: Tally, entry: Any) -> int:
    samples, failures, unanswered = (
        count(member(entry, key), key)
        for key in ("num_requests", "num_failures", "num_none_requests")
    )
    before = tally.answers
    for ms, times in _pairs(entry, "response_times"):
        tally.count_ms(decimal(ms, "response time"), times)
    for second, times in _pairs(entry, "num_reqs_per_sec"):
        tally.count_second(int(decimal(second, "second")), times)
    if failures > samples or tally.answers - before != samples - unanswered:
        raise Unreadable("contradicts itself on how many requests there were")
    tally.errors += failures
    return samples


def _pairs(entry: Any, key: str) -> list[tuple[str, int]]:
    found = member(entry, key)
    if not isinstance(found, dict):
        raise Unreadable(f"has no table as {key}")
    return [(name, count(times, key)) for name, times in found.items()]


def _of_csv(file: ResultFile) -> LoadFigures:
    totals = [row for row in read_rows(file, *COLUMNS) if row["Name"] == AGGREGATED]
    if len(totals) != 1:
        raise Unreadable("has no one line of all requests, called Aggregated")
    [row] = totals
    samples = int(decimal(row["Request Count"], "Request Count"))
    errors = int(decimal(row["Failure Count"], "Failure Count"))
    if errors > samples:
        raise Unreadable("contradicts itself on how many requests failed")
    return LoadFigures(
        samples=samples,
        errors=errors,
        p95_ms=decimal(row["95%"], "95%") if samples else 0.0,
        rate=decimal(row["Requests/s"], "Requests/s") if samples else 0.0,
        is_mean=True,
    )
