"""The example's forge in the shapes of GitHub's REST API: people, projects, commits, rules.

GitHub's own description says which fields there are (``tests/contracts/github``).
"""

from __future__ import annotations

import zlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from examples.explorer.forge_words import ForgeState, PlantedProject
    from pytest_orr.clients.forge.said import BranchProtection, Change, Member, TagRule
    from pytest_orr.clients.forge.said_issues import Issue

BEGAN = "2024-03-01T08:00:00Z"
OF_USERS = (
    *("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos"),
    *("events", "received_events"),
)
OF_PROJECTS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits"),
    *("compare", "contents", "contributors", "deployments", "downloads", "events", "forks"),
    *("git_commits", "git_refs", "git_tags", "hooks", "issue_comment", "issue_events", "issues"),
    *("keys", "labels", "languages", "merges", "milestones", "notifications", "pulls"),
    *("releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams"),
    *("trees", "clone", "git", "ssh", "svn"),
)
COUNTS = (
    *("forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count"),
    *("watchers", "watchers_count", "network_count", "subscribers_count"),
)
FEATURES = ("has_issues", "has_projects", "has_wiki", "has_pages", "has_discussions")
PERMISSIONS = ("admin", "maintain", "push", "triage", "pull")
RANKS = {"owner": 0, "maintainer": 1, "writer": 2, "reader": 4}
ROLE_NAMES = ("admin", "maintain", "write", "triage", "read")
BRANCH_RULESET = 11
TAG_RULESETS = 21
"""Number of the first ruleset of tags; the others follow."""


def moment(at: datetime) -> str:
    """Return an instant as GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def number_of(name: str) -> int:
    """Return the id of something that has a name alone."""
    return zlib.crc32(name.encode())


def user(login: str, base: str, *, kind: str = "User") -> dict[str, Any]:
    """Return somebody; a login that ends with ``[bot]`` or has ``_bot_`` in it is an app's."""
    robot = login.endswith("[bot]") or "_bot_" in login
    own = f"{base}/users/{login}"
    return {
        "login": login,
        "id": number_of(login),
        "node_id": f"U_{number_of(login)}",
        "avatar_url": f"{base}/avatars/{login}",
        "gravatar_id": "",
        "url": own,
        "html_url": f"{base}/{login}",
        "type": "Bot" if robot else kind,
        "site_admin": False,
        **{f"{name}_url": f"{own}/{name}" for name in OF_USERS},
    }


def account(login: str, base: str, *, kind: str) -> dict[str, Any]:
    """Return a public account, of a person or an organisation."""
    return user(login, base, kind=kind) | {
        "user_view_type": "public",
        **dict.fromkeys(("name", "company", "location", "email", "hireable", "bio"), None),
        "blog": "",
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "created_at": BEGAN,
        "updated_at": BEGAN,
    }


def issue(one: Issue, own: str, base: str) -> dict[str, Any]:
    """Return an issue."""
    address = f"{own}/issues/{one.number}"
    reasons = {True: "completed", False: "not_planned", None: None}
    return {
        "id": 9000 + one.number,
        "node_id": f"I_{one.number}",
        "number": one.number,
        "title": one.title,
        "state": "closed" if one.is_closed else "open",
        "state_reason": reasons[one.was_done],
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "closed_at": moment(one.closed) if one.closed else None,
        "user": user("dan", base),
        "labels": [],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "comments": 0,
        "author_association": "MEMBER",
        "url": address,
        "html_url": address,
        "repository_url": own,
        **{f"{name}_url": f"{address}/{name}" for name in ("comments", "events")},
        "labels_url": f"{address}/labels{{/name}}",
    }


def repository(planted: PlantedProject, base: str) -> dict[str, Any]:
    """Return a project, as other answers show it in short."""
    owner, _, name = planted.said.path.partition("/")
    own = f"{base}/repos/{planted.said.path}"
    return {
        "id": number_of(planted.said.path),
        "node_id": f"R_{number_of(planted.said.path)}",
        "name": name,
        "full_name": planted.said.path,
        "owner": user(owner, base, kind="Organization"),
        "private": planted.said.visibility != "public",
        "html_url": f"{base}/{planted.said.path}",
        "description": None,
        "fork": False,
        "url": own,
        **{f"{part}_url": f"{own}/{part}" for part in OF_PROJECTS},
    }


def full_repository(state: ForgeState, planted: PlantedProject, base: str) -> dict[str, Any]:
    """Return a project itself, as an administrator sees it."""
    said = planted.said
    protection = {"status": "enabled" if state.push_protection else "disabled"}
    analysis = {"secret_scanning_push_protection": protection}
    return repository(planted, base) | {
        "visibility": said.visibility,
        "default_branch": said.default_branch,
        "allow_forking": bool(said.may_be_forked),
        "archived": said.is_archived,
        "disabled": False,
        **dict.fromkeys(COUNTS, 0),
        **dict.fromkeys(FEATURES, False),
        **dict.fromkeys(("homepage", "language", "mirror_url", "license"), None),
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), BEGAN),
        **({} if state.push_protection is None else {"security_and_analysis": analysis}),
    }


def collaborator(member: Member, base: str) -> dict[str, Any]:
    """Return somebody with access to a project."""
    rank = RANKS[member.access]
    permissions = {name: place >= rank for place, name in enumerate(PERMISSIONS)}
    kind = "Bot" if member.is_robot else "User"
    return user(member.username, base, kind=kind) | {
        "permissions": permissions,
        "role_name": ROLE_NAMES[rank],
    }


