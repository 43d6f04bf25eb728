"""An AWS account over the real wire: moto as a server on loopback, and what asks it."""

from __future__ import annotations

import datetime as dt
import importlib.util
import inspect
import json
import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.guard import READ_ONLY, SERVICES, Guard
from pytest_orr.clients.http import HttpAccess
from pytest_orr.clients.ports import PortAccess
from pytest_orr.clients.registry import RegistryAccess
from pytest_orr.clients.tls import TlsAccess
from pytest_orr.collect.registry import registry
from pytest_orr.errors import FactUnavailable, Unanswered
from pytest_orr.observation import Unobserved, Unseen
from pytest_orr.profile.schema import (
    Aws,
    AwsAccount,
    AwsResources,
    Network,
    Person,
    Profile,
    Release,
    Service,
)
from pytest_orr.record.attestation import Attestation
from pytest_orr.record.findings import Subjects
from tests.desks import desk_of
from tests.moto_states import Built

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from pytest_orr.collect.interface import Collector, Desk
    from pytest_orr.model import Finding

CHECKOUT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
REGION = "eu-central-1"
ANYBODY = "anybody"
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
"""The day on which the example is judged."""


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of the suite's modules, which some tests import."""
    config.addinivalue_line("markers", "orr(id, ...): what an item of the suite says of itself")


def aws_of(
    *,
    regions: tuple[str, ...] = (REGION,),
    account: str = ACCOUNT,
    profile: str | None = None,
    **resources: Any,
) -> Aws:
    """The ``[aws]`` section of a profile; resources carry the example's tags unless named."""
    named = resources or {"tags": {"service": "explorer"}}
    declared = AwsAccount(id=account, regions=regions, profile=profile)
    return Aws(accounts=(declared,), resources=AwsResources(**named))


@dataclass
class Account:
    """The account behind one moto server, and whoever reads it."""

    url: str
    ids: dict[str, Any] = field(default_factory=dict)
    progress: list[str] = field(default_factory=list)
    folder: Path = Path()
    """Of the profile that is made up here."""

    def access(
        self, aws: Aws | None = None, *, operations: frozenset[str] = READ_ONLY
    ) -> AwsAccess:
        """Somebody new who asks this account, with nothing remembered."""
        return AwsAccess(aws or aws_of(), self.progress.append, operations=operations)

    def desk(
        self, aws: Aws | None = None, *, also: Mapping[str, Any] | None = None, **network: Any
    ) -> Desk:
        """A desk with a profile about this account; ``also`` are more of the profile's keys."""
        declared = aws or aws_of()
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
            aws=declared,
            network=Network(**network),
            **(also or {}),
        )
        return desk_of(
            profile=profile,
            folder=self.folder,
            as_of=AS_OF,
            aws=self.access(declared),
            http=HttpAccess(),
            dns=DnsAccess(profile.network),
            tls=TlsAccess(),
            ports=PortAccess(),
            registry=RegistryAccess(profile.images, self.folder),
            progress=self.progress.append,
        )

    def collect(self, collector: Collector[Any], aws: Aws | None = None) -> Any:
        """What a collector sees."""
        return collector.collect(self.desk(aws)).value

    def client(self, service: str, region: str = REGION) -> Any:
        """A client that may change the account."""
        session: Any = boto3.session.Session(
            aws_access_key_id=ANYBODY, aws_secret_access_key=ANYBODY
        )
        return session.client(service, region_name=region, endpoint_url=self.url)

    def control(self, path: str, body: str = "") -> None:
        """Speak to moto itself."""
        requests.post(f"{self.url}/moto-api/{path}", data=body, timeout=10).raise_for_status()


@pytest.fixture(scope="session")
def moto_url(models_once: None) -> Iterator[str]:  # noqa: ARG001 what speaks to it comes often
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


@pytest.fixture(scope="session")
def build_account(
    tracing_off: Callable[[], AbstractContextManager[None]],
) -> Callable[..., dict[str, Any]]:
    """The builder of the example's account, which is imported from the checkout.

    What it built once into an empty account is copied from then on.
    """
    sys.path.append(str(CHECKOUT))
    from examples.explorer.account import build_account  # noqa: PLC0415 after the path is set

    built = Built()

    @wraps(build_account)
    def build(*arguments: Any, **more: Any) -> dict[str, Any]:
        asked = (arguments, *sorted(more.items()))
        with tracing_off():
            return built.ids(asked, lambda: build_account(*arguments, **more))

    return build


