"""What makes releases by its files, how it went for the newest tag, and whose code it runs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Asset, Job, Pipeline, PublishedRelease, Tag
from pytest_orr.clients.git_said import Entry
from pytest_orr.collect.delivery.release_workflows import ReleaseWorkflowFacts, ReleaseWorkflows
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk

AT = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)
TAGGED = "7a" * 20
SHA = "11bd71901bbe5b1630ceea73d27597364c9af683"
WORKFLOW = ".github/workflows/release.yml"
GITHUB = f"""
name: publish
on:
  push:
    tags: ["v*"]
jobs:
  release:
    steps:
      - uses: actions/checkout@{SHA}
      - run: make
"""
GITLAB = """
test: {script: make test}
release:
  rules: [{if: $CI_COMMIT_TAG}]
  release: {tag_name: $CI_COMMIT_TAG}
"""


def pipeline(id_: str = "1", **said: Any) -> Pipeline:
    """A run of the newest tag that succeeded."""
    usual = {"commit": TAGGED, "ref": "v2", "source": "push", "status": "success", "started": AT}
    return Pipeline(id=id_, **{**usual, **said})


def published(*names: str, **said: Any) -> PublishedRelease:
    assets = tuple(Asset(name=name) for name in names)
    return PublishedRelease(**{"tag": "v2", "published": AT, "assets": assets, **said})


@pytest.fixture
def seen(desk_of: Callable[..., Desk]) -> Callable[..., ReleaseWorkflowFacts]:
    """What is seen of a forge of one kind whose repository holds some files."""

    def see(
        kind: str, files: dict[str, str] | FactUnavailable, **answers: Any
    ) -> ReleaseWorkflowFacts:
        usual: dict[str, Any] = {
            "tags": (Tag(name="nightly", commit="9" * 40), Tag(name="v2", commit=TAGGED)),
            "pipelines": (pipeline(name="publish" if kind == "github" else ""),),
            "jobs": (Job(id="1", name="release", status="success"),),
            "releases": (published("app.zip", "SHA256SUMS"),),
        }
        git: dict[str, Any] = {"entries": files}
        if isinstance(files, dict):
            entries = (Entry(path=path, kind="file", id=path, size=9) for path in files)
            git = {"entries": tuple(entries), "read": lambda path: files[path].encode()}
        desk = desk_of(forge=usual | answers, git=git, declared={"kind": kind})
        return ReleaseWorkflows().collect(desk).value

    return see


def test_on_github_a_pushed_tag_starts_a_workflow(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    facts = seen("github", {WORKFLOW: GITHUB, "README.md": "", "src/workflows/x.yml": ": :"})
    [file] = facts.releasing
    assert file.release_triggers == ("push of tags v*",)
    assert file.seen == "started by push of tags v*; 1 of 1 foreign parts pinned"
    assert file.follows == ()
    assert facts.seen == f"{WORKFLOW}: {file.seen}"
    assert facts.newest.seen == "v2: publish 1 success"
    assert [run.has_succeeded for run in facts.newest.reading.runs] == [True]
    assert facts.assets.reading.unproven == ()
    assert facts.assets.seen == "v2: app.zip, SHA256SUMS"


def test_on_gitlab_a_job_of_the_tag_s_pipeline_makes_the_release(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    facts = seen("gitlab", {".gitlab-ci.yml": GITLAB})
    [file] = facts.releasing
    assert file.release_jobs == ("release",)
    assert file.release_triggers == ("a tag, by job release",)
    assert facts.newest.seen == "v2: job release of 1 success"


@pytest.mark.parametrize(
    ("on", "triggers"),
    [
        ("release", ("release",)),
        ("[push, release]", ("release",)),
        ("{release: {types: [published]}}", ("release",)),
        ("{push: {tags: v*}}", ("push of tags v*",)),
        ("{push: {tags: ['!v0*']}}", ()),
        ("{push: {branches: [main]}, workflow_dispatch: }", ()),
        ("push", ()),
        ("", ()),
    ],
)
def test_only_a_release_or_named_tags_start_a_workflow_of_releases(
    seen: Callable[..., ReleaseWorkflowFacts], on: str, triggers: tuple[str, ...]
) -> None:
    [file] = seen("github", {WORKFLOW: f"on: {on}\n"}).files
    assert file.reading.release_triggers == triggers


@pytest.mark.parametrize(
    ("job", "is_of_tags"),
    [
        ("rules: [{if: $CI_COMMIT_TAG}]", True),
        ("rules: [{if: '$CI_COMMIT_TAG =~ /^v/'}]", True),
        ("rules: [{if: $CI_COMMIT_TAG, when: never}, {when: always}]", False),
        ("rules: [{if: $CI_COMMIT_TAG == null}]", False),
        ("rules: [{if: '$CI_COMMIT_TAG !~ /^v/'}]", False),
        ("rules: [{if: $CI_COMMIT_BRANCH}]", False),
        ("only: [tags]", True),
        ("only: {refs: [tags, main]}", True),
        ("only: [main]", False),
        ("extends: .tagged", True),
        ("extends: [.tagged, .other]", True),
        ("extends: .loop", False),
        ("rules: [!reference [.tagged, rules]]", True),
        ("rules: !reference [.tagged, rules]", True),
        ("rules: [!reference [.turning, rules]]", False),
        ("<<: *tagged", True),
        ("script: [make]", False),
    ],
)
def test_rules_say_whether_a_job_runs_for_a_tag(
    seen: Callable[..., ReleaseWorkflowFacts], job: str, *, is_of_tags: bool
) -> None:
    pipeline_file = f"""
