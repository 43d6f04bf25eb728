"""Where a service keeps less than its organisation asks for, in the words of every document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .escape import markdown, markdown_code
from .markdown_table import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import Review, Weakening

TITLE = "Weaker than the organisation's limits"


def line(one: Weakening) -> str:
    """Say in one line what is weaker, by how much, and who let it be so until when."""
    return f"{one.difference}: {one.approver} approved it from {one.on} to {one.until}"


def plain(review: Review) -> list[dict[str, Any]]:
    """Return every weakening as plain JSON values, sorted by key."""
    return [
        {
            "key": one.key,
            "organisation": one.organisation,
            "organisation_value": one.organisation_value,
            "beneath": one.beneath,
            "value": one.value,
            "where": one.where,
            "reason": one.reason,
            "approver": one.approver,
            "on": one.on,
            "until": one.until,
        }
        for one in review.weakenings
    ]


def in_markdown(review: Review) -> Iterator[str]:
    """Yield them for ``signoff.md``, if there are any."""
    rows = [
        (
            markdown_code(one.key),
            markdown_code(one.organisation_value)
            + f", {markdown(one.organisation)}, {markdown_code(one.beneath)}",
            f"{markdown_code(one.value)}, {markdown_code(one.where)}",
            markdown(one.reason),
            markdown(one.approver),
            f"{markdown(one.on)} to {markdown(one.until)}",
        )
        for one in review.weakenings
    ]
    if rows:
        yield f"## {TITLE}"
        head = ("Setting", "The organisation's", "Here", "Reason", "Approved by", "Holds")
        yield table(head, rows)
