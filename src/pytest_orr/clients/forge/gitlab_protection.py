"""What GitLab forbids at branches, tags and environments: all rules that match, taken together.

The most permissive of several rules decides who may push, as GitLab has it; each rule of approvals
must be met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .gitlab_project import read_settings
from .gitlab_reading import as_described, flag, matches, number, project_path, words
from .gitlab_refusals import Refused, Wanted
from .said import BranchProtection, EnvironmentProtection, TagRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .gitlab_api import Api

BRANCHES = Wanted(what="the protected branches", role="Developer")
APPROVALS = Wanted(what="the settings of approvals", role="Developer", tier="Premium")
RULES = Wanted(what="the rules of approvals", role="Developer", tier="Premium")
TAGS = Wanted(what="the protected tags", role="Developer")
ENVIRONMENTS = Wanted(what="the protected environments", role="Maintainer", tier="Premium")
SETTINGS = Wanted(what="the settings", role="Developer")
DEVELOPER = 30
NOBODY = 0
UNTOLD = frozenset({403, 404})
GENERAL = frozenset({"any_approver", "regular"})
"""Kinds of rules that hold for every change; others depend on files or on findings of scanners."""


def read_branch_protection(api: Api, project: str, branch: str) -> BranchProtection:
    """Return what holds for a branch.

    Where every developer may push, no change needs an approval or a pipeline, whatever the rules
    of changes say. Editions without rules of approvals leave both values about them unknown.
    """
    told = api.listing(f"{project_path(project)}/protected_branches", BRANCHES, project)
    settings = read_settings(api, project)
    approvals = _if_told(api, f"{project_path(project)}/approvals", APPROVALS, project)
    with as_described(BRANCHES, project):
        rules = [one for one in told if matches(words(one["name"]), branch)]
        is_open = _is_open(rules)
        forced = not rules or any(flag(one["allow_force_push"]) for one in rules)
    required = _required(api, project, branch, approvals, is_protected=bool(rules))
    with as_described(SETTINGS, project):
        return BranchProtection(
            branch=branch,
            is_protected=bool(rules),
            may_be_forced=forced,
            required_approvals=0 if is_open else required,
            own_approval_counts=approvals and flag(approvals["merge_requests_author_approval"]),
            requires_pipeline=not is_open and _requires_pipeline(settings),
        )


def read_tag_rules(api: Api, project: str) -> tuple[TagRule, ...]:
    """Return the patterns of protected tags."""
    told = api.listing(f"{project_path(project)}/protected_tags", TAGS, project)
    with as_described(TAGS, project):
        return tuple(
            TagRule(pattern=words(one["name"]), may_create=_names(one["create_access_levels"]))
            for one in told
        )


def read_protected_environments(api: Api, project: str) -> tuple[Any, ...]:
    """Return protected environments as GitLab has them."""
    return api.listing(f"{project_path(project)}/protected_environments", ENVIRONMENTS, project)


def read_environment_protection(
    api: Api, project: str, environment: str
) -> EnvironmentProtection | None:
    """Return who must agree to a deployment; none if nobody must.

    One person may meet several rules, so the largest of them is how many people it takes. Rules
    that a group sets for a tier of environments are not told by its projects.
    """
    told = read_protected_environments(api, project)
    settings = read_settings(api, project)
    with as_described(ENVIRONMENTS, project):
        found = [one for one in told if words(one["name"]) == environment]
        rules = [rule for one in found for rule in one.get("approval_rules") or ()]
        asked = [number(rule["required_approvals"]) for rule in rules]
        asked += [number(one.get("required_approval_count") or 0) for one in found]
        if not max(asked, default=0):
            return None
        own = settings.get("allow_pipeline_trigger_approve_deployment")
        return EnvironmentProtection(
            environment=environment,
            required_approvals=max(asked),
            own_approval_counts=None if own is None else flag(own),
            approvers=_names(
                rules or [level for one in found for level in one["deploy_access_levels"]]
            ),
        )


def _if_told(api: Api, path: str, wanted: Wanted, project: str) -> Any:
    """Return an answer; None where this edition, or this token's user, is told nothing."""
    try:
        return api.get(path, wanted, project)
    except Refused as refused:
        if refused.status in UNTOLD:
            return None
        raise


def _is_open(rules: Sequence[Any]) -> bool:
    """Tell whether every developer may push past review."""
    levels = [level for rule in rules for level in rule["push_access_levels"]]
    by_role = [one["access_level"] for one in levels if not _is_personal(one)]
    return not rules or any(NOBODY < (level or NOBODY) <= DEVELOPER for level in by_role)


def _is_personal(level: Any) -> bool:
    return any(level.get(key) for key in ("user_id", "group_id", "deploy_key_id"))


def _required(
    api: Api, project: str, branch: str, approvals: Any, *, is_protected: bool
) -> int | None:
    try:
        rules = api.listing(f"{project_path(project)}/approval_rules", RULES, project)
    except Refused as refused:
        if refused.status in UNTOLD:
            return None
        raise
    with as_described(RULES, project):
        asked = [
            number(rule["approvals_required"])
            for rule in rules
            if rule["rule_type"] in GENERAL and _applies(rule, branch, is_protected=is_protected)
        ]
        asked.append(number((approvals or {}).get("approvals_before_merge") or 0))
        return max(asked)


def _applies(rule: Any, branch: str, *, is_protected: bool) -> bool:
    if rule.get("applies_to_all_protected_branches"):
        return is_protected
    patterns = [words(one["name"]) for one in rule.get("protected_branches") or ()]
    return not patterns or any(matches(pattern, branch) for pattern in patterns)


def _requires_pipeline(settings: Any) -> bool | None:
    must = settings.get("only_allow_merge_if_pipeline_succeeds")
    if must is None:
        return None
    return flag(must) and not settings.get("allow_merge_on_skipped_pipeline")


def _names(levels: Sequence[Any]) -> tuple[str, ...]:
    """Return who has access, as GitLab describes it; a level for nobody is none."""
    some = (one for one in levels if one.get("access_level") != NOBODY or _is_personal(one))
    return tuple(words(one["access_level_description"]) for one in some)
