"""What of the example's account scales besides its instances, so that all operations are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WHO = {"service": "explorer"}


def let_more_grow(client: Callable[[str], Any], ids: Mapping[str, Any]) -> None:
    """Let an ECS service and a table scale, in an account without a quota of its own."""
    client("ec2").delete_tags(Resources=[ids["vpc"]], Tags=[{"Key": "planted:vcpus"}])
    ecs, scaling = client("ecs"), client("application-autoscaling")
    ecs.create_cluster(clusterName="explorer")
    ecs.register_task_definition(family="api", containerDefinitions=[])
    ecs.create_service(
        cluster="explorer",
        serviceName="api",
        taskDefinition="api",
        desiredCount=1,
        tags=[{"key": key, "value": value} for key, value in WHO.items()],
    )
    client("dynamodb").create_table(
        TableName="explorer-growing",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        Tags=[{"Key": key, "Value": value} for key, value in WHO.items()],
    )
    for namespace, resource, dimension in (
        ("ecs", "service/explorer/api", "ecs:service:DesiredCount"),
        ("dynamodb", "table/explorer-growing", "dynamodb:table:ReadCapacityUnits"),
    ):
        scaling.register_scalable_target(
            ServiceNamespace=namespace,
            ResourceId=resource,
            ScalableDimension=dimension,
            MinCapacity=1,
            MaxCapacity=9,
        )
