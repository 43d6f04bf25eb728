"""What watches, sizes and patches the example's machines, and the image that they run."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from examples.explorer.builder import REGION
from examples.explorer.registry import BACKEND_DIGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from examples.explorer.builder import Builder

JUDGED = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
"""The instant by which the example is judged; its machines were measured until then."""
PROFILE = Path(__file__).parent / "repaired" / "readiness.toml"
EC2, AGENT, PERCENT = "AWS/EC2", "CWAgent", "GreaterThanOrEqualToThreshold"
ALARMS = {
    "CPUUtilization": (EC2, 80.0),
    "StatusCheckFailed": (EC2, 1.0),
    "mem_used_percent": (AGENT, 85.0),
    "disk_used_percent": (AGENT, 80.0),
}
"""What an alarm watches of each machine: namespace and threshold."""
LOADS = {
    "CPUUtilization": 58.0,
    "StatusCheckFailed": 0.0,
    "CPUCreditBalance": 420.0,
    "mem_used_percent": 61.0,
    "disk_used_percent": 40.0,
}
"""What is measured of each machine, at rest and under load alike."""
NAMES = ("explorer-backend-1", "explorer-backend-2", "explorer-jump")
PATCHING = "8b7a1d52-0000-4000-8000-000000000002"
"""Id of the association that installs patches."""
IMAGE = BACKEND_DIGEST
"""Digest of the image that the release names."""
EARLIER_IMAGE = "sha256:7b6d41c0e58f2a937c1e0f5ab44d93e26f80c7d1953ab2e4607f18dc2b9a5e30"
"""Digest of the image of the release before."""
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "layers": [],
}
FAULTS = frozenset(
    {
        "agent-silent",
        "alarm-at-150-percent",
        "alarm-missing",
        "alarm-without-actions",
        "alarm-without-data",
        "ami-deprecated",
        "association-failed",
        "earlier-image-gone",
        "image-critical",
        "image-not-scanned",
        "machine-busy",
        "machine-credits-used-up",
        "machine-too-small",
        "optimizer-not-enrolled",
        "patches-missing",
        "ssm-connection-lost",
        "ssm-unmanaged",
        "topic-unconfirmed",
    }
)
"""Each befalls the first backend, or what all of them share."""


def build_compute(made: Builder, ids: Mapping[str, Any]) -> dict[str, str]:
    """Watch, measure, advise and patch the machines, push the image; return the topic's ARN."""
    machines = [*ids["instances"], ids["jump_instance"]]
    named = dict(zip(NAMES, machines, strict=True))
    cloudwatch, topic = made.client("cloudwatch"), _topic(made)
    _watch(cloudwatch, named, topic, made.faults)
    _measure(cloudwatch, machines, made.faults)
    ssm = made.client("ssm")
    for kind, said in _planted(made, machines).items():
        ssm.put_parameter(Name=f"/planted/{kind}", Type="String", Value=json.dumps(said))
    _push(made)
    return {"topic": topic}


def _topic(made: Builder) -> str:
    sns = made.client("sns")
    topic = str(sns.create_topic(Name="explorer-pages")["TopicArn"])
    waits = "topic-unconfirmed" in made.faults
    address = f"{'unconfirmed' if waits else 'pages'}@explorer.example"
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)
    return topic


def _watch(
    cloudwatch: Any, machines: Mapping[str, str], topic: str, faults: frozenset[str]
) -> None:
    for title, machine in machines.items():
        befallen = faults if title == NAMES[0] else frozenset[str]()
        for metric, (namespace, threshold) in ALARMS.items():
            of_cpu = metric == "CPUUtilization"
            if of_cpu and "alarm-missing" in befallen:
                continue
            limit = 150.0 if of_cpu and "alarm-at-150-percent" in befallen else threshold
            name = f"{title}-{metric}"
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                Namespace=namespace,
                MetricName=metric,
                Dimensions=_dimensions(machine, metric),
                Statistic="Maximum",
                Period=300,
                EvaluationPeriods=3,
                ComparisonOperator=PERCENT,
                Threshold=limit,
                ActionsEnabled=not (of_cpu and "alarm-without-actions" in befallen),
                AlarmActions=[topic],
            )
            if of_cpu and "alarm-without-data" in befallen:
                cloudwatch.set_alarm_state(
                    AlarmName=name, StateValue="INSUFFICIENT_DATA", StateReason="no data"
                )


def _dimensions(machine: str, metric: str) -> list[dict[str, str]]:
    root = {"path": "/", "fstype": "ext4"} if metric == "disk_used_percent" else {}
    named = {"InstanceId": machine, **root}
    return [{"Name": name, "Value": value} for name, value in named.items()]


def _measure(cloudwatch: Any, machines: list[str], faults: frozenset[str]) -> None:
    samples: dict[str, list[dict[str, Any]]] = {EC2: [], AGENT: []}
    for machine in machines:
        befallen = faults if machine == machines[0] else frozenset[str]()
        for metric, level in _loads(befallen):
            namespace = AGENT if metric in {"mem_used_percent", "disk_used_percent"} else EC2
            samples[namespace] += [
                {
                    "MetricName": metric,
                    "Dimensions": _dimensions(machine, metric),
                    "Timestamp": moment,
                    "Value": level,
                }
                for moment in _moments()
            ]
    for namespace, some in samples.items():
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=some)


