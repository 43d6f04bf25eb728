"""Items about reviews, releases and rollbacks by what a GitLab and a GitHub tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Asset

if TYPE_CHECKING:
    from collections.abc import Callable

AUDIT = "code.audit.internal"
SIGN_OFF = "cicd.release.tag-signoff"
CANARY = "cicd.release.canary"
ROLLBACK = "operations.rollback.process"
TWO = "operations.rollback.two-person-rule"
VAULT = "deployment.vault.private-repo"
ITEMS = (AUDIT, SIGN_OFF, CANARY, ROLLBACK, TWO, VAULT)
EVIDENCE = Path(__file__).parents[2] / "examples" / "explorer" / "repaired" / "evidence"
DELIVERY = f"""
[delivery]
signers = ["ana@example.org", "eve@example.org"]
analyser_jobs = ["race"]
rollback_job = "rollback"
[delivery.canary]
hours = 12
rollout = "playbooks/deploy.yml"
[documents.runbook]
path = "docs/runbook.md"
[[scans]]
about = "code"
format = "sarif"
file = "{EVIDENCE / "staticcheck-2026-11-17.sarif"}"
"""
FORGELESS = """
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service"] }]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
"""


@pytest.fixture(params=["gitlab", "github"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each forge in turn."""
    return str(request.param)


def outcome_of(judged: Any) -> str:
    """Tell what an item has come to without the statement that it waits for."""
    return "pass" if judged.outcome == "pending" and judged.said("pass") else str(judged.outcome)


