from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.ssh_config import Said, SshConfig
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    About = Callable[..., Said]


@pytest.fixture
def about(tmp_path: Path) -> About:
    """Write an ssh_config and files beside it, and ask what it says about a host."""

    def ask(text: str | bytes, name: str = "backend", **beside: str) -> Said:
        for included, content in beside.items():
            place = tmp_path / f"{included}.conf"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
        file = tmp_path / "ssh_config"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return SshConfig(file=file, home=tmp_path, local_user="ana").about(name)

    return ask


def told(about: About, text: str | bytes, **beside: str) -> str:
    with pytest.raises(FactUnavailable) as caught:
        about(text, **beside)
    assert caught.value.remedy
    return caught.value.cause


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    said = SshConfig(file=None, home=tmp_path, local_user="ana").about("backend")
    assert (said.all("port"), said.one("port", "22")) == ((), "22")


def test_the_first_value_counts_and_keys_are_gathered(about: About) -> None:
    said = about(
        "Port 1\nIdentityFile a\n\nHost other\n  Port 2\n  IdentityFile no\n"
        "host backend\n  PORT=3\n  identityfile = b\nHost *\n  User bo\n  User eve\n"
    )
    assert (said.one("port"), said.one("user")) == ("1", "bo")
    assert said.all("identityfile") == ("a", "b")


@pytest.mark.parametrize(
    ("patterns", "fits"),
    [
        ("backend", True),
        ("backend-?", False),
        ("back*", True),
        ("b?ckend", True),
        ("other backend", True),
        ("* !backend", False),
        ("!backend", False),
        ("!other *", True),
        ("[b]ackend", False),
        ('"backend"', True),
        ("backend # the one", True),
        ("Backend", False),
    ],
)
def test_host_patterns_are_those_of_openssh(about: About, patterns: str, *, fits: bool) -> None:
    assert (about(f"Host {patterns}\n  Port 7\n").one("port") == "7") is fits


@pytest.mark.parametrize(
    ("criteria", "met"),
    [
        ("all", True),
        ("host 10.0.0.5", True),
        ("host backend", False),
        ("!host backend", True),
        ("originalhost backend", True),
        ("user auditor", True),
        ("user ana", False),
        ("localuser ana,bo", True),
        ("originalhost other exec true", False),
        ("originalhost back* user aud* localuser !bo,*", True),
        ("host", False),
        ("", False),
    ],
)
def test_match_is_followed_as_far_as_no_program_is_needed(
    about: About, criteria: str, *, met: bool
) -> None:
    said = about(f"HostName 10.0.0.5\nUser auditor\nMatch {criteria}\n  Port 7\n")
    assert (said.one("port") == "7") is met


@pytest.mark.parametrize("kind", ["exec", "canonical", "final", "tagged", "localnetwork"])
def test_other_criteria_are_refused_by_name(about: About, tmp_path: Path, kind: str) -> None:
    canary = tmp_path / "canary"
    cause = told(about, f'Match originalhost backend {kind} "touch {canary}"\n  Port 7\n')
    assert cause == f"{tmp_path}/ssh_config:1: Match {kind} is not followed"
    assert not canary.exists()


@pytest.mark.parametrize(
    ("line", "keyword"),
    [
        ("ProxyCommand ssh -W %h:%p jump", "ProxyCommand"),
        ("ProxyCommand=/bin/true", "ProxyCommand"),
        ("KnownHostsCommand /bin/true", "KnownHostsCommand"),
        ("RevokedHostKeys revoked", "RevokedHostKeys"),
        ("CanonicalizeHostname yes", "CanonicalizeHostname"),
    ],
)
def test_what_cannot_be_followed_is_refused_for_the_hosts_it_concerns(
    about: About, tmp_path: Path, line: str, keyword: str
) -> None:
    text = f"Host backend\n  {line}\n"
    assert told(about, text) == f"{tmp_path}/ssh_config:2: {keyword} is not followed"
    assert about(text, "other").values == {}


@pytest.mark.parametrize(
    ("text", "jump"),
    [
        ("ProxyCommand none\nProxyJump jump\n", "none"),
        ("ProxyJump jump\nProxyCommand nc %h %p\n", "jump"),
        ("CanonicalizeHostname no\nRevokedHostKeys none\nProxyJump jump\n", "jump"),
        ("ProxyJump\n", "x"),
    ],
)
def test_whichever_proxy_comes_first_decides(about: About, text: str, jump: str) -> None:
    assert about(text).one("proxyjump", "x") == jump


def test_included_files_are_read_in_place_and_in_order(about: About) -> None:
    said = about(
        'Include "~/conf.d/*.conf" absent.conf\nUser late\nHost other\n  Include wrong.conf\n',
        **{
            "conf.d/b": "Port 2\nHost backend\n  User bo\n",
            "conf.d/a": "Port 1\nInclude ../deeper.conf\n",
            "deeper": "IdentityFile deep\n",
            "wrong": "CertificateFile wrong\n",
        },
    )
    assert (said.one("port"), said.one("user")) == ("1", "bo")
    assert (said.all("identityfile"), said.all("certificatefile")) == (("deep",), ())


def test_an_absolute_include_is_followed(about: About, tmp_path: Path) -> None:
    assert about(f"Include {tmp_path}/a?c.conf\n", abc="Port 5\n").one("port") == "5"


def test_includes_in_a_circle_are_refused(about: About, tmp_path: Path) -> None:
    cause = told(about, "Include a.conf\n", a="Include b.conf\n", b="Include a.conf\n")
    assert cause == f"{tmp_path}/b.conf:1: Include of {tmp_path}/a.conf goes in a circle"


def test_includes_that_are_nested_too_deeply_are_refused(about: About) -> None:
    deep = {f"f{n}": f"Include f{n + 1}.conf\n" for n in range(20)}
    assert told(about, "Include f0.conf\n", **deep).endswith("is nested too deeply")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('User "ana\n', "1 cannot be read as a line of ssh_config"),
        ("\n# fine\n=\n", "3 cannot be read as a line of ssh_config"),
        ("User ana\x1b\n\x1b[2J\n", "2 cannot be read as a line of ssh_config"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    about: About, tmp_path: Path, text: str, cause: str
) -> None:
    assert told(about, text) == f"{tmp_path}/ssh_config:{cause}"


def test_a_file_that_is_no_text_is_named(about: About) -> None:
    assert told(about, b"User \xff\n").endswith("ssh_config cannot be read: it is not UTF-8")


def test_a_file_that_is_too_large_is_named(about: About) -> None:
    assert told(about, "#" * 1_100_000).endswith("it is larger than 1024 KiB")


def test_a_named_pipe_is_refused_and_not_waited_for(about: About, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.conf")
    assert told(about, "Include pipe.conf\n").endswith("it is not a regular file")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    config = SshConfig(file=tmp_path / "gone", home=Path("/nowhere"), local_user="ana")
    with pytest.raises(FactUnavailable) as caught:
        config.about("backend")
    assert caught.value.cause == f"{tmp_path}/gone cannot be read: No such file or directory"
    assert caught.value.remedy == "correct config of [ssh] in readiness.toml, or the file"
