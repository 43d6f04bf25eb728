"""Units, exporters and sockets, and commands that hang or fail."""

from __future__ import annotations

import shutil
import socket
from typing import Any

import pytest

UNITS = """\
Type=simple
Restart=on-failure
NRestarts=2
User=explorer
Id=explorer.service
Names=explorer.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled

Id=prometheus-node-exporter.service
Names=prometheus-node-exporter.service
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
"""


def test_listening_sockets_are_read_for_real(host: Any) -> None:
    if not shutil.which("ss"):
        pytest.skip("needs ss, of iproute2")
    with socket.create_server(("127.0.0.1", 0)) as near, socket.create_server(("", 0)) as far:
        found = host.fact("host_sockets").reading
        [here] = found.on(near.getsockname()[1])
        assert here.is_loopback
        assert here.process.startswith("python") or "pytest" in here.process
        assert far.getsockname()[1] in found.exposed_ports
        assert near.getsockname()[1] not in found.exposed_ports


def test_units_and_exporters_are_read_by_named_properties(host: Any) -> None:
    (host.root.path / "run/systemd/system").mkdir(parents=True)
    host.root.stub(
        "systemctl", 'for word; do echo "$word"; done | grep -q -- --no-pager && cat /units'
    )
    host.root.stub("ss", "echo 'LISTEN 0 4096 *:9100 *:*'")
    host.root.write("units", UNITS)
    host.group = {"units": ("explorer.service",)}
    [unit] = host.fact("host_units").reading.units
    assert unit.is_loaded
    assert unit.restarts == 2
    exporter = host.fact("host_exporters").reading
    assert exporter.listens
    assert exporter.comes_back


def test_a_host_that_systemd_does_not_run_has_no_units(host: Any) -> None:
    host.root.stub("ss", "exit 0")
    assert "systemd does not run this host" in host.fact("host_units").unavailable.cause
    exporter = host.fact("host_exporters").reading
    assert not exporter.listens
    assert not exporter.comes_back
    assert exporter.seen == "no unit of node_exporter; nothing listens on 9100"


@pytest.mark.parametrize(
    ("stub", "cause"),
    [
        ("sleep 60", "it took longer than the script waits"),
        ("echo 'Failed to connect to bus: Host is down' >&2; exit 1", "Failed to connect to bus"),
        ("echo 'Access denied' >&2; exit 4", "units is not to be read: Access denied"),
    ],
)
def test_a_command_that_hangs_or_fails_costs_its_section_alone(
    host: Any, stub: str, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (host.root.path / "run/systemd/system").mkdir(parents=True)
    host.root.stub("systemctl", stub)
    script = host.script("units", "machine").replace("seconds=20", "seconds=1")
    monkeypatch.setattr(type(host), "script", lambda *_: script)
    output = host.output()
    assert output.sections["units"].state in {"failed", "denied"}
    assert output.sections["machine"].state == "ok"
    assert cause in host.fact("host_units").unavailable.cause
