"""Items about the repository by what git tells, and a GitLab and a GitHub beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

VAULT = "deployment.vault.ansible-vault"
SEALED = "deployment.vault.encrypt-all"
ANSIBLE = "deployment.automation.ansible"
SCRIPT = "operations.emergency.threshold-script"
CRITERIA = "operations.rollback.criteria"
AUDIT = "code.audit.external"
ITEMS = (VAULT, SEALED, ANSIBLE, SCRIPT, CRITERIA, AUDIT)
EXAMPLE = Path(__file__).parents[2] / "examples" / "explorer" / "repaired"
REPORT = "evidence/external-audit-2026-09.md"
OWN_TABLES = re.compile(r"\[+(repository(\.\w+)?|delivery|release|accepted|scans)\]+\n")
BESIDE = re.compile(r'file += "(evidence/[^"]+)"')
HEAD = """
[service]
name = "explorer"
environment = "production"
people = [
    {{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }},
    {{ email = "bo@example.org", name = "Bo", roles = ["security", "approver"] }},
    {{ email = "eve@example.org", name = "Eve", roles = ["principal-engineer"] }},
]
[forge]
kind = "{kind}"
project = "explorer/explorer"
url = {{ env = "EXPLORER_FORGE" }}
token = {{ env = "EXPLORER_TOKEN" }}
[[hosts]]
names = ["explorer-jump"]
role = "jump"
outputs = {{ explorer-jump = "nothing" }}
[[hosts]]
names = ["explorer-backend-1", "explorer-backend-2"]
outputs = {{ explorer-backend-1 = "nothing", explorer-backend-2 = "nothing" }}
[[hosts]]
names = ["explorer-testing-1"]
environment = "testing"
outputs = {{ explorer-testing-1 = "nothing" }}
"""


@pytest.fixture
def judged(
    forges: dict[str, tuple[Any, dict[str, str]]],
    judge_here: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Judge items by the repaired example's own tables, of which one text was changed."""
    from examples.explorer.forge_state import forge_state  # noqa: PLC0415 after the path is set

    def judge(
        kind: str,
        *ids: str,
        old: str = "",
        new: str = "",
        change: Callable[[Any], Any] = lambda state: state,
        report: bytes | None = None,
    ) -> Any:
        server, variables = forges[kind]
        server.state = change(forge_state(()))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        text = (EXAMPLE / "readiness.toml").read_text(encoding="utf-8")
        parts = re.split(r"(?m)^(?=\[)", text)
        own = "".join(part for part in parts if OWN_TABLES.match(part))
        assert old in own
        names = (REPORT, *BESIDE.findall(own))
        beside = {name: (EXAMPLE / name).read_bytes() for name in names}
        beside |= {REPORT: report} if report else {}
        profile = HEAD.format(kind=kind) + own.replace(old, new, 1)
        return judge_here(profile, *ids, beside=beside)

    return judge


