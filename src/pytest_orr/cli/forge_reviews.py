"""Reviews that jobs on GitLab left behind, named ``gitlab:PROJECT@BRANCH:JOB``."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.board import Read, glance_of
from pytest_orr.clients.forge.gitlab_api import Api
from pytest_orr.clients.forge.gitlab_newest import read_newest_file
from pytest_orr.clients.forge.patience import Patience
from pytest_orr.errors import FactUnavailable, InvalidInput
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge
from pytest_orr.render.review_file import review_of

from .review_files import KEPT, first_mistake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMED = re.compile(r"gitlab:(?P<project>[^@:\s]+)@(?P<branch>[^:\s]+):(?P<job>.+)")
TOKEN = "ORR_BOARD_TOKEN"  # noqa: S105 the name of a variable
NO_TOKEN = f" ({TOKEN} holds no token)"
SERVER = "CI_SERVER_URL"
AUTHORITY = "CI_SERVER_TLS_CA_FILE"


def read_from_forge(named: Sequence[str], environment: Mapping[str, str]) -> tuple[Read, ...]:
    """Read the newest review of each job, several at once; one that fails hides no other.

    GitLab and its authority are those of the pipeline, or else gitlab.com; the token is in
    ``ORR_BOARD_TOKEN``, and public projects need none.
    """
    declared = Forge(
        kind="gitlab",
        project="of each review",
        url=environment.get(SERVER) or None,
        token=FromEnvironment(env=TOKEN) if environment.get(TOKEN) else None,
        ca=environment.get(AUTHORITY) or None,
    )
    patience = Patience(whose="GitLab", progress=partial(print, file=sys.stderr))
    api = Api(declared, Path(), patience, environment)
    try:
        return api.each(lambda one: _read(api, one), named)
    finally:
        api.close()


def _read(api: Api, source: str) -> Read:
    found = NAMED.fullmatch(source)
    if found is None:
        return Read(source=source, why="write gitlab:PROJECT@BRANCH:JOB")
    try:
        wanted = (found["job"], KEPT)
        content = read_newest_file(api, found["project"], found["branch"], wanted)
        return Read(source=source, glance=glance_of(review_of(content, source)))
    except InvalidInput as error:
        return Read(source=source, why=first_mistake(error, source))
    except FactUnavailable as error:
        return Read(source=source, why=f"{error.cause}{'' if api.token else NO_TOKEN}")
