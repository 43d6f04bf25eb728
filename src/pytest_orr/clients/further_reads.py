"""Reads of AWS that the product's own collectors do without, and a service's own may declare."""

from __future__ import annotations

from .guard import READ_ONLY

FURTHER_READS = frozenset(
    {
        "acm:ListCertificates",
        "ec2:DescribeRouteTables",
        "iam:GetAccountPasswordPolicy",
        "kms:ListKeys",
        "s3:GetBucketAcl",
        "s3:GetBucketVersioning",
        "s3control:GetPublicAccessBlock",
        "wafv2:ListResourcesForWebACL",
        "wafv2:ListWebACLs",
    }
)
"""They change nothing and expose nothing, as each that is listed."""

OFFERED = READ_ONLY | FURTHER_READS
"""Whatever a collector may declare; a run may ask for what its own collectors declare."""
