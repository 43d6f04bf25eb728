"""What the example plants in moto about machines is what AWS's own descriptions allow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSOCIATION = "8b7a1d52-0000-4000-8000-000000000002"
ASKED: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("ssm", "DescribeInstanceInformation"): {},
    ("ssm", "DescribeInstancePatchStates"): {"InstanceIds": ["i-1"]},
    ("ssm", "DescribePatchBaselines"): {},
    ("ssm", "ListAssociations"): {},
    ("ssm", "DescribeAssociation"): {"AssociationId": ASSOCIATION},
    ("ssm", "DescribeAssociationExecutions"): {"AssociationId": ASSOCIATION},
    ("ssm", "DescribeAssociationExecutionTargets"): {
        "AssociationId": ASSOCIATION,
        "ExecutionId": "3f0f1b2c-0000-4000-8000-000000000001",
    },
    ("compute-optimizer", "GetEC2InstanceRecommendations"): {},
    ("ecr", "DescribeImages"): {"repositoryName": "explorer"},
    ("ecr", "DescribeImageScanFindings"): {
        "repositoryName": "explorer",
        "imageId": {"imageTag": "v1.4.0"},
    },
    ("sns", "ListSubscriptions"): {},
}


@pytest.fixture(scope="module")
def answers(
    moto_url: str,
    machine_shop: Any,
    aws_environment: pytest.MonkeyPatch,  # noqa: ARG001 the environment is what leads there
) -> dict[tuple[str, str], Any]:
    """What each operation answers about the example's machines, as boto3 reads it."""
    import boto3  # noqa: PLC0415 beside what makes clients of it
    import requests  # noqa: PLC0415 beside what speaks to moto

    requests.post(f"{moto_url}/moto-api/reset", timeout=10).raise_for_status()
    ids = machine_shop(frozenset({"topic-unconfirmed"}))
    session: Any = boto3.session.Session(region_name="eu-central-1")
    found = {}
    for (service, operation), parameters in ASKED.items():
        client = session.client(service, endpoint_url=moto_url)
        method = {api: name for name, api in client.meta.method_to_api_mapping.items()}[operation]
        named = dict(parameters)
        if "InstanceIds" in named:
            named["InstanceIds"] = ids["instances"]
        if service == "compute-optimizer":
            arn = "arn:aws:ec2:eu-central-1:123456789012:instance/"
            named["instanceArns"] = [f"{arn}{one}" for one in ids["instances"]]
        answer = getattr(client, method)(**named)
        answer.pop("ResponseMetadata")
        shape = client.meta.service_model.operation_model(operation).output_shape
        found[service, operation] = (answer, shape)
    return found


@pytest.mark.parametrize("asked", ASKED, ids=":".join)
def test_an_answer_keeps_to_its_description_and_is_not_empty(
    answers: Mapping[tuple[str, str], Any], asked: tuple[str, str]
) -> None:
    answer, shape = answers[asked]
    report = ParamValidator().validate(answer, shape)
    assert not report.has_errors(), report.generate_report()
    assert set(answer) <= set(shape.members)
    lists = [one for one in answer.values() if isinstance(one, list)]
    assert any(lists) if lists else json.dumps(answer, default=str) != "{}"


def test_a_subscription_that_nobody_confirmed_has_no_arn(
    answers: Mapping[tuple[str, str], Any],
) -> None:
    [subscription] = answers["sns", "ListSubscriptions"][0]["Subscriptions"]
    assert subscription["SubscriptionArn"] == "PendingConfirmation"
