"""How much more than looking the credentials of an AWS account may do, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .aws_question import Login

IDENTITY = "sts:GetCallerIdentity"
SIMULATE = "iam:SimulatePrincipalPolicy"
OF_THE_RUN = frozenset({IDENTITY, SIMULATE})
"""What the run itself asks of each account, whatever its facts are."""

BEYOND_LOOKING = (
    "cloudformation:CreateStack",
    "dynamodb:DeleteTable",
    "dynamodb:GetItem",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "kms:Decrypt",
    "kms:ScheduleKeyDeletion",
    "lambda:InvokeFunction",
    "rds:DeleteDBInstance",
    "s3:DeleteBucket",
    "s3:GetObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:SendCommand",
)
"""What nobody needs who looks: a sample of actions that change something or read what is kept."""

NO_LIMIT = re.compile(
    r":policy/(.*/)?(AdministratorAccess|PowerUserAccess|ReadOnlyAccess|\w*FullAccess)$"
)
"""AWS's policies that let a session change things or, as ReadOnlyAccess, read what is kept."""
ASSUMED = re.compile(
    r"^arn:(?P<partition>[a-z-]+):sts::(?P<account>[0-9]{12}):assumed-role/(?P<role>[^/]+)/"
)
REMEDY = (
    "name a role that can only look in [[aws.accounts]] role, or use credentials with no more than"
    " `orr iam-policy` prints"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Width:
    """What is known of how much credentials may do."""

    word: Literal["narrow", "wide", "unknown"]
    why: str
    """A few words for people."""


def width_without_asking(arn: str, login: Login) -> Width | None:
    """Return what a login and an ARN say by themselves; nothing if policies must be simulated."""
    named = ", ".join(one.rpartition("/")[2] for one in login.session_policies)
    if any(NO_LIMIT.search(one) for one in login.session_policies):
        return Width(word="wide", why=f"its session may do what {named} allow")
    if login.role:
        return Width(word="narrow", why=f"limited by a session policy: {named}")
    if arn.endswith(":root"):
        return Width(word="wide", why="it is the account's root, which may do everything")
    return None


def told_by(results: Iterable[Mapping[str, Any]]) -> Width:
    """Return what a simulation says (``iam:SimulatePrincipalPolicy``)."""
    allowed = {str(one["EvalActionName"]): _allowed(one) for one in results}
    if may := sorted(action for action, yes in allowed.items() if yes):
        return Width(word="wide", why=f"it may {', '.join(may)}")
    if missing := sorted({*BEYOND_LOOKING} - allowed.keys()):
        return Width(word="unknown", why=f"the simulation leaves {', '.join(missing)} out")
    return Width(word="narrow", why=f"none of {len(allowed)} actions beyond looking is allowed")


def _allowed(result: Mapping[str, Any]) -> bool:
    """Tell whether an action is allowed, in the organization and by the permissions boundary."""
    above = (
        result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations", True),
        result.get("PermissionsBoundaryDecisionDetail", {}).get(
            "AllowedByPermissionsBoundary", True
        ),
    )
    return result["EvalDecision"] == "allowed" and all(above)


def not_told(error: FactUnavailable) -> Width:
    """Return that a simulation could not be had."""
    return Width(word="unknown", why=f"{error.cause}; {error.remedy}")


def principal_of(arn: str) -> str:
    """Return the ARN whose policies are simulated: of a session's role, or of the user itself.

    A session's ARN does not tell the path of its role; of those of IAM Identity Center it is
    known up to the region. AWS finds no role then, and the width stays unknown.
    """
    if found := ASSUMED.match(arn):
        return "arn:{partition}:iam::{account}:role/{role}".format(**found.groupdict())
    return arn


def refusal(account: str, arn: str, width: Width) -> FactUnavailable:
    """Return why an account is not asked although its credentials are its own."""
    known = "are wider than needed" if width.word == "wide" else "may be wider than needed"
    return FactUnavailable(
        f"the credentials for AWS account {account} {known} ({arn}: {width.why}), and policy.toml"
        ' says credentials = "narrow"',
        REMEDY,
    )
