"""AMIs of instances and container images of the release, as EC2 and ECR tell them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.container_images import ContainerImage, ContainerImages
from pytest_orr.collect.images.published import digest_of, digests_of, is_published
from pytest_orr.collect.machine_images import MachineImage, MachineImages
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.profile.schema import Hosting, Release

if TYPE_CHECKING:
    from pytest_orr.collect.interface import Desk

ITEM = "compute.image.docker-base"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
IMAGE = ContainerImage(
    digest=f"sha256:{'a' * 64}",
    is_pinned=True,
    pushed_at=NOW - dt.timedelta(days=90),
    scan="COMPLETE",
    scanned_at=NOW - dt.timedelta(days=30),
)


@pytest.fixture(scope="session")
def digest(build_account: Any) -> str:
    """Digest of the example's image."""
    assert build_account
    return str(import_module("examples.explorer.compute").IMAGE)


def releasing(account: Any, *images: str) -> Desk:
    """A desk whose profile names these images of the release."""
    desk: Desk = account.desk()
    release = Release(commit=COMMIT, images=images)
    return replace(desk, profile=replace(desk.profile, release=release))


class TestContainerImages:
    def test_pass_with_a_recent_scan_without_critical_findings(
        self, machines_with: Any, judge: Any, digest: str
    ) -> None:
        name = f"{REGISTRY}/explorer@{digest}"
        [finding] = judge(ITEM, releasing(machines_with(), name))
        assert (finding.subject, finding.outcome) == (name, "pass")
        assert finding.detail.startswith(f"{digest[:19]}, pushed on ")
        assert finding.detail.endswith("scan COMPLETE on 2026-11-18, 0 critical")

    @pytest.mark.parametrize(
        ("fault", "outcome", "says"),
        [
            ("image-critical", "fail", "its scan has 3 critical findings"),
            ("image-not-scanned", "unknown", "ECR has never scanned it"),
        ],
    )
    def test_are_found_by_what_was_planted(
        self, machines_with: Any, judge: Any, digest: str, *, fault: str, outcome: str, says: str
    ) -> None:
        name = f"{REGISTRY}/explorer@{digest}"
        [finding] = judge(ITEM, releasing(machines_with(fault), name))
        assert (finding.subject, finding.outcome) == (name, outcome)
        assert finding.detail.startswith(says)

    def test_fail_when_the_release_names_a_tag(self, machines_with: Any, failures: Any) -> None:
        name = f"{REGISTRY}/explorer:v1.4.0"
        found = failures(ITEM, releasing(machines_with(), name))
        assert "the release names it by a tag" in found[name]

    def test_are_unknown_where_ecr_cannot_tell(self, machines_with: Any, digest: str) -> None:
        names = (
            "ghcr.io/explorer/explorer:1",
            f"999999999999.dkr.ecr.eu-central-1.amazonaws.com/explorer@{digest}",
            f"{REGISTRY}/explorer:gone",
            f"{REGISTRY}/nothing",
        )
        desk = releasing(machines_with(), *names)
        parts = ContainerImages().collect(desk).value
        assert [part.name for part in parts] == list(names)
        known = f"{REGISTRY}/explorer:v1.4.0"
        assert digest_of(desk, known) == digest
        assert digests_of(desk, known) == {digest}
        assert is_published(desk, known)
        assert not is_published(desk, names[2])
        with pytest.raises(FactUnavailable, match="does not have it"):
            digest_of(desk, names[2])
        says = (r"no \[\[images\.registries\]\]", "its registry is in AWS account 999999999999")
        gone = "ECR of AWS 123456789012 eu-central-1 does not have it"
        for part, cause in zip(parts, (*says, gone, gone), strict=True):
            with pytest.raises(FactUnavailable, match=cause):
                part.reading  # noqa: B018 reading it is the test

    @pytest.mark.parametrize("kind", ["enhancedFindings", "findings"])
    def test_are_unknown_when_a_scan_is_not_told_to_its_end(
        self, machines_with: Any, monkeypatch: pytest.MonkeyPatch, digest: str, kind: str
    ) -> None:
        desk = releasing(machines_with(), f"{REGISTRY}/explorer@{digest}")
        whole = desk.aws.call

        def first_page(place: Any, operation: str, **asked: Any) -> Any:
            found = whole(place, operation, **asked)
            if operation != "ecr:DescribeImageScanFindings":
                return found
            return {**found, "imageScanFindings": {kind: []}, "nextToken": "more"}

        def refused(_: Any, operation: str, key: str, **__: Any) -> Any:
            raise FactUnavailable(f"{operation} refused {key}", "allow it")

        monkeypatch.setattr(desk.aws, "call", first_page)
        monkeypatch.setattr(desk.aws, "listing", refused)
        [part] = ContainerImages().collect(desk).value
        said = f"ecr:DescribeImageScanFindings refused imageScanFindings.{kind}"
        assert part.seen == said

    def test_must_be_declared(self, empty_account: Any) -> None:
        with pytest.raises(Undeclared) as caught:
            ContainerImages().collect(empty_account.desk())
        assert caught.value.cause == "readiness.toml declares no [release] images"

    def test_are_unknown_without_aws(self, desk_without_aws: Any, digest: str) -> None:
        desk = desk_without_aws(Hosting(provider="netlify", endpoint="frontend", site="x"))
        release = Release(commit=COMMIT, images=(f"{REGISTRY}/explorer@{digest}",))
        desk = replace(desk, profile=replace(desk.profile, release=release))
        [part] = ContainerImages().collect(desk).value
        assert "which readiness.toml does not name" in part.seen


