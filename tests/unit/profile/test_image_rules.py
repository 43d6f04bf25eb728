"""What the profile's parts about images must agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

DIGEST = f"sha256:{'ab' * 32}"
IMAGES = f"""
[[images.registries]]
host = "docker.io"
user = {{ env = "REGISTRY_USER" }}
token = {{ env = "REGISTRY_TOKEN" }}
[images.namespace]
name = "docker.io/explorer"
[[images.scans]]
image = "explorer/indexer@{DIGEST}"
format = "sarif"
file = "scan.sarif"
"""
BUILT = '[[images.built]]\nimage = "explorer/indexer"\ndigest_file = "digest.txt"\n'


def released(text: str) -> str:
    """Let the release of a profile name an image."""
    return text.replace("[release]\n", f'[release]\nimages = ["explorer/indexer:1@{DIGEST}"]\n')


def test_images_that_agree_are_no_mistake(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    images = loaded(readiness=released(profile_text) + IMAGES + BUILT).profile.images
    assert [one.host for one in images.registries] == ["docker.io"]
    assert images.scans[0].report.about == "dependencies"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'token = { env = "REGISTRY_TOKEN" }\n',
            "",
            "`images.registries` has `user` alone: a login is `user` and `token`",
        ),
        (
            '"docker.io/explorer"',
            '"explorer"',
            (
                '`images.namespace.name` is "explorer", without its registry, such as '
                "docker.io/explorer"
            ),
        ),
        (
            '"docker.io/explorer"',
            '"docker.io/explorer"\ngroup = "explorer"',
            "`images.namespace.group` is of a forge, but Docker Hub has no forge: leave it out",
        ),
        (
            '"docker.io/explorer"',
            '"ghcr.io/explorer"\nurl = "https://hub.example.org"',
            (
                "`images.namespace.url` is for Docker Hub's API, and "
                '"ghcr.io/explorer" is not there'
            ),
        ),
        (
            f"@{DIGEST}",
            ":1",
            (
                '`images.scans.image` is "explorer/indexer:1", without the digest that was scanned:'
                " add it, as @sha256:…"
            ),
        ),
        ('file = "scan.sarif"\n', "", "`images.scans` needs `file` or `artifact`, and not both"),
    ],
    ids=["login", "registry", "group", "url", "digest", "file"],
)
def test_what_contradicts_itself_is_told(
    loaded: Callable[..., Written], profile_text: str, old: str, new: str, told: str
) -> None:
    assert IMAGES.count(old) == 1
    with pytest.raises(InvalidInput) as caught:
        loaded(readiness=profile_text + IMAGES.replace(old, new))
    [mistake] = caught.value.mistakes
    assert mistake.endswith(told)


def test_a_built_image_is_of_the_release_and_named_once(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    for text, told in (
        (profile_text + BUILT, "which is in no image of `release`"),
        (released(profile_text) + BUILT + BUILT, "again"),
    ):
        with pytest.raises(InvalidInput) as caught:
            loaded(readiness=text)
        [mistake] = caught.value.mistakes
        assert told in mistake


def test_what_is_no_image_is_left_to_whoever_asks_for_it(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    built = BUILT.replace('"explorer/indexer"', '"UPPER"')
    assert loaded(readiness=profile_text + built).profile.images.built[0].image == "UPPER"
