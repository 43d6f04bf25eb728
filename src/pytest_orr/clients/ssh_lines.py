"""All connections of the run: one to each jump host, made by whoever comes first, serves all."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .ssh_attempt import Attempt, Deadline
from .ssh_keys import Keys
from .ssh_known_hosts import KnownHosts
from .ssh_line import GRACE_SECONDS, Line
from .ssh_login import Login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ssh_route import Hop


class Lines:
    """Makes connections. One to a jump host is made once, by whoever comes first."""

    def __init__(self, connect_seconds: float) -> None:
        self._seconds = connect_seconds
        self._keys = Keys(connect_seconds)
        self._known = KnownHosts()
        self._lock = Lock()
        self._shared: dict[tuple[Hop, ...], Future[Line]] = {}
        self._open: set[Line] = set()

    def shared(self, hops: tuple[Hop, ...]) -> Line:
        """Return the one connection to a jump host; its failure, too, is everybody's."""
        with self._lock:
            is_first = hops not in self._shared
            promise = self._shared.setdefault(hops, Future())
        if is_first:
            self._keep(promise, hops)
        line = promise.result()
        if failure := line.broken("before all hosts behind it were read"):
            raise failure
        return line

    def to(self, hops: tuple[Hop, ...], attempt: Attempt) -> Line:
        """Return a connection of one's own to the last hop."""
        through = self._before(hops)
        deadline = Deadline.after(self._seconds, "connect_seconds")
        login = Login(hop=hops[-1], through=through, attempt=attempt, deadline=deadline)
        line = login.line(login.wire())
        with self._lock:
            self._open.add(line)
        try:
            login.shake_hands(line, self._known)
            login.log_in(line, self._keys)
        except FactUnavailable:
            self.close(line)
            raise
        return line

    @contextmanager
    def held(self, hops: tuple[Hop, ...], attempt: Attempt, *, is_shared: bool) -> Iterator[Line]:
        """Hold a connection for a while: the shared one, or one that is closed afterwards."""
        if is_shared:
            yield self.shared(hops)
            return
        line = self.to(hops, attempt)
        try:
            yield line
        finally:
            self.close(line)

    def close(self, line: Line) -> None:
        """End a connection."""
        line.close()
        with self._lock:
            self._open.discard(line)

    def close_all(self) -> None:
        """End every connection, those to jump hosts first: nothing waits for what lies behind."""
        with self._lock:
            lines = sorted(self._open, key=lambda line: line.through is not None)
        for line in lines:
            line.wire.cut()
        for line in lines:
            line.close()
        for line in lines:
            if line.transport.is_alive():
                line.transport.join(GRACE_SECONDS)
        self._keys.close()

    def _before(self, hops: tuple[Hop, ...]) -> Line | None:
        try:
            return self.shared(hops[:-1]) if len(hops) > 1 else None
        except FactUnavailable as error:
            raise FactUnavailable(
                f"{hops[-1].name} cannot be reached: {error.cause}", error.remedy
            ) from None

    def _keep(self, promise: Future[Line], hops: tuple[Hop, ...]) -> None:
        deadline = Deadline.after(self._seconds * len(hops), "connect_seconds")
        try:
            attempt = Attempt(hops[-1].name, deadline)
            promise.set_result(attempt.outcome(lambda work: self.to(hops, work)))
        except FactUnavailable as error:
            promise.set_exception(error)
