"""pytest-orr: launch readiness as tests. These names are all that an item's author imports."""

from .reading import at_least_one, both_ways, days_left, each, of_role, own

__all__ = ["at_least_one", "both_ways", "days_left", "each", "of_role", "own"]
