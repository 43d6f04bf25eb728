"""The certificates of the example's balancer, asked over the wire, and what renews them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pytest_orr.collect.listener_certificates import (
    ListenerCertificate,
    Validation,
    read_listener_certificates,
)
from pytest_orr.errors import FactUnavailable
from pytest_orr.observation import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("api.explorer.example", "explorer.example")
SOUND = ListenerCertificate(
    arn="arn:aws:acm:eu-central-1:123456789012:certificate/1",
    kind="AMAZON_ISSUED",
    used_by=("arn:balancer",),
    names=NAMES,
    serial="0a1b",
    status="ISSUED",
    not_after=dt.datetime(2027, 6, 1, tzinfo=dt.UTC),
    is_eligible=True,
    renewal_status="SUCCESS",
    in_use_by=("arn:balancer", "arn:another"),
    validations=(
        Validation(
            domain="explorer.example",
            method="DNS",
            record="_x.explorer.example",
            value="_y.acm-validations.aws",
            found=("_y.acm-validations.aws",),
        ),
    ),
)


def a_certificate(name: str) -> tuple[bytes, bytes]:
    """A certificate that signs itself, and its key, as PEM."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.public_bytes(pem), key.private_bytes(pem, form, plain)


@pytest.fixture
def certificates(
    name_server: Callable[..., str],
) -> Callable[..., tuple[ListenerCertificate, ...]]:
    """Read an account's certificates while its names, or those of other ids, are served."""

    def read(account: Any, **ids: Any) -> tuple[ListenerCertificate, ...]:
        resolver = name_server({**account.ids, **ids})
        return read_listener_certificates(account.desk(resolver=resolver))

    return read


def test_a_sound_certificate_renews_itself(
    account_with: Callable[..., Any], certificates: Callable[..., Any]
) -> None:
    account = account_with()
    [found] = certificates(account)
    assert found.arn == account.ids["certificate"]
    assert found.used_by == found.in_use_by == (account.ids["load_balancer"],)
    assert (found.kind, found.status, found.names) == ("AMAZON_ISSUED", "ISSUED", NAMES)
    assert (found.is_eligible, found.is_imported, found.obstacle) == (True, False, "")
    assert int(found.serial, 16)
    assert found.not_after is not None
    assert found.not_after.tzinfo is dt.UTC
    assert found.seen.startswith("AMAZON_ISSUED, ISSUED for api.explorer.example, explorer.example")
    assert {one.method for one in found.validations} == {"DNS"}


@pytest.mark.parametrize(
    ("fault", "obstacle"),
    [
        ("renewal-failed", "its last renewal failed: CAA_ERROR"),
        ("renewal-waits", "its renewal waits for somebody to validate its names"),
        (
            "certificate-by-mail",
            "its renewal waits for a click in a mail to the owner of api.explorer.example",
        ),
        ("certificate-expired", "ACM says that it is EXPIRED"),
        ("certificate-imported", "it was imported to ACM, which renews none"),
    ],
)
def test_each_fault_keeps_it_from_being_renewed(
    account_with: Callable[..., Any],
    certificates: Callable[..., Any],
    fault: str,
    obstacle: str,
) -> None:
    account = account_with(fault)
    [found] = certificates(account)
    assert found.obstacle == obstacle
    assert found.arn == account.ids["certificate"]
    assert found.is_imported == (fault == "certificate-imported")


def test_a_validation_record_that_is_gone_keeps_it_from_being_renewed(
    account_with: Callable[..., Any], certificates: Callable[..., Any]
) -> None:
    [found] = certificates(account_with(), validation_records={})
    record = next(one for one in found.validations if one.domain == NAMES[0])
    assert found.obstacle == (
        f"its validation record {record.record} leads nowhere, not to {record.value}"
    )


def test_a_validation_record_that_leads_elsewhere_keeps_it_from_being_renewed(
    account_with: Callable[..., Any], certificates: Callable[..., Any]
) -> None:
    account = account_with()
    elsewhere = dict.fromkeys(account.ids["validation_records"], "old.acm-validations.aws.")
    [found] = certificates(account, validation_records=elsewhere)
    assert " leads old.acm-validations.aws, not to _" in found.obstacle


