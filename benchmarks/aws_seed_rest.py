"""The handful of what every region of the simulated AWS has besides its network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .aws_seed import Region

DAYS_LEFT = (400, 3, 90, 6, 20)
"""Of certificates, in turn."""


def fill(region: Region, groups: Sequence[str]) -> None:
    """Make keys, databases behind these groups, and alarms, as many as there are groups."""
    encryption_keys(region, len(groups))
    databases(region, groups)
    alarms(region, 2 * len(groups))


def certificates(region: Region, number: int) -> tuple[str, ...]:
    """Import certificates, of which some are nearly over."""
    put = region.client("acm").import_certificate
    signed = (certificate(f"svc{n}.example.test", DAYS_LEFT[n % 5]) for n in range(number))
    return tuple(put(Certificate=pem, PrivateKey=key)["CertificateArn"] for pem, key in signed)


def certificate(name: str, days: int) -> tuple[bytes, bytes]:
    """Return a certificate that signs itself, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=subject, subject_name=subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.public_bytes(pem), key.private_bytes(pem, form, plain)


def encryption_keys(region: Region, number: int) -> None:
    """Make keys, of which two of five are never exchanged."""
    kms = region.client("kms")
    for count in range(number):
        made = kms.create_key(Description=f"key {count}")["KeyMetadata"]["KeyId"]
        if count % 5 < 3:
            kms.enable_key_rotation(KeyId=made)


def databases(region: Region, groups: Sequence[str]) -> None:
    """Make databases, each of which lacks something else."""
    make = region.client("rds").create_db_instance
    for count, group in enumerate(groups):
        make(
            DBInstanceIdentifier=f"db-{count}",
            Engine="postgres",
            DBInstanceClass="db.t3.micro",
            MasterUsername="orr",
            MasterUserPassword="not-a-secret",
            AllocatedStorage=20,
            PubliclyAccessible=count % 5 == 1,
            StorageEncrypted=count % 5 != 2,
            BackupRetentionPeriod=0 if count % 5 == 3 else 7,
            MultiAZ=count % 2 == 0,
            DeletionProtection=count % 5 < 3,
            VpcSecurityGroupIds=[group],
        )


def alarms(region: Region, number: int) -> None:
    """Make alarms, of which some are off and some tell nobody."""
    put = region.client("cloudwatch").put_metric_alarm
    topic = region.client("sns").create_topic(Name="oncall")["TopicArn"]
    for count in range(number):
        put(
            AlarmName=f"alarm-{count}",
            MetricName="CPUUtilization",
            Namespace="AWS/EC2",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=3,
            Threshold=80.0,
            ComparisonOperator="GreaterThanThreshold",
            ActionsEnabled=count % 4 != 1,
            AlarmActions=[topic] if count % 3 else [],
        )
