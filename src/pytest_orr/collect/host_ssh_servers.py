"""How each host's SSH server is set: the fact ``host_ssh_servers``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Answer

PASSWORDS = frozenset(
    {
        "passwordauthentication",
        "kbdinteractiveauthentication",
        "challengeresponseauthentication",
        "permitemptypasswords",
    }
)
"""Settings that let somebody in by a password; the third is the old name of the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer:
    """The effective settings of an SSH server, and what its Match blocks set otherwise."""

    ports: tuple[int, ...]
    password_authentication: bool
    keyboard_interactive: bool
    empty_passwords: bool
    permit_root_login: str
    """``no``, ``yes``, ``without-password``, ``forced-commands-only``."""
    public_keys: bool
    agent_forwarding: bool
    tcp_forwarding: str
    x11_forwarding: bool
    allow_users: tuple[str, ...] = ()
    allow_groups: tuple[str, ...] = ()
    authorized_keys_files: tuple[str, ...] = ()
    authorized_keys_command: str = "none"
    password_exceptions: tuple[str, ...] = ()
    """Match blocks that accept passwords: criteria and setting."""
    root_exceptions: tuple[str, ...] = ()
    """Match blocks that let root in."""
    unread: tuple[str, ...] = ()

    @property
    def seen(self) -> str:
        """One line about the server, for a finding."""
        passwords = "passwords" if self._takes_passwords else "no passwords"
        exceptions = "; ".join((*self.password_exceptions, *self.root_exceptions))
        but = f", but {exceptions}" if exceptions else ""
        return f"{passwords}, root login {self.permit_root_login}{but}"

    @property
    def _takes_passwords(self) -> bool:
        return self.password_authentication or self.keyboard_interactive or self.empty_passwords

    @property
    def accepts_passwords(self) -> bool:
        """Whether anybody may log in by a password; keyboard-interactive asks for one, too."""
        return self._takes_passwords or self._has(self.password_exceptions)

    @property
    def lets_root_in(self) -> bool:
        """Whether root may log in, by whatever."""
        return self.permit_root_login != "no" or self._has(self.root_exceptions)

    def _has(self, exceptions: tuple[str, ...]) -> bool:
        if not exceptions and self.unread:
            raise not_permitted("sshd", *self.unread)
        return bool(exceptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSshServers:
    """What does each host's SSH server accept?"""

    name: str = "host_ssh_servers"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:sshd",)
    fact_type: Any = tuple[HostFact[SshServer], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[SshServer], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("sshd",), _server)


def _server(host: HostView) -> SshServer:
    read = host.section("sshd")
    settings = _settings(read.all("setting"))
    exceptions = tuple(_exceptions(read.all("line")))
    return SshServer(
        ports=tuple(int(port) for port in settings["port"]),
        password_authentication=settings["passwordauthentication"] == ("yes",),
        keyboard_interactive=settings["kbdinteractiveauthentication"] == ("yes",),
        empty_passwords=settings["permitemptypasswords"] == ("yes",),
        permit_root_login=settings["permitrootlogin"][0],
        public_keys=settings["pubkeyauthentication"] == ("yes",),
        agent_forwarding=settings["allowagentforwarding"] == ("yes",),
        tcp_forwarding=settings["allowtcpforwarding"][0],
        x11_forwarding=settings["x11forwarding"] == ("yes",),
        allow_users=settings.get("allowusers", ()),
        allow_groups=settings.get("allowgroups", ()),
        authorized_keys_files=tuple(" ".join(settings["authorizedkeysfile"]).split()),
        authorized_keys_command=settings["authorizedkeyscommand"][0],
        password_exceptions=tuple(
            f"{at}: {name} {to}" for at, name, to in exceptions if name in PASSWORDS
        ),
        root_exceptions=tuple(
            f"{at}: {name} {to}" for at, name, to in exceptions if name == "permitrootlogin"
        ),
        unread=read.all("unread"),
    )


def _settings(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return every value of each setting; raise for a server that does not say them all."""
    settings: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, _, value = line.partition(" ")
        settings[name] = (*settings.get(name, ()), value)
    if "passwordauthentication" not in settings:
        raise FactUnavailable(
            "sshd -T did not say its settings", "run `sshd -T` as root on the host, and see"
        )
    return settings


def _exceptions(lines: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    """Yield what Match blocks permit, as criteria, setting and value; lines are file:line."""
    criteria, at = "", ""
    for line in lines:
        # A tab is written out like everything else that is not printable.
        file, _, text = line.replace("\\t", " ").partition(":")
        # The form of sshd_config: a name, blanks or one =, and the rest.
        name, _, value = text.strip().replace("=", " ", 1).partition(" ")
        name, value = name.lower(), value.strip().strip('"').lower()
        if file != at:
            criteria, at = "", file
        if name == "match":
            criteria = "" if value == "all" else f"Match {text.strip()[5:].strip()}"
        elif criteria and value.split("#")[0].strip() != "no":
            yield criteria, name, value
