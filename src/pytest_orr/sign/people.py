"""Who is who: an e-mail names one person, with capitals or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def folded(emails: Iterable[str]) -> frozenset[str]:
    """Return e-mails as they are compared."""
    return frozenset(email.casefold() for email in emails)
