from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

HOSTS = """\
[[hosts]]
names = ["jump"]
role = "jump"

[[hosts]]
names = ["backend-1", "backend-2"]
jump = ["jump"]
ports = [22, 8080]
service_ports = [8080]
service_directories = ["/srv/explorer"]
config_files = ["/etc/explorer.env"]
revision_file = "/srv/explorer/REVISION"
outputs = { backend-2 = "backend-2.txt" }

[certificates.renewal_jobs]
"example.org" = "backend-1"

[[endpoints]]
name = "pages"
role = "frontend"
url = "https://example.org/"

[[hosting]]
provider = "netlify"
endpoint = "pages"
site = "3f1e"
"""


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_hosts_that_agree_are_no_mistake(loaded: Callable[..., Written], profile_text: str) -> None:
    profile = loaded(readiness=profile_text + HOSTS).profile
    assert [machine.name for machine in profile.machines] == ["jump", "backend-1", "backend-2"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"backend-1", "backend-2"]',
            '"backend-1", "JUMP", "backend-2"]',
            '27: `hosts.names` is "JUMP" again, as in line 23: remove one of the two',
        ),
        (
            'jump = ["jump"]',
            'jump = ["jmp"]',
            (
                '28: `hosts.jump` is "jmp", which is no host with the role jump: '
                'did you mean "jump"?'
            ),
        ),
        (
            'jump = ["jump"]',
            'jump = ["jump", "backend-1"]',
            '28: `hosts.jump` is "backend-1", which is no host with the role jump',
        ),
        (
            "outputs = { backend-2",
            "outputs = { backend-3",
            ('34: `hosts.outputs.backend-3` is of no host in `names`: did you mean "backend-2"?'),
        ),
        (
            'outputs = { backend-2 = "backend-2.txt" }',
            'instances = { backend-3 = "i-0123456789abcdef0" }',
            ('34: `hosts.instances.backend-3` is of no host in `names`: did you mean "backend-2"?'),
        ),
        (
            'outputs = { backend-2 = "backend-2.txt" }',
            'instances = { backend-2 = "web-2" }',
            (
                '34: `hosts.instances.backend-2` is "web-2" but must be the id of an EC2 instance, '
                "such as i-0123456789abcdef0"
            ),
        ),
        (
            "service_ports = [8080]",
            "service_ports = [8080, 9000]",
            ("30: `hosts.service_ports` is 9000, which `ports` of the same hosts does not name"),
        ),
        (
            "ports = [22, 8080]\n",
            "",
            ("29: `hosts.service_ports` is 8080, which `ports` of the same hosts does not name"),
        ),
        (
            '"/etc/explorer.env"',
            '"/proc/1/environ"',
            (
                '32: `hosts.config_files` is "/proc/1/environ", which must not lie in /proc: '
                "nothing there is a file of the service"
            ),
        ),
        (
            '"/srv/explorer"]',
            '"/./sys//kernel"]',
            (
                '31: `hosts.service_directories` is "/./sys//kernel", which must not lie in /sys: '
                "nothing there is a file of the service"
            ),
        ),
        (
            '"/srv/explorer/REVISION"',
            '"/srv/../dev/sda"',
            ('33: `hosts.revision_file` is "/srv/../dev/sda", which must not lead upwards by ..'),
        ),
        (
            '"example.org" = "backend-1"',
            '"example.org" = "backend1"',
            (
                '37: `certificates.renewal_jobs.example.org` is "backend1", '
                'which is no declared host: did you mean "backend-1"?'
            ),
        ),
        (
            'endpoint = "pages"',
            'endpoint = "page"',
            (
                '46: `hosting.endpoint` is "page", which is no name in `endpoints`: '
                'did you mean "pages"?'
            ),
        ),
    ],
)
def test_hosts_that_disagree_are_told_by_line(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    changed = profile_text + _changed(HOSTS, old, new)
    assert mistakes_in(readiness=changed) == (f"readiness.toml:{told}",)


@pytest.mark.parametrize("path", ["/", "/processes/list", "/srv/dev", "/srv/a..b"])
def test_paths_that_only_look_forbidden_are_allowed(
    loaded: Callable[..., Written], profile_text: str, path: str
) -> None:
    written = loaded(readiness=profile_text + _changed(HOSTS, "/etc/explorer.env", path))
    assert any(path in group.config_files for group in written.profile.hosts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('names = ["jump"]', "names = 3"),
        ('jump = ["jump"]', "jump = [3]"),
        ("ports = [22, 8080]", 'ports = "22"'),
        ("service_ports = [8080]", 'service_ports = ["web"]'),
        ("service_ports = [8080]", "service_ports = 8080"),
        ("outputs = { backend-2", "outputs = { x = 1 }\nunits = { backend-2"),
        ('"example.org" = "backend-1"', '"example.org" = 3'),
        ('endpoint = "pages"', "endpoint = 3"),
        ("[certificates.renewal_jobs]\n", "[certificates]\nrenewal_jobs = 3\n[release.first]\n"),
        ('revision_file = "/srv/explorer/REVISION"', "revision_file = 3"),
        (HOSTS.partition("[certificates")[0], "[[hosts]]\nnames = 3\n"),
    ],
)
def test_a_wrong_type_is_a_mistake_and_hinders_no_rule(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str
) -> None:
    changed = _changed(HOSTS, old, new)
    assert any(" but must be " in told for told in mistakes_in(readiness=profile_text + changed))
