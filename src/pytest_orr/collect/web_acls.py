"""Reads web ACLs of WAF for ``web_protections``: which of their rules stop requests, and the log.

What only counts, in whichever of the ways there are, does not stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_orr.clients.aws import AwsAccess, Place

OPERATIONS = (
    "wafv2:DescribeManagedRuleGroup",
    "wafv2:GetLoggingConfiguration",
    "wafv2:GetRuleGroup",
    "wafv2:GetWebACL",
    "wafv2:GetWebACLForResource",
)
"""What is asked to know a resource's web ACL. GetWebACLForResource takes GetWebACL's permission."""

NONE_THERE = ("WAFNonexistentItemException",)
STOPS = frozenset({"Block", "Captcha", "Challenge"})
"""Actions after which a request does not reach the service unless its sender proves something."""
FIREWALL_MANAGER = ("PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")


@dataclass(frozen=True, slots=True, kw_only=True)
class AclRule:
    """A rule of a web ACL, or of a rule group that it names."""

    name: str
    kind: Literal["rate", "managed", "other"]
    stops: bool
    """Whether it keeps requests off; if not, it counts or allows."""
    in_part: str = ""
    """What it does not reach, in a few words."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        does = "stops" if self.stops else "does not stop"
        return f'{self.kind} rule "{self.name}" {does}' + (
            f" ({self.in_part})" * bool(self.in_part)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAcl:
    """A web ACL in front of a balancer or a distribution."""

    arn: str
    name: str
    default_action: str
    """``Allow`` or ``Block``."""
    rules: tuple[AclRule, ...]
    """In the order in which they are applied."""
    logs: bool
    """Whether it writes down what it saw."""

    @property
    def limits_rate(self) -> bool:
        """Whether somebody who asks too often is stopped, whatever is asked for."""
        return any(rule.kind == "rate" and rule.stops for rule in self.rules)

    @property
    def stops_known_attacks(self) -> bool:
        """Whether a managed rule group stops requests."""
        return any(rule.kind == "managed" and rule.stops for rule in self.rules)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        told = [rule.seen for rule in self.rules if rule.kind != "other"] or ["no such rules"]
        return f"web ACL {self.name}: {', '.join(told)}; log {'on' if self.logs else 'off'}"


def acl_of_balancer(aws: AwsAccess, place: Place, arn: str) -> WebAcl | None:
    """Return the web ACL that is associated with a balancer."""
    raw = raw_of_balancer(aws, place, arn)
    return _web_acl(aws, place, raw) if raw else None


def acl_of_distribution(aws: AwsAccess, home: Place, acl: str) -> WebAcl | None:
    """Return the web ACL that a distribution names by its ARN."""
    raw = raw_of_distribution(aws, home, acl)
    return _web_acl(aws, home, raw) if raw else None


def raw_of_balancer(aws: AwsAccess, place: Place, arn: str) -> Mapping[str, Any] | None:
    """Return the web ACL of a balancer in AWS's words.

    AWS says that there is none by an answer without one, or by an error: both are the same.
    """
    operation = "wafv2:GetWebACLForResource"
    found = aws.call(place, operation, absent=NONE_THERE, ResourceArn=arn) or {}
    return found.get("WebACL") or None


def raw_of_distribution(aws: AwsAccess, home: Place, acl: str) -> Mapping[str, Any] | None:
    """Return the web ACL that a distribution names by its ARN, in AWS's words.

    One of the old WAF, which CloudFront names by an id, is none: AWS has ended it.
    """
    if "/webacl/" not in acl:
        return None
    _, name, acl_id = acl.rsplit("/", 2)
    named = {"Name": name, "Scope": "CLOUDFRONT", "Id": acl_id}
    found = aws.call(home, "wafv2:GetWebACL", absent=NONE_THERE, **named)
    return found["WebACL"] if found else None


def _web_acl(aws: AwsAccess, place: Place, raw: Mapping[str, Any]) -> WebAcl:
    arn = str(raw["ARN"])
    asked = "wafv2:GetLoggingConfiguration"
    log = aws.call(place, asked, absent=NONE_THERE, ResourceArn=arn) or {}
    scope = "CLOUDFRONT" if ":global/webacl/" in arn else "REGIONAL"
    return WebAcl(
        arn=arn,
        name=raw["Name"],
        default_action=next(iter(raw["DefaultAction"])),
        rules=tuple(_Reader(aws, place, scope).rules_of(raw)),
        logs=bool(log.get("LoggingConfiguration", {}).get("LogDestinationConfigs")),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads the rules of one web ACL, with those of the groups that it names."""

    aws: AwsAccess
    place: Place
    scope: str

    def rules_of(self, acl: Mapping[str, Any]) -> Iterator[AclRule]:
        first, last = ([*acl.get(several, ())] for several in FIREWALL_MANAGER)
        for several in (first, acl.get("Rules") or (), last):
            for raw in sorted(several, key=lambda one: int(one["Priority"])):
                yield from self._rules(raw)

    def _rules(self, raw: Mapping[str, Any]) -> Iterator[AclRule]:
        statement = raw.get("Statement") or raw["FirewallManagerStatement"]
        counts = "Count" in (raw.get("OverrideAction") or {})
        if own := statement.get("RuleGroupReferenceStatement"):
            yield from self._own_group(own, counts=counts)
        elif managed := statement.get("ManagedRuleGroupStatement"):
            yield self._managed(raw["Name"], managed, counts=counts)
        else:
            yield _rule(raw)

    def _own_group(self, named: Mapping[str, Any], *, counts: bool) -> Iterator[AclRule]:
        group = self.aws.call(self.place, "wafv2:GetRuleGroup", ARN=named["ARN"])["RuleGroup"]
        harmless = _harmless(named)
        for raw in sorted(group.get("Rules") or (), key=lambda one: int(one["Priority"])):
            rule = _rule(raw)
            stops = rule.stops and not counts and rule.name not in harmless
            yield AclRule(name=rule.name, kind=rule.kind, stops=stops, in_part=rule.in_part)

    def _managed(self, name: str, named: Mapping[str, Any], *, counts: bool) -> AclRule:
        harmless = _harmless(named)
        stops = not counts and (not harmless or bool(self._stopping(named) - harmless))
        in_part = f"without {', '.join(sorted(harmless))}" if harmless and stops else ""
        return AclRule(name=name, kind="managed", stops=stops, in_part=in_part)

    def _stopping(self, named: Mapping[str, Any]) -> frozenset[str]:
        """Return the rules of a managed group that stop unless somebody overrides them."""
        version = {"VersionName": named["Version"]} if named.get("Version") else {}
        group = self.aws.call(
            self.place,
            "wafv2:DescribeManagedRuleGroup",
            VendorName=named["VendorName"],
            Name=named["Name"],
            Scope=self.scope,
            **version,
        )
        return frozenset(rule["Name"] for rule in group["Rules"] if _stops(rule.get("Action")))


def _harmless(named: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of a group's rules that were overridden so that they do not stop."""
    excluded = [one["Name"] for one in named.get("ExcludedRules") or ()]
    overridden = named.get("RuleActionOverrides") or ()
    return frozenset(
        [*excluded, *(one["Name"] for one in overridden if not _stops(one["ActionToUse"]))]
    )


def _rule(raw: Mapping[str, Any]) -> AclRule:
    rate = raw["Statement"].get("RateBasedStatement")
    if rate is None:
        return AclRule(name=raw["Name"], kind="other", stops=_stops(raw.get("Action")))
    # Whoever leaves something out limits the rest; whoever picks something out limits that alone.
    narrowed = rate.get("ScopeDownStatement") or {}
    picks = bool(narrowed) and "NotStatement" not in narrowed
    return AclRule(
        name=raw["Name"],
        kind="rate",
        stops=_stops(raw.get("Action")) and not picks,
        in_part="it limits only what it picks out" if picks else "",
    )


def _stops(action: Mapping[str, Any] | None) -> bool:
    return not STOPS.isdisjoint(action or {})
