"""Not-applicables as proposals, for components that a service does not have: nobody agreed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.profile.applicability import items_resting_on
from pytest_orr.profile.toml_quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.profile.applicability import Basis

    from .answers import Answers, Component

WITHOUT: Mapping[Component, tuple[Basis, str, str]] = {
    "aws": ("aws", "other-provider", "The service does not run in AWS."),
    "hosts": ("hosts", "no-such-component", "The service has no hosts that are logged in to."),
    "contracts": ("contracts", "no-such-component", "The service has no smart contracts."),
    "provider": ("provider", "no-such-component", "The service uses no provider of nodes."),
    "database": ("databases", "no-such-component", "The service has no database."),
    "docker": ("images", "no-such-component", "The service is not built into images."),
}
"""What the profile must then not declare, which kind of reason that is, and the reason."""
HEAD = """
## Proposed by `orr init`, by what was answered there. Each is UNKNOWN until somebody with the role
## approver or principal-engineer agrees: name them as approver, and the day as on. Take out what
## does apply after all: where something else does the same, it is that which is to be shown."""
ENTRY = """
[[not_applicable]]
item = {item}
reason = {reason}
text = {text}"""


def proposals(answers: Answers) -> str:
    """Return the entries of readiness.toml for everything that the service does not have."""
    entries = [ENTRY.format(**one) for one in _entries(answers)]
    return "\n".join((HEAD, *entries, "")) if entries else ""


def _entries(answers: Answers) -> Iterator[dict[str, str]]:
    for component in answers.said("no"):
        basis, reason, text = WITHOUT[component]
        for item in items_resting_on(basis):
            yield {"item": quoted(item), "reason": quoted(reason), "text": quoted(text)}
