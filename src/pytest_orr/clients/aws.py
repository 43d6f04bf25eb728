"""AWS as collectors see it: read-only, identity first, each question asked once per run."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_orr.errors import FactUnavailable, Undeclared

from .aws_callers import HOME_OF_GLOBAL_SERVICES, Callers
from .aws_crew import Crew, together
from .aws_question import Place, Question, login_of
from .aws_width import OF_THE_RUN
from .clocks import Clocks
from .guard import READ_ONLY, Guard
from .memo import Memo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_orr.profile.schema import Aws, AwsAccount, AwsResources

    from .aws_width import Width
    from .aws_wire import Wire

__all__ = ["AwsAccess", "Place"]

S = TypeVar("S")
T = TypeVar("T")


class AwsAccess:
    """Asks AWS for the run: the only maker of clients, shared by all collectors and threads.

    Before an account is asked anything, its credentials must prove to be that account's, and, if
    ``narrow_only``, to be able to look alone. A failure is ``FactUnavailable`` and, like an answer,
    remembered: nothing is asked twice.
    """

    def __init__(
        self,
        aws: Aws | None,
        progress: Callable[[str], None],
        *,
        operations: Iterable[str] = READ_ONLY,
        narrow_only: bool = False,
        clocks: Clocks | None = None,
    ) -> None:
        self._aws = aws
        self._clocks = clocks or Clocks()
        self._progress = progress
        self._operations = OF_THE_RUN.union(operations)
        self._memo = Memo()
        self._crew = Crew()
        self._callers = Callers(self._account, self._answered, self._memo, narrow_only=narrow_only)
        self._lock = Lock()
        self._wired: Wire | None = None

    @property
    def accounts(self) -> tuple[AwsAccount, ...]:
        """Every account that the profile declares, of whichever environment."""
        return self._declared.accounts

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

    def awaited(self, place: Place, operation: str, key: str, value: str) -> Mapping[str, Any]:
        """Return the answer of an operation that AWS makes something by, once ``key`` is ``value``.

        It is asked again for about ten seconds; what is not done by then is ``FactUnavailable``.
        """
        question = self._question(place, operation, {})
        return self._proven(question, lambda wire: wire.answer_when(question, key, value))

    def caller(self, account: str) -> str:
        """Return the ARN behind a declared account's credentials (``sts:GetCallerIdentity``).

        Credentials of another account are ``FactUnavailable``.
        """
        return self._callers.arn(account)

    def width(self, account: str) -> Width:
        """Return how much those credentials may do (``iam:SimulatePrincipalPolicy``, once)."""
        return self._callers.width(account)

    def everywhere(
        self, function: Callable[[Place], T], places: tuple[Place, ...] | None = None
    ) -> tuple[T, ...]:
        """Run ``function`` for every place at once; places that fail fail the whole, by name.

        ``places`` are all that the profile names unless told, such as ``homes``. What an answer
        lacks (``KeyError``) makes the fact unavailable, too.
        """
        failed: dict[Place, FactUnavailable] = {}

        def at(place: Place) -> tuple[T, ...]:
            try:
                return (function(place),)
            except FactUnavailable as error:
                failed[place] = error
            except KeyError as missing:
                failed[place] = FactUnavailable(
                    f"an answer of AWS {place} lacks {missing}",
                    "update pytest-orr, which does not know this kind of answer",
                )
            return ()

        asked = self.places if places is None else places
        found = self.each(at, asked)
        if failed:
            raise together([(str(place), failed[place]) for place in asked if place in failed])
        return tuple(one for ones in found for one in ones)

    def each(self, function: Callable[[S], T], things: Iterable[S]) -> tuple[T, ...]:
        """Run ``function`` for every thing, several at once; answers keep the things' order."""
        return self._crew.each(function, things)

    def close(self) -> None:
        """Let go of the threads that asked."""
        self._crew.close()

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
            login=login_of(self._account(place.account)),
            operation=operation,
            parameters=parameters,
            absent=absent,
        )

    def _proven(self, question: Question, ask: Callable[[Wire], T]) -> T:
        """Ask, once the account's credentials have proven to be what they should be.

        To make a client takes longer than to prove them: it is made while the proof is on its way.
        """
        self._wire().prepare(question)
        caller = self._callers.proven(question.place.account)
        return self._memo.once(str(question), lambda: self._ask(question, ask, caller))

    def _answered(self, question: Question, caller: str) -> Mapping[str, Any]:
        return self._ask(question, lambda wire: wire.answer(question), caller)

    def _ask(self, question: Question, ask: Callable[[Wire], T], caller: str) -> T:
        from .aws_errors import explained  # noqa: PLC0415 botocore loads when AWS is first asked

        self._progress(f"AWS {question.place} {question.operation}")
        with explained(str(question.place), question.operation, caller=caller):
            return ask(self._wire())

    def _wire(self) -> Wire:
        from .aws_wire import Wire  # noqa: PLC0415 botocore loads when AWS is first asked

        with self._lock:
            if self._wired is None:
                self._wired = Wire(Guard(self._operations), self._operations, self._clocks)
            return self._wired
