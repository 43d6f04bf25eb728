"""The SSH client against OpenSSH's own sshd: a jump host and a backend on loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.ssh import CommandResult, SshAccess
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import HostGroup, Machine, Person, Profile, Release, Service, Ssh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    SSHD is None, reason="sshd is not installed: install the package openssh-server"
)
ME = pwd.getpwuid(os.getuid()).pw_name
KINDS = ("ed25519", "ecdsa", "rsa")
SETTINGS = """\
ListenAddress 127.0.0.1
AuthorizedKeysFile {folder}/authorized_keys
TrustedUserCAKeys {folder}/authority.pub
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
AcceptEnv *
LogLevel VERBOSE
MaxAuthTries 6
"""
INCLUDED = """\
Host jump
  Port {jump}
Host backend twin
  Port {backend}
  ProxyJump jump
Host straight
  Port {backend}
Host behind-backend
  Port {jump}
  ProxyJump straight
Host gone
  Port {closed}
  ProxyJump jump
Host nobody
  Port {backend}
  User no-such-user
Host certified
  Port {backend}
  IdentityFile certified
  CertificateFile certificate.pub
Host certified-nobody
  Port {backend}
  User no-such-user
  IdentityFile certified
  CertificateFile certificate.pub
Host not-certified
  Port {backend}
  IdentityFile certified
  CertificateFile beside-cert.pub
  CertificateFile ssh_config
Host shut
  Port {closed}
Host unresolved
  HostName no-such-host.invalid
Host certified-beside
  Port {backend}
  IdentityFile beside
Host held
  Port {backend}
  IdentityFile held.pub
Host locked
  Port {backend}
  IdentityFile locked
Host locked-and-held
  Port {backend}
  IdentityFile held
Host missing
  Port {backend}
  IdentityFile nowhere
  IdentityFile ssh_config
Host one-of-two
  Port {backend}
  IdentityFile nowhere
  IdentityFile id
Host any-of-agent
  Port {backend}
  IdentityFile none
Host *
  HostName 127.0.0.1