@pytest.fixture(params=["gitlab", "github"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each forge in turn."""
    return str(request.param)


def test_a_sound_repository_is_sound_on_either_forge(kind: str, judged: Callable[..., Any]) -> None:
    found = judged(kind, *ITEMS)
    failed = {one: what.said("fail") for one, what in found.items() if what.said("fail")}
    assert failed == {}
    unknown = {one: what.said("unknown") for one, what in found.items() if what.said("unknown")}
    assert list(unknown) == [ANSIBLE, CRITERIA]  # hosts and Prometheus are not declared here
    assert set(unknown[ANSIBLE]) == {"explorer-backend-1", "explorer-backend-2"}
    assert [found[one].outcome for one in (VAULT, SEALED)] == ["pass", "pass"]
    assert "job ansible-lint" in found[ANSIBLE].said("pass")
    assert "ops/raise-request-limit: review" in found[SCRIPT].said("pass")


MORE = "audited_lines = 60"
"""A line of [repository] before which another key is put."""


@pytest.mark.parametrize(
    ("item", "old", "new", "subject", "says"),
    [
        (VAULT, '"secrets/*.vault.yml"', '"secrets/*"', "secrets/backend.sops.yaml", "AES256"),
        (VAULT, MORE, 'vault_passwords = ["**/*.toml"]', "**/*.toml", "git does not ignore it"),
        (SEALED, '"config/production.env"', '"config/rate-limits.toml"', "config/", "no reason"),
        (ANSIBLE, MORE, 'playbooks = ["inventory/**/hosts.yml"]', "hosts.yml", "has no play"),
        (ANSIBLE, MORE, 'inventories = ["**/testing/*"]', "explorer-jump", "no inventory lists"),
        (SCRIPT, "ops/raise-request-limit", "ops/lower-request-limit.sh", "ops/", "not execut"),
        (SCRIPT, "highest = 400", "highest = 900", "ops/raise", "declared bounds: 900"),
        (CRITERIA, "rollback.toml", "rollback-2025.toml", "criterion 1", "holds no number"),
        (AUDIT, MORE, "audited_lines = 5", "commit", "30 audited lines changed since, 5 may"),
        (AUDIT, "sha256   = ", f'sha256 = "{"0" * 64}" #', REPORT, "not the file whose SHA-256"),
    ],
)
def test_each_fault_of_the_repository_is_found_where_it_lies(
    judged: Callable[..., Any], item: str, old: str, new: str, subject: str, says: str
) -> None:
    [found] = judged("gitlab", item, old=old, new=new).values()
    failed = [text for name, text in found.said("fail").items() if subject in name]
    assert any(says in text for text in failed), found.record.findings


@pytest.mark.parametrize(
    ("words", "outcome", "says"),
    [
        ("| EA-01 | high | open |", "fail", "a grave finding is still open"),
        ("| EA-01 | purple | open |", "unknown", "how grave EA-01 is cannot be told"),
    ],
)
def test_a_finding_that_stays_open_is_told_by_its_grade(
    judged: Callable[..., Any], words: str, outcome: str, says: str
) -> None:
    report = f"| finding | grade | state |\n|-|-|-|\n{words}\n".encode()
    [found] = judged("gitlab", AUDIT, report=report).values()
    assert any(says in text for text in found.said(outcome).values()), found.record.findings


def unread(state: Any) -> Any:
    """Let nobody but authors approve anything."""
    alone = tuple(replace(one, approved_by=(one.author,)) for one in state.changes)
    return replace(state, changes=alone)


def failing(state: Any) -> Any:
    """Let every job have failed."""
    failed = {
        number: tuple(replace(one, status="failed") for one in jobs)
        for number, jobs in state.jobs.items()
    }
    return replace(state, jobs=failed)


PLANS = Path(__file__).parents[1] / "unit" / "repository" / "samples"


@pytest.mark.parametrize(
    ("plan", "planned", "outcome", "says"),
    [
        ("plan-noop.json", "2026-11-18", "pass", ""),
        ("plan-update.json", "2026-11-18", "fail", "what runs differs from the release's files"),
        ("plan-noop.json", "2026-09-18", "unknown", "the plan is of 2026-09-18, older than 30"),
    ],
)
def test_a_plan_of_terraform_shows_whether_anything_drifted(
    kind: str, judged: Callable[..., Any], plan: str, planned: str, outcome: str, says: str
) -> None:
    left = (PLANS / plan).read_bytes().replace(b"2026-11-27T", f"{planned}T".encode())

    def planning(state: Any) -> Any:
        kept = {
            job: {**files, "plan.json": left} if "ansible-lint.sarif" in files else files
            for job, files in state.artifacts.items()
        }
        return replace(state, artifacts=kept)

    declared = 'plans = [{ job = "ansible-lint", path = "plan.json" }]\nlint_job '
    [found] = judged(kind, ANSIBLE, old="lint_job ", new=declared, change=planning).values()
    assert says in found.said(outcome)["plan.json of job ansible-lint"]


@pytest.mark.parametrize(
    ("item", "change", "subject", "says"),
    [
        (SCRIPT, unread, "ops/raise-request-limit: review", "nobody but its author approved"),
        (SCRIPT, failing, "job threshold-dry-run", "the dry run did not succeed"),
        (ANSIBLE, failing, "job ansible-lint", "it did not succeed for the release's commit"),
    ],
)
def test_each_fault_of_the_forge_is_found_on_either(
    kind: str,
    judged: Callable[..., Any],
    item: str,
    change: Callable[[Any], Any],
    subject: str,
    says: str,
) -> None:
    [found] = judged(kind, item, change=change).values()
    assert says in found.said("fail")[subject]


@pytest.mark.parametrize(
    ("item", "old", "new", "says"),
    [
        (SEALED, '"config/*"', '"conf/*"', "no file of the release fits conf/*"),
        (VAULT, "secrets = [", "secrets = [] #", "no file that [repository] secrets names found"),
        (ANSIBLE, "lint_report ", "#", "declares no lint_job and lint_report in [delivery]"),
        (SCRIPT, "dry_run_job ", "#", "declares no [delivery]"),
        (SCRIPT, "ops/raise-request-limit", "ops/gone", "ops/gone is not in the release's commit"),
        (CRITERIA, "docs/rollback.toml", "docs/gone.toml", "docs/gone.toml is not in the release"),
        (AUDIT, REPORT, "evidence/gone.md", "evidence/gone.md is not there"),
    ],
)
def test_what_is_not_there_is_unknown(
    judged: Callable[..., Any], item: str, old: str, new: str, says: str
) -> None:
    [found] = judged("gitlab", item, old=old, new=new).values()
    told = [*found.said("unknown").values(), found.record.reason]
    assert any(says in text for text in told), found.record.findings
