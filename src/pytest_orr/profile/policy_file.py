"""One policy.toml by itself: of an earlier release, and no part of the profile that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput

from .documents import document_of
from .schema import Policy
from .signoff_rules import broken_signoff_rules
from .structure import validate

if TYPE_CHECKING:
    from .signoff import SignoffRules


def read_policy(file: str, content: bytes) -> tuple[Policy, SignoffRules]:
    """Return the policy in a file, with its rules of who may sign.

    ``file`` is how messages name it. Raises ``InvalidInput`` for what is none, has no
    ``[signoff]``, or would let weak keys sign.
    """
    document = document_of(file, content)
    policy, mistakes = validate(document, Policy)
    found = (*mistakes, *broken_signoff_rules(document))
    if found or policy is None:
        raise InvalidInput(tuple(str(mistake) for mistake in sorted({*found})))
    if policy.signoff is None:
        raise InvalidInput((f"{file}: says nobody who may sign off: it has no [signoff]",))
    return policy, policy.signoff
