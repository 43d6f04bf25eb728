"""What the release's Dockerfiles build upon, and what its images say of that and of their age."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.container_images import ContainerImage, ContainerImages
from pytest_orr.collect.images.base_images import BaseImages
from pytest_orr.collect.images.published import digest_of, is_published
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.images import ImageScan
from pytest_orr.profile.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.parts import Part

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
OTHER = f"sha256:{'00' * 32}"
DEBIAN = "docker.io/library/debian:12-slim"
INDEXER = "docker.io/explorer/indexer:v1.4.0"


@pytest.fixture
def bases(desk_of: Callable[..., Any]) -> Callable[..., tuple[Part[Any], ...]]:
    """Read the bases of Dockerfiles: ``bases("FROM x", faults=…)``."""

    def read(*texts: str, **more: Any) -> Any:
        files = {f"Dockerfile{n or ''}": text for n, text in enumerate(texts)}
        return BaseImages().collect(desk_of(files=files, repository=Repository(), **more)).value

    return read


def test_a_pinned_base_is_current_while_its_tag_leads_there(
    bases: Callable[..., Any], shop: Callable[..., Any]
) -> None:
    digest = shop().digest("library/debian", "12-slim")
    listed = json.loads(shop().shelves.blobs[digest])["manifests"]
    [index] = bases(f"FROM debian:12-slim@{digest}")
    assert index.name == f"Dockerfile:1 debian:12-slim@{digest}"
    assert index.reading.is_current
    assert not index.reading.is_floating
    assert index.seen == f"{DEBIAN}@{digest}, still what its tag leads to"
    [moved] = bases(f"FROM {DEBIAN}@{OTHER}")
    assert not moved.reading.is_current
    assert moved.seen.endswith("no longer what its tag leads to")
    for platform in listed:
        [one] = bases(f"FROM {DEBIAN}@{platform['digest']}")
        assert one.reading.is_current


def test_a_dockerfile_that_cannot_be_read_whole_is_unknown(bases: Callable[..., Any]) -> None:
    read, absent, long = bases("FROM debian:12-slim", "absent", "#" * (1 << 20) + "\nFROM debian")
    assert not read.reading.is_floating
    assert (absent.name, absent.seen) == ("Dockerfile1", "its content is not in this clone")
    assert (long.name, long.seen) == ("Dockerfile2", "it is too large")


@pytest.mark.parametrize(
    ("text", "floating"),
    [
        ("FROM debian", True),
        ("FROM debian:latest", True),
        ("FROM debian:12-slim", False),
        (f"FROM debian@{OTHER}", False),
        (f"FROM debian:latest@{OTHER}", False),
    ],
    ids=map(str, range(5)),
)
def test_a_base_floats_without_a_tag_of_its_own_or_a_digest(
    bases: Callable[..., Any], text: str, *, floating: bool
) -> None:
    [base] = bases(text)
    assert base.reading.is_floating is floating


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("FROM debian:12-slim", "the FROM line names no digest"),
        (f"FROM debian@{OTHER}", "the FROM line names no tag"),
        (f"FROM ghcr.io/a/b:1@{OTHER}", "ghcr.io: readiness.toml declares no [[images.registr"),
        (f"FROM debian:gone@{OTHER}", "docker.io: 127.0.0.1 does not have library/debian"),
    ],
    ids=map(str, range(4)),
)
def test_whether_a_base_is_current_is_not_always_known(
    bases: Callable[..., Any], text: str, cause: str
) -> None:
    [base] = bases(text)
    assert base.seen
    with pytest.raises(FactUnavailable) as caught:
        _ = base.reading.is_current
    assert caught.value.cause.startswith(cause)


def test_a_base_that_an_argument_decides_is_unknown(bases: Callable[..., Any]) -> None:
    first, second = bases("ARG BASE\nFROM $BASE", "FROM UPPER")
    assert first.name == "Dockerfile:2 $BASE"
    assert first.seen == (
        "which image it is cannot be read from the file: argument BASE has no default"
    )
    assert second.seen == "'UPPER' is no name of an image"


def test_no_dockerfile_has_no_bases_and_too_many_are_refused(bases: Callable[..., Any]) -> None:
    assert bases() == ()
    assert bases("FROM scratch") == ()
    with pytest.raises(FactUnavailable, match="201 files of the release's commit fit"):
        bases(*["FROM debian"] * 201)


def test_a_repository_must_be_declared(desk_of: Callable[..., Any]) -> None:
    with pytest.raises(Undeclared, match=r"no \[repository\]"):
        BaseImages().collect(desk_of())


@pytest.fixture
def images(desk_of: Callable[..., Any], shop: Callable[..., Any]) -> Callable[..., ContainerImage]:
    """Return what is seen of the indexer: ``images(faults=…, images=…)``."""

    def read(*, faults: tuple[str, ...] = (), **more: Any) -> ContainerImage:
        digest = shop(*faults).digest("explorer/indexer", "v1.4.0")
        desk = desk_of(f"{INDEXER}@{digest}", faults=faults, **more)
        [part] = ContainerImages().collect(desk).value
        image: ContainerImage = part.reading
        return image

    return read


def test_an_image_of_a_registry_is_as_old_as_its_configuration_says(
    images: Callable[..., ContainerImage],
) -> None:
    found = images()
    assert found.is_pinned
    assert found.created == dt.datetime(2026, 11, 12, 8, 12, tzinfo=dt.UTC)
    assert found.pushed_within(8, NOW)
    assert not images(faults=("indexer-old",)).pushed_within(90, NOW)
    assert ", built on 2026-11-12, never scanned" in found.seen
    undated = replace(found, created=None)
    assert ", of an unknown day, " in undated.seen
    with pytest.raises(FactUnavailable, match="does not say when it was built"):
        undated.pushed_within(90, NOW)


def test_labels_say_what_an_image_was_built_from(images: Callable[..., ContainerImage]) -> None:
    assert images().builds_on_current(())
    assert not images(faults=("base-moved",)).builds_on_current(())


def test_from_lines_say_it_where_labels_do_not(
    images: Callable[..., ContainerImage], bases: Callable[..., Any], shop: Callable[..., Any]
) -> None:
    plain = replace(images(), is_base_current=None)
    digest = shop().digest("library/debian", "12-slim")
    assert plain.builds_on_current(bases(f"FROM {DEBIAN}@{digest}"))
    assert not plain.builds_on_current(bases(f"FROM {DEBIAN}@{OTHER}"))
    unknown = f"FROM ghcr.io/a/b:1@{OTHER}"
    with pytest.raises(FactUnavailable, match=r"ghcr\.io: readiness\.toml declares no"):
        plain.builds_on_current(bases(f"FROM {DEBIAN}@{digest}", unknown))
    assert not plain.builds_on_current(bases(unknown, f"FROM {DEBIAN}@{OTHER}"))
    with pytest.raises(FactUnavailable, match="nobody says what it was built from"):
        plain.builds_on_current(())


def test_a_base_of_a_registry_that_is_not_asked_is_unknown(
    images: Callable[..., ContainerImage], shop: Callable[..., Any], desk_of: Callable[..., Any]
) -> None:
    said = {"org.opencontainers.image.base.name": "ghcr.io/a/b:1"}
    said["org.opencontainers.image.base.digest"] = OTHER
    place = shop("hub-person")
    place.shelves.push("explorer/other", "1", created="2026-11-01T00:00:00Z", **said)
    desk = desk_of("docker.io/explorer/other:1", faults=("hub-person",))
    [part] = ContainerImages().collect(desk).value
    assert not part.reading.is_pinned
    with pytest.raises(FactUnavailable, match=r"its base ghcr\.io/a/b:1: readiness\.toml"):
        part.reading.builds_on_current(())
    assert images().base_name == DEBIAN


def sarif(*severities: str) -> str:
    rules = [
        {"id": f"CVE-2026-{n}", "properties": {"security-severity": score}}
        for n, score in enumerate(severities)
    ]
    results = [{"ruleId": rule["id"], "message": {"text": "x"}} for rule in rules]
    driver = {"name": "Trivy", "version": "0.58.1", "rules": rules}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    )


def scanned(digest: str, text: str, **more: Any) -> dict[str, Any]:
    named = hashlib.sha256(text.encode()).hexdigest()
    usual: dict[str, Any] = {
        "scanned": NOW - dt.timedelta(days=2),
        "looked_at": 97,
        "sha256": named,
        "file": "scan.sarif",
    }
    scan = ImageScan(image=f"explorer/indexer@{digest}", format="sarif", **(usual | more))
    return {"images": {"scans": (scan,)}}


@pytest.mark.parametrize(
    ("severities", "more", "critical"),
    [((), {}, 0), (("9.8", "5.0"), {}, 1), (("7.5",), {"scanned": NOW}, 0)],
    ids=["none", "one", "high"],
)
def test_a_report_says_what_a_scanner_found_of_the_digest(
    images: Callable[..., ContainerImage],
    shop: Callable[..., Any],
    tmp_path: Any,
    *,
    severities: tuple[str, ...],
    more: dict[str, Any],
    critical: int,
) -> None:
    text = sarif(*severities)
    (tmp_path / "scan.sarif").write_text(text, encoding="utf-8")
    digest = shop().digest("explorer/indexer", "v1.4.0")
    found = images(**scanned(digest, text, **more))
    assert found.critical_findings(NOW, 30) == critical
    assert f"{critical} critical" in found.seen


def test_a_scanner_hides_nothing_that_another_one_found(
    images: Callable[..., ContainerImage], shop: Callable[..., Any], tmp_path: Any
) -> None:
    digest, declared = shop().digest("explorer/indexer", "v1.4.0"), []
    for tool, days, scores in (("Trivy", 9, ("9.8",)), ("Grype", 5, ("9.9",)), ("Grype", 2, ())):
        text, file = sarif(*scores).replace("Trivy", tool), f"{tool}{days}.sarif"
        (tmp_path / file).write_text(text, encoding="utf-8")
        when = NOW - dt.timedelta(days=days)
        declared += scanned(digest, text, file=file, scanned=when)["images"]["scans"]
    found = images(images={"scans": tuple(declared)})
    assert (found.critical, found.scanned_at) == (1, NOW - dt.timedelta(days=9))
    assert images(images={"scans": tuple(declared[1:])}).critical == 0


@pytest.mark.parametrize(
    ("more", "severities", "cause"),
    [
        ({"looked_at": None}, (), "its scan: nobody says its looked_at"),
        ({"scanned": None}, (), "its scan: nobody says its scanned"),
        ({"looked_at": 0}, (), "its scan: Trivy looked at nothing"),
        ({"scanned": NOW - dt.timedelta(days=31)}, (), "its last scan is of 2026-10-20"),
        ({"sha256": "0" * 64}, (), "its scan: scan.sarif is not the declared file"),
        ({"file": "gone.sarif"}, (), "its scan: gone.sarif"),
        ({"image": f"explorer/indexer@{OTHER}"}, (), "no report of a scan of this digest"),
        ({}, ("strange",), "its scan: Trivy does not say how grave"),
    ],
    ids=map(str, range(8)),
)
def test_a_report_that_proves_nothing_is_no_scan(
    images: Callable[..., ContainerImage],
    shop: Callable[..., Any],
    tmp_path: Any,
    *,
    more: dict[str, Any],
    severities: tuple[str, ...],
    cause: str,
) -> None:
    text = sarif(*severities)
    (tmp_path / "scan.sarif").write_text(text, encoding="utf-8")
    digest = shop().digest("explorer/indexer", "v1.4.0")
    declared = scanned(digest, text)
    [scan] = declared["images"]["scans"]
    found = images(images={"scans": (replace(scan, **more),)})
    with pytest.raises(FactUnavailable) as caught:
        found.critical_findings(NOW, 30)
    assert caught.value.cause.startswith(cause)


def test_whoever_looks_an_image_up_gets_its_digest_or_hears_that_it_is_gone(
    desk_of: Callable[..., Any], shop: Callable[..., Any]
) -> None:
    desk = desk_of()
    assert digest_of(desk, INDEXER) == shop().digest("explorer/indexer", "v1.4.0")
    assert is_published(desk, INDEXER)
    assert not is_published(desk, "docker.io/explorer/indexer:gone")
