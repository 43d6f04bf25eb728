from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

from pytest_orr.clients.page_places import Places
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.schema import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.schema import Profile

HOSTS = ("wiki.example.org", "docs.example.org:8443")
FRONTEND = Endpoint(name="pages", role="frontend", url="https://explorer.example/")
PLAIN = Endpoint(name="old", role="frontend", url="http://old.example/")


@pytest.fixture
def places(profile_with: Callable[..., Profile]) -> Places:
    tokens = {"Docs.example.org:8443": FromEnvironment(env="DOCS")}
    profile = profile_with({"hosts": HOSTS, "tokens": tokens}, endpoints=(FRONTEND, PLAIN))
    return Places(profile, Path(), {"DOCS": "read-only"})


@pytest.mark.parametrize(
    "url",
    [
        "https://wiki.example.org/a?b#c",
        "HTTPS://WIKI.example.org:443/",
        "https://docs.example.org:8443/",
        "https://explorer.example",
    ],
)
def test_declared_hosts_may_be_asked(places: Places, url: str) -> None:
    assert places.of(url) is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://wiki.example.org/",
        "https://old.example/",
        "https://wiki.example.org:8443/",
        "https://docs.example.org/",
        "https://wiki.example.org@evil.example/",
        "https://evil.example\\@wiki.example.org/",
        "https://wiki.example.org.evil.example/",
        "https://wiki.example.org./",
        "https://wiki.example.org:99999/",
        "https://[::1]/",
        "https://[",
        "https://wiki.example.org%2eevil.example/",
        "https://w\u0131ki.example.org/",
        "https://wiki.example.org\n.evil.example/",
        "//wiki.example.org/",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_else_may(places: Places, url: str) -> None:
    assert places.of(url) is None
    with pytest.raises(FactUnavailable):
        places.admitted(url, what="it")


def test_a_token_is_for_its_own_host_alone(places: Places) -> None:
    docs, wiki = places.of("https://docs.example.org:8443/"), places.of("https://wiki.example.org")
    own = places.of("https://explorer.example/")
    assert docs
    assert wiki
    assert own
    told = [places.token_for(one) for one in (docs, wiki, own)]
    assert [one and one.value for one in told] == ["read-only", None, None]


@pytest.mark.parametrize(
    ("value", "cause"), [("", "DOCS, named in .* is not set"), ("a b", "no token has")]
)
def test_a_token_that_is_none_is_told(
    profile_with: Callable[..., Profile], value: str, cause: str
) -> None:
    tokens = {HOSTS[1]: FromEnvironment(env="DOCS")}
    places = Places(profile_with({"hosts": HOSTS, "tokens": tokens}), Path(), {"DOCS": value})
    docs = places.of("https://docs.example.org:8443/")
    assert docs
    with pytest.raises(FactUnavailable, match=cause):
        places.token_for(docs)


PIECES = st.lists(
    st.sampled_from(
        [
            *("https://", "http://", "wiki.example.org", "evil.example", "@", ":443", ":8443", "/"),
            *(
                "\\",
                "?",
                "#",
                ".",
                "%2f",
                "\t",
                " ",
                "[",
                "]",
                "//",
                "\u3002",
                "ß",
                "docs.example.org",
                "user",
            ),
        ]
    ),
    max_size=8,
).map("".join)


@given(url=PIECES)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_url_leaves_the_hosts_whoever_reads_it(places: Any, url: str) -> None:
    if places.of(url) is None:
        return
    parts, place = places.admitted(url, what="it")
    assert f"{place.host}:{place.port}" in {
        *("wiki.example.org:443", "docs.example.org:8443", "explorer.example:443")
    }
    for read in (urlsplit(parts.geturl()), urlsplit(url)):
        assert (read.scheme, read.hostname, read.port or 443) == ("https", place.host, place.port)
        assert read.username is None
    as_sent = parse_url(parts.geturl())
    assert (as_sent.host, as_sent.port or 443, as_sent.auth) == (place.host, place.port, None)
