"""All hosts are read once and at once; whatever becomes of one costs no other."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.clocks import RESOLUTION, Clocks
from pytest_orr.clients.ssh import CommandResult, SshAccess
from pytest_orr.collect.desk import opened_desk, sections_of
from pytest_orr.collect.host_permissions import allowing
from pytest_orr.collect.host_readings import HostReadings, HostView
from pytest_orr.collect.host_script import SECTIONS, script_digest
from pytest_orr.collect.registry import registry
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.load import Written
from pytest_orr.profile.schema import (
    HostGroup,
    HostLimits,
    Person,
    Policy,
    Profile,
    Release,
    Service,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Words:
    """What a test's collector sees."""

    said: str

    @property
    def seen(self) -> str:
        return self.said


@dataclass
class Network:
    """SSH that hands back what was said, and remembers who was asked what."""

    answers: dict[str, bytes | CommandResult | FactUnavailable]
    asked: list[str] = field(default_factory=list)
    scripts: dict[str, bytes] = field(default_factory=dict)

    def run(self, machine: Any, script: bytes) -> CommandResult:
        self.asked.append(machine.name)
        self.scripts[machine.name] = script
        answer = self.answers[machine.name]
        if isinstance(answer, FactUnavailable):
            raise answer
        return (
            answer
            if isinstance(answer, CommandResult)
            else CommandResult(status=0, out=answer, err=b"")
        )


def profile_of(*groups: HostGroup, **limits: Any) -> Profile:
    person = Person(email="ana@example.org", name="Ana", roles=("platform",))
    return Profile(
        service=Service(name="explorer", environment="production", people=(person,)),
        release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
        hosts=groups,
        host_limits=HostLimits(**limits),
    )


def readings_of(
    profile: Profile,
    network: Network,
    folder: Path = Path(),
    said: list[str] | None = None,
    clocks: Clocks | None = None,
) -> HostReadings:
    ssh: Any = network
    return HostReadings(
        profile,
        ssh,
        sections=frozenset(SECTIONS),
        folder=folder,
        progress=(said if said is not None else []).append,
        clocks=clocks or Clocks(NOW.timestamp),
    )


def clock(moment: dt.datetime = NOW) -> list[tuple[str, str]]:
    return [("epoch", str(int(moment.timestamp()))), ("uid", "0")]


def release(host: HostView) -> Words:
    return Words(host.section("release").one("os-release"))


GROUP = HostGroup(names=("one", "two"))


def test_without_hosts_there_is_no_fact() -> None:
    with pytest.raises(FactUnavailable, match=r"declares no \[\[hosts\]\]") as caught:
        readings_of(profile_of(), Network({})).facts((), release)
    assert "[[hosts]]" in caught.value.remedy


def test_each_host_is_a_fact_in_the_profiles_order(lines_of: Callable[..., bytes]) -> None:
    testing = HostGroup(names=("three",), role="jump", environment="testing")
    answers = {
        name: lines_of(clock=clock(), release=[("os-release", f"ID={name}")])
        for name in ("one", "two", "three")
    }
    facts = readings_of(profile_of(GROUP, testing), Network({**answers})).facts((), release)
    assert [(fact.name, fact.role, fact.environment, fact.is_own) for fact in facts] == [
        ("one", "backend", "production", True),
        ("two", "backend", "production", True),
        ("three", "jump", "testing", False),
    ]
    assert [fact.reading.said for fact in facts] == ["ID=one", "ID=two", "ID=three"]
    assert [fact.seen for fact in facts] == ["ID=one", "ID=two", "ID=three"]


def test_a_host_that_cannot_be_reached_is_named_and_hides_no_other(
    lines_of: Callable[..., bytes],
) -> None:
    said: list[str] = []
    network = Network(
        {
            "one": FactUnavailable("one: its host key is not known", "write it into known_hosts"),
            "two": lines_of(clock=clock(), release=[("os-release", "ID=two")]),
        }
    )
    one, two = readings_of(profile_of(GROUP), network, said=said).facts((), release)
    assert two.reading.said == "ID=two"
    with pytest.raises(FactUnavailable) as caught:
        _ = one.reading
    assert caught.value.cause == "one: its host key is not known"
    assert caught.value.remedy == "write it into known_hosts"
    assert one.seen == "one: its host key is not known"
    assert sorted(line.partition(" (")[0] for line in said) == ["could not read one", "read two"]
    assert sorted(line.partition(" (")[2] for line in said) == ["1 of 2)", "2 of 2)"]


def test_hosts_are_asked_once_whoever_asks_and_when(lines_of: Callable[..., bytes]) -> None:
    answer = lines_of(clock=clock(), release=[("os-release", "ID=debian")])
    network = Network({"one": answer, "two": answer})
    readings = readings_of(profile_of(GROUP), network)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: readings.facts((), release), range(8)))
    assert sorted(network.asked) == ["one", "two"]


