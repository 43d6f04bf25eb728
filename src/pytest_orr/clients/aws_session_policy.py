"""How a role's session is limited beside its managed policies: what the run needs and they lack."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.aws import SECURITY_AUDIT

from .permission import actions_of

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2048
"""Characters that AWS takes as a session's policy in text."""

HELD_BY_SECURITY_AUDIT = (
    "access-analyzer:ListAnalyzers",
    "access-analyzer:ListFindings",
    "acm:Describe*",
    "acm:List*",
    "application-autoscaling:Describe*",
    "autoscaling:Describe*",
    "backup:ListBackupVaults",
    "backup:ListTags",
    "cloudformation:DescribeStack*",
    "cloudfront:Get*",
    "cloudfront:List*",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:LookupEvents",
    "cloudwatch:Describe*",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListBackups",
    "dynamodb:ListTables",
    "dynamodb:ListTagsOfResource",
    "ec2:Describe*",
    "ec2:GetEbsEncryptionByDefault",
    "ec2:GetManagedPrefixListEntries",
    "ecr:BatchGetRepositoryScanningConfiguration",
    "ecr:DescribeImageScanFindings",
    "ecr:DescribeImages",
    "ecr:DescribeRegistry",
    "ecr:DescribeRepositories",
    "ecr:GetLifecyclePolicy",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:GetRepositoryPolicy",
    "ecr:ListImages",
    "ecr:ListTagsForResource",
    "ecs:Describe*",
    "ecs:List*",
    "elasticache:Describe*",
    "elasticloadbalancing:Describe*",
    "events:Describe*",
    "events:List*",
    "iam:GenerateCredentialReport",
    "iam:Get*",
    "iam:List*",
    "iam:SimulateCustomPolicy",
    "iam:SimulatePrincipalPolicy",
    "inspector2:BatchGetAccountStatus",
    "inspector2:ListCoverage",
    "inspector2:ListFindings",
    "kms:Describe*",
    "kms:Get*",
    "kms:List*",
    "lambda:GetPolicy",
    "lambda:List*",
    "logs:Describe*",
    "organizations:Describe*",
    "organizations:List*",
    "rds:Describe*",
    "rds:ListTagsForResource",
    "route53:Get*",
    "route53:List*",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:ListSecrets",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:GetServiceQuota",
    "servicequotas:ListAWSDefaultServiceQuotas",
    "servicequotas:ListServiceQuotas",
    "shield:Describe*",
    "shield:GetSubscriptionState",
    "shield:List*",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptions",
    "sns:ListSubscriptionsByTopic",
    "sns:ListTagsForResource",
    "sns:ListTopics",
    "sqs:GetQueueAttributes",
    "sqs:ListQueues",
    "ssm:Describe*",
    "ssm:ListAssociations",
    "ssm:ListComplianceItems",
    "ssm:ListTagsForResource",
    "sts:GetAccessKeyInfo",
    "tag:GetResources",
    "wafv2:GetLoggingConfiguration",
    "wafv2:GetWebACL",
    "wafv2:GetWebACLForResource",
    "wafv2:ListResourcesForWebACL",
    "wafv2:ListRuleGroups",
    "wafv2:ListTagsForResource",
    "wafv2:ListWebACLs",
)
"""What AWS's managed policy SecurityAudit allows, as far as services are concerned that this
product asks: of iann0036/iam-dataset, aws/managedpolicies/SecurityAudit.json, the version that was
made on 2026-01-30. What it allows and this does not say is only allowed twice."""


def beyond_security_audit(actions: Iterable[str]) -> tuple[str, ...]:
    """Return the actions that SecurityAudit is not known to allow, in their order."""
    return tuple(one for one in actions if not _held(one, HELD_BY_SECURITY_AUDIT))


def session_policy(operations: Iterable[str], managed: Iterable[str]) -> str:
    """Return the policy in text that allows what ``managed`` policies are known not to.

    It is empty where nothing is lacking, and beside a policy of the account's own, which holds what
    its maker put into it. Longer than AWS takes, it is ``FactUnavailable``.
    """
    named = frozenset(managed)
    if any(not arn.partition(":iam::")[2].startswith("aws:") for arn in named):
        return ""
    held = HELD_BY_SECURITY_AUDIT if SECURITY_AUDIT in named else ()
    lacking = [one for one in actions_of(operations) if not _held(one, held)]
    if not lacking:
        return ""
    allow = {"Effect": "Allow", "Action": lacking, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow]}, separators=(",", ":"))
    if len(text) > LONGEST:
        raise FactUnavailable(
            f"what the run needs besides {', '.join(sorted(named))} is {len(text)} characters of"
            f" policy, and AWS takes {LONGEST} with a session",
            "make a policy of what `orr iam-policy` prints, and name its ARN in"
            " [[aws.accounts]] session_policies",
        )
    return text


def _held(action: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)
