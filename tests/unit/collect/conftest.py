"""What stands around the example's account: distributions, and a server for its names."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import threading
import uuid
from dataclasses import replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import dns.rrset
import pytest
import requests

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.http import HttpAccess
from pytest_orr.clients.prometheus import Prometheus
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable
from pytest_orr.profile.hosts import MachineSpec
from pytest_orr.profile.monitoring import Prometheus as DeclaredPrometheus
from pytest_orr.profile.schema import (
    Database,
    Endpoint,
    HostGroup,
    Hosting,
    Key,
    Network,
    Person,
    Profile,
    Release,
    Service,
    StressTest,
)
from tests.desks import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from pytest_orr.collect.interface import Desk

CHECKOUT = Path(__file__).parents[3]
DISTRIBUTION = "K3HNB4Z7JVNR2"
"""Id of the example's distribution, which its readiness.toml names."""


@pytest.fixture(scope="session")
def distribute() -> Callable[..., dict[str, str]]:
    """Create a distribution and return its id and ARN: ``distribute(account, ("a.example",))``."""

    def create(
        account: Any,
        aliases: tuple[str, ...] = (),
        *,
        acl: str = "",
        origin: tuple[str, int] | None = None,
        tags: dict[str, str] | None = None,
        **more: Any,
    ) -> dict[str, str]:
        host, port = origin or ("pages.s3.eu-central-1.amazonaws.com", 0)
        kind: dict[str, Any] = {"S3OriginConfig": {"OriginAccessIdentity": ""}}
        if origin:
            ports = {"HTTPPort": port, "HTTPSPort": port}
            kind = {"CustomOriginConfig": {**ports, "OriginProtocolPolicy": "https-only"}}
        config = {
            "CallerReference": str(uuid.uuid4()),
            "Comment": "",
            "Enabled": True,
            "Aliases": {"Quantity": len(aliases), "Items": list(aliases)},
            "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": host, **kind}]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"},
            "WebACLId": acl,
            **more,
        }
        carried = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
        made = account.client("cloudfront", "us-east-1").create_distribution_with_tags(
            DistributionConfigWithTags={
                "DistributionConfig": config,
                "Tags": {"Items": carried},
            }
        )["Distribution"]
        return {"id": made["Id"], "arn": made["ARN"], "host": made["DomainName"]}

    return create


