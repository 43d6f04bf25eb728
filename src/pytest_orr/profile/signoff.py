"""The part of policy.toml about the sign-off: who may approve a launch, by which keys."""

from typing import Annotated

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from pytest_orr.ssh_keys.public_keys import PublicKey, read_line

from .fields import CONFIG, Date, Email, Fingerprint, Flag, Role, Text

LONGEST_WINDOW = 90
"""Days that a sign-off may hold after the run, whatever a policy says."""
USUAL_WINDOW = 14
"""Days that it holds if no policy says otherwise."""
People = Annotated[int, Strict(), Field(ge=1)]


def usual_need() -> dict[Role, int]:
    """Return who must sign if a policy does not say."""
    return {"service": 1, "principal-engineer": 1, "security": 1}


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ListedKey:
    """A key that somebody signs with."""

    key: Text
    """The public key: the line of the .pub file."""
    since: Date | None = Field(default=None, alias="from")
    """First day on which it counts, in UTC."""
    until: Date | None = None
    """Last day on which it counts, in UTC."""
    touch: Flag = True
    """Of a key on a security key (sk-…): whether somebody must touch it for each signature."""

    @property
    def public(self) -> PublicKey:
        """The key itself; raises ``ValueError`` if there is none, which ``load`` refuses."""
        return read_line(self.key)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class ListedAuthority:
    """An authority whose certificates say that a key is somebody's."""

    key: Text
    """The authority's public key: the line of its .pub file."""
    principal: Text
    """By which name its certificates mean this person."""

    @property
    def public(self) -> PublicKey:
        """The authority's key; raises ``ValueError`` as that of ``ListedKey`` does."""
        return read_line(self.key)


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Approver:
    """Somebody whose signature counts."""

    email: Email
    """Who it is: one entry for each person."""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    """The roles that this person may fill; one of them in one sign-off."""
    keys: tuple[ListedKey, ...] = ()
    """Keys that this person alone can use."""
    authorities: tuple[ListedAuthority, ...] = ()
    """Or whose certificates make a key this person's."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Runner:
    """A machine that may sign results, and never approves anything."""

    name: Text
    """How messages name it."""
    keys: Annotated[tuple[ListedKey, ...], Field(min_length=1)]
    """Its keys."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class SignoffRules:
    """Who must sign before a launch, and for how long that holds."""

    approvers: Annotated[tuple[Approver, ...], Field(min_length=1)]
    """Everybody whose signature counts."""
    need: Annotated[dict[Role, People], Field(min_length=1)] = Field(default_factory=usual_need)
    """How many people must have signed in each role, all of them different people."""
    max_days: Annotated[int, Strict(), Field(ge=1, le=LONGEST_WINDOW)] = USUAL_WINDOW
    """Days after the run for which a sign-off holds at most."""
    revoked: tuple[Fingerprint, ...] = ()
    """Fingerprints of keys and authorities that count no more, as ssh-keygen -l prints them."""
    solo: Flag = False
    """Whether one person alone may launch; otherwise it takes two, whatever else is written."""
    runners: tuple[Runner, ...] = ()
    """Machines that may sign results."""
