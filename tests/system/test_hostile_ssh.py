"""The SSH client against servers that flood, drip, hang, cut and lie: a named reason, in time."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.ssh import CommandResult, SshAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import HostGroup, Machine, Person, Profile, Release, Service, Ssh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HASTY = {"connect_seconds": 2, "command_seconds": 2, "host_seconds": 5}
"""For servers that are waited for; the others get time enough on any machine."""
PATIENT = {"connect_seconds": 15, "command_seconds": 15, "host_seconds": 30}
MOST_GROWTH_MIB = 64
SCRIPT = b"exit 0\n"
ZOO = Path(__file__).with_name("hostile_ssh.py")


@dataclass(frozen=True)
class Zoo:
    """The servers, and the files that lead to them."""

    ports: Mapping[str, int]
    folder: Path
    host_key: str
    """Of all servers but one, as known_hosts has it."""

    def place(self, behaviour: str) -> str:
        """As causes name it."""
        return f"{alias(behaviour)} (127.0.0.1:{self.ports[behaviour]})"

    @property
    def ledger(self) -> dict[str, int]:
        """What clients have sent until now."""
        with socket.create_connection(("127.0.0.1", self.ports["ledger"]), timeout=5) as asked:
            read: dict[str, int] = json.loads(asked.makefile("rb").read())
        return read

    def since(self, before: Mapping[str, int], behaviour: str) -> dict[str, int]:
        """What clients have sent to one server since then."""
        return {
            what.partition(": ")[2]: count - before.get(what, 0)
            for what, count in self.ledger.items()
            if what.startswith(f"{behaviour}: ") and count > before.get(what, 0)
        }


@dataclass
class Seen:
    """What became of one question."""

    outcome: CommandResult | None = None
    cause: str = ""
    remedy: str = ""
    seconds: float = 0
    growth_mib: float = 0


def alias(behaviour: str) -> str:
    return behaviour.replace(" ", "-")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    folder = tmp_path_factory.mktemp("zoo")
    for name in ("host", "other", "id"):
        _key(folder / name)
    command = [sys.executable, str(ZOO), str(folder / "host"), str(folder / "other")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        ports: dict[str, int] = json.loads(running.stdout.readline())
        host_key = " ".join((folder / "host.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text(
            "".join(f"[127.0.0.1]:{port} {host_key}\n" for port in ports.values())
        )
        blocks = [
            f"Host {alias(name)}\n  HostName 127.0.0.1\n  Port {port}\n"
            for name, port in ports.items()
        ]
        (folder / "ssh_config").write_text(
            "".join(blocks) + "Host *\n  User auditor\n  IdentityFile id\n"
        )
        yield Zoo(ports=ports, folder=folder, host_key=host_key)
        running.kill()


def _key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@dataclass
class Client:
    """The product's client, with what it says meanwhile."""

    access: SshAccess
    profile: Profile
    progress: list[str] = field(default_factory=list)

    def machine(self, behaviour: str) -> Machine:
        return next(one for one in self.profile.machines if one.name == alias(behaviour))

    def run(self, behaviour: str) -> CommandResult:
        return self.access.run(self.machine(behaviour), SCRIPT)

    def ask(self, behaviour: str) -> Seen:
        """Run the script on one server; measure time and memory meanwhile."""
        seen, started, before = Seen(), time.monotonic(), _resident_mib("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak is measured anew
        try:
            seen.outcome = self.run(behaviour)
        except FactUnavailable as error:
            seen.cause, seen.remedy = error.cause, error.remedy
        seen.seconds = time.monotonic() - started
        seen.growth_mib = _resident_mib("VmHWM") - before
        return seen


def _resident_mib(key: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(key))) / 1024


@pytest.fixture
def client(zoo: Zoo) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(*groups: HostGroup, folder: Path = zoo.folder, **ssh: Any) -> Client:
        jumps = tuple(alias(name) for name in zoo.ports if name.startswith("jump"))
        others = tuple(alias(name) for name in zoo.ports if not name.startswith("jump"))
        settings = {
            "config": "ssh_config",
            "known_hosts": "known_hosts",
            "agent": False,
            **PATIENT,
        }
        profile = _profile(
            groups or (HostGroup(names=jumps, role="jump"), HostGroup(names=others)),
            Ssh(**settings | ssh),  # type: ignore[arg-type] # as pydantic reads them
        )
        progress: list[str] = []
        access = SshAccess(profile, folder, progress.append)
        made.append(Client(access=access, profile=profile, progress=progress))
        return made[-1]

    yield make
    for one in made:
        one.access.close()