def test_all_hosts_are_asked_at_once(lines_of: Callable[..., bytes]) -> None:
    answer = lines_of(clock=clock(), release=[("os-release", "ID=debian")])
    together = threading.Barrier(50, timeout=30)

    class Slow(Network):
        def run(self, machine: Any, script: bytes) -> CommandResult:
            together.wait()
            return super().run(machine, script)

    names = tuple(f"host-{number}" for number in range(50))
    network = Slow(dict.fromkeys(names, answer))
    facts = readings_of(profile_of(HostGroup(names=names)), network).facts((), release)
    assert len({fact.name for fact in facts if fact.reading.said == "ID=debian"}) == 50


def test_an_answer_names_the_script_by_its_digest(lines_of: Callable[..., bytes]) -> None:
    network = Network(dict.fromkeys(("one", "two"), lines_of(clock=clock())))
    answer = readings_of(profile_of(GROUP), network).answer((), lambda _: Words("x"))
    digest = script_digest(network.scripts["one"].decode())
    assert answer.where == (f"one, script sha256 {digest}", f"two, script sha256 {digest}")


def seen_of(printed: bytes | CommandResult, *sections: str) -> Any:
    network = Network({"one": printed})
    [fact] = readings_of(profile_of(HostGroup(names=("one",))), network).facts(sections, release)
    return fact


@pytest.mark.parametrize(
    ("state", "cause", "remedy"),
    [
        ("denied", "sshd is not to be read: ", allowing("sshd")),
        ("absent", "sshd could not be read: ", "see what it says on the host"),
        ("failed", "sshd could not be read: ", "see what it says on the host"),
    ],
)
def test_a_needed_section_that_is_not_to_be_had_says_why(
    lines_of: Callable[..., bytes], state: str, cause: str, remedy: str
) -> None:
    fact = seen_of(lines_of(clock=clock(), release=[], sshd=state), "sshd")
    assert fact.unavailable.cause == cause
    assert fact.unavailable.remedy.startswith(remedy)


def test_what_allows_a_section_names_the_setting_and_the_commands() -> None:
    assert "sudo = true under [ssh]" in allowing("sshd")
    assert "sshd -T, grep as root with NOPASSWD" in allowing("sshd")
    assert allowing("machine") == "let the login read it"


def test_a_spoilt_section_is_unknown_and_no_other(lines_of: Callable[..., bytes]) -> None:
    whole = lines_of(
        clock=clock(), release=[("os-release", "ID=debian")], units=[("property", "A=b")]
    )
    spoilt = whole.replace(b'"value": "A=b"', b'"value": "A=')
    assert seen_of(spoilt).reading.said == "ID=debian"
    assert seen_of(spoilt, "units").unavailable.cause == (
        "units is not what the script printed: line 6 is not one that the script prints"
    )


def test_a_section_behind_a_cut_is_unknown_and_none_before(lines_of: Callable[..., bytes]) -> None:
    whole = lines_of(
        clock=clock(), release=[("os-release", "ID=debian")], units=[("property", "A=b")]
    )
    cut = whole[: whole.index(b"A=b")]
    assert seen_of(cut).reading.said == "ID=debian"
    fact = seen_of(cut, "units")
    assert fact.unavailable.cause == "its answer was cut before the script's last line"


def test_a_section_that_was_not_asked_for_is_unknown(lines_of: Callable[..., bytes]) -> None:
    fact = seen_of(lines_of(clock=clock(), release=[]), "units")
    assert fact.unavailable.cause == "the answer holds no section units"


@pytest.mark.parametrize(
    ("out", "cause"),
    [
        (b"", "it printed nothing that the script prints"),
        (b"\x1b[2Jnonsense\n" * 9, "it printed nothing that the script prints"),
        (b"x" * 9_000_000, "it printed more than the script can"),
    ],
)
def test_an_answer_without_a_section_makes_the_host_unknown(out: bytes, cause: str) -> None:
    assert seen_of(out).unavailable.cause == cause


def test_a_script_that_could_not_run_says_its_status_and_last_words() -> None:
    fact = seen_of(CommandResult(status=127, out=b"", err=b"sh: \x1b[31mnot found\n"))
    assert fact.unavailable.cause == ("the script ended with status 127: sh: \\x1b[31mnot found")
    fact = seen_of(CommandResult(status=1, out=b"", err=b""))
    assert fact.unavailable.cause == "the script ended with status 1: without a word"


@pytest.mark.parametrize("epoch", ["", "x", "9" * 40, "-" + "9" * 40])
def test_a_host_without_a_clock_is_unknown(lines_of: Callable[..., bytes], epoch: str) -> None:
    fact = seen_of(lines_of(clock=[("epoch", epoch)], release=[]))
    assert fact.unavailable.cause == "it does not say what time it is there"


