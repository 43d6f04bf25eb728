"""GitLab and GitHub tell the same of who built an image, and of who owns its registry."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.access import open_forge
from pytest_orr.collect.images.built_images import BuiltImages
from pytest_orr.collect.images.image_accounts import ImageAccounts
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Forge
from pytest_orr.profile.images import BuiltImage, Namespace
from pytest_orr.profile.schema import Release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHECKOUT = Path(__file__).parents[4]
BELOW = {"gitlab": "", "github": "/api/v3"}
NAME = "docker.io/explorer/indexer"
BUILT = (BuiltImage(image=NAME, digest_file="indexer.json", job="image"),)
OWN = "registry.forge.example/explorer"


@pytest.fixture(scope="module", params=sorted(BELOW))
def forge(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The example's project on one forge after the other."""
    sys.path.append(str(CHECKOUT))
    kind = request.param
    server = getattr(import_module(f"examples.explorer.{kind}"), f"{kind}_server")()
    token = import_module("examples.explorer.forge_state").TOKEN
    declared = Forge(
        kind=kind,
        project="explorer/explorer",
        url=f"{server.url}{BELOW[kind]}",
        token=FromEnvironment(env="FORGE_TOKEN"),
    )
    yield open_forge(declared, Path(), lambda _: None, {"FORGE_TOKEN": token})
    server.close()


def test_a_job_built_what_the_tag_leads_to(
    forge: Any, desk_of: Callable[..., Any], shop: Callable[..., Any]
) -> None:
    commit = import_module("examples.explorer.release").release_commit()
    digest = shop().digest("explorer/indexer", "v1.4.0")
    for faults, is_same in (((), True), (("indexer-moved",), False)):
        desk = desk_of(f"{NAME}:v1.4.0@{digest}", faults=faults, images={"built": BUILT})
        release = Release(commit=commit, images=desk.profile.release.images)
        desk = replace(desk, forge=forge, profile=replace(desk.profile, release=release))
        [part] = BuiltImages().collect(desk).value
        assert part.reading.was_built
        assert part.reading.built == digest
        assert part.reading.is_the_same_everywhere is is_same
    tagged = forge.artifact(commit, "image", "indexer.json", ref="v1.4.0")
    assert digest.encode() in tagged
    with pytest.raises(FactUnavailable, match="image"):
        forge.artifact(commit, "image", "indexer.json", ref="v0")


def test_a_group_tells_its_owners(forge: Any, desk_of: Callable[..., Any]) -> None:
    namespace = Namespace(name=OWN, group="explorer")
    desk = replace(desk_of(f"{OWN}/indexer:1", images={"namespace": namespace}), forge=forge)
    [part] = ImageAccounts().collect(desk).value
    assert part.reading.owners == ("bo", "eve")
    assert part.reading.is_organisation
