"""Asks every needed question at once; one that fails costs only the items that asked for it."""

from __future__ import annotations

import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_orr.collect.clock_differences import NAME as OF_ALL_ANSWERS
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Observed, Unobserved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from pytest_orr.collect.interface import Collector, Desk
    from pytest_orr.observation import Observation

MOST_AT_ONCE = 64


def gather(
    collectors: Iterable[Collector[Any]], desk: Desk, *, clock: Callable[[], datetime]
) -> dict[str, Observation[Any]]:
    """Run every collector concurrently; return what each saw, or its reason why not, by name.

    What tells of all answers is asked when they are there.
    """
    asked = tuple(collectors)
    if not asked:
        return {}
    others = [one for one in asked if one.name != OF_ALL_ANSWERS]
    last = [one for one in asked if one.name == OF_ALL_ANSWERS]
    # All threads share the filters: made an error by pytest, a client library's warning would break
    # whichever collector it happens to.
    with (
        warnings.catch_warnings(action="ignore"),
        ThreadPoolExecutor(min(MOST_AT_ONCE, len(asked)), thread_name_prefix="orr") as pool,
    ):
        observe = partial(_observe, desk=desk, clock=clock)
        return _together(pool, observe, others) | _together(pool, observe, last)


def _together(
    pool: ThreadPoolExecutor,
    observe: Callable[[Collector[Any]], Observation[Any]],
    collectors: Iterable[Collector[Any]],
) -> dict[str, Observation[Any]]:
    """Return what each of some collectors saw, when all have ended."""
    running = {one.name: (one, pool.submit(observe, one)) for one in collectors}
    return {name: _outcome(collector, future) for name, (collector, future) in running.items()}


def _outcome(collector: Collector[Any], future: Future[Observation[Any]]) -> Observation[Any]:
    """Return what a collector saw; one that broke costs only the items that asked for its fact."""
    trouble = future.exception()
    return future.result() if trouble is None else broken(collector, trouble)


def broken(collector: Collector[Any], trouble: BaseException) -> Unobserved:
    """Return that a fact could not be had because its collector did not keep its contract."""
    said = " ".join(str(trouble).split())
    return Unobserved(
        name=collector.name,
        cause=f"the collector broke: {type(trouble).__name__}: {said}",
        remedy=f"report it to whoever wrote the collector of {collector.name}",
        source=collector.source,
        operations=collector.operations,
    )


def _observe(
    collector: Collector[Any], desk: Desk, clock: Callable[[], datetime]
) -> Observation[Any]:
    desk.progress(f"reading {collector.name} from {collector.source}")
    try:
        answer = collector.collect(desk)
    except FactUnavailable as error:
        if not isinstance(error, Undeclared):  # nothing was asked, and the summary tells it at once
            desk.progress(f"could not read {collector.name}: {error.cause}")
        return Unobserved(
            name=collector.name,
            cause=error.cause,
            remedy=error.remedy,
            source=collector.source,
            operations=collector.operations,
            read_at=instant(clock()),
        )
    desk.progress(f"read {collector.name}")
    return Observed(
        name=collector.name,
        value=answer.value,
        source=collector.source,
        operations=collector.operations,
        where=answer.where,
        read_at=instant(clock()),
        caveats=answer.caveats,
    )


def instant(moment: datetime) -> str:
    """Return an aware UTC moment as ``YYYY-MM-DDTHH:MM:SSZ``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
