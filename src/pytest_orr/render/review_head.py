"""The head of ``review.json``: which release, run and people a review is about, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_orr.model import Person, Release, RunBlock

Plain = dict[str, Any]


def release(value: Release) -> Plain:
    """Return what is to be launched."""
    return {"commit": value.commit, "images": list(value.images), "first": value.first}


def run(value: RunBlock) -> Plain:
    """Return which run it was."""
    return {
        "id": value.id,
        "started": value.started,
        "as_of": value.as_of,
        "tool": value.tool,
        "suite": value.suite,
    }


def person(value: Person) -> Plain:
    """Return somebody whom the profile names."""
    return {"email": value.email, "name": value.name, "roles": list(value.roles)}
