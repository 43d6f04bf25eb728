"""Listings inside another part of an answer, such as a scan's findings, with pages told outside."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_orr.clients.aws import Place
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Place(account="123456789012", region="eu-central-1")
ASKED = ("ecr:DescribeImageScanFindings", "imageScanFindings.findings")


class Scans(BaseHTTPRequestHandler):
    """Answers as ECR does, by pages that follow each other as it is told."""

    following: ClassVar[dict[str, str]] = {}

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = asked.get("nextToken", "")
        found = [{"name": f"CVE-{token or 'first'}", "severity": "LOW"}]
        answer: dict[str, Any] = {"imageScanFindings": {"findings": found}}
        if after := self.following.get(token):
            answer["nextToken"] = after
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def scans(aws_environment: pytest.MonkeyPatch) -> Iterator[type[Scans]]:
    """ECR on loopback, and its pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scans)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    aws_environment.setenv("AWS_ENDPOINT_URL_ECR", f"http://127.0.0.1:{server.server_port}")
    yield Scans
    aws_environment.delenv("AWS_ENDPOINT_URL_ECR")
    server.shutdown()
    server.server_close()


def listed(account: Any) -> list[str]:
    image = {"repositoryName": "explorer", "imageId": {"imageTag": "1"}}
    return [one["name"] for one in account.access().listing(HERE, *ASKED, **image)]


def test_are_read_to_the_last_page(empty_account: Any, scans: type[Scans]) -> None:
    scans.following = {"": "a", "a": "b"}
    assert listed(empty_account) == ["CVE-first", "CVE-a", "CVE-b"]


@pytest.mark.parametrize("tokens", [["a"], ["a", "b"]], ids=" ".join)
def test_that_repeat_their_pages_end(
    empty_account: Any, scans: type[Scans], tokens: list[str]
) -> None:
    circle = dict(zip(tokens, [*tokens[1:], tokens[0]], strict=True))
    scans.following = {"": tokens[0], **circle}
    with pytest.raises(FactUnavailable, match=f"repeats the pages of {ASKED[0]} without end"):
        listed(empty_account)
