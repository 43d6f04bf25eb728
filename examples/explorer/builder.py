"""What the parts of the example's AWS account are built with: clients, faults, tags."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import requests
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REGION = "eu-central-1"
TAGS = {"service": "explorer"}
SEED = 42
KEY_ID = "explorer"  # moto takes any


@dataclass(frozen=True, slots=True, kw_only=True)
class Builder:
    """Clients of the account that is built, and the faults that it shall have."""

    ec2: Any
    elbv2: Any
    acm: Any
    s3: Any
    client: Callable[..., Any]
    """Makes a client of another service: ``client("wafv2")``, ``client("shield", "us-east-1")``."""
    faults: frozenset[str]


def builder_of(endpoint_url: str, faults: frozenset[str]) -> Builder:
    """Return clients of the account behind ``endpoint_url``, with moto's random ids seeded."""
    client = _clients(endpoint_url)
    made = Builder(
        ec2=client("ec2"),
        elbv2=client("elbv2"),
        acm=client("acm"),
        s3=client("s3"),
        client=client,
        faults=faults,
    )
    # moto draws random ids when a region is first touched, so touch first and seed afterwards.
    made.ec2.describe_vpcs()
    made.elbv2.describe_load_balancers()
    made.acm.list_certificates()
    made.s3.list_buckets()
    requests.post(f"{endpoint_url}/moto-api/seed", params={"a": SEED}, timeout=5).raise_for_status()
    return made


@cache
def _clients(endpoint_url: str) -> Callable[..., Any]:
    """Return what makes clients of an endpoint, each once: to make one takes as long as to ask."""
    session: Any = boto3.session.Session(aws_access_key_id=KEY_ID, aws_secret_access_key=KEY_ID)
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)

    @cache
    def client(service: str, region: str = REGION) -> Any:
        return session.client(service, region, endpoint_url=endpoint_url, config=once)

    return client


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as AWS takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tagged(kind: str, name: str) -> list[dict[str, Any]]:
    """Return the service's tags and a name for a resource of EC2 that is being created."""
    return [{"ResourceType": kind, "Tags": tag_list({"Name": name, **TAGS})}]
