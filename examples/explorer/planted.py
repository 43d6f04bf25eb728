"""Plants in moto, in the process of its server, what AWS says and moto cannot.

``plant()`` is called before the first request; again does nothing. What it adds is listed in
``docs/proven-against.md``:

- ACM: what uses a certificate, whether it will be renewed, how its last renewal went, its serial
  number as AWS writes it; and, if told, that ACM issued the very certificate that the service
  shows. Tags of the certificate that begin with ``planted:`` say what else AWS would know.
- Shield: whether there is a subscription.
- WAF: which rules a managed group has, and what each of them does; groups of rules for CloudFront,
  found by their ARN as others are.
- What ``planted_compute`` says of machines, ``planted_databases`` of databases and backups, and
  ``planted_quotas`` of EC2's quotas.
- IAM: ``refusals`` in the form that each service's clients can read, ``simulation`` of policies,
  and what ``trails`` says of keys' uses and of the root.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from moto import settings
from moto.acm.models import CertBundle
from moto.cloudfront.models import cloudfront_backends
from moto.elbv2.models import elbv2_backends
from moto.shield.responses import ShieldResponse
from moto.wafv2.models import GLOBAL_REGION
from moto.wafv2.responses import WAFV2Response

from examples.explorer.planted_compute import plant_compute
from examples.explorer.planted_databases import plant_databases
from examples.explorer.planted_quotas import plant_quotas
from examples.explorer.refusals import refuse_as_aws_does
from examples.explorer.simulation import simulate_policies
from examples.explorer.trails import keep_trails

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RENEWAL, REASON, STATUS, VALIDATION = (
    f"planted:{what}" for what in ("renewal", "reason", "status", "validation")
)
"""Tags of a certificate: RenewalStatus, its reason, Status, and how its names are validated."""
COMMON_RULES = ("NoUserAgent_HEADER", "SizeRestrictions_BODY", "CrossSiteScripting_BODY")
"""Some rules of AWSManagedRulesCommonRuleSet; all of them block."""
ATTRIBUTE = "planted_by_the_example"


def plant(*, shown: Path | None = None) -> None:
    """Add to moto's models what is missing; ``shown`` is a PEM file that ACM then has issued."""
    describe: Any = CertBundle.describe
    if hasattr(describe, ATTRIBUTE):
        return
    new = _described(describe, shown)
    setattr(new, ATTRIBUTE, True)
    settings.ACM_VALIDATION_WAIT = -1  # certificates are issued at once
    refuse_as_aws_does()
    plant_compute()
    plant_databases()
    plant_quotas()
    simulate_policies()
    keep_trails()
    for model, name, answer in (
        (CertBundle, "describe", new),
        (ShieldResponse, "get_subscription_state", _subscription_state),
        (WAFV2Response, "describe_managed_rule_group", _managed_rule_group),
        (WAFV2Response, "get_rule_group", _by_arn(WAFV2Response.get_rule_group)),
    ):
        setattr(model, name, answer)


def _described(
    describe: Callable[[CertBundle], dict[str, Any]], shown: Path | None
) -> Callable[[CertBundle], dict[str, Any]]:
    def with_what_aws_says(bundle: CertBundle) -> dict[str, Any]:
        bundle.check()
        answer = describe(bundle)
        detail = answer["Certificate"]
        detail["InUseBy"] = sorted(_users(bundle.arn))
        detail["Serial"] = _as_aws_writes(int(detail["Serial"]))
        if shown is not None and bundle.type == "AMAZON_ISSUED":
            detail |= _issued(shown, detail["SubjectAlternativeNames"])
        _renewal(detail, bundle.tags)
        return answer

    return with_what_aws_says


def _renewal(detail: dict[str, Any], tags: dict[str, str | None]) -> None:
    detail["Status"] = tags.get(STATUS) or detail["Status"]
    renewable = detail["Type"] != "IMPORTED" and detail["Status"] == "ISSUED" and detail["InUseBy"]
    detail["RenewalEligibility"] = "ELIGIBLE" if renewable else "INELIGIBLE"
    for option in detail.get("DomainValidationOptions", ()):
        option["ValidationMethod"] = tags.get(VALIDATION) or option["ValidationMethod"]
        if option["ValidationMethod"] != "DNS":
            del option["ResourceRecord"]
    if status := tags.get(RENEWAL):
        reason = {"RenewalStatusReason": tags[REASON]} if tags.get(REASON) else {}
        options = detail["DomainValidationOptions"]
        summary = {"RenewalStatus": status, "DomainValidationOptions": options, **reason}
        detail["RenewalSummary"] = {**summary, "UpdatedAt": detail["IssuedAt"]}


def _users(certificate: str) -> Iterator[str]:
    """Yield the ARNs of balancers and distributions that show a certificate."""
    _, _, _, region, account, _ = certificate.split(":", 5)
    for balancer in elbv2_backends[account][region].load_balancers.values():
        for listener in balancer.listeners.values():
            if certificate in (listener.certificates or ()):
                yield balancer.arn
    for distribution in cloudfront_backends[account]["aws"].distributions.values():
        if distribution.ViewerCertificate.acm_certificate_arn == certificate:
            yield distribution.arn


def _as_aws_writes(serial: int) -> str:
    digits = f"{serial:x}"
    even = digits.zfill(len(digits) + len(digits) % 2)
    return ":".join(even[at : at + 2] for at in range(0, len(even), 2))


def _issued(shown: Path, names: list[str]) -> dict[str, Any]:
    """Return what ACM says of the certificate that the service shows, if it has these names."""
    certificate = x509.load_pem_x509_certificate(shown.read_bytes())
    there: Any = certificate.extensions.get_extension_for_oid(
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME
    ).value
    if {name.value for name in there} != {*names}:
        return {}
    return {
        "Serial": _as_aws_writes(certificate.serial_number),
        "NotBefore": certificate.not_valid_before_utc.timestamp(),
        "NotAfter": certificate.not_valid_after_utc.timestamp(),
    }


def _subscription_state(response: ShieldResponse) -> str:
    state = "ACTIVE" if response.shield_backend.subscription else "INACTIVE"
    return json.dumps({"SubscriptionState": state})


def _managed_rule_group(_: WAFV2Response) -> str:
    return json.dumps({"Rules": [{"Name": rule, "Action": {"Block": {}}} for rule in COMMON_RULES]})


def _by_arn(get: Callable[[WAFV2Response], Any]) -> Callable[[WAFV2Response], Any]:
    def wherever_it_is(response: WAFV2Response) -> Any:
        if ":global/" in json.loads(response.body).get("ARN", ""):
            response.region = GLOBAL_REGION
        return get(response)

    return wherever_it_is
