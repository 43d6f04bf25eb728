"""A token goes to the one place that it is for, and shows nowhere."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.http import HttpAccess
from pytest_orr.clients.secret import Secret
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "nfp_canary-of-the-token"
TOKEN = Secret(VALUE)


def refusal(url: str, token: Secret = TOKEN) -> FactUnavailable:
    with pytest.raises(FactUnavailable) as caught:
        HttpAccess().get_as(token, url)
    return caught.value


def test_a_token_is_sent_as_bearer_with_the_one_request(
    place: Callable[..., Any], page: Callable[..., bytes]
) -> None:
    api = place(page('{"id": 1}', "200 OK", "Server: Netlify"))
    seen = HttpAccess().get_as(TOKEN, f"{api.url}/api/v1/sites/1")
    assert (seen.status, seen.text) == (200, '{"id": 1}')
    assert seen.headers == (("server", "Netlify"),)
    [sent] = api.requests
    assert sent.startswith("GET /api/v1/sites/1 HTTP/1.1\r\n")
    assert f"\r\nAuthorization: Bearer {VALUE}\r\n" in sent


def test_no_redirect_takes_a_token_on(
    place: Callable[..., Any], page: Callable[..., bytes]
) -> None:
    elsewhere = place(page("caught"))
    api = place(page("", "302 Found", f"Location: {elsewhere.url}/"))
    error = refusal(f"{api.url}/sites?key=1")
    assert error.cause == f"{api.url}/sites redirects, and a token is not taken anywhere else"
    assert error.remedy == "correct the address in readiness.toml"
    assert elsewhere.requests == []


def test_without_a_token_nothing_like_one_is_sent(
    place: Callable[..., Any], page: Callable[..., bytes]
) -> None:
    api = place(page())
    access = HttpAccess()
    access.get_as(TOKEN, api.url)
    access.get(api.url)
    assert ["authorization" in one.lower() for one in api.requests] == [True, False]


def test_a_token_does_not_leave_this_machine_unencrypted() -> None:
    error = refusal("http://api.example/sites")
    assert error.cause == (
        "http://api.example/sites is not https, and a token is sent by nothing else"
    )
    assert error.remedy == "let the address in readiness.toml begin with https://"


@pytest.mark.parametrize("value", ["", "two words", "broken\r\nX-Other: 1", "tökèn", "\x1b[31m"])
def test_a_token_that_is_none_is_not_sent_and_not_shown(
    place: Callable[..., Any], page: Callable[..., bytes], value: str
) -> None:
    api = place(page())
    error = refusal(api.url, Secret(value))
    assert error.cause == "the token for 127.0.0.1 has characters that no token has"
    assert error.remedy == "set the variable to the token alone, without spaces or line breaks"
    assert api.requests == []


def test_a_token_shows_in_no_text_log_or_traceback(
    place: Callable[..., Any], page: Callable[..., bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api = place(page("", "302 Found", "Location: /"))
    with pytest.raises(FactUnavailable) as caught:
        HttpAccess().get_as(TOKEN, api.url)
    told = "".join(traceback.format_exception(caught.value))
    assert "get_as" in told
    for text in (repr(TOKEN), str(TOKEN), f"{TOKEN}", told, caplog.text):
        assert VALUE not in text
