"""From the operations that are asked to the least IAM policy that allows them."""

from __future__ import annotations

import json
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .guard import PERMISSIONS, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST = 6144
"""Characters that a managed policy may have, white space apart."""

NEEDS_NONE = frozenset({"sts:GetCallerIdentity"})
"""AWS answers it whatever policies say."""

ALSO_NEEDED = MappingProxyType(
    {
        "compute-optimizer:GetEC2InstanceRecommendations": ("ec2:DescribeInstances",),
        "wafv2:GetWebACLForResource": (
            "elasticloadbalancing:GetLoadBalancerWebACL",
            "wafv2:GetWebACL",
        ),
        "wafv2:ListResourcesForWebACL": ("elasticloadbalancing:DescribeWebACLAssociation",),
    }
)
"""What AWS checks besides, for the kinds of resource that the operation is asked about."""


def actions_of(operations: Iterable[str]) -> tuple[str, ...]:
    """Return the IAM actions that AWS checks for these operations, sorted, each once.

    Operations that are not AWS's (``http:GET``, ``ssh:release``) need none.
    """
    asked = {one for one in operations if one.partition(":")[0] in SERVICES} - NEEDS_NONE
    own = {PERMISSIONS.get(operation, operation) for operation in asked}
    return tuple(sorted(own.union(*(ALSO_NEEDED.get(operation, ()) for operation in asked))))


def policy_of(actions: Iterable[str]) -> dict[str, Any]:
    """Return a policy of one statement a service.

    Its resource is ``*``: what is asked lists what is there, and finds the service's by its tags.
    """
    by_service = groupby(sorted(actions), key=lambda action: action.partition(":")[0])
    statements = [_statement(service, list(own)) for service, own in by_service]
    return {"Version": "2012-10-17", "Statement": statements}


def policies_of(actions: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """Return as few policies as hold the actions in order, none larger than AWS takes."""
    return tuple(policy_of(part) for part in _parts(sorted(actions))) or (policy_of(()),)


def size_of(policy: dict[str, Any]) -> int:
    """Return the characters of a policy as AWS counts them: without white space."""
    return len(json.dumps(policy, separators=(",", ":")))


def _statement(service: str, actions: list[str]) -> dict[str, Any]:
    name = "".join(word.capitalize() for word in service.split("-"))
    return {"Sid": f"Read{name}", "Effect": "Allow", "Action": actions, "Resource": "*"}


def _parts(actions: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for action in actions:
        if part and size_of(policy_of([*part, action])) > LARGEST:
            yield part
            part = []
        part.append(action)
    if part:
        yield part
