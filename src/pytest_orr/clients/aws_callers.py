"""Who asks AWS: each account's credentials prove whose they are, and how much they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .aws_question import Place, Question, login_of
from .aws_width import (
    BEYOND_LOOKING,
    IDENTITY,
    SIMULATE,
    Width,
    not_told,
    principal_of,
    refusal,
    told_by,
    width_without_asking,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.profile.aws import AwsAccount

    from .memo import Memo

    Ask = Callable[[Question, str], Mapping[str, Any]]

HOME_OF_GLOBAL_SERVICES = "us-east-1"


class Callers:
    """The identities of a run: ``ask`` puts a question to AWS for a caller, unproven as yet."""

    def __init__(
        self,
        account: Callable[[str], AwsAccount],
        ask: Ask,
        memo: Memo,
        *,
        narrow_only: bool,
    ) -> None:
        self._account = account
        self._ask = ask
        self._memo = memo
        self._narrow_only = narrow_only

    def proven(self, account: str) -> str:
        """Return the ARN behind an account's credentials if they may be used for it."""
        arn = self.arn(account)
        if self._narrow_only and (width := self.width(account)).word != "narrow":
            raise refusal(account, arn, width)
        return arn

    def arn(self, account: str) -> str:
        """Return the ARN; credentials of another account are ``FactUnavailable``."""
        declared = self._account(account)
        return self._memo.once(f"{account} {IDENTITY}", lambda: self._identified(declared))

    def width(self, account: str) -> Width:
        """Return how much the credentials may do; at most one request finds out."""
        arn = self.arn(account)
        return self._memo.once(f"{account} width", lambda: self._width(account, arn))

    def _identified(self, account: AwsAccount) -> str:
        place = Place(account=account.id, region=account.regions[0])
        question = Question(place=place, login=login_of(account), operation=IDENTITY, parameters={})
        found = self._ask(question, "")
        if found["Account"] != account.id:
            raise _of_another(str(found["Account"]), account)
        return str(found["Arn"])

    def _width(self, account: str, arn: str) -> Width:
        login = login_of(self._account(account))
        if known := width_without_asking(arn, login):
            return known
        question = Question(
            place=Place(account=account, region=HOME_OF_GLOBAL_SERVICES),
            login=login,
            operation=SIMULATE,
            parameters={
                "PolicySourceArn": principal_of(arn),
                "ActionNames": [*BEYOND_LOOKING],
            },
        )
        try:
            return told_by(self._ask(question, arn)["EvaluationResults"])
        except FactUnavailable as error:
            return not_told(error)


def _of_another(found: str, account: AwsAccount) -> FactUnavailable:
    remedy = (
        f"name a role of {account.id} in [[aws.accounts]] role"
        if account.role
        else f"use credentials of {account.id}, or name their profile in [aws] accounts.profile"
    )
    return FactUnavailable(
        f"the credentials are of AWS account {found}, and readiness.toml names {account.id}", remedy
    )
