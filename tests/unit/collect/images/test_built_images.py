"""What the release's pipeline built, and what tags lead to: one digest everywhere, or not."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Job, Pipeline
from pytest_orr.collect.images.built_images import BuiltImage, BuiltImages
from pytest_orr.collect.images.digest_files import built_digest
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.forge import Delivery
from pytest_orr.profile.images import BuiltImage as Declared

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.clients.forge.said import Status

DIGEST = f"sha256:{'ab' * 32}"
COMMIT = "5e1ea5e0" * 5
NAME = "docker.io/explorer/indexer"
NOW = dt.datetime(2026, 11, 12, 8, tzinfo=dt.UTC)


def pipeline(number: str, hours: int = 0, ref: str = "v1.4.0") -> Pipeline:
    return Pipeline(
        id=number,
        commit=COMMIT,
        ref=ref,
        source="push",
        status="success",
        started=NOW + dt.timedelta(hours=hours),
    )


def forge(digest: str, *jobs: tuple[str, Status], name: str = "image") -> dict[str, Any]:
    """A forge with a pipeline for each ``(pipeline, status)`` of the job."""
    told: dict[str, Status] = dict(jobs) or {"1": "success"}
    return {
        "pipelines": lambda **_: tuple(pipeline(one, n) for n, one in enumerate(told)),
        "jobs": lambda one: (
            Job(id="0", name="test", status="success", may_fail=False),
            Job(id="1", name=name, status=told[one.id], may_fail=False),
        ),
        "artifact": lambda *asked, **_: {
            (COMMIT, name, "digest.txt"): digest.encode(),
        }[asked],
    }


@pytest.fixture
def built(desk_of: Callable[..., Any], shop: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is seen of the indexer: ``built(forge(…), released=…, faults=…)``."""

    def read(
        said: dict[str, Any], *, tag: str = ":v1.4.0", faults: tuple[str, ...] = (), **more: Any
    ) -> Any:
        usual = shop().digest("explorer/indexer", "v1.4.0")
        declared = (Declared(image=NAME, digest_file="digest.txt"),)
        known = {"delivery": Delivery(image_job="image"), "images": {"built": declared}, **more}
        desk = desk_of(f"{NAME}{tag}@{usual}", faults=faults, forge=said, **known)
        [part] = BuiltImages().collect(desk).value
        return part

    return read


@pytest.fixture
def digest(shop: Callable[..., Any]) -> str:
    """What the indexer's tag leads to."""
    return str(shop().digest("explorer/indexer", "v1.4.0"))


def test_a_job_that_built_what_the_tag_leads_to_is_the_same_everywhere(
    built: Callable[..., Any], digest: str
) -> None:
    part = built(forge(digest))
    assert part.reading.was_built
    assert part.reading.is_the_same_everywhere
    assert part.reading.is_of(COMMIT)
    short = digest[:19]
    assert part.seen == f"job image success in pipeline 1, built {short}, tag leads to {short}"


def test_the_newest_pipeline_in_which_it_succeeded_counts(
    built: Callable[..., Any], digest: str
) -> None:
    assert built(forge(digest, ("1", "success"), ("2", "failed"))).reading.pipeline == "1"
    assert built(forge(digest, ("1", "success"), ("2", "success"))).reading.pipeline == "2"
    failed = built(forge(digest, ("1", "failed"), ("2", "running"))).reading
    assert (failed.pipeline, failed.was_built, failed.built) == ("2", False, "")


def test_a_later_build_of_the_commit_on_the_branch_is_not_the_release(
    built: Callable[..., Any], digest: str
) -> None:
    said = forge(digest, ("1", "success"), ("2", "success"))
    asked: list[str] = []

    def artifact(*_: str, ref: str) -> bytes:
        asked.append(ref)
        return (digest if ref == "v1.4.0" else DIGEST).encode()

    nightly = {"pipelines": lambda **_: (pipeline("1"), pipeline("2", 24, "main"))}
    part = built({**said, **nightly, "artifact": artifact})
    assert part.reading.pipeline == "1"
    assert part.reading.is_the_same_everywhere
    on_the_branch = {"pipelines": lambda **_: (pipeline("1", 0, "main"), pipeline("2", 24, "main"))}
    part = built({**said, **on_the_branch, "artifact": artifact})
    assert part.reading.pipeline == "2"
    assert not part.reading.is_the_same_everywhere
    assert asked == ["v1.4.0", ""]


