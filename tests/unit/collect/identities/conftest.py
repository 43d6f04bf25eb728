"""What the example declares about keys, credentials and emergencies, and a desk to ask it from."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.host_readings import HostReadings
from pytest_orr.collect.registry import registry
from pytest_orr.profile.schema import (
    Aws,
    AwsAccount,
    AwsResources,
    Credential,
    Emergency,
    Endpoint,
    Key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from pytest_orr.collect.interface import Desk

CHECKOUT = Path(__file__).parents[4]
ACCOUNT, TESTING = "123456789012", "210987654321"
ROLE, ROLE_IN_TESTING = f"arn:aws:iam::{ACCOUNT}:role", f"arn:aws:iam::{TESTING}:role"
REGIONS = ("eu-central-1",)


@pytest.fixture(scope="session")
def both_accounts() -> Aws:
    """The account that is judged, and the testing account, which a role looks at."""
    testing = AwsAccount(
        id=TESTING,
        regions=REGIONS,
        environment="testing",
        role=f"{ROLE_IN_TESTING}/explorer-auditor",
    )
    resources = AwsResources(tags={"service": "explorer"})
    return Aws(accounts=(AwsAccount(id=ACCOUNT, regions=REGIONS), testing), resources=resources)


@pytest.fixture(scope="session")
def declared() -> dict[str, Any]:
    """What the example declares, as keys of a profile."""
    services = ("cloudfront.amazonaws.com", "ec2.amazonaws.com", "rds.amazonaws.com")
    secret = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:explorer/database"
    return {
        "keys": (
            Key(
                alias="alias/explorer",
                users=(f"{ROLE}/explorer-backend", *services),
                administrators=(f"{ROLE}/explorer-keys",),
            ),
            Key(
                alias="alias/explorer-signing",
                usage="SIGN_VERIFY",
                users=(f"{ROLE}/explorer-deploy",),
                administrators=(f"arn:aws:iam::{ACCOUNT}:root",),
            ),
        ),
        "credentials": (
            Credential(name="deployment", environment="production", role=f"{ROLE}/explorer-deploy"),
            Credential(name="database", environment="production", secret=secret),
            Credential(
                name="test deployment",
                environment="testing",
                role=f"{ROLE_IN_TESTING}/explorer-deploy",
            ),
        ),
        "emergency": Emergency(
            role=f"{ROLE}/explorer-on-call",
            actions=(
                "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:DeregisterTargets",
            ),
        ),
        "endpoints": (
            Endpoint(name="pages", role="frontend", url="https://explorer.example/"),
            Endpoint(name="health", role="backend", url="https://api.explorer.example/health"),
        ),
    }


@pytest.fixture
def identities_with(
    empty_account: Any,
    tracing_off: Callable[[], AbstractContextManager[None]],
) -> Callable[..., Any]:
    """An account that has the example's keys and identities alone, with faults by name."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer import builder, encryption, identities  # noqa: PLC0415 after the path

    def build(*faults: str) -> Any:
        arn = "arn:aws:cloudfront::123456789012:distribution/K"
        with tracing_off():
            made = builder.builder_of(empty_account.url, frozenset(faults))
            keys = encryption.build_keys(made)
            secrets = made.client("secretsmanager")
            secrets.create_secret(Name="explorer/database", SecretString="none")
            encryption.change_key(made, keys["key"], arn)
            empty_account.ids = keys | identities.build_identities(made, keys)
        return empty_account

    return build


@pytest.fixture(scope="session")
def name_server_of_names(
    name_server: Callable[[Mapping[str, Any]], str],
) -> str:
    """A name server that is in charge of the example's names."""
    return name_server(
        {"balancer_name": "lb.eu-central-1.elb.amazonaws.com", "validation_records": {}}
    )


@pytest.fixture
def desk_of(
    both_accounts: Aws,
    declared: dict[str, Any],
    name_server_of_names: str,
    tmp_path: Path,
) -> Callable[..., Desk]:
    """A desk about an account with the example's declarations, or others by name; no hosts."""

    def make(account: Any, *, aws: Aws | None = None, resolver: str = "", **also: Any) -> Desk:
        network = {"resolver": resolver or name_server_of_names}
        desk: Desk = account.desk(aws or both_accounts, also=declared | also, **network)
        nothing = frozenset[str]()
        hosts = HostReadings(
            desk.profile, desk.ssh, sections=nothing, folder=tmp_path, progress=desk.progress
        )
        return replace(desk, hosts=hosts)

    return make


@pytest.fixture
def seen(desk_of: Callable[..., Desk]) -> Callable[..., Any]:
    """What a collector sees of an account: ``seen("iam_users", account)``."""

    def collect(name: str, account: Any, **also: Any) -> Any:
        return registry()[name].collect(desk_of(account, **also)).value

    return collect
