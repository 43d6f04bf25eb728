"""Who can log in to each host, who may become root, and by which keys: ``host_accounts``."""

from dataclasses import dataclass
from typing import Any

from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_lines import SectionRead
from pytest_orr.collect.host_paths import paths_in
from pytest_orr.collect.host_permissions import not_permitted
from pytest_orr.collect.host_readings import HostView
from pytest_orr.collect.interface import Desk
from pytest_orr.observation import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user who has a shell."""

    name: str
    uid: int
    home: str
    shell: str
    fingerprints: tuple[str, ...] = ()
    """Of the keys in ~/.ssh/authorized_keys: ``SHA256:…``, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of a host."""

    logins: tuple[Login, ...]
    administrators: tuple[str, ...] = ()
    """Members of the groups sudo, wheel and admin."""
    unread: tuple[str, ...] = ()
    """Directories or files of keys that this login may not read, or that hold no keys."""

    @property
    def seen(self) -> str:
        """One line about the host, for a finding."""
        keys = len({key for login in self.logins for key in login.fingerprints})
        unread = f", {len(self.unread)} places not readable" if self.unread else ""
        return f"{', '.join(self.users)} can log in, {keys} keys{unread}"

    @property
    def users(self) -> tuple[str, ...]:
        """Names of those who have a shell."""
        return tuple(login.name for login in self.logins)

    @property
    def superusers(self) -> tuple[str, ...]:
        """Names of those who are root, whatever they are called."""
        return tuple(login.name for login in self.logins if login.uid == 0)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Every authorised key; known only if all homes could be read."""
        if self.unread:
            raise not_permitted("accounts", *self.unread)
        return tuple(sorted({key for login in self.logins for key in login.fingerprints}))


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAccounts:
    """Who has an account on each host, and which keys open it?"""

    name: str = "host_accounts"
    source: str = "SSH"
    operations: tuple[str, ...] = ("ssh:accounts",)
    fact_type: Any = tuple[HostFact[Accounts], ...]

    def collect(self, desk: Desk) -> Answer[tuple[HostFact[Accounts], ...]]:
        """Ask every host."""
        return desk.hosts.answer(("accounts",), _accounts)


def _accounts(host: HostView) -> Accounts:
    read = host.section("accounts")
    keys, unread = _keys(read)
    users = [line.split(":", 4) for line in read.all("login")]
    return Accounts(
        logins=tuple(
            Login(
                name=name,
                uid=int(uid),
                home=home,
                shell=shell,
                fingerprints=tuple(sorted(keys.get(f"{home}/.ssh", ()))),
            )
            for name, uid, _, home, shell in sorted(users)
        ),
        administrators=_administrators(read.all("group"), users),
        unread=unread,
    )


def _keys(read: SectionRead) -> tuple[dict[str, set[str]], tuple[str, ...]]:
    """Return fingerprints by the directory that they are in, and what could not be read."""
    paths = paths_in(read.all("key"))
    keys: dict[str, set[str]] = {}
    unread = {*paths.unread, *paths.found, *read.all("unread")}
    for path, line in paths.told:
        words = line.split(" ", 2)
        if len(words) > 1 and words[1].startswith("SHA256:"):
            keys.setdefault(path.rpartition("/")[0], set()).add(words[1])
            unread.discard(path)
    return keys, tuple(sorted(unread))


def _administrators(groups: tuple[str, ...], users: list[list[str]]) -> tuple[str, ...]:
    """Return the members of groups, those too whose first group it is."""
    names: set[str] = set()
    for line in groups:
        _, _, gid, members = line.split(":", 3)
        names |= {member for member in members.split(",") if member}
        names |= {name for name, _, first, *_ in users if first == gid}
    return tuple(sorted(names))
