"""Under whose account the release's images are published, and who owns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Member
from pytest_orr.collect.images.image_accounts import ImageAccount, ImageAccounts
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.images import Namespace
from pytest_orr.profile.schema import Aws, AwsAccount

if TYPE_CHECKING:
    from collections.abc import Callable

INDEXER = "docker.io/explorer/indexer:v1.4.0"
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/explorer:1"
OWNERS = (
    Member(username="eve", access="owner"),
    Member(username="bo", access="owner"),
    Member(username="bot", access="owner", is_robot=True),
)


def one(desk: Any) -> ImageAccount:
    [part] = ImageAccounts().collect(desk).value
    account: ImageAccount = part.reading
    return account


@pytest.mark.parametrize(
    ("faults", "organisation", "owners"),
    [
        ((), True, ("bo", "eve")),
        (("hub-one-owner",), True, ("eve",)),
        (("hub-person",), False, None),
    ],
    ids=map(str, range(3)),
)
def test_docker_hub_tells_whose_a_namespace_is(
    desk_of: Callable[..., Any], faults: Any, owners: Any, *, organisation: bool
) -> None:
    found = one(desk_of(INDEXER, faults=faults))
    assert (found.account, found.is_declared) == ("docker.io/explorer", True)
    assert (found.is_organisation, found.owners) == (organisation, owners)


def test_how_many_own_it_is_compared_with_the_least(desk_of: Callable[..., Any]) -> None:
    found = one(desk_of(INDEXER))
    assert found.has_owners(2)
    assert not found.has_owners(3)
    assert found.seen == "docker.io/explorer, an organisation, 2 owners"
    nobody_told = one(desk_of(INDEXER, faults=("hub-person",)))
    with pytest.raises(FactUnavailable, match="nobody told who owns it"):
        nobody_told.has_owners(1)


def test_owners_that_are_not_told_are_unknown_and_the_rest_is_not(
    desk_of: Callable[..., Any], shop: Callable[..., Any]
) -> None:
    namespace = Namespace(name="docker.io/explorer", url=shop().hub)
    found = one(desk_of(INDEXER, images={"namespace": namespace}))
    assert (found.is_organisation, found.owners) == (True, None)
    with pytest.raises(FactUnavailable, match="to its members alone"):
        found.has_owners(2)


def test_another_namespace_is_not_asked_about(desk_of: Callable[..., Any]) -> None:
    for image, account in (
        ("docker.io/explorers/indexer:1", "docker.io/explorers"),
        ("ghcr.io/explorer/indexer:1", "ghcr.io/explorer"),
    ):
        found = one(desk_of(image))
        assert (found.account, found.is_declared) == (account, False)
        assert found.seen == f"{account}, not asked, owners not known"


def test_a_group_of_the_forge_tells_its_owners_but_for_robots(desk_of: Callable[..., Any]) -> None:
    image = "registry.gitlab.example/explorer/explorer/indexer:1"
    asked: list[str] = []

    def owners(group: str) -> tuple[Member, ...]:
        asked.append(group)
        return OWNERS

    namespace = Namespace(name="registry.gitlab.example/explorer", group="explorer")
    found = one(desk_of(image, images={"namespace": namespace}, forge={"owners": owners}))
    assert (found.is_organisation, found.owners, asked) == (True, ("bo", "eve"), ["explorer"])
    unknown = one(desk_of(image, images={"namespace": namespace}))
    assert (unknown.is_organisation, unknown.owners) == (None, None)
    with pytest.raises(FactUnavailable, match="no owners"):
        unknown.has_owners(2)


def test_a_registry_of_no_forge_is_unknown(desk_of: Callable[..., Any]) -> None:
    namespace = Namespace(name="registry.example.org/explorer")
    desk = desk_of("registry.example.org/explorer/a:1", images={"namespace": namespace})
    [part] = ImageAccounts().collect(desk).value
    assert part.seen == "no group of a forge is declared for registry.example.org/explorer"


def test_a_registry_of_aws_is_the_account_s(desk_of: Callable[..., Any]) -> None:
    aws = Aws(accounts=(AwsAccount(id="123456789012", regions=("eu-central-1",)),))
    found = one(desk_of(ECR, aws=aws))
    assert (found.account, found.is_declared) == ("AWS account 123456789012", True)
    assert found.seen == "AWS account 123456789012"
    assert found.has_owners(2)
    assert not one(desk_of(ECR)).is_declared


def test_images_and_a_namespace_must_be_declared(desk_of: Callable[..., Any]) -> None:
    with pytest.raises(Undeclared, match=r"no \[release\] images"):
        ImageAccounts().collect(desk_of())
    [part] = ImageAccounts().collect(desk_of(INDEXER, images={"namespace": None})).value
    assert part.seen == "readiness.toml declares no [images.namespace]"
