"""What GitHub forbids at a branch or tag: rulesets, and the protection that was there before them.

Rules that hold for a branch are told to whoever may read; the older protection to administrators
alone. Who may bypass a ruleset is told to whoever may change it: where it is not told, the rules
are taken by their word.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .github_project import read_branch
from .github_reading import as_described, repository_path, segment, words
from .github_refusals import Refused, Wanted
from .said import BranchProtection, TagRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .github_api import Api

RULES = Wanted(what="the rules of the branch", permission="metadata")
PROTECTION = Wanted(what="the protection of the branch", permission="administration")
RULESETS = Wanted(what="the rulesets", permission="metadata")
KEPT = frozenset({"update", "deletion"})
"""Rules that together keep a tag where it is."""
TAGS = "refs/tags/"
ANY = frozenset({"~ALL", f"{TAGS}**/*", f"{TAGS}**", f"{TAGS}*"})
ROLES = MappingProxyType({1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"})
"""Numbers of GitHub's own roles among those who may bypass a ruleset."""
EVERYBODY = "everybody who may write"
UNTOLD = frozenset({403, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Older:
    """Protection of the kind that was there before rulesets."""

    is_there: bool
    rules: Any = None
    """As GitHub tells it; None though it is there if the token may not see it."""

    @property
    def is_known(self) -> bool:
        return self.rules is not None or not self.is_there

    def part(self, name: str) -> Any:
        return (self.rules or {}).get(name) or {}


def read_branch_protection(api: Api, project: str, branch: str) -> BranchProtection:
    """Return what rulesets and the older protection together demand of a branch."""
    told = read_branch(api, project, branch)
    path = repository_path(project)
    rules = api.listing(f"{path}/rules/branches/{segment(branch)}", RULES, project)
    with as_described(PROTECTION, project):
        older = _older(api, project, branch, told)
    with as_described(RULES, project):
        checks = tuple(dict.fromkeys([*_required_checks(rules), *_older_checks(older)]))
        return BranchProtection(
            branch=branch,
            is_protected=bool(rules) or bool(told["protected"]),
            may_be_forced=_may_be_forced(api, project, rules, older),
            required_approvals=_approvals(rules, older),
            own_approval_counts=False,  # at GitHub nobody can approve what they wrote
            requires_pipeline=True if checks else (False if older.is_known else None),
            required_checks=checks,
        )


def read_tag_rules(api: Api, project: str, releases: str) -> tuple[TagRule, ...]:
    """Return the patterns of tags that are neither moved nor deleted.

    A pattern with an exception that may concern ``releases``, the pattern of their tags, is none.
    """
    path = repository_path(project)
    told = api.listing(f"{path}/rulesets", RULESETS, project, targets="tag")
    with as_described(RULESETS, project):
        active = [one["id"] for one in told if one["enforcement"] == "active"]
    details = api.each(lambda one: _ruleset(api, project, one), active)
    with as_described(RULESETS, project):
        patterns = sorted({one for rules in details for one in _patterns(rules, releases)})
        return tuple(rule for pattern in patterns for rule in _tag_rule(pattern, details, releases))


def _older(api: Api, project: str, branch: str, told: Any) -> _Older:
    """Read the older protection, unless the branch itself tells that there is none."""
    if not told["protected"] or told.get("protection", {}).get("enabled") is False:
        return _Older(is_there=False)
    path = f"{repository_path(project)}/branches/{segment(branch)}/protection"
    try:
        return _Older(is_there=True, rules=api.get(path, PROTECTION, project))
    except Refused as refused:
        if refused.status not in UNTOLD:
            raise
        return _Older(is_there=refused.said != "Branch not protected")


def _may_be_forced(api: Api, project: str, rules: Iterable[Any], older: _Older) -> bool | None:
    forbidding = {rule["ruleset_id"] for rule in rules if rule["type"] == "non_fast_forward"}
    if any(not _bypassed(_ruleset(api, project, one)) for one in sorted(forbidding)):
        return False
    if not older.is_known:
        return None
    if not older.is_there:
        return True
    return bool(older.part("allow_force_pushes").get("enabled"))


def _bypassed(ruleset: Any) -> bool:
    """Tell whether somebody is exempt at all times, as far as the token may see it."""
    return any(one["bypass_mode"] != "pull_request" for one in ruleset.get("bypass_actors") or ())


def _approvals(rules: Iterable[Any], older: _Older) -> int | None:
    if not older.is_known:
        return None
    asked: list[int] = [
        rule["parameters"]["required_approving_review_count"]
        for rule in rules
        if rule["type"] == "pull_request"
    ]
    reviews = older.part("required_pull_request_reviews")
    return max([*asked, reviews.get("required_approving_review_count") or 0])


def _required_checks(rules: Iterable[Any]) -> Iterable[str]:
    for rule in rules:
        parameters = rule.get("parameters") or {}
        if rule["type"] == "required_status_checks":
            yield from (words(one["context"]) for one in parameters["required_status_checks"])
        elif rule["type"] == "workflows":
            yield from (words(one["path"]) for one in parameters["workflows"])


def _older_checks(older: _Older) -> Iterable[str]:
    checks = older.part("required_status_checks")
    return (words(one) for one in checks.get("contexts") or ())


def _ruleset(api: Api, project: str, number: int) -> Any:
    return api.get(f"{repository_path(project)}/rulesets/{int(number)}", RULESETS, project)


def _patterns(ruleset: Any, releases: str) -> Iterable[str]:
    names = ruleset["conditions"]["ref_name"]
    if any(_may_meet(_plain(one), releases) for one in names["exclude"]):
        return ()
    return (_plain(one) for one in names["include"])


def _plain(pattern: str) -> str:
    return "*" if pattern in ANY else words(pattern).removeprefix(TAGS)


def _may_meet(excepted: str, releases: str) -> bool:
    return fnmatchcase(excepted, releases) or fnmatchcase(releases, excepted)


def _tag_rule(pattern: str, rulesets: Iterable[Any], releases: str) -> Iterable[TagRule]:
    """Yield the rule of a pattern if all its rulesets together keep the tags."""
    about = [one for one in rulesets if pattern in _patterns(one, releases)]
    kinds = {rule["type"] for one in about for rule in one["rules"]}
    if kinds >= KEPT:
        makers = {
            name
            for one in about
            if "creation" in {rule["type"] for rule in one["rules"]}
            for name in _bypassers(one)
        }
        may_create = tuple(sorted(makers)) if "creation" in kinds else (EVERYBODY,)
        yield TagRule(pattern=pattern, may_create=may_create)


def _bypassers(ruleset: Any) -> Iterable[str]:
    for actor in ruleset.get("bypass_actors") or ():
        number, kind = actor.get("actor_id"), words(actor["actor_type"])
        named = ROLES.get(number) if kind == "RepositoryRole" else None
        yield named or (kind if number is None else f"{kind} {number}")
