"""Where a listing of GitLab's goes on: by a link, or by the number of the next page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pytest_orr.errors import FactUnavailable

from .gitlab_reading import as_described
from .gitlab_refusals import AGAIN, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .gitlab_backend import Answer

NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next"?')
MOST_PAGES = 500
"""Pages of a listing; GitLab itself gives no more than 50,000 rows by number of page."""


def question(path: str, parameters: Mapping[str, object]) -> str:
    """Return what is asked as one text."""
    return f"{path}?{urlencode(sorted((name, str(one)) for name, one in parameters.items()))}"


def refuse_endless(question: str, asked: set[str], wanted: Wanted, where: str) -> None:
    """Note a question; ``FactUnavailable`` if it was asked before, or too many were."""
    if question in asked or len(asked) == MOST_PAGES:
        raise FactUnavailable(
            f"the pages of {wanted.what} of {where} do not end: {len(asked)} were read", AGAIN
        )
    asked.add(question)


def rows_of(value: Any, wanted: Wanted, where: str) -> list[Any]:
    """Return the rows of a page."""
    with as_described(wanted, where):
        if not isinstance(value, list):
            raise TypeError("no list")
        return value


def following(answer: Answer, parameters: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return what to ask the next page with; only the query of a link is taken, never its host."""
    if found := NEXT.search(str(answer.headers.get("link", ""))):
        return dict(parse_qsl(urlsplit(found[1]).query))
    if page := answer.headers.get("x-next-page"):
        return {**parameters, "page": page}
    return None
