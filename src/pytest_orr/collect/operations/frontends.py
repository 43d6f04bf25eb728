"""Names the pages of the service's frontend, for facts about what users find there."""

from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable


def frontend_pages(desk: Desk) -> tuple[str, ...]:
    """Return the URL of each declared endpoint of role frontend; raises if there is none."""
    found = tuple(one.url for one in desk.profile.endpoints if one.role == "frontend")
    if not found:
        raise FactUnavailable(
            "readiness.toml declares no endpoint of role frontend",
            "declare the frontend under [[endpoints]] in readiness.toml",
        )
    return found
