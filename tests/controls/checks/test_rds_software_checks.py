"""Checks of engine versions and server certificates, with answers that moto cannot give."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.databases import instance, told_otherwise
from support.gathering import LocalSession
from support.judging import judge, only, unseen
from support.queryxml import answered

SUPPORTED, CERTIFICATE = "rds_instance_engine_supported", "rds_instance_certificate_expiration"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def offered(session: LocalSession, *versions: dict[str, str]) -> None:
    """Answer as AWS does; moto has no handler for engine versions."""
    answered(session, "rds:DescribeDBEngineVersions", DBEngineVersions=versions)


def version(number: str = "15.4", engine: str = "postgres", **more: str) -> dict[str, str]:
    return {"Engine": engine, "EngineVersion": number, "DBParameterGroupFamily": "postgres15", **more}


@pytest.mark.parametrize(
    ("listed", "outcome", "reason"),
    [
        ([version(Status="available")], "pass", "postgres 15.4 is available; its major version is 15, 15 is expected"),
        ([version()], "pass", "postgres 15.4 is available; its major version is 15, 15 is expected"),
        (
            [version(Status="deprecated")],
            "fail",
            "postgres 15.4 is deprecated; its major version is 15, 15 is expected",
        ),
        ([], "fail", "postgres 15.4 is no longer offered; its major version is 15, 15 is expected"),
        (
            [version("15.14", Status="available")],
            "fail",
            "postgres 15.4 is no longer offered; its major version is 15, 15 is expected",
        ),
    ],
)
def test_whether_aws_still_offers_the_version(
    local_session: LocalSession, listed: list[dict[str, str]], outcome: str, reason: str
) -> None:
    instance(local_session)
    offered(local_session, *listed)
    assert only(local_session, SUPPORTED) == (outcome, reason)


@pytest.mark.parametrize(
    ("engine", "number", "outcome"),
    [
        ("postgres", "16.3", "fail"),
        ("postgres", "14.9", "fail"),
        ("postgres", "15.4-R2", "pass"),
        ("aurora-postgresql", "15.4", "pass"),
        ("aurora-postgresql", "16.3", "fail"),
        ("mysql", "8.0.36", "pass"),
        ("sqlserver-se", "16.00.4105.2.v1", "pass"),
    ],
)
def test_the_major_version_of_postgresql(local_session: LocalSession, engine: str, number: str, outcome: str) -> None:
    instance(local_session)
    told_otherwise(local_session, Engine=engine, EngineVersion=number)
    offered(local_session, version(number, engine, Status="available"))
    assert only(local_session, SUPPORTED)[0] == outcome


def test_another_major_version_may_be_expected(local_session: LocalSession) -> None:
    instance(local_session)
    offered(local_session, version(Status="available"))
    assert only(local_session, SUPPORTED, expected_major=16)[0] == "fail"


def test_each_version_is_asked_for_once(local_session: LocalSession) -> None:
    instance(local_session, "one")
    instance(local_session, "two")
    offered(local_session, version(Status="available"))
    assert len(judge(local_session, SUPPORTED)) == 2
    assert local_session.calls["rds:DescribeDBEngineVersions"] == 1


def test_engine_versions_that_moto_has_no_handler_for(local_session: LocalSession) -> None:
    instance(local_session)
    assert only(local_session, SUPPORTED)[0] == "unknown"


@pytest.mark.parametrize(
    ("left", "outcome", "reason"),
    [
        (timedelta(days=91), "pass", "expires on 2027-02-22, in 91 days 0 h; more than 90 days are required"),
        (timedelta(days=90, hours=1), "pass", "expires on 2027-02-21, in 90 days 1 h; more than 90 days are required"),
        (timedelta(days=90), "fail", "expires on 2027-02-21, in 90 days 0 h; more than 90 days are required"),
        (timedelta(hours=5), "fail", "expires on 2026-11-23, in 0 days 5 h; more than 90 days are required"),
        (timedelta(days=-3), "fail", "expired on 2026-11-20"),
    ],
)
def test_certificate_expiration(local_session: LocalSession, left: timedelta, outcome: str, reason: str) -> None:
    """Moto tells no certificate."""
    instance(local_session)
    certificate: dict[str, Any] = {"CAIdentifier": "rds-ca-rsa2048-g1", "ValidTill": NOW + left}
    told_otherwise(local_session, CertificateDetails=certificate)
    assert only(local_session, CERTIFICATE, now=NOW) == (outcome, f"the server certificate {reason}")


def test_a_certificate_that_aws_does_not_tell(local_session: LocalSession) -> None:
    instance(local_session)
    assert only(local_session, CERTIFICATE) == (
        "unknown",
        "AWS does not tell until when the server certificate is valid",
    )


@pytest.mark.parametrize(
    ("check", "operation"),
    [
        (SUPPORTED, "rds:DescribeDBInstances"),
        (SUPPORTED, "rds:DescribeDBEngineVersions"),
        (CERTIFICATE, "rds:DescribeDBInstances"),
    ],
)
def test_software_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    instance(local_session)
    unseen(local_session, check, operation)


@pytest.mark.parametrize("check", [SUPPORTED, CERTIFICATE])
def test_no_instance_at_all(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no rds:db here")
