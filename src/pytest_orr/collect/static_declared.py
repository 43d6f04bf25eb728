"""What a ``[[hosting]]`` entry of readiness.toml says, for the readers of ``static_sites``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from pytest_orr.profile.schema import Endpoint, Hosting, Profile

Key = Literal["bucket", "distribution", "site", "cid"]


def required(hosting: Hosting, key: Key) -> str:
    """Return what an entry must name, or say that it does not."""
    value: str | None = getattr(hosting, key)
    if value:
        return value
    raise FactUnavailable(
        f'[[hosting]] of endpoint "{hosting.endpoint}" names no {key}',
        f"name its {key} under [[hosting]] in readiness.toml",
    )


def endpoint_of(hosting: Hosting, profile: Profile) -> Endpoint:
    """Return the endpoint that an entry serves, or say that there is none of that name."""
    for endpoint in profile.endpoints:
        if endpoint.name == hosting.endpoint:
            return endpoint
    raise FactUnavailable(
        f'[[hosting]] serves the endpoint "{hosting.endpoint}", which is not declared',
        "let endpoint of [[hosting]] be the name of one of the [[endpoints]] in readiness.toml",
    )
