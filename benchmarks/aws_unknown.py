"""What AWS answers where moto cannot, of an account that has none of it: a layer before moto.

Prowler asks for it beside what the checks need. Without an answer it would ask again and again, and
be charged for what the simulation lacks.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
JOB = "11111111-1111-1111-1111-111111111111"
EC2 = '<{name}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{told}</{name}Response>'
QUERY = "<{name}Response><{name}Result>{told}</{name}Result></{name}Response>"
XML, JSON = "text/xml", "application/x-amz-json-1.1"
DONE = (
    "<JobStatus>COMPLETED</JobStatus><JobCreationDate>2026-01-01T00:00:00Z</JobCreationDate>"
    "<JobCompletionDate>2026-01-01T00:00:01Z</JobCompletionDate><ServicesLastAccessed/>"
)
NOTHING = {
    ("ec2", "DescribeClientVpnEndpoints"): "<clientVpnEndpoint/>",
    ("ec2", "GetImageBlockPublicAccessState"): (
        "<imageBlockPublicAccessState>unblocked</imageBlockPublicAccessState>"
    ),
    ("ec2", "GetInstanceMetadataDefaults"): "<accountLevel/>",
    ("ec2", "GetSnapshotBlockPublicAccessState"): "<state>unblocked</state>",
    ("iam", "GenerateServiceLastAccessedDetails"): f"<JobId>{JOB}</JobId>",
    ("iam", "GetServiceLastAccessedDetails"): DONE,
    ("iam", "ListOrganizationsFeatures"): "<EnabledFeatures/>",
    ("iam", "ListServiceSpecificCredentials"): "<ServiceSpecificCredentials/>",
    ("rds", "DescribeCertificates"): "<Certificates/>",
    ("rds", "DescribeDBEngineVersions"): "<DBEngineVersions/>",
    ("waf-regional", "ListRuleGroups"): '{"RuleGroups": []}',
    ("waf-regional", "ListRules"): '{"Rules": []}',
    ("waf-regional", "ListWebACLs"): '{"WebACLs": []}',
}
"""What stands in the answer, by the service that is signed for and the operation."""


class Known:
    """Answers what moto does not know, and passes everything else on (WSGI)."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer a request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        signed = SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", ""))
        service = signed[1] if signed else ""
        name = operation(environ, body)
        if (service, name) not in NOTHING:
            passed: Iterable[bytes] = self._inner(environ, start_response)
            return passed
        kind, answer = answered(service, name)
        start_response("200 OK", [("Content-Type", kind)])
        return [answer.encode()]


def operation(environ: dict[str, Any], body: bytes) -> str:
    """Return the operation of a request, if its protocol names it outside the path."""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    return parse_qs(body.decode("latin-1")).get("Action", [""])[0]


def answered(service: str, name: str) -> tuple[str, str]:
    """Return an answer's content type and body."""
    told = NOTHING[service, name]
    if service == "waf-regional":
        return JSON, told
    return XML, (EC2 if service == "ec2" else QUERY).format(name=name, told=told)
