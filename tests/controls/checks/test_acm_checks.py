"""Checks of certificates, on what moto holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

CHECK = "acm_certificate_expiration"
NOW = datetime(2046, 11, 24, 12, tzinfo=UTC)  # moto imports no certificate that has expired by its own clock
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def imported(session: LocalSession, expiry: datetime, name: str = "ppbe.example.gov") -> str:
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BEGIN)
        .not_valid_after(expiry)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    return str(session.client("acm").import_certificate(Certificate=pem, PrivateKey=private)["CertificateArn"])


def listed(session: LocalSession, **facts: Any) -> None:
    """One certificate as AWS lists it; moto makes only some of its states."""
    arn = "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/1"
    body = json.dumps({"CertificateSummaryList": [{"CertificateArn": arn, "DomainName": "ppbe.example.gov", **facts}]})
    session.faults["acm:ListCertificates"] = lambda: answer(200, body)


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        (timedelta(days=31), ("pass", "it expires on 2046-12-25, in 31 days 0 h; more than 30 days are required")),
        (timedelta(days=30, hours=1), ("pass", "it expires on 2046-12-24, in 30 days 1 h; more than 30 days")),
        (timedelta(days=30), ("fail", "it expires on 2046-12-24, in 30 days 0 h; more than 30 days are required")),
        (timedelta(hours=2), ("fail", "it expires on 2046-11-24, in 0 days 2 h; more than 30 days are required")),
        (timedelta(0), ("fail", "it expired on 2046-11-24")),
        (timedelta(days=-3), ("fail", "it expired on 2046-11-21")),
    ],
)
def test_expiry(local_session: LocalSession, left: timedelta, verdict: tuple[str, str]) -> None:
    imported(local_session, NOW + left)
    outcome, reason = only(local_session, CHECK, now=NOW)
    assert outcome == verdict[0]
    assert reason.startswith(verdict[1])
    assert reason.endswith("; nothing uses it")


def test_days_are_a_parameter(local_session: LocalSession) -> None:
    imported(local_session, NOW + timedelta(days=60))
    assert only(local_session, CHECK, now=NOW, min_days=90)[0] == "fail"


def test_each_certificate_is_judged(local_session: LocalSession) -> None:
    near = imported(local_session, NOW + timedelta(days=5), name="near.example.gov")
    far = imported(local_session, NOW + timedelta(days=300), name="far.example.gov")
    found = judge(local_session, CHECK, now=NOW)
    assert {arn: each.outcome.value for arn, each in found.items()} == {near: "fail", far: "pass"}


@pytest.mark.parametrize("status", ["PENDING_VALIDATION", "VALIDATION_TIMED_OUT", "FAILED"])
def test_never_issued(local_session: LocalSession, status: str) -> None:
    listed(local_session, Status=status, Type="AMAZON_ISSUED", InUse=False)
    assert only(local_session, CHECK, now=NOW) == ("not_applicable", f"it was not issued: its status is {status}")


@pytest.mark.parametrize(
    ("status", "kind", "verdict"),
    [
        ("ISSUED", "PRIVATE", ("pass", "it expires on 2047-01-23, in 60 days 0 h; more than 30 days are required")),
        ("INACTIVE", "PRIVATE", ("pass", "it expires on 2047-01-23, in 60 days 0 h; more than 30 days are required")),
        ("REVOKED", "PRIVATE", ("fail", "it is revoked: nobody may trust it")),
    ],
)
def test_states(local_session: LocalSession, status: str, kind: str, verdict: tuple[str, str]) -> None:
    expiry = (NOW + timedelta(days=60)).timestamp()
    listed(local_session, Status=status, Type=kind, InUse=True, NotAfter=expiry)
    assert only(local_session, CHECK, now=NOW) == verdict


def test_an_issued_certificate_without_a_date_proves_nothing(local_session: LocalSession) -> None:
    listed(local_session, Status="ISSUED", Type="AMAZON_ISSUED", InUse=True)
    outcome, reason = only(local_session, CHECK, now=NOW)
    assert outcome == "unknown"
    assert reason.startswith("malformed: acm:ListCertificates: ")


def test_no_certificate(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == ("not_applicable", "there is no acm:certificate here")


def test_certificates_that_cannot_be_listed(local_session: LocalSession) -> None:
    imported(local_session, NOW + timedelta(days=60))
    unseen(local_session, CHECK, "acm:ListCertificates")
