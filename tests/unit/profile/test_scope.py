"""A scope is of what facts are about: not of how it is reached, nor of what it is compared with."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_orr.profile import forge
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.forge import Delivery, Forge, Travis, VaultRepository
from pytest_orr.profile.hosts import MachineSpec
from pytest_orr.profile.images import BuiltImage, Images, Namespace, Registry
from pytest_orr.profile.monitoring import (
    Alertmanager,
    Grafana,
    Monitoring,
    PagerDuty,
    Prometheus,
)
from pytest_orr.profile.scans import Osv, Scan
from pytest_orr.profile.schema import (
    Compute,
    Credential,
    CredentialLimits,
    Emergency,
    Endpoint,
    HostGroup,
    Hosting,
    HostLimits,
    Key,
    Network,
    Person,
    Profile,
    Release,
    Scaling,
    Service,
    Ssh,
)
from pytest_orr.profile.scope import scope_of

GROUP: dict[str, Any] = {"names": ("backend-1",), "units": ("explorer.service",)}
KEY = FromEnvironment(env="KEY")
ROLE = "arn:aws:iam::123456789012:role/explorer"
IMAGES: dict[str, Any] = {"namespace": Namespace(name="docker.io/explorer")}
HOSTING: dict[str, Any] = {"provider": "netlify", "endpoint": "pages", "site": "explorer"}


def profile_of(**changes: Any) -> Profile:
    person = Person(email="ana@example.org", name="Ana", roles=("platform",))
    return Profile(
        **{
            "service": Service(name="explorer", environment="production", people=(person,)),
            "release": Release(commit="0123456"),
            "endpoints": (Endpoint(name="pages", role="frontend", url="https://explorer.example"),),
            "hosts": (HostGroup(**GROUP),),
            "hosting": (Hosting(**HOSTING),),
            **changes,
        }
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": (HostGroup(**GROUP, jump=("jump",)),)},
        {"hosts": (HostGroup(**GROUP, outputs={"backend-1": "backend-1.jsonl"}),)},
        {"hosts": (HostGroup(**GROUP, minimum=MachineSpec(cpus=4)),)},
        {"ssh": Ssh(config="ssh_config", known_hosts="known_hosts", sudo=True)},
        {"scaling": Scaling(alarm_share=0.5)},
        {"network": Network(resolver="127.0.0.1:5353", trusted=("198.51.100.0/24",))},
        {"host_limits": HostLimits(oldest_index_days=1, most_restarts=0)},
        {"compute": Compute(highest_cpu=80, watched=("cpu",))},
        {"hosting": (Hosting(**HOSTING, api="http://127.0.0.1:1"),)},
        {"credential_limits": CredentialLimits(oldest_access_key_days=30)},
        {"emergency": Emergency(longest_ttl=60)},
        {"delivery": Delivery(drill_days=30)},
        {"osv": Osv(url="http://127.0.0.1:1")},
        {"delivery": Delivery(travis=Travis(oldest_build_days=9))},
        {"delivery": Delivery(testnet=forge.Testnet(oldest_success_hours=9))},
        {"monitoring": Monitoring(panel_minutes=9, on_call_people=2, acknowledged_minutes=9)},
    ],
    ids=[
        "jump",
        "outputs",
        "minimum",
        "ssh",
        "scaling",
        "network",
        "limits",
        "compute",
        "api",
        "ages",
        "ttl",
        "drill",
        "osv",
        "travis",
        "testnet",
        "monitoring",
    ],
)
def test_how_things_are_reached_and_compared_is_no_part_of_a_scope(changes: dict[str, Any]) -> None:
    assert scope_of(profile_of(**changes)) == scope_of(profile_of())


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": ()},
        {"hosts": (HostGroup(names=("backend-2",), units=("explorer.service",)),)},
        {"hosts": (HostGroup(**GROUP, role="jump"),)},
        {"hosts": (HostGroup(**GROUP, environment="testing"),)},
        {"hosts": (HostGroup(names=("backend-1",), units=("other.service",)),)},
        {"hosts": (HostGroup(**GROUP, config_files=("/etc/explorer.env",)),)},
        {"hosts": (HostGroup(**GROUP, service_directories=("/srv/explorer",)),)},
        {"hosts": (HostGroup(**GROUP, revision_file="/srv/explorer/REVISION"),)},
        {"hosts": (HostGroup(**GROUP, service_ports=(8080,)),)},
        {"host_limits": HostLimits(leftovers=("~/.env",))},
        {"host_limits": HostLimits(node_exporter_port=9101)},
        {"hosting": (Hosting(provider="netlify", endpoint="pages", site="another"),)},
        {"keys": (Key(alias="alias/explorer"),)},
        {"credentials": (Credential(name="d", environment="testing", role=ROLE),)},
        {"emergency": Emergency(role=ROLE, actions=("ec2:StopInstances",))},
        {"hosts": (HostGroup(**GROUP, instances={"backend-1": "i-00000001"}),)},
        {"release": Release(commit="0123456", images=("explorer:1",))},
        {"release": Release(commit="89abcde")},
        {"release": Release(commit="0123456", first=True)},
        {"forge": Forge(kind="gitlab", project="explorer/explorer")},
        {"vault_repository": VaultRepository(project="explorer/vault")},
        {"delivery": Delivery(earlier_images=("explorer:1",))},
        {"delivery": Delivery(required_checks=("test",))},
        {"delivery": Delivery(travis=Travis(repository="explorer/explorer"))},
        {"delivery": Delivery(testnet=forge.Testnet(schedule="nightly"))},
        {"compute": Compute(agent_namespace="Ours")},
        {"scans": (Scan(about="code", format="sarif", file="a.sarif"),)},
        {"osv": Osv(asked=False)},
        {"endpoints": ()},
        {"scaling": Scaling(requests="explorer_requests_total")},
        {"prometheus": Prometheus(url="https://p.example", series={"service": "explorer"})},
        {"alertmanager": Alertmanager(url="https://a.example", waking=("phone",))},
        {"pagerduty": PagerDuty(token=KEY, service="PEXPLR1")},
        {"grafana": Grafana(url="https://g.example", token=KEY, folder="Explorer")},
        {"monitoring": Monitoring(on_call_days=14)},
        {"monitoring": Monitoring(newest_page_days=30)},
        {"images": Images(**IMAGES)},
        {"images": Images(built=(BuiltImage(image="a/b", digest_file="digest.txt"),))},
    ],
)
def test_what_is_asked_about_is_a_part_of_the_scope(changes: dict[str, Any]) -> None:
    assert scope_of(profile_of(**changes)) != scope_of(profile_of())


def test_where_docker_hub_and_registries_are_asked_is_no_part_of_a_scope() -> None:
    local = Namespace(name="docker.io/explorer", url="http://127.0.0.1:1")
    asked = Images(namespace=local, registries=(Registry(host="docker.io"),), minimum_owners=3)
    assert scope_of(profile_of(images=asked)) == scope_of(profile_of(images=Images(**IMAGES)))
