"""Names why a forge did not take what was to be written: token, scope, role, or somebody faster."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.secret import Secret
from pytest_orr.errors import FactUnavailable

from .interface import LABEL, PublishingFailed, Vanished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .interface import Target

STRANGE = re.compile(r"[^\w .,:;=/'\"()!#-]")
LONGEST = 160
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
AGAIN = "publish again; what was written is found then, and not written twice"
NAMED = "correct --url, --project, --ca or the variable that --token names"
GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What is asked of a forge, for messages, and what it takes."""

    what: str
    """In words that follow "to": read the issues of explorer/explorer."""
    whose: str
    """Whose API it is: GitLab."""
    scope: str
    """What the token must be given to be let do it."""
    changes: bool = False
    """Whether something that was seen before is changed, which may be gone by now."""


def token_of(target: Target, environment: Mapping[str, str], scope: str) -> Secret:
    """Return the token; ``PublishingFailed`` if its variable is not set."""
    if token := environment.get(target.token):
        return Secret(token)
    raise PublishingFailed(
        f"environment variable {target.token} is not set, and nobody writes without a token",
        f"set it to a token with {scope}, or name another variable with --token",
    )


@contextmanager
def as_publishing() -> Iterator[None]:
    """Turn what goes wrong on the way into ``PublishingFailed``, in the words of the command."""
    try:
        yield
    except FactUnavailable as error:
        is_file = "readiness.toml" in error.remedy
        raise PublishingFailed(error.cause, NAMED if is_file else error.remedy) from None


@contextmanager
def as_described(doing: Doing) -> Iterator[None]:
    """Turn an answer of another shape into ``PublishingFailed``."""
    try:
        yield
    except MALFORMED as error:
        raise PublishingFailed(
            f"{doing.whose}'s answer, asked to {doing.what}, is not as its reference says"
            f" ({type(error).__name__})",
            "publish again; look what answers at --url if that does not help",
        ) from None


def rows_in(value: Any) -> list[Any]:
    """Return the rows of a listing; anything else is not as described, and no empty listing."""
    if isinstance(value, list):
        return value
    raise TypeError("no list")


def refusal(status: int, body: bytes, doing: Doing) -> PublishingFailed:
    """Return why a forge answered by a status other than success."""
    whose, said = doing.whose, said_in(body)
    tail = f": {said}" if said else ""
    if status == 401:
        return PublishingFailed(
            f"{whose} does not accept the token{tail}", f"set one with {doing.scope}"
        )
    if doing.changes and status in GONE:
        return Vanished(
            f"{whose} has nothing there any more, asked to {doing.what}{tail}",
            f"publish again, or give the token {doing.scope}",
        )
    if status == 410:
        return PublishingFailed(f"{whose} refuses to {doing.what}{tail}", "switch issues on there")
    if status in {403, 404}:
        return PublishingFailed(
            f"{whose} does not let this token {doing.what}{tail}",
            f"give the token {doing.scope}, or correct --project and --merge-request",
        )
    if 300 <= status < 400:
        return PublishingFailed(
            f"{whose} sends elsewhere whoever wants to {doing.what}, as for what was renamed",
            "correct --url and --project; a token is taken nowhere else",
        )
    return PublishingFailed(f"{whose} answers {status}, asked to {doing.what}{tail}", AGAIN)


def is_labelled(labels: Iterable[str]) -> bool:
    """Tell whether an issue has the label; a forge may know it with capitals."""
    return LABEL in {label.lower() for label in labels}


def unlabelled(number: int, doing: Doing) -> PublishingFailed:
    """Return why no further issue is made: it could not be found again."""
    return PublishingFailed(
        f"{doing.whose} made issue {number} without the label {LABEL}, by which it would be found"
        " again; it was closed at once",
        f"give the token {doing.scope}, which lets it set labels",
    )


def said_in(body: bytes) -> str:
    """Return what a forge says about a refusal, shortened; empty if it says nothing readable."""
    try:
        said: Any = json.loads(body[:10_000])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    words = (said.get(key) for key in ("error", "error_description", "message"))
    text = " ".join(word for word in words if isinstance(word, str))
    return STRANGE.sub("", text)[:LONGEST]
