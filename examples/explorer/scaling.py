"""What lets the example's service grow, and what was measured of its load.

Comes after everything else was built, because it watches and groups what is there.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from examples.explorer.builder import TAGS, tag_list
from examples.explorer.planted_quotas import VCPUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from examples.explorer.builder import Builder

AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
"""The instant by which the example is judged: its load is that of the 24 hours before."""
QUARTER = 15 * 60
NOBODY = {"service": "faucet"}
FAULTS = frozenset(
    {
        "canary-without-share",
        "day-above-projection",
        "minute-above-projection",
        "no-requests",
        "quota-below-maximum",
        "record-to-stranger",
        "rule-of-stranger",
        "saturation-alarm-falling",
        "saturation-alarm-late",
        "saturation-alarm-missing",
        "saturation-alarm-silent",
        "saturation-alarm-unrouted",
        "saturation-data-stale",
        "scaling-group-full",
        "scaling-group-suspended",
        "scaling-group-without-policy",
        "target-group-of-stranger",
    }
)

WITHOUT_CANARY = frozenset(
    {
        "canary-without-share",
        "no-https-listener",
        "no-targets",
        "targets-one-zone",
        "unhealthy-target",
    }
)
"""Faults with which there is nothing to divide requests among."""


def build_scaling(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Let the backends grow, watch their saturation, and publish their load; return the ids."""
    return {
        **build_names(made, ids),
        **build_group(made, ids),
        **build_alarms(made, ids),
        **build_canary(made, ids),
        **build_strangers(made, ids),
        **build_load(made, ids),
    }


