"""Settings of the profile that may stand in the environment, read for the clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Mapping


def setting(
    value: str | FromEnvironment | None, *, where: str, environment: Mapping[str, str]
) -> str:
    """Return a setting's text; empty when there is none.

    ``where`` says where it stands in readiness.toml, such as ``[network] resolver``. A variable
    that is not set, or empty, is ``FactUnavailable`` and named.
    """
    if not isinstance(value, FromEnvironment):
        return value or ""
    if found := environment.get(value.env):
        return found
    raise FactUnavailable(
        f"environment variable {value.env}, named in {where}, is not set",
        f"set {value.env}, or correct {where} in readiness.toml",
    )
