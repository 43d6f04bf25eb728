"""The part of readiness.toml about the forge: where code is reviewed, built and released."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from pytest_orr.errors import Undeclared

from .fields import (
    CONFIG,
    Count,
    Days,
    Email,
    FromEnvironment,
    RepositoryPath,
    Role,
    Series,
    Setting,
    Text,
)

Hours = Annotated[int, Strict(), Field(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Forge:
    """The project of the service on GitLab or GitHub."""

    kind: Literal["gitlab", "github"]
    """Whose API it speaks."""
    project: Text
    """Path of the project, such as explorer/explorer."""
    url: Setting | None = None
    """Address of the forge: https://gitlab.com or https://api.github.com without it; GitHub
    Enterprise is at https://HOST/api/v3."""
    token: FromEnvironment | None = None
    """The variable that holds a token that may only read, as { env = "…" }; never the token. On
    GitLab it has scope read_api, of somebody with role Maintainer; on GitHub it is a fine-grained
    one that reads actions, administration, contents, deployments, pull requests, all three kinds
    of alerts, and the organisation's members."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued the forge's certificate."""
    branch: Text | None = None
    """The branch that is built and deployed; the project's default branch without it."""
    release_tags: Text = "v*"
    """Pattern of the tags of releases, as the forge protects them."""
    team: tuple[Text, ...] = ()
    """Names of all who may be members, as the forge knows them."""
    production: Text = "production"
    """Name of the environment that a release is deployed to."""
    staging: Text | None = None
    """Environment where a first launch rehearses what later concerns production."""
    frontend: Text | None = None
    """Environment that the frontend's files are deployed to, if it is one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class VaultRepository:
    """The private project that keeps encrypted files, if it is another than the service's own."""

    project: Text
    """Path of the project on the same forge."""
    team: tuple[Text, ...] = ()
    """Names of all who may be members, as the forge knows them."""
    files: tuple[Text, ...] = ()
    """Encrypted files that lie there, and nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Travis:
    """A build at Travis, or what took its place."""

    repository: Text | None = None
    """owner/name as Travis knows it."""
    url: Setting | None = None
    """Address of its API, if it is not https://api.travis-ci.com."""
    token: FromEnvironment | None = None
    """The variable that holds a token."""
    successor: Literal["gitlab-ci", "github-actions"] | None = None
    """What builds and tests now, in its place."""
    test_job: Text | None = None
    """Name of the successor's job that tests the branch."""
    oldest_build_days: Days = 30
    """How old the last build may be."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Testnet:
    """The automated deployment to the testnet."""

    environment: Text = "testnet"
    """Name of the forge's environment, and of its [[hosts]] if docker runs the image there."""
    schedule: Text | None = None
    """Description (GitLab) or workflow file (GitHub) of the schedule that deploys it."""
    image: Text | None = None
    """The testnet's image with its tag, which the build of the branch pushes. Its label
    org.opencontainers.image.revision names the commit; its registry stands under
    [[images.registries]], an ECR's too."""
    deploy_job: Text | None = None
    """Job that deploys it, where no [[hosts]] tell what runs."""
    digest_file: Text | None = None
    """Artifact of that job: the digest that runs afterwards, sha256:… alone."""
    rpc: Setting | None = None
    """URL of a node of the testnet, or of the service's own, that tells a block height."""
    oldest_success_hours: Hours = 48
    """When it must last have succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Canary:
    """How a release first serves a few."""

    environment: Text = "canary"
    """Name of the forge's environment."""
    hours: Hours = 1
    """How long the release must have run there before it went to everybody."""
    requests: Series | None = None
    """The counter of requests in Prometheus, such as explorer_requests_total."""
    errors: Series | None = None
    """The counter of those that failed."""
    canary: dict[str, Text] = Field(default_factory=dict)
    """Labels of the canary's series alone, such as { track = "canary" }."""
    baseline: dict[str, Text] = Field(default_factory=dict)
    """Labels of the series of the release before, such as { track = "stable" }."""
    worst_ratio: Annotated[float, Strict(), Field(ge=1, allow_inf_nan=False)] = 1.1
    """How many times the baseline's part of failed requests the canary's may be."""
    rollout: RepositoryPath | None = None
    """File in the repository that says which share the canary gets, if it is no balancer of AWS."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class EarlierReview:
    """The sign-off of the release before, which is verified."""

    signoff: Text
    """Path of its signoff.json beside this file; a veto.json in the same folder refuses it."""
    policy: Text | None = None
    """Path of the policy.toml of then, if other people or keys could sign; otherwise today's says
    who could."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class PlanFile:
    """A plan of Terraform that a job left behind."""

    job: Text
    """The job's name."""
    path: Text
    """The file: what terraform show -json prints of a plan."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Delivery:
    """How a commit becomes what users get."""

    required_checks: tuple[Text, ...] = ()
    """Checks that the branch's protection must require, by name."""
    release_suites: tuple[Text, ...] = ()
    """Names of the test suites that must have run for the release's tag."""
    most_skipped: Count = 0
    """Tests that may be skipped there."""
    approvers: Annotated[int, Strict(), Field(ge=1)] = 2
    """Different people who must sign a release off."""
    signers: tuple[Email, ...] = ()
    """The people who sign a release off, in their order."""
    signing_roles: tuple[Role, ...] = ("service", "principal-engineer")
    """Roles of which each must be somebody's among them."""
    earlier_review: EarlierReview | None = None
    """The sign-off of the release before, or, at a first launch, of a candidate."""
    image_job: Text | None = None
    """Job that builds and pushes the release's image, and prints or keeps its digest."""
    rollback_job: Text | None = None
    """Job, or workflow, that rolls back."""
    earlier_images: tuple[Text, ...] = ()
    """Images of the release before, by their digests, to which a rollback goes back."""
    analyser_jobs: tuple[Text, ...] = ()
    """Jobs that look for crashes and leaks (a race detector, a leak test), by name."""
    lint_job: Text | None = None
    """Job that checks the syntax of playbooks and lints them."""
    lint_report: Text | None = None
    """File that it leaves behind: SARIF or Code Climate's JSON (ansible-lint -f sarif)."""
    plans: tuple[PlanFile, ...] = ()
    """What jobs leave behind of terraform show -json, which show whether anything drifted."""
    plan_days: Days = 30
    """How old such a plan may be."""
    dry_run_job: Text | None = None
    """Job that runs the contingency scripts without effect."""
    rollback_people: Annotated[int, Strict(), Field(ge=2)] = 2
    """People who must take part in a critical rollback."""
    drill_days: Days = 90
    """How old a rehearsal that the forge shows may be."""
    testnet: Testnet = Field(default_factory=Testnet)
    """The automated deployment to the testnet."""
    canary: Canary = Field(default_factory=Canary)
    """How a release first serves a few."""
    travis: Travis = Field(default_factory=Travis)
    """A build at Travis, or what took its place."""

    def declared(
        self, key: Literal["analyser_jobs", "dry_run_job", "rollback_job", "signers"], what: str
    ) -> Any:
        """Return what is declared under a key; raises ``Undeclared`` if nothing is."""
        if not getattr(self, key):
            raise Undeclared(f"[delivery] {key}", what)
        return getattr(self, key)

    def drilled_since(self, as_of: dt.datetime) -> dt.datetime:
        """Return the instant since which a rehearsal counts."""
        return as_of - dt.timedelta(days=self.drill_days)
