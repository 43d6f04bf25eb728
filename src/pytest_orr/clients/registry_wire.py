"""One question to a registry or to its token service over the wire: loads requests when used."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from urllib3.exceptions import HTTPError

from pytest_orr.errors import FactUnavailable

from .http import shown
from .http_exchange import CHUNK, Line
from .http_failures import named, timed_out, unreadable_authorities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .http import Hop

REACH = "see that it answers from here, or correct its url or ca under [images] in readiness.toml"
SENT = {"User-Agent": "pytest-orr", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, whole."""

    status: int
    headers: Mapping[str, str]
    """Names of any case find theirs."""
    body: bytes


def asked(hop: Hop, headers: Mapping[str, str], sent: object = None) -> Reply:
    """Send one request, follow nothing, and return its answer.

    ``sent`` is posted as JSON, to log in alone. An answer without an end, or larger than the hop
    allows, and whatever keeps an answer from coming raise ``FactUnavailable``.
    """
    line = Line(hop)
    watchdog = threading.Timer(line.seconds_left(), line.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        reply = _exchange(hop, headers, sent, line)
    except (requests.RequestException, HTTPError) as error:
        failure = timed_out(hop) if line.was_cut else named(error, hop)
        raise FactUnavailable(failure.cause, REACH) from None
    except OSError:  # a file of authorities that holds none
        raise FactUnavailable(unreadable_authorities(hop).cause, REACH) from None
    finally:
        watchdog.cancel()
    if line.was_cut:
        raise FactUnavailable(timed_out(hop).cause, REACH)
    return reply


def _exchange(hop: Hop, headers: Mapping[str, str], sent: object, line: Line) -> Reply:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", line)
        session.mount("http://", line)
        more: dict[str, Any] = {} if sent is None else {"json": sent}
        answer = session.request(
            hop.method,
            hop.url.geturl(),
            headers={**SENT, **headers},
            timeout=line.seconds_left(),
            verify=hop.route.ca or True,
            stream=True,
            allow_redirects=False,
            **more,
        )
        with closing(answer):
            body = bytearray()
            for chunk in answer.iter_content(CHUNK):
                body += chunk
                if len(body) > hop.largest_body:
                    raise _too_large(hop)
            return Reply(status=answer.status_code, headers=answer.headers, body=bytes(body))


def _too_large(hop: Hop) -> FactUnavailable:
    return FactUnavailable(
        f"the answer of {shown(hop.url)} is larger than {hop.largest_body // 1024} KiB",
        "look at what it sends by hand: a manifest or configuration is much smaller",
    )
