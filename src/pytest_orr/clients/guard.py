"""The read-only guard: refuses every AWS operation that is not on the list, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

READ_ONLY = frozenset(
    {
        "acm:DescribeCertificate",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribePolicies",
        "backup:ListBackupSelections",
        "backup:ListCopyJobs",
        "backup:ListProtectedResources",
        "backup:ListRecoveryPointsByResource",
        "backup:ListRestoreJobs",
        "cloudfront:ListDistributions",
        "cloudfront:ListTagsForResource",
        "cloudtrail:LookupEvents",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "compute-optimizer:GetEC2InstanceRecommendations",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:GetResourcePolicy",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVolumes",
        "ec2:DescribeVpcs",
        "ec2:GetManagedPrefixListEntries",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecs:DescribeServices",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "iam:GenerateCredentialReport",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:ListAccessKeys",
        "iam:ListRoles",
        "iam:SimulatePrincipalPolicy",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListGrants",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:DescribeDBEngineVersions",
        "rds:DescribeDBInstanceAutomatedBackups",
        "rds:DescribeDBInstances",
        "rds:DescribeDBMajorEngineVersions",
        "rds:DescribeDBSnapshots",
        "route53:ListHostedZones",
        "route53:ListResourceRecordSets",
        "s3:GetBucketEncryption",
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketWebsite",
        "s3:GetPublicAccessBlock",
        "s3:ListBuckets",
        "secretsmanager:ListSecrets",
        "servicequotas:GetAWSDefaultServiceQuota",
        "servicequotas:GetServiceQuota",
        "shield:GetSubscriptionState",
        "shield:ListProtections",
        "sns:ListSubscriptions",
        "ssm:DescribeAssociation",
        "ssm:DescribeAssociationExecutionTargets",
        "ssm:DescribeAssociationExecutions",
        "ssm:DescribeInstanceInformation",
        "ssm:DescribeInstancePatchStates",
        "ssm:DescribeMaintenanceWindows",
        "ssm:DescribePatchBaselines",
        "ssm:ListAssociations",
        "sts:GetAccessKeyInfo",
        "sts:GetCallerIdentity",
        "tag:GetResources",
        "wafv2:DescribeManagedRuleGroup",
        "wafv2:GetLoggingConfiguration",
        "wafv2:GetRuleGroup",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
    }
)
"""Every operation that the product's own collectors declare, and no other."""

GUARDED_EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-call",
    "before-sign",
    "before-send",
)
"""Events of botocore that every way to a request passes at least one of; presigning, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What an AWS service is called where: operations carry its IAM prefix."""

    client: str
    """Name under which boto3 makes a client."""
    event: str
    """Name in botocore's events."""


SERVICES = MappingProxyType(
    {
        "acm": Service(client="acm", event="acm"),
        "application-autoscaling": Service(
            client="application-autoscaling", event="application-auto-scaling"
        ),
        "autoscaling": Service(client="autoscaling", event="auto-scaling"),
        "backup": Service(client="backup", event="backup"),
        "cloudfront": Service(client="cloudfront", event="cloudfront"),
        "cloudtrail": Service(client="cloudtrail", event="cloudtrail"),
        "cloudwatch": Service(client="cloudwatch", event="cloudwatch"),
        "compute-optimizer": Service(client="compute-optimizer", event="compute-optimizer"),
        "dynamodb": Service(client="dynamodb", event="dynamodb"),
        "ec2": Service(client="ec2", event="ec2"),
        "ecr": Service(client="ecr", event="ecr"),
        "ecs": Service(client="ecs", event="ecs"),
        "elasticloadbalancing": Service(client="elbv2", event="elastic-load-balancing-v2"),
        "iam": Service(client="iam", event="iam"),
        "kms": Service(client="kms", event="kms"),
        "rds": Service(client="rds", event="rds"),
        "route53": Service(client="route53", event="route-53"),
        "s3": Service(client="s3", event="s3"),
        "s3control": Service(client="s3control", event="s3-control"),
        "secretsmanager": Service(client="secretsmanager", event="secrets-manager"),
        "servicequotas": Service(client="service-quotas", event="service-quotas"),
        "shield": Service(client="shield", event="shield"),
        "sns": Service(client="sns", event="sns"),
        "ssm": Service(client="ssm", event="ssm"),
        "sts": Service(client="sts", event="sts"),
        "tag": Service(client="resourcegroupstaggingapi", event="resource-groups-tagging-api"),
        "wafv2": Service(client="wafv2", event="wafv2"),
    }
)
"""Services by IAM prefix; S3 Control has a name of its own here, and its permissions are S3's."""

PERMISSIONS = MappingProxyType(
    {
        "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
        "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
        "s3:ListBuckets": "s3:ListAllMyBuckets",
        "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    }
)
"""What IAM calls the permission for an operation, where that is not the operation's own name."""


NOT_LISTED = "is not among the read-only operations that this run's collectors declare"
HOW_TO_LIST = "declare it in the collector's operations, if the product lists it as a read"


class OperationRefused(FactUnavailable):
    """Something wanted to ask AWS for an operation that is not on the list."""


class Guard:
    """Lets only the listed operations pass, by the names of botocore's events."""

    def __init__(self, operations: Iterable[str]) -> None:
        parts = (operation.partition(":") for operation in operations)
        self._allowed = frozenset((SERVICES[prefix].event, name) for prefix, _, name in parts)

    def __call__(self, event_name: str) -> None:
        """Raise ``OperationRefused`` unless the event's operation is on the list."""
        _, service, operation = (*event_name.split("."), "", "")[:3]
        if (service, operation) not in self._allowed:
            raise OperationRefused(f"{service}:{operation} {NOT_LISTED}", HOW_TO_LIST)
