"""Plants in moto what SSM, Compute Optimizer, SNS and EC2 say of machines, and moto cannot.

What they shall say stands in parameters of SSM, each an object in JSON. Builders write them through
AWS's own API, and they go with everything else when moto is reset:

- ``/planted/managed``: by an instance's id what SSM knows of it, of its patches, and what
  associations did on it.
- ``/planted/associations``: associations by id with their parameters; each was executed once.
- ``/planted/advice``: by an instance's id what Compute Optimizer found; without any, the account is
  not enrolled.
- ``/planted/deprecated``: by an AMI's id when it is deprecated.

A subscription is not confirmed when its address begins with ``unconfirmed``.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from moto.backend_index import backend_url_patterns
from moto.core.responses import ActionResult
from moto.ec2.models.amis import AmiBackend
from moto.sns.models import SNSBackend
from moto.ssm.models import ssm_backends
from moto.ssm.responses import SimpleSystemManagerResponse

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = "/planted"
EXECUTION = "3f0f1b2c-0000-4000-8000-000000000001"
BASELINE = "arn:aws:ssm:eu-central-1:533692908464:patchbaseline/pb-0a2f1e9c3b4d5e6f7"
"""A patch baseline of AWS."""
NOT_ENROLLED = '{"__type": "OptInRequiredException", "message": "not opted in"}'


def plant_compute() -> None:
    """Add to moto's models what is missing about machines; once is enough."""
    optimizer = re.compile(r"https?://compute-optimizer\.(.+)\.amazonaws\.com")
    backend_url_patterns.append(("ssm", optimizer))
    model: Any
    for model, name, answer in (
        (SimpleSystemManagerResponse, "describe_instance_information", _managed),
        (SimpleSystemManagerResponse, "describe_instance_patch_states", _patch_states),
        (SimpleSystemManagerResponse, "describe_patch_baselines", _baselines),
        (SimpleSystemManagerResponse, "list_associations", _associations),
        (SimpleSystemManagerResponse, "describe_association", _association),
        (SimpleSystemManagerResponse, "describe_association_executions", _executions),
        (SimpleSystemManagerResponse, "describe_association_execution_targets", _targets),
        (SimpleSystemManagerResponse, "get_e_c2_instance_recommendations", _advice),
        (SNSBackend, "list_subscriptions", _confirmed(SNSBackend.list_subscriptions)),
        (AmiBackend, "describe_images", _deprecated(AmiBackend.describe_images)),
    ):
        setattr(model, name, answer)


def _planted(account: str, region: str, kind: str) -> dict[str, Any]:
    """Return what stands in ``/planted/<kind>``."""
    found = ssm_backends[account][region].describe_parameters([], [])
    named = (one.value for one in found if one.name == f"{ROOT}/{kind}")
    said: dict[str, Any] = json.loads(next(named, "{}"))
    return said


def _of(response: Any, kind: str) -> dict[str, Any]:
    return _planted(response.current_account, response.region, kind)


def _managed(response: SimpleSystemManagerResponse) -> ActionResult:
    known = _of(response, "managed")
    information = [{"InstanceId": one, **said["information"]} for one, said in known.items()]
    return ActionResult({"InstanceInformationList": information})


def _patch_states(response: Any) -> ActionResult:
    asked, known = response._get_param("InstanceIds"), _of(response, "managed")  # noqa: SLF001 moto's own way to a parameter
    states = [
        {"InstanceId": one, "PatchGroup": "-", "BaselineId": BASELINE, **said["state"]}
        for one, said in known.items()
        if one in asked and said.get("state")
    ]
    return ActionResult({"InstancePatchStates": states})


def _baselines(_: SimpleSystemManagerResponse) -> ActionResult:
    named = {"BaselineId": BASELINE, "BaselineName": "AWS-UbuntuDefaultPatchBaseline"}
    return ActionResult({"BaselineIdentities": [{**named, "DefaultBaseline": True}]})


def _associations(response: SimpleSystemManagerResponse) -> ActionResult:
    known = _of(response, "associations")
    listed = [{"AssociationId": one, **said["listed"]} for one, said in known.items()]
    return ActionResult({"Associations": listed})


def _association(response: Any) -> ActionResult:
    wanted = response._get_param("AssociationId")  # noqa: SLF001 moto's own way to a parameter
    said = _of(response, "associations")[wanted]
    whole = {"AssociationId": wanted, **said["listed"], "Parameters": said["parameters"]}
    return ActionResult({"AssociationDescription": whole})


def _executions(response: Any) -> ActionResult:
    wanted = response._get_param("AssociationId")  # noqa: SLF001 moto's own way to a parameter
    one = {"AssociationId": wanted, "ExecutionId": EXECUTION, "Status": "Success"}
    return ActionResult({"AssociationExecutions": [one]})


def _targets(response: Any) -> ActionResult:
    wanted = response._get_param("AssociationId")  # noqa: SLF001 moto's own way to a parameter
    targets = [
        {
            "AssociationId": wanted,
            "ExecutionId": EXECUTION,
            "ResourceId": instance,
            "ResourceType": "ManagedInstance",
            **said["runs"][wanted],
        }
        for instance, said in _of(response, "managed").items()
        if wanted in said.get("runs", {})
    ]
    return ActionResult({"AssociationExecutionTargets": targets})


def _advice(response: Any) -> str | tuple[str, dict[str, int]]:
    """Return JSON as Compute Optimizer writes it, through SSM, which speaks the same protocol."""
    known, asked = _of(response, "advice"), json.loads(response.body)["instanceArns"]
    if not known:
        return NOT_ENROLLED, {"status": 400}
    found = [
        {"instanceArn": arn, **known[instance]}
        for arn in asked
        if (instance := arn.rpartition("/")[2]) in known
    ]
    return json.dumps({"instanceRecommendations": found, "errors": []})


def _confirmed(listed: Callable[..., Any]) -> Callable[..., Any]:
    def with_those_that_wait(backend: SNSBackend, next_token: str | None = None) -> Any:
        found, token = listed(backend, next_token=next_token)
        return [_waiting(one) for one in found], token

    return with_those_that_wait


def _waiting(subscription: Any) -> Any:
    if not subscription.endpoint.startswith("unconfirmed"):
        return subscription
    waiting = copy.copy(subscription)
    waiting.arn = "PendingConfirmation"
    return waiting


def _deprecated(described: Callable[..., Any]) -> Callable[..., Any]:
    def with_their_end(backend: Any, **asked: Any) -> Any:
        ends = _planted(backend.account_id, backend.region_name, "deprecated")
        return [_ending(one, ends.get(one.id)) for one in described(backend, **asked)]

    return with_their_end


def _ending(image: Any, end: str | None) -> Any:
    if end is None:
        return image
    ending = copy.copy(image)
    ending.deprecation_time = end
    return ending
