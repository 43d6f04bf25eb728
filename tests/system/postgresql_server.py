"""PostgreSQL for tests: a server of its own on loopback, with TLS, roles and a sound database.

``explorer_app`` may write the tables that ``migrate`` owns, through a group; ``auditor`` reads.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from examples.explorer.certificates import issue
from pytest_orr.profile.schema import Database, DatabaseLogin, FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PASSWORD = "of-nobody"  # noqa: S105 of a server that lives for one run of tests
LOGGED = "postgresql.log"
SOUND = """
CREATE ROLE explorer_rw;
CREATE ROLE explorer_app LOGIN PASSWORD 'of-nobody' IN ROLE explorer_rw;
CREATE ROLE migrate LOGIN PASSWORD 'of-nobody';
CREATE ROLE auditor LOGIN PASSWORD 'of-nobody';
CREATE ROLE turned_away LOGIN PASSWORD 'of-nobody';
CREATE SCHEMA chain AUTHORIZATION migrate;
GRANT USAGE ON SCHEMA chain TO explorer_rw, auditor;
SET ROLE migrate;
CREATE TABLE chain.blocks (height integer PRIMARY KEY, hash text);
CREATE TABLE chain.transactions (id bigserial PRIMARY KEY, height integer);
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA chain TO explorer_rw;
GRANT SELECT ON ALL TABLES IN SCHEMA chain TO auditor;
ALTER DEFAULT PRIVILEGES IN SCHEMA chain GRANT SELECT, INSERT ON TABLES TO explorer_rw;
INSERT INTO chain.blocks VALUES (1, 'genesis');
RESET ROLE;
"""
ADMISSIONS = """
local all all trust
hostssl all encrypted_only 127.0.0.1/32 scram-sha-256
host all turned_away 127.0.0.1/32 reject
host explorer all 127.0.0.1/32 scram-sha-256
"""
"""Nobody is let into another database than explorer by the network."""


def programs() -> Path | None:
    """Return the folder with PostgreSQL's programs, or nothing if they are not here."""
    debians = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = [Path(found).parent for found in (shutil.which("initdb"),) if found]
    return next((one for one in (*debians, *on_path) if (one / "postgres").exists()), None)


def somebody() -> list[str]:
    """Return what a command begins with that must not run as root."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server and who may ask it."""

    folder: Path
    port: int
    authority: Path
    """The certificate of who issued the server's, which is for localhost."""

    def administer(self, *statements: str, database: str = "explorer") -> None:
        """Run statements as the superuser, each by itself."""
        with psycopg.connect(
            host=str(self.folder),
            port=self.port,
            user="postgres",
            dbname=database,
            autocommit=True,
            application_name="test",
        ) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def login(self, user: str = "auditor", **more: Any) -> DatabaseLogin:
        """A login by password, as the profile declares it."""
        named: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "dbname": "explorer"}
        named |= {"password": FromEnvironment(env="AUDITOR_PASSWORD"), "user": user}
        return DatabaseLogin(**(named | more))

    def declared(self, **more: Any) -> Database:
        """The sound database, as the profile declares it."""
        named: dict[str, Any] = {
            "name": "ledger",
            "kind": "postgresql",
            "login": self.login(),
            "writers": ("explorer_app", "migrate"),
            "app_role": "explorer_app",
        }
        return Database(**(named | more))

    def dump(self) -> str:
        """Everything in the server as text: roles, databases, rows."""
        found = programs()
        assert found is not None
        command = [f"{found}/pg_dumpall", "-h", str(self.folder), "-p", str(self.port)]
        done = subprocess.run(
            [*command, "-U", "postgres"], capture_output=True, text=True, check=True, timeout=60
        )
        lines = done.stdout.splitlines()
        return "\n".join(line for line in lines if "restrict" not in line)

    def said(self, application: str) -> list[str]:
        """Every statement that an application sent, in order, on one line each."""
        text = (self.folder / LOGGED).read_text(encoding="utf-8")
        return [
            entry.partition("|")[2].removeprefix("LOG:  ").partition(": ")[2]
            for entry in text.replace("\n\t", " ").splitlines()
            if entry.startswith(f"{application}|") and ("statement:" in entry or "execute" in entry)
        ]


@contextmanager
def running() -> Iterator[Server]:
    """Start a server with a sound database on a free port; stop it and leave nothing."""
    found = programs()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="orr-pg-", dir="/tmp"))
    try:
        authority, chain = issue(folder, ["localhost"])
        _prepare(folder, found, chain)
        server = Server(folder=folder, port=_free_port(), authority=authority)
        options = f"-c port={server.port} -c unix_socket_directories={folder}"
        _run([found / "pg_ctl", "-D", folder / "data", "-w", "-o", options, "start"], folder)
        try:
            server.administer("CREATE DATABASE explorer", database="postgres")
            server.administer(*SOUND.strip().removesuffix(";").split(";\n"))
            yield server
        finally:
            stop = ["-m", "immediate", "stop"]
            _run([found / "pg_ctl", "-D", folder / "data", "-w", *stop], folder)
    finally:
        shutil.rmtree(folder)


def _prepare(folder: Path, found: Path, chain: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwuid(int(somebody()[1].partition("=")[2]))
        for path in (folder, chain):
            os.chown(path, user.pw_uid, user.pw_gid)
    quickly = ["-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8"]
    _run([found / "initdb", "-D", folder / "data", *quickly], folder)
    data = folder / "data"
    (data / "pg_hba.conf").write_text(ADMISSIONS, encoding="utf-8")
    settings = {
        "listen_addresses": "127.0.0.1",
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": str(chain),
        "ssl_key_file": str(chain),
        "log_destination": "stderr",
        "log_line_prefix": "%a|",
        "log_statement": "all",
    }
    with (data / "postgresql.conf").open("a", encoding="utf-8") as written:
        written.writelines(f"{key} = '{value}'\n" for key, value in settings.items())


def _run(command: Sequence[object], folder: Path) -> None:
    with (folder / LOGGED).open("a", encoding="utf-8") as log:
        subprocess.run(
            [*somebody(), *map(str, command)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=True,
            timeout=60,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
