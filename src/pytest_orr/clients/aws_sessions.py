"""Sessions of AWS: guarded before anything else, and logged in to beside the guard."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError
from botocore.hooks import HierarchicalEmitter
from botocore.session import Session

from pytest_orr.errors import FactUnavailable

from .aws_clocks import AwsClocks
from .aws_errors import trading
from .aws_models import Models
from .aws_session_policy import session_policy
from .guard import GUARDED_EVENTS, Guard
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from botocore.credentials import Credentials

    from .aws_question import Login, Place
    from .clocks import Clocks

TRADE = "sts:AssumeRole"
SESSION_NAME = "pytest-orr"
"""The same in every run: it is a part of who asks, which facts name."""
MONITORED = False
"""Whether botocore tells whoever listens of every request; it would tell the session's token,
too, so that only a test says yes. Nothing in the environment can."""


class Sessions:
    """One session for each login, all behind one guard; services' models are read once for all."""

    def __init__(
        self,
        guard: Guard,
        operations: Collection[str],
        make: Callable[[Session, str, str], Any],
        clocks: Clocks,
    ) -> None:
        self._clocks = AwsClocks(clocks)
        self._guard = guard
        self._operations = operations
        self._make = make
        self._models = Models(as_found_by=Session().get_component("data_loader"))
        self._lock = Lock()
        self._turns: dict[Login, Lock] = {}
        self._sessions: dict[Login, Session] = {}
        self._failures: dict[Login, BotoCoreError | FactUnavailable] = {}

    def session(self, login: Login, place: Place) -> Session:
        """Return the login's session, logged in; a failure is whatever botocore raises, and kept.

        To log in may take a request, for which only those wait who need this login. To take a role
        does, but not before a request is to be signed: clients can be made meanwhile.
        """
        with self._lock:
            turn = self._turns.setdefault(login, Lock())
        with turn:
            if login in self._failures:
                raise self._failures[login]
            if login not in self._sessions:
                self._sessions[login] = self._made(login, place)
            return self._sessions[login]

    def _made(self, login: Login, place: Place) -> Session:
        try:
            return self._logged_in(login, place)
        except (BotoCoreError, FactUnavailable) as failure:
            self._failures[login] = failure
            raise

    def _logged_in(self, login: Login, place: Place) -> Session:
        plain = _LoggedIn(self._new(login.profile))
        source = self._trade(login, plain, place) if login.role else plain
        session = self._new(login.profile, self._guard, source)
        session.get_credentials()
        return session

    def _trade(self, login: Login, source: _LoggedIn, place: Place) -> _Trade:
        session = self._new(login.profile, Guard({TRADE}), source)
        policy = session_policy(self._operations, login.session_policies)
        return _Trade(
            lambda: self._make(session, "sts", place.region), login, place=place, policy=policy
        )

    def _new(
        self, profile: str | None, guard: Guard | None = None, source: object = None
    ) -> Session:
        hooks = GuardedEmitter(guard) if guard else None
        session = Session(profile=profile, event_hooks=hooks)
        session.register_component("data_loader", self._models)
        session.set_config_variable("csm_enabled", MONITORED)
        self._clocks.listen_to(session)
        if source is not None:
            session.register_component("credential_provider", source)
        return session


class GuardedEmitter(HierarchicalEmitter):
    """Asks the guard before any handler hears of an event.

    The guard is registered nowhere, so that nobody comes before it and nobody can take it out. A
    client gets a copy, which has the same guard.
    """

    def __init__(self, guard: Guard | None = None) -> None:
        super().__init__()
        self._guard = guard or Guard(())  # a copy is made without one, and given it afterwards

    def emit(self, event_name: str, **kwargs: Any) -> Any:
        """Raise ``OperationRefused``, or tell the handlers."""
        self._check(event_name)
        return super().emit(event_name, **kwargs)

    def emit_until_response(self, event_name: str, **kwargs: Any) -> Any:
        """Raise ``OperationRefused``, or tell the handlers until one answers."""
        self._check(event_name)
        return super().emit_until_response(event_name, **kwargs)

    def _check(self, event_name: str) -> None:
        if event_name.partition(".")[0] in GUARDED_EVENTS:
            self._guard(event_name)


class _LoggedIn:
    """Credentials from a session of their own, where logging in is not under the guard."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def load_credentials(self) -> Credentials | None:
        """Find credentials as every AWS tool does; that may take a request."""
        return self._session.get_credentials()


class _Trade:
    """Trades credentials for those of a role's session that policies limit, again when they end."""

    def __init__(self, sts: Callable[[], Any], login: Login, *, place: Place, policy: str) -> None:
        self._sts = sts
        self._login = login
        self._place = place
        self._policy = policy

    def load_credentials(self) -> Credentials:
        """Trade when first needed, and when the session is about to end (``sts:AssumeRole``)."""
        return DeferredRefreshableCredentials(self._traded, "assume-role")

    def _traded(self) -> dict[str, Any]:
        external_id = setting(
            self._login.external_id,
            where="[[aws.accounts]] external_id",
            environment=os.environ,
        )
        asked = {
            "RoleArn": self._login.role,
            "RoleSessionName": SESSION_NAME,
            "PolicyArns": [{"arn": arn} for arn in self._login.session_policies],
            "Policy": self._policy,
            "ExternalId": external_id,
        }
        with trading(str(self._place), str(self._login.role)):
            answer = self._sts().assume_role(**{key: said for key, said in asked.items() if said})
        given = answer["Credentials"]
        if given["Expiration"] <= datetime.now(UTC):
            raise FactUnavailable(
                f"AWS {self._place} gave a session of {self._login.role} that has ended already",
                "set this machine's clock, then run again",
            )
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
            "account_id": self._place.account,
        }
