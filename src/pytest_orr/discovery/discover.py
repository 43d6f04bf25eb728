"""One discovery, from credentials to proposal: who asks is known and told before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.errors import FactUnavailable, OrrError
from pytest_orr.profile.aws import Aws, AwsAccount, AwsResources

from .asking import OPERATIONS, look
from .proposal import propose
from .sightings import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IN_OTHER_WORDS = (
    ("in [aws] accounts.profile", "with --aws-profile"),
    ("out of [aws] accounts.regions", "out of --region"),
)
"""How a remedy for a profile reads before there is one."""


class NobodyToAsk(OrrError):
    """There are no credentials, or not those of the account that was named (exit code 4)."""

    exit_code = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person wants to be looked at."""

    tags: Mapping[str, str]
    regions: tuple[str, ...]
    """Without any, the one that credentials or environment name."""
    profile: str | None
    """Named profile of the credentials; without it the usual chain decides."""
    account: str | None
    """Refuse credentials of any other account."""


def discover(request: Request, tell: Callable[[str], None]) -> str:
    """Look, and return the proposal as commented TOML.

    ``tell`` hears who asks before anything else is asked. Raises ``NobodyToAsk``.
    """
    where = _where(request)
    tell(f"AWS account {where.account}, as {where.caller}, in {', '.join(where.regions)}")
    account = AwsAccount(id=where.account, regions=where.regions, profile=where.profile)
    declared = Aws(accounts=(account,), resources=AwsResources(tags=dict(where.tags)))
    aws = AwsAccess(declared, lambda _: None, operations=OPERATIONS)
    try:
        return propose(look(aws, where))
    finally:
        aws.close()


def _where(request: Request) -> Where:
    # Imported when AWS is first asked: it loads botocore.
    from pytest_orr.clients.aws_whoami import caller_of, usual_region  # noqa: PLC0415

    try:
        regions = request.regions or _named(usual_region(request.profile))
        caller = caller_of(request.profile, regions[0])
    except FactUnavailable as error:
        raise NobodyToAsk(_without_a_profile(error)) from error
    if request.account not in {None, caller.account}:
        raise NobodyToAsk(
            f"the credentials are of AWS account {caller.account} ({caller.arn}), not of"
            f" {request.account}; name others with --aws-profile"
        )
    return Where(
        account=caller.account,
        caller=caller.arn,
        profile=request.profile,
        regions=regions,
        tags=request.tags,
    )


def _named(region: str | None) -> tuple[str, ...]:
    if region is None:
        raise NobodyToAsk("no region is named; name one or several with --region")
    return (region,)


def _without_a_profile(error: FactUnavailable) -> str:
    told = error.diagnostics()
    for said, meant in IN_OTHER_WORDS:
        told = told.replace(said, meant)
    return told
