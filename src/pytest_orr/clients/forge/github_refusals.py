"""Names why GitHub refused: status, permission or scope that the token lacks, and what to do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.clients.api_wire import Told

MOVED = frozenset({301, 302, 303, 307, 308})
STRANGE = re.compile(r"[^\w .,:;=/'\"()#-]")
LONGEST = 160
SWITCH_ON = "switch it on for the project at GitHub"
WORDS = MappingProxyType(
    {
        r"disabled|not enabled|must be enabled": SWITCH_ON,
        r"no analysis found": "let the project's workflow analyse its code",
        r"\bexpired": "run the workflow again, and keep its artifacts for longer",
        r"\w not found": "correct its name in readiness.toml",
    }
)
"""What helps where GitHub's words say that the token is not to blame."""
AGAIN = "run again; GitHub did not answer as it should"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, and what a token needs for it."""

    what: str
    """As messages name it: the pull requests."""
    permission: str
    """Of a fine-grained token, which needs it to read."""
    scope: str = "repo"
    """Of a classic token."""

    @property
    def need(self) -> str:
        """What to give the token."""
        return f"permission {self.permission}: read (a classic token: scope {self.scope})"


class Refused(FactUnavailable):
    """GitHub answered a question by a status other than success."""

    def __init__(self, cause: str, remedy: str, told: Told) -> None:
        super().__init__(cause, remedy)
        self.status = told.status
        self.said = message_of(told)
        """GitHub's own words."""


def refusal(told: Told, wanted: Wanted, where: str, *, has_token: bool = True) -> Refused:
    """Return the failure of an answer; ``where`` is what is asked about, such as the project."""
    cause, remedy = _by_status(told, wanted, where, has_token=has_token)
    return Refused(cause, remedy, told)


def message_of(told: Told) -> str:
    """Return what GitHub says about a refusal, shortened; empty if it says nothing readable."""
    try:
        said = json.loads(told.body[:10_000])
    except (ValueError, RecursionError):
        return ""
    message = said.get("message") if isinstance(said, dict) else None
    return tame(message) if isinstance(message, str) else ""


def tame(text: str) -> str:
    """Return a text of GitHub's as a message may hold it."""
    return STRANGE.sub("", text)[:LONGEST]


def _by_status(told: Told, wanted: Wanted, where: str, *, has_token: bool) -> tuple[str, str]:
    if told.status in MOVED:
        return (
            f"GitHub sends on whoever asks for {wanted.what} of {where}: it was renamed",
            "correct the project's path in readiness.toml; a token is not taken anywhere else",
        )
    if told.status == 401:
        return _unknown_token(wanted, where, has_token=has_token)
    if "required" in told.header("x-github-sso"):
        return (
            f"the token is not authorised for the single sign-on of {where}'s organisation",
            "authorise the token for the organisation at GitHub",
        )
    if told.status in {403, 404, 410}:
        return _hidden(told, wanted, where, has_token=has_token)
    said = f": {message_of(told)}" if message_of(told) else ""
    return f"GitHub answers {told.status} to {wanted.what} of {where}{said}", AGAIN


def _unknown_token(wanted: Wanted, where: str, *, has_token: bool) -> tuple[str, str]:
    if has_token:
        return (
            "GitHub does not accept the token",
            "set the variable of token under [forge] in readiness.toml to a valid token",
        )
    return (
        f"GitHub shows {wanted.what} of {where} to nobody without a token",
        'name the variable that holds one as token = { env = "…" } under [forge]',
    )


def _hidden(told: Told, wanted: Wanted, where: str, *, has_token: bool) -> tuple[str, str]:
    need = f"give the token {_need(told, wanted)}"
    if not has_token:
        need = 'name the variable that holds a token as token = { env = "…" } under [forge]'
    said = message_of(told)
    if told.status == 404 and said in {"", "Not Found"}:
        return (
            f"GitHub shows this token nothing of {wanted.what} of {where}: not there, or hidden",
            f"{need}, or correct the names in readiness.toml",
        )
    by_words = next(
        (remedy for words, remedy in WORDS.items() if re.search(words, said, re.IGNORECASE)), need
    )
    return f"GitHub refuses {wanted.what} of {where}: {said or told.status}", by_words


def _need(told: Told, wanted: Wanted) -> str:
    """Return what is missing: as GitHub names it, or as its reference does."""
    if accepted := tame(told.header("x-accepted-github-permissions")):
        return f"permission {accepted.replace('=', ': ')}"
    held = set(_words(told.header("x-oauth-scopes")))
    accepted_scopes = tuple(_words(told.header("x-accepted-oauth-scopes")))
    if accepted_scopes and not held.intersection(accepted_scopes):
        return f"scope {' or '.join(accepted_scopes)}"
    return wanted.need


def _words(header: str) -> Iterator[str]:
    return (word for part in tame(header).split(",") if (word := part.strip()))
