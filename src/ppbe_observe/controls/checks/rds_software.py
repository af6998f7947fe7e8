"""The software of database instances (RDS) and how long it holds: engine versions and server certificates."""

from datetime import UTC, timedelta

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, unknown, verdict
from ppbe_observe.model import Reason, Verdict

_DB = "rds:db"
_ENGINE_VERSIONS = "rds:DescribeDBEngineVersions"
_POSTGRESQL = frozenset({"postgres", "aurora-postgresql"})


@check(
    "rds_instance_engine_supported",
    on=_DB,
    needs=(_ENGINE_VERSIONS,),
    severity=HIGH,
    title="The engine version is supported, and is the expected one",
    controls=("si-2", "sa-22"),
    indicators=("KSI-CNA-IBP",),
    remediation="Upgrade (aws rds describe-db-engine-versions --engine ENGINE tells what is available; aws rds "
    "modify-db-instance --engine-version VERSION --allow-major-version-upgrade, Terraform engine_version).",
    expected_major=15,
)
def engine_supported(db: Subject, expected_major: int) -> Verdict:
    """What AWS no longer offers gets no security fixes; the application is tested with one major version.

    The expected major version is that of PostgreSQL; of other engines only whether AWS still offers the version.
    """
    engine, version = db.facts["Engine"], db.facts["EngineVersion"]
    # Asked for available versions only: a status that is not told is "available".
    states = [
        each.get("Status", "available")
        for each in db.told(_ENGINE_VERSIONS)["DBEngineVersions"]
        if (each["Engine"], each["EngineVersion"]) == (engine, version)
    ]
    state = states[0] if states else "no longer offered"
    said = f"{engine} {version} is {state}"
    if engine not in _POSTGRESQL:
        return verdict(state == "available", said)
    major = int(version.partition(".")[0])
    holds = state == "available" and major == expected_major
    return verdict(holds, f"{said}; its major version is {major}, {expected_major} is expected")


@check(
    "rds_instance_certificate_expiration",
    on=_DB,
    severity=HIGH,
    title="The server certificate is replaced well before it expires",
    controls=("sc-12", "sc-17"),
    indicators=("KSI-SVC-ASM",),
    remediation="Let clients trust the new authority first, then rotate (aws rds modify-db-instance "
    "--ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately; some engines restart).",
    min_days=90,
)
def certificate_expiration(db: Subject, min_days: int) -> Verdict:
    """When the server certificate expires, clients that verify it can no longer connect."""
    until = (db.facts.get("CertificateDetails") or {}).get("ValidTill")
    if until is None:
        return unknown(Reason.UNSUPPORTED, "AWS does not tell until when the server certificate is valid")
    left, day = until - db.now, f"{until.astimezone(UTC):%Y-%m-%d}"
    if left <= timedelta():
        return failed(f"the server certificate expired on {day}")
    said = f"the server certificate expires on {day}, in {left.days} days {left.seconds // 3600} h"
    return verdict(left > timedelta(days=min_days), f"{said}; more than {min_days} days are required")


CHECKS: tuple[Check, ...] = (engine_supported, certificate_expiration)
