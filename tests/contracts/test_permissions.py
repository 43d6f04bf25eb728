"""The list of operations against what others say: AWS's own models, and two sets of policy data.

``policy_data.json`` is written by ``write_policy_data.py``.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest
from botocore.utils import hyphenize_service_id

from pytest_orr.clients.further_reads import OFFERED
from pytest_orr.clients.guard import PERMISSIONS, SERVICES
from pytest_orr.clients.permission import ALSO_NEEDED, NEEDS_NONE, actions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = json.loads((Path(__file__).with_name("policy_data.json")).read_text(encoding="utf-8"))
MODELS = Path(botocore.__file__).parent / "data"
LEVELS = {
    f"{service}:{name}": level
    for service, by_level in DATA["levels"].items()
    for level, names in by_level.items()
    for name in names
}
"""Access level by action, as AWS's service authorization reference has it."""
READING = frozenset({"List", "Read"})
RESTFUL = ("rest-json", "rest-xml")

JUSTIFIED = {
    "cloudtrail:LookupEvents": (
        "looked up by the service's KMS keys alone, of whose calls CloudTrail keeps neither"
        " plaintext nor credentials; a fact is who used a key, by which operation and when"
    ),
}
"""Operations that somebody calls more than reading, with the reason why they may be asked."""

OF_WEB_ACLS = {
    "amplify": "its applications are not asked about",
    "apprunner": "its services are not asked about",
    "appsync": "its interfaces are not asked about",
    "cognito-idp": "its user pools are not asked about",
    "ec2": "Verified Access is not asked about",
}
NOT_NEEDED = {
    "servicequotas:GetServiceQuota": dict.fromkeys(
        (
            *("autoscaling", "cloudformation", "dynamodb", "elasticloadbalancing", "iam"),
            *("kinesis", "rds", "route53"),
        ),
        "its quotas are not asked about, only EC2's",
    ),
    "wafv2:GetWebACLForResource": OF_WEB_ACLS,
    "wafv2:ListResourcesForWebACL": OF_WEB_ACLS,
}
"""Services whose actions an operation needs only for resources that it is not asked about."""


@cache
def model_of(prefix: str) -> dict[str, Any]:
    """Botocore's newest model of a service."""
    path = max((MODELS / SERVICES[prefix].client).glob("*/service-2.json.gz"))
    model: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return model


def operation_of(operation: str) -> dict[str, Any]:
    """An operation as botocore's model has it; ``KeyError`` if there is none."""
    prefix, _, name = operation.partition(":")
    found: dict[str, Any] = model_of(prefix)["operations"][name]
    return found


def action_of(operation: str) -> str:
    return PERMISSIONS.get(operation, operation)


def prefix_of(operation: str) -> str:
    return operation.partition(":")[0]


def flags(operation: str) -> Iterator[str]:
    """What any source says of an operation besides that it reads."""
    model = operation_of(operation)
    protocol = model_of(prefix_of(operation))["metadata"]["protocol"]
    if model.get("readonly") is False:
        yield "botocore says that it is not read-only"
    if protocol in RESTFUL and model["http"]["method"] not in {"GET", "HEAD"}:
        yield f"botocore sends it as {model['http']['method']}"
    if (level := LEVELS.get(action_of(operation))) not in READING:
        yield f"its access level is {level}"
    for kind, actions in DATA["exposing"].items():
        if not {action_of(operation), operation}.isdisjoint(actions):
            yield f"it exposes {kind}"


@pytest.mark.parametrize("prefix", sorted({one.partition(":")[0] for one in OFFERED}))
def test_a_services_names_are_those_of_botocores_model(prefix: str) -> None:
    identity = model_of(prefix)["metadata"]["serviceId"]
    assert SERVICES[prefix].event == hyphenize_service_id(identity)


def test_no_service_is_known_that_nothing_is_asked_of() -> None:
    assert SERVICES.keys() == {one.partition(":")[0] for one in OFFERED}


def test_every_listed_operation_is_in_botocores_model() -> None:
    unknown = [
        one
        for one in sorted(OFFERED)
        if one.partition(":")[2] not in model_of(one.partition(":")[0])["operations"]
    ]
    assert unknown == []


def test_the_policy_data_know_every_service_that_is_asked() -> None:
    lacking = SERVICES.keys() - DATA["levels"].keys() - {"s3control"}  # its permissions are S3's
    assert lacking == set(), "name them in write_policy_data.py, and write the data anew"


def test_every_permission_is_an_action_that_aws_has() -> None:
    needed = actions_of(OFFERED)
    assert [action for action in needed if action not in LEVELS] == []
    assert len(needed) >= len(OFFERED - NEEDS_NONE) - len(PERMISSIONS)


def test_only_an_operation_without_an_action_of_its_name_has_another_permission() -> None:
    assert PERMISSIONS.keys() <= OFFERED
    assert [operation for operation in PERMISSIONS if operation in LEVELS] == []


def test_whatever_else_an_operation_needs_is_allowed_too_or_not_asked_about() -> None:
    for operation in sorted(OFFERED):
        said = set(DATA["dependent"].get(action_of(operation), ()))
        excused = NOT_NEEDED.get(operation, {})
        wanted = {action for action in said if prefix_of(action) not in excused}
        assert wanted == {*ALSO_NEEDED.get(operation, ())}, operation
        assert excused.keys() <= {prefix_of(action) for action in said}, operation


def test_no_operation_does_more_than_read_as_anybody_says_but_for_the_justified() -> None:
    flagged = {operation: [*flags(operation)] for operation in OFFERED}
    suspects = {operation: told for operation, told in flagged.items() if told}
    assert {one: told for one, told in suspects.items() if one not in JUSTIFIED} == {}
    assert JUSTIFIED.keys() == suspects.keys(), "a reason is given for what nobody doubts"


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("kms:GenerateDataKey", ["its access level is Write"]),
        ("sts:GetSessionToken", ["it exposes credentials"]),
        ("s3:PutBucketPolicy", ["botocore sends it as PUT", "its access level is None"]),
        ("ec2:GetPasswordData", ["it exposes credentials"]),
        ("s3:GetObject", ["it exposes data"]),
    ],
)
def test_the_sources_do_flag_what_is_no_plain_reading(operation: str, told: list[str]) -> None:
    assert [*flags(operation)] == told