def test_what_the_script_cannot_print_makes_that_host_unknown(
    lines_of: Callable[..., bytes],
) -> None:
    def parse(host: HostView) -> Words:
        return Words(str(int(host.section("release").one("os-release"))))

    network = Network({"one": lines_of(clock=clock(), release=[("os-release", "x\u0090")])})
    [fact] = readings_of(profile_of(HostGroup(names=("one",))), network).facts((), parse)
    assert fact.unavailable is not None
    assert fact.unavailable.cause.startswith("it printed what the script cannot print: ")
    assert fact.unavailable.cause.isprintable()


@pytest.mark.parametrize(
    ("apart", "trusted"),
    [(0, True), (119, True), (-119, True), (121, False), (-121, False), (86400, False)],
)
def test_a_clock_that_is_wrong_is_told_with_both_instants(
    lines_of: Callable[..., bytes], apart: int, *, trusted: bool
) -> None:
    seen: list[HostView] = []

    def parse(host: HostView) -> Words:
        seen.append(host)
        return Words("")

    there = NOW + dt.timedelta(seconds=apart)
    network = Network({"one": lines_of(clock=clock(there))})
    clocks, profile = Clocks(NOW.timestamp), profile_of(HostGroup(names=("one",)))
    readings_of(profile, network, clocks=clocks).facts((), parse)
    assert abs(clocks.apart()["one"] - apart) <= RESOLUTION
    [host] = seen
    if trusted:
        assert host.clock is None
    else:
        assert host.clock is not None
        assert f"{there:%Y-%m-%d %H:%M:%S}" in host.clock.cause
        assert "2026-11-20 09:00:00 here" in host.clock.cause


def by_file(tmp_path: Path, printed: bytes | None, **limits: Any) -> tuple[Any, Network, Any]:
    if printed is not None:
        (tmp_path / "one.jsonl").write_bytes(printed)
    group = HostGroup(names=("one",), outputs={"one": "one.jsonl"})
    network = Network({})
    readings = readings_of(profile_of(group, **limits), network, tmp_path)
    answer = readings.answer((), release)
    return answer.value[0], network, answer


def test_a_host_can_be_told_of_by_what_the_script_printed_there(
    tmp_path: Path, lines_of: Callable[..., bytes]
) -> None:
    there = NOW - dt.timedelta(days=6)
    printed = lines_of(clock=clock(there), release=[("os-release", "ID=debian")])
    fact, network, answer = by_file(tmp_path, printed)
    assert fact.reading.said == "ID=debian"
    assert network.asked == []
    assert answer.where == ("one, one.jsonl of 2026-11-14T09:00:00Z",)


@pytest.mark.parametrize(("days", "limit"), [(8, 7), (40, 30), (-1, 7)])
def test_an_output_that_is_old_or_of_the_future_tells_nothing(
    tmp_path: Path, lines_of: Callable[..., bytes], days: int, limit: int
) -> None:
    there = NOW - dt.timedelta(days=days)
    fact, _, _ = by_file(tmp_path, lines_of(clock=clock(there)), oldest_output_days=limit)
    assert fact.unavailable.cause == (
        f"one.jsonl is of {there:%Y-%m-%d}: not of the last {limit} days"
    )
    assert "orr plan --script one" in fact.unavailable.remedy


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        (None, "one.jsonl cannot be read: No such file or directory"),
        (b"", "it printed nothing that the script prints"),
        (b"\x00" * 100, "it printed nothing that the script prints"),
    ],
)
def test_an_output_that_cannot_be_read_tells_nothing(
    tmp_path: Path, printed: bytes | None, cause: str
) -> None:
    fact, _, _ = by_file(tmp_path, printed)
    assert fact.unavailable.cause == cause
    assert fact.unavailable.remedy


def test_hosts_are_asked_for_the_sections_that_collectors_declare() -> None:
    known = registry()
    wanted = [known["host_images"], known["host_sockets"], known["endpoints"]]
    assert sections_of(wanted) == {"release", "reboot", "updates", "sockets"}
    every = sections_of(known.values())
    assert every == set(SECTIONS) - {"clock"}


def test_a_desk_is_closed_also_after_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Written(
        profile=profile_of(),
        statements=(),
        waivers=(),
        policy=Policy(),
        folder=tmp_path,
        digests=(),
    )
    closed: list[SshAccess] = []

    def close(ssh: SshAccess) -> None:
        closed.append(ssh)

    monkeypatch.setattr(SshAccess, "close", close)
    desk = opened_desk(
        written, registry().values(), print, as_of=dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    )

    def ask_and_fail() -> None:
        with desk as opened:
            assert callable(opened.ssh.route)
            raise RuntimeError("within")

    with pytest.raises(RuntimeError, match="within"):
        ask_and_fail()
    assert len(closed) == 1
