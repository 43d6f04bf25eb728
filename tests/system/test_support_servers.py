"""Records of mail from dnsmasq, and a mail sink, aiosmtpd, that must never get a mail."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.dns import DnsAccess
from pytest_orr.clients.smtp import SmtpAccess
from pytest_orr.collect.operations.mail_records import forgeries, mail_route, senders
from pytest_orr.collect.operations.support_mail import SupportMails
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Network
from pytest_orr.profile.support import Support

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

controller = pytest.importorskip("aiosmtpd.controller", reason="needs aiosmtpd (test extra)")
DNSMASQ = shutil.which("dnsmasq")
pytestmark = pytest.mark.skipif(not DNSMASQ, reason="needs dnsmasq (Debian package dnsmasq-base)")
TEN = "".join(f" a:a{number}.ten.example" for number in range(10))
ZONE = f"""\
no-resolv
no-hosts
bind-interfaces
listen-address=127.0.0.1
local=/example/
host-record=mail.explorer.example,127.0.0.1
mx-host=explorer.example,mail.explorer.example,10
mx-host=explorer.example,spare.explorer.example,20
txt-record=explorer.example,"v=spf1 mx include:_spf.explorer.example ","-all"
txt-record=explorer.example,site-verification=7
txt-record=_spf.explorer.example,"v=spf1 ip4:198.51.100.0/24 ~all"
txt-record=_dmarc.explorer.example,"v=DMARC1; p=none; rua=mailto:d@explorer.example"
mx-host=silent.example,.,0
txt-record=silent.example,"v=spf1 +all"
txt-record=ten.example,"v=spf1{TEN} mx -all"
txt-record=loop.example,"v=spf1 redirect=loop.example"
host-record=plain.example,192.0.2.7
"""


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DnsAccess]:
    """A name server that knows the zone."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path_factory.mktemp("dnsmasq") / "dnsmasq.conf"
    config.write_text(f"port={port}\n{ZONE}", encoding="utf-8")
    command = [str(DNSMASQ), "--keep-in-foreground", f"--conf-file={config}"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _wait_for(port)
    yield DnsAccess(Network(resolver=f"127.0.0.1:{port}"), {})
    server.terminate()
    server.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("dnsmasq did not start")


class Sink:
    """Notes what it is asked; ``mails`` stays empty if nobody sends one."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}
        self.asked: list[str] = []
        self.mails: list[bytes] = []

    async def handle_RCPT(  # noqa: N802 the name that aiosmtpd looks for
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked.append(f"{envelope.mail_from or '<>'} to {address}")
        if reply := self.refused.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 as above
        self.mails.append(envelope.content)
        return "250 Ok"


@pytest.fixture(scope="module")
def sink() -> Iterator[tuple[Sink, int]]:
    """A mail server on a free port."""
    handler = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = controller.Controller(handler, hostname="127.0.0.1", port=port)
    running.start()
    yield handler, port
    running.stop()


@pytest.fixture
def collected(names: DnsAccess, sink: tuple[Sink, int]) -> Callable[..., Any]:
    """What is seen of an address whose mail server is asked."""

    def collect(address: str = "support@explorer.example") -> Any:
        support = Support(email=address, ask_server=True, connect=f"127.0.0.1:{sink[1]}")
        profile = SimpleNamespace(support=support)
        desk: Any = SimpleNamespace(profile=profile, dns=names, smtp=SmtpAccess(support, {}))
        [mail] = SupportMails().collect(desk).value
        return mail

    return collect


def test_a_sound_domain_is_read_from_a_real_name_server(names: DnsAccess) -> None:
    route = mail_route(names, "explorer.example")
    assert route.hosts == ("mail.explorer.example", "spare.explorer.example")
    assert route.lost == ("spare.explorer.example",)
    spf = senders(names, "explorer.example")
    assert (spf.rest, spf.lookups, spf.can_be_checked) == ("-all", 2, True)
    policy = forgeries(names, "help.explorer.example")
    assert (policy.found_at, policy.policy) == ("_dmarc.explorer.example", "none")


def test_faults_are_read_from_a_real_name_server(names: DnsAccess) -> None:
    assert mail_route(names, "plain.example").has_address
    assert not mail_route(names, "nobody.example").is_a_name
    assert mail_route(names, "silent.example").takes_none
    assert senders(names, "silent.example").lets_anybody
    assert not senders(names, "ten.example").can_be_checked
    assert senders(names, "loop.example").lookups == 11
    assert not forgeries(names, "plain.example").is_there
    with pytest.raises(FactUnavailable, match=r"answered REFUSED about elsewhere\.test MX"):
        mail_route(names, "elsewhere.test")


def test_a_mail_server_is_asked_and_gets_no_mail(
    collected: Callable[..., Any], sink: tuple[Sink, int]
) -> None:
    handler, _ = sink
    handler.refused = {
        "gone@explorer.example": "550 5.1.1 No such user here",
        "later@explorer.example": "451 4.7.1 Greylisted, come again",
    }
    [taken], [gone], [later] = (
        collected(f"{name}@explorer.example").servers for name in ("support", "gone", "later")
    )
    assert (taken.reading.host, taken.reading.takes) == ("mail.explorer.example", True)
    assert not gone.reading.takes
    assert "550 5.1.1 No such user here, without STARTTLS" in gone.seen
    with pytest.raises(FactUnavailable, match="come again later: 451"):
        later.reading  # noqa: B018 reading it raises
    assert [one.split(" ")[0] for one in handler.asked] == ["<>"] * 3
    assert handler.mails == []
