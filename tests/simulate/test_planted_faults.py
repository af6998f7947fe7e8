"""What is wrong with the simulated estate is wrong on purpose, and the checks find all of it."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from ppbe_observe.model import Outcome
from ppbe_observe.simulate import SimulatedEstate
from support.examined import BY_ROLE, PRODUCTION, RECOVERY, Bench, bench, by_key
from support.simulated import pristine_estate

PLANTED = {
    "elasticache_automatic_failover": {"*:replicationgroup:ppbe-staging"},
    "elasticache_multi_az": {"*:replicationgroup:ppbe-staging"},
    "elbv2_access_logs": {"*:loadbalancer/app/legacy-reports/*"},
    "elbv2_deletion_protection": {"*:loadbalancer/app/legacy-reports/*"},
    "elbv2_drop_invalid_headers": {"*:loadbalancer/app/legacy-reports/*"},
    "elbv2_waf_attached": {"*:loadbalancer/app/legacy-reports/*"},
    "iam_access_key_rotation": {"*:user/m.sample-contractor"},
    "iam_unused_credentials": {"*:user/m.sample-contractor"},
    "iam_user_console_mfa": {"*:user/m.sample-contractor"},
    "log_group_kms": {"*:log-group:/aws/lambda/one-off-migration"},
    "rds_instance_backup_retention": {"*:db:analyst-sandbox"},
    "rds_instance_deletion_protection": {"*:db:analyst-sandbox"},
    "rds_instance_enhanced_monitoring": {"*:db:analyst-sandbox"},
    "rds_instance_log_exports": {"*:db:analyst-sandbox"},
    "rds_instance_multi_az": {"*:db:analyst-sandbox"},
    "rds_instance_storage_encrypted": {"*:db:analyst-sandbox"},
    "rds_instance_transport_encrypted": {"*:db:analyst-sandbox"},
    "rds_snapshots_encrypted": {"*:snapshot:rds:analyst-sandbox-*"},
    "s3_kms_encryption": {f"*:s3:::ppbe-{env}-logs" for env in ("production", "staging", "recovery", "shared")},
    "s3_lifecycle_glacier": {"*:s3:::ppbe-terraform-state"},
    "s3_lifecycle_retention": {"*:s3:::ppbe-terraform-state"},
    "sns_topic_kms": {"*:manual-test-topic"},
}
"""The faults that the estate has on purpose (``simulate/estate/build.py``), by check."""


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with pristine_estate(late=False) as running:
        yield running


@pytest.fixture(scope="module")
def at_work(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(estate, tmp_path_factory.mktemp("bench"), PRODUCTION, RECOVERY, BY_ROLE) as found:
        yield found


def test_only_planted_faults_are_found_and_nothing_is_unknown(at_work: Bench) -> None:
    """All that estate.md states passes; what fails is what the estate's own page names."""
    failed: dict[str, set[str]] = {}
    for index in range(len(at_work.targets)):
        for (check, arn), finding in by_key(at_work.examine(target=index)).items():
            assert finding.outcome is not Outcome.UNKNOWN, finding
            if finding.outcome is Outcome.FAIL:
                failed.setdefault(check, set()).add(arn)
    assert failed.keys() == PLANTED.keys()
    for check, patterns in PLANTED.items():
        assert all(any(fnmatchcase(arn, each) for each in patterns) for arn in failed[check]), failed[check]
        assert all(any(fnmatchcase(arn, each) for arn in failed[check]) for each in patterns), failed[check]