"""
IDENTITY = """\
Include conf.d/*.conf
Match originalhost {plain}
  IdentityFile %d/id
"""
PLAIN = ("jump", "backend", "twin", "straight", "behind-backend", "gone", "nobody")


def keygen(*words: str) -> None:
    command = ["ssh-keygen", "-q", *words]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass(frozen=True)
class Pair:
    """A jump host and a backend, and what leads to them."""

    folder: Path
    ports: Mapping[str, int]
    agent: Path

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def count(self, name: str, words: str) -> int:
        """How often sshd has written something."""
        return self.log(name).count(words)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    ports = {name: free_port() for name in ("jump", "backend", "closed")}
    _lay_down_keys(folder)
    _lay_down_client(folder, ports)
    with ExitStack() as stack:
        for name in ("jump", "backend"):
            stack.enter_context(_sshd(folder, name, ports[name]))
        yield Pair(folder=folder, ports=ports, agent=stack.enter_context(_agent(folder)))


def _lay_down_keys(folder: Path) -> None:
    for name in ("id", "authority", "certified", "beside", "held", "agent-certified"):
        keygen("-t", "ed25519", "-N", "", "-f", str(folder / name))
    keygen("-t", "ed25519", "-N", "secret", "-f", str(folder / "locked"))
    for name in ("certified", "beside", "agent-certified"):
        public = str(folder / f"{name}.pub")
        keygen("-s", str(folder / "authority"), "-I", "auditor", "-n", ME, public)
    (folder / "certified-cert.pub").rename(folder / "certificate.pub")
    accepted = [(folder / f"{name}.pub").read_text() for name in ("id", "held", "locked")]
    (folder / "authorized_keys").write_text("".join(accepted))
    for name in ("jump", "backend"):
        for kind in KINDS:
            keygen("-t", kind, "-N", "", "-f", str(folder / f"{name}_{kind}"))


def _lay_down_client(folder: Path, ports: Mapping[str, int]) -> None:
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "hosts.conf").write_text(INCLUDED.format(**ports))
    (folder / "ssh_config").write_text(IDENTITY.format(plain=",".join(PLAIN)))
    known = [
        f"[127.0.0.1]:{ports[name]} {(folder / f'{name}_ed25519.pub').read_text()}"
        for name in ("jump", "backend")
    ]
    (folder / "known_hosts").write_text("".join(known))


@pytest.fixture
def known_by(pair: Pair, tmp_path: Path) -> Callable[[str], Path]:
    """Write a file with the backend's key of one kind."""

    def write(kind: str) -> Path:
        public = (pair.folder / f"backend_{kind}.pub").read_text()
        file = tmp_path / f"known_{kind}"
        file.write_text(f"[127.0.0.1]:{pair.ports['backend']} {public}")
        return file

    return write


class _sshd:  # noqa: N801 used like a function
    """A running sshd."""

    def __init__(self, folder: Path, name: str, port: int) -> None:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        config = folder / f"sshd_{name}"
        keys = "".join(f"HostKey {folder}/{name}_{kind}\n" for kind in KINDS)
        forwarding = f"AllowTcpForwarding {'yes' if name == 'jump' else 'no'}\n"
        config.write_text(SETTINGS.format(folder=folder) + f"Port {port}\n" + keys + forwarding)
        self.command = [str(SSHD), "-D", "-f", str(config), "-E", str(folder / f"{name}.log")]
        self.port = port

    def __enter__(self) -> None:
        self.running = subprocess.Popen(self.command, env=os.environ | {"GREETING": "none"})
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError(self.command)

    def __exit__(self, *_: object) -> None:
        self.running.terminate()
        self.running.wait()


class _agent:  # noqa: N801 used like a function
    """A running ssh-agent that holds two keys, of which one has a certificate."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "agent.sock"

    def __enter__(self) -> Path:
        self.running = subprocess.Popen(["ssh-agent", "-D", "-a", str(self.path)], stdout=-3)
        with socket.socket(socket.AF_UNIX) as probe:
            while probe.connect_ex(str(self.path)) != 0:
                time.sleep(0.02)
        environment = os.environ | {"SSH_AUTH_SOCK": str(self.path)}
        for name in ("agent-certified", "held"):
            subprocess.run(["ssh-add", "-q", str(self.folder / name)], check=True, env=environment)
        keygen("-p", "-P", "", "-N", "secret", "-f", str(self.folder / "held"))
        return self.path

    def __exit__(self, *_: object) -> None:
        self.running.terminate()
        self.running.wait()


GROUPS = (
    HostGroup(names=("jump",), role="jump"),
    HostGroup(
        names=(
            *("backend", "twin", "straight", "behind-backend", "gone", "nobody", "certified"),
            *("certified-beside", "held", "locked", "locked-and-held", "missing", "one-of-two"),
            *("any-of-agent", "certified-nobody", "not-certified", "shut", "unresolved"),
        )
    ),
)


@dataclass
class Client:
    """The product's client."""

    access: SshAccess
    profile: Profile

    def machine(self, name: str) -> Machine:
        return next(one for one in self.profile.machines if one.name == name)

    def run(self, name: str, script: bytes = b"exit 0\n") -> CommandResult:
        return self.access.run(self.machine(name), script)

    def refusal(self, name: str, script: bytes = b"exit 0\n") -> FactUnavailable:
        with pytest.raises(FactUnavailable) as caught:
            self.run(name, script)
        return caught.value


@pytest.fixture
def client(pair: Pair) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(*, environment: Mapping[str, str] | None = None, **ssh: Any) -> Client:
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        settings = {"config": "ssh_config", "known_hosts": "known_hosts", "agent": False}
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="4f2a9c1d0e"),
            ssh=Ssh(**settings | ssh),  # type: ignore[arg-type] # as pydantic reads them
            hosts=GROUPS,
        )
        around = {"HOME": str(pair.folder), **(environment or {})}
        access = SshAccess(profile, pair.folder, lambda _: None, environment=around)
        made.append(Client(access=access, profile=profile))
        return made[-1]

    yield make
    for one in made:
        one.access.close()


def test_a_backend_is_read_through_its_jump_host(client: Callable[..., Client]) -> None:
    reader = client()
    script = b'echo "hello $(id -un)"; echo aside >&2; cat <<"E"\n$(not run)\nE\nexit 3\n'
    assert reader.run("backend", script) == CommandResult(
        status=3, out=f"hello {ME}\n$(not run)\n".encode(), err=b"aside\n"
    )
    assert str(reader.access.route(reader.machine("backend"))).endswith("through jump")


def test_nothing_of_the_auditors_environment_arrives(
    client: Callable[..., Client], pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never sent")
    monkeypatch.setenv("LC_TEST", "never sent")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(pair.agent))
    reader = client(agent=True, environment={"SSH_AUTH_SOCK": str(pair.agent)})
    out = reader.run("backend", b"env; tty; ls -d /tmp/ssh-*/agent.* 2>/dev/null\n").out.decode()
    assert "HOME=" in out
    assert "not a tty" in out
    assert "never sent" not in out
    assert "SSH_AUTH_SOCK" not in out


