"""An organisation's file beneath a service's as a choice: what it asks, and what the service bends.

Each choice is written into real files and read by ``load``, once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.load import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

NO_WAIVER, SHORTER, AUTHORSHIP = "no waiver", "shorter waivers", "known authors"
ASKS = (NO_WAIVER, SHORTER, AUTHORSHIP)
"""What an organisation may ask for: each makes something void that counts without it."""
BENDS = {
    SHORTER: ("gate.longest_waiver.blocker", "14"),
    AUTHORSHIP: ("gate.authorship", '"claimed"'),
}
"""What of it a service may have weakened: the key, and its value then."""
APPROVAL_FLAWS = (
    "not approved",
    "approved by a stranger",
    "expired",
    "too long",
    "of another value",
)
PROFILE = """\
[extends]
path = "organisation.toml"
sha256 = "{digest}"
[service]
name = "demo"
environment = "production"
[[service.people]]
email = "eve@example.org"
name = "Eve"
roles = ["approver"]
[release]
commit = "0123456789"
"""
APPROVED = """\
[[weakenings]]
key = "{key}"
value = {value}
reason = "r"
approver = "{approver}"
on = {on}
until = {until}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """An organisation's file as it was chosen, and what the service makes of it."""

    asks: frozenset[str] = frozenset()
    bends: frozenset[str] = frozenset()
    """What of it the service has weakened, by approvals with these flaws."""
    flaws: frozenset[str] = frozenset()

    def asks_for(self, wanted: str) -> bool:
        """Tell whether the organisation asks for something, and nobody soundly agreed to less."""
        return wanted in self.asks and (wanted not in self.bends or bool(self.flaws))


def sound_overs() -> list[Over]:
    """Return each organisation that a service keeps to, or has soundly bent."""
    return [
        Over(asks=frozenset(asks), bends=frozenset(bends))
        for asks in _some(ASKS)
        for bends in _some([one for one in asks if one in BENDS])
    ]


def flawed_overs() -> list[Over]:
    """Return each organisation that a service has bent, with each flaw of the approval."""
    bent = [one for one in sound_overs() if one.bends]
    return [replace(one, flaws=frozenset({flaw})) for one in bent for flaw in APPROVAL_FLAWS]


def _some(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    several = tuple(values)
    for many in range(len(several) + 1):
        yield from combinations(several, many)


@cache
def laid(
    over: Over, unwaivable: frozenset[str], items: tuple[ItemSpec, ...], said: date, as_of: date
) -> Written | None:
    """Return what holds as of a day; nothing where the files are refused.

    ``unwaivable`` are items that the service itself lets nobody waive.
    """
    organisation = _organisation(over, items)
    digest = hashlib.sha256(organisation.encode()).hexdigest()
    approvals = "".join(_approval(over, bent, said) for bent in sorted(over.bends))
    texts = {
        "organisation.toml": organisation,
        "readiness.toml": PROFILE.format(digest=digest) + approvals,
        "policy.toml": _policy(over, unwaivable),
    }
    with TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        try:
            profile = Path(folder, "readiness.toml")
            return load(profile, items=items, as_of=as_of)
        except InvalidInput:
            return None


def _organisation(over: Over, items: Iterable[ItemSpec]) -> str:
    lines = ['name = "Org"', "[[people]]", 'email = "pat@example.org"', 'name = "Pat"']
    lines += ['roles = ["approver"]', "[gate]"]
    if NO_WAIVER in over.asks:
        lines.append(f"unwaivable = [{_listed(one.id for one in items)}]")
    if AUTHORSHIP in over.asks:
        lines.append('authorship = "committed"')
    if SHORTER in over.asks:
        lines += ["[gate.longest_waiver]", "blocker = 7"]
    return "\n".join(lines) + "\n"


def _policy(over: Over, unwaivable: frozenset[str]) -> str:
    lines = ["[gate]"]
    if unwaivable and NO_WAIVER not in over.asks:
        lines.append(f"unwaivable = [{_listed(sorted(unwaivable))}]")
    if AUTHORSHIP in over.bends:
        lines.append('authorship = "claimed"')
    if SHORTER in over.bends:
        lines += ["[gate.longest_waiver]", "blocker = 14"]
    return "\n".join(lines) + "\n"


def _listed(items: Iterable[str]) -> str:
    return ", ".join(f'"{one}"' for one in items)


def _approval(over: Over, bent: str, said: date) -> str:
    if "not approved" in over.flaws:
        return ""
    key, value = BENDS[bent]
    stranger = "approved by a stranger" in over.flaws
    on = -100 if "expired" in over.flaws else -5
    until = 200 if "too long" in over.flaws else 30
    return APPROVED.format(
        key=key,
        value='"another"' if "of another value" in over.flaws else value,
        approver="eve@example.org" if stranger else "pat@example.org",
        on=said + timedelta(days=on),
        until=said + timedelta(days=-1 if "expired" in over.flaws else until),
    )