def _loads(befallen: frozenset[str]) -> Iterator[tuple[str, float]]:
    changed = {
        "CPUUtilization": ("machine-busy", 93.0),
        "CPUCreditBalance": ("machine-credits-used-up", 0.0),
    }
    for metric, level in LOADS.items():
        fault, worse = changed.get(metric, ("", level))
        if metric == "mem_used_percent" and "agent-silent" in befallen:
            continue
        yield metric, worse if fault in befallen else level


@cache
def _moments() -> tuple[dt.datetime, ...]:
    """Return when machines were measured: through each stress test, and shortly before the run."""
    moments = [JUDGED - dt.timedelta(minutes=4)]
    profile = tomllib.loads(PROFILE.read_text(encoding="utf-8"))
    for test in profile.get("stress_tests", ()):
        moment = test["started"]
        while moment < test["ended"]:
            moments.append(moment)
            moment += dt.timedelta(minutes=5)
    return tuple(moments)


def _planted(made: Builder, machines: list[str]) -> dict[str, object]:
    """Return what ``planted_compute`` shall say, by the name of its parameter."""
    first, faults = machines[0], made.faults
    listed = {
        "Name": "AWS-RunPatchBaseline",
        "AssociationName": "explorer-patches",
        "ScheduleExpression": "cron(0 3 ? * * *)",
    }
    said: dict[str, object] = {
        "associations": {PATCHING: {"listed": listed, "parameters": {"Operation": ["Install"]}}},
        "managed": {
            one: _managed(faults if one == first else frozenset())
            for one in machines
            if one != first or "ssm-unmanaged" not in faults
        },
    }
    if "optimizer-not-enrolled" not in faults:
        small = "machine-too-small" in faults
        said["advice"] = {one: _advice(is_small=small and one == first) for one in machines}
    if "ami-deprecated" in faults:
        found = made.ec2.describe_instances(InstanceIds=[first])["Reservations"]
        image = found[0]["Instances"][0]["ImageId"]
        said["deprecated"] = {image: "2026-10-01T00:00:00.000Z"}
    return said


def _advice(*, is_small: bool) -> dict[str, Any]:
    return {
        "finding": "UNDER_PROVISIONED" if is_small else "OPTIMIZED",
        "findingReasonCodes": ["CPUUnderprovisioned"] if is_small else [],
        "lastRefreshTimestamp": (JUDGED - dt.timedelta(days=1)).timestamp(),
    }


def _managed(befallen: frozenset[str]) -> dict[str, Any]:
    night = f"{JUDGED - dt.timedelta(hours=21):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "information": {
            "PingStatus": "ConnectionLost" if "ssm-connection-lost" in befallen else "Online",
            "LastPingDateTime": night,
            "PlatformType": "Linux",
            "PlatformName": "Debian GNU/Linux",
            "PlatformVersion": "12",
        },
        "state": {
            "MissingCount": 2 if "patches-missing" in befallen else 0,
            "FailedCount": 0,
            "InstalledPendingRebootCount": 0,
            "OperationStartTime": night,
            "OperationEndTime": night,
            "Operation": "Install",
        },
        "runs": {
            PATCHING: {
                "Status": "Failed" if "association-failed" in befallen else "Success",
                "LastExecutionDate": night,
            }
        },
    }


def _push(made: Builder) -> None:
    ecr = made.client("ecr")
    ecr.create_repository(repositoryName="explorer")
    pushed = {"repositoryName": "explorer", "imageManifest": json.dumps(MANIFEST)}
    ecr.put_image(**pushed, imageTag="v1.4.0", imageDigest=IMAGE)
    if "earlier-image-gone" not in made.faults:
        earlier = pushed | {"imageManifest": json.dumps(MANIFEST | {"annotations": {}})}
        ecr.put_image(**earlier, imageTag="v1.3.0", imageDigest=EARLIER_IMAGE)
    if "image-not-scanned" in made.faults:
        return
    ecr.start_image_scan(repositoryName="explorer", imageId={"imageDigest": IMAGE})
    counts = {"CRITICAL": 3} if "image-critical" in made.faults else {"MEDIUM": 2}
    scan = {
        "repositoryName": "explorer",
        "imageId": {"imageDigest": IMAGE},
        "imageScanStatus": {"status": "COMPLETE"},
        "imageScanFindings": {
            "imageScanCompletedAt": (JUDGED - dt.timedelta(days=2)).timestamp(),
            "findingSeverityCounts": counts,
            "findings": [
                {"name": f"CVE-2026-{number}", "severity": severity}
                for severity, count in counts.items()
                for number in range(count)
            ],
        },
    }
    requests.post(
        f"{ecr.meta.endpoint_url}/moto-api/static/ecr/scan-finding-results",
        json={"results": [scan], "region": REGION},
        timeout=5,
    ).raise_for_status()
