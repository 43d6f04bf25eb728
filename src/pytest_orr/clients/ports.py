"""Ports as collectors see them: open, refused or dropped, told by a TCP connection alone.

Nothing is ever sent through a connection; it is closed as soon as it stands.
"""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from errno import ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT
from functools import partial
from typing import Any, Literal

from pytest_orr.errors import FactUnavailable

PortState = Literal["open", "refused", "dropped"]
"""What became of a connection:

- ``open``: it stands.
- ``refused``: somebody answered no. Mostly the host itself by a reset; an ICMP message counts, too,
  by which a firewall or router on the way says that nobody gets through to there.
- ``dropped``: nobody answered within the time, as behind a firewall that swallows what it gets.
"""

Place = tuple[socket.AddressFamily, Any]
"""A family with an address in its form."""

SAID_NO = frozenset({ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH})
MOST_ADDRESSES = 16
LONGEST_WAIT = 60
ANY_PORT = 9
"""For questions about addresses alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortAccess:
    """Tries ports from this machine."""

    connect_seconds: float = 3
    """Until a connection must stand; long enough for two repetitions of what gets lost."""

    def probe(self, address: str, port: int) -> PortState:
        """Tell what becomes of a connection to a host's name or address, and a port.

        Of a name with several addresses all are tried at once, and the most reachable one counts.
        Raises ``FactUnavailable`` when the reason lies with this machine: the name does not
        resolve, or there is no route.
        """
        places = self._places(address, port)
        with ThreadPoolExecutor(max_workers=len(places)) as pool:
            states = frozenset(pool.map(partial(self._state, f"{address}:{port}"), places))
        if "open" in states:
            return "open"
        return "dropped" if "dropped" in states else "refused"

    def source_towards(self, address: str) -> str:
        """Return the address of this machine from which it would speak to a host."""
        own, _ = _own_side(self._places(address, ANY_PORT)[0])
        return own

    def addresses_of(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a host's name, sorted; an address is its own."""
        return tuple(sorted({str(address[0]) for _, address in _resolved(name, ANY_PORT)}))

    def _places(self, address: str, port: int) -> tuple[Place, ...]:
        """Return the addresses to which this machine has a route."""
        found = _resolved(address, port)
        troubles = {place: trouble for place in found if (trouble := _own_side(place)[1])}
        reachable = tuple(place for place in found if place not in troubles)
        if not reachable:
            raise FactUnavailable(
                f"this machine has no way to {address}: {troubles[found[0]]}",
                "check the network, routes and firewall of the machine that runs the review",
            )
        return reachable[:MOST_ADDRESSES]

    def _state(self, shown: str, place: Place) -> PortState:
        family, address = place
        with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.settimeout(min(self.connect_seconds, LONGEST_WAIT))
            try:
                probe.connect(address)
            except TimeoutError:
                return "dropped"
            except OSError as error:
                return _answer_in(error, shown)
        return "open"


def _answer_in(error: OSError, shown: str) -> PortState:
    if error.errno == ETIMEDOUT:
        return "dropped"
    if error.errno in SAID_NO:
        return "refused"
    raise FactUnavailable(
        f"this machine could not try {shown}: {error.strerror or error}",
        "check the network and firewall of the machine that runs the review",
    ) from None


def _resolved(address: str, port: int) -> tuple[Place, ...]:
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # UnicodeError: it cannot be a name
        raise FactUnavailable(
            f"{address} does not resolve",
            "correct the address or name in readiness.toml or ssh_config, or its DNS record",
        ) from None
    return tuple(dict.fromkeys((one[0], one[4]) for one in found))


def _own_side(place: Place) -> tuple[str, str]:
    """Return this machine's own address towards a place, and what is wrong with the way there.

    Connecting a datagram socket sends nothing; it only chooses a route.
    """
    family, address = place
    try:
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as chooser:
            chooser.connect(address)
            return str(chooser.getsockname()[0]), ""
    except OSError as error:
        return "", error.strerror or str(error)
