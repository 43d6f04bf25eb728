"""What a run would ask is told before it asks anything."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

SERVICE = """
[service]
name = "explorer"
environment = "production"
people = [{ email = "ana@example.org", name = "Ana", roles = ["service"] }]
[release]
commit = "0123456"
"""
HOSTS = """
[ssh]
config = "ssh_config"
known_hosts = "known_hosts"
[[hosts]]
names = ["jump"]
role = "jump"
[[hosts]]
names = ["backend-1", "backend-2", "backend-3"]
jump = ["jump"]
units = ["explorer.service"]
outputs = { backend-2 = "backend-2.jsonl" }
"""
AWS = """
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
"""
SSH_CONFIG = """
Host backend-3
  ProxyCommand nc %h %p
Host *
  User auditor
Host backend-1
  HostName 10.77.0.11
  Port 2222
"""


@pytest.fixture(autouse=True)
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile in the folder where the command is called."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORR_PROFILE", raising=False)
    (tmp_path / "ssh_config").write_text(SSH_CONFIG, encoding="utf-8")
    path = tmp_path / "readiness.toml"
    path.write_text(SERVICE + AWS + HOSTS, encoding="utf-8")
    return path


def test_every_operation_is_told_with_the_facts_that_need_it(
    orr: Callable[..., Said], profile: Path
) -> None:
    said = orr("plan", "--profile", profile)
    assert said.status == 0, said.err
    assert said.lines[0].startswith("explorer (production): 76 items ask for ")
    assert "AWS, in 123456789012 eu-central-1" in said.lines
    told = {line.split()[0]: line for line in said.lines if line.startswith("  ")}
    balancing = told["elasticloadbalancing:DescribeTargetHealth"]
    assert balancing.endswith("for load_balancers, pause_switches")
    assert "endpoints" in told["http:GET"]
    assert "host_images" in told["ssh:release"]
    assert told["iam:ListRoles"].endswith("  for account_credentials")
    assert said.lines[-1] == "Nothing else is asked, and nothing is changed."


def test_the_way_to_every_host_is_told(orr: Callable[..., Said], profile: Path) -> None:
    said = orr("plan", "--profile", profile)
    ways = said.lines[said.lines.index("Ways to the hosts") + 1 :][:4]
    assert ways[:3] == [
        "  jump       auditor@jump port 22",
        "  backend-1  auditor@10.77.0.11 port 2222, through jump",
        "  backend-2  not reached: its facts come from backend-2.jsonl",
    ]
    assert ways[3].startswith("  backend-3  no way: ")
    assert "ProxyCommand" in ways[3]


ACCOUNTS = """
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1", "eu-west-1"]
role = "arn:aws:iam::123456789012:role/orr"
profile = "auditor"
[[aws.accounts]]
id = "210987654321"
regions = ["us-east-1"]
environment = "testing"
"""


def test_who_asks_each_account_is_told_first(orr: Callable[..., Said], profile: Path) -> None:
    profile.write_text(SERVICE + ACCOUNTS, encoding="utf-8")
    said = orr("plan", "--profile", profile)
    assert said.status == 0, said.err
    role = "arn:aws:iam::123456789012:role/orr"
    by = 'by the credentials profile "auditor", limited by SecurityAudit'
    assert said.lines[1:6] == [
        "",
        "AWS accounts: credentials that prove to be of another are refused before all else",
        f"  123456789012  production  as {role} {by}",
        "  210987654321  testing  as whoever has the usual credentials",
        "",
    ]


def test_operations_are_told_by_account_and_region(orr: Callable[..., Said], profile: Path) -> None:
    profile.write_text(SERVICE + ACCOUNTS, encoding="utf-8")
    lines = orr("plan", "--profile", profile).lines
    blocks: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("AWS"):
            block = blocks.setdefault(line, [])
        elif line.startswith("  ") and ":" in line:
            block.append(line.split()[0])
    own = "123456789012 eu-central-1, 123456789012 eu-west-1"
    home = "123456789012 us-east-1"
    assert "ec2:DescribeInstances" in blocks[f"AWS, in {own}"]
    assert "cloudfront:ListDistributions" in blocks[f"AWS, what has no region, in {home}"]
    both = blocks[f"AWS, in regions and for what has none, in {own}, {home}"]
    assert {"sts:GetCallerIdentity", "wafv2:GetWebACL"} <= {*both}
    compared = blocks["AWS, compared with and not judged, in 210987654321 us-east-1"]
    assert "sts:GetCallerIdentity" in compared
    assert "ec2:DescribeInstances" not in compared


def test_without_hosts_and_accounts_nobody_is_asked_about_them(
    orr: Callable[..., Said], profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile.write_text(SERVICE, encoding="utf-8")
    monkeypatch.setenv("ORR_PROFILE", str(profile))
    said = orr("plan")
    assert "AWS (no [aws] section: not asked)" in said.lines
    assert "Ways to the hosts" not in said.lines


def test_the_script_of_a_host_is_printed_to_be_read_or_run(
    orr: Callable[..., Said], profile: Path
) -> None:
    said = orr("plan", "--profile", profile, "--script", "backend-1")
    assert said.status == 0, said.err
    assert "explorer.service" in said.out
    checked = subprocess.run(["sh", "-n"], input=said.out, text=True, check=False)
    assert checked.returncode == 0


def test_a_host_that_is_not_declared_is_refused_with_the_nearest(
    orr: Callable[..., Said], profile: Path
) -> None:
    said = orr("plan", "--profile", profile, "--script", "jmp")
    assert said.status == 22
    assert 'readiness.toml declares no host "jmp": did you mean "jump"?' in said.err


def test_where_no_host_is_declared_that_is_said(orr: Callable[..., Said], profile: Path) -> None:
    profile.write_text(SERVICE, encoding="utf-8")
    said = orr("plan", "--profile", profile, "--script", "backend-1")
    assert said.status == 22
    assert 'readiness.toml declares no host "backend-1"; it declares none' in said.err


def test_without_a_profile_the_command_that_creates_one_is_named(
    orr: Callable[..., Said], tmp_path: Path
) -> None:
    said = orr("plan", "--profile", tmp_path / "nowhere.toml")
    assert said.status == 4
    assert "orr init" in said.err


def test_a_profile_with_a_mistake_is_named_as_a_person_here_says_it(
    orr: Callable[..., Said], profile: Path
) -> None:
    profile.write_text("[forgee]\n", encoding="utf-8")
    said = orr("plan", "--profile", profile)
    assert said.status == 22
    assert "\n  readiness.toml:1: `forgee` is no key here" in said.err


def test_without_any_suite_the_command_that_lays_one_down_is_named(
    orr: Callable[..., Said], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    said = orr("plan")
    assert (said.status, said.out) == (4, "")
    assert said.err == (
        "readiness/suite.lock is not there. Lay a suite down with `orr init`, or name another"
        " folder.\n"
    )
