"""Names of images are read as Docker reads them."""

from __future__ import annotations

import pytest

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.image_names import image_name

DIGEST = f"sha256:{'ab' * 32}"


@pytest.mark.parametrize(
    ("text", "place", "tag", "digest"),
    [
        ("debian", "docker.io/library/debian", "", ""),
        ("debian:12", "docker.io/library/debian", "12", ""),
        ("explorer/backend", "docker.io/explorer/backend", "", ""),
        ("index.docker.io/debian", "docker.io/library/debian", "", ""),
        ("ghcr.io/a/b/c:1.0", "ghcr.io/a/b/c", "1.0", ""),
        ("localhost/a", "localhost/a", "", ""),
        ("registry:5000/a", "registry:5000/a", "", ""),
        ("[::1]:5000/a", "[::1]:5000/a", "", ""),
        (f"registry.example.org:5000/a:1@{DIGEST}", "registry.example.org:5000/a", "1", DIGEST),
    ],
)
def test_what_docker_leaves_out_is_filled_in(text: str, place: str, tag: str, digest: str) -> None:
    name = image_name(text)
    assert (name.place, name.tag, name.digest) == (place, tag, digest)
    assert image_name(str(name)) == name
    assert name.reference == (digest or tag or "latest")
    assert name.place.startswith(name.namespace)


def test_a_namespace_is_the_registry_and_all_but_the_last_part() -> None:
    names = ["debian", "explorer/backend", "ghcr.io/a/b/c", "registry.example.org/app"]
    assert [image_name(one).namespace for one in names] == [
        "docker.io/library",
        "docker.io/explorer",
        "ghcr.io/a/b",
        "registry.example.org",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "UPPER", "a//b", "a:", "a@sha256:0", "-a", "$BASE", "a b", "a" * 600, "x/../y", "a:b c"],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(FactUnavailable, match="is no name of an image"):
        image_name(text)
