"""Which tags are candidates of a release by their name, on either forge."""

from __future__ import annotations

import re

NAMED = re.compile(r"(^|[-._+0-9])(alpha|beta|pre|rc)[-._]?[0-9]*$", re.IGNORECASE)


def is_named_candidate(tag: str) -> bool:
    """Tell whether a tag ends as candidates do: ``v1.4.0-rc.1``, ``1.4.0b`` is none."""
    return NAMED.search(tag) is not None