def build_names(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Lead the backend's name to the balancer."""
    route53 = made.client("route53")
    zone = route53.create_hosted_zone(Name="explorer.example", CallerReference="explorer")
    zone_id = zone["HostedZone"]["Id"]
    records = [_alias(f"dualstack.{ids['balancer_name']}", weight=90)]
    if "record-to-stranger" in made.faults:
        records.append(_alias("faucet-1.eu-central-1.elb.amazonaws.com", weight=10))
    route53.change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={
            "Changes": [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
        },
    )
    return {"hosted_zone": zone_id}


def _alias(target: str, *, weight: int) -> dict[str, Any]:
    leads = {"HostedZoneId": "Z215JYRZR1TBD5", "DNSName": target, "EvaluateTargetHealth": False}
    return {
        "Name": "api.explorer.example",
        "Type": "A",
        "SetIdentifier": target.partition(".")[0] + str(weight),
        "Weight": weight,
        "AliasTarget": leads,
    }


def build_group(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Put the backends into a scaling group, in an account that was granted some vCPUs."""
    granted = "6" if "quota-below-maximum" in made.faults else "16"
    made.ec2.create_tags(Resources=[ids["vpc"]], Tags=tag_list({VCPUS: granted}))
    autoscaling, name = made.client("autoscaling"), "explorer-backend"
    autoscaling.create_launch_configuration(
        LaunchConfigurationName=name, ImageId="ami-03cf127a", InstanceType="t3.medium"
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName=name,
        MinSize=0,
        DesiredCapacity=0,
        MaxSize=2 if "scaling-group-full" in made.faults else 4,
        VPCZoneIdentifier=",".join(ids["subnets"]),
        Tags=[
            {"ResourceId": name, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": True}
            | tag
            for tag in tag_list(TAGS)
        ],
    )
    autoscaling.attach_instances(AutoScalingGroupName=name, InstanceIds=ids["instances"])
    if "scaling-group-without-policy" not in made.faults:
        autoscaling.put_scaling_policy(
            AutoScalingGroupName=name,
            PolicyName="explorer-requests",
            PolicyType="TargetTrackingScaling",
            TargetTrackingConfiguration={
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ASGAverageCPUUtilization"
                },
                "TargetValue": 50.0,
            },
        )
    if "scaling-group-suspended" in made.faults:
        autoscaling.suspend_processes(AutoScalingGroupName=name, ScalingProcesses=["Launch"])
    (described,) = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
        "AutoScalingGroups"
    ]
    return {"scaling_group": described["AutoScalingGroupARN"]}


def build_alarms(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Watch the database's connections and the requests."""
    sns = made.client("sns")
    topic = sns.create_topic(Name="explorer-scaling")["TopicArn"]
    if "saturation-alarm-unrouted" not in made.faults:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="platform@example.org")
    cloudwatch = made.client("cloudwatch")
    is_falling = "saturation-alarm-falling" in made.faults
    if "saturation-alarm-missing" not in made.faults:
        cloudwatch.put_metric_alarm(
            AlarmName="explorer-connections",
            Namespace="AWS/RDS",
            MetricName="DatabaseConnections",
            Dimensions=_dimensions(DBInstanceIdentifier="explorer"),
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=3,
            Threshold=45.0 if "saturation-alarm-late" in made.faults else 40.0,
            ComparisonOperator="LessThanThreshold"
            if is_falling
            else "GreaterThanOrEqualToThreshold",
            ActionsEnabled="saturation-alarm-silent" not in made.faults,
            AlarmActions=[topic],
        )
    cloudwatch.put_metric_alarm(
        AlarmName="explorer-requests",
        Namespace="AWS/ApplicationELB",
        MetricName="RequestCount",
        Dimensions=_of_balancer(ids),
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=11400.0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    minutes = 90 if "saturation-data-stale" in made.faults else 5
    datum = {
        "MetricName": "DatabaseConnections",
        "Dimensions": _dimensions(DBInstanceIdentifier="explorer"),
        "Timestamp": AS_OF - dt.timedelta(minutes=minutes),
        "Value": 17.0,
    }
    cloudwatch.put_metric_data(Namespace="AWS/RDS", MetricData=[datum])
    return {"scaling_topic": topic}


def build_canary(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Let one request in twenty of the pages' API go where a release is tried first."""
    if made.faults & WITHOUT_CANARY:
        return {}
    created = made.elbv2.create_target_group(
        Name="explorer-canary",
        Protocol="HTTP",
        Port=8080,
        VpcId=ids["vpc"],
        TargetType="instance",
        HealthCheckPath="/health",
        Tags=tag_list(TAGS),
    )
    canary = str(created["TargetGroups"][0]["TargetGroupArn"])
    made.elbv2.register_targets(
        TargetGroupArn=canary, Targets=[{"Id": one, "Port": 8080} for one in ids["instances"]]
    )
    shares = ((ids["target_group"], 95), (canary, 5))
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in shares]
    rule = made.elbv2.create_rule(
        ListenerArn=ids["listeners"]["https"],
        Priority=30,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )
    return {
        "canary_target_group": canary,
        "canary_rule": str(rule["Rules"][0]["RuleArn"]),
    }


def build_strangers(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Put something of another service behind the balancer, if a fault says so."""
    if "target-group-of-stranger" in made.faults:
        created = made.elbv2.create_target_group(
            Name="faucet",
            Protocol="HTTP",
            Port=8090,
            VpcId=ids["vpc"],
            TargetType="instance",
            Tags=tag_list(NOBODY),
        )
        group = str(created["TargetGroups"][0]["TargetGroupArn"])
        _rule(made, ids, group, TAGS)
        return {"stranger_target_group": group}
    if "rule-of-stranger" in made.faults:
        return {"stranger_rule": _rule(made, ids, ids["target_group"], NOBODY)}
    return {}


def _rule(made: Builder, ids: Mapping[str, Any], group: str, tags: Mapping[str, str]) -> str:
    created = made.elbv2.create_rule(
        ListenerArn=ids["listeners"]["https"],
        Priority=20,
        Conditions=[{"Field": "path-pattern", "Values": ["/faucet/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
        Tags=tag_list(tags),
    )
    return str(created["Rules"][0]["RuleArn"])


def build_load(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Publish the requests of the last 24 hours, and return how many they were."""
    if "no-requests" in made.faults:
        return {"requests": 0}
    load = dict(_load(made.faults))
    data = [
        {
            "MetricName": "RequestCount",
            "Dimensions": _of_balancer(ids),
            "Timestamp": AS_OF - dt.timedelta(seconds=before),
            "Value": float(requests),
        }
        for before, requests in load.items()
    ]
    cloudwatch = made.client("cloudwatch")
    data.append(_unhealthy(ids))
    for at in range(0, len(data), 500):
        cloudwatch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=data[at : at + 500])
    return {"requests": sum(load.values())}


def _unhealthy(ids: Mapping[str, Any]) -> dict[str, Any]:
    """Tell that no backend was unhealthy five minutes ago: a rollback is decided by it."""
    groups = (
        {"TargetGroup": ids["target_group"].rpartition(":")[2]} if "target_group" in ids else {}
    )
    return {
        "MetricName": "UnHealthyHostCount",
        "Dimensions": [*_of_balancer(ids), *_dimensions(**groups)],
        "Timestamp": AS_OF - dt.timedelta(minutes=5),
        "Value": 0.0,
    }


def _load(faults: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield minutes by their seconds before the end of the day, with their requests."""
    for number in range(1, 97):
        yield number * QUARTER - 600, 5000 + 30 * number
    if "minute-above-projection" in faults:
        yield 300, 9600
    if "day-above-projection" in faults:
        for number in range(1, 481):
            yield number * 180, 8900


def _of_balancer(ids: Mapping[str, Any]) -> list[dict[str, str]]:
    return _dimensions(LoadBalancer=ids["load_balancer"].partition(":loadbalancer/")[2])


def _dimensions(**named: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in named.items()]
