"""The example's image registry and Docker Hub's own API, on loopback: part of ``services.py``.

The registry speaks the Docker/OCI protocol for two names: the base images, which anybody may read,
and the service's own, which it shows to whoever has the reviewer's login. Every image's bytes are
the same at each boot, so that profiles can name their digests.
"""

from __future__ import annotations

import hashlib
import json
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from examples.explorer.release import release_commit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

USER, TOKEN = "explorer", "token-of-the-image-reviewer"
RELEASE = "v1.4.0"
BACKEND_DIGEST = "sha256:cfb1d6a5ad66fa2a4a1e0ea3ac3d5a5e4d2a8c4ab4b7b3b0e31e9f0d2c6f8a90"
"""Of the release's other image, which lies in ECR."""
INDEXER = "explorer/indexer"
TESTNET = "main"
"""Tag of what is built from the branch for the testnet."""
DEBIAN = "library/debian"
OCI = "application/vnd.oci.image"
BASE = "org.opencontainers.image.base"
REVISION = "org.opencontainers.image.revision"
FAULTS = frozenset(
    {"hub-one-owner", "hub-person", "indexer-moved", "indexer-old", "testnet-stale", "base-moved"}
)
"""Each breaks one criterion: who owns the namespace, what a tag leads to, how old an image is."""
PLANTED: Mapping[str, frozenset[str]] = {
    "faulty": frozenset({"hub-one-owner", "indexer-moved"}),
    "repaired": frozenset(),
}
Told = tuple[int, dict[str, str], bytes]


def serve(state: str, _: Path) -> dict[str, str]:
    """Start registry and API of a state; return where they are and who may read them."""
    shelves = shelves_of(PLANTED[state])
    return {
        "EXPLORER_REGISTRY": start(shelves.tell_registry),
        "EXPLORER_DOCKER_HUB": start(shelves.tell_hub),
        "EXPLORER_REGISTRY_USER": USER,
        "EXPLORER_REGISTRY_TOKEN": TOKEN,
    }


def digest_of(body: bytes) -> str:
    """Return the digest that names these bytes."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass
class Shelves:
    """What a registry holds, and whose the namespace is."""

    faults: frozenset[str] = frozenset()
    blobs: dict[str, bytes] = field(default_factory=dict)
    """By digest: configurations, manifests and indexes."""
    tags: dict[tuple[str, str], str] = field(default_factory=dict)
    """Digest by repository and tag."""

    def push(self, repository: str, tag: str, *, created: str, **labels: str) -> str:
        """Put an image of two platforms there; return the digest of its index."""
        listed = [
            self._platform(architecture, created, labels) for architecture in ("amd64", "arm64")
        ]
        index = {
            "schemaVersion": 2,
            "mediaType": f"{OCI}.index.v1+json",
            "manifests": listed,
        }
        self.tags[repository, tag] = digest = self._keep(index)
        return digest

    def _platform(
        self, architecture: str, created: str, labels: Mapping[str, str]
    ) -> dict[str, Any]:
        config = {
            "os": "linux",
            "architecture": architecture,
            "created": created,
            "config": {"User": "65532:65532", "Labels": dict(labels)},
            "rootfs": {"type": "layers", "diff_ids": []},
        }
        digest = self._keep(config)
        manifest = {
            "schemaVersion": 2,
            "mediaType": f"{OCI}.manifest.v1+json",
            "config": {
                "mediaType": f"{OCI}.config.v1+json",
                "digest": digest,
                "size": len(self.blobs[digest]),
            },
            "layers": [],
        }
        named = self._keep(manifest)
        return {
            "mediaType": manifest["mediaType"],
            "digest": named,
            "size": len(self.blobs[named]),
            "platform": {"os": "linux", "architecture": architecture},
        }

    def _keep(self, content: Mapping[str, Any]) -> str:
        body = json.dumps(content, separators=(",", ":")).encode()
        digest = digest_of(body)
        self.blobs[digest] = body
        return digest

    def tell_registry(self, path: str, headers: Mapping[str, str], _: bytes) -> Told:
        """Answer a request to the registry, or for one of its tokens."""
        parts = urlsplit(path)
        if parts.path == "/token":
            return self._token(parse_qs(parts.query).get("scope", [""])[0], headers)
        repository, kind, reference = _taken_apart(parts.path)
        allowed = f"Bearer read.{repository}" in headers.get("authorization", "")
        if not allowed and not repository.startswith("library/"):
            realm = f'Bearer realm="http://{headers["host"]}/token",service="registry"'
            return 401, {"WWW-Authenticate": realm}, b""
        digest = self.tags.get((repository, reference), reference)
        body = self.blobs.get(digest)
        if body is None:
            return 404, {}, _error("MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN")
        return 200, {"Docker-Content-Digest": digest}, body

    def _token(self, scope: str, headers: Mapping[str, str]) -> Told:
        pair = b64encode(f"{USER}:{TOKEN}".encode()).decode()
        if headers.get("authorization") != f"Basic {pair}":
            return 401, {}, b"{}"
        repository = scope.removeprefix("repository:").removesuffix(":pull")
        return 200, {}, json.dumps({"token": f"read.{repository}"}).encode()

    def tell_hub(self, path: str, headers: Mapping[str, str], body: bytes) -> Told:
        """Answer a request to Docker Hub's API."""
        where = urlsplit(path).path
        if where == "/v2/auth/token":
            known = json.loads(body) == {"identifier": USER, "secret": TOKEN}
            return (200, {}, b'{"access_token": "read.hub"}') if known else (401, {}, b"{}")
        if where == f"/v2/orgs/{USER}/":
            if "hub-person" in self.faults:
                return 302, {"Location": f"/v2/users/{USER}/"}, b""
            return 200, {}, json.dumps({"orgname": USER, "type": "Organization"}).encode()
        if where != f"/v2/orgs/{USER}/members":
            return 404, {}, b'{"message": "object not found"}'
        if headers.get("authorization") != "Bearer read.hub":
            return 401, {}, b"{}"
        names = ["eve"] if "hub-one-owner" in self.faults else ["bo", "eve"]
        owners = [{"username": name, "type": "User", "role": "Owner"} for name in names]
        told = {"count": len(owners), "previous": None, "next": None, "results": owners}
        return 200, {}, json.dumps(told).encode()


