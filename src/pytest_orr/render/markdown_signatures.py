"""Who put a key under the statement, and the lines that wait, at the end of ``signoff.md``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .escape import markdown, markdown_code
from .markdown_table import table
from .words import SIGNERS, signer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_orr.model import Signing

BOUND = (
    "Whoever signs has read the readiness report of this run; `statement.json` binds its digest,"
    " every result and every file named above. `orr sign` puts a key under it, and `orr verify`"
    " tells afterwards whether the sign-off holds."
)
BLANK = ("&nbsp;" * 12, "&nbsp;" * 24, "&nbsp;" * 12)
"""Room for a name, a signature and a date by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One line of the table: who filled a role with which key; blank while nobody has."""

    role: str
    name: str = ""
    email: str = ""
    fingerprint: str = ""
    """``SHA256:…`` of the key."""
    holds: str = ""
    """Until when, as people read it."""


def unsigned(signing: Signing | None) -> tuple[SignatureLine, ...]:
    """Return a line for everybody who must sign, by the policy or else as is usual."""
    if signing is None:
        return tuple(SignatureLine(role=role) for role in SIGNERS)
    return tuple(SignatureLine(role=one.role) for one in signing.need for _ in range(one.people))


def signatures(lines: Sequence[SignatureLine]) -> Iterator[str]:
    """Yield the section: a line for each role, signed by key or to be signed by hand."""
    yield "## Signatures"
    yield BOUND
    yield table(("Role", "Name", "Signature", "Date"), map(_row, lines))


def _row(line: SignatureLine) -> tuple[str, ...]:
    role = markdown(signer(line.role))
    if not line.fingerprint:
        return (role, *BLANK)
    who = f"{markdown(line.name)}, {markdown(line.email)}" if line.name else markdown(line.email)
    return (role, who, f"key {markdown_code(line.fingerprint)}", f"holds until {line.holds}")
