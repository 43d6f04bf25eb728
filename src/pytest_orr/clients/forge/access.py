"""Opens the forge that the profile names, when something is first asked of it."""

from __future__ import annotations

import os
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orr.errors import Undeclared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pytest_orr.clients.clocks import Clocks
    from pytest_orr.profile.forge import Forge as Declared

    from .interface import Forge

KINDS = MappingProxyType({"gitlab": "GitLab", "github": "GitHub"})


def open_forge(
    declared: Declared | None,
    folder: Path,
    progress: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
    *,
    clocks: Clocks | None = None,
) -> Forge:
    """Return the declared forge; nothing is asked of it yet.

    ``folder`` is the profile's, below which its ``ca`` lies. Raises ``FactUnavailable`` without a
    declaration, or when a variable that it names is not set.
    """
    if declared is None:
        raise Undeclared("[forge]", "the project on GitLab or GitHub")
    module = import_module(f"pytest_orr.clients.forge.{declared.kind}")
    kind: type[Forge] = getattr(module, KINDS[declared.kind])
    opened: Forge = kind(declared, folder, progress, environment or os.environ, clocks=clocks)  # type: ignore[call-arg] # a protocol says nothing of how its classes are made
    return opened
