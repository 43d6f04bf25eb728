"""A loopback server of the example whose faults are names, and all of its state.

Within a process, ``faults`` may be set; from elsewhere, ``PUT /-/faults`` of the base does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from examples.explorer.forge_server import LoopbackServer
from examples.explorer.forge_state import UnknownFault

if TYPE_CHECKING:
    from collections.abc import Iterable


class FaultServer(LoopbackServer):
    """Answers by what is in ``faults``; a fault that is not ``known`` is refused."""

    known: ClassVar[frozenset[str]]

    def __init__(self, faults: Iterable[str] = ()) -> None:
        self.plant(faults)
        super().__init__()

    @property
    def faults(self) -> frozenset[str]:
        """Those that are planted."""
        return self._faults

    @faults.setter
    def faults(self, faults: frozenset[str]) -> None:
        for name in sorted(faults - self.known):
            raise UnknownFault(name)
        self._faults = faults

    def plant(self, faults: Iterable[str]) -> None:
        """Have these faults and no others."""
        self.faults = frozenset(faults)
