"""A real registry on loopback with images that were really pushed, and places that play others."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import socket
import subprocess
import tarfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pytest_orr.clients.registry import RegistryAccess
from pytest_orr.profile.images import Images, Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HOST = "registry.example.org"
OCI = "application/vnd.oci.image"
CONFIG = """\
version: 0.1
log: {{accesslog: {{disabled: true}}, level: error}}
storage: {{filesystem: {{rootdirectory: {root}}}, delete: {{enabled: true}}}}
http: {{addr: 127.0.0.1:{port}}}
"""


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def empty_layer() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w"):
        pass
    return packed.getvalue()


LAYER = empty_layer()
PACKED = gzip.compress(LAYER, mtime=0)


def config_of(**said: Any) -> bytes:
    """A configuration as builders write it, for linux/amd64 unless it says otherwise."""
    layers = {"type": "layers", "diff_ids": [digest_of(LAYER)]}
    usual = {"os": "linux", "architecture": "amd64", "config": {}, "rootfs": layers}
    return json.dumps(usual | said).encode()


def manifest_of(config: bytes, **more: Any) -> bytes:
    """A manifest of one image with one empty layer."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{OCI}.manifest.v1+json",
            "config": {
                "mediaType": f"{OCI}.config.v1+json",
                "digest": digest_of(config),
                "size": len(config),
            },
            "layers": [
                {
                    "mediaType": f"{OCI}.layer.v1.tar+gzip",
                    "digest": digest_of(PACKED),
                    "size": len(PACKED),
                }
            ],
            **more,
        }
    ).encode()


@dataclass
class RealRegistry:
    """A running docker-registry, and whoever pushes to it."""

    url: str
    folder: Path

    def push(self, repository: str, tag: str, config: bytes, **more: Any) -> str:
        """Push an image over HTTP; return its digest."""
        for blob in (PACKED, config):
            begun = requests.post(f"{self.url}/v2/{repository}/blobs/uploads/", timeout=5)
            place = begun.headers["Location"]
            done = requests.put(place, params={"digest": digest_of(blob)}, data=blob, timeout=5)
            done.raise_for_status()
        return self.put(repository, tag, manifest_of(config, **more), f"{OCI}.manifest.v1+json")

    def put(self, repository: str, reference: str, body: bytes, kind: str) -> str:
        """Push a manifest or index; return its digest."""
        address = f"{self.url}/v2/{repository}/manifests/{reference}"
        requests.put(
            address, data=body, headers={"Content-Type": kind}, timeout=5
        ).raise_for_status()
        return digest_of(body)

    def delete(self, repository: str, digest: str) -> None:
        """Take an image out of a repository."""
        address = f"{self.url}/v2/{repository}/manifests/{digest}"
        requests.delete(address, timeout=5).raise_for_status()

    def push_with_skopeo(self, name: str, config: bytes) -> str:
        """Push an image as a person does; return its digest."""
        layout = self.folder / f"layout-{digest_of(config)[7:19]}"
        blobs = layout / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        manifest = manifest_of(config)
        for blob in (PACKED, config, manifest):
            (blobs / digest_of(blob)[7:]).write_bytes(blob)
        (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}', encoding="ascii")
        listed = {
            "mediaType": f"{OCI}.manifest.v1+json",
            "digest": digest_of(manifest),
            "size": len(manifest),
        }
        index = {"schemaVersion": 2, "manifests": [listed]}
        (layout / "index.json").write_text(json.dumps(index), encoding="ascii")
        host = self.url.removeprefix("http://")
        subprocess.run(
            [
                *("skopeo", "--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"),
                *(f"oci:{layout}", f"docker://{host}/{name}"),
            ],
            check=True,
            timeout=30,
        )
        return digest_of(manifest)

    def access(self) -> RegistryAccess:
        """Somebody new who asks it under the name that images have."""
        declared = Registry(host=HOST, url=self.url)
        return RegistryAccess(Images(registries=(declared,)), self.folder, {})


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    """docker-registry on loopback, empty at first."""
    missing = [name for name in ("docker-registry", "skopeo") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: run make packages as root")
    folder = tmp_path_factory.mktemp("registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / "config.yml"
    settings.write_text(CONFIG.format(root=folder / "data", port=port), encoding="utf-8")
    server = subprocess.Popen(
        ["docker-registry", "serve", str(settings)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        with suppress(requests.RequestException):
            requests.get(f"{url}/v2/", timeout=1)
            break
        time.sleep(0.05)
    yield RealRegistry(url, folder)
    server.terminate()
    server.wait(10)


@dataclass
class Played:
    """A place that answers as a test says, and keeps what it was sent."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path with its query, and headers by lower-case name."""
    bodies: list[bytes] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]

    def access(self, environment: Mapping[str, str] | None = None, **more: Any) -> RegistryAccess:
        """Somebody new who asks it under the name that images have."""
        declared = Registry(host=HOST, url=self.url, **more)
        return RegistryAccess(Images(registries=(declared,)), Path(), environment or {})


@contextmanager
def playing(answer: Callable[..., tuple[int, dict[str, str], bytes]]) -> Iterator[Played]:
    played = Played()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            played.asked.append((self.command, self.path, headers))
            played.bodies.append(self.rfile.read(int(headers.get("content-length", 0))))
            status, more, body = answer(self.path, headers)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 as http.server calls it

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        played.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield played
        server.shutdown()


@pytest.fixture
def play() -> Iterator[Callable[..., Played]]:
    """Open a place: ``play(lambda path, headers: (200, {}, b"…"))``."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(playing(answer))


@pytest.fixture(scope="session")
def config() -> Callable[..., bytes]:
    """Write a configuration: ``config(created="…", config={"User": "app"})``."""
    return config_of


@pytest.fixture(scope="session")
def manifest() -> Callable[..., bytes]:
    """Write the manifest of a configuration."""
    return manifest_of
