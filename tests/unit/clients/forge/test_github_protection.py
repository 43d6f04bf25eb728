"""Rulesets and the older protection of branches and tags at GitHub, taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.github import github_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.clients.forge.said import BranchProtection

BYPASSED = {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
BY_PULL_REQUEST = BYPASSED | {"bypass_mode": "pull_request"}
BRANCH = "explorer/branches/main$"
RULESET = "/rulesets/11$"
TAGS = "/rulesets/21$"


@pytest.fixture(scope="module")
def older_server() -> Iterator[Any]:
    server = github_server(older=True)
    yield server
    server.close()


@pytest.fixture
def older(served_github: Any, older_server: Any) -> Iterator[Any]:
    """GitHub with branches that are protected in the older way."""
    served_github.server.mend()
    yield type(served_github)("github", older_server, [])
    older_server.mend()


def told(served: Any) -> BranchProtection:
    protection: BranchProtection = served.open().branch_protection("main")
    return protection


def test_the_older_protection_is_told_as_rulesets_are(served_github: Any, older: Any) -> None:
    assert told(older) == told(served_github)


@pytest.mark.parametrize("status", [403, 404])
def test_an_older_protection_that_is_hidden_leaves_what_it_may_say_unknown(
    older: Any, status: int
) -> None:
    older.refuse(status, b'{"message": "Not Found"}', "/protection$")
    seen = told(older)
    assert (seen.is_protected, seen.own_approval_counts) == (True, False)
    assert (seen.may_be_forced, seen.required_approvals, seen.requires_pipeline) == (None,) * 3


def test_rules_decide_alone_where_a_hidden_older_protection_can_only_add(
    served_github: Any,
) -> None:
    served_github.alter(BRANCH, lambda body: body | {"protection": {"enabled": True}})
    served_github.refuse(403, at="/protection$")
    seen = told(served_github)
    assert (seen.may_be_forced, seen.requires_pipeline) == (False, True)
    assert seen.required_approvals is None


def test_not_protected_in_the_older_way_is_an_answer_and_no_refusal(served_github: Any) -> None:
    sound = told(served_github)
    served_github.alter(BRANCH, lambda body: body | {"protection": {}})
    assert told(served_github) == sound
    assert [one.path for one in served_github.server.asked if "/protection" in one.path]


def test_an_older_protection_that_fails_otherwise_is_unknown_as_a_whole(
    older: Any, unavailable: Callable[..., Any]
) -> None:
    older.refuse(500, at="/protection$")
    error = unavailable(lambda: told(older))
    assert error.cause.startswith("GitHub answers 500 to the protection of the branch of explorer/")


@pytest.mark.parametrize(("actor", "may"), [(BYPASSED, True), (BY_PULL_REQUEST, False)])
def test_history_may_be_rewritten_where_somebody_bypasses_the_ruleset_at_all_times(
    served_github: Any, actor: Any, may: Any
) -> None:
    served_github.alter(RULESET, lambda body: body | {"bypass_actors": [actor]})
    assert told(served_github).may_be_forced is may


def test_rules_whose_bypass_is_not_told_are_taken_by_their_word(served_github: Any) -> None:
    def without(body: Any) -> Any:
        return {key: value for key, value in body.items() if key != "bypass_actors"}

    served_github.alter(RULESET, without)
    assert told(served_github).may_be_forced is False


def test_required_workflows_are_required_checks(served_github: Any) -> None:
    rule = {"type": "workflows", "ruleset_id": 11}
    parameters = {"workflows": [{"path": ".github/workflows/scan.yml", "repository_id": 1}]}
    served_github.alter(
        "/rules/branches/main$",
        lambda body: [*body, rule | {"parameters": parameters}] if body else body,
    )
    assert ".github/workflows/scan.yml" in told(served_github).required_checks


def test_tags_are_kept_by_rulesets_that_forbid_to_move_and_to_delete(served_github: Any) -> None:
    [rule] = served_github.open().tag_rules()
    assert (rule.pattern, rule.may_create) == ("v*", ("maintain",))


@pytest.mark.parametrize("kind", ["update", "deletion"])
def test_tags_that_may_be_moved_or_deleted_are_not_kept(served_github: Any, kind: str) -> None:
    served_github.alter(
        TAGS,
        lambda body: body | {"rules": [one for one in body["rules"] if one["type"] != kind]},
    )
    assert served_github.open().tag_rules() == ()


def test_tags_that_anybody_may_make_are_told_so(served_github: Any) -> None:
    served_github.alter(
        TAGS, lambda body: body | {"rules": [{"type": "update"}, {"type": "deletion"}]}
    )
    [rule] = served_github.open().tag_rules()
    assert rule.may_create == ("everybody who may write",)


@pytest.mark.parametrize(
    ("include", "exclude", "patterns"),
    [
        (["~ALL"], [], ["*"]),
        (["refs/tags/**/*"], [], ["*"]),
        (["~ALL"], ["refs/tags/nightly-*"], ["*"]),
        (["~ALL"], ["refs/tags/v1.*"], []),
        (["refs/tags/v*"], ["~ALL"], []),
    ],
)
def test_a_pattern_with_an_exception_for_releases_is_no_protection(
    served_github: Any, include: list[str], exclude: list[str], patterns: list[str]
) -> None:
    names = {"ref_name": {"include": include, "exclude": exclude}}
    served_github.alter(TAGS, lambda body: body | {"conditions": names})
    assert [rule.pattern for rule in served_github.open().tag_rules()] == patterns


def test_rulesets_that_are_tried_out_or_off_protect_nothing(served_github: Any) -> None:
    served_github.alter(
        "/rulesets$", lambda body: [one | {"enforcement": "evaluate"} for one in body]
    )
    assert served_github.open().tag_rules() == ()


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ({"actor_type": "OrganizationAdmin", "actor_id": None}, "OrganizationAdmin"),
        ({"actor_type": "Team", "actor_id": 7}, "Team 7"),
    ],
)
def test_whoever_may_make_a_tag_is_named_as_github_does(
    served_github: Any, actor: Any, name: str
) -> None:
    actors = [actor | {"bypass_mode": "always"}]
    served_github.alter(TAGS, lambda body: body | {"bypass_actors": actors})
    [rule] = served_github.open().tag_rules()
    assert rule.may_create == (name,)