@pytest.fixture(scope="session")
def name_server() -> Callable[[Mapping[str, Any]], str]:
    """Serve the names of an account of the example; return the server's address and port."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.names import records_of, serve_names  # noqa: PLC0415 after the path is set

    return lambda ids: serve_names(records_of(ids))


class Between(BaseHTTPRequestHandler):
    """Passes what is asked on to moto, but for one operation, which it denies as AWS does.

    moto's own denials are not AWS's everywhere: JSON services get another error code, CloudFront
    none, S3 operations are taken for others, and the tagging API cannot be denied at all.
    """

    moto: ClassVar[str]
    denied: ClassVar[str]
    S3: ClassVar[dict[str, str]] = {
        "encryption": "GetBucketEncryption",
        "location": "GetBucketLocation",
        "policy": "GetBucketPolicy",
        "policyStatus": "GetBucketPolicyStatus",
        "publicAccessBlock": "GetPublicAccessBlock",
        "website": "GetBucketWebsite",
    }
    CLOUDFRONT: ClassVar[dict[str, str]] = {
        "distribution": "ListDistributions",
        "tagging": "ListTagsForResource",
    }
    BACKUP: ClassVar[dict[str, str]] = {
        "copy-jobs": "ListCopyJobs",
        "recovery-points": "ListRecoveryPointsByResource",
        "resources": "ListProtectedResources",
        "restore-jobs": "ListRestoreJobs",
        "selections": "ListBackupSelections",
    }
    PREFIX: ClassVar[dict[str, str]] = {"monitoring": "cloudwatch", "tagging": "tag"}

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        signed = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", self.headers["Authorization"])
        assert signed is not None
        service = self.PREFIX.get(signed[1], signed[1])
        if f"{service}:{self._operation(service, body)}" == self.denied:
            self._say(*self._denial(service))
            return
        answer = requests.request(
            self.command, self.moto + self.path, headers=dict(self.headers), data=body, timeout=20
        )
        self._say(answer.status_code, answer.text, answer.headers["Content-Type"])

    do_POST = do_GET  # noqa: N815 the name that http.server looks for

    def _operation(self, service: str, body: bytes) -> str:
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query, keep_blank_values=True)
        if service == "s3":
            flags = [name for flag, name in self.S3.items() if flag in asked]
            return flags[0] if flags else "ListBuckets"
        if service == "cloudfront":
            return self.CLOUDFRONT[parts.path.split("/")[2]]
        if service == "backup":
            return self.BACKUP[parts.path.rstrip("/").rpartition("/")[2]]
        if target := self.headers.get("X-Amz-Target"):
            return target.rpartition(".")[2]
        return parse_qs(body.decode())["Action"][0]

    def _denial(self, service: str) -> tuple[int, str, str]:
        if self.headers.get("X-Amz-Target") or service == "backup":
            kind = "application/x-amz-json-1.1"
            return 400, '{"__type": "AccessDeniedException", "Message": "not allowed"}', kind
        code = "<Code>AccessDenied</Code><Message>not allowed</Message>"
        if service == "ec2":
            code = code.replace("AccessDenied", "UnauthorizedOperation")
            return 403, f"<Response><Errors><Error>{code}</Error></Errors></Response>", "text/xml"
        error = f"<Error>{code}</Error>"
        whole = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        return 403, whole, "text/xml"

    def _say(self, status: int, text: str, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def denying(
    sound_account: Any, aws_environment: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Any]]:
    """Let AWS deny one operation of the sound account, in its own words: ``denying(operation)``."""
    servers: list[ThreadingHTTPServer] = []

    def deny(operation: str) -> Any:
        own = {"moto": sound_account.url, "denied": operation}
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Denying", (Between,), own))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        aws_environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        return sound_account

    yield deny
    aws_environment.setenv("AWS_ENDPOINT_URL", sound_account.url)
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def keys_of_the_example() -> dict[str, Any]:
    """What the example declares of its keys and hosting, as keys of a profile."""
    return {
        "hosting": (
            Hosting(
                provider="s3",
                endpoint="frontend",
                bucket="explorer-frontend",
                distribution=DISTRIBUTION,
            ),
        ),
        "keys": (
            Key(alias="alias/explorer"),
            Key(alias="alias/explorer-signing", usage="SIGN_VERIFY"),
        ),
    }


@pytest.fixture(scope="session")
def machine_shop(moto_url: str, build_account: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Build the example's machines alone in an empty account: ``machine_shop(faults)``."""
    account = sys.modules[build_account.__module__]
    compute, builder = (import_module(f"examples.explorer.{one}") for one in ("compute", "builder"))
    made = builder.builder_of(moto_url, frozenset())
    made = replace(made, client=cache(made.client))

    def build(faults: frozenset[str]) -> dict[str, Any]:
        there = made.ec2.run_instances(
            ImageId=account.IMAGE,
            InstanceType="t3.medium",
            MinCount=len(compute.NAMES),
            MaxCount=len(compute.NAMES),
            BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 40}}],
        )["Instances"]
        started = [one["InstanceId"] for one in there]
        for instance, name in zip(started, compute.NAMES, strict=True):
            [tagged] = builder.tagged("instance", name)
            made.ec2.create_tags(Resources=[instance], Tags=tagged["Tags"])
        ids: dict[str, Any] = {"instances": started[:2], "jump_instance": started[2]}
        ids |= compute.build_compute(replace(made, faults=faults), ids)
        return ids

    return build


@pytest.fixture
def machines_with(
    empty_account: Any,
    machine_shop: Callable[..., Any],
    tracing_off: Callable[[], AbstractContextManager[None]],
) -> Callable[..., Any]:
    """Build the example's machines with faults: ``machines_with("alarm-missing")``."""

    def build(*faults: str) -> Any:
        with tracing_off():
            empty_account.ids = machine_shop(frozenset(faults))
        return empty_account

    return build


@pytest.fixture(scope="session")
def hosts_of_the_example() -> dict[str, Any]:
    """What the example declares of its hosts and its stress test, as keys of a profile."""
    began = dt.datetime(2026, 11, 19, 23, 50, tzinfo=dt.UTC)
    enough = MachineSpec(cpus=2, memory_mib=4096, disk_gib=40)
    return {
        "hosts": (
            HostGroup(names=("explorer-jump",), role="jump"),
            HostGroup(names=("explorer-backend-1", "explorer-backend-2"), minimum=enough),
            HostGroup(names=("explorer-testing-1",), environment="testing"),
        ),
        "endpoints": (Endpoint(name="api", role="backend", url="https://api.explorer.example/"),),
        "stress_tests": (
            StressTest(
                tool="k6",
                file="k6.json",
                sha256="0" * 64,
                target="https://api.explorer.example/blocks",
                started=began,
                ended=began + dt.timedelta(minutes=10),
            ),
        ),
    }


@pytest.fixture(scope="session")
def databases_of_the_example() -> dict[str, Any]:
    """What the example declares of its databases in AWS, as keys of a profile."""
    return {
        "databases": (
            Database(name="explorer", kind="rds", identifier="explorer"),
            Database(name="labels", kind="dynamodb", identifier="explorer-labels"),
        )
    }


