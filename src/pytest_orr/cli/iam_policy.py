"""``orr iam-policy``: the least that AWS must allow, for the facts of the chosen items."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.aws_session_policy import beyond_security_audit
from pytest_orr.clients.organisation_file import read_pinned
from pytest_orr.clients.permission import LARGEST, actions_of, policies_of, policy_of, size_of
from pytest_orr.collect.registry import gathered, registry
from pytest_orr.consent import standing_of
from pytest_orr.discovery.asking import OPERATIONS as OF_DISCOVERY
from pytest_orr.errors import OrrError
from pytest_orr.profile.load import load

from .catalogue import declare_suite, suite_items
from .selection import declare_items, selected

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pytest_orr.model import ItemSpec


class PolicyTooLarge(OrrError):
    """AWS would not take the policy as one (exit code 22)."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the policy has {size} characters, and AWS takes {LARGEST} in one")

    def diagnostics(self) -> str:
        """Say how large it is, and how to have it in parts."""
        return f"{self}; print several with --split, or name fewer items"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_items(parser)
    declare_suite(parser)
    parser.add_argument(
        "--profile",
        metavar="FILE",
        type=Path,
        default=None,
        help="a readiness.toml: what it says is not applicable is left out, as no run asks for it",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help="print a list of policies, none larger than AWS takes",
    )
    parser.add_argument(
        "--beyond-security-audit",
        action="store_true",
        help="leave out what AWS's own managed policy SecurityAudit allows",
    )
    parser.add_argument(
        "--discover",
        action="store_true",
        help="allow what `orr init --discover` asks, instead of what items ask",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print one policy as JSON, or the list of those that it was split into; nothing is asked."""
    actions = actions_of(OF_DISCOVERY if arguments.discover else _operations(arguments))
    if arguments.beyond_security_audit:
        actions = beyond_security_audit(actions)
    if not actions:
        print("Nothing that needs a permission is asked of AWS.", file=sys.stderr)
    policy = policy_of(actions)
    if arguments.split:
        print(json.dumps(policies_of(actions), indent=2))
    elif (size := size_of(policy)) > LARGEST:
        raise PolicyTooLarge(size)
    else:
        print(json.dumps(policy, indent=2))
    return 0


def _operations(arguments: argparse.Namespace) -> set[str]:
    whole = suite_items(arguments.suite)
    items = _asked(selected(whole, arguments.items), whole, arguments.profile)
    known = registry()
    facts = gathered((name for item in items for name in item.facts), known)
    return {operation for name in facts for operation in known[name].operations}


def _asked(
    items: Sequence[ItemSpec], whole: Sequence[ItemSpec], profile: Path | None
) -> tuple[ItemSpec, ...]:
    """Leave out the items that a run does not ask about, as its profile says that none applies."""
    if profile is None:
        return tuple(items)
    now = datetime.now(UTC)
    written = load(profile, items=whole, as_of=now.date(), pinned=read_pinned)
    return tuple(item for item in items if standing_of(item, written, now).not_applicable is None)
