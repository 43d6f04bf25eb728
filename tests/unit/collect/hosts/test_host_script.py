"""The script runs in every shell, changes nothing, runs nothing it was given, and prints JSON."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pytest_orr.collect import host_script
from pytest_orr.collect.host_lines import read_output, visible
from pytest_orr.collect.host_script import (
    FOLDER,
    SECTIONS,
    looks_for,
    quoted,
    script_digest,
    script_for,
    split_pattern,
)
from pytest_orr.profile.hosts import HostGroup, HostLimits, Machine, machines_of

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "/tmp/orr-canary"
TOUCH = f"touch {CANARY}"
FORMS = (
    f"$({TOUCH})",
    f"`{TOUCH}`",
    f";{TOUCH}",
    f"\n{TOUCH}",
    f"|{TOUCH}",
    f"&{TOUCH}",
    f"&&{TOUCH}||{TOUCH}",
    f"'$({TOUCH})'",
    f"';{TOUCH};'",
    f'"$({TOUCH})"',
    f'";{TOUCH};"',
    f"'\"`{TOUCH}`\"'",
    f"\\$({TOUCH})\\",
    f"${{x:-$({TOUCH})}}",
    f"$(({TOUCH}))",
    f"){TOUCH}(",
    f"}};{TOUCH};{{",
    f"-oProxyCommand={TOUCH}",
    f" -exec {TOUCH} ;",
    f"%h $({TOUCH})",
    f"#\r\n{TOUCH}",
    f"\x1b]0;$({TOUCH})\x07",
    f"é\u202e$({TOUCH})",
    f"*?[$({TOUCH})]",
    f"<({TOUCH})>/tmp/orr-canary",
)
AROUND = (
    ("", ""),
    ("a", "b"),
    ("'", ""),
    ('"', ""),
    ("\\", ""),
    ("'\\''", "'"),
    ("$", ""),
    ("\n", "\n"),
    (" ", " "),
    ("~", ""),
    ("--", ""),
    ("\t#", ""),
)
HOSTILE = tuple(before + form + after for form, (before, after) in product(FORMS, AROUND))


def machine_of(**group: Any) -> Machine:
    return machines_of((HostGroup(names=("backend-1",), **group),), "production")[0]


def planted(values: tuple[str, ...]) -> tuple[Machine, HostLimits]:
    """A machine and limits that hold what no profile can: the narrow forms are passed by."""
    machine, limits = machine_of(), HostLimits()
    paths = tuple("/srv/" + value for value in values)
    for name, those in (
        ("units", values),
        ("service_directories", paths),
        ("config_files", paths),
        ("revision_file", paths[0]),
    ):
        object.__setattr__(machine.group, name, those)
    globs = tuple(place + value for value in values for place in ("~/", "/tmp/"))
    object.__setattr__(limits, "leftovers", globs)
    return machine, limits


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_every_shell_reads_the_script_alike(host: Any, shells: tuple[str, ...], shell: str) -> None:
    if shell not in shells:
        pytest.skip(f"needs {shell}")
    host.group = {"units": ("explorer.service",), "service_directories": ("/srv/explorer",)}
    host.root.write("srv/explorer/a.pem")
    host.root.write("home/ana/.netrc")
    expected = host.output()
    host.shell = shell
    output = host.output()
    assert output.trouble is None
    assert list(output.sections) == list(SECTIONS)
    lasting = [name for name in SECTIONS if name not in {"clock", "machine", "sockets"}]
    for name in lasting:
        read, wanted = output.sections[name], expected.sections[name]
        assert (name, read.state, plain(read.records)) == (
            name,
            wanted.state,
            plain(wanted.records),
        )


def plain(records: tuple[tuple[str, str], ...]) -> set[tuple[str, str]]:
    """Records without the quotes that only some programs put round a path."""
    return {(key, value.replace("'", "")) for key, value in records}


def test_three_hundred_hostile_strings_execute_nothing(host: Any) -> None:
    assert len(set(HOSTILE)) == 300
    machine, limits = planted(HOSTILE)
    done = host.root.run(script_for(machine, limits, SECTIONS, sudo=False))
    output = read_output(done.stdout)
    assert output.trouble is None
    assert list(output.sections) == list(SECTIONS)
    assert not (host.root.path / CANARY[1:]).exists()


@pytest.mark.parametrize("form", FORMS[:6])
def test_each_twin_without_the_quoting_does_execute(
    host: Any, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = host.root.path / CANARY[1:]
    machine, limits = machine_of(), HostLimits(leftovers=())
    object.__setattr__(machine.group, "service_directories", (f"/srv{form}",))
    host.root.run(script_for(machine, limits, ["secrets"], sudo=False))
    assert not canary.exists()
    monkeypatch.setattr(host_script, "quoted", str)
    host.root.run(script_for(machine, limits, ["secrets"], sudo=False))
    assert canary.exists()


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
@example("'")
@example("'\\''")
@example("\n")
def test_a_quoted_word_stands_for_exactly_itself(value: str) -> None:
    done = subprocess.run(
        ["sh", "-s"], input=f"printf %s {quoted(value)}".encode(), capture_output=True, check=True
    )
    assert done.stdout == value.encode()


def test_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quoted("a\0b")


def test_a_section_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="hosts have no section rows, tables"):
        script_for(machine_of(), HostLimits(), ["tables", "rows", "units"], sudo=False)


def test_the_hosts_files_are_the_same_before_and_after(host: Any) -> None:
    host.group = {
        "units": ("explorer.service",),
        "service_directories": ("/srv/explorer",),
        "config_files": ("/srv/explorer/env",),
        "revision_file": "/srv/explorer/REVISION",
    }
    host.root.write("srv/explorer/env", "A_TOKEN=x\n")
    host.root.write("srv/explorer/REVISION", "0123456\n")
    host.root.write("home/ana/.ssh/authorized_keys", "ssh-ed25519 AAAA ana\n")
    host.root.write(
        "var/lib/apt/lists/security_dists_stable-security_InRelease", "Origin: Debian\n"
    )
    host.root.write("var/lib/dpkg/status", "")
    host.printed()  # mounts what a root needs, which makes mount points
    before = host.root.fingerprint()
    assert host.output().trouble is None
    assert host.root.fingerprint() == before


def test_a_script_that_is_cut_anywhere_runs_nothing(host: Any) -> None:
    script = host.script("clock", "release")
    for cut in range(200, len(script) - 20, 997):
        assert host.root.run(script[:cut]).stdout == b""


def test_the_same_declarations_give_the_same_script_and_digest() -> None:
    machine = machine_of(units=("a.service",))
    one = script_for(machine, HostLimits(), ["units", "sshd"], sudo=False)
    assert one == script_for(machine, HostLimits(), ["sshd", "units", "clock"], sudo=False)
    assert script_digest(one) == script_digest(one)
    other = script_for(machine, HostLimits(), ["units", "sshd"], sudo=True)
    assert script_digest(other) != script_digest(one)


def test_only_the_wanted_sections_are_in_the_script() -> None:
    script = script_for(machine_of(), HostLimits(), ["sockets"], sudo=False)
    assert "read_sockets()" in script
    for section in set(SECTIONS) - {"clock", "sockets"}:
        assert f"read_{section}()" not in script


WRITERS = re.compile(
    r"(?<![\w./-])(rm|mv|cp|ln|tee|touch|mkdir|mktemp|chmod|chown|dd|install|kill|sed|sh|bash|eval|exec"
    r"|source|curl|wget|apt-get (?!-s)|systemctl (?!show)"
    r'|(?:docker|podman|"\$engine") (?!ps|inspect|image inspect))(?= )'
)
REDIRECTION = re.compile(r">+\s*(\S*)")


def code_of(path: Path) -> str:
    """A section's shell without comments, and without whatever stands in single quotes."""
    lines = [re.sub(r"(^|\s)#( .*|$)", "", line) for line in path.read_text().splitlines()]
    return re.sub(r"'[^']*'", "''", "\n".join(lines))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sh")), ids=lambda path: path.name)