@pytest.fixture(scope="module")
def aws_environment(moto_url: str) -> Iterator[pytest.MonkeyPatch]:
    """Credentials and endpoint in the environment, as the usual chain finds them."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        for name, value in {
            "AWS_ENDPOINT_URL": moto_url,
            "AWS_ACCESS_KEY_ID": "reader",
            "AWS_SECRET_ACCESS_KEY": "reader",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            environment.setenv(name, value)
        yield environment


@pytest.fixture
def empty_account(moto_url: str, aws_environment: pytest.MonkeyPatch) -> Account:  # noqa: ARG001 the environment is what leads there
    """An account in which nothing was made."""
    account = Account(moto_url)
    account.control("reset")
    return account


@pytest.fixture
def account_with(
    empty_account: Account, build_account: Callable[..., dict[str, Any]]
) -> Callable[..., Account]:
    """Build the example's account with faults: ``account_with("weak-tls-policy")``."""

    def build(*faults: str) -> Account:
        empty_account.control("reset")
        empty_account.ids = build_account(empty_account.url, faults=frozenset(faults))
        return empty_account

    return build


@pytest.fixture(scope="module")
def sound_account(
    moto_url: str,
    aws_environment: pytest.MonkeyPatch,  # noqa: ARG001 the environment is what leads there
    build_account: Callable[..., dict[str, Any]],
) -> Account:
    """The example's account without faults, for a module that does not change it."""
    account = Account(moto_url)
    account.control("reset")
    account.ids = build_account(moto_url)
    return account


@pytest.fixture(scope="module")
def allow_all_but(
    sound_account: Account, aws_environment: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Become a user who may do everything but some operations; IAM is enforced from then on."""
    iam = sound_account.client("iam")
    iam.create_user(UserName="auditor")
    key = iam.create_access_key(UserName="auditor")["AccessKey"]
    aws_environment.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    aws_environment.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])

    def allow(*denied: str) -> None:
        statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        if denied:
            statements.append({"Effect": "Deny", "Action": list(denied), "Resource": "*"})
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        sound_account.control("reset-auth", "inf")
        iam.put_user_policy(UserName="auditor", PolicyName="most", PolicyDocument=policy)
        sound_account.control("reset-auth", "0")

    yield allow
    sound_account.control("reset-auth", "inf")


@pytest.fixture(scope="session")
def suite_items() -> dict[str, Callable[..., None]]:
    """The functions of the suite's modules by id."""
    return {
        mark.args[0]: function
        for path in sorted((CHECKOUT / "readiness").glob("test_*.py"))
        for function in vars(_module_at(path)).values()
        for mark in getattr(function, "pytestmark", ())
        if mark.name == "orr"
    }


def _module_at(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"suite_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def collected(collector: Collector[Any], desk: Desk) -> Any:
    """What an item is handed: a fact, or what stands in for one that could not be had.

    Facts of AWS are what these tests are about, so one of them that is missing raises.
    """
    try:
        return collector.collect(desk).value
    except FactUnavailable as error:
        if collector.source.startswith("AWS"):
            raise
        why = Unobserved(
            name=collector.name, cause=error.cause, remedy=error.remedy, source=collector.source
        )
        return Unseen(why)


@pytest.fixture(scope="session")
def judge(
    suite_items: dict[str, Callable[..., None]],
) -> Callable[[str, Desk], tuple[Finding, ...]]:
    """Collect the facts of an item and run its body on them: ``judge(id, desk)``; nobody states."""

    def run(item_id: str, desk: Desk, as_of: dt.datetime = AS_OF) -> tuple[Finding, ...]:
        function, subject = suite_items[item_id], Subjects()
        nobody = Attestation(None, reason="nobody has answered", remedy="answer")
        others = {"profile": desk.profile, "subject": subject, "as_of": as_of}
        others["attestation"] = nobody
        asked = inspect.signature(function).parameters
        facts = {
            name: collected(collector, desk)
            for name, collector in registry().items()
            if name in asked
        }
        # as the recorder does, which then adds a finding
        with suppress(FactUnavailable, Unanswered):
            function(**{name: value for name, value in (others | facts).items() if name in asked})
        return subject.findings

    return run


@pytest.fixture(scope="session")
def failures(
    judge: Callable[[str, Desk], tuple[Finding, ...]],
) -> Callable[[str, Desk], dict[str, str]]:
    """Details of what fails when an item is judged, by subject: ``failures(id, desk)``."""

    def run(item_id: str, desk: Desk) -> dict[str, str]:
        return {one.subject: one.detail for one in judge(item_id, desk) if one.outcome == "fail"}

    return run


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request to AWS as it leaves, past the guard: ``kms:ListAliases``."""
    found: list[str] = []
    prefixes = {service.event: prefix for prefix, service in SERVICES.items()}
    check = Guard.__call__

    def noting(guard: Guard, event_name: str, **more: Any) -> None:
        check(guard, event_name, **more)
        event, service, operation = (*event_name.split("."), "", "")[:3]
        if event == "before-send":
            found.append(f"{prefixes[service]}:{operation}")

    monkeypatch.setattr(Guard, "__call__", noting)
    return found
