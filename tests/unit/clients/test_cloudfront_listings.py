"""Listings as CloudFront writes them: inside another key, counted, left out when empty."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_orr.clients.aws import AwsAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "123456789012"
LIST = "cloudfront:ListDistributions"
KEY = "DistributionList.Items"
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult>"
    f"<Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:user/reader</Arn>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


def distributions(*ids: str, began: str = "", following: str = "") -> str:
    """A page of ListDistributions."""
    items = "".join(f"<DistributionSummary><Id>{one}</Id></DistributionSummary>" for one in ids)
    held = f"<Items>{items}</Items>" if ids else ""
    token = f"<NextMarker>{following}</NextMarker>" if following else ""
    return (
        f"<DistributionList><Marker>{began}</Marker>{token}<MaxItems>100</MaxItems>"
        f"<IsTruncated>{str(bool(following)).lower()}</IsTruncated>"
        f"<Quantity>{len(ids)}</Quantity>{held}</DistributionList>"
    )


@pytest.fixture
def cloudfront(
    aws_environment: pytest.MonkeyPatch,
) -> Iterator[Callable[[dict[str, str]], AwsAccess]]:
    """Serve pages by the marker at which they begin; return who asks for them."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def _say(self, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say(IDENTITY)

        def do_GET(self) -> None:
            self._say(pages[parse_qs(urlsplit(self.path).query).get("Marker", [""])[0]])

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        usual = os.environ["AWS_ENDPOINT_URL"]
        aws_environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        aws = Aws(accounts=(AwsAccount(id=ACCOUNT, regions=("eu-central-1",)),))

        def serve(several: dict[str, str]) -> AwsAccess:
            pages.update(several)
            return AwsAccess(aws, lambda _: None, operations=(LIST, "sts:GetCallerIdentity"))

        yield serve
        aws_environment.setenv("AWS_ENDPOINT_URL", usual)
        server.shutdown()


def listed(asking: AwsAccess) -> list[str]:
    """Ids of all distributions."""
    return [one["Id"] for one in asking.listing(asking.homes[0], LIST, KEY)]


def test_all_pages_make_one_listing(cloudfront: Callable[[dict[str, str]], AwsAccess]) -> None:
    pages = {
        "": distributions("E1", "E2", following="E3"),
        "E3": distributions("E3", began="E3", following="E4"),
        "E4": distributions("E4", began="E4"),
    }
    assert listed(cloudfront(pages)) == ["E1", "E2", "E3", "E4"]


def test_a_list_that_counts_nothing_is_empty(
    cloudfront: Callable[[dict[str, str]], AwsAccess],
) -> None:
    assert listed(cloudfront({"": distributions()})) == []


def test_a_list_that_counts_more_than_it_holds_is_no_empty_list(
    cloudfront: Callable[[dict[str, str]], AwsAccess],
) -> None:
    asking = cloudfront({"": "<DistributionList><Quantity>1</Quantity></DistributionList>"})
    with pytest.raises(FactUnavailable, match="lacks 'Items'"):
        asking.everywhere(lambda home: asking.listing(home, LIST, KEY), asking.homes)


def test_pages_that_repeat_end_the_listing_and_count_for_nothing(
    cloudfront: Callable[[dict[str, str]], AwsAccess],
) -> None:
    pages = {
        "": distributions("E1", following="a"),
        "a": distributions("E2", began="a", following="b"),
        "b": distributions("E3", began="b", following="a"),
    }
    with pytest.raises(FactUnavailable, match="repeats the pages"):
        listed(cloudfront(pages))
