"""Whom GitHub lets at a project: collaborators, those invited, owners, keys of machines."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .github_reading import as_described, is_robot, login_of, repository_path, segment, words
from .github_refusals import MOVED, Refused, Wanted
from .said import Access, DeployKey, Member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .github_api import Api

MEMBERS = Wanted(what="the collaborators", permission="metadata")
INVITED = Wanted(what="the invitations", permission="administration")
KEYS = Wanted(what="the deploy keys", permission="administration")
ACCOUNT = Wanted(what="the account", permission="metadata", scope="read:org")
OWNERS = Wanted(what="the owners", permission="members", scope="read:org")
ACCESS: Mapping[str, Access] = MappingProxyType(
    {"admin": "owner", "maintain": "maintainer", "push": "writer"}
)
"""Permissions from the highest on; everything below lets read."""
INVITED_TO: Mapping[str, Access] = MappingProxyType(
    {"admin": "owner", "maintain": "maintainer", "write": "writer"}
)


def read_members(api: Api, project: str) -> tuple[Member, ...]:
    """Return everybody with access, by a team or the organisation too, and those only invited."""
    path = repository_path(project)
    told = api.listing(f"{path}/collaborators", MEMBERS, project, affiliation="all")
    invited = api.listing(f"{path}/invitations", INVITED, project)
    with as_described(MEMBERS, project):
        inside = tuple(_member(one, _access(one["permissions"])) for one in told)
    with as_described(INVITED, project):
        outside = tuple(
            _invited(one["invitee"], INVITED_TO.get(one["permissions"], "reader"))
            for one in invited
            if not one.get("expired")
        )
    return inside + outside


def read_owners(api: Api, group: str) -> tuple[Member, ...]:
    """Return the owners of an organisation; of a person's account it is the person."""
    account = api.get(f"/users/{segment(group)}", ACCOUNT, group)
    with as_described(ACCOUNT, group):
        if account["type"] != "Organization":
            return (_member(account, "owner"),)
    told = _owners(api, group)
    with as_described(OWNERS, group):
        return tuple(_member(one, "owner") for one in told)


def _owners(api: Api, group: str) -> tuple[Any, ...]:
    try:
        return api.listing(f"/orgs/{segment(group)}/members", OWNERS, group, role="admin")
    except Refused as refused:
        if refused.status not in MOVED:
            raise
        raise FactUnavailable(
            f"GitHub shows the owners of {group} to its members alone",
            f"use the token of a member of {group}, and give it {OWNERS.need}",
        ) from None


def read_deploy_keys(api: Api, project: str) -> tuple[DeployKey, ...]:
    """Return the keys of machines that are not switched off."""
    told = api.listing(f"{repository_path(project)}/keys", KEYS, project)
    with as_described(KEYS, project):
        return tuple(
            DeployKey(title=words(one["title"]), may_write=not one["read_only"])
            for one in told
            if one.get("enabled", True)
        )


def _member(person: Any, access: Access) -> Member:
    return Member(username=login_of(person), access=access, is_robot=is_robot(person))


def _invited(person: Any, access: Access) -> Member:
    return replace(_member(person, access), has_joined=False)


def _access(permissions: Mapping[str, bool]) -> Access:
    held = (access for permission, access in ACCESS.items() if permissions.get(permission))
    return next(held, "reader")
