"""What the example's forge holds, in the shapes of GitLab's REST API v4: one function per shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from examples.explorer.forge_words import ForgeState, PlantedProject
    from pytest_orr.clients.forge.said import (
        BranchProtection,
        Change,
        EnvironmentProtection,
        Member,
        PublishedRelease,
        Schedule,
        Tag,
        TagRule,
    )
    from pytest_orr.clients.forge.said_issues import Issue

LEVELS = {"owner": 50, "maintainer": 40, "writer": 30, "reader": 20}
MAINTAINERS = {
    "access_level": 40,
    "access_level_description": "Maintainers",
    "user_id": None,
    "group_id": None,
}
NOBODY = MAINTAINERS | {"access_level": 0, "access_level_description": "No one"}
PROJECT_ID = 7


def instant(at: datetime | None) -> str | None:
    """Return an instant as GitLab writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z" if at else None


def user(name: str | None) -> dict[str, Any] | None:
    """Return somebody, as named inside other things."""
    return {"id": len(name), "username": name, "name": name, "state": "active"} if name else None


def project(state: ForgeState, one: PlantedProject) -> dict[str, Any]:
    """Return a project."""
    must_pass = any(rule.requires_pipeline for rule in one.protections)
    own = any(rule.own_approval_counts for rule in state.environments)
    forks = {True: "private", False: "disabled"}
    shown: dict[str, Any] = {
        "id": PROJECT_ID + state.projects.index(one),
        "path_with_namespace": one.said.path,
        "visibility": one.said.visibility,
        "default_branch": one.said.default_branch,
        "archived": one.said.is_archived,
        "only_allow_merge_if_pipeline_succeeds": must_pass,
        "allow_merge_on_skipped_pipeline": False,
        "allow_pipeline_trigger_approve_deployment": own,
    }
    if one.said.may_be_forked is not None:
        shown["forking_access_level"] = forks[one.said.may_be_forked]
    return shown


def member(one: Member) -> dict[str, Any]:
    """Return a member of a project or a group."""
    return {**(user(one.username) or {}), "access_level": LEVELS[one.access]}


def issue(one: Issue) -> dict[str, Any]:
    """Return an issue."""
    return {
        "id": 9000 + one.number,
        "iid": one.number,
        "project_id": PROJECT_ID,
        "title": one.title,
        "state": "closed" if one.is_closed else "opened",
        "created_at": "2026-10-20T08:00:00.000Z",
        "closed_at": instant(one.closed),
        "author": user("dan"),
    }


def protected_branch(number: int, one: BranchProtection) -> dict[str, Any]:
    """Return a rule that protects branches; nobody pushes past review."""
    return {
        "id": number,
        "name": one.branch,
        "push_access_levels": [{"id": number, **NOBODY}],
        "merge_access_levels": [{"id": number, **MAINTAINERS}],
        "allow_force_push": bool(one.may_be_forced),
        "code_owner_approval_required": False,
        "inherited": False,
    }


def approvals(one: PlantedProject) -> dict[str, Any]:
    """Return a project's settings of approvals."""
    return {
        "approvals_before_merge": 0,
        "reset_approvals_on_push": True,
        "disable_overriding_approvers_per_merge_request": True,
        "merge_requests_author_approval": any(p.own_approval_counts for p in one.protections),
        "merge_requests_disable_committers_approval": True,
    }


def approval_rule(number: int, one: BranchProtection) -> dict[str, Any]:
    """Return the rule that asks for a number of approvals on a branch."""
    return {
        "id": number,
        "name": f"All members for {one.branch}",
        "rule_type": "any_approver",
        "approvals_required": one.required_approvals or 0,
        "applies_to_all_protected_branches": False,
        "protected_branches": [{"id": number, "name": one.branch}],
    }


def protected_tag(one: TagRule) -> dict[str, Any]:
    """Return a pattern of protected tags."""
    levels = [{**MAINTAINERS, "access_level_description": who} for who in one.may_create]
    return {"name": one.pattern, "create_access_levels": levels}


def tag(one: Tag) -> dict[str, Any]:
    """Return a tag; what an annotated one leads to is an object of its own."""
    return {
        "name": one.name,
        "message": f"{one.name}\n" if one.is_annotated else None,
        "target": one.commit[::-1] if one.is_annotated else one.commit,
        "commit": {"id": one.commit},
    }


def merge_request(one: Change, branch: str) -> dict[str, Any]:
    """Return a merge request that was merged."""
    return {
        "iid": int(one.id),
        "title": one.title,
        "state": "merged",
        "target_branch": branch,
        "author": user(one.author),
        "merge_user": user(one.merged_by),
        "merged_at": instant(one.merged),
        "updated_at": instant(one.merged),
        "sha": one.head,
        "merge_commit_sha": one.commit,
        "squash_commit_sha": None,
    }


def release(one: PublishedRelease) -> dict[str, Any]:
    """Return a release."""
    links = [
        {"id": n, "name": asset.name, "url": f"https://files.example.org/{asset.name}"}
        for n, asset in enumerate(one.assets)
    ]
    return {
        "tag_name": one.tag,
        "name": one.tag,
        "created_at": instant(one.published),
        "released_at": instant(one.published),
        "upcoming_release": one.is_draft,
        "author": user(one.by),
        "commit": {"id": one.commit} if one.commit else None,
        "assets": {"count": len(links), "sources": [], "links": links},
    }


def protected_environment(one: EnvironmentProtection) -> dict[str, Any]:
    """Return an environment to which not everybody deploys."""
    rules = [
        {"id": n, **MAINTAINERS, "access_level_description": who, "required_approvals": needed}
        for n, who in enumerate(one.approvers)
        for needed in (one.required_approvals,)
    ]
    return {
        "name": one.environment,
        "deploy_access_levels": [MAINTAINERS],
        "required_approval_count": 0 if rules else one.required_approvals,
        "approval_rules": rules,
    }


def schedule(number: int, one: Schedule) -> dict[str, Any]:
    """Return a schedule."""
    return {
        "id": number,
        "description": one.name,
        "ref": f"refs/heads/{one.ref}",
        "cron": one.cron,
        "cron_timezone": "UTC",
        "active": one.is_active,
        "owner": user("bo"),
    }
