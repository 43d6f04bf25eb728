"""What ``clients.aws`` asks: one operation with its parameters, in one place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region of an account."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account} {self.region}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One operation with its parameters, asked in one place with one set of credentials."""

    place: Place
    profile: str | None
    """Named profile of the credentials; without it the usual chain decides."""
    operation: str
    """As IAM names it: ``elasticloadbalancing:DescribeListeners``."""
    parameters: Mapping[str, Any]
    absent: tuple[str, ...] = ()
    """Error codes by which AWS says that there is no such thing."""

    @property
    def service(self) -> str:
        """IAM prefix of the service."""
        return self.operation.partition(":")[0]

    @property
    def name(self) -> str:
        """Name of the operation without the service."""
        return self.operation.partition(":")[2]

    def __str__(self) -> str:
        parameters = json.dumps(self.parameters, sort_keys=True)
        return " ".join((str(self.place), self.operation, parameters, *self.absent))
