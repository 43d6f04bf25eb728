"""Twelve ways to change an AWS account from an item: each works by itself, and none from an item.

Eight are refused while the item runs, in a real run of pytest, four before anything of the suite is
imported. The same text is the item's body and the control that shows what it would do.
"""

from __future__ import annotations

import ast
import io
import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import boto3
import boto3.session
import pytest
from boto3.s3.transfer import TransferConfig, create_transfer_manager

from pytest_orr.clients.guard import GUARDED_EVENTS
from pytest_orr.fence import breaches

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository

ACCOUNT, REGION, BUCKET = "123456789012", "eu-central-1", "explorer-notes"
SAYS = "says"
AWS = f'\n[[aws.accounts]]\nid = "{ACCOUNT}"\nregions = ["{REGION}"]\n'

WHILE_IT_RUNS = {
    "a client's method": "ec2.create_vpc(**vpc)",
    "a resource": "resource.create_vpc(**vpc)",
    "the call behind the method": "call_behind(ec2, 'CreateVpc', vpc)",
    "the endpoint below the client": "call_below(ec2, 'CreateVpc', vpc)",
    "an upload in threads": "transfer(s3).upload(blob, bucket, 'key').result()",
    "a presigned URL": (
        "asked = {'Bucket': bucket, 'Key': 'key'}\n"
        "put(s3.generate_presigned_url('put_object', Params=asked))"
    ),
    "the guard taken off": (
        "for event in events:\n"
        "    bared.meta.events.unregister(event, guard)\n"
        "bared.create_vpc(**vpc)"
    ),
    "a client that a fixture brings": "brought.create_vpc(**vpc)",
}
"""What an item's author can write who was handed a client by the suite's conftest.py."""
BEFORE_IT_RUNS = {
    "import boto3": "import boto3\nboto3.client('ec2').create_vpc(CidrBlock='10.9.0.0/16')",
    "pytest finds boto3": (
        "import pytest\n"
        "pytest.importorskip('boto3').client('ec2').create_vpc(CidrBlock='10.9.0.0/16')"
    ),
    "a module that holds all modules": (
        "import enum\nenum.sys.modules['boto3'].client('ec2').create_vpc(CidrBlock='10.9.0.0/16')"
    ),
    "a program": (
        "import subprocess, sys\n"
        "make = \"import boto3; boto3.client('ec2').create_vpc(CidrBlock='10.9.0.0/16')\"\n"
        "subprocess.run([sys.executable, '-c', make], check=True)"
    ),
}
"""What needs nobody's help, and stands in the module itself."""

CONFTEST = '''
import io
from urllib.request import Request, urlopen

import boto3
import boto3.session
import pytest
from boto3.s3.transfer import TransferConfig, create_transfer_manager

from pytest_orr.clients.aws_question import Login, Question
from pytest_orr.clients.guard import GUARDED_EVENTS
from pytest_orr.observation import Answer

KEPT = {}


class Keeper:
    """Keeps what the product asks AWS with."""

    name = "vpcs"
    source = "AWS ec2"
    operations = ("ec2:DescribeVpcs", "s3:ListBuckets")
    fact_type = tuple[str, ...]

    def collect(self, desk):
        [place] = desk.aws.places
        found = desk.aws.listing(place, "ec2:DescribeVpcs", "Vpcs")
        wire = desk.aws._wire()
        for service, operation in (("ec2", "ec2:DescribeVpcs"), ("s3", "s3:ListBuckets")):
            asked = Question(place=place, login=Login(), operation=operation, parameters={})
            KEPT[service] = wire._client(asked)
        KEPT["session"] = wire._sessions.session(Login(), place)
        return Answer(value=tuple(one["VpcId"] for one in found))


def pytest_orr_collectors():
    return [Keeper()]


@pytest.fixture
def ec2():
    return KEPT["ec2"]


@pytest.fixture
def s3():
    return KEPT["s3"]


@pytest.fixture
def resource():
    session = boto3.session.Session(botocore_session=KEPT["session"])
    return session.resource("ec2", region_name="eu-central-1")


@pytest.fixture
def events():
    return GUARDED_EVENTS


@pytest.fixture
def guard():
    def registered(**_):
        raise PermissionError("refused as long as it is registered")

    return registered


@pytest.fixture
def bared(ec2, guard, events):
    for event in events:
        ec2.meta.events.register_first(event, guard)
    return ec2


@pytest.fixture
def brought():
    return boto3.client("ec2", region_name="eu-central-1")


@pytest.fixture
def vpc():
    return {"CidrBlock": "10.9.0.0/16"}


@pytest.fixture
def bucket():
    return "explorer-notes"


@pytest.fixture
def blob():
    return io.BytesIO(b"x")


@pytest.fixture
def put():
    return lambda url: urlopen(Request(url, data=b"x", method="PUT"))


@pytest.fixture
def transfer():
    return lambda client: create_transfer_manager(client, TransferConfig())


@pytest.fixture
def call_behind():
    return lambda client, name, asked: client._make_api_call(name, asked)


@pytest.fixture
def call_below():
    def below(client, name, asked):
        model = client.meta.service_model.operation_model(name)
        url = client.meta.endpoint_url
        request = client._convert_to_request_dict(asked, model, endpoint_url=url)
        return client._endpoint.make_request(model, request)

    return below
'''


