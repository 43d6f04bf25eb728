"""The part of readiness.toml that is about databases: which there are, who may write to them."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Days, FromEnvironment, Port, Setting, Source, Text

Hours = Annotated[int, Strict(), Field(ge=1)]
Minutes = Annotated[int, Strict(), Field(ge=1)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class DatabaseLogin:
    """A login to PostgreSQL that may only read; roles and grants are all that is asked for."""

    url: FromEnvironment | None = None
    """The variable that holds a connection URL, as { env = "…" }; never the URL. What stands
    beside it here goes before what the URL says."""
    host: Setting | None = None
    """Name or address of the server."""
    port: Port | None = None
    """Its port, if not 5432."""
    dbname: Text | None = None
    """Name of the database; without it, and without one in the URL, it is called as the user."""
    user: Setting | None = None
    """The role that logs in."""
    password: FromEnvironment | None = None
    """The variable that holds its password, as { env = "…" }; never the password."""
    sslmode: Literal["verify-full", "verify-ca"] = "verify-full"
    """How the server's certificate is checked; on this machine it is only with `ca`."""
    ca: Setting | None = None
    """File with the certificates of the authority that issued the server's certificate."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Database:
    """A database of the service."""

    name: Text
    """How pages name it."""
    kind: Literal["rds", "aurora", "dynamodb", "postgresql", "firestore"]
    """What it is: an instance or a cluster (aurora, Multi-AZ) of RDS, a table of DynamoDB,
    PostgreSQL somewhere else, or Firestore."""
    identifier: Text | None = None
    """rds, aurora, dynamodb: its identifier, or its ARN where two places have the same one."""
    sources: tuple[Source, ...] = ()
    """rds, aurora: networks and security groups besides the service's own that may reach it."""
    login: DatabaseLogin | None = None
    """rds, aurora, postgresql: a login that reads who may write, if it is PostgreSQL."""
    writers: tuple[Text, ...] = ()
    """Roles that may write to it, and no others may: those that can log in to PostgreSQL, or whom
    the table's own policy names (dynamodb). Administrators may, too."""
    administrators: tuple[Text, ...] = ("postgres", "rdsadmin")
    """PostgreSQL: roles that may be superusers, own what the service stores and give rights."""
    app_role: Text | None = None
    """PostgreSQL: the writer as which the service runs, which may own and administer nothing."""
    rules: Text | None = None
    """firestore: the file with its security rules, beside this one."""
    rules_tests: Text | None = None
    """firestore: what the emulator's tests of the rules wrote, as JUnit XML, beside this one."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class DatabaseLimits:
    """What backups of databases must be like."""

    retention_days: Days = 7
    """Days for which RDS must keep automatic backups."""
    restorable_minutes: Minutes = 60
    """How long ago the latest moment may be to which a database can be restored."""
    newest_hours: Hours = 26
    """How old the newest snapshot or recovery point may be: a day, and its window."""
    elsewhere_days: Days = 7
    """How old the newest copy in another region or account may be."""
    restore_days: Days = 90
    """How long ago AWS Backup may have restored it last."""
