"""What the example's account has besides: zones, scaling groups, a stranger of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from moto.core.resource_tagging import TaggedResource
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend
from moto.route53.models import route53_backends

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG, OTHER = {"service": "explorer"}, {"service": "other"}
REGION = "eu-central-1"


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture(scope="module")
def zones_are_tagged() -> Iterator[None]:
    """Let the tagging API tell of zones, as AWS's does in us-east-1 and moto's does not."""
    told = ResourceGroupsTaggingAPIBackend._get_resources_generator

    def with_zones(backend: Any, **asked: Any) -> Iterator[TaggedResource]:
        yield from told(backend, **asked)
        route53 = route53_backends[backend.account_id]["aws"]
        wanted = [(one["Key"], one["Values"]) for one in asked["tag_filters"]]
        for zone in route53.zones if backend.region_name == "us-east-1" else ():
            tags = dict(route53.resource_tags.get(zone, {}))
            if all(tags.get(key) in values for key, values in wanted):
                arn = f"arn:aws:route53:::hostedzone/{zone}"
                yield TaggedResource(arn=arn, tags=tags, resource_type="route53:hostedzone")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResourceGroupsTaggingAPIBackend, "_get_resources_generator", with_zones)
        yield


@pytest.fixture(scope="module")
def shown(sound_account: Any, zones_are_tagged: None) -> Any:  # noqa: ARG001 it patches moto
    """The example's account with zones, scaling groups and strangers."""
    _zone(sound_account, "explorer.example", TAG, private=False)
    _zone(sound_account, "inside.explorer.example", TAG, private=True)
    _zone(sound_account, "stranger.example", OTHER, private=False)
    _scaling_groups(sound_account)
    _strangers(sound_account)
    return sound_account


def _zone(account: Any, name: str, tags: dict[str, str], *, private: bool) -> None:
    route53 = account.client("route53", "us-east-1")
    inside = {"VPC": {"VPCRegion": REGION, "VPCId": account.ids["vpc"]}} if private else {}
    made = route53.create_hosted_zone(
        Name=name,
        CallerReference=name,
        HostedZoneConfig={"PrivateZone": private},
        **inside,
    )
    zone = made["HostedZone"]["Id"].rpartition("/")[2]
    route53.change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone, AddTags=listed(tags)
    )
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": f"{host}.{name}",
                "Type": kind,
                "TTL": 60,
                "ResourceRecords": [{"Value": value}],
            },
        }
        for host, kind, value in (
            ("www", "A", "192.0.2.1"),
            ("*", "CNAME", "www.explorer.example"),
            ("text", "TXT", '"v=1"'),
            ("_acme", "CNAME", "validation.example"),
        )
    ]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def _scaling_groups(account: Any) -> None:
    scaling = account.client("autoscaling")
    scaling.create_launch_configuration(
        LaunchConfigurationName="any", ImageId="ami-03cf127a", InstanceType="t3.micro"
    )
    for name, tags in (("explorer-workers", TAG), ("other-workers", OTHER)):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName="any",
            MinSize=1,
            MaxSize=1,
            VPCZoneIdentifier=account.ids["subnets"][0],
            Tags=[{**tag, "PropagateAtLaunch": True} for tag in listed(tags)],
        )


def _strangers(account: Any) -> None:
    ec2, kms = account.client("ec2"), account.client("kms")
    tagged = [{"ResourceType": "instance", "Tags": listed({"Name": "stranger", **OTHER})}]
    once = {"ImageId": "ami-03cf127a", "MinCount": 1, "MaxCount": 1}
    ec2.run_instances(**once, TagSpecifications=tagged)
    gone = [{"ResourceType": "instance", "Tags": listed({"Name": "explorer-gone", **TAG})}]
    ended = ec2.run_instances(**once, TagSpecifications=gone)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[ended])
    key = kms.create_key(Tags=[{"TagKey": "service", "TagValue": "other"}])["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/stranger", TargetKeyId=key)
    account.client("acm").request_certificate(DomainName="stranger.example", Tags=listed(OTHER))
    account.client("s3").create_bucket(
        Bucket="stranger", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    account.client("rds").create_db_instance(
        DBInstanceIdentifier="stranger",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        Tags=listed(OTHER),
    )
