"""Lets moto, in the process of its server, check and refuse requests in every service's own form.

moto writes each refusal as EC2 does, which clients of JSON services, of CloudFront and of Route 53
cannot read, and takes the signature of a GET for a wrong one when its URL names a resource.
"""

# moto offers no other way in than what is private to it.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from xml.sax.saxutils import escape

from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.iam.access_control import IAMRequest, IAMRequestBase

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSRequest

REST_XML = ("cloudfront", "route53")


class RestXmlRefusal(AccessDeniedError):
    """A denial as services write it that speak XML without actions."""

    def __init__(self, user_arn: str, action: str) -> None:
        super().__init__(user_arn, action)
        self.description = (
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
            f"<Message>{escape(self.message)}</Message></Error></ErrorResponse>"
        )


def refuse_as_aws_does() -> None:
    """Correct moto's checks; once is enough."""
    for model, name, new in (
        (IAMRequest, "_raise_access_denied", _denied),
        (IAMRequestBase, "_create_aws_request", _signed(IAMRequestBase._create_aws_request)),
    ):
        setattr(model, name, new)


def _denied(request: Any) -> NoReturn:
    who, what = request._access_key.arn, request._action
    if request._headers.get("X-Amz-Target"):
        said = AccessDeniedError(who, what).message
        raise JsonRESTError("AccessDeniedException", said)
    kind = RestXmlRefusal if request._service in REST_XML else AccessDeniedError
    raise kind(who, what)


def _signed(create: Callable[[Any], AWSRequest]) -> Callable[[Any], AWSRequest]:
    def with_its_own_body(request: Any) -> AWSRequest:
        if request._method == "GET":
            request._data = {}  # what moto read from the URL was no part of the body
        return create(request)

    return with_its_own_body
