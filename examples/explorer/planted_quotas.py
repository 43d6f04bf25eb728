"""Plants in moto, in the process of its server, the quotas of EC2 that Service Quotas would tell.

moto knows those of VPC alone. The tag ``planted:vcpus`` of a VPC says how many vCPUs the account
was granted there; without it there is AWS's default.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.ec2.models import ec2_backends
from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.responses import ServiceQuotasResponse

if TYPE_CHECKING:
    from collections.abc import Callable

VCPUS = "planted:vcpus"
DEFAULTS = {"L-1216C47A": 5.0, "L-DB2E81BA": 0.0}
"""vCPUs that a new account may run on demand, by quota: the usual types, and G and VT."""


def plant_quotas() -> None:
    """Add the quotas of EC2 to those that moto knows."""
    model: Any = ServiceQuotasResponse
    model.get_service_quota = _applied(ServiceQuotasResponse.get_service_quota)
    model.get_aws_default_service_quota = _default


def _applied(of_vpc: Callable[[ServiceQuotasResponse], str]) -> Callable[..., str]:
    def get_service_quota(response: ServiceQuotasResponse) -> str:
        asked = json.loads(response.body)
        if asked["ServiceCode"] != "ec2":
            return of_vpc(response)
        vpcs = ec2_backends[response.current_account][response.region].vpcs.values()
        granted = [tag["value"] for vpc in vpcs for tag in vpc.get_tags() if tag["key"] == VCPUS]
        if not granted or asked["QuotaCode"] != "L-1216C47A":
            raise NoSuchResource
        return _quota(asked, float(granted[0]))

    return get_service_quota


def _default(response: ServiceQuotasResponse) -> str:
    asked = json.loads(response.body)
    if asked["QuotaCode"] not in DEFAULTS:
        raise NoSuchResource
    return _quota(asked, DEFAULTS[asked["QuotaCode"]])


def _quota(asked: dict[str, str], value: float) -> str:
    return json.dumps({"Quota": {**asked, "Value": value, "Unit": "None", "Adjustable": True}})
