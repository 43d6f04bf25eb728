"""A suite is laid down once, and compared with what was laid down."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from pytest_orr.suite import baseline, read_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

MODULE = "test_monitoring.py"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a service's repository."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(here: Path) -> dict[Path, bytes]:
    files = (path for path in (here / "readiness").rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files}


def heading() -> str:
    return f"76 items, laid down by version {read_lock(baseline()).version}"


def test_init_lays_the_suite_down_and_says_what_comes_next(
    orr: Callable[..., Said], here: Path
) -> None:
    said = orr("init")
    made = len([path for path in (here / "readiness").rglob("*") if path.is_file()])
    assert said.status == 0
    assert said.lines == [
        f"{made} files in readiness/. Next:",
        "  1. fill in readiness/readiness.toml: its first sections are those that help most",
        "  2. run `pytest readiness/`: it says what is missing, and who must act",
        "  3. keep readiness-report/ out of git: what it holds describes your infrastructure",
    ]
    assert orr("check").lines == [heading()]


def test_init_takes_another_folder(orr: Callable[..., Said], here: Path) -> None:
    assert orr("init", "launch/checks").lines[0].endswith("files in launch/checks/. Next:")
    assert orr("check", here / "launch" / "checks").status == 0


@pytest.mark.parametrize("named", ["readiness", "more/readiness"])
def test_init_lays_no_suite_into_a_suite(
    orr: Callable[..., Said], here: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    orr("init")
    before = contents(here)
    monkeypatch.chdir(here / "readiness")
    said = orr("init", named)
    told = f"{named} would lie in the suite {here.resolve()}/readiness: call this above it"
    assert (said.status, told in said.err) == (4, True)
    assert contents(here) == before


def test_init_does_not_lay_a_suite_over_a_suite(orr: Callable[..., Said], here: Path) -> None:
    orr("init")
    mine = here / "readiness" / "readiness.toml"
    mine.write_text("# ours\n", encoding="utf-8")
    before = contents(here)
    said = orr("init")
    assert said.status == 22
    assert "readiness is a readiness suite already; nothing was changed" in said.err
    assert contents(here) == before


def test_init_brings_schemas_up_to_date_and_nothing_else(
    orr: Callable[..., Said], here: Path
) -> None:
    orr("init")
    before = contents(here)
    (here / "readiness" / ".schemas" / "policy.schema.json").write_text("{}", encoding="utf-8")
    said = orr("init")
    assert (said.status, said.lines) == (
        0,
        ["1 schema for editors is up to date now, in readiness/.schemas/"],
    )
    assert contents(here) == before


def test_init_writes_nothing_where_a_module_is_in_the_way(
    orr: Callable[..., Said], here: Path
) -> None:
    (here / "readiness").mkdir()
    (here / "readiness" / MODULE).write_text("ours\n", encoding="utf-8")
    said = orr("init")
    assert said.status == 22
    assert f"readiness/{MODULE} is in the way; move it away" in said.err
    assert [path.name for path in (here / "readiness").iterdir()] == [MODULE]


def test_check_tells_what_was_modified_and_what_is_lost(
    orr: Callable[..., Said], here: Path
) -> None:
    orr("init")
    path = here / "readiness" / MODULE
    source = path.read_text(encoding="utf-8")
    path.write_text(
        source.replace("monitoring.availability.backend", "monitoring.availability.other"),
        encoding="utf-8",
    )
    said = orr("check")
    assert said.status == 1
    assert said.lines == [
        heading(),
        f"modified  {MODULE}",
        "lost      monitoring.availability.backend",
    ]


def test_check_tells_a_module_that_is_gone_with_its_items(
    orr: Callable[..., Said], here: Path
) -> None:
    orr("init")
    (here / "readiness" / "test_scalability.py").unlink()
    said = orr("check")
    assert said.status == 1
    assert said.lines[1] == "missing   test_scalability.py"
    assert all(line.startswith("lost      scalability.") for line in said.lines[2:])
    assert len(said.lines) > 2


def test_a_services_own_module_is_told_and_is_no_drift(
    orr: Callable[..., Said], here: Path
) -> None:
    orr("init")
    (here / "readiness" / "test_own.py").write_text('"""Own."""\n', encoding="utf-8")
    said = orr("check")
    assert (said.status, said.lines) == (0, [heading(), "local     test_own.py"])


def test_check_notices_two_people_whose_keys_have_one_comment(
    orr: Callable[..., Said], here: Path
) -> None:
    orr("init")
    keys = {
        "ana": "AAAAC3NzaC1lZDI1NTE5AAAAIJq0HXiOb53RIeNVxDiTpEmYyI/C+QIp4aBfsTmeNS+F",
        "bo": "AAAAC3NzaC1lZDI1NTE5AAAAIK8vzqYrO/D9W9Kkh4scCIuHkjQ2Q/pZJJWKsHUnw4YG",
    }
    people = "".join(
        f'[[signoff.approvers]]\nemail = "{name}@example.org"\nroles = ["service"]\n'
        f'keys = [{{ key = "ssh-ed25519 {key} laptop" }}]\n'
        for name, key in keys.items()
    )
    policy = here / "readiness" / "policy.toml"
    policy.write_text(f"[signoff]\nneed = {{ service = 1 }}\n{people}", encoding="utf-8")

    said = orr("check")

    told = "bo@example.org and ana@example.org have keys with the same comment"
    assert said.lines[1:] == [
        f'notice    policy.toml: {told}, "laptop": see that they are two people'
    ]
    assert said.status == 0
    policy.write_text(f"[signoff]\n{people}", encoding="utf-8")
    assert orr("check").lines == [heading()]


def test_check_refuses_what_cannot_be_read(orr: Callable[..., Said], here: Path) -> None:
    orr("init")
    (here / "readiness" / "test_own.py").write_text("import os\n", encoding="utf-8")
    said = orr("check")
    assert said.status == 22
    assert "readiness/test_own.py:1: import of os;" in said.err


def test_check_without_a_suite_names_what_makes_one(orr: Callable[..., Said]) -> None:
    said = orr("check")
    assert said.status == 4
    assert said.err == (
        "readiness/suite.lock is not there. Lay a suite down with `orr init`, or name another"
        " folder.\n"
    )


@pytest.mark.parametrize("inside", ["readiness", "src", "src/deep"])
def test_a_command_in_the_wrong_folder_names_the_suite_that_is_meant(
    orr: Callable[..., Said], here: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    orr("init")
    (here / inside).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(here / inside)
    above = here.resolve()
    for verb in (("check",), ("attest", "--next", "--list"), ("waive", "--list"), ("update",)):
        said = orr(*verb)
        assert (said.status, said.out) == (4, "")
        assert said.err == (
            f"readiness/suite.lock is not there. A suite is at {above}/readiness: name it, or call"
            f" this in {above}.\n"
        )


def test_the_lock_carries_the_products_version(orr: Callable[..., Said], here: Path) -> None:
    orr("init")
    assert read_lock(here / "readiness").version == version("pytest-orr")
