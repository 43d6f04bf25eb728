"""Listings of AWS where one kind of error is an answer, too: there is no such thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.clients.aws import AwsAccess, Place


def listing_if_any(
    aws: AwsAccess,
    place: Place,
    operation: str,
    key: str,
    *,
    absent: tuple[str, ...],
    **parameters: Any,
) -> tuple[Mapping[str, Any], ...] | None:
    """Return everything that a listing holds under ``key``, or ``None`` for an ``absent`` code.

    Only what has a second page is asked again, as the listing that it is.
    """
    first = aws.call(place, operation, absent=absent, **parameters)
    if first is None:
        return None
    if first.get("nextToken"):
        return aws.listing(place, operation, key, **parameters)
    held: Any = first
    for name in key.split("."):
        held = held[name]
    return tuple(held)
