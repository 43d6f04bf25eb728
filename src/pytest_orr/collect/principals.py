"""Whom policies and grants mean, by names that can be compared with declared ones.

A role may be written with its path, by a session of it, or by the service that it belongs to; for
who may use a key, all of these are the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .policies import EVERYBODY_CONFINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .policies import Grant

ACCOUNT = re.compile(r"[0-9]{12}")
ARN = re.compile(r"arn:(?P<cloud>aws[a-z-]*):(iam|sts)::(?P<account>[0-9]{12}):(?P<rest>.+)")
OF_A_SERVICE = re.compile(r"role/aws-service-role/(?P<service>[^/]+)/.+")
INFRASTRUCTURE = re.compile(r"assumed-role/aws:(?P<service>[a-z0-9-]+)-infrastructure/.+")
SESSION = re.compile(r"assumed-role/(?P<name>[^/]+)/.+")
WITH_PATH = re.compile(r"(?P<kind>role|user)/(.+/)?(?P<name>[^/]+)")
SERVICE = re.compile(r"(?P<name>[a-z0-9-]+)(\.[a-z]{2}(-[a-z]+)+-[0-9]+)?\.amazonaws\.com(\.cn)?")
THROUGH = "kms:viaservice"
OF_WHOM = ("aws:principalarn",)
OF_WHICH_ACCOUNT = ("kms:calleraccount", "aws:principalaccount", "aws:sourceaccount")


def plain_principal(name: str) -> str:
    """Return one name for everything by which AWS may call a role, user, account or service.

    ``arn:aws:iam::123456789012:role/name`` without path or session, ``…:root`` for an account,
    ``rds.amazonaws.com`` for a service in any region, for its own roles, and for what it runs.
    """
    if ACCOUNT.fullmatch(name):
        return f"arn:aws:iam::{name}:root"
    if found := SERVICE.fullmatch(name):
        return f"{found['name']}.amazonaws.com"
    if found := ARN.fullmatch(name):
        return _of_arn(found) or name
    return name


def _of_arn(arn: re.Match[str]) -> str:
    rest, own = arn["rest"], f"arn:{arn['cloud']}:iam::{arn['account']}:"
    if found := OF_A_SERVICE.fullmatch(rest):
        return plain_principal(found["service"])
    if found := INFRASTRUCTURE.fullmatch(rest):
        return f"{found['service']}.amazonaws.com"
    if found := SESSION.fullmatch(rest):
        return f"{own}role/{found['name']}"
    if found := WITH_PATH.fullmatch(rest):
        return f"{own}{found['kind']}/{found['name']}"
    return ""


def admitted_by(grant: Grant) -> tuple[str, ...]:
    """Return whom a statement admits: of everybody on conditions, whom the conditions leave."""
    return tuple(sorted({*_admitted(grant)}))


def _admitted(grant: Grant) -> Iterator[str]:
    for principal in grant.principals:
        if not principal.is_everybody:
            yield plain_principal(principal.name)
        elif grant.is_for_everybody:
            yield principal.shown
        else:
            yield from _left_by_conditions(grant)


def _left_by_conditions(grant: Grant) -> tuple[str, ...]:
    through = [one for one in grant.conditions if one.key == THROUGH and one.is_positive]
    services = tuple(value for one in through for value in one.values)
    persons = tuple(value for key in OF_WHOM for value in grant.values_of(key))
    accounts = tuple(value for key in OF_WHICH_ACCOUNT for value in grant.values_of(key))
    left = services or persons or accounts
    return tuple(plain_principal(one) for one in left) or (EVERYBODY_CONFINED,)