def test_no_section_names_a_command_that_writes_or_writes_to_a_file(path: Path) -> None:
    code = code_of(path)
    assert not WRITERS.findall(re.sub(r"command -v \S+", "", code))
    assert {target.rstrip(';)"') for target in REDIRECTION.findall(code)} <= {"&1", "/dev/null"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sh")), ids=lambda path: path.name)
@pytest.mark.parametrize("shell", [["dash"], ["bash", "--posix"], ["busybox", "sh"]], ids=str)
def test_each_section_is_posix_shell(path: Path, shell: list[str]) -> None:
    if not shutil.which(shell[0]):
        pytest.skip(f"needs {shell[0]}")
    done = subprocess.run([*shell, "-n", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_section_looks_at_an_environment() -> None:
    for path in FOLDER.glob("*.sh"):
        assert not re.search(r"/environ|printenv|\benv\b|\bset$", path.read_text(), re.MULTILINE)


PROBE = """\
main() {
    section=probe
    value=$(cat %s && printf x)
    say said "${value%%x}"
    tell told . "${value%%x}"
    say done ''
    section=end
    say done ''
}
main </dev/null | print_json
"""


@pytest.mark.parametrize("shell", [["dash"], ["bash", "--posix"], ["busybox", "sh"]], ids=str)
def test_any_bytes_become_json_that_says_them(shell: list[str], tmp_path: Path) -> None:
    if not shutil.which(shell[0]):
        pytest.skip(f"needs {shell[0]}")
    prologue = (FOLDER / "prologue.sh").read_text()
    probe = f"sudo=no\n{prologue}\n{PROBE % (tmp_path / 'bytes')}"

    @settings(deadline=None, max_examples=60)
    @given(st.binary(max_size=300))
    @example(bytes(range(1, 256)))
    @example(b'#\tprobe\tsaid\t1\t.\nprobe\tdone\t\n{"end":"ok"}\n')
    @example(b"a\nprobe\tdenied\tnothing\nend\tdone\t")
    @example("\u202e\x1b[0m é €".encode())
    def says(raw: bytes) -> None:
        (tmp_path / "bytes").write_bytes(raw)
        done = subprocess.run([*shell, "-s"], input=probe.encode(), capture_output=True, check=True)
        lines = [json.loads(line) for line in done.stdout.decode("ascii").splitlines()]
        assert lines[-1] == {"end": "ok", "sections": 1}
        kept = raw.replace(b"\0", b"")
        expected = [visible(part.decode("utf-8", "backslashreplace")) for part in kept.split(b"\n")]
        read = read_output(done.stdout).sections["probe"]
        assert read.state == "ok"
        assert list(read.all("told")) == [part for part in expected if part]
        if b"\n" not in kept:
            assert read.all("said") == (expected[0],)

    says()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 5000, "a line is longer than 4000 bytes"),
        ("x\n" * 3000, "there are more than 2000 lines"),
    ],
)
def test_a_flood_costs_its_section_alone(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "bytes").write_text(text)
    prologue = (FOLDER / "prologue.sh").read_text()
    probe = f"sudo=no\n{prologue}\n{PROBE % (tmp_path / 'bytes')}"
    done = subprocess.run(["sh", "-s"], input=probe.encode(), capture_output=True, check=True)
    output = read_output(done.stdout)
    assert output.trouble is None
    assert (output.sections["probe"].state, output.sections["probe"].why) == ("failed", why)


