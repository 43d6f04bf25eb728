"""A secret on its way from the environment into a request of ``clients``, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no repr, message or log shows; whoever sends it takes it out by name."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "[redacted]"
