"""What the profile's parts about load must agree on, for ``rules``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from .days import is_after
from .mistakes import ANOTHER_DATE, ONE_OF_TWO, ORDER, Mistake, did_you_mean, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .toml_lines import KeyPath

SECONDS_PER_DAY = 86400
BY_METRIC = ("namespace", "metric")
IN_CLOUDWATCH = ("alarm", *BY_METRIC, "dimensions")


def broken_scaling_rules(readiness: Document, as_of: dt.date) -> Iterator[Mistake]:
    """Yield every mistake about load that one key alone cannot show."""
    yield from _peaks_below_their_mean(readiness)
    yield from _repeated_months(readiness)
    yield from _impossible_times(readiness, as_of)
    yield from _unknown_endpoints(readiness)
    yield from _requests_of_other_tools(readiness)
    yield from _signals_named_twice_or_never(readiness)
    yield from _empty_quotas(readiness)


def _peaks_below_their_mean(readiness: Document) -> Iterator[Mistake]:
    for table in ("projection", "projection.growth"):
        for path, load in readiness.tables(table):
            daily, peak = _number(load.get("requests_per_day")), _number(load.get("peak_rps"))
            mean = (daily or 0) / SECONDS_PER_DAY
            if daily and peak and peak < mean:
                where = (*path, "peak_rps")
                day, second = f"{daily:g} requests a day", f"{mean:.4g} a second"
                told = f"less than the mean of {day}, {second}: {ORDER}"
                yield readiness.mistake(where, f"{show_key(where)} is {peak:g}, {told}")


def _repeated_months(readiness: Document) -> Iterator[Mistake]:
    seen: dict[object, KeyPath] = {}
    for path, months in readiness.occurrences("projection.growth.months"):
        first = seen.setdefault(months, path)
        if first != path:
            told = f"again, as in line {readiness.lines.line_of(first)}: {ONE_OF_TWO}"
            yield readiness.mistake(path, f"{show_key(path)} is {show(months)} {told}")


def _impossible_times(readiness: Document, as_of: dt.date) -> Iterator[Mistake]:
    for path, test in readiness.tables("stress_tests"):
        started, ended = _instant(test.get("started")), _instant(test.get("ended"))
        where = (*path, "ended")
        if started and ended and ended <= started:
            told = f"not after `started` ({show(started)}): {ORDER}"
            yield readiness.mistake(where, f"{show_key(where)} is {show(ended)}, {told}")
        elif ended and is_after(ended, as_of):
            told = f"which is in the future (judged as of {as_of}): {ANOTHER_DATE}"
            yield readiness.mistake(where, f"{show_key(where)} is {show(ended)}, {told}")


def _unknown_endpoints(readiness: Document) -> Iterator[Mistake]:
    names = {name for _, name in readiness.occurrences("endpoints.name") if isinstance(name, str)}
    for path, name in readiness.occurrences("stress_tests.stands_for"):
        if isinstance(name, str) and name.strip() not in names:
            told = f"which is no name in `endpoints`{did_you_mean(name.strip(), names)}"
            yield readiness.mistake(path, f"{show_key(path)} is {show(name.strip())}, {told}")


def _requests_of_other_tools(readiness: Document) -> Iterator[Mistake]:
    for path, test in readiness.tables("stress_tests"):
        if test.get("requests") and test.get("tool") in {"k6", "locust", "jmeter", "vegeta"}:
            where = (*path, "requests")
            told = f"which the file of {test['tool']} says itself: it is for hey alone"
            yield readiness.mistake(where, f"{show_key(where)} is {show(test['requests'])}, {told}")


def _signals_named_twice_or_never(readiness: Document) -> Iterator[Mistake]:
    for path, signal in readiness.tables("scaling.saturation"):
        by_metric = [key for key in BY_METRIC if key in signal]
        in_cloudwatch = [key for key in IN_CLOUDWATCH if signal.get(key)]
        if "series" in signal:
            if in_cloudwatch:
                told = f"names `series` of Prometheus and `{in_cloudwatch[0]}` of CloudWatch"
                where = (*path, "series")
                yield readiness.mistake(where, f"{show_key(path)} {told}: name one of them")
        elif "rule" in signal:
            told = "names a `rule` of Prometheus without the `series` that it watches: add it"
            yield readiness.mistake((*path, "rule"), f"{show_key(path)} {told}")
        elif "alarm" in signal and (by_metric or signal.get("dimensions")):
            told = "names an alarm and a metric: name one of them"
            yield readiness.mistake((*path, "alarm"), f"{show_key(path)} {told}")
        elif "alarm" not in signal and by_metric != [*BY_METRIC]:
            told = "needs `alarm`, or `namespace` and `metric`, or `series`"
            yield readiness.mistake(path, f"{show_key(path)} {told}")


def _empty_quotas(readiness: Document) -> Iterator[Mistake]:
    for path, quota in readiness.tables("scaling.provider_quotas"):
        if not {"requests_per_day", "rps"} & {*quota}:
            told = "needs `requests_per_day`, `rps` or both"
            yield readiness.mistake(path, f"{show_key(path)} {told}")


def _number(value: object) -> float | None:
    """Return a number that can be reckoned with; TOML's integers have no largest one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else None


def _instant(value: object) -> dt.datetime | None:
    return value if isinstance(value, dt.datetime) and value.tzinfo else None
