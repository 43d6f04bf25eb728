"""The HTTPS side of the embedded world: a block explorer in five pages, sound or with faults.

Run by ``world.py`` as ``python -m examples.explorer.edge STATE FOLDER``.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from examples.explorer.certificates import issue
from examples.explorer.child import stay
from examples.explorer.contacts import PLANTED, contacts
from examples.explorer.exposition import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAGES = "explorer.example"
HOSTS = (PAGES, "api.explorer.example")
"""Names of the pages and of what the backend answers; both are served here."""
CLOUDFRONT = {
    "Via": "1.1 5d0f3e1c8a7b4296.cloudfront.net (CloudFront)",
    "X-Amz-Cf-Id": "rM3T0kQh5vX7ZpA1cN9dW2sB8yE4uJ6f",
}
"""What CloudFront adds to the pages that it delivers."""
FRONTEND = """<!doctype html>
<html lang="en">
<head><title>Explorer</title><script defer src="/assets/explorer.js"></script></head>
<body><h1>Latest blocks</h1><ol><li>Block 4210000</li><li>Block 4209999</li></ol>
<footer><a href="https://wiki.example.org/explorer/faq">Questions and answers</a></footer></body>
</html>
"""
SEARCH = """<!doctype html>
<html lang="en">
<head><title>Search</title></head>
<body><h1>Search</h1><form><label for="q">Address, block or transaction</label>
<input id="q" name="q">
<button type="button" class="help" aria-describedby="what">?</button>
<p id="what" role="tooltip">An address begins with 0x and has 42 characters.</p></form></body>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one path answers."""

    status: int = 200
    kind: str
    text: str


def frontend(faults: Iterable[str] = ()) -> str:
    """Return the first page, with faults in how it says whom users may ask."""
    return FRONTEND.replace("</footer>", f"{contacts(faults)}</footer>")


PUBLIC_METRICS = {"/metrics": Reply(kind="text/plain; version=0.0.4", text=METRICS)}
"""What only Prometheus should reach."""


def replies(state: str) -> Mapping[str, Reply]:
    """Return what each path answers in a state."""
    faulty = state == "faulty"
    health = {
        "status": "degraded" if faulty else "up",
        "dependencies": {
            "database": "up",
            "indexer": "down" if faulty else "up",
            "node": "up",
        },
    }
    journey = json.dumps({"chain": "mainnet", "height": 4210000, "synced": True})
    return {
        "/": Reply(kind="text/html; charset=utf-8", text=frontend(PLANTED[state])),
        "/search": Reply(kind="text/html; charset=utf-8", text=SEARCH),
        "/assets/explorer.js": Reply(kind="text/javascript", text="document.title;\n"),
        "/api/v1/status": Reply(kind="application/json", text=journey),
        "/health": Reply(
            status=503 if faulty else 200, kind="application/json", text=json.dumps(health)
        ),
    } | (PUBLIC_METRICS if faulty else {})


class Handler(BaseHTTPRequestHandler):
    """Answers from the server's table."""

    server: Server
    timeout = 10

    def do_GET(self) -> None:
        """Answer with status, headers and body."""
        nothing = Reply(status=404, kind="text/plain", text="not found\n")
        reply = self.server.table.get(self.path, nothing)
        body = reply.text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(body)))
        if self.headers.get("Host") == PAGES:
            for name, value in CLOUDFRONT.items():
                self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 the name that http.server looks for

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """Serves one table of replies."""

    daemon_threads = True

    def __init__(self, table: Mapping[str, Reply], chain: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.table = table
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        # the handshake waits for the connection's own thread, so that one client delays no other
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )


def main(state: str, folder: Path) -> None:
    """Serve the pages until the parent ends."""
    ca, chain = issue(folder, HOSTS)
    server = Server(replies(state), chain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stay(folder, address=f"127.0.0.1:{server.server_port}", ca=str(ca))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
