"""What a report says of exemptions that accept nothing."""

from dataclasses import replace

import pytest

from ppbe_observe.controls.report import Report
from ppbe_observe.model import Failure, Outcome, Reason
from support.reports import database, exemption, line, report

HELD = replace(exemption(), resource="arn:aws-us-gov:rds:*:db:ppbe-*")
SLIP = replace(exemption(), resource="arn:aws-us-gov:rds:*:db:pbe-production")
OTHER = replace(HELD, check="s3_versioning")


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.PASS, Outcome.NOT_APPLICABLE])
def test_an_exemption_is_idle_where_its_check_judged_no_resource_that_it_names(outcome: Outcome) -> None:
    assert report(line(outcome)).idle((HELD, SLIP, OTHER)) == (SLIP, OTHER)


@pytest.mark.parametrize(
    "partly",
    [
        report(line(), complete=False),
        report(line(), unnamed=(("targets[0]", Failure(Reason.DENIED, "sts:GetCallerIdentity", "no")),)),
        report(line(), line(Outcome.UNKNOWN, "denied", resource=database("*"))),
    ],
)
def test_nothing_is_idle_where_not_everything_was_seen(partly: Report) -> None:
    assert partly.idle((SLIP,)) == ()