def test_authentications_are_as_many_as_hosts_and_jump_hosts(
    client: Callable[..., Client], pair: Pair
) -> None:
    accepted = {name: pair.count(name, "Accepted publickey") for name in ("jump", "backend")}
    reader = client()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(reader.run, ["backend", "twin", "jump", "backend"]))
    assert [one.status for one in results] == [0, 0, 0, 0]
    assert pair.count("jump", "Accepted publickey") == accepted["jump"] + 1
    assert pair.count("backend", "Accepted publickey") == accepted["backend"] + 3
    assert pair.count("jump", "Failed ") == 0


@pytest.mark.parametrize("name", ["certified", "certified-beside"])
def test_a_certificate_logs_in(client: Callable[..., Client], pair: Pair, name: str) -> None:
    before = pair.count("backend", "ED25519-CERT")
    assert client().run(name).status == 0
    assert pair.count("backend", "ED25519-CERT") > before


@pytest.mark.parametrize("name", ["held", "locked-and-held"])
def test_a_key_that_the_agent_holds_logs_in_by_its_public_half(
    client: Callable[..., Client], pair: Pair, name: str
) -> None:
    failed = pair.count("backend", "Failed publickey")
    reader = client(agent=True, environment={"SSH_AUTH_SOCK": str(pair.agent)})
    assert reader.run(name).status == 0
    assert pair.count("backend", "Failed publickey") == failed
    told = client(agent=False).refusal(name)
    wanted = {
        "held": "the ssh-agent does not hold its other half",
        "locked-and-held": "a passphrase",
    }
    assert wanted[name] in told.cause


def test_without_a_file_the_agents_keys_are_offered_in_order(
    client: Callable[..., Client], pair: Pair
) -> None:
    before = pair.count("backend", "ED25519-CERT")
    reader = client(agent=True, environment={"SSH_AUTH_SOCK": str(pair.agent)})
    assert reader.run("any-of-agent").status == 0
    assert pair.count("backend", "ED25519-CERT") > before


@pytest.mark.parametrize(
    ("name", "agent", "told"),
    [
        ("locked", False, "{folder}/locked has a passphrase, and nobody is asked for it"),
        ("locked", True, "{folder}/locked has a passphrase, and nobody is asked for it"),
        (
            "missing",
            False,
            (
                "{folder}/nowhere cannot be read: No such file or directory;"
                " {folder}/ssh_config is no private key: ValueError"
            ),
        ),
        ("any-of-agent", False, "no IdentityFile, and no key in an ssh-agent"),
    ],
)
def test_a_host_without_a_usable_key_is_unknown_and_nobody_is_asked(
    client: Callable[..., Client], pair: Pair, name: str, told: str, *, agent: bool
) -> None:
    reader = client(agent=agent, environment={"SSH_AUTH_SOCK": str(pair.agent)})
    place = f"{name} (127.0.0.1:{pair.ports['backend']})"
    assert reader.refusal(name).cause == (
        f"there is no key to log in to {place} with: {told.format(folder=pair.folder)}"
    )


@pytest.mark.parametrize("path", ["", "/nowhere/agent.sock"])
def test_an_agent_that_is_not_there_holds_no_key(client: Callable[..., Client], path: str) -> None:
    reader = client(agent=True, environment={"SSH_AUTH_SOCK": path})
    assert "no key in an ssh-agent" in reader.refusal("any-of-agent").cause


def test_a_key_that_can_be_used_is_enough(client: Callable[..., Client]) -> None:
    assert client().run("one-of-two").status == 0