class TestAContainerImage:
    def test_is_recent_up_to_the_limit(self) -> None:
        assert IMAGE.pushed_within(90, NOW)
        assert not IMAGE.pushed_within(89, NOW)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"scan": "", "scanned_at": None}, "ECR has never scanned it"),
            ({"scan": "IN_PROGRESS"}, "its last scan is IN_PROGRESS, not complete"),
            ({"scan": "ACTIVE", "scanned_at": None}, "its last scan is ACTIVE, not complete"),
            ({"scanned_at": NOW - dt.timedelta(days=31)}, "its last scan is of 2026-10-20"),
        ],
    )
    def test_has_no_critical_findings_only_by_a_recent_scan(
        self, change: dict[str, Any], says: str
    ) -> None:
        assert IMAGE.critical_findings(NOW, 30) == 0
        assert replace(IMAGE, scan="ACTIVE").critical_findings(NOW, 30) == 0
        with pytest.raises(FactUnavailable, match=says):
            replace(IMAGE, **change).critical_findings(NOW, 30)

    def test_has_critical_findings_by_any_scan(self) -> None:
        old = replace(IMAGE, scan="FAILED", scanned_at=None, critical=1)
        assert old.critical_findings(NOW, 30) == 1
        assert old.seen.endswith("scan FAILED, 1 critical")
        assert replace(IMAGE, scan="").seen.endswith("never scanned")


class TestMachineImages:
    def test_are_seen_of_every_instance(self, machines_with: Any) -> None:
        account = machines_with("ami-deprecated")
        parts = MachineImages().collect(account.desk()).value
        assert {part.name for part in parts} == {
            *account.ids["instances"],
            account.ids["jump_instance"],
        }
        ends = {part.reading.deprecated_at for part in parts}
        assert ends == {dt.datetime(2026, 10, 1, tzinfo=dt.UTC)}
        assert parts[0].seen.endswith(", deprecated on 2026-10-01")

    def test_are_deprecated_from_their_instant_on(self) -> None:
        image = MachineImage(id="ami-1", title="", created_at=None, deprecated_at=NOW)
        assert image.is_deprecated(NOW)
        assert not image.is_deprecated(NOW - dt.timedelta(seconds=1))
        assert image.seen == "ami-1, deprecated on 2026-11-20"

    def test_that_are_gone_are_unknown(
        self, machines_with: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = machines_with().desk()
        whole = desk.aws.listing

        def without(place: Any, operation: str, key: str, **more: Any) -> Any:
            return () if key == "Images" else whole(place, operation, key, **more)

        monkeypatch.setattr(desk.aws, "listing", without)
        parts = MachineImages().collect(desk).value
        assert len(parts) == 3
        assert all("does not show ami-" in part.seen for part in parts)

    def test_outside_aws_are_none(self, desk_without_aws: Any) -> None:
        desk = desk_without_aws(Hosting(provider="netlify", endpoint="frontend", site="x"))
        assert MachineImages().collect(desk).value == ()