def shelves_of(faults: Iterable[str] = ()) -> Shelves:
    """Return what the registry holds: sound, but for the named faults."""
    named = frozenset(faults)
    if unknown := named - FAULTS:
        raise KeyError(*sorted(unknown))
    shelves = Shelves(faults=named)
    base = shelves.push(DEBIAN, "12-slim", created="2026-11-03T00:00:00Z")
    if "base-moved" in named:
        shelves.push(DEBIAN, "12-slim", created="2026-11-17T00:00:00Z")
    built = "2026-06-01T08:12:00Z" if "indexer-old" in named else "2026-11-12T08:12:00Z"
    said = {f"{BASE}.name": "docker.io/library/debian:12-slim", f"{BASE}.digest": base}
    shelves.push(INDEXER, RELEASE, created=built, **said)
    shelves.push(INDEXER, TESTNET, created="2026-11-19T02:06:00Z", **{REVISION: _built_from(named)})
    if "indexer-moved" in named:
        shelves.push(INDEXER, RELEASE, created="2026-11-18T22:40:00Z", **said)
    return shelves


def _built_from(faults: frozenset[str]) -> str:
    """Return the commit that the testnet's image is of."""
    return "0" * 40 if "testnet-stale" in faults else release_commit()


def testnet_digest() -> str:
    """Return the digest that is deployed to the testnet."""
    return shelves_of().tags[INDEXER, TESTNET]


def built_files() -> dict[str, bytes]:
    """Return the files in which the job that builds both images keeps their digests."""
    built = {
        "containerimage.digest": shelves_of().tags[INDEXER, RELEASE],
        "image.name": f"docker.io/{INDEXER}:{RELEASE}",
    }
    return {
        "digest.txt": f"{BACKEND_DIGEST}\n".encode(),
        "indexer.json": json.dumps(built).encode(),
    }


def start(tell: Callable[[str, Mapping[str, str], bytes], Told]) -> str:
    """Answer on a port of its own, on a thread that ends with the process; return the address."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            sent = self.rfile.read(int(headers.get("content-length") or 0))
            status, more, body = tell(self.path, headers, sent)
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = respond  # noqa: N815 named by http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def _taken_apart(path: str) -> tuple[str, str, str]:
    """Return repository, kind and reference of ``/v2/<repository>/<kind>/<reference>``."""
    front, _, reference = path.removeprefix("/v2/").rpartition("/")
    repository, _, kind = front.rpartition("/")
    return repository, kind, reference


def _error(code: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": "not known"}]}).encode()