def test_a_refused_login_names_user_and_key(client: Callable[..., Client], pair: Pair) -> None:
    told = client().refusal("nobody").cause
    place = f"nobody (127.0.0.1:{pair.ports['backend']})"
    assert told.startswith(f"{place} refused the login of no-such-user with SHA256:")


@pytest.mark.parametrize(
    ("name", "with_what"), [("certified-nobody", "the certificate of "), ("not-certified", "")]
)
def test_a_certificate_is_offered_with_its_own_key_alone(
    client: Callable[..., Client], pair: Pair, name: str, with_what: str
) -> None:
    told = client().refusal(name).cause
    place = f"{name} (127.0.0.1:{pair.ports['backend']})"
    user = "no-such-user" if with_what else ME
    assert told.startswith(f"{place} refused the login of {user} with {with_what}SHA256:")
    assert ("certificate" in told) is bool(with_what)


def test_a_host_that_is_not_there_is_told_apart_from_one_without_a_name(
    client: Callable[..., Client], pair: Pair
) -> None:
    reader = client()
    shut = f"shut (127.0.0.1:{pair.ports['closed']})"
    assert reader.refusal("shut").cause == f"{shut} refused the connection"
    assert reader.refusal("unresolved").cause == (
        "no-such-host.invalid, the address of unresolved, does not resolve"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_shows_the_key_of_the_kind_that_is_known(
    client: Callable[..., Client], known_by: Callable[[str], Path], kind: str
) -> None:
    assert client(known_hosts=str(known_by(kind))).run("straight").status == 0


def test_hashed_names_are_known(
    client: Callable[..., Client], known_by: Callable[[str], Path]
) -> None:
    file = known_by("ed25519")
    keygen("-H", "-f", str(file))
    assert file.read_text().startswith("|1|")
    assert client(known_hosts=str(file)).run("straight").status == 0


def test_a_port_is_open_refused_or_dropped_seen_from_the_jump_host(
    client: Callable[..., Client], pair: Pair
) -> None:
    reader = client(connect_seconds=4)
    jump = reader.machine("jump")
    assert reader.access.reach(jump, "127.0.0.1", pair.ports["backend"]) == "open"
    assert reader.access.reach(jump, "127.0.0.1", pair.ports["closed"]) == "refused"
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):  # a listener whose queue is full answers nobody
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 of socket
            waiting.connect_ex(full.getsockname())
        time.sleep(0.1)
        assert reader.access.reach(jump, *full.getsockname()) == "dropped"
    with pytest.raises(FactUnavailable) as unknown:
        reader.access.reach(jump, "no-such-host.invalid", 80)
    assert "could not connect to no-such-host.invalid port 80: " in unknown.value.cause


def test_a_host_that_its_jump_host_cannot_reach_is_told_apart(
    client: Callable[..., Client], pair: Pair
) -> None:
    reader = client()
    jump, gone = f"127.0.0.1:{pair.ports['jump']}", f"127.0.0.1:{pair.ports['closed']}"
    assert reader.refusal("gone").cause == (
        f"jump ({jump}) could not connect to gone ({gone}): Connection refused"
    )
    assert reader.run("backend").status == 0
    prohibited = reader.refusal("behind-backend")
    assert prohibited.cause == (
        f"straight (127.0.0.1:{pair.ports['backend']}) does not forward to"
        f" behind-backend ({jump}): administratively prohibited"
    )
    assert "AllowTcpForwarding" in prohibited.remedy


def test_a_script_that_a_signal_ends_has_no_result(client: Callable[..., Client]) -> None:
    told = client().refusal("backend", b"echo begun; kill -9 $$\n").cause
    assert told.endswith('without an exit status, as after a signal; received: "begun\\n"')


def test_a_late_word_on_a_closed_channel_does_not_end_the_connection_to_the_jump_host(
    client: Callable[..., Client], pair: Pair
) -> None:
    reader = client()
    reader.run("backend")
    lines = reader.access._made
    assert lines is not None
    line = lines.shared(reader.access.route(reader.machine("jump")).hops)
    channel = line.forward("127.0.0.1", pair.ports["backend"], 5)
    channel.close()
    time.sleep(0.3)
    channel.closed = channel.eof_sent = False  # as a thread saw it that was just about to send
    channel.send(b"late")
    time.sleep(0.3)
    assert reader.run("backend").status == 0
    assert pair.count("jump", "nonexistent channel") == 0