@pytest.mark.parametrize(
    ("pattern", "place", "names"),
    [
        ("~/.env", "~", (".env",)),
        ("~/.aws/credentials", "~/.aws", ("credentials",)),
        ("~/.ssh/id_*", "~/.ssh", ("id_*",)),
        ("/srv/*/keys/*.pem", "/srv", ("*", "keys", "*.pem")),
        ("/x", "/", ("x",)),
        ("/tmp//x", "/tmp", ("x",)),
        ("~/", "~", ("*",)),
    ],
)
def test_a_pattern_is_looked_for_from_where_it_has_no_wildcard(
    pattern: str, place: str, names: tuple[str, ...]
) -> None:
    assert split_pattern(pattern) == (place, names)


def test_patterns_of_the_same_depth_are_looked_for_together() -> None:
    looks = list(looks_for(["~/.env", "/tmp/*.pem", "/srv/*/a", "~/.ansible/*"]))
    assert looks == [
        (
            "~",
            "/tmp",
            "-mindepth",
            "1",
            "-maxdepth",
            "1",
            "(",
            "-name",
            ".env",
            "-o",
            "-name",
            "*.pem",
            ")",
        ),
        ("~/.ansible", "-mindepth", "1", "-maxdepth", "1", "(", "-name", "*", ")"),
        ("/srv", "-mindepth", "2", "-maxdepth", "2", "(", "-name", "a", ")"),
    ]
