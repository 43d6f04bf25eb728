"""What the example's forge holds of delivery: deployments, environments, schedules, releases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from examples.explorer.forge_history import (
    NIGHT,
    NIGHTLY,
    PREVIOUS,
    PREVIOUS_TAG_PIPELINE,
    RELEASE,
    TAG_PIPELINE,
    TAGGED_ON,
    commit_of,
)
from pytest_orr.clients.forge.said import (
    Asset,
    Deployment,
    EnvironmentProtection,
    PublishedRelease,
    Schedule,
)
from pytest_orr.clients.forge.said_issues import Issue

TWO = ("bo", "eve")
DRILLED = datetime(2026, 11, 10, 10, tzinfo=UTC)
"""When staging was rolled back from the release's commit to the previous release, as a drill."""
BEFORE_THE_DRILL = "87961"
"""The pipeline of the branch that deployed the release's commit to staging for it."""


def deployments() -> tuple[Deployment, ...]:
    """Return deployments to all environments, newest first, each made by a pipeline."""
    tagged, before = TAGGED_ON[RELEASE], TAGGED_ON[PREVIOUS]
    hour, day = timedelta(hours=1), timedelta(days=1)
    return tuple(
        _deployment(row)
        for row in (
            ("7120", "testnet", RELEASE, NIGHTLY, NIGHT, "bo", ()),
            ("7103", "pages", RELEASE, TAG_PIPELINE, tagged + 20 * hour, "ana", ()),
            ("7102", "production", RELEASE, TAG_PIPELINE, tagged + 19 * hour, "ana", TWO),
            ("7101", "canary", RELEASE, TAG_PIPELINE, tagged + hour, "ana", ()),
            ("7100", "staging", RELEASE, TAG_PIPELINE, tagged + hour / 2, "ana", TWO),
            ("6981", "staging", PREVIOUS, PREVIOUS_TAG_PIPELINE, DRILLED, "finn", TWO),
            ("6980", "staging", RELEASE, BEFORE_THE_DRILL, DRILLED - hour, "finn", TWO),
            ("6802", "production", PREVIOUS, PREVIOUS_TAG_PIPELINE, before + day, "ana", TWO),
            ("6801", "canary", PREVIOUS, PREVIOUS_TAG_PIPELINE, before + hour, "ana", ()),
            ("6800", "staging", PREVIOUS, PREVIOUS_TAG_PIPELINE, before + hour / 2, "ana", TWO),
        )
    )


def _deployment(
    row: tuple[str, str, str, str, datetime, str, tuple[str, ...]],
) -> Deployment:
    number, environment, tag, pipeline, at, by, approvers = row
    return Deployment(
        id=number,
        environment=environment,
        commit=commit_of(tag),
        ref="main" if environment == "testnet" else tag,
        status="success",
        created=at,
        ended=at + timedelta(minutes=6),
        by=by,
        pipeline=pipeline,
        approved_by=approvers,
    )


def environments() -> tuple[EnvironmentProtection, ...]:
    """Return the environments to which nobody deploys alone."""
    return tuple(
        EnvironmentProtection(
            environment=name,
            required_approvals=2,
            own_approval_counts=False,
            approvers=("Maintainers",),
        )
        for name in ("production", "staging")
    )


def issues() -> tuple[Issue, ...]:
    """Return what people wrote into the tracker: a refund was rehearsed, another is asked for."""
    done = datetime(2026, 10, 23, 15, 40, tzinfo=UTC)
    rehearsed = "Refund: rehearsed with one euro, paid on the third day"
    return (
        Issue(number=198, title=rehearsed, is_closed=True, closed=done, was_done=True),
        Issue(number=201, title="Logos of tokens are blurred", is_closed=False),
    )


def schedules() -> tuple[Schedule, ...]:
    """Return the schedule that deploys the testnet each night."""
    return (
        Schedule(
            name="testnet",
            ref="main",
            cron="0 2 * * *",
            is_active=True,
            last_success=NIGHT + timedelta(minutes=14),
            last_commit=commit_of(RELEASE),
        ),
    )


def releases() -> tuple[PublishedRelease, ...]:
    """Return both releases, made by a robot, with checksums beside the files; newest first."""
    return tuple(
        PublishedRelease(
            tag=tag,
            commit=commit_of(tag),
            published=at + timedelta(minutes=15),
            by="project_7_bot_release",
            assets=tuple(
                Asset(name=name) for name in (f"explorer-{tag}-linux-amd64.tar.gz", "checksums.txt")
            ),
        )
        for tag, at in ((RELEASE, TAGGED_ON[RELEASE]), (PREVIOUS, TAGGED_ON[PREVIOUS]))
    )
