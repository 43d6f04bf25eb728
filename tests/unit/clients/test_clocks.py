"""How far other clocks are apart is told by answers, whichever client they come to."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.api_wire import ApiWire, Asked, Way
from pytest_orr.clients.aws import AwsAccess
from pytest_orr.clients.clocks import Clocks
from pytest_orr.clients.http import HttpAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = 1_795_694_400.0
"""2026-11-26 12:00:00 UTC."""


def heard(date: str | None, *, asked: float, answered: float, **more: str) -> dict[str, int]:
    clocks = Clocks(lambda: answered)
    headers = {**({} if date is None else {"date": date}), **more}
    clocks.heard("git.example.org", headers, asked=asked)
    return dict(clocks.apart())


@pytest.mark.parametrize(
    ("asked", "answered", "seconds"),
    [
        (NOON, NOON, 0),
        (NOON + 0.9, NOON + 1.4, 0),
        (NOON - 8, NOON, 0),
        (NOON, NOON + 9, 0),
        (NOON - 312, NOON - 312, 312),
        (NOON - 313, NOON - 311, 312),
        (NOON + 140.5, NOON + 140.5, -140),
        (NOON + 130.5, NOON + 150.5, -140),
        (NOON + 3.5, NOON + 3.5, -3),
    ],
)
def test_a_difference_is_measured_halfway_between_question_and_answer(
    asked: float, answered: float, seconds: int
) -> None:
    date = formatdate(NOON, usegmt=True)
    assert heard(date, asked=asked, answered=answered) == {"git.example.org": seconds}


@pytest.mark.parametrize(
    "date", [None, "", "yesterday", "Thu, 99 Nov 2026 12:00:00 GMT", "Thu, 26 Nov 99999 12:00:00"]
)
def test_what_is_no_date_says_nothing(date: str | None) -> None:
    assert heard(date, asked=NOON, answered=NOON) == {}


def test_an_answer_that_a_cache_kept_says_nothing() -> None:
    old = formatdate(NOON - 9000, usegmt=True)
    assert heard(old, asked=NOON, answered=NOON, age="9000") == {}


def test_the_largest_difference_of_a_host_is_kept() -> None:
    clocks = Clocks(lambda: NOON)
    for second in (NOON + 5, NOON - 200, NOON + 7, NOON):
        clocks.told("b.example", second, asked=NOON)
    clocks.told("a.example", NOON, asked=NOON)
    assert list(clocks.apart().items()) == [("a.example", 0), ("b.example", -200)]


def dated(seconds: float) -> str:
    return f"Date: {formatdate(time.time() + seconds, usegmt=True)}"


def test_every_answer_of_an_api_tells_whatever_its_status(
    place: Callable[..., Any], page: Callable[..., bytes]
) -> None:
    api, clocks = place(page("no", "503 Not now", dated(312))), Clocks()
    ApiWire(Way(whose="Forge", section="[forge]", clocks=clocks)).ask(Asked(url=api.url))
    assert clocks.apart()["127.0.0.1"] == pytest.approx(312, abs=2)


def test_every_answer_of_a_page_tells_by_the_name_in_its_url(
    place: Callable[..., Any], page: Callable[..., bytes]
) -> None:
    clocks = Clocks()
    access = HttpAccess(clocks=clocks)
    access.get(place(page("hello", "200 OK", dated(-600))).url)
    assert clocks.apart()["127.0.0.1"] == pytest.approx(-600, abs=2)


def test_answers_of_aws_tell_refusals_among_them(
    place: Callable[..., Any], page: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, clocks = AwsAccount(id="123456789012", regions=("eu-central-1",)), Clocks()
    refusal = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
    api = place(page(refusal, "403 Forbidden", dated(900)))
    monkeypatch.setenv("AWS_ENDPOINT_URL", api.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-nobody")
    asking = AwsAccess(Aws(accounts=(account,)), lambda _: None, clocks=clocks)
    with pytest.raises(FactUnavailable, match="AWS 123456789012"):
        asking.caller(account.id)
    assert clocks.apart()["127.0.0.1"] == pytest.approx(900, abs=2)


def test_all_endpoints_of_aws_are_one_clock() -> None:
    from pytest_orr.clients.aws_clocks import AwsClocks  # noqa: PLC0415 botocore loads with it

    clocks = Clocks(lambda: NOON)
    listening: Any = AwsClocks(clocks)
    date = {"date": formatdate(NOON + 60, usegmt=True)}
    for host in ("ec2.eu-central-1.amazonaws.com", "pages.s3.amazonaws.com"):
        request: Any = type("Request", (), {"url": f"https://{host}/"})
        listening._leaves(request=request)
        listening._arrives(response_dict={"headers": date})
    assert clocks.apart() == {"amazonaws.com": 60}
