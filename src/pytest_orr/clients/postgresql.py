"""A read-only login to PostgreSQL: its roles and grants by constant questions, and nothing else.

The session refuses to write by itself, its one transaction is read-only and rolled back, and it is
cut off at a deadline. Nobody can hand this module a statement.
"""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from pytest_orr.errors import FactUnavailable

from .postgresql_failures import failure_of
from .postgresql_queries import QUERIES
from .postgresql_way import WHERE, Way, way_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from pytest_orr.profile.schema import DatabaseLogin

Rows = dict[str, tuple[dict[str, Any], ...]]


class PostgresqlAccess:
    """Asks servers of PostgreSQL, each login by itself."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, deadline: float = 30.0
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._deadline = deadline

    def catalogue(self, login: DatabaseLogin) -> Rows:
        """Return the rows of every question in ``QUERIES`` by its name, all of one moment.

        Raises ``FactUnavailable`` with the one reason why there is no answer.
        """
        _require_library()
        session = _Session(way_of(login, self._environment))
        # A thread of its own, as whoever waits for a server that keeps silent hears nothing else.
        thread = threading.Thread(target=session.run, name="orr-postgresql", daemon=True)
        thread.start()
        thread.join(self._deadline)
        if thread.is_alive():
            session.cut()
            raise FactUnavailable(
                f"PostgreSQL at {session.way} did not answer within {self._deadline:g} s",
                f"see that the server is well, or correct {WHERE} in readiness.toml",
            )
        if isinstance(session.outcome, FactUnavailable):
            raise session.outcome
        return session.outcome


class _Session:
    """One login, from its connection to its last row."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.outcome: Rows | FactUnavailable = FactUnavailable(
            f"the login to PostgreSQL at {way} ended without a word", "run again"
        )
        self._connection: Connection[dict[str, Any]] | None = None

    def run(self) -> None:
        """Ask everything; what goes wrong is an outcome, too."""
        import psycopg  # noqa: PLC0415 an extra, loaded with the first login

        try:
            self.outcome = self._ask()
        except psycopg.Error as error:
            self.outcome = failure_of(error, self.way)

    def cut(self) -> None:
        """End the connection under whoever still waits for it."""
        if self._connection is not None and not self._connection.closed:
            wire = socket.socket(fileno=os.dup(self._connection.fileno()))
            with wire:
                wire.shutdown(socket.SHUT_RDWR)

    def _ask(self) -> Rows:
        import psycopg  # noqa: PLC0415 an extra, loaded with the first login
        from psycopg.rows import dict_row  # noqa: PLC0415

        parameters: dict[str, Any] = {**self.way.parameters}
        with psycopg.connect(**parameters, row_factory=dict_row) as connection:
            self._connection = connection
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            found = {
                name: tuple(connection.execute(query).fetchall()) for name, query in QUERIES.items()
            }
            connection.rollback()
        return found


def _require_library() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415 an extra, loaded with the first login
    except ImportError as missing:
        raise FactUnavailable(
            "PostgreSQL cannot be asked: psycopg is not installed",
            "run pip install 'pytest-orr[postgresql]'",
        ) from missing
