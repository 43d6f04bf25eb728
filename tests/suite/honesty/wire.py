"""AWS's answers, recorded once at the wire and played back, but for an operation that is met."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from botocore.exceptions import BotoCoreError, ClientError

from pytest_orr.clients import aws_crew, aws_wire
from pytest_orr.clients.guard import SERVICES
from pytest_orr.collect import gather
from pytest_orr.errors import FactUnavailable
from tests.suite.honesty.refusals import response
from tests.suite.honesty.stillness import AtOnce, NoTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from botocore.awsrequest import AWSResponse
    from botocore.model import OperationModel

PREFIXES = {service.client: prefix for prefix, service in SERVICES.items()}
"""IAM's name of a service by botocore's."""
TRADE = "sts:AssumeRole"
Answered = tuple["AWSResponse", dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way."""

    who: str
    """Access key that signs it."""
    endpoint: Endpoint
    model: OperationModel
    request: dict[str, Any]

    @property
    def said(self) -> str:
        """Who asks what where."""
        asked = self.request
        region = asked["context"]["client_region"]
        parts = (self.who, region, self.model.name, asked["url"], asked["body"])
        return repr((*parts, asked["query_string"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One answer of AWS: as it came, and as botocore read it."""

    model: OperationModel
    status: int
    headers: dict[str, str]
    content: bytes
    parsed: dict[str, Any]

    @property
    def operation(self) -> str:
        """As IAM names it."""
        return named(self.model.service_model.service_name, self.model.name)

    def again(self) -> AWSResponse:
        return response(self.status, self.headers, self.content)


@dataclass
class Tape:
    """What was asked and answered in one state of the account."""

    sent: dict[str, Recorded] = field(default_factory=dict)
    """By request, at the wire."""
    called: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """What the calls of clients returned or raised."""
    traded: dict[str, str] = field(default_factory=dict)
    """Requests that traded credentials for a role's, by the access key that they got."""
    product: Any = None
    """What asks for the product; to make its clients takes longer than all that they ask."""


class Fault(Protocol):
    """What becomes of the calls of one operation."""

    def meet(self, call: Call, wire: Wire) -> Answered:
        """Return what botocore makes of it, or raise as it does."""


class _Asking:
    """The product's own wire, which is asked again only what may be answered otherwise."""

    def __init__(self, wire: Any, goes_on: Callable[[Any], bool]) -> None:
        self._wire, self._goes_on = wire, goes_on
        self._answers: dict[tuple[str, str], Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._wire, name)

        def asked(question: Any, *more: Any) -> Any:
            key = (name, repr((question, more)))
            if self._goes_on(question) or key not in self._answers:
                answer = _result_or_error(lambda: method(question, *more))
                self._answers.setdefault(key, answer)
            else:
                answer = self._answers[key]
            if isinstance(answer, Exception):
                raise answer.with_traceback(None)
            return answer

        return asked


class Wire:
    """Stands between the product and the network.

    What no fault meets is played back at once. A call that is met goes the whole way through
    botocore: checks, guard, signature, attempts, parsers, pages.
    """

    def __init__(self) -> None:
        self.hits: set[str] = set()
        """Requests that a fault met."""
        self.went_on: set[str] = set()
        """Requests whose second page was asked for."""
        self._tape = Tape()
        self._asked: dict[str, set[str]] = {}
        self._met = ""
        self._fault: Fault | None = None
        self._here = threading.local()
        self._whole: Callable[..., Any] = Endpoint.make_request
        self._sends: Callable[..., Any] = vars(Endpoint)["_send"]

    @contextmanager
    def between(self) -> Iterator[None]:
        """Take botocore's way to the network; retries wait for nothing and are never used up.

        Nobody is waited for, so that threads would cost more than they save.
        """
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(aws_wire, "Wire", self._product(aws_wire.Wire))
            patch.setattr(BaseClient, "_make_api_call", self._make_api_call())
            patch.setattr(BaseClient, "get_paginator", cache(BaseClient.get_paginator))
            patch.setattr(Endpoint, "make_request", self._make_request())
            patch.setattr(Endpoint, "_send", self._send())
            for module in (aws_crew, gather):
                patch.setattr(module, "ThreadPoolExecutor", AtOnce)
            patch.setattr("botocore.endpoint.time", NoTime)
            patch.setattr("botocore.retries.quota.RetryQuota.acquire", lambda *_: True)
            yield

    @contextmanager
    def recording(self, tape: Tape) -> Iterator[Mapping[str, set[str]]]:
        """Ask AWS, and keep its answers; yield the requests that are sent, by operation."""
        self._tape, self._asked, self._met, self._fault = tape, {}, "", None
        yield self._asked

    @contextmanager
    def playing(self, tape: Tape, operation: str, fault: Fault) -> Iterator[None]:
        """Play a tape back, and let a fault meet an operation."""
        self._tape, self._met, self._fault = tape, operation, fault
        self.hits, self.went_on = set(), set()
        yield
        self._fault = None

    def answered(self, call: Call, answers: Iterator[AWSResponse | Exception]) -> Answered:
        """Send a call the whole way, and let these be the answers to its attempts."""
        self.hits.add(call.said)
        self._here.answers = answers
        try:
            found: Answered = self._whole(call.endpoint, call.model, call.request)
            return found
        finally:
            del self._here.answers

    def recorded(self, call: Call) -> Recorded:
        """Return what AWS answered to a request."""
        return self._tape.sent[call.said]

    def _product(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def one_for_all(*arguments: Any) -> Any:
            """Make all anew only where it is the login that is met."""
            if self._fault is not None and self._met == TRADE:
                return _Asking(make(*arguments), self.goes_on)
            self._tape.product = self._tape.product or _Asking(make(*arguments), self.goes_on)
            return self._tape.product

        return one_for_all

    def goes_on(self, question: Any) -> bool:
        """Whether a question goes on to botocore: in a recording, and if a fault may meet it."""
        by_role = self._met == TRADE and question.login.role is not None
        return self._fault is None or question.operation == self._met or by_role

    def _make_api_call(self) -> Callable[..., Any]:
        whole: Any = vars(BaseClient)["_make_api_call"]

        def make_api_call(client: Any, name: str, parameters: dict[str, Any]) -> Any:
            service, where = client.meta.service_model.service_name, client.meta.region_name
            operation = named(service, name)
            self._here.who = who = _access_key(client)
            if self._fault is not None and operation == self._met:
                return whole(client, name, parameters)
            key = (who, where, operation, json.dumps(parameters, sort_keys=True, default=str))
            called = self._tape.called
            if self._fault is None:
                called[key] = _result_or_error(lambda: whole(client, name, parameters))
            assert key in called, f"nobody asked {operation} {parameters} before"
            if isinstance(called[key], Exception):
                raise called[key].with_traceback(None)
            return called[key]

        return make_api_call

    def _make_request(self) -> Callable[..., Any]:
        def make_request(
            endpoint: Endpoint, operation_model: OperationModel, request_dict: dict[str, Any]
        ) -> Answered:
            call = Call(self._here.who, endpoint, operation_model, request_dict)
            if self._fault is not None:
                return self._fault.meet(call, self)
            http, parsed = self._whole(endpoint, operation_model, request_dict)
            kept = Recorded(
                model=operation_model,
                status=http.status_code,
                headers=dict(http.headers),
                content=http.content,
                parsed=deepcopy(parsed),
            )
            self._keep(call, kept)
            return http, parsed

        return make_request

    def _keep(self, call: Call, kept: Recorded) -> None:
        self._tape.sent[call.said] = kept
        self._asked.setdefault(kept.operation, set()).add(call.said)
        if kept.operation == TRADE and "Credentials" in kept.parsed:
            self._tape.traded[kept.parsed["Credentials"]["AccessKeyId"]] = call.said
        if call.who in self._tape.traded:
            self._asked.setdefault(TRADE, set()).add(self._tape.traded[call.who])

    def _send(self) -> Callable[..., Any]:
        def send(endpoint: Endpoint, request: Any) -> Any:
            answers = getattr(self._here, "answers", None)
            if answers is None:
                return self._sends(endpoint, request)
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer.with_traceback(None)
            return answer

        return send


def named(service: str, operation: str) -> str:
    """Name an operation as IAM does: ``ec2:DescribeVpcs``."""
    return f"{PREFIXES[service]}:{operation}"


def _access_key(client: Any) -> str:
    credentials = client._request_signer._credentials
    return str(credentials.get_frozen_credentials().access_key) if credentials else ""


def _result_or_error(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (BotoCoreError, ClientError, FactUnavailable) as error:
        return error
