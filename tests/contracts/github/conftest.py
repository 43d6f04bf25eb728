"""GitHub's descriptions of its APIs, and all that the loopback GitHub is asked and tells."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_state import TOKEN
from examples.explorer.github import github_server
from pytest_orr.clients.forge.github import GitHub
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge
from tests.contracts.github import graphql_description, rest_description
from tests.contracts.github.fetched import reduced
from tests.contracts.github.graphql_description import GraphQL
from tests.contracts.github.rest_description import Rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from examples.explorer.forge_server import Answer, ForgeServer, Request

Heard = list[tuple["Request", "Answer"]]


@pytest.fixture(scope="session")
def rest() -> Rest:
    """Return GitHub's description of what is asked by REST."""
    reduce = rest_description.reduced
    key = rest_description.KEY
    return Rest(**reduced("octokit-openapi", "api.github.com.json", key, reduce))


@pytest.fixture(scope="session")
def graphql() -> GraphQL:
    """Return GitHub's description of what is asked by GraphQL."""
    reduce = graphql_description.reduced
    key = graphql_description.KEY
    return GraphQL(reduced("octokit-graphql-schema", "schema.json", key, reduce))


def everything(forge: GitHub, server: ForgeServer) -> Iterator[Callable[[], object]]:
    """Yield every question that a forge can be asked."""
    state = server.state
    yield from (forge.project, forge.is_hidden, forge.members, forge.tag_rules, forge.tags)
    yield from (forge.releases, forge.schedules, forge.push_protection, forge.deploy_keys)
    yield partial(forge.files, "explorer/vault")
    for commit in (state.commits[0], "f" * 40):
        yield partial(forge.has_commit, commit)
        yield partial(forge.changes_with, commit)
        yield partial(forge.pipelines, commit=commit)
    for branch in ("main", "nowhere"):
        yield partial(forge.branch_protection, branch)
        yield partial(forge.pipelines, branch=branch)
        yield partial(forge.changes_since, None, branch)
    for run in state.pipelines:
        yield partial(forge.pipeline, run.id)
        yield partial(forge.jobs, run)
        yield partial(forge.test_report, run)
    for environment in {one.environment for one in state.deployments}:
        yield partial(forge.deployments, environment)
        yield partial(forge.environment_protection, environment)
    yield from (partial(forge.issue, number) for number in (198, 201))
    yield from (partial(forge.alerts, kind) for kind in ("secret", "dependency", "code"))
    yield from (partial(forge.owners, name) for name in ("explorer", "ana"))


@pytest.fixture(scope="session")
def heard() -> Callable[..., Heard]:
    """Ask a server of such a kind everything, once; return all that was asked and told."""
    before: dict[str, Heard] = {}

    def ask(faults: Iterable[str], **kind: Any) -> Heard:
        of = f"{sorted(faults)} {kind}"
        if of in before:
            return before[of]
        found = before[of] = []
        server = github_server(faults, **kind)
        server.spoil("", partial(_noted, found))
        declared = Forge(
            kind="github",
            project="explorer/explorer",
            url=f"{server.url}/api/v3",
            token=FromEnvironment(env="TOKEN"),
        )
        forge = GitHub(declared, Path(), lambda _: None, {"TOKEN": TOKEN})
        for question in everything(forge, server):
            try:
                question()
            except FactUnavailable:
                continue
        forge.close()
        server.close()
        return found

    return ask


def _noted(found: Heard, request: Request, answer: Answer) -> Answer:
    found.append((request, answer))
    return answer