def commit(sha: str, own: str) -> dict[str, Any]:
    """Return a commit of the project at ``own``."""
    by = {"name": "Ana", "email": "ana@example.org", "date": BEGAN}
    url = f"{own}/commits/{sha}"
    return {
        "url": url,
        "sha": sha,
        "node_id": f"C_{sha}",
        "html_url": url,
        "comments_url": f"{url}/comments",
        "commit": {
            "url": url,
            "author": by,
            "committer": by,
            "message": "A commit",
            "comment_count": 0,
            "tree": {"sha": sha, "url": f"{own}/git/trees/{sha}"},
        },
        "author": None,
        "committer": None,
        "parents": [],
    }


def protection_of(planted: PlantedProject, branch: str) -> BranchProtection | None:
    """Return what holds for a branch, by its name or a pattern."""
    fitting = (one for one in planted.protections if fnmatchcase(branch, one.branch))
    return next(fitting, None)


def branch(state: ForgeState, planted: PlantedProject, name: str, base: str) -> dict[str, Any]:
    """Return a branch, without its protection of the older kind."""
    own = f"{base}/repos/{planted.said.path}"
    url = f"{own}/branches/{name}"
    return {
        "name": name,
        "commit": commit(state.commits[0], own),
        "_links": {"self": url, "html": url},
        "protected": protection_of(planted, name) is not None,
        "protection_url": f"{url}/protection",
    }


def branch_rules(planted: PlantedProject, name: str) -> list[dict[str, Any]]:
    """Return the rules that hold for a branch, each with the ruleset that it is of."""
    protection = protection_of(planted, name)
    rules = _rules(protection) if protection and protection.is_protected else []
    source = {"ruleset_source_type": "Repository", "ruleset_source": planted.said.path}
    return [rule | source | {"ruleset_id": BRANCH_RULESET} for rule in rules]


def _rules(protection: BranchProtection) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = [{"type": "deletion"}]
    if protection.may_be_forced is False:
        rules.append({"type": "non_fast_forward"})
    if protection.required_approvals:
        parameters = {
            "dismiss_stale_reviews_on_push": False,
            "require_code_owner_review": False,
            "require_last_push_approval": False,
            "required_approving_review_count": protection.required_approvals,
            "required_review_thread_resolution": False,
        }
        rules.append({"type": "pull_request", "parameters": parameters})
    if protection.requires_pipeline:
        checks = [{"context": name} for name in protection.required_checks]
        required = {"required_status_checks": checks, "strict_required_status_checks_policy": True}
        rules.append({"type": "required_status_checks", "parameters": required})
    return rules


def older_protection(protection: BranchProtection, branch: str) -> dict[str, Any]:
    """Return the protection of a branch of the kind that was there before rulesets."""
    own = f"{branch}/protection"
    told: dict[str, Any] = {
        "url": own,
        "allow_force_pushes": {"enabled": protection.may_be_forced is not False},
        "allow_deletions": {"enabled": False},
        "enforce_admins": {"url": f"{own}/enforce_admins", "enabled": True},
    }
    if protection.required_approvals:
        told["required_pull_request_reviews"] = {
            "url": f"{own}/required_pull_request_reviews",
            "dismiss_stale_reviews": False,
            "require_code_owner_reviews": False,
            "required_approving_review_count": protection.required_approvals,
        }
    if protection.requires_pipeline:
        told["required_status_checks"] = {
            "url": f"{own}/required_status_checks",
            "contexts_url": f"{own}/required_status_checks/contexts",
            "strict": True,
            "contexts": list(protection.required_checks),
            "checks": [{"context": one, "app_id": None} for one in protection.required_checks],
        }
    return told


def review(change: Change, by: str, own: str, base: str) -> dict[str, Any]:
    """Return an approval of a pull request."""
    url = f"{own}/pulls/{change.id}"
    return {
        "id": number_of(f"{change.id} {by}"),
        "node_id": f"PRR_{number_of(by)}",
        "user": user(by, base),
        "body": "",
        "state": "APPROVED",
        "html_url": url,
        "pull_request_url": url,
        "_links": {"html": {"href": url}, "pull_request": {"href": url}},
        "submitted_at": moment(change.merged),
        "commit_id": change.head,
        "author_association": "MEMBER",
    }


def rulesets(state: ForgeState, project: str) -> dict[int, dict[str, Any]]:
    """Return the rulesets by number, with their details; those that keep tags come last."""
    kept = {TAG_RULESETS + place: _tag_ruleset(rule) for place, rule in enumerate(state.tag_rules)}
    return {
        number: {"id": number, "source_type": "Repository", "source": project, **rest}
        for number, rest in {BRANCH_RULESET: _BRANCHES, **kept}.items()
    }


_BRANCHES: Mapping[str, Any] = {
    "name": "branches",
    "target": "branch",
    "enforcement": "active",
    "bypass_actors": [],
    "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
    "rules": [{"type": "deletion"}, {"type": "non_fast_forward"}],
}


def _tag_ruleset(rule: TagRule) -> dict[str, Any]:
    maintain = {"actor_id": 2, "actor_type": "RepositoryRole", "bypass_mode": "always"}
    return {
        "name": f"tags {rule.pattern}",
        "target": "tag",
        "enforcement": "active",
        "bypass_actors": [maintain],
        "conditions": {"ref_name": {"include": [f"refs/tags/{rule.pattern}"], "exclude": []}},
        "rules": [{"type": kind} for kind in ("creation", "update", "deletion")],
    }
