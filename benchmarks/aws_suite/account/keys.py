"""KMS keys with their rotation, and ACM certificates with their ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 the fact's type is read when it is kept
from typing import TYPE_CHECKING

from .collector import InPlaces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.clients.aws import AwsAccess, Place

KEY_TYPES = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)
"""Without them ACM lists certificates with short RSA keys alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A KMS key that the account made and can exchange."""

    arn: str
    rotates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An ACM certificate."""

    arn: str
    not_after: datetime


class Keys(InPlaces[Key]):
    """Asks for all keys, and for the rotation of the account's own symmetric ones."""

    name = "account_keys"
    source = "AWS kms"
    operations = ("kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:ListKeys")
    fact_type = tuple[Key, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterable[Key]:
        """Read the keys of a region."""
        listed = aws.listing(place, "kms:ListKeys", "Keys")
        found = aws.each(lambda arn: key(aws, place, arn), [one["KeyArn"] for one in listed])
        return [one for ones in found for one in ones]


def key(aws: AwsAccess, place: Place, arn: str) -> tuple[Key, ...]:
    """Read a key; nothing if it is AWS's own, switched off, or of a kind that stays as it is."""
    about = aws.call(place, "kms:DescribeKey", KeyId=arn)["KeyMetadata"]
    is_own = about["KeyManager"] == "CUSTOMER" and about["KeyState"] == "Enabled"
    if not (is_own and about["KeySpec"].startswith("SYMMETRIC")):
        return ()
    rotation = aws.call(place, "kms:GetKeyRotationStatus", KeyId=arn)
    return (Key(arn=arn, rotates=rotation["KeyRotationEnabled"]),)


class Certificates(InPlaces[Certificate]):
    """Asks for all certificates."""

    name = "account_certificates"
    source = "AWS acm"
    operations = ("acm:ListCertificates",)
    fact_type = tuple[Certificate, ...]

    def read(self, aws: AwsAccess, place: Place) -> Iterable[Certificate]:
        """Read the certificates of a region."""
        listed = aws.listing(
            place,
            "acm:ListCertificates",
            "CertificateSummaryList",
            Includes={"keyTypes": list(KEY_TYPES)},
            MaxItems=1000,
        )
        for one in listed:
            yield Certificate(arn=one["CertificateArn"], not_after=one["NotAfter"])
