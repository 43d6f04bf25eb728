"""Whose AWS credentials a person has, before any profile says whose they should be.

Imported when AWS is first asked, as botocore is.
"""

from __future__ import annotations

from dataclasses import dataclass

from botocore.session import Session

from .aws_errors import explained
from .aws_question import Login, Place, Question
from .aws_width import IDENTITY
from .aws_wire import Wire
from .guard import Guard


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, as AWS sees it."""

    account: str
    arn: str


def caller_of(profile: str | None, region: str) -> Caller:
    """Ask whose a profile's credentials are, or the usual chain's (``sts:GetCallerIdentity``).

    Raises ``FactUnavailable`` if there are none, or AWS refuses them.
    """
    question = Question(
        place=Place(account="", region=region),
        login=Login(profile=profile),
        operation=IDENTITY,
        parameters={},
    )
    with explained(region, IDENTITY):
        found = Wire(Guard({IDENTITY}), {IDENTITY}).answer(question)
    return Caller(account=found["Account"], arn=found["Arn"])


def usual_region(profile: str | None) -> str | None:
    """Return the region that a profile, or the usual chain, names; asks nobody.

    Raises ``FactUnavailable`` if there is no such profile.
    """
    with explained("", IDENTITY):
        region = Session(profile=profile).get_config_variable("region")
    return str(region) if region else None
