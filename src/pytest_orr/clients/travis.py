"""Asks Travis how the builds of a branch ended (API v3), once for each branch."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from pytest_orr.errors import FactUnavailable, Undeclared

from .api_wire import ApiWire, Asked, Told, Way
from .memo import Memo
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.forge import Travis

    from .clocks import Clocks

API = "https://api.travis-ci.com"
WHERE = "[delivery.travis]"
LOADED = "branch.recent_builds,build.commit"
"""What Travis leaves out of a branch unless it is asked to load it."""
OF_PULL_REQUESTS = "pull_request"
AGAIN = "run again; Travis did not answer as it should"

BuildStatus = Literal["success", "failed", "canceled"]
ENDED: Mapping[str, BuildStatus] = MappingProxyType(
    {"passed": "success", "failed": "failed", "errored": "failed", "canceled": "canceled"}
)
"""States of builds that ended; every other is about one that goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build that ended."""

    number: str
    status: BuildStatus
    commit: str
    ended: datetime
    """Aware, UTC."""


class TravisAccess:
    """Travis as a token sees it, memoised for the run."""

    def __init__(
        self,
        declared: Travis,
        environment: Mapping[str, str] | None = None,
        *,
        clocks: Clocks | None = None,
    ) -> None:
        self._declared = declared
        self._environment = os.environ if environment is None else environment
        self._wire = ApiWire(Way(whose="Travis", section=WHERE, clocks=clocks))
        self._memo = Memo()

    def last_build(self, branch: str) -> Build:
        """Return the last build of a branch that ended, of pushes and not of pull requests.

        Source: ``GET /repo/{slug}/branch/{name}``. ``FactUnavailable`` if there is none, or if
        Travis does not show it.
        """
        return self._memo.once(branch, lambda: self._last_build(branch))

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def _last_build(self, branch: str) -> Build:
        repository = self._declared.repository
        if not repository:
            raise Undeclared(WHERE, "Travis's repository")
        told = self._asked(f"/repo/{quote(repository, safe='')}/branch/{quote(branch, safe='')}")
        if told.status != 200:
            raise _refusal(told, repository, branch)
        try:
            builds = _builds(json.loads(told.body))
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise FactUnavailable(
                f"Travis's answer about {branch} of {repository} is not as its reference says",
                AGAIN,
            ) from None
        if not builds:
            raise FactUnavailable(
                f"Travis shows no build of {branch} of {repository} that ended",
                "let it build the branch, or name the successor under [delivery.travis]",
            )
        return max(builds, key=lambda one: one.ended)

    def _asked(self, path: str) -> Told:
        token = self._read("token", self._declared.token)
        url = (self._read("url", self._declared.url) or API).rstrip("/")
        return self._wire.ask(
            Asked(
                url=f"{url}{path}?include={LOADED}",
                headers={"Travis-API-Version": "3"},
                token=Secret(token) if token else None,
                scheme="token",
            )
        )

    def _read(self, key: str, value: Any) -> str:
        return setting(value, where=f"{WHERE} {key}", environment=self._environment)


def _builds(told: Any) -> list[Build]:
    loaded = told.get("recent_builds")
    builds = [told["last_build"]] if loaded is None else loaded
    return [_build(one) for one in builds if one and _is_ended(one)]


def _is_ended(told: Any) -> bool:
    return told["state"] in ENDED and told["event_type"] != OF_PULL_REQUESTS


def _build(told: Any) -> Build:
    return Build(
        number=str(told["number"]),
        status=ENDED[told["state"]],
        commit=told["commit"]["sha"],
        ended=datetime.fromisoformat(told["finished_at"]).astimezone(UTC),
    )


def _refusal(told: Told, repository: str, branch: str) -> FactUnavailable:
    if told.status in {401, 403}:
        return FactUnavailable(
            f"Travis denies {repository} to the token",
            f"set the variable of token under {WHERE} to a token that may read the repository",
        )
    if told.status == 404:  # what a token may not see, Travis calls not found
        return FactUnavailable(
            f"Travis shows no {branch} of {repository}: not there, or not allowed",
            f"correct repository under {WHERE} in readiness.toml, or use a token that may read it",
        )
    if 300 <= told.status < 400:
        return FactUnavailable(
            f"Travis sends on whoever asks for {repository}, and a token is taken nowhere else",
            f"correct url under {WHERE} in readiness.toml",
        )
    return FactUnavailable(f"Travis answers {told.status} to {branch} of {repository}", AGAIN)
