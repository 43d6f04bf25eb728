"""A simulated AWS in a process of its own: moto over HTTP, filled, with what moto lacks added.

``python -m benchmarks.aws_cloud GROUPS FEW ACCOUNTS REGIONS`` prints one line of JSON, with its URL
and the credentials of each account, and serves until its standard input ends.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.ec2.responses.security_groups import SecurityGroups
from moto.iam.models import IAMBackend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.wafv2.responses import WAFV2Response
from werkzeug.serving import make_server

from .aws_seed import seed
from .aws_size import REGIONS, Size
from .aws_unknown import Known

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_PAGE = 1000
"""Security groups or interfaces that AWS tells of in one answer."""


def account_ids(number: int) -> list[str]:
    """Return as many accounts; the first is the one that moto takes strangers for."""
    return [str(123456789012 + count) for count in range(number)]


def plant() -> None:
    """Add to moto's models what AWS does and moto does not."""
    for responses, name, key in (
        (SecurityGroups, "describe_security_groups", "SecurityGroups"),
        (ElasticNetworkInterfaces, "describe_network_interfaces", "NetworkInterfaces"),
    ):
        setattr(responses, name, paged(getattr(responses, name), key))
    for model, name, answer in (
        (WAFV2Response, "list_resources_for_web_acl", guarded_by),
        (IAMBackend, "get_credential_report", with_root(IAMBackend.get_credential_report)),
    ):
        setattr(model, name, answer)


def paged(whole: Callable[[Any], ActionResult], key: str) -> Callable[[Any], ActionResult]:
    """Return a listing's answer in pages."""

    def page(self: Any) -> ActionResult:
        answer = whole(self).result
        assert isinstance(answer, dict)
        start = int(self._get_param("NextToken") or 0)
        end = start + min(LARGEST_PAGE, int(self._get_param("MaxResults") or LARGEST_PAGE))
        more = {"NextToken": str(end)} if end < len(answer[key]) else {}
        return ActionResult(answer | {key: list(answer[key])[start:end]} | more)

    return page


def guarded_by(self: Any) -> tuple[int, dict[str, str], str]:
    """Answer ``wafv2:ListResourcesForWebACL``."""
    body = json.loads(self.body)
    acls = self.wafv2_backend.wacls.values()
    asked = body.get("ResourceType", "APPLICATION_LOAD_BALANCER") == "APPLICATION_LOAD_BALANCER"
    found = [
        one for acl in acls if acl.arn == body["WebACLArn"] for one in acl.associated_resources
    ]
    return 200, {}, json.dumps({"ResourceArns": found if asked else []})


def with_root(report: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return a credential report that begins with the account's root, as AWS's does."""

    def whole(self: Any) -> str:
        head, _, rows = report(self).partition("\n")
        root = dict.fromkeys(head.split(","), "N/A") | {
            "user": "<root_account>",
            "arn": f"arn:aws:iam::{self.account_id}:root",
            "user_creation_time": "2020-01-01T00:00:00+00:00",
            "password_enabled": "true",
            "mfa_active": "false",
            "access_key_1_active": "false",
            "access_key_2_active": "false",
            "cert_1_active": "false",
            "cert_2_active": "false",
        }
        return "\n".join((head, ",".join(root.values()), rows))

    return whole


def main() -> None:
    """Fill an AWS of this size and serve it."""
    groups, few, accounts, regions = map(int, sys.argv[1:])
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # they would be the account's own snapshots
    plant()
    application = Known(DomainDispatcherApplication(create_backend_app))
    server = make_server(
        "127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    size = Size(groups=groups, few=few)
    keys = seed(url, account_ids(accounts), REGIONS[:regions], size)
    print(json.dumps({"url": url, "keys": [asdict(key) for key in keys]}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
