"""What jobs of the release left behind: reports of ansible-lint, plans of Terraform."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.repository.infrastructure_plans import InfrastructurePlans
from pytest_orr.collect.repository.lint_results import LintResults
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.forge import Delivery, PlanFile

if TYPE_CHECKING:
    from collections.abc import Callable

LINT = Delivery(lint_job="lint", lint_report="lint.out")
PLANS = Delivery(plans=(PlanFile(job="plan", path="plan.json"),))


@pytest.fixture
def left(made: Any, desk_of: Callable[..., Any]) -> Callable[..., Any]:
    """A desk whose forge has one file that a job of the release left behind."""
    commit = made.commit({"a": "a"})

    def make(delivery: Delivery, content: bytes) -> Any:
        def artifact(of: str, job: str, path: str) -> bytes:
            assert (of, job) in {(commit, "lint"), (commit, "plan")}
            assert path in {"lint.out", "plan.json"}
            return content

        return desk_of(made.folder, commit, forge={"artifact": artifact}, delivery=delivery)

    return make


@pytest.mark.parametrize("name", ["lint-bad.sarif", "lint-bad.json"])
def test_what_ansible_lint_objects_to_is_told_in_both_of_its_formats(
    left: Callable[..., Any], sample: Callable[[str], bytes], name: str
) -> None:
    [result] = LintResults().collect(left(LINT, sample(name))).value
    assert result.name == "lint.out of job lint"
    assert "playbooks/bad.yml" in result.findings[0].seen
    assert "name[casing]" in {one.rule for one in result.findings}
    assert result.seen == f"{len(result.findings)} findings"


def test_a_clean_report_has_no_findings(
    left: Callable[..., Any], sample: Callable[[str], bytes]
) -> None:
    for content in (sample("lint-good.sarif"), b"[]"):
        [result] = LintResults().collect(left(LINT, content)).value
        assert result.findings == ()


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "lint.out of job lint is no whole JSON file"),
        (b"{}", "lint.out of job lint is not SARIF"),
        (b'[{"description": "x"}]', r"lint.out of job lint says nothing at \$\[0\]\.check_name"),
        (b"[" * 100, "nested deeper than 64 levels"),
    ],
)
def test_a_report_that_is_none_is_unknown(
    left: Callable[..., Any], content: bytes, cause: str
) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        LintResults().collect(left(LINT, content))


def test_without_a_job_and_its_report_nobody_is_asked(left: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable, match=r"declares no lint_job and lint_report in"):
        LintResults().collect(left(Delivery(lint_job="lint"), b""))


def test_a_plan_of_terraform_tells_what_it_would_change_and_no_value(
    left: Callable[..., Any], sample: Callable[[str], bytes]
) -> None:
    [plan] = InfrastructurePlans().collect(left(PLANS, sample("plan-noop.json"))).value
    assert plan.name == "plan.json of job plan"
    assert plan.seen == "of 2026-11-27: 2 resources, 0 to change, 0 drifted"
    [changing] = InfrastructurePlans().collect(left(PLANS, sample("plan-update.json"))).value
    assert changing.reading.changes == ("terraform_data.limits: update",)
    assert "40" not in str(changing)


def test_what_was_changed_past_terraform_and_in_modules_is_counted(
    left: Callable[..., Any], sample: Callable[[str], bytes]
) -> None:
    told = json.loads(sample("plan-noop.json"))
    told["resource_drift"] = [told["resource_changes"][0] | {"change": {"actions": ["update"]}}]
    told["resource_changes"] = []
    root = told["prior_state"]["values"]["root_module"]
    root["child_modules"] = [{"resources": [{"address": "module.a.b.c"}]}]
    [plan] = InfrastructurePlans().collect(left(PLANS, json.dumps(told).encode())).value
    assert (plan.reading.drifted, plan.reading.resources) == (("terraform_data.hosts",), 3)


def test_an_old_plan_does_not_show_what_runs_today(
    left: Callable[..., Any], sample: Callable[[str], bytes]
) -> None:
    [plan] = InfrastructurePlans().collect(left(PLANS, sample("plan-noop.json"))).value
    assert plan.reading.counts(7, dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    with pytest.raises(FactUnavailable, match="the plan is of 2026-11-27, older than 7 days"):
        plan.reading.counts(7, dt.datetime(2026, 12, 9, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"format_version": "2.0"}, "is no plan of a format 1"),
        ({"format_version": None}, "says nothing at"),
        ({"errored": True}, "Terraform did not come to the end of its plan"),
        ({"complete": False}, "Terraform did not come to the end of its plan"),
        ({"timestamp": None}, "the plan does not say when it was made"),
        ({"resource_changes": [], "prior_state": None}, "the plan knows no resource"),
        ({"resource_changes": {}}, "has no list at"),
    ],
)
def test_a_plan_that_says_nothing_is_unknown(
    left: Callable[..., Any], sample: Callable[[str], bytes], change: dict[str, Any], cause: str
) -> None:
    told = json.loads(sample("plan-noop.json")) | change
    [plan] = InfrastructurePlans().collect(left(PLANS, json.dumps(told).encode())).value
    with pytest.raises(FactUnavailable, match=cause):
        plan.reading  # noqa: B018 reading it asks


def test_a_service_without_plans_has_none(left: Callable[..., Any]) -> None:
    assert InfrastructurePlans().collect(left(Delivery(), b"")).value == ()
