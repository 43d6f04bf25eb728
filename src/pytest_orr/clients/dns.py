"""DNS as collectors see it: records and the aliases that lead to them, or one reason why not.

"There is no such name" and "there is no such record" are answers; a server that fails, refuses,
keeps silent or cannot be understood is none. The client library is imported by the first question,
not with this module.
"""

from __future__ import annotations

import ipaddress
import os
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.schema import Network

Kind = Literal["A", "AAAA", "CNAME", "TXT", "MX", "CAA"]
DNS_PORT = 53
SECONDS = 6.0
WHERE = "[network] resolver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A DNS server, by address."""

    address: str
    port: int = DNS_PORT

    def __str__(self) -> str:
        return f"{self.address} port {self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What DNS says about a name and a kind of record."""

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    """Names that CNAME records lead through, in order, without the final dot."""
    records: tuple[str, ...] = ()
    """Sorted; as zone files write them, names without the final dot, TXT without quotes. Empty when
    there is no such name or no such record."""
    ttl: int | None = None
    """Seconds for which others may remember the name's own record; ``None`` if it has none."""
    exists: bool = True
    """Whether there is such a name, with records of whatever kind."""
    is_authoritative: bool = False
    """Whether who answered is in charge of the name: anybody else's seconds have run down."""


class DnsAccess:
    """Asks the profile's DNS server, or this machine's own, each question once per run.

    Names are asked as they stand: no search domain is ever added. A failure is ``FactUnavailable``
    and, like an answer, remembered.
    """

    def __init__(
        self,
        network: Network,
        environment: Mapping[str, str] = os.environ,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._network = network
        self._environment = environment
        self._seconds = seconds
        self._lock = Lock()
        self._answers: dict[tuple[str, Kind], Future[Resolution]] = {}

    def lookup(self, name: str, kind: Kind) -> tuple[str, ...]:
        """Return a name's records of a kind, wherever aliases lead; empty when there are none."""
        return self.resolution(name, kind).records

    def resolution(self, name: str, kind: Kind) -> Resolution:
        """Return a name's records of a kind with the aliases that lead to them.

        Raises ``FactUnavailable`` that names the server when it gives no answer.
        """
        key = name.lower().rstrip("."), kind
        with self._lock:
            is_new = key not in self._answers
            answer = self._answers.setdefault(key, Future())
        if is_new:
            self._ask(key, answer)
        return answer.result()

    def _ask(self, key: tuple[str, Kind], answer: Future[Resolution]) -> None:
        """Keep what came of a question, whatever it is: others wait for it."""
        from .dns_wire import resolve  # noqa: PLC0415 the client library loads when used

        name, kind = key
        try:
            answer.set_result(resolve(name, kind, self._server(), self._seconds))
        except FactUnavailable as error:
            answer.set_exception(error)
        finally:
            answer.cancel()

    def _server(self) -> Server | None:
        """Return the server that the profile names; none means this machine's own."""
        named = setting(self._network.resolver, where=WHERE, environment=self._environment)
        return server_named(named) if named else None


def server_named(text: str) -> Server:
    """Read ``address``, ``address:port`` or ``[address]:port``; other text is ``FactUnavailable``.

    A name will not do: to find its address another DNS server would have to be asked.
    """
    try:
        return Server(address=str(ipaddress.ip_address(text)))
    except ValueError:
        pass
    try:
        parts = urlsplit(f"//{text}")
        return Server(
            address=str(ipaddress.ip_address(parts.hostname or "")), port=parts.port or DNS_PORT
        )
    except ValueError:
        raise FactUnavailable(
            f'{WHERE} is "{text}", which is no address of a DNS server',
            "write an address, or address:port, such as 192.0.2.53 or 127.0.0.1:5353",
        ) from None