class Pages:
    """A web server on loopback: answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], str]] = {}
        self.asked: list[tuple[str, str, str]] = []
        """Method, path and Authorization of each request."""
        pages = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = self.headers.get("Authorization", "")
                pages.asked.append((self.command, self.path, token))
                status, headers, text = pages.answers.get(self.path, (404, {}, ""))
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(text.encode())

            do_HEAD = do_GET  # noqa: N815 the name that http.server looks for

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, path: str, text: str = "", status: int = 200, **headers: str) -> None:
        """Let a path be answered; header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, text)


@pytest.fixture
def pages() -> Iterator[Pages]:
    """A web server that answers as it is told."""
    served = Pages()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture(scope="session")
def text_records() -> Callable[[Mapping[str, list[str]]], str]:
    """Serve TXT records below explorer.example; return the server's address and port."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.names import serve_names  # noqa: PLC0415 after the path is set

    def serve(records: Mapping[str, list[str]]) -> str:
        return serve_names(
            [
                dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *(f'"{text}"' for text in texts))
                for name, texts in records.items()
            ]
        )

    return serve


@pytest.fixture
def desk_without_aws(pages: Pages) -> Callable[..., Desk]:
    """A desk for one ``[[hosting]]`` outside AWS, whose endpoint is answered by ``pages``.

    ``desk_without_aws(hosting, resolver=…, NAME="value")``: what else is named is the environment.
    """

    def make(hosting: Hosting, *, resolver: str = "127.0.0.1:1", **environment: str) -> Desk:
        network = Network(resolver=resolver)
        frontend = Endpoint(
            name="frontend",
            role="frontend",
            url="http://explorer.example/",
            connect=pages.address,
        )
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
            network=network,
            endpoints=(frontend,),
            hosting=(hosting,),
        )
        return desk_of(
            profile=profile,
            as_of=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
            aws=AwsAccess(None, lambda _: None),
            http=HttpAccess(environment=environment),
            dns=DnsAccess(network, environment),
        )

    return make


@pytest.fixture
def seen_or_why() -> Callable[[Any, Desk], object]:
    """What a collector sees, or why it sees nothing: ``seen_or_why(collector, desk)``."""

    def see(collector: Any, desk: Desk) -> object:
        try:
            return collector.collect(desk).value
        except FactUnavailable as error:
            return Unavailable(cause=error.cause, remedy=error.remedy)

    return see


class ToldPrometheus:
    """A Prometheus on loopback: answers expressions as it is told, and all others with nothing."""

    def __init__(self) -> None:
        self.vectors: dict[str, list[tuple[Mapping[str, str], float]]] = {}
        """By the beginning of an expression: labels and values."""
        self.rules: list[dict[str, Any]] = []
        self.status = 200
        self.asked: list[tuple[str, str]] = []
        """Each expression with its instant."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def client(self, **series: str) -> Prometheus:
        """Somebody new who asks it; ``series`` are the labels of the service's own."""
        return Prometheus(self.declared(**series), Path(), environment={}, pause=lambda _: None)

    def declared(self, **series: str) -> DeclaredPrometheus:
        """The section of a profile that leads here."""
        return DeclaredPrometheus(url=self.url, series=series)

    def counts(self, selector: str, amount: float, *, points: float, seconds: int) -> None:
        """Tell what a counter grew by in some seconds, and how often it was there."""
        self.vectors[f"sum(increase({selector}[{seconds}s]))"] = [({}, amount)]
        self.vectors[f"count_over_time((count({selector}))[{seconds}s:"] = [({}, points)]

    def samples(self, selector: str, at: dt.datetime, **labels: str) -> None:
        """Tell when a series was last sampled."""
        for beginning, value in ((selector, 1.0), (f"timestamp({selector})", at.timestamp())):
            self.vectors.setdefault(f"{beginning} or ", []).append((labels, value))

    def data(self, path: str, asked: Mapping[str, list[str]]) -> Any:
        """Return what a path's answer holds."""
        if path == "/api/v1/rules":
            return {"groups": [{"name": "explorer", "rules": self.rules}]}
        [expression], [time] = asked["query"], asked["time"]
        self.asked.append((expression, time))
        found = next((one for key, one in self.vectors.items() if expression.startswith(key)), [])
        result = [{"metric": dict(own), "value": [float(time), f"{at}"]} for own, at in found]
        return {"resultType": "vector", "result": result}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                data = told.data(parts.path, parse_qs(parts.query))
                body = json.dumps({"status": "success", "data": data}).encode()
                self.send_response_only(told.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        return Handler


@pytest.fixture
def told_prometheus() -> Iterator[ToldPrometheus]:
    """A Prometheus that answers as it is told."""
    told = ToldPrometheus()
    yield told
    told.server.shutdown()
    told.server.server_close()
