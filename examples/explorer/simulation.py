"""Lets moto, in the process of its server, simulate policies, which it cannot by itself.

A user's or role's own policies decide, as moto evaluates them; conditions are not looked at.
Whoever has none, such as the user that moto takes any key for, may do nothing.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.iam.access_control import AssumedRoleAccessKey, IAMPolicy, IAMUserAccessKey
from moto.iam.access_control import PermissionResult as Said
from moto.iam.responses import IamResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {
    "user": (IAMUserAccessKey, "_owner_user_name"),
    "role": (AssumedRoleAccessKey, "_owner_role_name"),
}
DECISIONS = {Said.DENIED: "explicitDeny", Said.PERMITTED: "allowed", Said.NEUTRAL: "implicitDeny"}


def simulate_policies() -> None:
    """Give moto the operation ``iam:SimulatePrincipalPolicy``."""
    new: Any = _simulated
    IamResponse.simulate_principal_policy = new  # type: ignore[attr-defined]  # it has none


def _simulated(response: IamResponse) -> ActionResult:
    asked: Any = response.params
    policies = [*_policies(asked["PolicySourceArn"], response)]
    resources = asked.get("ResourceArns") or ["*"]
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": DECISIONS[_decision(policies, action, resource)],
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action, resource in product(asked["ActionNames"], resources)
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def _policies(arn: str, response: IamResponse) -> Iterator[IAMPolicy]:
    """Yield the policies of a user or role; none of somebody who is not there."""
    kind, _, path = arn.rpartition(":")[2].partition("/")
    name = path.rpartition("/")[2]
    if kind == "role":
        response.backend.get_role(name)  # moto's own refusal: there is no such entity
    known = response.backend.users if kind == "user" else response.backend.roles.values()
    if name in {getattr(one, "name", one) for one in known}:
        model, attribute = KINDS[kind]
        key: Any = model.__new__(model)  # without a key: moto looks one up to begin with
        key.__dict__ |= {
            attribute: name,
            "account_id": response.current_account,
            "partition": "aws",
        }
        yield from map(IAMPolicy, key.collect_policies())


def _decision(policies: list[IAMPolicy], action: str, resource: str) -> Said:
    said = {policy.is_action_permitted(action, resource) for policy in policies}
    return next((one for one in (Said.DENIED, Said.PERMITTED) if one in said), Said.NEUTRAL)
