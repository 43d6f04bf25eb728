"""Names why GitLab refused: token, scope, edition or role that is missing, and what to do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pytest_orr.errors import FactUnavailable

STRANGE = re.compile(r"[^\w .,:;=/'\"()!#-]")
LONGEST = 160
AGAIN = "run again; GitLab did not answer as it should"
SCOPE = "read_api"
OF_A_PROJECT = "404 Project Not Found"
OF_A_GROUP = "404 Group Not Found"
DECLARED = 'token = { env = "…" } under [forge] in readiness.toml'


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, and what it takes to be told."""

    what: str
    """As messages name it: the merge requests."""
    role: str = "Reporter"
    """The least role of the token's user that may read it."""
    tier: str = ""
    """The edition of GitLab that has it, if not every one has."""

    @property
    def need(self) -> str:
        """What to see to."""
        own = f"give the token scope {SCOPE} and its user the role {self.role}"
        return f"{own}; it takes GitLab {self.tier}" if self.tier else own


class Refused(FactUnavailable):
    """GitLab answered a question by a status other than success."""

    def __init__(self, cause: str, remedy: str, status: int) -> None:
        super().__init__(cause, remedy)
        self.status = status


def refusal(
    status: int, body: bytes, wanted: Wanted, where: str, *, has_token: bool = True
) -> Refused:
    """Return the failure of an answer; ``where`` is the project or group that is asked about."""
    said = said_in(body)
    if status in {401, 403, 404} and not has_token:
        cause = f"GitLab shows {wanted.what} of {where} to nobody without a token"
        return Refused(cause, f"name the variable that holds one as {DECLARED}", status)
    match status:
        case 401:
            cause, remedy = _unknown_token(said)
        case 403:
            cause, remedy = _forbidden(said, wanted, where)
        case 404:
            cause, remedy = _not_shown(said, wanted, where)
        case _ if 300 <= status < 400:
            cause, remedy = _moved(wanted, where)
        case _:
            cause, remedy = _broken(status, said, wanted, where)
    return Refused(cause, remedy, status)


def said_in(body: bytes) -> str:
    """Return what GitLab says about a refusal, shortened; empty if it says nothing readable."""
    try:
        said: Any = json.loads(body[:10_000])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    words = (said.get(key) for key in ("error", "error_description", "message"))
    return tame(" ".join(word for word in words if isinstance(word, str)))


def tame(text: str) -> str:
    """Return a text of GitLab's as a message may hold it."""
    return STRANGE.sub("", text)[:LONGEST]


def _unknown_token(said: str) -> tuple[str, str]:
    state = next((word for word in ("expired", "revoked") if word in said.lower()), "not valid")
    return (
        f"GitLab does not accept the token: it is {state}",
        f"make a token with scope {SCOPE} and set the variable of {DECLARED} to it",
    )


def _forbidden(said: str, wanted: Wanted, where: str) -> tuple[str, str]:
    if "insufficient_scope" in said:
        return (
            f"the token's scopes do not let it read {wanted.what} of {where}",
            f"give the token scope {SCOPE}",
        )
    return f"GitLab refuses {wanted.what} of {where}: {said or 'forbidden'}", wanted.need


def _not_shown(said: str, wanted: Wanted, where: str) -> tuple[str, str]:
    if said in {OF_A_PROJECT, OF_A_GROUP}:
        member = f"make the token's user a member with the role {wanted.role}"
        return (
            f"{where} is not there or not visible to the token",
            f"correct its path in readiness.toml, or {member}",
        )
    why = f"GitLab {wanted.tier} has it, or " if wanted.tier else ""
    hidden = f"GitLab shows {wanted.what} of {where} to this token not at all"
    return f"{hidden}: {why}nothing is there, or it is not allowed", wanted.need


def _moved(wanted: Wanted, where: str) -> tuple[str, str]:
    asks = f"whoever asks for {wanted.what} of {where}"
    correct = "correct url and the path of the project in readiness.toml"
    return (
        f"GitLab sends {asks} elsewhere, as it does for what was renamed",
        f"{correct}; a token is not taken anywhere else",
    )


def _broken(status: int, said: str, wanted: Wanted, where: str) -> tuple[str, str]:
    more = f": {said}" if said else ""
    return f"GitLab answers {status} to {wanted.what} of {where}{more}", AGAIN