def _profile(groups: tuple[HostGroup, ...], ssh: Ssh) -> Profile:
    ana = Person(email="ana@example.org", name="Ana", roles=("service",))
    return Profile(
        service=Service(name="explorer", environment="production", people=(ana,)),
        release=Release(commit="4f2a9c1d0e"),
        ssh=ssh,
        hosts=groups,
    )


def behind(jump: str, *names: str) -> tuple[HostGroup, ...]:
    return (
        HostGroup(names=(alias(jump),), role="jump"),
        HostGroup(names=tuple(alias(name) for name in names), jump=(alias(jump),)),
    )


RESULTS = {
    "ok": CommandResult(status=0, out=b"hello\n", err=b""),
    "big banner": CommandResult(status=0, out=b"hello\n", err=b""),
    "status first": CommandResult(status=0, out=b"late\n", err=b""),
    "end without close": CommandResult(status=0, out=b"", err=b""),
    "echo": CommandResult(status=7, out=SCRIPT, err=b"aside\n"),
}
CAUSES = {
    "flood": "{} wrote more than 4096 KiB to standard output; received: …",
    "flood past the window": "{} wrote more than 4096 KiB to standard output; received: …",
    "flood of errors": "{} wrote more than 64 KiB to standard error; received: …",
    "silent": "{} did not end its script within 2 s",
    "no status": (
        "{} ended its script without an exit status, as after a signal; received: "
        r'"PermitRootLogin no\n\x1b]0;owned\x07\x1b[2J\u202e"'
    ),
    "half a line": (
        "{} ended its script without an exit status, as after a signal; received: "
        '"{{"section": "os", "val"'
    ),
    "status without end": '{} did not end its script within 2 s; received: "a\\n"',
    "drip": '{} did not end its script within 2 s; received: "...…',
    "cut": '{} broke off the connection before its script had ended; received: "half a li"',
    "signal": ('{} ended its script without an exit status, as after a signal; received: "x\\n"'),
    "status 4294967295": (
        '{} ended its script with 4294967295, which is no exit status; received: "x\\n"'
    ),
    "status 256": '{} ended its script with 256, which is no exit status; received: "x\\n"',
    "close without end": '{} closed the channel without the end of the output; received: "a\\n"',
    "refuses commands": "{} refused to run a command for auditor",
    "never answers exec": "{} did not end its script within 2 s",
    "no sessions": "{} refused a session, with code 3",
    "partial": "{} wants more of auditor than a key: publickey",
    "password only": "{} lets nobody log in as auditor with a key, only by password",
    "refuses every key": "{} refused the login of auditor with SHA256:…",
    "slow login": "{} did not answer the login of auditor within 2 s",
    "hangs up at the login": "{} broke off the connection during the login of auditor",
    "other key": "the host key of {} has changed: it shows ssh-ed25519 SHA256:…",
    "no greeting": "{} did not complete the SSH handshake within 2 s",
    "greeting alone": "{} did not complete the SSH handshake within 2 s",
    "hangs up": "{} closed the connection during the SSH handshake",
    "old greeting": (
        "{} shares no algorithm with this client: Incompatible version (1.5 instead of 2.0)"
    ),
    "lines without end": "{} did not greet as an SSH server does",
    "a line without end": "{} sent more than 1024 KiB before the login",
    "dripping lines": "{} did not complete the SSH handshake within 2 s",
    "huge packet": "{} sent a packet that is larger than any may be",
    "nonsense": "{} does not complete the SSH handshake: …",
    "outdated": "{} has only host keys of outdated kinds, signed with SHA-1: ssh-rsa",
}


@pytest.mark.parametrize("behaviour", RESULTS)
def test_a_status_and_the_end_of_both_streams_are_a_result(
    client: Callable[..., Client], behaviour: str
) -> None:
    assert client().run(behaviour) == RESULTS[behaviour]


