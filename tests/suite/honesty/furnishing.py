"""What the example's account lacks for some operations to be asked at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.suite.honesty.growing import let_more_grow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TAGS = ({"Key": "service", "Value": "explorer"},)


def furnish(client: Callable[[str], Any], ids: Mapping[str, Any]) -> str:
    """Let a distribution stand before the balancer, which offices may pass by, too.

    The declared bucket has no tags, so that it must be looked for by its name. A cluster of
    databases is nobody's. Return the id of an access key that is there.
    """
    let_more_grow(client, ids)
    client("rds").create_db_cluster(
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        MasterUsername="ledger",
        MasterUserPassword="of-nobody",
        Tags=[*TAGS],
    )
    client("s3").delete_bucket_tagging(Bucket=ids["bucket"])
    offices = {"PrefixListIds": [{"PrefixListId": ids["prefix_list"]}]}
    client("ec2").authorize_security_group_ingress(
        GroupId=ids["balancer_group"],
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **offices}],
    )
    balancers = client("elbv2").describe_load_balancers(LoadBalancerArns=[ids["load_balancer"]])
    config = _before(balancers["LoadBalancers"][0]["DNSName"])
    client("cloudfront").create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": config, "Tags": {"Items": [*TAGS]}}
    )
    [key] = client("iam").list_access_keys(UserName="pipeline")["AccessKeyMetadata"]
    return str(key["AccessKeyId"])


def _before(host: str) -> dict[str, Any]:
    ports = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    return {
        "CallerReference": host,
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": 1, "Items": ["api.explorer.example"]},
        "Origins": {
            "Quantity": 1,
            "Items": [{"Id": "balancer", "DomainName": host, "CustomOriginConfig": ports}],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "balancer",
            "ViewerProtocolPolicy": "redirect-to-https",
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }
