"""Reads under whose account the release's images are published: the fact ``image_accounts``."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.collect.images.ecr import HOST
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.image_names import DOCKER_HUB, ImageName, image_name
from pytest_orr.profile.images import Namespace

NAMESPACE = "[images.namespace]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAccount:
    """The account under which an image of the release is published."""

    account: str
    """``docker.io/explorer``, or the AWS account that has the registry."""
    is_declared: bool
    """Whether the profile names it as the organisation's."""
    is_organisation: bool | None = None
    """Whether it is an organisation's and not one person's; none if it was not asked."""
    owners: tuple[str, ...] | None = None
    """People who own it, by the names that they have there; none if nobody told."""
    owners_unknown: Unavailable | None = None
    """Why nobody told."""
    is_of_aws: bool = False
    """Whether it is an account of AWS."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.is_of_aws:
            return self.account
        kind = {True: "an organisation", False: "one person's", None: "not asked"}
        count = len(self.owners or ())
        told = f"{count} owner{'' if count == 1 else 's'}"
        owners = "owners not known" if self.owners is None else told
        return f"{self.account}, {kind[self.is_organisation]}, {owners}"

    def has_owners(self, least: int) -> bool:
        """Tell whether so many people own it; raises ``FactUnavailable`` if nobody told.

        An account of AWS is owned by nobody: who may administer it is a person's to say.
        """
        if self.is_of_aws:
            return True
        if self.owners is None:
            why = self.owners_unknown or Unavailable(
                cause="nobody told who owns it", remedy="look at its members by hand"
            )
            raise FactUnavailable(why.cause, why.remedy)
        return len(self.owners) >= least


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAccounts:
    """Whose is the namespace of each image of the release, and how many people own it?"""

    name: str = "image_accounts"
    source: str = "Docker Hub, or the forge"
    operations: tuple[str, ...] = ("docker-hub:orgs", "docker-hub:members", "forge:owners")
    fact_type: Any = tuple[Part[ImageAccount], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[ImageAccount], ...]]:
        """Ask whoever has the registry of each image that ``[release] images`` names."""
        named = desk.profile.release.images
        if not named:
            raise Undeclared("[release] images", "the release's container images, by digest,")
        parts = tuple(part_of(image, partial(_account, desk, image)) for image in named)
        return Answer(value=parts, where=named)


def _account(desk: Desk, image: str) -> ImageAccount:
    name, declared = image_name(image), desk.profile.images.namespace
    found = HOST.fullmatch(name.host)
    if found is not None:
        return _of_aws(desk, found["account"])
    if declared is None:
        raise Undeclared(NAMESPACE, "the organisation that publishes the service's images")
    if not f"{name.place}/".startswith(f"{declared.name.rstrip('/')}/"):
        return ImageAccount(account=name.namespace, is_declared=False)
    if name.host == DOCKER_HUB:
        return _of_docker_hub(desk, declared, name)
    return _of_forge(desk, declared)


def _of_aws(desk: Desk, account: str) -> ImageAccount:
    """Return an account of AWS, which is no person's; IAM says who may do what there."""
    declared = desk.profile.aws.accounts if desk.profile.aws else ()
    return ImageAccount(
        account=f"AWS account {account}",
        is_declared=account in {one.id for one in declared},
        is_organisation=True,
        is_of_aws=True,
    )


def _of_docker_hub(desk: Desk, declared: Namespace, name: ImageName) -> ImageAccount:
    namespace = name.repository.partition("/")[0]
    is_organisation = desk.docker_hub.is_organisation(namespace)
    owners, why = None, None
    if is_organisation:
        owners, why = _owners(partial(desk.docker_hub.owners, namespace))
    return ImageAccount(
        account=declared.name,
        is_declared=True,
        is_organisation=is_organisation,
        owners=owners,
        owners_unknown=why,
    )


def _of_forge(desk: Desk, declared: Namespace) -> ImageAccount:
    if declared.group is None:
        raise FactUnavailable(
            f"no group of a forge is declared for {declared.name}",
            f"name the group that has this registry under {NAMESPACE}, or state in a statement "
            "who owns it",
        )
    group = declared.group
    owners, why = _owners(
        lambda: tuple(sorted(one.username for one in desk.forge.owners(group) if not one.is_robot))
    )
    return ImageAccount(
        account=declared.name,
        is_declared=True,
        is_organisation=None if owners is None else True,
        owners=owners,
        owners_unknown=why,
    )


def _owners(ask: Any) -> tuple[tuple[str, ...] | None, Unavailable | None]:
    try:
        return ask(), None
    except FactUnavailable as error:
        return None, Unavailable(cause=error.cause, remedy=error.remedy)