@pytest.fixture
def account(empty_account: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account with a bucket, to which the environment leads."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    where = {"LocationConstraint": REGION}
    empty_account.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    return empty_account


def state(account: Any) -> tuple[int, int]:
    """How many VPCs and objects there are."""
    vpcs = account.client("ec2").describe_vpcs()["Vpcs"]
    return len(vpcs), account.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"]


def _refuse(**_: Any) -> None:
    raise PermissionError("refused as long as it is registered")


def _registered(client: Any) -> Any:
    for event in GUARDED_EVENTS:
        client.meta.events.register_first(event, _refuse)
    return client


def unguarded() -> dict[str, Any]:
    """What a body of ``WHILE_IT_RUNS`` names, as boto3 alone would have it."""
    session = boto3.session.Session()
    ec2, s3 = session.client("ec2"), session.client("s3")

    def below(client: Any, name: str, asked: Any) -> Any:
        model = client.meta.service_model.operation_model(name)
        url = client.meta.endpoint_url
        request = client._convert_to_request_dict(asked, model, endpoint_url=url)
        return client._endpoint.make_request(model, request)

    return {
        "ec2": ec2,
        "s3": s3,
        "resource": session.resource("ec2"),
        "events": GUARDED_EVENTS,
        "guard": _refuse,
        "bared": _registered(session.client("ec2")),
        "brought": session.client("ec2"),
        "vpc": {"CidrBlock": "10.9.0.0/16"},
        "bucket": BUCKET,
        "blob": io.BytesIO(b"x"),
        "put": lambda url: urlopen(Request(url, data=b"x", method="PUT")),  # noqa: S310 loopback
        "transfer": lambda client: create_transfer_manager(client, TransferConfig()),
        "call_behind": lambda client, name, asked: client._make_api_call(name, asked),
        "call_below": below,
    }


def names_in(body: str) -> str:
    """The fixtures that a body needs."""
    named = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    return ", ".join(sorted(named & unguarded().keys()))


def layer_of(reason: str) -> str:
    """Which layer's words a reason has."""
    for words, layer in (
        ("is not among the read-only operations", "the guard of the product's clients"),
        ("while an item is judged, nobody is asked", "the stillness of the process"),
        ("items judge facts", "the suite's fence, before import"),
    ):
        if words in reason:
            return layer
    return f"nobody: {reason}"


def environment(account: Any) -> dict[str, str]:
    """Variables that lead a run to the account."""
    return {
        "AWS_ENDPOINT_URL": account.url,
        "AWS_ACCESS_KEY_ID": "reader",
        "AWS_SECRET_ACCESS_KEY": "reader",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_no_way_to_change_an_account_leads_from_an_item(
    account: Any,
    small: Callable[..., Repository],
    item: Callable[..., str],
    record_property: Callable[[str, object], None],
) -> None:
    ways = {f"demo.ways.way-{number}": way for number, way in enumerate(WHILE_IT_RUNS, 1)}
    bodies = {one: WHILE_IT_RUNS[way] + "\nassert vpcs" for one, way in ways.items()}
    repository = small(
        *(item(one, body, asks=f"vpcs, {names_in(body)}") for one, body in bodies.items())
    )
    with (repository.suite / "readiness.toml").open("a", encoding="utf-8") as profile:
        profile.write(AWS)
    (repository.suite / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    before = state(account)
    ran = repository.judge("-p", "no:xdist", env=environment(account))
    assert state(account) == before, ran.out
    told = {
        way: layer_of(json.dumps(repository.item(one)["findings"]) + repository.item(one)["reason"])
        for one, way in ways.items()
    }
    assert repository.outcomes() == dict.fromkeys(ways, "unknown"), ran.out
    for way, source in BEFORE_IT_RUNS.items():
        told[way] = layer_of(" ".join(text for _, text in breaches(ast.parse(in_an_item(source)))))
    for way, layer in told.items():
        record_property(SAYS, f"refused, {way}: {layer}")
    assert [*told.values()] == [
        *["the guard of the product's clients"] * 7,
        "the stillness of the process",
        *["the suite's fence, before import"] * 4,
    ]


def in_an_item(source: str) -> str:
    """A module with an item that has this body."""
    return f"def test_it(vpcs):\n{textwrap.indent(source, '    ')}\n"


def test_a_module_that_would_is_refused_with_its_line(
    small: Callable[..., Repository], item: Callable[..., str]
) -> None:
    repository = small(item("demo.a.numbers", BEFORE_IT_RUNS["import boto3"], asks="numbers"))
    ran = repository.judge("-p", "no:xdist")
    assert ran.status == 22
    assert "import of boto3; items judge facts, clients belong to collectors" in ran.err


@pytest.mark.parametrize("way", [*WHILE_IT_RUNS, *BEFORE_IT_RUNS])
def test_each_way_changes_the_account_where_nothing_refuses_it(account: Any, way: str) -> None:
    before = state(account)
    body = WHILE_IT_RUNS.get(way) or BEFORE_IT_RUNS[way]
    exec(body, unguarded() if way in WHILE_IT_RUNS else {})  # noqa: S102 it is the control of a refusal
    assert sum(state(account)) == sum(before) + 1
    assert "boto3" in sys.modules
