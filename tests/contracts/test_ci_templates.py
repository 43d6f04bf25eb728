"""The pipelines that are offered to services: valid, gated, careful, and of commands that exist."""

from __future__ import annotations

import argparse
import json
import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema.validators import validator_for

from pytest_orr.cli import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[2] / "examples" / "ci"
OF_GITLAB = (
    "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"
)
OF_GITHUB = "https://json.schemastore.org/github-workflow.json"
TEMPLATES = {
    name: yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    for name in ("gitlab", "github")
}
PRIVATE = ("facts.json", "journal.jsonl", "evidence")
"""Files of a report that describe infrastructure."""


def scripts(name: str, job: str) -> list[str]:
    """Return the lines of a job's scripts, in order."""
    if name == "gitlab":
        texts = TEMPLATES[name][job]["script"]
    else:
        texts = [step["run"] for step in TEMPLATES[name]["jobs"][job]["steps"] if "run" in step]
    return [line.strip() for text in texts for line in text.splitlines()]


def commands() -> Iterator[list[str]]:
    """Yield every call of ``orr`` in the templates, as words."""
    for name, jobs in JOBS.items():
        for job in jobs:
            for line in scripts(name, job):
                if line.startswith("orr "):
                    yield shlex.split(line)


JOBS = {"gitlab": ("readiness", "readiness:signed-off"), "github": ("readiness", "signed-off")}
JUDGING = [(name, jobs[0]) for name, jobs in JOBS.items()]


def complaints(schema: Any, value: Any) -> list[str]:
    return [
        f"{e.json_path}: {e.message[:200]}"
        for e in validator_for(schema)(schema).iter_errors(value)
    ]


@pytest.mark.parametrize(("name", "url"), [("gitlab", OF_GITLAB), ("github", OF_GITHUB)])
def test_a_template_is_a_pipeline_by_the_published_schema(
    published_schema: Callable[[str], Any], name: str, url: str
) -> None:
    schema = published_schema(url)
    # YAML 1.1 reads the key "on" as true, and the schema is older than the runner's image
    known = json.dumps(TEMPLATES[name]).replace("ubuntu-24.04", "ubuntu-22.04")
    template = {"on" if key == "true" else key: one for key, one in json.loads(known).items()}

    assert complaints(schema, template) == []
    broken = {**template, "jobs" if name == "github" else "readiness": {"scripts": 3}}
    assert complaints(schema, broken)


def test_every_call_of_the_command_is_one_that_it_takes() -> None:
    called = list(commands())
    for words in called:
        assert words[1] in VERBS
        module = import_module(f"pytest_orr.cli.{words[1]}")
        parser = argparse.ArgumentParser(exit_on_error=False)
        module.declare(parser)
        values = {"$CI_MERGE_REQUEST_IID": "7", "$commit": "4" * 40}
        told = [values.get(word, word) for word in words[2:]]
        known, unknown = parser.parse_known_args(told)
        assert unknown == []
        if words[1] == "publish":
            wrong = [*module._wrong(known)]
            assert wrong == []
    assert {words[1] for words in called} == {"publish", "gate", "verify"}


@pytest.mark.parametrize(("name", "job"), JUDGING)
def test_a_run_advises_and_the_gate_decides_last(name: str, job: str) -> None:
    lines = scripts(name, job)

    [run] = [line for line in lines if line.startswith("pytest ")]
    assert run.startswith("pytest readiness/ --orr-gate=advise")
    assert lines[-1] == "orr gate"
    assert not any("||" in line or "allow_failure" in line for line in lines)


@pytest.mark.parametrize("name", JOBS)
def test_nothing_that_describes_infrastructure_is_an_artifact(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    kept = re.sub(r"#.*", "", text)

    assert not any(private in kept for private in PRIVATE)
    assert "readiness-report/readiness.html" in kept


@pytest.mark.parametrize("name", JOBS)
def test_what_a_board_and_a_comparison_read_is_an_artifact(name: str) -> None:
    text = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")

    assert "readiness-report/review.json" in re.sub(r"#.*", "", text)


def test_the_whole_history_is_there_to_be_judged() -> None:
    first = TEMPLATES["github"]["jobs"]["readiness"]["steps"][0]

    assert first["with"]["fetch-depth"] == 0
    assert TEMPLATES["gitlab"]["variables"]["GIT_DEPTH"] == "0"


def test_the_report_shows_in_merge_requests_and_results_reach_gitlab() -> None:
    artifacts = TEMPLATES["gitlab"]["readiness"]["artifacts"]

    assert artifacts["when"] == "always"
    assert artifacts["expose_as"]
    assert set(artifacts["reports"]) == {"junit", "codequality"}
    script = "\n".join(scripts("gitlab", "readiness"))
    assert all(path in script for path in artifacts["reports"].values())


def test_on_gitlab_nothing_is_written_without_a_token() -> None:
    script = TEMPLATES["gitlab"]["readiness"]["script"]
    writing = [text for text in script if "--issues" in text or "--merge-request" in text]

    [block] = writing
    parts = [part for part in block.split("fi\n") if part.strip()]
    assert len(parts) == 2
    assert all(part.lstrip().startswith('if [ -n "$ORR_PUBLISH_TOKEN" ] &&') for part in parts)


def test_on_github_each_job_has_the_least_permissions_and_steps_are_pinned() -> None:
    template = TEMPLATES["github"]

    assert template["permissions"] == {}
    assert template["jobs"]["readiness"]["permissions"] == {"contents": "read", "issues": "write"}
    assert template["jobs"]["signed-off"]["permissions"] == {"contents": "read"}
    steps = [step for job in template["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", one) for one in used)
    tokens = [step for step in steps if "ORR_PUBLISH_TOKEN" in step.get("env", {})]
    assert [step["if"] for step in tokens] == ["github.event_name == 'push'"]


def test_no_text_of_a_pull_request_is_put_into_a_script() -> None:
    for job in JOBS["github"]:
        assert not any("${{" in line for line in scripts("github", job))


@pytest.mark.parametrize("name", JOBS)
def test_what_deploys_waits_for_a_verified_sign_off(name: str) -> None:
    told = 'orr verify "signoffs/$commit.json" --commit "$commit" --after signoffs'
    assert scripts(name, JOBS[name][1])[-1] == told
