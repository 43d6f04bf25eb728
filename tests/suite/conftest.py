"""A live run of one item, as a person starts it, against the example's account in moto."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CHECKOUT = Path(__file__).parents[2]
ANYBODY = "anybody"
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [{{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }}]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
[[aws.accounts]]
id = "{account}"
regions = ["eu-central-1"]
[aws.resources]
{resources}
"""
USUAL = {"account": "123456789012", "resources": 'tags = { service = "explorer" }'}


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """Where a moto server listens, with what the example plants in it."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.planted import plant  # noqa: PLC0415 after the path is set

    plant()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def control(moto_url: str) -> Callable[..., None]:
    """Speak to moto itself: ``control("reset")``."""

    def post(path: str, body: str = "") -> None:
        requests.post(f"{moto_url}/moto-api/{path}", data=body, timeout=10).raise_for_status()

    post("reset")
    return post


@pytest.fixture
def account_with(
    moto_url: str, control: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Build the example's account with faults and return its ids."""
    monkeypatch.syspath_prepend(str(CHECKOUT))
    from examples.explorer.account import build_account  # noqa: PLC0415 after the path is set

    def build(*faults: str) -> dict[str, Any]:
        control("reset")
        return build_account(moto_url, faults=frozenset(faults))

    return build


@pytest.fixture
def denied(moto_url: str, control: Callable[..., None]) -> Iterator[Callable[[str], Any]]:
    """Return the credentials of a user who may do everything but one operation."""
    session: Any = boto3.session.Session(aws_access_key_id=ANYBODY, aws_secret_access_key=ANYBODY)

    def deny(operation: str) -> dict[str, str]:
        iam = session.client("iam", region_name="eu-central-1", endpoint_url=moto_url)
        iam.create_user(UserName="auditor")
        statements = [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": operation, "Resource": "*"},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="auditor", PolicyName="most", PolicyDocument=policy)
        key = iam.create_access_key(UserName="auditor")["AccessKey"]
        control("reset-auth", "0")
        secret = key["SecretAccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": secret}

    yield deny
    control("reset-auth", "inf")


@pytest.fixture
def run_item(tmp_path: Path, moto_url: str) -> Callable[..., Any]:
    """Run one item live in a service's repository and return it from ``selection.json``.

    ``run_item(id, endpoint_url=…, env=…, profile_overrides=…)``: a variable that is empty is not
    set; ``profile_overrides`` are ``account`` and ``resources`` (TOML).
    """

    def run(
        item_id: str,
        *,
        endpoint_url: str = moto_url,
        env: Mapping[str, str] | None = None,
        profile_overrides: Mapping[str, str] | None = None,
    ) -> Any:
        suite = tmp_path / "readiness"
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(CHECKOUT / "readiness", suite, ignore=ignored, dirs_exist_ok=True)
        profile = PROFILE.format(**USUAL | dict(profile_overrides or {}))
        (suite / "readiness.toml").write_text(profile, encoding="utf-8")
        (suite / "pytest.toml").write_text("[pytest]\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", _node(item_id), "-p", "no:cacheprovider"],
            cwd=tmp_path,
            env=_environment(endpoint_url, env or {}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        selection = tmp_path / "readiness-report" / "selection.json"
        assert selection.exists(), done.stdout + done.stderr
        items = json.loads(selection.read_text(encoding="utf-8"))["items"]
        return next(item for item in items if item["id"] == item_id)

    return run


def _node(item_id: str) -> str:
    """Find the function that carries an id in the text of the suite."""
    for module in sorted((CHECKOUT / "readiness").glob("test_*.py")):
        text = module.read_text(encoding="utf-8").partition(f'"{item_id}",')[2]
        if found := re.search(r"^def (test_\w+)\(", text, re.MULTILINE):
            return f"readiness/{module.name}::{found[1]}"
    raise LookupError(item_id)


def _environment(endpoint_url: str, more: Mapping[str, str]) -> dict[str, str]:
    strange = ("AWS_", "ORR_", "PYTEST_", "EXPLORER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    variables = {
        **kept,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ANYBODY,
        "AWS_SECRET_ACCESS_KEY": ANYBODY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
    return {name: value for name, value in variables.items() if value}
