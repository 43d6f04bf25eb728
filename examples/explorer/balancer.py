"""The front door of the example's AWS account: balancer, listeners, targets, certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.explorer.builder import REGION, TAGS, tag_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from examples.explorer.builder import Builder

LOG_BUCKET = "explorer-access-logs"
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
WEAK_TLS_POLICY = "ELBSecurityPolicy-2016-08"


def build_balancer(
    made: Builder,
    network: Mapping[str, Any],
    groups: Mapping[str, str],
    instances: Sequence[str],
) -> dict[str, Any]:
    """Create the balancer in front of some instances and return the ids of its parts."""
    subnets = network["subnets"]
    if "undeclared-balancer" in made.faults:
        _load_balancer(made, "forgotten", subnets, groups["balancer_group"], {"Name": "forgotten"})
    zones = subnets[:1] if "balancer-one-zone" in made.faults else subnets
    balancer = _load_balancer(made, "explorer", zones, groups["balancer_group"], TAGS)
    _attributes(made, balancer)
    target_group = _target_group(made, network["vpc"], instances)
    certificate = made.acm.request_certificate(
        DomainName="explorer.example",
        SubjectAlternativeNames=["api.explorer.example"],
        ValidationMethod="DNS",
        Tags=tag_list(TAGS),
    )["CertificateArn"]
    (described,) = made.elbv2.describe_load_balancers(LoadBalancerArns=[balancer])["LoadBalancers"]
    return {
        "load_balancer": balancer,
        "balancer_name": described["DNSName"],
        "target_group": target_group,
        "certificate": certificate,
        "listeners": _listeners(made, balancer, target_group, certificate),
    }


def _load_balancer(
    made: Builder, name: str, subnets: Sequence[str], group: str, tags: Mapping[str, str]
) -> str:
    created = made.elbv2.create_load_balancer(
        Name=name,
        Subnets=subnets,
        SecurityGroups=[group],
        Scheme="internet-facing",
        Type="application",
        Tags=tag_list(tags),
    )
    return str(created["LoadBalancers"][0]["LoadBalancerArn"])


def _attributes(made: Builder, balancer: str) -> None:
    made.s3.create_bucket(
        Bucket=LOG_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    logs = "false" if "no-access-logs" in made.faults else "true"
    kept = "false" if "no-deletion-protection" in made.faults else "true"
    made.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=balancer,
        Attributes=[
            {"Key": "access_logs.s3.enabled", "Value": logs},
            {"Key": "access_logs.s3.bucket", "Value": LOG_BUCKET},
            {"Key": "deletion_protection.enabled", "Value": kept},
        ],
    )


def _target_group(made: Builder, vpc: str, instances: Sequence[str]) -> str:
    created = made.elbv2.create_target_group(
        Name="explorer-backend",
        Protocol="HTTP",
        Port=8080,
        VpcId=vpc,
        TargetType="instance",
        HealthCheckPath="/health",
        Tags=tag_list(TAGS),
    )
    arn = str(created["TargetGroups"][0]["TargetGroupArn"])
    if "no-targets" not in made.faults:
        made.elbv2.register_targets(
            TargetGroupArn=arn, Targets=[{"Id": instance, "Port": 8080} for instance in instances]
        )
    if "unhealthy-target" in made.faults:
        made.ec2.stop_instances(InstanceIds=instances[-1:])
    return arn


def _listeners(made: Builder, balancer: str, target_group: str, certificate: str) -> dict[str, str]:
    forward = [{"Type": "forward", "TargetGroupArn": target_group}]
    to_https = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    redirect = [{"Type": "redirect", "RedirectConfig": to_https}]
    plain = forward if "listener-plain-http" in made.faults else redirect
    http = _listener(made, balancer, plain, {"Protocol": "HTTP", "Port": 80})
    if "listener-rule-plain-http" in made.faults:
        made.elbv2.create_rule(
            ListenerArn=http,
            Priority=10,
            Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
            Actions=forward,
        )
    if "no-https-listener" in made.faults:
        return {"http": http}
    weak = "weak-tls-policy" in made.faults
    tls = {
        "Protocol": "HTTPS",
        "Port": 443,
        "SslPolicy": WEAK_TLS_POLICY if weak else TLS_POLICY,
        "Certificates": [{"CertificateArn": certificate}],
    }
    return {"http": http, "https": _listener(made, balancer, forward, tls)}


def _listener(
    made: Builder, balancer: str, actions: Sequence[dict[str, Any]], settings: Mapping[str, Any]
) -> str:
    created = made.elbv2.create_listener(
        LoadBalancerArn=balancer, DefaultActions=actions, **settings
    )
    return str(created["Listeners"][0]["ListenerArn"])
