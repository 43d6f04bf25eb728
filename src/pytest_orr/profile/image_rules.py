"""What the profile's parts about images must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .image_names import DOCKER_HUB, image_name
from .mistakes import Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .image_names import ImageName

OF_DOCKER_HUB = ("url", "ca", "user", "token")


def broken_image_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about images that one key alone cannot show."""
    yield from _halves_of_logins(readiness)
    yield from _namespaces_of_nobody(readiness)
    yield from _images_not_of_the_release(readiness)
    yield from _scans_of_no_file(readiness)


def _halves_of_logins(readiness: Document) -> Iterator[Mistake]:
    for path, registry in readiness.tables("images.registries"):
        given = [key for key in ("user", "token") if key in registry]
        if len(given) == 1:
            told = f"has `{given[0]}` alone: a login is `user` and `token`"
            yield readiness.mistake((*path, given[0]), f"{show_key(path)} {told}")


def _namespaces_of_nobody(readiness: Document) -> Iterator[Mistake]:
    for path, namespace in readiness.tables("images.namespace"):
        name = namespace.get("name")
        where = (*path, "name")
        if not isinstance(name, str):
            continue
        if "/" not in name.strip("/"):
            told = "without its registry, such as docker.io/explorer"
            yield readiness.mistake(where, f"{show_key(where)} is {show(name)}, {told}")
        elif name.partition("/")[0] == DOCKER_HUB:
            if "group" in namespace:
                told = "of a forge, but Docker Hub has no forge: leave it out"
                yield readiness.mistake((*path, "group"), f"{show_key((*path, 'group'))} is {told}")
        else:
            for key in OF_DOCKER_HUB:
                if key in namespace:
                    told = f"for Docker Hub's API, and {show(name)} is not there"
                    yield readiness.mistake((*path, key), f"{show_key((*path, key))} is {told}")


def _images_not_of_the_release(readiness: Document) -> Iterator[Mistake]:
    images = [
        one for _, several in readiness.occurrences("release.images") for one in _list(several)
    ]
    named = [name for one in images if (name := _name(one))]
    for path, text in readiness.occurrences("images.built.image"):
        name = _name(text)
        if name is not None and name.place not in {one.place for one in named}:
            told = "which is in no image of `release`: correct it, or add the image there"
            yield readiness.mistake(path, f"{show_key(path)} is {show(text)}, {told}")
    for path, text in readiness.occurrences("images.scans.image"):
        name = _name(text)
        if name is not None and not name.digest:
            told = "without the digest that was scanned: add it, as @sha256:…"
            yield readiness.mistake(path, f"{show_key(path)} is {show(text)}, {told}")


def _scans_of_no_file(readiness: Document) -> Iterator[Mistake]:
    for path, scan in readiness.tables("images.scans"):
        if ("file" in scan) is ("artifact" in scan):
            told = "needs `file` or `artifact`, and not both"
            yield readiness.mistake(path, f"{show_key(path)} {told}")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _name(text: object) -> ImageName | None:
    """Return an image's name; what is none is told when it is asked for."""
    try:
        return image_name(text) if isinstance(text, str) else None
    except FactUnavailable:
        return None
