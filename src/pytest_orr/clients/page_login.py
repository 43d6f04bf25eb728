"""Tells pages that ask who reads from documents, for ``clients.pages``: both answer 200."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from .page_said import Content

DOORS = frozenset(
    {"login", "log-in", "log_in", "signin", "sign-in", "sign_in", "sso", "saml", "saml2"}
    | {"oauth", "oauth2", "openid-connect", "adfs", "cas", "authorize"}
)
"""Parts of paths at which people log in."""
ENDING = re.compile(r"\.(action|aspx|do|html?|jsp|php)\Z")


def refuse_login(content: Content, asked: str, final_url: str, remedy: str) -> None:
    """Raise ``FactUnavailable`` when a page that was found is a door and not the document."""
    host, led_to = urlsplit(asked).netloc.lower(), urlsplit(content.leads_on).netloc.lower()
    is_door = bool(_doors(final_url) - _doors(asked))
    if content.asks_login or is_door or led_to not in {"", host}:
        raise FactUnavailable(
            f"{asked.partition('?')[0]} asks for a login",
            f"{remedy}, or let the document be open to whoever is on call",
        )


def _doors(url: str) -> frozenset[str]:
    parts = urlsplit(url).path.lower().split("/")
    return DOORS & {ENDING.sub("", part) for part in parts}
