"""Archives that runs left at GitHub: results of tests, single files, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examples.explorer.forge_server import Answer
from pytest_orr.clients.api_wire import ApiWire, Told
from pytest_orr.clients.forge import github_archives
from pytest_orr.clients.forge.github_sender import Sender
from pytest_orr.clients.forge.patience import Patience
from pytest_orr.profile.forge import Forge as Declared

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
BLOB = "^/blobs/"
ARTIFACTS = "/artifacts$"
CASES = '<testcase name="one"/><testcase name="two"><failure/></testcase>'
JUNIT = f'<testsuite name="a">{CASES}</testsuite>'


def zipped(*files: tuple[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def encrypted() -> bytes:
    content = bytearray(zipped(("junit.xml", JUNIT)))
    entry = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, entry + 8, 1)
    return bytes(content)


def spoilt() -> bytes:
    content = bytearray(zipped(("junit.xml", JUNIT * 9)))
    content[60:70] = b"\xff" * 10
    return bytes(content)


@pytest.fixture
def run(served_github: Any) -> Any:
    """A run of the example with tests."""
    [found, *_] = [
        one
        for one in served_github.server.state.pipelines
        if one.id in served_github.server.state.reports
    ]
    return found


@pytest.fixture
def holding(served_github: Any) -> Callable[[bytes], Any]:
    """Let every archive hold this instead."""

    def hold(content: bytes) -> Any:
        served_github.server.spoil(BLOB, lambda *_: Answer(body=content))
        return served_github.open()

    return hold


def test_results_are_those_of_each_artifact_with_junit_in_it(
    run: Any, holding: Callable[[bytes], Any]
) -> None:
    both = zipped(("a/junit.xml", JUNIT), ("b/junit.xml", JUNIT), ("log.txt", "<testsuite>"))
    seen = holding(both).test_report(run)
    assert (seen.pipeline, seen.commit) == (run.id, run.commit)
    assert {(one.total, one.failed, one.skipped) for one in seen.suites} == {(4, 2, 0)}


@pytest.mark.parametrize(
    "content",
    [
        zipped(("log.txt", "nothing of tests")),
        zipped(("coverage.xml", "<!DOCTYPE coverage SYSTEM 'x'><coverage/>")),
        zipped(("style.xml", "<checkstyle><file><error/></file></checkstyle>")),
        zipped(),
    ],
)
def test_artifacts_without_junit_are_no_suite(
    run: Any, holding: Callable[[bytes], Any], content: bytes
) -> None:
    assert holding(content).test_report(run).suites == ()


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"no zip", "is no zip archive: File is not a zip file"),
        (encrypted(), "is encrypted, or packed in an unusual way"),
        (
            zipped(("junit.xml", JUNIT), method=zipfile.ZIP_LZMA),
            "is encrypted, or packed in an unusual way",
        ),
        (zipped(("junit.xml", b" " * (16 * MIB + 1))), "unpacks to more than 16384 KiB"),
        (spoilt(), "cannot be unpacked: "),
        (zipped(("a.xml", '<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>')), "declares a document"),
        (zipped(("a.xml", "<testsuite>")), "is no XML: no element found"),
    ],
)
def test_a_hostile_archive_is_refused_and_named(
    run: Any,
    holding: Callable[[bytes], Any],
    unavailable: Callable[..., Any],
    content: bytes,
    cause: str,
) -> None:
    error = unavailable(lambda: holding(content).test_report(run))
    assert "artifact " in error.cause
    assert cause in error.cause
    assert error.remedy


def test_files_that_are_large_together_are_refused(
    run: Any,
    holding: Callable[[bytes], Any],
    unavailable: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(github_archives, "LARGEST_SUM", 2 * MIB)
    large = JUNIT + " " * MIB
    content = zipped(*((f"{place}.xml", large) for place in range(2)))
    error = unavailable(lambda: holding(content).test_report(run))
    assert error.cause.endswith(f"unpacks to more than {1023} KiB")


def test_more_files_than_anybody_keeps_are_refused(
    run: Any,
    holding: Callable[[bytes], Any],
    unavailable: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(github_archives, "MOST_FILES", 2)
    content = zipped(*((f"{place}", b"") for place in range(3)))
    error = unavailable(lambda: holding(content).test_report(run))
    assert "holds 3 files, and 2 at most are read" in error.cause


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"expired": True}, "has expired"),
        ({"name": "unit-tests", "size_in_bytes": 65 * MIB}, "is larger than 64 MiB"),
    ],
)
def test_results_that_cannot_be_fetched_are_unknown(
    served_github: Any, run: Any, unavailable: Callable[..., Any], change: Any, cause: str
) -> None:
    served_github.alter(
        ARTIFACTS,
        lambda body: body | {"artifacts": [one | change for one in body["artifacts"]]},
    )
    error = unavailable(lambda: served_github.open().test_report(run))
    assert cause in error.cause


def test_large_artifacts_that_are_not_about_tests_are_left_alone(
    served_github: Any, run: Any
) -> None:
    large = {"name": "image", "size_in_bytes": 5 * MIB}
    served_github.alter(
        ARTIFACTS, lambda body: body | {"artifacts": [one | large for one in body["artifacts"]]}
    )
    assert served_github.open().test_report(run).suites == ()
    assert not [one for one in served_github.server.asked if "blobs" in one.path]


def test_no_token_goes_to_where_archives_lie(served_github: Any, run: Any) -> None:
    served_github.open().test_report(run)
    fetched = [one for one in served_github.server.asked if one.path.startswith("/blobs/")]
    assert fetched
    assert not any("authorization" in one.headers for one in fetched)


@pytest.mark.parametrize(
    ("location", "cause"),
    [
        ("http://elsewhere.example/1", "GitHub sends who fetches a file to where no https is"),
        ("ftp://127.0.0.1/1", "ftp://127.0.0.1/1 is not an http or https URL with a host"),
        ("", " is not an http or https URL with a host"),
    ],
)
def test_an_archive_elsewhere_without_https_is_not_fetched(
    served_github: Any, run: Any, unavailable: Callable[..., Any], location: str, cause: str
) -> None:
    served_github.server.spoil(
        "/zip$", lambda _, told: replace(told, headers={"Location": location})
    )
    assert unavailable(lambda: served_github.open().test_report(run)).cause == cause


def test_an_archive_is_not_fetched_from_this_machine_itself(
    unavailable: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Told(status=302, headers={"location": "https://localhost:9200/_search"})
    monkeypatch.setattr(ApiWire, "ask", lambda *_: moved)
    declared = Declared(kind="github", project="a/b", url="https://github.example/api/v3")
    patience = Patience(whose="GitHub", progress=print)
    sender = Sender(declared, Path(), patience, {})
    refused = unavailable(lambda: sender.file("https://github.example/api/v3/zip", 9))
    assert refused.cause == "GitHub sends who fetches a file to this machine itself"


def test_a_server_that_hands_the_archive_over_itself_is_read(served_github: Any, run: Any) -> None:
    served_github.server.spoil("/zip$", lambda *_: Answer(body=zipped(("junit.xml", JUNIT))))
    assert served_github.open().test_report(run).failed


def test_an_archive_that_is_gone_is_unknown(
    served_github: Any, run: Any, unavailable: Callable[..., Any]
) -> None:
    served_github.refuse(410, b'{"message": "Artifact has expired"}', BLOB)
    error = unavailable(lambda: served_github.open().test_report(run))
    assert error.cause == (
        "GitHub refuses the artifacts of explorer/explorer: Artifact has expired"
    )


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (zipped(("digest.txt", b"sha256:1")), b"sha256:1"),
        (zipped(("out/digest.txt", b"sha256:2"), ("digest.txt", b"?")), b"sha256:2"),
    ],
)
def test_a_file_is_found_by_the_end_of_its_path(
    run: Any, holding: Callable[[bytes], Any], held: bytes, found: bytes
) -> None:
    assert holding(held).artifact(run.commit, "test", "out/digest.txt") == found


def test_a_file_that_no_artifact_holds_is_unknown(
    run: Any, holding: Callable[[bytes], Any], unavailable: Callable[..., Any]
) -> None:
    forge = holding(zipped(("other.txt", b"")))
    error = unavailable(lambda: forge.artifact(run.commit, "test", "out/digest.txt"))
    assert "in which job test succeeded, holds out/digest.txt: looked into" in error.cause
    assert error.remedy == "let job test keep the file by actions/upload-artifact"


def test_a_job_that_never_succeeded_left_nothing(
    served_github: Any, run: Any, unavailable: Callable[..., Any]
) -> None:
    error = unavailable(lambda: served_github.open().artifact(run.commit, "nobody", "a"))
    assert error.cause == (
        f"no run of commit {run.commit} of explorer/explorer has a job nobody that succeeded"
    )
