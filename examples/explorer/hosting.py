"""Where the example's pages lie: a bucket that CloudFront alone may read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import requests

from examples.explorer.builder import REGION, TAGS, tag_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examples.explorer.builder import Builder

ACCOUNT = "123456789012"
HOME = "us-east-1"
HOST = "explorer.example"
BUCKET = "explorer-frontend"
DISTRIBUTION_SEED = 43
"""Seeds moto anew, so that the distribution has the id that readiness.toml names."""
FAULTS = frozenset(
    {
        "bucket-admits-another",
        "bucket-admits-nobody",
        "bucket-default-encryption",
        "bucket-public",
        "bucket-website",
        "bucket-without-block",
        "distribution-disabled",
        "distribution-other-bucket",
        "distribution-other-name",
        "distribution-plain-http",
        "undeclared-distribution",
    }
)


def build_hosting(made: Builder, keys: Mapping[str, str]) -> dict[str, str]:
    """Create the bucket under a key and the distribution in front of it; return their ids."""
    _bucket(made, keys["key"])
    arn = _distribution(made, HOST)
    made.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(_policy(made, arn)))
    ids = {"bucket": BUCKET, "distribution": arn.rpartition("/")[2], "distribution_arn": arn}
    if "undeclared-distribution" in made.faults:
        forgotten = _distribution(made, f"old.{HOST}")
        ids["undeclared_distribution"] = forgotten.rpartition("/")[2]
    return ids


def _bucket(made: Builder, key: str) -> None:
    made.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    made.s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tag_list(TAGS)})
    if "bucket-default-encryption" not in made.faults:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        made.s3.put_bucket_encryption(
            Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
    if "bucket-website" in made.faults:
        index = {"IndexDocument": {"Suffix": "index.html"}}
        made.s3.put_bucket_website(Bucket=BUCKET, WebsiteConfiguration=index)
    if "bucket-without-block" not in made.faults:
        switches = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls")
        made.s3.put_public_access_block(
            Bucket=BUCKET,
            PublicAccessBlockConfiguration=dict.fromkeys(
                (*switches, "RestrictPublicBuckets"), True
            ),
        )


def _policy(made: Builder, distribution: str) -> dict[str, Any]:
    readers = [] if "bucket-admits-nobody" in made.faults else [_cloudfront(distribution)]
    if "bucket-admits-another" in made.faults:
        readers.append(_cloudfront(f"arn:aws:cloudfront::{ACCOUNT}:distribution/EANOTHER"))
    if "bucket-public" in made.faults:
        readers.append({"Principal": "*"})
    deployer = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/explorer-deploy"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{BUCKET}/*",
                **reader,
            }
            for reader in (*readers, deployer)
        ],
    }


def _cloudfront(distribution: str) -> dict[str, Any]:
    return {
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }


def _distribution(made: Builder, host: str) -> str:
    cloudfront = made.client("cloudfront", HOME)
    cloudfront.list_distributions()  # moto draws random ids at the first touch
    seed = DISTRIBUTION_SEED + (host != HOST)
    url = f"{made.ec2.meta.endpoint_url}/moto-api/seed"
    requests.post(url, params={"a": seed}, timeout=5).raise_for_status()
    control = {"Name": host, "SigningProtocol": "sigv4", "SigningBehavior": "always"}
    access = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={**control, "OriginAccessControlOriginType": "s3"}
    )["OriginAccessControl"]["Id"]
    config = _config(made, host, access)
    created = cloudfront.create_distribution_with_tags(
        DistributionConfigWithTags={
            "DistributionConfig": config,
            "Tags": {"Items": tag_list(TAGS)},
        }
    )
    return str(created["Distribution"]["ARN"])


def _config(made: Builder, host: str, access: str) -> dict[str, Any]:
    declared = host == HOST
    plain = declared and "distribution-plain-http" in made.faults
    behind = "somebody-else" if declared and "distribution-other-bucket" in made.faults else BUCKET
    name = "www.explorer.example" if declared and "distribution-other-name" in made.faults else host
    return {
        "CallerReference": host,
        "Comment": "",
        "Enabled": not (declared and "distribution-disabled" in made.faults),
        "Aliases": {"Quantity": 1, "Items": [name]},
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "files",
                    "DomainName": f"{behind}.s3.{REGION}.amazonaws.com",
                    "OriginAccessControlId": access,
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "files",
            "ViewerProtocolPolicy": "allow-all" if plain else "redirect-to-https",
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
    }
