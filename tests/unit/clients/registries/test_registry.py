"""What a registry holds is read as it is, and what it answers instead is told apart."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.registry_place import NotPublished
from pytest_orr.errors import FactUnavailable, Undeclared

if TYPE_CHECKING:
    from collections.abc import Callable

HOST = "registry.example.org"
OCI = "application/vnd.oci.image"
BASE = "org.opencontainers.image.base"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def labels(**more: str) -> dict[str, Any]:
    return {"User": "app", "Env": ["TOKEN=of-nobody"], "Labels": more}


def test_an_image_that_skopeo_pushed_is_read_with_date_user_and_labels(
    real: Any, config: Callable[..., bytes]
) -> None:
    said = labels(
        **{
            "org.opencontainers.image.revision": COMMIT,
            f"{BASE}.name": "docker.io/library/debian:12",
            f"{BASE}.digest": f"sha256:{'ab' * 32}",
            "com.example.password": "of-nobody",
        }
    )
    digest = real.push_with_skopeo(
        "team/app:1.0", config(created="2025-01-01T00:00:00.123456789Z", config=said)
    )
    image = real.access().image(f"{HOST}/team/app:1.0")
    assert image.digest == digest
    [one] = image.platforms
    assert one.platform == "linux/amd64"
    assert one.digest == digest
    assert one.created == dt.datetime(2025, 1, 1, 0, 0, 0, 123456, dt.UTC)
    assert (one.user, one.revision) == ("app", COMMIT)
    assert (one.base_name, one.base_digest) == (
        "docker.io/library/debian:12",
        f"sha256:{'ab' * 32}",
    )
    assert "of-nobody" not in repr(image)


def test_an_index_is_read_with_all_of_its_platforms_and_without_what_builders_add(
    real: Any, config: Callable[..., bytes], manifest: Callable[..., bytes]
) -> None:
    listed = []
    for architecture in ("amd64", "arm64"):
        written = config(architecture=architecture, created="2026-11-01T00:00:00Z")
        digest = real.push("team/several", architecture, written)
        size = len(manifest(written))
        platform = {"os": "linux", "architecture": architecture}
        listed.append((digest, size, platform))
    digest = real.push("team/several", "attestation", config(os="unknown"))
    listed.append((digest, len(manifest(config(os="unknown"))), {"os": "unknown"}))
    index = {
        "schemaVersion": 2,
        "mediaType": f"{OCI}.index.v1+json",
        "manifests": [
            {
                "mediaType": f"{OCI}.manifest.v1+json",
                "digest": digest,
                "size": size,
                "platform": platform,
            }
            for digest, size, platform in listed
        ],
    }
    pushed = real.put("team/several", "1", json.dumps(index).encode(), f"{OCI}.index.v1+json")
    access = real.access()
    image = access.image(f"{HOST}/team/several:1")
    assert image.digest == pushed == access.digest_of(f"{HOST}/team/several:1")
    assert [one.platform for one in image.platforms] == ["linux/amd64", "linux/arm64"]
    assert image.digests == {pushed, *(digest for digest, _, _ in listed[:2])}


def test_a_moved_tag_leads_to_another_digest_and_the_old_one_stays(
    real: Any, config: Callable[..., bytes]
) -> None:
    old = real.push("team/moved", "1", config(created="2026-01-01T00:00:00Z"))
    new = real.push("team/moved", "1", config(created="2026-02-01T00:00:00Z"))
    access = real.access()
    assert access.digest_of(f"{HOST}/team/moved:1") == new != old
    assert access.digest_of(f"{HOST}/team/moved:1@{old}") == old
    assert access.has(f"{HOST}/team/moved@{old}")


def test_a_deleted_image_is_not_there(real: Any, config: Callable[..., bytes]) -> None:
    name = f"{HOST}/team/deleted:1"
    digest = real.push("team/deleted", "1", config())
    assert real.access().has(name)
    real.delete("team/deleted", digest)
    assert not real.access().has(name)
    with pytest.raises(NotPublished) as caught:
        real.access().digest_of(name)
    assert caught.value.cause == "127.0.0.1 does not have team/deleted/manifests/1"


def test_nothing_is_asked_twice(
    play: Callable[..., Any], config: Callable[..., bytes], manifest: Callable[..., bytes]
) -> None:
    written = config()
    bodies = {"manifests": manifest(written), "blobs": written}
    place = play(lambda path, _: (200, {}, bodies[path.split("/")[-2]]))
    access = place.access()
    for _ in range(2):
        access.image(f"{HOST}/team/app:1")
        access.digest_of(f"{HOST}/team/app:1")
    assert len(place.asked) == 2


def test_a_registry_that_is_not_declared_is_not_asked(real: Any) -> None:
    with pytest.raises(Undeclared) as caught:
        real.access().digest_of("debian:12")
    assert caught.value.remedy == (
        "declare the registry docker.io under [[images.registries]] in readiness.toml"
    )


def reply(body: bytes, status: int = 200, **headers: str) -> Callable[..., Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *_: (status, named, body)


def error(code: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": "x"}]}).encode()


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (reply(b"{}", 404), "127.0.0.1 says 404 to team/app/manifests/1: it is not there, or not"),
        (reply(error("NAME_UNKNOWN"), 404), "127.0.0.1 says 404 to team/app/manifests/1"),
        (reply(b"[" * 100_000, 404), "127.0.0.1 says 404"),
        (reply(error("DENIED"), 403), "127.0.0.1 does not show it to this login, or to nobody"),
        (reply(b"", 429, Retry_After="30"), "127.0.0.1 asks for fewer requests, for 30 s more"),
        (reply(b"", 429, Retry_After="a day"), "127.0.0.1 asks for fewer requests"),
        (reply(b"", 503), "127.0.0.1 answered 503"),
        (reply(b"no json"), "the registry's answer is no JSON object"),
        (reply(b"[" * 100_000), "the registry's answer is no JSON object"),
        (reply(b"[]"), "the registry's answer is no JSON object"),
        (reply(b"{}"), "its manifest names no configuration"),
        (reply(b'{"config": {"digest": "sha512:00"}}'), "its manifest names no configuration"),
        (reply(b'{"manifests": [{"digest": 1}]}'), "its index names an image without a digest"),
        (reply(b'{"manifests": []}'), "its index names 0 images"),
        (reply(b" " * (4 * 1024 * 1024 + 1)), "is larger than 4096 KiB"),
        (
            reply(b'{"config": {}}', Docker_Content_Digest=f"sha256:{'00' * 32}"),
            "its manifest names no configuration",
        ),
        (reply(b"", 302, Location="http://elsewhere.example/"), "redirects to http://elsewhere.ex"),
        (reply(b"", 302, Location="/again"), "127.0.0.1 redirects 3 times and more"),
        (reply(b"", 401), "127.0.0.1 wants to know who asks, and does not say how to tell it"),
    ],
    ids=map(str, range(19)),
)
def test_what_a_registry_answers_instead_of_an_image_is_told_apart(
    play: Callable[..., Any], answer: Any, cause: str
) -> None:
    with pytest.raises(FactUnavailable) as caught:
        play(answer).access().image(f"{HOST}/team/app:1")
    assert cause in caught.value.cause
    assert not isinstance(caught.value, NotPublished)
    assert caught.value.remedy


def test_a_registry_that_gives_other_bytes_than_it_names_is_not_believed(
    play: Callable[..., Any], config: Callable[..., bytes], manifest: Callable[..., bytes]
) -> None:
    written = config()
    bodies = {"manifests": manifest(written), "blobs": config(created="2026-11-19T00:00:00Z")}
    lying = f"sha256:{'00' * 32}"
    place = play(lambda path, _: (200, {}, bodies[path.split("/")[-2]]))
    told = play(lambda *_: (200, {"Docker-Content-Digest": lying}, bodies["manifests"]))
    for access, name in (
        (place.access(), f"{HOST}/team/app:1"),
        (place.access(), f"{HOST}/team/app:1@{lying}"),
        (told.access(), f"{HOST}/team/app:1"),
    ):
        with pytest.raises(FactUnavailable) as caught:
            access.image(name)
        assert "gave other bytes for team/app than sha256:" in caught.value.cause


@pytest.mark.parametrize(
    ("index", "cause"),
    [
        ({"manifests": [{"digest": f"sha256:{'00' * 32}"}] * 41}, "its index names 41 images"),
        ({"manifests": [{"digest": "ITSELF"}]}, "its index leads to an index"),
        (
            {"manifests": [{"digest": f"sha256:{'00' * 32}", "platform": {"os": "unknown"}}]},
            "its index names 0 images",
        ),
    ],
)
def test_an_index_that_leads_nowhere_is_refused(
    play: Callable[..., Any], index: Any, cause: str
) -> None:
    inner = json.dumps({"manifests": [{"digest": f"sha256:{'11' * 32}"}]}).encode()
    own = f"sha256:{hashlib.sha256(inner).hexdigest()}"
    outer = json.dumps(index).replace("ITSELF", own).encode()
    place = play(lambda path, _: (200, {}, outer if path.endswith("/1") else inner))
    with pytest.raises(FactUnavailable, match=cause):
        place.access().image(f"{HOST}/team/app:1")


@pytest.mark.parametrize("created", ["1970-01-01T00:00:00Z", "yesterday", None, 3, "2026-01-01"])
def test_a_date_that_stands_for_none_is_none(
    play: Callable[..., Any],
    config: Callable[..., bytes],
    manifest: Callable[..., bytes],
    created: Any,
) -> None:
    written = config(created=created, config=None)
    bodies = {"manifests": manifest(written), "blobs": written}
    place = play(lambda path, _: (200, {}, bodies[path.split("/")[-2]]))
    [one] = place.access().image(f"{HOST}/team/app:1").platforms
    assert one.created is None


def test_annotations_stand_for_labels_that_are_missing(
    play: Callable[..., Any], config: Callable[..., bytes], manifest: Callable[..., bytes]
) -> None:
    written = config()
    said = {f"{BASE}.name": "docker.io/library/debian:12", f"{BASE}.digest": "none", "x": "y"}
    bodies = {"manifests": manifest(written, annotations=said), "blobs": written}
    place = play(lambda path, _: (200, {}, bodies[path.split("/")[-2]]))
    [one] = place.access().image(f"{HOST}/team/app:1").platforms
    assert (one.base_name, one.base_digest) == ("docker.io/library/debian:12", "")


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://registry.example.org", "is to be asked without TLS"),
        ("http://127.0.0.1:1", "127.0.0.1:1 refused the connection"),
        ("ftp://127.0.0.1", "is not an http or https URL with a host"),
    ],
)
def test_a_registry_that_cannot_be_asked_says_why(
    play: Callable[..., Any], url: str, cause: str
) -> None:
    place = play(reply(b""))
    place.url = url
    with pytest.raises(FactUnavailable, match=cause):
        place.access().image(f"{HOST}/team/app:1")


def test_authorities_that_cannot_be_read_are_named(play: Callable[..., Any]) -> None:
    place = play(reply(b""))
    place.url = "https://127.0.0.1:1"
    with pytest.raises(FactUnavailable, match=r"nowhere\.pem is not a readable file of PEM"):
        place.access(ca="nowhere.pem").image(f"{HOST}/team/app:1")
