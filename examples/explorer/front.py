"""What protects the front door of the example's AWS account: WAF, Shield, renewed certificates.

Comes after everything else was built, because it protects what is there.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from examples.explorer.builder import TAGS, tag_list
from examples.explorer.pausing import FAULTS as PAUSING_FAULTS
from examples.explorer.pausing import pausing_rules
from examples.explorer.planted import COMMON_RULES, REASON, RENEWAL, STATUS, VALIDATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

HOME = "us-east-1"
REQUESTS = 2000
"""As many in five minutes from one address are stopped."""
CERTIFICATE_FAULTS = {
    "certificate-by-mail": {VALIDATION: "EMAIL"},
    "certificate-expired": {STATUS: "EXPIRED"},
    "renewal-failed": {RENEWAL: "FAILED", REASON: "CAA_ERROR"},
    "renewal-waits": {RENEWAL: "PENDING_VALIDATION"},
}
"""What AWS knows of a certificate with each fault, as tags that ``planted`` reads."""
FAULTS = frozenset(
    {
        *CERTIFICATE_FAULTS,
        *PAUSING_FAULTS,
        "acl-without-log",
        "certificate-imported",
        "managed-group-counts",
        "managed-rules-overridden",
        "no-rate-rule",
        "no-web-acl",
        "rate-rule-counts",
        "rate-rule-picks-out",
    }
)


def build_front(made: Builder, ids: Mapping[str, Any]) -> dict[str, Any]:
    """Protect the account's balancer and distributions; return the ids of what does."""
    certificate = _certificate(made, ids)
    regional = _web_acl(made, "REGIONAL")
    if "no-web-acl" not in made.faults:
        waf = made.client("wafv2")
        waf.associate_web_acl(WebACLArn=regional, ResourceArn=ids["load_balancer"])
    shield = made.client("shield", HOME)
    shield.create_subscription()
    shield.create_protection(Name="explorer", ResourceArn=ids["load_balancer"])
    edge = _web_acl(made, "CLOUDFRONT")
    _stand_before_distributions(made, edge)
    described = made.acm.describe_certificate(CertificateArn=certificate)["Certificate"]
    options = described.get("DomainValidationOptions", ())
    records = [one["ResourceRecord"] for one in options if "ResourceRecord" in one]
    return {
        "certificate": certificate,
        "web_acl": regional,
        "edge_web_acl": edge,
        "validation_records": {one["Name"]: one["Value"] for one in records},
    }


def _certificate(made: Builder, ids: Mapping[str, Any]) -> str:
    """Return the certificate of the listener, after what a fault does to it."""
    if "certificate-imported" in made.faults:
        return _imported(made, ids["listeners"]["https"])
    for fault, tags in CERTIFICATE_FAULTS.items():
        if fault in made.faults:
            made.acm.add_tags_to_certificate(CertificateArn=ids["certificate"], Tags=tag_list(tags))
    return str(ids["certificate"])


def _imported(made: Builder, listener: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "explorer.example")])
    names = x509.SubjectAlternativeName([x509.DNSName("explorer.example")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    imported = made.acm.import_certificate(
        Certificate=certificate.public_bytes(serialization.Encoding.PEM),
        PrivateKey=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        Tags=tag_list(TAGS),
    )["CertificateArn"]
    made.elbv2.modify_listener(
        ListenerArn=listener, Certificates=[{"CertificateArn": imported}], Protocol="HTTPS"
    )
    return str(imported)


def _web_acl(made: Builder, scope: str) -> str:
    """Create a web ACL; faults are in the balancer's alone."""
    is_edge = scope == "CLOUDFRONT"
    waf = made.client("wafv2", HOME) if is_edge else made.client("wafv2")
    faults = frozenset[str]() if is_edge else made.faults
    created = waf.create_web_acl(
        Name="explorer",
        Scope=scope,
        DefaultAction={"Allow": {}},
        Rules=[
            *_rate_rule(faults),
            _managed_group(faults),
            _own_group(waf, scope),
            *pausing_rules(made.faults),
        ],
        VisibilityConfig=_watched("explorer"),
        Tags=tag_list(TAGS),
    )
    arn = str(created["Summary"]["ARN"])
    if "acl-without-log" not in faults:
        bucket = "arn:aws:s3:::aws-waf-logs-explorer"
        waf.put_logging_configuration(
            LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [bucket]}
        )
    return arn


def _rate_rule(faults: frozenset[str]) -> list[dict[str, Any]]:
    if "no-rate-rule" in faults:
        return []
    limited: dict[str, Any] = {"Limit": REQUESTS, "AggregateKeyType": "IP"}
    if "rate-rule-picks-out" in faults:
        limited["ScopeDownStatement"] = {"GeoMatchStatement": {"CountryCodes": ["AQ"]}}
    return [
        {
            "Name": "rate",
            "Priority": 0,
            "Action": {"Count": {}} if "rate-rule-counts" in faults else {"Block": {}},
            "Statement": {"RateBasedStatement": limited},
            "VisibilityConfig": _watched("rate"),
        }
    ]


def _managed_group(faults: frozenset[str]) -> dict[str, Any]:
    overridden = COMMON_RULES if "managed-rules-overridden" in faults else COMMON_RULES[:1]
    overrides = [{"Name": rule, "ActionToUse": {"Count": {}}} for rule in overridden]
    group = {
        "VendorName": "AWS",
        "Name": "AWSManagedRulesCommonRuleSet",
        "RuleActionOverrides": overrides,
    }
    return {
        "Name": "common",
        "Priority": 1,
        "OverrideAction": {"Count" if "managed-group-counts" in faults else "None": {}},
        "Statement": {"ManagedRuleGroupStatement": group},
        "VisibilityConfig": _watched("common"),
    }


def _own_group(waf: Any, scope: str) -> dict[str, Any]:
    blocks = {
        "Name": "nobody-lives-there",
        "Priority": 0,
        "Action": {"Block": {}},
        "Statement": {"GeoMatchStatement": {"CountryCodes": ["AQ"]}},
        "VisibilityConfig": _watched("nobody-lives-there"),
    }
    group = waf.create_rule_group(
        Name="explorer-own",
        Scope=scope,
        Capacity=10,
        Rules=[blocks],
        VisibilityConfig=_watched("explorer-own"),
    )
    return {
        "Name": "own",
        "Priority": 2,
        "OverrideAction": {"None": {}},
        "Statement": {"RuleGroupReferenceStatement": {"ARN": group["Summary"]["ARN"]}},
        "VisibilityConfig": _watched("own"),
    }


def _watched(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def _stand_before_distributions(made: Builder, acl: str) -> None:
    cloudfront = made.client("cloudfront", HOME)
    for listed in cloudfront.list_distributions()["DistributionList"].get("Items", ()):
        found = cloudfront.get_distribution_config(Id=listed["Id"])
        config = found["DistributionConfig"] | {"WebACLId": acl}
        cloudfront.update_distribution(
            Id=listed["Id"], IfMatch=found["ETag"], DistributionConfig=config
        )
