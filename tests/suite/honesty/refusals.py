"""How AWS refuses, in the wire form of each protocol and with the codes that each service uses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel

DENIED, THROTTLED, EXPIRED = "denied", "throttled", "expired"
USUAL = MappingProxyType(
    {
        "ec2": {
            DENIED: (403, "UnauthorizedOperation"),
            THROTTLED: (503, "RequestLimitExceeded"),
            EXPIRED: (400, "RequestExpired"),
        },
        "json": {
            DENIED: (400, "AccessDeniedException"),
            THROTTLED: (400, "ThrottlingException"),
            EXPIRED: (400, "ExpiredTokenException"),
        },
        "query": {
            DENIED: (403, "AccessDenied"),
            THROTTLED: (400, "Throttling"),
            EXPIRED: (403, "ExpiredToken"),
        },
        "rest-json": {
            DENIED: (403, "AccessDeniedException"),
            THROTTLED: (429, "ThrottlingException"),
            EXPIRED: (403, "ExpiredTokenException"),
        },
        "rest-xml": {
            DENIED: (403, "AccessDenied"),
            THROTTLED: (400, "Throttling"),
            EXPIRED: (403, "ExpiredToken"),
        },
    }
)
"""Status and code by protocol."""
ITS_OWN = MappingProxyType(
    {
        ("organizations", THROTTLED): (400, "TooManyRequestsException"),
        ("resourcegroupstaggingapi", THROTTLED): (400, "ThrottledException"),
        ("s3", EXPIRED): (400, "ExpiredToken"),
        ("s3", THROTTLED): (503, "SlowDown"),
        ("service-quotas", THROTTLED): (400, "TooManyRequestsException"),
        ("sns", DENIED): (403, "AuthorizationError"),
    }
)
"""Status and code of services that do not write what others of their protocol do."""
ERROR = "<Code>{code}</Code><Message>It was made up for a test.</Message>"
XML = MappingProxyType(
    {
        "ec2": f"<Response><Errors><Error>{ERROR}</Error></Errors></Response>",
        "query": f"<ErrorResponse><Error><Type>Sender</Type>{ERROR}</Error></ErrorResponse>",
        "rest-xml": f"<ErrorResponse><Error><Type>Sender</Type>{ERROR}</Error></ErrorResponse>",
        "s3": f"<Error>{ERROR}</Error>",
    }
)


@dataclass(frozen=True, slots=True)
class Body:
    """What an HTTP response is read from."""

    content: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.content


def response(status: int, headers: Any, content: bytes) -> AWSResponse:
    """A response as botocore's HTTP session returns it."""
    raw: Any = Body(content)
    return AWSResponse("https://amazonaws.test/", status, headers, raw)


def refusal(operation: OperationModel, kind: str) -> AWSResponse:
    """How the operation's service refuses: ``kind`` is denied, throttled or expired."""
    service = operation.service_model
    protocol, name = service.resolved_protocol, service.service_name
    status, code = ITS_OWN.get((name, kind)) or USUAL[protocol][kind]
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": "It was made up for a test."})
        return response(status, {"x-amzn-errortype": code}, body.encode())
    form = XML["s3" if name == "s3" else protocol]
    return response(status, {"content-type": "text/xml"}, form.format(code=code).encode())
