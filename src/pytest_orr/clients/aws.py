"""AWS as collectors see it: read-only, identity first, each question asked once per run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_orr.errors import FactUnavailable, Undeclared

from .aws_question import Place, Question
from .guard import READ_ONLY, Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_orr.profile.schema import Aws, AwsAccount, AwsResources

    from .aws_wire import Wire

__all__ = ["AwsAccess", "Place"]

S = TypeVar("S")
T = TypeVar("T")

AT_ONCE = 8
HOME_OF_GLOBAL_SERVICES = "us-east-1"
IDENTITY = "sts:GetCallerIdentity"


class AwsAccess:
    """Asks AWS for the run: the only maker of clients, shared by all collectors and threads.

    Before an account is asked anything, its credentials must prove to be that account's. A
    failure is ``FactUnavailable`` and, like an answer, remembered: nothing is asked twice.
    """

    def __init__(
        self,
        aws: Aws | None,
        progress: Callable[[str], None],
        *,
        operations: Iterable[str] = READ_ONLY,
    ) -> None:
        self._aws = aws
        self._progress = progress
        self._guard = Guard(operations)
        self._lock = Lock()
        self._turns: dict[str, Lock] = {}
        self._answers: dict[str, Any] = {}
        self._wired: Wire | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Every region of every account of the environment that is judged, in their order."""
        return tuple(
            Place(account=account.id, region=region)
            for account in self._judged
            for region in account.regions
        )

    @property
    def homes(self) -> tuple[Place, ...]:
        """Where each account is asked about what has no region: CloudFront, WAF for it, Shield."""
        return tuple(
            Place(account=account.id, region=HOME_OF_GLOBAL_SERVICES) for account in self._judged
        )

    @property
    def elsewhere(self) -> tuple[Place, ...]:
        """Where each account of another environment is asked: it is compared with, not judged."""
        return tuple(
            Place(account=account.id, region=HOME_OF_GLOBAL_SERVICES)
            for account in self._declared.accounts
            if account.environment is not None
        )

    @property
    def resources(self) -> AwsResources:
        """Which resources the profile declares to be the service's."""
        return self._declared.resources

    def listing(
        self, place: Place, operation: str, key: str, **parameters: Any
    ) -> tuple[Mapping[str, Any], ...]:
        """Return everything that a listing holds under ``key``: all pages or none.

        A key inside another is written ``DistributionList.Items``. Two callers share one answer,
        so nobody may change it.
        """
        question = self._question(place, operation, parameters)
        found: tuple[Mapping[str, Any], ...] = self._proven(
            question, lambda wire: wire.listing(question, key)
        )
        return found

    @overload
    def call(
        self, place: Place, operation: str, *, absent: tuple[()] = (), **parameters: Any
    ) -> Mapping[str, Any]: ...

    @overload
    def call(
        self, place: Place, operation: str, *, absent: tuple[str, ...], **parameters: Any
    ) -> Mapping[str, Any] | None: ...

    def call(
        self, place: Place, operation: str, *, absent: tuple[str, ...] = (), **parameters: Any
    ) -> Mapping[str, Any] | None:
        """Return the answer of an operation that lists nothing.

        ``absent`` are error codes that are an answer, too: there is no such thing, ``None``. A
        denial is never one, whatever ``absent`` says.
        """
        question = self._question(place, operation, parameters, absent)
        return self._proven(question, lambda wire: wire.answer_if_any(question))

    def everywhere(
        self, function: Callable[[Place], T], places: tuple[Place, ...] | None = None
    ) -> tuple[T, ...]:
        """Run ``function`` for every place at once; one place that fails fails the whole.

        ``places`` are all that the profile names unless told, such as ``homes``. What an answer
        lacks (``KeyError``) makes the fact unavailable, too.
        """

        def at(place: Place) -> T:
            try:
                return function(place)
            except KeyError as missing:
                raise FactUnavailable(
                    f"an answer of AWS {place} lacks {missing}",
                    "update pytest-orr, which does not know this kind of answer",
                ) from missing

        return self.each(at, self.places if places is None else places)

    def each(self, function: Callable[[S], T], things: Iterable[S]) -> tuple[T, ...]:
        """Run ``function`` for every thing, a few at a time; answers keep the things' order."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="orr-aws") as pool:
            return tuple(pool.map(function, things))

    @property
    def _judged(self) -> tuple[AwsAccount, ...]:
        own = tuple(one for one in self._declared.accounts if one.environment is None)
        if not own:
            raise Undeclared("[aws]", "the service's accounts and regions")
        return own

    @property
    def _declared(self) -> Aws:
        if self._aws is None:
            raise Undeclared("[aws]", "the service's accounts and regions")
        return self._aws

    def _account(self, account: str) -> AwsAccount:
        return next(declared for declared in self._declared.accounts if declared.id == account)

    def _question(
        self,
        place: Place,
        operation: str,
        parameters: Mapping[str, Any],
        absent: tuple[str, ...] = (),
    ) -> Question:
        return Question(
            place=place,
            profile=self._account(place.account).profile,
            operation=operation,
            parameters=parameters,
            absent=absent,
        )

    def _proven(self, question: Question, ask: Callable[[Wire], T]) -> T:
        """Ask, once the account's credentials have proven to be that account's."""
        account = self._account(question.place.account)
        caller = self._once(f"{account.id} {IDENTITY}", lambda: self._identify(account))
        return self._once(str(question), lambda: self._ask(question, ask, caller))

    def _identify(self, account: AwsAccount) -> str:
        """Return the ARN behind the account's credentials (``sts:GetCallerIdentity``)."""
        place = Place(account=account.id, region=account.regions[0])
        question = self._question(place, IDENTITY, {})
        found = self._ask(question, lambda wire: wire.answer(question), "")
        if found["Account"] != account.id:
            raise FactUnavailable(
                f"the credentials are of AWS account {found['Account']},"
                f" and readiness.toml names {account.id}",
                f"use credentials of {account.id}, or name their profile in [aws] accounts.profile",
            )
        return str(found["Arn"])

    def _ask(self, question: Question, ask: Callable[[Wire], T], caller: str) -> T:
        from .aws_errors import explained  # noqa: PLC0415 botocore loads when AWS is first asked

        self._progress(f"AWS {question.place} {question.operation}")
        with explained(str(question.place), question.operation, caller=caller):
            return ask(self._wire())

    def _wire(self) -> Wire:
        from .aws_wire import Wire  # noqa: PLC0415 boto3 loads when AWS is first asked

        with self._lock:
            if self._wired is None:
                self._wired = Wire(self._guard)
            return self._wired

    def _once(self, question: str, ask: Callable[[], T]) -> T:
        """Return the one answer to a question, or raise its one failure, whoever asks first."""
        with self._lock:
            turn = self._turns.setdefault(question, Lock())
        with turn:
            if question not in self._answers:
                self._answers[question] = _answer_or_failure(ask)
        found = self._answers[question]
        if isinstance(found, FactUnavailable):
            raise found
        answer: T = found
        return answer


def _answer_or_failure(ask: Callable[[], T]) -> T | FactUnavailable:
    try:
        return ask()
    except FactUnavailable as error:
        return error
