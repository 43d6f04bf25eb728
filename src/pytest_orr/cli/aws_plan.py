"""The part of ``orr plan`` that is about AWS: who asks, and what in which accounts and regions."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pytest_orr.clients.aws_callers import HOME_OF_GLOBAL_SERVICES
from pytest_orr.clients.guard import SERVICES
from pytest_orr.collect.asked_where import COMPARED_BY, Asked, asked_where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_orr.profile.schema import AwsAccount, Profile

NOT_ASKED = "AWS (no [aws] section: not asked)"
COMPARED = "AWS, compared with and not judged, in"


def aws_blocks(
    profile: Profile, asked: Mapping[str, list[str]]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield a title with accounts and regions, and the operations asked there with their facts.

    ``asked`` are the facts by operation, of whatever source.
    """
    of_aws = {one: facts for one, facts in asked.items() if one.partition(":")[0] in SERVICES}
    if profile.aws is None:
        yield NOT_ASKED, of_aws
        return
    own = [one for one in profile.aws.accounts if one.environment is None]
    for where in Asked:
        there = {one: facts for one, facts in of_aws.items() if asked_where(one) is where}
        yield f"{where.value} {_named(own, where)}", there
    if others := [one for one in profile.aws.accounts if one.environment is not None]:
        compared = {
            one: [fact for fact in facts if fact in COMPARED_BY] for one, facts in of_aws.items()
        }
        told = {one: facts for one, facts in compared.items() if facts}
        yield f"{COMPARED} {_named(others, Asked.IN_BOTH)}", told


def who_asks(profile: Profile) -> Iterator[str]:
    """Yield each account with the credentials that must prove to be its own."""
    if profile.aws is None:
        return
    yield "AWS accounts: credentials that prove to be of another are refused before all else"
    for account in profile.aws.accounts:
        environment = account.environment or profile.service.environment
        yield f"  {account.id}  {environment}  {_credentials(account)}"


def _credentials(account: AwsAccount) -> str:
    profile = account.profile
    told = f'the credentials profile "{profile}"' if profile else "the usual credentials"
    if account.role is None:
        return f"as whoever has {told}"
    limits = ", ".join(arn.rpartition("/")[2] for arn in account.session_policies)
    return f"as {account.role} by {told}, limited by {limits}"


def _named(accounts: Sequence[AwsAccount], where: Asked) -> str:
    return ", ".join(chain.from_iterable(_places(account, where) for account in accounts))


def _places(account: AwsAccount, where: Asked) -> Iterable[str]:
    home = () if where is Asked.IN_REGIONS else (HOME_OF_GLOBAL_SERVICES,)
    regions = () if where is Asked.AT_HOME else account.regions
    return (f"{account.id} {region}" for region in dict.fromkeys((*regions, *home)))