def test_without_an_answer_of_dns_nobody_knows_whether_it_renews_itself(
    account_with: Callable[..., Any],
) -> None:
    account = account_with()
    [found] = read_listener_certificates(account.desk(resolver="127.0.0.1:1"))
    with pytest.raises(FactUnavailable, match=r"127\.0\.0\.1"):
        _ = found.obstacle


def test_certificates_that_a_listener_shows_by_name_are_seen_too(
    account_with: Callable[..., Any], certificates: Callable[..., Any]
) -> None:
    account = account_with()
    chain, key = a_certificate("old.explorer.example")
    arn = account.client("acm").import_certificate(Certificate=chain, PrivateKey=key)
    iam = account.client("iam").upload_server_certificate(
        ServerCertificateName="older", CertificateBody=chain.decode(), PrivateKey=key.decode()
    )["ServerCertificateMetadata"]
    account.client("elbv2").add_listener_certificates(
        ListenerArn=account.ids["listeners"]["https"],
        Certificates=[
            {"CertificateArn": arn["CertificateArn"]},
            {"CertificateArn": iam["Arn"]},
        ],
    )
    found = {one.arn: one for one in certificates(account)}
    assert found.keys() == {account.ids["certificate"], arn["CertificateArn"], iam["Arn"]}
    assert found[arn["CertificateArn"]].kind == "IMPORTED"
    of_iam = found[iam["Arn"]]
    assert (of_iam.kind, of_iam.used_by) == ("IAM", (account.ids["load_balancer"],))
    assert of_iam.obstacle == "it was imported to IAM, which renews none"
    assert of_iam.seen == "IAM for names unknown"


def test_the_certificate_of_a_distribution_is_looked_for_at_home(
    account_with: Callable[..., Any],
    certificates: Callable[..., Any],
    distribute: Callable[..., dict[str, str]],
) -> None:
    account = account_with()
    arn = account.client("acm", "us-east-1").request_certificate(
        DomainName="explorer.example", ValidationMethod="DNS", IdempotencyToken=uuid.uuid4().hex
    )["CertificateArn"]
    shown = {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only"}
    made = distribute(account, tags={"service": "explorer"}, ViewerCertificate=shown)
    [found] = [one for one in certificates(account) if one.arn == arn]
    assert found.used_by == found.in_use_by == (made["arn"],)
    assert found.obstacle == ""


def test_a_balancer_without_encryption_has_no_certificate(
    account_with: Callable[..., Any], certificates: Callable[..., Any]
) -> None:
    assert certificates(account_with("no-https-listener")) == ()


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"is_eligible": False}, "ACM says that it is not eligible for renewal"),
        ({"in_use_by": ("arn:another",)}, "ACM does not see that arn:balancer uses it"),
        ({"renewal_status": "FAILED"}, "its last renewal failed: ACM names no reason"),
        ({"status": "PENDING_VALIDATION"}, "ACM says that it is PENDING_VALIDATION"),
        ({"kind": "PRIVATE", "validations": ()}, ""),
        ({"renewal_status": "PENDING_AUTO_RENEWAL"}, ""),
        ({"validations": (Validation(domain="a.example", method="HTTP"),)}, ""),
        ({"not_after": None, "status": "FAILED"}, "ACM says that it is FAILED"),
    ],
    ids=["not eligible", "not in use", "failed", "pending", "private", "renews", "HTTP", "undated"],
)
def test_what_acm_says_decides(change: dict[str, Any], obstacle: str) -> None:
    assert SOUND.obstacle == ""
    assert replace(SOUND, **change).obstacle == obstacle


def test_what_is_in_the_way_beyond_doubt_comes_before_what_dns_does_not_say() -> None:
    why = Unavailable(cause="DNS is silent", remedy="later")
    silent = Validation(domain="a.example", method="DNS", record="_x", value="_y", unavailable=why)
    assert replace(SOUND, validations=(silent,), is_eligible=False).obstacle
    with pytest.raises(FactUnavailable, match="DNS is silent"):
        _ = replace(SOUND, validations=(silent,)).obstacle


def test_a_certificate_says_in_one_line_what_it_is() -> None:
    assert SOUND.seen == (
        "AMAZON_ISSUED, ISSUED for api.explorer.example, explorer.example,"
        " until 2027-06-01, renewal SUCCESS"
    )
