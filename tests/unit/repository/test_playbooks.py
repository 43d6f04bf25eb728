from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.repository.inventories import hosts_of, is_inventory
from pytest_orr.collect.repository.playbooks import Playbooks
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

INI = """\
# the service
explorer-jump ansible_host=192.0.2.1
[backends]
explorer-backend-[1:2]
explorer-[a:b].example.org
; another
web[01:05:2]
[backends:vars]
ansible_user=deploy
[all:children]
backends
"""
YAML = """\
all:
  hosts:
    explorer-jump:
  children:
    backends:
      hosts:
        explorer-backend-[1:2]:
          ansible_user: deploy
    empty:
"""


def test_hosts_of_both_kinds_of_inventory_are_read_with_their_ranges() -> None:
    assert hosts_of(INI.encode(), "hosts.ini") == (
        *("explorer-a.example.org", "explorer-b.example.org"),
        *("explorer-backend-1", "explorer-backend-2", "explorer-jump"),
        *("web01", "web03", "web05"),
    )
    expected = ("explorer-backend-1", "explorer-backend-2", "explorer-jump")
    assert hosts_of(YAML.encode(), "hosts.yml") == expected
    assert hosts_of(b"", "hosts.ini") == ()


@pytest.mark.parametrize(
    ("content", "path", "cause"),
    [
        ("plugin: amazon.aws.aws_ec2\n", "a.aws_ec2.yml", "asks a plugin of Ansible for its hosts"),
        ("- a\n", "a.yml", "is no inventory of Ansible"),
        ("all: [a]\n", "a.yml", "is no inventory of Ansible"),
        ("all:\n  hosts: [a]\n", "a.yml", "is no inventory of Ansible"),
        ("all: " + "{children: {b: " * 22 + "}}" * 22, "a.yml", "is no inventory of Ansible"),
        ("a: [", "a.yml", "is no YAML"),
        ("web[1:99999999]\n", "a.ini", "lists more than 10,000 hosts"),
        ("a[1:9999]b[1:9999]\n", "a.ini", "lists more than 10,000 hosts"),
        ("a" + "[a:b]" * 9, "a.ini", "has more than 8 ranges in a name"),
        ("web[x1:2]\n", "a.ini", r"has a range that says nothing: \[x1:2\]"),
    ],
)
def test_what_only_ansible_could_evaluate_is_unknown(content: str, path: str, cause: str) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        hosts_of(content.encode(), path)


def test_variables_beside_inventories_are_none() -> None:
    paths = ("inventory/hosts.yml", "inventory/group_vars/all.yml", "host_vars/a.yml")
    assert [is_inventory(path) for path in paths] == [True, False, False]


def test_what_ansible_leaves_out_of_an_inventory_is_none() -> None:
    assert hosts_of(b"localhost ansible_connection=local\nweb1\n", "hosts") == ("web1",)
    for path in ("inventory/README.md", "inventory/.gitkeep", "inventory/hosts.bak"):
        assert not is_inventory(path)


def test_playbooks_and_inventories_are_read_at_the_release(
    made: Any, desk_of: Callable[..., Any]
) -> None:
    released = made.commit(
        {
            "playbooks/deploy.yml": "- hosts: all\n- import_playbook: other.yml\n",
            "playbooks/tasks.yml": "- name: no play\n",
            "site.yml": "not: a list\n",
            "deploy.yml": "",
            "inventory/hosts.yml": YAML,
            "inventory/group_vars/all.yml": "a: b\n",
        },
        programs={"inventory/dynamic": "#!/bin/sh\n"},
    )
    facts = Playbooks().collect(desk_of(made.folder, released)).value
    assert {one.name: one.seen for one in facts.playbooks} == {
        "deploy.yml": "0 plays",
        "playbooks/deploy.yml": "2 plays",
        "playbooks/tasks.yml": "0 plays",
        "site.yml": "0 plays",
    }
    dynamic, static = facts.inventories
    assert static.seen == "hosts explorer-backend-1, explorer-backend-2, explorer-jump"
    assert dynamic.seen == "inventory/dynamic is a program, which is not run here"
    with pytest.raises(FactUnavailable, match="inventory/dynamic is a program"):
        assert facts.hosts
    alone = Playbooks().collect(desk_of(made.folder, released, inventories=("**/hosts.yml",)))
    assert alone.value.hosts == {"explorer-backend-1", "explorer-backend-2", "explorer-jump"}


def test_an_inventory_without_hosts_says_so(made: Any, desk_of: Callable[..., Any]) -> None:
    released = made.commit({"inventory/hosts": "# nobody\n"})
    [empty] = Playbooks().collect(desk_of(made.folder, released)).value.inventories
    assert (empty.reading.hosts, empty.seen) == ((), "hosts none")