def test_a_sound_project_is_sound_on_either_forge_but_for_the_second_approval_of_github(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    judged = judged_on(kind, *ITEMS, more=DELIVERY)
    assert not [one for what in judged.values() for one in what.said("fail").items()]
    unknown = {one: what.said("unknown") for one, what in judged.items() if what.said("unknown")}
    [images] = unknown.pop(ROLLBACK).values()
    assert "declares no [delivery]" in images
    [traffic] = unknown.pop(CANARY).values()
    assert "declares no [delivery.canary] requests" in traffic
    second = unknown.pop(TWO, {}).get("production", "")
    assert ("one approval is always enough" in second) is (kind == "github")
    assert unknown == {}
    assert {what.outcome for what in judged.values()} <= {"pass", "pending", "unknown"}


@pytest.mark.parametrize(
    ("fault", "item", "subject", "says"),
    [
        ("change-without-review", AUDIT, "change 3", "nobody but its author approved it"),
        ("change-around-review", AUDIT, "commit ", "came to the branch without a merged change"),
        ("race-failed", AUDIT, "job race", "it did not succeed for the release's commit"),
        ("unprotected-tags", SIGN_OFF, "tags v*", "no rule protects v*"),
        ("release-not-tagged", SIGN_OFF, "tag of ", "no tag v* leads to the release's commit"),
        ("release-unpublished", SIGN_OFF, "release v1.4.0", "the forge has no release of this tag"),
        ("canary-in-a-hurry", CANARY, "canary", "hours of 12 before production"),
        ("no-canary", CANARY, "canary", "the release never ran there"),
        ("rollback-job-missing", ROLLBACK, "job rollback", "no pipeline of the release's commit"),
        ("rollback-not-rehearsed", ROLLBACK, "drill in production, staging", "no rollback was"),
        ("rollback-long-ago", ROLLBACK, "drill in production, staging", "rollback is 124 days old"),
        ("unprotected-environment", TWO, "production", "nobody must approve"),
        ("own-approval", TWO, "production", "whoever starts it may approve it, too"),
        ("lonely-deployment", TWO, "history of production", "fewer than 2 people: deployment 7102"),
        ("public-project", VAULT, "explorer/explorer", "it is public"),
        ("forks", VAULT, "explorer/explorer", "it may be forked"),
        ("stranger-in-project", VAULT, "visitor in explorer/explorer", "not in the declared team"),
        ("absent-member", VAULT, "dan in explorer/explorer", "and has no access"),
        ("unprotected-branch", VAULT, "default branch of", "nothing protects it"),
        ("writing-key", VAULT, "deploy keys of", "a machine's key may write"),
    ],
)
def test_each_fault_is_found_where_it_was_planted_on_either_forge(
    kind: str, judged_on: Callable[..., Any], fault: str, item: str, subject: str, says: str
) -> None:
    [judged] = judged_on(kind, item, more=DELIVERY, faults=(fault,)).values()
    assert judged.outcome == "fail", judged.record.findings
    found = [text for name, text in judged.said("fail").items() if subject in name]
    assert any(says in text for text in found), judged.said("fail")


def test_one_approval_fails_on_gitlab_and_is_all_that_github_can_ask_for(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    [judged] = judged_on(kind, TWO, more=DELIVERY, faults=("one-approval",)).values()
    outcome, says = {
        "gitlab": ("fail", "fewer than 2 must approve"),
        "github": ("unknown", "on GitHub one approval is always enough"),
    }[kind]
    assert judged.outcome == outcome
    assert says in judged.said(outcome)["production"]


def before_the_first_launch(state: Any) -> Any:
    """Leave nothing of a release before this one, and nothing in production or a canary."""
    newest = state.tags[0].name
    return replace(
        state,
        tags=state.tags[:1],
        releases=tuple(one for one in state.releases if one.tag == newest),
        deployments=tuple(one for one in state.deployments if one.environment == "staging"),
    )


def test_a_first_launch_is_judged_by_its_whole_history_and_on_the_named_staging(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    judged = judged_on(kind, *ITEMS, more=DELIVERY, change=before_the_first_launch, first=True)
    outcomes = {one: outcome_of(what) for one, what in judged.items()}
    second = {"gitlab": "pass", "github": "unknown"}[kind]
    assert outcomes == dict.fromkeys(ITEMS, "pass") | {TWO: second, CANARY: "unknown"}
    assert "main since its beginning" in judged[AUDIT].said("pass")
    assert "staging" in judged[CANARY].said("pass")
    assert "drill in staging" in judged[ROLLBACK].said("pass")
    assert "migrations/0041_accounts.sql" in judged[ROLLBACK].said("pass")
    assert "history of staging" in judged[TWO].said("pass")


@pytest.mark.parametrize(
    ("item", "fault", "subject"),
    [
        (AUDIT, "change-without-review", "change 3"),
        (CANARY, "no-canary", "staging"),
        (ROLLBACK, "rollback-not-rehearsed", "drill in staging"),
        (TWO, "unprotected-environment", "staging"),
    ],
)
def test_a_first_launch_fails_on_the_named_staging(
    kind: str, judged_on: Callable[..., Any], item: str, fault: str, subject: str
) -> None:
    def change(state: Any) -> Any:
        left = before_the_first_launch(state)
        if fault != "no-canary":
            return left
        commit = left.tags[0].commit
        return replace(
            left, deployments=tuple(one for one in left.deployments if one.commit != commit)
        )

    [judged] = judged_on(
        kind, item, more=DELIVERY, faults=(fault,), change=change, first=True
    ).values()
    assert judged.outcome == "fail"
    assert any(subject in name for name in judged.said("fail"))


def test_a_token_that_the_forge_refuses_leaves_every_item_unknown(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    judged = judged_on(kind, *ITEMS, more=DELIVERY, env={"EXPLORER_TOKEN": "of-somebody"})
    for one in judged.values():
        assert one.outcome == "unknown"
        assert all("of-somebody" not in text for text in one.said("unknown").values())


def test_without_a_forge_no_item_passes(judge_here: Callable[..., Any]) -> None:
    for one in judge_here(FORGELESS, *ITEMS).values():
        assert one.outcome == "unknown"
        assert any("declares no [" in text for text in one.said("unknown").values())


SIGNED_BEFORE = """
[delivery.earlier_review]
signoff = "signoff-v1.3.0.json"
policy = "policy-v1.3.0.toml"
"""


def kept_of(state: str) -> dict[str, bytes]:
    """Return the sign-off of the example's release before and the policy of then."""
    names = ("signoff-v1.3.0.json", "policy-v1.3.0.toml")
    return {name: (EVIDENCE.parents[1] / state / "evidence" / name).read_bytes() for name in names}


def test_the_sign_off_of_the_release_before_is_verified_on_either_forge(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    more = DELIVERY.replace("[delivery.canary]", f"{SIGNED_BEFORE}[delivery.canary]")
    [judged] = judged_on(kind, SIGN_OFF, more=more, beside=kept_of("repaired")).values()
    assert outcome_of(judged) == "pass"
    assert judged.said("pass")["signoff-v1.3.0.json"] == (
        "v1.3.0, cdf7a9451554: ready, signed by ana@example.org (service),"
        " bo@example.org (security), eve@example.org (principal-engineer), by the policy of then"
    )


def test_a_broken_signature_a_veto_and_another_file_than_was_published_fail_the_item(
    kind: str, judged_on: Callable[..., Any]
) -> None:
    more = DELIVERY.replace("[delivery.canary]", f"{SIGNED_BEFORE}[delivery.canary]")
    sound = kept_of("repaired")

    def published(state: Any) -> Any:
        asset = Asset(name="signoff-v1.3.0.json", digest=f"sha256:{'0' * 64}")
        return replace(
            state, releases=tuple(replace(one, assets=(asset,)) for one in state.releases)
        )

    cases: tuple[tuple[dict[str, bytes], Any, str], ...] = (
        (kept_of("faulty"), lambda state: state, "signature-invalid: "),
        ({**sound, "veto.json": sound["signoff-v1.3.0.json"]}, lambda state: state, "no-veto: "),
        (sound, published, "it is not the file that v1.3.0 was published with"),
    )
    for beside, change, says in cases:
        [judged] = judged_on(kind, SIGN_OFF, more=more, beside=beside, change=change).values()
        told = judged.said("fail").get("signoff-v1.3.0.json", "")
        is_told = kind == "github" or change is not published  # GitLab tells no digests
        assert (outcome_of(judged), told.startswith(says)) == (
            ("fail", True) if is_told else ("pass", False)
        )


def test_a_sign_off_that_is_gone_leaves_the_item_unknown(
    judged_on: Callable[..., Any],
) -> None:
    more = DELIVERY.replace("[delivery.canary]", f"{SIGNED_BEFORE}[delivery.canary]")
    [judged] = judged_on("gitlab", SIGN_OFF, more=more).values()
    assert judged.outcome == "unknown"
    assert judged.said("unknown")["signoff-v1.3.0.json"].startswith("signoff-v1.3.0.json is not")
