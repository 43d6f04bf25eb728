"""One node of an EVM chain, asked many things in one request; for ``clients.evm``.

Only methods that read are sent. A node that takes no batches is asked one call after another.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .api_wire import Asked, Told
from .evm_calls import Call, Reading, Refused
from .evm_said import (
    AGAIN,
    DENIED,
    LATEST,
    TOO_MANY,
    Block,
    host_of,
    prove_chain,
    prove_fresh,
    unusable,
    without_path,
)
from .hostile_json import At, Unreadable, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_orr.profile.chains import Chain

    from .api_wire import ApiWire

MOST = 50
"""Calls in one request: providers take so many."""
LONGEST_WAIT = 10
"""Seconds that a node may ask us to wait for, once a request."""
USUAL_WAIT = 1.0
LIMITED = -32005
"""Code of an error: the limit is exceeded, as EIP-1474 has it."""
LARGEST = 4 * 1024 * 1024
REVERTED = 3
"""Code of an error: the contract refused the call, or has no such function."""
OK, BAD_REQUEST, ASKED_TOO_OFTEN = 200, 400, 429


class EvmNode:
    """A node whose chain and freshness are proven with the first question, once."""

    def __init__(
        self,
        *,
        chain: Chain,
        url: str,
        wire: ApiWire,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.host = host_of(url)
        self._chain, self._url, self._wire, self._pause = chain, url, wire, pause
        self._lock = Lock()
        self._head: Block | FactUnavailable | None = None

    def head(self) -> Block:
        """Return the newest block that it knew when it was first asked.

        Asks ``eth_chainId`` and ``eth_getBlockByNumber`` at once; a node of another chain, or one
        that is behind, is ``FactUnavailable`` whenever it is asked.
        """
        with self._lock:
            if self._head is None:
                try:
                    self._head = self._proven()
                except FactUnavailable as error:
                    self._head = error
        if isinstance(self._head, FactUnavailable):
            raise self._head
        return self._head

    def asked(self, calls: Sequence[Call]) -> tuple[Reading, ...]:
        """Ask several things; each call has its own answer, or why there is none."""
        found: list[At | FactUnavailable] = []
        for start in range(0, len(calls), MOST):
            found += self._several(calls[start : start + MOST])
        return tuple(Reading(url=self._url, said=one) for one in found)

    def _proven(self) -> Block:
        newest = Call(method="eth_getBlockByNumber", parameters=(LATEST, False))
        told, block = self.asked((Call(method="eth_chainId"), newest))
        prove_chain(self._chain, told.quantity)
        prove_fresh(self._chain, block.block, datetime.now(UTC))
        return block.block

    def _several(self, calls: Sequence[Call]) -> list[At | FactUnavailable]:
        sent = [_sent(number, call) for number, call in enumerate(calls)]
        told = self._told(sent)
        said = self._read(told)
        if said.is_list():
            return self._in_order(said, calls)
        if told.status in {OK, BAD_REQUEST} and len(calls) > 1:  # it takes no batches
            return [self._one(call) for call in calls]
        return [self._failure(told, said, call) for call in calls]

    def _one(self, call: Call) -> At | FactUnavailable:
        told = self._told(_sent(0, call))
        try:
            said = self._read(told)
            return self._result(told, said, call)
        except FactUnavailable as error:
            return error

    def _in_order(self, said: At, calls: Sequence[Call]) -> list[At | FactUnavailable]:
        """Return results in the order of the calls: a node may answer in any other."""
        try:
            by_id = {one["id"].count(): one for one in said.each()}
        except Unreadable as error:
            raise unusable(self._url, f"answers a batch with what {error}") from error
        read = partial(self._result, Told(status=OK, headers={}))
        return [_or_why(partial(read, by_id.get(n), call)) for n, call in enumerate(calls)]

    def _result(self, told: Told, said: At | None, call: Call) -> At:
        try:
            if said is not None and told.status == OK and (found := said["result"]):
                return found
        except Unreadable as error:
            what = f"answers {call.method} with what {error}"
            raise unusable(self._url, what) from error
        raise self._failure(told, said, call)

    def _failure(self, told: Told, said: At | None, call: Call) -> FactUnavailable:
        code = _code_of(said)
        if told.status in DENIED:
            return FactUnavailable(
                f"the node {self.host} refuses {call.method} (HTTP {told.status})",
                "check the key in its URL",
            )
        if told.status in TOO_MANY or code == LIMITED:
            return FactUnavailable(
                f"the node {self.host} is asked too often: its limit is reached",
                "run again later, or use a key that nobody else uses",
            )
        if code == REVERTED or _told_of(said).startswith("execution reverted"):
            return Refused(
                f"the contract refuses the call (node {self.host})",
                "name a contract that has the function",
            )
        error = "no error" if code is None else f"error {code:g}"
        return unusable(self._url, f"gives {call.method} no result (HTTP {told.status}, {error})")

    def _told(self, sent: Any) -> Told:
        asked = Asked(
            url=self._url,
            method="POST",
            headers={"Content-Type": "application/json"},
            body=json.dumps(sent).encode(),
            largest=LARGEST,
        )
        try:
            told = self._wire.ask(asked)
            if told.status == ASKED_TOO_OFTEN and (wait := _wait_of(told)) <= LONGEST_WAIT:
                self._pause(wait)
                told = self._wire.ask(asked)
        except FactUnavailable as error:
            raise FactUnavailable(without_path(error.cause, self._url), AGAIN) from None
        return told

    def _read(self, told: Told) -> At:
        try:
            return read_json(told.body)
        except Unreadable as error:
            if told.status == OK:
                raise unusable(self._url, f"answers with what {error}") from error
            return At(value={}, path="$")


def _or_why(read: Callable[[], At]) -> At | FactUnavailable:
    try:
        return read()
    except FactUnavailable as error:
        return error


def _sent(number: int, call: Call) -> dict[str, Any]:
    asked = [{"to": call.to, "data": call.data}] if call.to else []
    named = {"method": call.method, "params": [*asked, *call.parameters]}
    return {"jsonrpc": "2.0", "id": number, **named}


def _code_of(said: At | None) -> float | None:
    try:
        error = said["error"] if said is not None else None
        return error["code"].number() if error else None
    except Unreadable:
        return None


def _told_of(said: At | None) -> str:
    """Return an error's text, to know it by: it is never told, as it may hold what was sent."""
    try:
        return said.within("error", "message").text() if said is not None else ""
    except Unreadable:
        return ""


def _wait_of(told: Told) -> float:
    said = told.header("retry-after")
    return float(said) if said.isdecimal() and len(said) < 7 else USUAL_WAIT
