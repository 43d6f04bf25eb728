"""The example's pages, names and chats on loopback, and a desk that asks them for support."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dns.rrset
import pytest

from pytest_orr.clients.clocks import Clocks
from pytest_orr.clients.discord import DiscordAccess
from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.http import HttpAccess
from pytest_orr.clients.pages import Pages
from pytest_orr.clients.smtp import SmtpAccess
from pytest_orr.clients.telegram import TelegramAccess
from pytest_orr.profile.schema import Endpoint, Network, Person, Profile, Release, Service
from pytest_orr.profile.support import Support

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHECKOUT = Path(__file__).parents[4]


def served_names(records: Iterable[tuple[str, str, list[str]]]) -> str:
    """Serve sets of records, each by name, kind and data; return where."""
    from examples.explorer.names import serve_names  # noqa: PLC0415 after the path is set

    sets = [dns.rrset.from_text(f"{name}.", 60, "IN", kind, *data) for name, kind, data in records]
    return serve_names(sets)


@dataclass
class Reached:
    """Servers of the example that tell of support, and whoever asks them."""

    edge: Any
    ca: str
    discord: Any
    telegram: Any
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    resolver: str = ""

    def page(self, html: str, status: int = 200) -> None:
        """Let the first page be another."""
        from examples.explorer.edge import Reply  # noqa: PLC0415 after the path is set

        self.edge.table["/"] = Reply(status=status, kind="text/html; charset=utf-8", text=html)

    def contacts(self, *faults: str) -> None:
        """Let the first page be the example's, with faults."""
        from examples.explorer.edge import frontend  # noqa: PLC0415 after the path is set

        self.page(frontend(faults))

    def mail(self, *faults: str) -> None:
        """Let the name server speak of the example's mail, with faults."""
        from examples.explorer.mail import mail_records  # noqa: PLC0415 after the path is set

        self.resolver = served_names(mail_records(faults))

    def desk(self, **support: Any) -> Any:
        """A desk for a profile with these keys of ``[support]``."""
        frontend = Endpoint(
            name="frontend",
            role="frontend",
            url="https://explorer.example/",
            connect=f"127.0.0.1:{self.edge.server_port}",
            ca=self.ca,
        )
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        network, declared = Network(resolver=self.resolver or None), Support(**support)
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit="0123456789abcdef0123456789abcdef01234567"),
            network=network,
            endpoints=(frontend,),
            support=declared,
        )
        nobody: Any = None
        return SimpleNamespace(
            profile=profile,
            clocks=Clocks(),
            dns=DnsAccess(network, self.environment, seconds=1),
            http=HttpAccess(environment=self.environment),
            pages=Pages(profile, self.folder, nobody, self.environment),
            smtp=SmtpAccess(declared, self.environment),
            discord=DiscordAccess(environment=self.environment),
            telegram=TelegramAccess(environment=self.environment),
        )


@pytest.fixture(scope="session")
def support_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    """Everything that is asked about support, once for all tests."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.certificates import issue  # noqa: PLC0415 after the path is set
    from examples.explorer.discord import TOKEN as OF_DISCORD  # noqa: PLC0415 as above
    from examples.explorer.discord import DiscordServer  # noqa: PLC0415 as above
    from examples.explorer.edge import HOSTS, Server, replies  # noqa: PLC0415 as above
    from examples.explorer.telegram import TOKEN as OF_TELEGRAM  # noqa: PLC0415 as above
    from examples.explorer.telegram import TelegramServer  # noqa: PLC0415 as above

    folder = tmp_path_factory.mktemp("edge")
    ca, chain = issue(folder, HOSTS)
    edge = Server(dict(replies("repaired")), chain)
    threading.Thread(target=edge.serve_forever, args=(0.01,), daemon=True).start()
    discord, telegram = DiscordServer(), TelegramServer()
    yield Reached(
        edge=edge,
        ca=str(ca),
        discord=discord,
        telegram=telegram,
        folder=folder,
        environment={"DISCORD_BOT": OF_DISCORD, "TELEGRAM_BOT": OF_TELEGRAM},
    )
    for server in (discord, telegram):
        server.close()
    edge.shutdown()
    edge.server_close()


@pytest.fixture
def reached(support_servers: Reached) -> Reached:
    """The servers without any fault."""
    support_servers.discord.faults = support_servers.telegram.faults = frozenset()
    support_servers.contacts()
    support_servers.mail()
    return support_servers


@pytest.fixture
def kept() -> Callable[[Any, Any], Any]:
    """Write a fact as facts.json has it, and read it back: ``kept(collector, value)``."""
    from pydantic import TypeAdapter  # noqa: PLC0415 for this fixture alone

    def through(collector: Any, value: Any) -> Any:
        adapter = TypeAdapter(collector.fact_type)
        return adapter.validate_json(adapter.dump_json(value))

    return through
