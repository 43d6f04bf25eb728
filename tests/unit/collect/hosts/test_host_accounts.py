"""Who can log in, who may become root, and by which keys."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from pytest_orr.errors import FactUnavailable

ANA = "1000:1000"


@pytest.fixture
def key(tmp_path: Any) -> tuple[str, str]:
    """A public key, and its fingerprint as ssh-keygen says it."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("needs ssh-keygen")
    path = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    said = subprocess.run(
        ["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, check=True
    )
    return path.with_suffix(".pub").read_text(), said.stdout.split()[1]


def test_accounts_are_read_with_the_fingerprints_of_their_keys(
    host: Any, key: tuple[str, str]
) -> None:
    public, fingerprint = key
    restricted = f'from="10.0.0.1",command="x" {public}'
    host.root.write("home/ana/.ssh/authorized_keys", f"# a comment\n{restricted}", 0o600)
    host.root.write("root/.ssh/authorized_keys2", public, 0o600)
    accounts = host.fact("host_accounts").reading
    assert accounts.users == ("ana", "root")
    assert accounts.superusers == ("root",)
    assert accounts.administrators == ("ana",)
    assert accounts.fingerprints == (fingerprint,)
    assert all(login.fingerprints == (fingerprint,) for login in accounts.logins)
    printed = host.printed("accounts").decode()
    assert public.split()[1] not in printed
    assert "of the platform" not in printed


def test_keys_that_may_not_be_read_or_are_none_leave_the_keys_unknown(
    host: Any, key: tuple[str, str]
) -> None:
    host.root.write("home/ana/.ssh/authorized_keys", key[0])
    host.root.write("root/.ssh/authorized_keys", "nonsense\n")
    accounts = host.fact("host_accounts").reading
    with pytest.raises(FactUnavailable, match=r"root/\.ssh/authorized_keys"):
        _ = accounts.fingerprints
    host.root.write("root/.ssh/authorized_keys", key[0])
    assert host.fact("host_accounts").reading.fingerprints
    host.user = ANA
    with pytest.raises(FactUnavailable, match=r"root/\.ssh"):
        _ = host.fact("host_accounts").reading.fingerprints


def test_a_second_root_and_a_first_group_are_seen(host: Any) -> None:
    host.root.write("etc/passwd", "root:x:0:0::/root:/bin/sh\ntoor:x:0:27::/root:/bin/sh\n")
    accounts = host.fact("host_accounts").reading
    assert accounts.superusers == ("root", "toor")
    assert accounts.administrators == ("ana", "toor")
