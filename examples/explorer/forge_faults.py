"""Faults of the example's forge by name: each changes a sound state and breaks one criterion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from examples.explorer.forge_pipeline_faults import PIPELINE_FAULTS
from examples.explorer.forge_release_faults import RELEASE_FAULTS
from pytest_orr.clients.forge.said import Alert, Member

if TYPE_CHECKING:
    from collections.abc import Callable

    from examples.explorer.forge_words import ForgeState


def public_project(state: ForgeState) -> ForgeState:
    """Show the service's project to everybody."""
    first, *others = state.projects
    shown = replace(first, said=replace(first.said, visibility="public"))
    return replace(state, projects=(shown, *others))


def stranger(state: ForgeState) -> ForgeState:
    """Let somebody who is not of the team into every project."""
    visitor = Member(username="visitor", access="writer")
    return replace(
        state,
        projects=tuple(replace(one, members=(*one.members, visitor)) for one in state.projects),
    )


def unprotected_branch(state: ForgeState) -> ForgeState:
    """Protect no branch of any project."""
    return replace(state, projects=tuple(replace(one, protections=()) for one in state.projects))


def change_without_review(state: ForgeState) -> ForgeState:
    """Let the newest change be approved by nobody but its author."""
    *others, newest = state.changes
    return replace(state, changes=(*others, replace(newest, approved_by=(newest.author,))))


def open_alerts(state: ForgeState) -> ForgeState:
    """Leave one alert of each kind open."""
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    alerts = (
        Alert(
            kind="secret",
            id="31",
            severity="critical",
            title="AWS access token",
            detector="aws_access_key_id",
            where="scripts/deploy.sh",
            created=at,
        ),
        Alert(
            kind="dependency",
            id="32",
            severity="high",
            title="Inefficient parsing in golang.org/x/net",
            aliases=("CVE-2026-0001",),
            where="go.sum",
            created=at,
        ),
        Alert(
            kind="code",
            id="33",
            severity="high",
            title="Nil dereference",
            where="internal/trace/cache.go",
            created=at,
        ),
    )
    return replace(state, alerts=(*state.alerts, *alerts))


FAULTS: MappingProxyType[str, Callable[[ForgeState], ForgeState]] = MappingProxyType(
    {
        **RELEASE_FAULTS,
        "change-without-review": change_without_review,
        "open-alerts": open_alerts,
        "public-project": public_project,
        "stranger-in-project": stranger,
        "unprotected-branch": unprotected_branch,
        **PIPELINE_FAULTS,
    }
)
