"""Key files and plain secrets are told by name and kind; no value leaves the host."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable

ANA = "1000:1000"

ENV = """\
# DB_PASSWORD=hunter2 in a comment
DB_PASSWORD=ssm:/explorer/db
export API_TOKEN="vault:secret/explorer"
SIGNING_KEY = arn:aws:kms:eu-central-1:123456789012:key/1
COOKIE_SECRET=${COOKIE_SECRET}
EMPTY_PASSWORD=
PUBLIC_KEY=ssh-ed25519
LOG_LEVEL=info
DATABASE_URL=postgres://explorer:${PASSWORD}@db/explorer
"""


@pytest.mark.parametrize("shell", ["dash", "busybox"])
def test_settings_that_refer_to_secrets_hold_none(
    host: Any, shell: str, shells: tuple[str, ...]
) -> None:
    if shell not in shells:
        pytest.skip(f"needs {shell}")
    host.shell, host.group = shell, {"config_files": ("/srv/explorer/env",)}
    host.root.write("srv/explorer/env", ENV, 0o600)
    [file] = host.fact("host_secret_files").reading.config_files
    assert file.plain_secrets == ()
    assert file.is_private
    assert (file.owner, file.known, file.others) == ("root", 8, 0)
    kinds = {variable.name: variable.kind for variable in file.variables}
    assert kinds == {
        "DB_PASSWORD": "reference",
        "API_TOKEN": "reference",
        "SIGNING_KEY": "reference",
        "COOKIE_SECRET": "reference",
        "EMPTY_PASSWORD": "empty",
    }


@pytest.mark.parametrize(
    "line",
    [
        "DB_PASSWORD=hunter2",
        "export API_TOKEN='hunter2'",
        'private_key="hunter2"',
        "MNEMONIC=hunter2 abandon ability",
        "AWS_SECRET_ACCESS_KEY=hunter2",
        "HASH_SECRET=$2b$12$hunter2",
        "RPC_URL=https://user:hunter2@rpc.example.org",
        "auth=hunter2",
        "SENTRY_DSN=https://hunter2@sentry.example.org/1",
    ],
)
def test_a_plain_secret_is_named_and_its_value_stays_on_the_host(host: Any, line: str) -> None:
    host.group = {"config_files": ("/srv/explorer/env",)}
    host.root.write("srv/explorer/env", f"{ENV}{line}\n", 0o640)
    assert b"hunter2" not in host.printed()
    [file] = host.fact("host_secret_files").reading.config_files
    assert file.plain_secrets == (line.removeprefix("export ").partition("=")[0],)
    assert not file.is_private


@pytest.mark.parametrize(
    "text", ["", "password: hunter2\n", "-----BEGIN KEY-----\nabc\n", "A=1\n" * 70_000, "{}\n"]
)
def test_a_file_that_is_not_of_settings_alone_is_unknown(host: Any, text: str) -> None:
    host.group = {"config_files": ("/srv/explorer/env",)}
    host.root.write("srv/explorer/env", text, 0o600)
    assert b"hunter2" not in host.printed("secrets")
    [file] = host.fact("host_secret_files").reading.config_files
    with pytest.raises(FactUnavailable, match="not made of NAME=value lines alone"):
        _ = file.plain_secrets


def test_settings_that_are_not_there_or_not_readable_are_unknown(host: Any) -> None:
    host.group = {"config_files": ("/srv/explorer/env", "/srv/nothing")}
    host.root.write("srv/explorer/env", ENV, 0o600)
    host.user = ANA
    env, nothing = host.fact("host_secret_files").reading.config_files
    for file in (env, nothing):
        with pytest.raises(FactUnavailable, match=file.path):
            _ = file.plain_secrets
        with pytest.raises(FactUnavailable, match=file.path):
            _ = file.is_private
        assert file.seen


def test_key_files_are_found_by_name_in_every_directory(host: Any) -> None:
    host.group = {"service_directories": ("/srv/explorer", "/opt/link/")}
    for name in ("tls/server.KEY", "id_rsa", "id_rsa.pub", "UTC--2026", "keystore.d", "notes.txt"):
        host.root.write(f"srv/explorer/{name}", "hunter2")
    host.root.write("srv/other/a.p12")
    (host.root.path / "opt").mkdir()
    (host.root.path / "opt/link").symlink_to("/srv/other")
    assert b"hunter2" not in host.printed("secrets")
    explorer, link = host.fact("host_secret_files").reading.directories
    assert explorer.keys == (
        "/srv/explorer/UTC--2026",
        "/srv/explorer/id_rsa",
        "/srv/explorer/keystore.d",
        "/srv/explorer/tls/server.KEY",
    )
    assert link.keys == ("/opt/link/a.p12",)


def test_a_directory_without_keys_has_none_only_if_it_is_there_and_was_read(host: Any) -> None:
    host.group = {"service_directories": ("/srv/good", "/srv/closed", "/srv/nothing")}
    host.root.write("srv/good/notes")
    host.root.write("srv/closed/inner/a.pem").parent.chmod(0o700)
    host.user = ANA
    good, closed, nothing = host.fact("host_secret_files").reading.directories
    assert good.keys == ()
    with pytest.raises(FactUnavailable, match="/srv/closed/inner"):
        _ = closed.keys
    with pytest.raises(FactUnavailable, match="there is no /srv/nothing"):
        _ = nothing.keys
    assert [one.seen for one in (good, closed, nothing)] == [
        "0 key files",
        "0 key files, 1 places not readable",
        "not there",
    ]
