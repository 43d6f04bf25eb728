"""A proxy before the simulated AWS: a delay for each request, the same answer as the last time.

It is an HTTP proxy, since S3 Control puts the account before the name of any host that it asks.

What was asked before is answered from memory, so that the simulation's own slowness is no part of
what is measured: there remain the delay, the number of requests, and the asker's own work.
``python -m benchmarks.aws_proxy URL`` prints its URL and serves until its standard input ends.
``POST /benchmark/MS`` sets the delay and begins to count; ``GET /benchmark/`` tells how many
requests there were since.
"""

from __future__ import annotations

import asyncio
import http.client
import re
import sys
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONTROL = "/benchmark/"
SIGNED_BY = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
"""Whose request it is, to which region and service."""
HEADERS = ("content-type", "x-amz-target", "host")
"""What says, besides path and body, what is asked."""
NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
ABSOLUTE = re.compile(r"^http://[^/]+")
"""What a client puts before the path when it asks through a proxy."""
MOST_HEADERS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same question of the same account, whenever and by whom it is signed."""
        signed = SIGNED_BY.search(self.headers.get("authorization", ""))
        told = (self.headers.get(name) for name in HEADERS)
        return (self.method, self.path, self.body, *told, *(signed.groups() if signed else ()))


@dataclass(kw_only=True)
class Wire:
    """Answers requests as the simulation at ``url`` does."""

    url: str
    delay: float = 0.0
    asked: int = 0
    memory: dict[tuple[object, ...], bytes] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer everything that comes over one connection."""
        try:
            while True:
                request = await received(reader)
                writer.write(await self.answer(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def answer(self, request: Request) -> bytes:
        """Return the whole answer, headers and all."""
        if request.path.startswith(CONTROL):
            return self.controlled(request)
        self.asked += 1
        await asyncio.sleep(self.delay)
        if request.key not in self.memory:
            self.memory[request.key] = await asyncio.to_thread(fetched, self.url, request)
        return self.memory[request.key]

    def controlled(self, request: Request) -> bytes:
        """Set the delay and begin to count, or tell the count."""
        if request.method == "POST":
            self.delay = int(request.path.removeprefix(CONTROL)) / 1000
            self.asked = 0
        return framed("200 OK", {}, str(self.asked).encode())


async def received(reader: asyncio.StreamReader) -> Request:
    """Read one request; the end of the connection raises ``IncompleteReadError``."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    path = ABSOLUTE.sub("", target)
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method=method, path=path, headers=headers, body=body)


def fetched(url: str, request: Request) -> bytes:
    """Ask the simulation."""
    place = urlsplit(url).netloc
    upstream = http.client.HTTPConnection(place, timeout=120)
    kept = {name: value for name, value in request.headers.items() if name not in NOT_PASSED_ON}
    upstream.request(request.method, request.path, body=request.body or None, headers=kept)
    answer = upstream.getresponse()
    said = {name: value for name, value in answer.getheaders() if name.lower() not in NOT_PASSED_ON}
    whole = framed(f"{answer.status} {answer.reason}", said, answer.read())
    upstream.close()
    return whole


def framed(status: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return an answer as it goes over the wire."""
    told = headers | {"Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


async def main() -> None:
    """Serve until whoever started this ends."""
    wire = Wire(url=sys.argv[1])
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0, limit=MOST_HEADERS, backlog=512)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
