"""The part of readiness.toml about the service itself: people, release, what does not apply."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from .applicability import Basis
from .fields import CONFIG, Commit, Date, Email, Flag, Role, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Person:
    """Somebody who owns, attests, approves or confirms."""

    email: Email
    """Identifies the person in every file."""
    name: Text
    """As it is printed on the sign-off document."""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    """What the person stands for: the owner of items (service, security, platform, product,
    support), or who may approve waivers and not-applicables (approver, principal-engineer)."""
    username: Text | None = None
    """What the forge knows the person by, such as ana; CODEOWNERS may name it with an @."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Service:
    """The service that is to be launched."""

    name: Text
    """Short name, as it is used in tags and item ids."""
    environment: Text
    """The environment that is judged, for example production."""
    repository: str = ""
    """Where its code lives."""
    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    """Everybody who is named in any of the files."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Release:
    """What is to be launched."""

    commit: Commit
    """Commit of the release."""
    asked_by: tuple[Email, ...] = ()
    """Who asked for this release: they sign it in the role service at most, as who tagged it."""
    images: tuple[Text, ...] = ()
    """Container images with their digests."""
    first: Flag = False
    """True for a first launch: "since the previous release" then means the whole history."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class NotApplicable:
    """An item that does not concern the service, with the person who agreed."""

    item: Text
    """Id of the item."""
    reason: Literal["no-such-component", "other-provider", "handled-elsewhere", "not-public"]
    """Which kind of reason."""
    text: Text
    """The reason in words."""
    rests_on: Basis | None = None
    """What the profile must not declare: once it does, this is void and the item is judged. Items
    of the checklist that rest on something rest on it whether this is written or not."""
    approver: Email | None = None
    """Who agreed: somebody with the role approver or principal-engineer. Without it this is a
    proposal, and the item unknown."""
    on: Date | None = None
    """When; beside approver alone."""


def same_person(one: str, other: str) -> bool:
    """Compare e-mails without regard to case, lest one person pass for two."""
    return one.casefold() == other.casefold()
