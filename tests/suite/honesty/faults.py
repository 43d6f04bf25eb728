"""What AWS may do to the calls of one operation, and how the product has to say it."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

from tests.suite.honesty.pages import Pagings, cut, lead_on
from tests.suite.honesty.refusals import DENIED, EXPIRED, THROTTLED, refusal, response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSResponse

    from tests.suite.honesty.wire import Answered, Call, Fault, Wire

SAID = {
    DENIED: (" denied {operation} to ", " does not let the credentials assume "),
    THROTTLED: (" throttled {operation}",),
    EXPIRED: (" have expired",),
    "timed out": (" did not answer {operation}",),
}
"""How a finding tells of each kind of fault."""
DEAD_END = (
    " repeats the pages of {operation} without end",
    " told a part of {operation} alone",
    ", and CloudTrail has more",
)
"""How it tells of a listing that cannot be read to its end."""
TOKEN = re.compile(r"OfTheSecondPage(\d+)\.")


def answers(call: Call, kind: str) -> Iterator[AWSResponse | Exception]:
    """Every attempt of a call is met by the same."""
    if kind == "timed out":
        return repeat(ReadTimeoutError(endpoint_url="https://amazonaws.test/"))
    return (refusal(call.model, kind) for _ in repeat(None))


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Each call is met alike, however often it is tried."""

    kind: str

    def meet(self, call: Call, wire: Wire) -> Answered:
        return wire.answered(call, answers(call, self.kind))


@dataclass(frozen=True, kw_only=True)
class Recovering:
    """Each call is throttled twice, and answered at the third attempt."""

    kind = THROTTLED

    def meet(self, call: Call, wire: Wire) -> Answered:
        refused = (refusal(call.model, self.kind) for _ in range(2))
        return wire.answered(call, chain(refused, [wire.recorded(call).again()]))


@dataclass(frozen=True, kw_only=True)
class SecondPage:
    """A listing ends its first page halfway, and its second one is met by ``kind``.

    Without a kind the second page is answered. An operation that botocore cannot lead on tells
    all and that there is more.
    """

    pagings: Pagings
    kind: str = ""
    _rest: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """Requests with what their second pages hold, by the number in the token."""
    _turns: Iterator[int] = field(default_factory=count)

    def meet(self, call: Call, wire: Wire) -> Answered:
        if wanted := TOKEN.search(call.said):
            first, page = self._rest[int(wanted[1])]
            wire.went_on.add(first)
            if self.kind:
                return wire.answered(call, answers(call, self.kind))
            return response(200, {}, b""), page
        found, paging = wire.recorded(call), self.pagings.of(call.model)
        page = deepcopy(found.parsed)
        if paging is not None and "Error" not in page:
            wire.hits.add(call.said)
            place = next(self._turns)
            self._rest[place] = (call.said, cut(page, paging, f"OfTheSecondPage{place}."))
        return found.again(), page


@dataclass(frozen=True, kw_only=True)
class Alone:
    """One request is met, and all others of its operation are answered."""

    said: str
    fault: Fault

    def meet(self, call: Call, wire: Wire) -> Answered:
        if call.said == self.said:
            return self.fault.meet(call, wire)
        found = wire.recorded(call)
        return found.again(), deepcopy(found.parsed)


@dataclass(frozen=True, kw_only=True)
class Circle:
    """Two pages of a listing lead to each other, and to nothing else."""

    pagings: Pagings
    _pages: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _turns: Iterator[int] = field(default_factory=partial(count, 0, 2))

    def meet(self, call: Call, wire: Wire) -> Answered:
        paging = self.pagings.of(call.model)
        if wanted := TOKEN.search(call.said):
            place = int(wanted[1])
            first, page = self._pages[place & ~1]
            wire.went_on.add(first)
        else:
            place = next(self._turns)
            first, page = call.said, wire.recorded(call).parsed
            self._pages[place] = (first, page)
        page = deepcopy(page)
        if paging is not None and "Error" not in page:
            wire.hits.add(first)
            lead_on(page, paging, f"OfTheSecondPage{place ^ 1}.")
        return response(200 if "Error" not in page else 400, {}, b""), page
