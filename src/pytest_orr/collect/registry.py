"""The collectors there are: the product's own in one explicit list, others by hook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.collect.endpoints import Endpoints
from pytest_orr.collect.load_balancers import LoadBalancers
from pytest_orr.collect.security_groups import BackendSecurityGroups
from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_orr.collect.interface import Collector


RESERVED = frozenset({"profile", "as_of", "subject", "attestation", "observation", "request"})
"""What items ask for by name besides facts."""


def registry(others: Iterable[Iterable[Collector[Any]]] = ()) -> Mapping[str, Collector[Any]]:
    """Return every collector by the name of its fact.

    ``others`` is what the hook ``pytest_orr_collectors`` returned; a name that is taken already
    raises ``InvalidInput``.
    """
    known: dict[str, Collector[Any]] = {}
    own: tuple[Collector[Any], ...] = (BackendSecurityGroups(), Endpoints(), LoadBalancers())
    for collector in (*own, *(one for several in others for one in several)):
        if collector.name in RESERVED:
            reserved = f"no collector may bring a fact called {collector.name}; rename it"
            raise InvalidInput((reserved,))
        if collector.name in known:
            taken = f"two collectors bring the fact {collector.name}; rename one of them"
            raise InvalidInput((taken,))
        known[collector.name] = collector
    return dict(sorted(known.items()))