@pytest.mark.parametrize("behaviour", CAUSES)
def test_everything_else_is_a_named_reason_within_its_deadline_and_little_memory(
    client: Callable[..., Client], zoo: Zoo, behaviour: str
) -> None:
    client().run("ok")  # so that what is loaded once is not taken for growth
    expected = CAUSES[behaviour].format(zoo.place(behaviour))
    limits = HASTY if " within " in expected else PATIENT
    seen = client(**limits).ask(behaviour)
    begun = expected.removesuffix("…")
    assert seen.cause.startswith(begun)
    assert seen.cause == begun or expected.endswith("…") or behaviour == "half a line"
    assert len(seen.cause) < len(begun) + 300
    assert seen.cause.isprintable()
    assert seen.remedy
    assert seen.seconds <= limits["host_seconds"] + 1
    assert seen.growth_mib <= MOST_GROWTH_MIB


def test_every_behaviour_of_the_zoo_is_asked(zoo: Zoo) -> None:
    asked = {*RESULTS, *CAUSES, "ledger"}
    assert {name for name in zoo.ports if not name.startswith("jump")} == asked
    assert len(CAUSES) >= 18


@pytest.mark.parametrize("jump", ["", "jump"])
def test_one_key_is_one_attempt_and_nothing_but_the_script_is_sent(
    client: Callable[..., Client], zoo: Zoo, jump: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never sent")
    before = zoo.ledger
    reader = client(*behind(jump, "echo")) if jump else client()
    assert reader.run("echo") == RESULTS["echo"]
    once = dict.fromkeys(("connection", "publickey", "user auditor"), 1)
    assert zoo.since(before, "echo") == once | {"channel session": 1, "exec sh -s": 1}
    assert not jump or zoo.since(before, "jump") == once | {"forward": 1}


def test_one_connection_to_a_jump_host_serves_all_behind_it_and_itself(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    names = ("ok", "echo", "big banner", "status first", "end without close")
    before, reader = zoo.ledger, client(*behind("jump", *names))
    with ThreadPoolExecutor(len(names) + 1) as pool:
        results = dict(zip(names, pool.map(reader.run, names), strict=True))
        own = pool.submit(reader.run, "jump").result()
    assert results == {name: RESULTS[name] for name in names}
    assert own == RESULTS["ok"]
    sent = zoo.since(before, "jump")
    assert (sent["connection"], sent["publickey"], sent["forward"]) == (1, 1, len(names))
    assert [zoo.since(before, name)["publickey"] for name in names] == [1] * len(names)


def test_hostile_hosts_cost_only_themselves(client: Callable[..., Client], zoo: Zoo) -> None:
    names = ("ok", "cut", "flood", "status first", "nonsense", "signal", "huge packet")
    reader = client(*behind("jump", *names))
    with ThreadPoolExecutor(len(names)) as pool:
        seen = dict(zip(names, pool.map(reader.ask, names), strict=True))
    good = {name for name, one in seen.items() if one.outcome == RESULTS.get(name, one)}
    assert good == {"ok", "status first"}
    named = {name: one.cause for name, one in seen.items() if name not in good}
    assert all(cause.startswith(zoo.place(name)) for name, cause in named.items())


def test_a_chain_of_jump_hosts_is_followed(client: Callable[..., Client], zoo: Zoo) -> None:
    before = zoo.ledger
    chain = (
        HostGroup(names=("jump",), role="jump"),
        HostGroup(names=("jump-in-want",), role="jump", jump=("jump",)),
        HostGroup(names=("jump-that-prohibits",), role="jump", jump=("jump-in-want",)),
        HostGroup(names=("ok", "echo"), jump=("jump-in-want",)),
        HostGroup(names=("cut",), jump=("jump-that-prohibits",)),
    )
    reader = client(*chain)
    assert (reader.run("ok"), reader.run("echo")) == (RESULTS["ok"], RESULTS["echo"])
    prohibited = reader.ask("cut")
    assert prohibited.cause == (
        f"{zoo.place('jump that prohibits')} does not forward to {zoo.place('cut')}:"
        " administratively prohibited"
    )
    assert "AllowTcpForwarding" in prohibited.remedy
    assert zoo.since(before, "jump")["connection"] == 1
    sent = zoo.since(before, "jump in want")
    assert (sent["connection"], sent["forward"]) == (1, 4)  # what was refused for want came again
    through = f"SSH {zoo.place('ok')} through jump and jump-in-want"
    assert reader.progress[0] == through


def test_a_jump_host_in_lasting_want_is_asked_twice(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    before, reader = zoo.ledger, client(*behind("jump in long want", "ok"))
    assert reader.ask("ok").cause == (
        f"{zoo.place('jump in long want')} has no resources to forward to {zoo.place('ok')},"
        " asked twice"
    )
    assert zoo.since(before, "jump in long want")["forward"] == 2


def test_a_jump_host_that_dies_half_way_is_the_reason_for_all_behind_it(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    names = ("silent", "drip")
    reader = client(*behind("jump that dies", *names, "ok"))
    with ThreadPoolExecutor(len(names)) as pool:
        seen = list(pool.map(reader.ask, names))
    died = f"{zoo.place('jump that dies')} broke off the connection"
    assert [one.cause.partition(";")[0] for one in seen] == [
        f"{died} before its script had ended",
        f"{died} before its script had ended",
    ]
    assert max(one.seconds for one in seen) < 10
    before, later = zoo.ledger, reader.ask("ok")
    assert later.cause == (f"ok cannot be reached: {died} before all hosts behind it were read")
    assert zoo.since(before, "jump that dies") == {}


def test_a_jump_host_that_floods_what_it_forwards_is_cut_off(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    reader = client(*behind("jump that floods", "ok"))
    reader.run("jump that floods")
    seen = reader.ask("ok")
    assert zoo.place("ok") in seen.cause
    assert seen.seconds <= PATIENT["host_seconds"] + 1
    assert seen.growth_mib <= MOST_GROWTH_MIB


def test_an_unreachable_jump_host_is_the_reason_for_all_behind_it_and_asked_once(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    before = zoo.ledger
    groups = (
        HostGroup(names=("refuses-every-key",), role="jump"),
        HostGroup(names=("ok", "echo"), jump=("refuses-every-key",)),
    )
    reader = client(*groups)
    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(reader.ask, ("ok", "echo")))
    refused = f"cannot be reached: {zoo.place('refuses every key')} refused the login of auditor"
    assert [one.cause.partition(" with")[0] for one in seen] == [
        f"ok {refused}",
        f"echo {refused}",
    ]
    assert zoo.since(before, "refuses every key")["connection"] == 1


def test_a_jump_host_that_never_answers_drops(client: Callable[..., Client], zoo: Zoo) -> None:
    reader = client(*behind("jump that never answers", "ok"), **HASTY)
    jump = reader.machine("jump that never answers")
    assert reader.access.reach(jump, "127.0.0.1", zoo.ports["ok"]) == "dropped"
    seen = reader.ask("ok")
    assert seen.cause == f"{zoo.place('ok')} could not be connected to within 2 s"
    assert seen.seconds <= HASTY["host_seconds"] + 1


def test_a_jump_host_that_hangs_up_when_asked_is_the_reason(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    reader = client(*behind("jump that hangs up", "ok"))
    died = f"{zoo.place('jump that hangs up')} broke off the connection when asked for"
    assert reader.ask("ok").cause == f"{died} {zoo.place('ok')}"
    other = client(*behind("jump that hangs up", "ok"))
    with pytest.raises(FactUnavailable) as caught:
        other.access.reach(other.machine("jump that hangs up"), "10.0.0.5", 80)
    assert caught.value.cause == f"{died} 10.0.0.5 port 80"


def test_a_jump_host_that_cannot_tell_a_ports_state_is_a_named_reason(
    client: Callable[..., Client], zoo: Zoo
) -> None:
    reader = client()
    assert reader.access.reach(reader.machine("jump"), "127.0.0.1", zoo.ports["ok"]) == "open"
    with pytest.raises(FactUnavailable) as prohibited:
        reader.access.reach(reader.machine("jump that prohibits"), "10.0.0.5", 80)
    assert prohibited.value.cause == (
        f"{zoo.place('jump that prohibits')} does not forward to 10.0.0.5 port 80:"
        " administratively prohibited"
    )
    assert "AllowTcpForwarding" in prohibited.value.remedy
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FactUnavailable) as wordless:
        reader.access.reach(reader.machine("jump"), "127.0.0.1", port)
    assert wordless.value.cause == (
        f"{zoo.place('jump')} could not connect to 127.0.0.1 port {port}"
    )
    with pytest.raises(FactUnavailable) as odd:
        reader.access.reach(reader.machine("jump"), "-oProxyCommand=id", 80)
    assert odd.value.cause == 'an address to try cannot be "-oProxyCommand=id"'
    with pytest.raises(FactUnavailable) as dead:
        client().access.reach(reader.machine("jump that dies"), "127.0.0.1", 1)
    assert zoo.place("jump that dies") in dead.value.cause


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "is not known: it shows {shown} and {file} has none for {name}"),
        (
            "@cert-authority * {other}",
            (
                "is not known: it shows {shown} and {file} has only a certificate authority,"
                " which is not supported for {name}"
            ),
        ),
        ("{name} {other}", "has changed: it shows {shown} and {file} has {fingerprint}"),
        (
            "{name} {ecdsa}",
            "is of another kind: it shows {shown} and {file} has only ecdsa-sha2-nistp256",
        ),
        ("{name} {host}\n@revoked {name} {host}", "is revoked: {shown}"),
    ],
)
@pytest.mark.parametrize("through", [(), ("jump",)])
def test_a_host_key_that_nobody_vouched_for_is_refused_and_not_learnt(
    client: Callable[..., Client],
    zoo: Zoo,
    tmp_path: Path,
    line: str,
    told: str,
    through: tuple[str, ...],
) -> None:
    ecdsa = tmp_path / "ecdsa"
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(ecdsa)], check=True)
    file = tmp_path / "known_hosts"
    words = {
        "name": f"[127.0.0.1]:{zoo.ports['ok']}",
        "host": zoo.host_key,
        "other": " ".join((zoo.folder / "other.pub").read_text().split()[:2]),
        "ecdsa": " ".join(ecdsa.with_suffix(".pub").read_text().split()[:2]),
        "file": str(file),
        "shown": f"ssh-ed25519 {fingerprint(zoo.folder / 'host.pub')}",
        "fingerprint": fingerprint(zoo.folder / "other.pub"),
    }
    jump = f"[127.0.0.1]:{zoo.ports['jump']} {zoo.host_key}\n"
    file.write_text(jump + line.format(**words))
    before, said = hashlib.sha256(file.read_bytes()), zoo.ledger
    groups = behind("jump", "ok") if through else ()
    seen = client(*groups, known_hosts=str(file)).ask("ok")
    assert seen.cause == f"the host key of {zoo.place('ok')} {told.format(**words)}"
    assert "@revoked" in line or "ssh-keygen -lf" in seen.remedy
    assert "@revoked" in line or "ssh-keyscan" in seen.remedy
    assert hashlib.sha256(file.read_bytes()).digest() == before.digest()
    assert zoo.since(said, "ok") == {"connection": 1}


