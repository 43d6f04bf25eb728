"""Whatever goes wrong while somebody signs, the signatures that are there stay, and it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from pytest_orr.clients import ssh_keygen
from pytest_orr.publish import files
from pytest_orr.publish.files import FolderLock
from tests.conftest import clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ORR = Path(sys.executable).with_name("orr")


def signers(place: Any) -> int:
    return len(json.loads((place.report / "signoff.json").read_bytes())["signatures"])


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


class Short:
    """A file that takes a part of what is written, and then no more."""

    def __init__(self, descriptor: int, _: str) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def write(self, content: bytes) -> None:
        os.write(self._descriptor, content[: len(content) // 2])
        full()


@pytest.mark.parametrize(("name", "fault"), [("fsync", full), ("replace", full), ("fdopen", Short)])
def test_a_disk_that_takes_nothing_leaves_the_signatures_that_are_there(
    ready_to_sign: Any, name: str, fault: Any
) -> None:
    assert ready_to_sign.sign("ana").status == 0
    before = {path: path.read_bytes() for path in ready_to_sign.report.glob("*.*")}
    with pytest.MonkeyPatch.context() as patch:
        broken = type("os", (), {**vars(os), name: staticmethod(fault)})
        patch.setattr(files, "os", broken)
        said = ready_to_sign.sign("bo")
    assert (said.status, said.err) == (4, "the disk: No space left on device\n")
    assert {path: path.read_bytes() for path in ready_to_sign.report.glob("*.*")} == before
    assert not list(ready_to_sign.report.glob(".tmp-*"))
    assert ready_to_sign.sign("bo").status == 0


def test_a_signature_is_kept_though_the_page_cannot_be_written(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_orr.signing_off.page.write_whole", full)
    said = ready_to_sign.sign("ana")
    assert said.status == 4
    assert "Signed: readiness-report/signoff.json" in said.out
    assert said.err == "the disk: No space left on device\n"
    assert signers(ready_to_sign) == 1
    monkeypatch.undo()
    monkeypatch.chdir(ready_to_sign.repository.path)
    assert ready_to_sign.sign("bo").status == 0
    page = (ready_to_sign.report / "signoff.md").read_text(encoding="utf-8")
    assert page.count("key `SHA256:") == 2


def test_what_reads_back_otherwise_is_not_taken_for_signed(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(path: Path, content: bytes) -> None:
        path.write_bytes(content[:-1])

    monkeypatch.setattr("pytest_orr.signing_off.adding.write_whole", spoilt)
    said = ready_to_sign.sign("ana")
    assert said.status == 1
    assert said.err.startswith("refused: not-json: ")


def test_a_signature_that_came_meanwhile_is_kept(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = iter(("bo",))

    def slowly(*arguments: Any, **how: Any) -> bytes:
        for name in others:
            assert ready_to_sign.sign(name).status == 0
        return ssh_keygen.sign(*arguments, **how)

    monkeypatch.setattr("pytest_orr.cli.sign.sign", slowly)
    assert ready_to_sign.sign("ana").status == 0
    assert signers(ready_to_sign) == 2


def test_whoever_comes_while_somebody_writes_is_told_to_come_again(ready_to_sign: Any) -> None:
    lock = FolderLock(ready_to_sign.report)
    said = ready_to_sign.sign("ana")
    lock.release()
    assert said.status == 4
    assert "Run the command again; your signature was not added." in " ".join(said.err.split())
    assert not (ready_to_sign.report / "signoff.json").exists()


def test_of_three_who_sign_at_once_none_is_lost_without_being_told(ready_to_sign: Any) -> None:
    commands = [
        subprocess.Popen(
            [str(ORR), "sign", "--key", str(ready_to_sign.keys[name]), "--yes"],
            env=clean_environment(HOME=os.environ["HOME"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name in ("ana", "bo", "eve")
    ]
    ends = [command.wait(timeout=60) for command in commands]
    assert set(ends) <= {0, 4}
    assert signers(ready_to_sign) == ends.count(0) >= 1


def test_an_encrypted_key_without_a_terminal_fails_with_what_ssh_keygen_said(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":9")
    said = subprocess.run(
        [str(ORR), "sign", "--key", str(ready_to_sign.keys["bo-locked"]), "--yes"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=60,
    )
    assert said.returncode == 1
    assert said.stderr.startswith("ssh-keygen made no signature: it said ")
    assert not (ready_to_sign.report / "signoff.json").exists()


@contextmanager
def agent(socket: Path) -> Iterator[None]:
    """Run an agent that listens there."""
    running = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not socket.exists():
        assert running.poll() is None
    yield
    running.terminate()
    running.wait()


def test_an_agent_signs_by_the_public_half_and_one_that_is_gone_is_told(
    ready_to_sign: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    alone = tmp_path / "alone.pub"
    key = ready_to_sign.keys["ana"]
    alone.write_bytes(key.with_name(f"{key.name}.pub").read_bytes())
    with agent(tmp_path / "agent"):
        subprocess.run(["ssh-add", "-q", str(key)], check=True)
        said = ready_to_sign.orr("sign", "--key", alone, "--yes")
        assert (said.status, said.err) == (0, "")
    (ready_to_sign.report / "signoff.json").unlink()
    said = ready_to_sign.orr("sign", "--key", alone, "--yes")
    assert said.status == 1
    assert said.err.startswith("ssh-keygen made no signature: it said ")
    assert not (ready_to_sign.report / "signoff.json").exists()


def test_a_key_that_is_not_there_is_told(ready_to_sign: Any) -> None:
    said = ready_to_sign.orr("sign", "--key", "gone", "--yes")
    assert said.status == 4
    assert "is not there." in said.err


def test_ctrl_c_and_a_closed_input_end_with_nothing_signed(ready_to_sign: Any) -> None:
    said = ready_to_sign.typing(str(ready_to_sign.keys["ana"]), to=("sign",))
    assert said.status == 2
    assert not (ready_to_sign.report / "signoff.json").exists()


def test_what_was_shown_is_what_is_signed(
    ready_to_sign: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ready_to_sign.report / "statement.json"
    shown = path.read_bytes()

    def while_it_is_changed(*arguments: Any, **how: Any) -> bytes:
        path.write_bytes(shown.replace(b"demo.area.seen", b"demo.area.gone"))
        return ssh_keygen.sign(*arguments, **how)

    monkeypatch.setattr("pytest_orr.cli.sign.sign", while_it_is_changed)
    assert ready_to_sign.sign("ana").status == 0
    said = ready_to_sign.sign("bo")
    told = "refused: report-differs: statement.json is not what the journal says. "
    assert said.err.startswith(told)
    path.write_bytes(shown)
    assert ready_to_sign.sign("bo").status == 0