.tagged: &tagged {{rules: [{{if: $CI_COMMIT_TAG}}]}}
.other: {{image: debian}}
.loop: {{extends: .loop}}
.turning: {{rules: [!reference [.turning, rules]]}}
default: {{image: debian}}
publish:
  {job}
"""
    [file] = seen("gitlab", {".gitlab-ci.yml": pipeline_file}).files
    assert file.reading.release_jobs == (("publish",) if is_of_tags else ())


def test_files_that_the_pipeline_includes_belong_to_it(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    files = {
        ".gitlab-ci.yml": "include: [/ci/*.yml, {project: explorer/explorer, file: more.yml}]\n",
        "ci/tags.yml": "spec: {inputs: }\n---\n.tagged: {rules: [{if: $CI_COMMIT_TAG}]}\n",
        "more.yml": "include: ci/tags.yml\nship: {extends: .tagged}\n",
    }
    [file] = seen("gitlab", files).files
    assert file.reading.release_jobs == ("ship",)
    assert file.reading.foreign == ()


@pytest.mark.parametrize(
    ("include", "follows"),
    [
        ("{project: others/ci, file: a.yml, ref: main}", "others/ci@main"),
        ("{project: others/ci, file: a.yml}", "others/ci@its newest"),
        (f"{{project: others/ci, file: a.yml, ref: {SHA}}}", ""),
        ("{project: $CI_PROJECT_PATH, file: a.yml}", ""),
        ("https://example.org/ci.yml", "https://example.org/ci.yml"),
        ("{remote: 'https://example.org/ci.yml', integrity: sha256-0}", ""),
        ("{template: Jobs/SAST.gitlab-ci.yml}", ""),
        ("{component: $CI_SERVER_FQDN/a/b/lint@1.0}", "$CI_SERVER_FQDN/a/b/lint@1.0"),
        (f"{{component: $CI_SERVER_FQDN/a/b/lint@{SHA}}}", ""),
        ("{component: $CI_SERVER_FQDN/explorer/explorer/lint@1.0}", ""),
    ],
)
def test_includes_of_others_must_be_pinned(
    seen: Callable[..., ReleaseWorkflowFacts], include: str, follows: str
) -> None:
    for text in (f"include: [{include}]\n", f"child: {{trigger: {{include: [{include}]}}}}\n"):
        [file] = seen("gitlab", {".gitlab-ci.yml": text}).files
        assert file.reading.follows == ((follows,) if follows else ())


@pytest.mark.parametrize(
    ("uses", "follows"),
    [
        ("actions/checkout@v4", True),
        (f"actions/checkout@{SHA}", False),
        (f"actions/checkout@{SHA[:12]}", True),
        ("actions/checkout", True),
        ("./tools/build", False),
        ("Explorer/tools/build@main", False),
        ("docker://alpine:3", True),
        (f"docker://alpine@sha256:{'0' * 64}", False),
    ],
)
def test_actions_and_workflows_of_others_must_be_pinned(
    seen: Callable[..., ReleaseWorkflowFacts], uses: str, *, follows: bool
) -> None:
    for path, text in (
        (WORKFLOW, f"jobs: {{a: {{steps: [{{uses: '{uses}'}}]}}}}\n"),
        (WORKFLOW, f"jobs: {{a: {{uses: '{uses}'}}}}\n"),
        ("tools/build/action.yml", f"runs: {{steps: [{{uses: '{uses}'}}]}}\n"),
    ):
        [file] = seen("github", {path: text}).files
        assert file.reading.follows == ((uses,) if follows else ())


def test_what_is_no_workflow_at_all_is_started_by_nothing(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    strange = "on: [[release]]\njobs: [1]\nname: {a: b}\n"
    for text in ("", "- 1\n", strange, "jobs: {a: {steps: x}}", "jobs: {a: {steps: {b: c}}}"):
        [file] = seen("github", {WORKFLOW: text}).files
        assert file.reading.foreign == ()
    assert seen("gitlab", {}).releasing == ()
    assert seen("gitlab", {}).seen == "no such file"
    for text in ("", "- 1\n", "include: {a: [{}]}\n", "a: {rules: {b: c}, extends: {d: e}}\n"):
        assert seen("gitlab", {".gitlab-ci.yml": text}).releasing == ()


def test_a_file_that_cannot_be_read_leaves_open_what_it_starts(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    facts = seen("github", {WORKFLOW: "a: b: c"})
    with pytest.raises(FactUnavailable, match=r"release.yml is no YAML"):
        _ = facts.releasing
    facts = seen("github", {WORKFLOW: "a: b: c", ".github/workflows/tag.yml": GITHUB})
    assert len(facts.releasing) == 1


def test_without_a_checkout_the_files_are_unknown_and_the_release_is_judged(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    facts = seen("gitlab", FactUnavailable("no checkout", "declare [repository]"))
    with pytest.raises(FactUnavailable, match="no checkout"):
        _ = facts.releasing
    assert facts.assets.observed


def test_jobs_that_wait_for_somebody_made_no_release(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    jobs = (
        Job(id="1", name="test", status="success"),
        Job(id="2", name="release 1/2", status="failed"),
        Job(id="3", name="release: [linux]", status="running"),
        Job(id="4", name="release", status="manual"),
    )
    runs = seen("gitlab", {".gitlab-ci.yml": GITLAB}, jobs=jobs).newest.reading.runs
    assert [run.name for run in runs] == ["job release 1/2 of 1", "job release: [linux] of 1"]
    assert not runs[0].has_succeeded
    with pytest.raises(FactUnavailable, match="has not ended"):
        _ = runs[1].has_succeeded


def test_runs_of_other_workflows_and_refs_made_no_release(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    others = (pipeline("1", name="ci"), pipeline("2", name="publish", ref="main"))
    newest = seen("github", {WORKFLOW: GITHUB}, pipelines=others).newest
    assert newest.reading.runs == ()
    assert newest.seen == "v2: nothing ran"
    by_file = (pipeline("1", name="release.yml"),)
    assert seen("github", {WORKFLOW: GITHUB}, pipelines=by_file).newest.reading.runs


def test_before_the_first_tag_nothing_is_known_of_its_run(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    facts = seen("gitlab", {".gitlab-ci.yml": GITLAB}, tags=())
    for part in (facts.newest, facts.assets):
        with pytest.raises(FactUnavailable, match=r"has no tag v\*"):
            _ = part.reading


@pytest.mark.parametrize(
    ("names", "unproven"),
    [
        (("a.zip", "b.zip", "checksums.txt"), ()),
        (("a.zip", "app_1.0_checksums.txt"), ()),
        (("a.zip", "multiple.intoto.jsonl"), ()),
        (("a.zip", "a.zip.sha256", "b.zip"), ("b.zip",)),
        (("a.zip", "a.zip.sha256sum", "b.zip", "b.zip.asc"), ()),
        (("a.zip", "a.zip.md5"), ("a.zip", "a.zip.md5")),
    ],
)
def test_each_file_of_a_release_needs_something_that_speaks_for_it(
    seen: Callable[..., ReleaseWorkflowFacts], names: tuple[str, ...], unproven: tuple[str, ...]
) -> None:
    facts = seen("gitlab", {".gitlab-ci.yml": GITLAB}, releases=(published(*names),))
    assert facts.assets.reading.unproven == unproven


def test_a_digest_that_the_forge_tells_speaks_for_a_file(
    seen: Callable[..., ReleaseWorkflowFacts],
) -> None:
    known = (Asset(name="a.zip", digest="sha256:0"), Asset(name="b.zip"))
    release = published(assets=known)
    facts = seen("github", {WORKFLOW: GITHUB}, releases=(release,))
    assert facts.assets.reading.files == ("a.zip", "b.zip")
    assert facts.assets.reading.unproven == ("b.zip",)


def test_a_draft_is_no_release(seen: Callable[..., ReleaseWorkflowFacts]) -> None:
    releases = (published("a.zip", is_draft=True), published("a.zip", tag="v1"))
    facts = seen("github", {WORKFLOW: GITHUB}, releases=releases)
    assert not facts.assets.reading.is_published
    assert facts.assets.seen == "v2: none"
