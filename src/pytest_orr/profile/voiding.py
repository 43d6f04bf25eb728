"""To what is a statement bound, so that it is void when that changes? Part of ``standing``.

What git and AWS say of the change itself is judged with their facts, in ``consent``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.model import VOIDED_BY

from .mistakes import escape
from .objection import Objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import ItemSpec

    from .schema import Profile, Statement

ANY = "any"


def is_launched(commit: str, profile: Profile) -> bool:
    """Tell whether a commit, maybe shortened, is the one to be launched."""
    launched = profile.release.commit
    return launched.startswith(commit) or commit.startswith(launched)


def against_binding(spec: ItemSpec, statement: Statement, profile: Profile) -> Iterator[Objection]:
    """Yield why a statement is not bound to what voids it when it changes."""
    if not spec.void:
        return
    if statement.release == ANY:
        yield Objection(
            reason=f'its `release` is "{ANY}", but {VOIDED_BY[spec.void]} voids it',
            remedy="set `release` to the commit that it was made for",
        )
    if spec.void == "machines" and not statement.machines:
        yield Objection(
            reason="it names no `machines`, but a change of the instance type voids it",
            remedy='name the instance types that were loaded: machines = ["…"]',
        )
    if spec.void == "bytecode" and statement.release != ANY:
        yield from _against_builds(statement, profile)


def _against_builds(statement: Statement, profile: Profile) -> Iterator[Objection]:
    for contract in profile.contracts:
        built = contract.audited_commit
        if not (built.startswith(statement.release) or statement.release.startswith(built)):
            code = f"the code of {escape(contract.name)} is built from {escape(built)}"
            yield Objection(
                reason=f"it is bound to {statement.release}, {code}",
                remedy=f"have {escape(built)} audited, and state it for that commit",
            )
