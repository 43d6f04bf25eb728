"""Registries of container images as collectors see them: what a name leads to, by its own digest.

It speaks the Docker/OCI protocol, version 2, and reads alone. Only registries that the profile
declares are asked: names of images come from repositories and hosts, which may be anybody's.
"""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.image_names import DOCKER_HUB, ImageName, image_name

from .http import Route
from .memo import Memo
from .registry_login import Login
from .registry_place import NotPublished, Place, address
from .registry_reading import ACCEPTED, Manifest, digest_of, read_config, read_manifest
from .registry_said import PlatformImage, PublishedImage
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_orr.profile.images import Images, Registry

HUB_URL = "https://registry-1.docker.io"
MOST_PLATFORMS = 40


class RegistryAccess:
    """Asks the declared registries; what was answered is remembered for the run.

    Names are written as Docker writes them: ``debian:12``, ``registry.example.org/team/app:1``.
    All raise ``FactUnavailable`` with cause and remedy; of these ``NotPublished`` says that the
    repository may be read and has no such tag or digest.
    """

    def __init__(
        self, declared: Images, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Take what the profile declares; ``folder`` is the profile's, for the files it names."""
        self._declared = {one.host: one for one in declared.registries}
        self._folder = folder
        self._environment = os.environ if environment is None else environment
        self._asking = threading.Lock()
        self._places: dict[str, Place] = {}
        self._memo = Memo()
        self._images: dict[str, PublishedImage] = {}

    def digest_of(self, image: str) -> str:
        """Return the digest that a name leads to, as its bytes have it; of an index the index's."""
        with self._asking:
            return self._manifest(image_name(image)).digest

    def digests_of(self, image: str) -> frozenset[str]:
        """Return the digest that a name leads to, and of an index those of its platforms too."""
        with self._asking:
            manifest = self._manifest(image_name(image))
        return frozenset({manifest.digest, *(digest for _, digest in manifest.platforms)})

    def has(self, image: str) -> bool:
        """Tell whether a name leads to an image that can be pulled: manifest and configuration."""
        try:
            self.image(image)
        except NotPublished:
            return False
        return True

    def image(self, image: str) -> PublishedImage:
        """Return an image with all of its platforms, each with date, user and public labels."""
        name = image_name(image)
        with self._asking:
            if str(name) not in self._images:
                self._images[str(name)] = self._read(name)
            return self._images[str(name)]

    def _read(self, name: ImageName) -> PublishedImage:
        manifest = self._manifest(name)
        if not manifest.platforms and manifest.config:
            return PublishedImage(
                digest=manifest.digest, platforms=(self._platform(name, manifest),)
            )
        if not 0 < len(manifest.platforms) <= MOST_PLATFORMS:
            raise FactUnavailable(
                f"its index names {len(manifest.platforms)} images, and none is read of more than "
                f"{MOST_PLATFORMS}",
                "push an index of the platforms that are run",
            )
        return PublishedImage(
            digest=manifest.digest,
            platforms=tuple(
                self._platform(name, self._manifest(_by_digest(name, digest)), platform)
                for platform, digest in manifest.platforms
            ),
        )

    def _platform(self, name: ImageName, manifest: Manifest, platform: str = "") -> PlatformImage:
        if not manifest.config:
            raise FactUnavailable("its index leads to an index", "push one index of images")
        reply = self._place(name.host).get(name.repository, f"blobs/{manifest.config}", "*/*")
        if digest_of(reply.body) != manifest.config:
            raise _lied(name, manifest.config)
        return read_config(
            reply.body,
            digest=manifest.digest,
            annotations=manifest.annotations,
            platform=platform,
        )

    def _manifest(self, name: ImageName) -> Manifest:
        return self._memo.once(f"{name.place}@{name.reference}", partial(self._asked, name))

    def _asked(self, name: ImageName) -> Manifest:
        path = f"manifests/{name.reference}"
        reply = self._place(name.host).get(name.repository, path, ACCEPTED)
        manifest = read_manifest(reply.body)
        told = reply.headers.get("Docker-Content-Digest") or manifest.digest
        for digest in (told, name.digest or manifest.digest):
            if digest != manifest.digest:
                raise _lied(name, digest)
        return manifest

    def _place(self, host: str) -> Place:
        if host not in self._places:
            self._places[host] = self._opened(host)
        return self._places[host]

    def _opened(self, host: str) -> Place:
        declared = self._declared.get(host)
        if declared is None:
            raise Undeclared("[[images.registries]]", f"the registry {host}")
        usual = HUB_URL if host == DOCKER_HUB else f"https://{host}"
        url = address(self._setting(declared, "url") or usual)
        ca = self._setting(declared, "ca")
        return Place(
            url=url,
            route=Route(ca=str(self._folder / ca) if ca else ""),
            login=Login(
                user=self._setting(declared, "user"),
                secret=Secret(self._setting(declared, "token")),
            ),
        )

    def _setting(self, declared: Registry, key: str) -> str:
        where = f'registry "{declared.host}" {key}'
        return setting(getattr(declared, key), where=where, environment=self._environment)


def _by_digest(name: ImageName, digest: str) -> ImageName:
    return replace(name, tag="", digest=digest)


def _lied(name: ImageName, digest: str) -> FactUnavailable:
    return FactUnavailable(
        f"{name.host} gave other bytes for {name.repository} than {digest} names",
        "find out who answers in its place: nothing of it is to be trusted",
    )