def fingerprint(public: Path) -> str:
    told = subprocess.run(
        ["ssh-keygen", "-lf", str(public)], check=True, capture_output=True, text=True
    )
    return told.stdout.split()[1]


def test_the_whole_host_has_a_deadline_of_its_own(client: Callable[..., Client]) -> None:
    seen = client(host_seconds=1).ask("silent")
    assert seen.cause.endswith("within 1 s")
    assert seen.remedy.endswith("or raise host_seconds of [ssh] in readiness.toml")
    assert seen.seconds <= 2


def test_closing_ends_every_thread_and_connection(
    client: Callable[..., Client],
) -> None:
    reader = client(*behind("jump", "silent", "ok"))
    reader.run("ok")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(reader.ask, "silent")
        while not _threads():
            time.sleep(0.01)
        time.sleep(0.5)
        reader.access.close()
        assert "broke off the connection" in asked.result(timeout=10).cause
    ends = time.monotonic() + 5
    while _threads() and time.monotonic() < ends:
        time.sleep(0.01)
    assert _threads() == []
    reader.access.close()


def _threads() -> list[str]:
    """The client's threads and paramiko's, of which one may be a timer."""
    return [
        one.name
        for one in threading.enumerate()
        if one.name.startswith("orr-ssh")
        or isinstance(one, threading.Timer)
        or type(one).__module__.startswith(("paramiko", "pytest_orr"))
    ]