def test_an_image_s_tag_may_leave_the_v_of_git_s_tag_out(
    built: Callable[..., Any], digest: str
) -> None:
    nightly = {"pipelines": lambda **_: (pipeline("1"), pipeline("2", 24, "main"))}
    said = forge(digest, ("1", "success"), ("2", "success"))
    assert built({**said, **nightly}, tag=":1.4.0").reading.pipeline == "1"


def test_an_image_without_a_job_was_not_built_there(built: Callable[..., Any], digest: str) -> None:
    found = built(forge(digest, name="other")).reading
    assert not found.was_built
    assert found.seen.startswith("job image not there, built nothing, tag leads to sha256:")


def test_a_tag_that_was_moved_leads_to_another_digest(
    built: Callable[..., Any], digest: str
) -> None:
    found = built(forge(digest), faults=("indexer-moved",)).reading
    assert found.built == found.released == digest != found.published
    assert not found.is_the_same_everywhere


def test_another_digest_from_the_job_is_not_the_release(built: Callable[..., Any]) -> None:
    assert not built(forge(DIGEST)).reading.is_the_same_everywhere


def test_a_tag_that_is_not_there_leads_to_nothing(built: Callable[..., Any], digest: str) -> None:
    found = built(forge(digest), tag=":v9").reading
    assert found.published == ""
    assert not found.is_the_same_everywhere


def test_a_job_of_its_own_may_be_named(built: Callable[..., Any], digest: str) -> None:
    declared = Declared(image="explorer/indexer", digest_file="digest.txt", job="indexer")
    part = built(forge(digest, name="indexer"), images={"built": (declared,)}, delivery=Delivery())
    assert part.reading.job == "indexer"
    assert part.reading.is_the_same_everywhere


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"tag": ""}, "the release names it without a tag"),
        ({"delivery": Delivery()}, "readiness.toml declares no [delivery]"),
        ({"images": {}}, "readiness.toml declares no [[images.built]]"),
    ],
    ids=["tag", "job", "file"],
)
def test_what_is_not_declared_is_unknown(
    built: Callable[..., Any], digest: str, change: dict[str, Any], cause: str
) -> None:
    assert cause in built(forge(digest), **change).seen


def test_without_a_forge_or_images_nothing_is_known(desk_of: Callable[..., Any]) -> None:
    with pytest.raises(FactUnavailable, match="no pipelines"):
        BuiltImages().collect(desk_of(f"{NAME}:v1.4.0"))
    with pytest.raises(Undeclared, match=r"no \[release\] images"):
        BuiltImages().collect(desk_of())


def test_a_label_that_names_another_commit_is_told() -> None:
    one = BuiltImage(tag="1", job="image", revision=COMMIT)
    assert one.is_of(COMMIT)
    assert one.is_of(COMMIT[:12])
    assert not one.is_of("0" * 40)


@pytest.mark.parametrize(
    "text",
    [
        f"{DIGEST}\n",
        f"docker.io/explorer/indexer@{DIGEST}",
        json.dumps({"containerimage.digest": DIGEST, "image.name": "x"}),
        json.dumps({"indexer": {"containerimage.digest": DIGEST}, "buildx.build.ref": "x"}),
    ],
    ids=["text", "name", "buildx", "bake"],
)
def test_a_digest_is_read_from_what_builds_write(text: str) -> None:
    assert built_digest(text.encode(), "digest.txt") == DIGEST


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "it names 0 digests"),
        (b"built it", "it names 0 digests"),
        (b"{", "it names 0 digests"),
        (b'{"containerimage.digest": 3}', "it names 0 digests"),
        (f"{DIGEST}\nsha256:{'cd' * 32}".encode(), "it names 2 digests"),
        (b"x" * (1024 * 1024 + 1), "it is larger than a build writes"),
    ],
    ids=map(str, range(6)),
)
def test_what_does_not_name_one_digest_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(FactUnavailable) as caught:
        built_digest(raw, "digest.txt")
    assert caught.value.cause == f"digest.txt does not tell which digest was built: {why}"
