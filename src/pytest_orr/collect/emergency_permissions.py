"""Whether the on-call role may take the backend down, by IAM's own simulation.

The fact ``emergency_permissions``. A simulation reads policies and does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.aws import Place
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer

from .parts import Part, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_orr.clients.aws import AwsAccess
    from pytest_orr.profile.emergency import Emergency

    from .interface import Desk

SIMULATION = "iam:SimulatePrincipalPolicy"
HOME = "us-east-1"
"""Where IAM is asked."""
SERVICE_OF_ARN, ACCOUNT_OF_ARN = 2, 4
ANY = "*"
ALLOWED, DENIED = "allowed", "explicitDeny"
NO_ROLE, NO_ANSWER = "no such role", "no answer"
LIMITS = {
    "organization": ("OrganizationsDecisionDetail", "AllowedByOrganizations"),
    "permissions boundary": ("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What IAM says about one action on one resource."""

    action: str
    resource: str
    """ARN, or ``*`` for any."""
    decision: str
    """``allowed``, ``implicitDeny``, ``explicitDeny``; ``no such role``, ``no answer``."""
    denied_by: tuple[str, ...] = ()
    """``organization``, ``permissions boundary``: which of them leaves it out."""
    missing_context: tuple[str, ...] = ()
    """Conditions of policies whose value the simulation was not told, sorted."""

    @property
    def is_allowed(self) -> bool:
        """Whether the role may; what depends on something that was not told raises.

        An explicit denial holds whatever else were true.
        """
        if self.decision == NO_ANSWER:
            raise FactUnavailable(
                f"IAM's simulation says nothing about {self.action} on {self.resource}", "run again"
            )
        if self.missing_context and self.decision != DENIED:
            raise FactUnavailable(
                f"whether {self.action} is allowed depends on {', '.join(self.missing_context)}",
                "say what the on-call person's session has under [emergency] context"
                " in readiness.toml",
            )
        return self.decision == ALLOWED and not self.denied_by

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        by = f" by {' and '.join(self.denied_by)}" if self.denied_by else ""
        return f"{self.decision}{by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPermissionFacts:
    """The on-call role, and what it may do."""

    role: str
    permissions: tuple[Part[Permission], ...]
    """Each declared action on each resource of its service, by service; named ``action on
    resource``, or ``actions of service`` where IAM could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPermissions:
    """May the on-call role do what taking the backend down takes?"""

    name: str = "emergency_permissions"
    source: str = "AWS iam"
    operations: tuple[str, ...] = (SIMULATION, "sts:GetCallerIdentity")
    fact_type: Any = EmergencyPermissionFacts

    def collect(self, desk: Desk) -> Answer[EmergencyPermissionFacts]:
        """Simulate every action of a service on its resources at once."""
        declared = desk.profile.emergency
        if declared.role is None or not declared.actions:
            raise Undeclared("[emergency]", "the on-call role and the actions that it needs")
        home = _home_of(desk.aws, declared.role)
        several = desk.aws.each(partial(_parts, desk.aws, home, declared), _services(declared))
        permissions = tuple(part for parts in several for part in parts)
        facts = EmergencyPermissionFacts(role=declared.role, permissions=permissions)
        return Answer(value=facts, where=(home.account,))


def _home_of(aws: AwsAccess, role: str) -> Place:
    account = role.split(":")[ACCOUNT_OF_ARN]
    if account not in {home.account for home in aws.homes}:
        raise FactUnavailable(
            f"{role} lies in account {account}, which is none of the judged ones",
            "name a role of the judged accounts as role under [emergency] in readiness.toml",
        )
    return Place(account=account, region=HOME)


def _services(declared: Emergency) -> list[str]:
    return sorted({action.partition(":")[0] for action in declared.actions})


def _parts(
    aws: AwsAccess, home: Place, declared: Emergency, service: str
) -> tuple[Part[Permission], ...]:
    return parts_of(f"actions of {service}", lambda: _asked(aws, home, declared, service))


def _asked(
    aws: AwsAccess, home: Place, declared: Emergency, service: str
) -> Iterator[tuple[str, Permission]]:
    """Yield what IAM says of every pair; where it says nothing, that."""
    actions = [one for one in declared.actions if one.partition(":")[0] == service]
    resources = [one for one in declared.resources if one.split(":")[SERVICE_OF_ARN] == service]
    resources = resources or [ANY]
    parameters = {
        "PolicySourceArn": declared.role,
        "ActionNames": actions,
        "ResourceArns": resources,
        "ContextEntries": [_entry(key, value) for key, value in declared.context.items()],
    }
    told = _results(aws, home, parameters)
    found = {(one.action, one.resource): one for one in _permissions(told or ())}
    missing = NO_ROLE if told is None else NO_ANSWER
    for action, resource in product(actions, resources):
        nothing = Permission(action=action, resource=resource, decision=missing)
        yield f"{action} on {resource}", found.get((action, resource), nothing)


def _entry(key: str, value: str) -> dict[str, Any]:
    kind = "boolean" if value in {"true", "false"} else "string"
    return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": kind}


def _results(
    aws: AwsAccess, home: Place, parameters: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]] | None:
    """Return the results of all pages, or ``None`` when there is no such role."""
    found: list[Mapping[str, Any]] = []
    asked: dict[str, Any] = {**parameters}
    markers: list[str] = []
    while True:
        page = aws.call(home, SIMULATION, absent=("NoSuchEntity",), **asked)
        if page is None:
            return None
        found += page["EvaluationResults"]
        if not page.get("IsTruncated"):
            return found
        if page["Marker"] in markers:
            raise FactUnavailable(
                f"AWS {home} repeats the pages of {SIMULATION} without end",
                "run again; AWS did not answer as it should",
            )
        markers.append(page["Marker"])
        asked["Marker"] = page["Marker"]


def _permissions(results: Sequence[Mapping[str, Any]]) -> Iterator[Permission]:
    """Yield a permission a pair: IAM tells resources in results of their own, or inside one."""
    for raw in results:
        action = raw["EvalActionName"]
        if "EvalResourceName" in raw:
            yield _permission(action, raw["EvalResourceName"], raw["EvalDecision"], (raw,))
        for one in raw.get("ResourceSpecificResults", ()):
            decision = one["EvalResourceDecision"]
            yield _permission(action, one["EvalResourceName"], decision, (raw, one))


def _permission(
    action: str, resource: str, decision: str, told: Sequence[Mapping[str, Any]]
) -> Permission:
    missing = {key for one in told for key in one.get("MissingContextValues", ())}
    denied_by = (
        limit
        for limit, (detail, allows) in LIMITS.items()
        if any(one.get(detail, {}).get(allows) is False for one in told)
    )
    return Permission(
        action=action,
        resource=resource,
        decision=decision,
        denied_by=tuple(denied_by),
        missing_context=tuple(sorted(missing)),
    )
