"""Whether the controls are judged at all: what is unknown, what is late, and what is no longer covered."""

from alerts._examples import example
from ppbe_observe.alerting import COUNT, DAY, HOUR, MINUTE, RATIO, SECONDS, TICKET, Alert, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE

DAY_SECONDS = 86_400
_STATE = "fedramp_baseline_controls"
_BASELINE = {"baseline": "class-c"}

GROUP = RuleGroup(
    tested_every=5 * MINUTE,
    rules=(
        Alert(
            name="DetectionFails",
            expr='fedramp_finding{outcome="fail",check="detection_operating"} == 1',
            severity=TICKET,
            owner="isso",
            summary="A vulnerability could not be detected",
            description="{resource}: something the checks need could not be seen for half a day "
            "({account_id}/{region}).",
            reason="CR26 (VDR): a failure of the detection process is itself a vulnerability. FindingUnknown asks the "
            "SRE to mend it after six hours; what has not been mended after twelve is told to the ISSO.",
            lasts=12 * HOUR,
            resource=("check", "resource", "account_id", "region"),
            runbook="FindingUnknown",
        ),
        Alert(
            name="FindingUnknown",
            expr='fedramp_findings{outcome="unknown"} > 0',
            severity=TICKET,
            owner="sre",
            summary="A control check cannot judge",
            description="{check} does not know about {value} resources in {account_id}/{region}.",
            reason="Judged hourly: six hours are six evaluations in a row, so no throttling and no fault of AWS that "
            "passes. Mostly a permission that the policy lacks.",
            unit=COUNT,
            lasts=6 * HOUR,
            resource=("check", "account_id", "region"),
        ),
        Alert(
            name="CheckNotVerified",
            expr=f"time() - fedramp_check_verified_timestamp_seconds > {3 * DAY_SECONDS}",
            severity=TICKET,
            owner="isso",
            summary="A check has not been verified for three days",
            description="{check} could last judge everything in {account_id}/{region} {value} ago (threshold "
            "{threshold}).",
            reason="CR26 class C (20x): machine-based resources are verified and validated every three days (Rev5: "
            "each month).",
            unit=SECONDS,
            lasts=15 * MINUTE,
            resource=("check", "account_id", "region"),
            runbook="FindingUnknown",
            example=example(
                {"check": "rds_instance_multi_az", **PLACE},
                {"fedramp_check_verified_timestamp_seconds": -3 * DAY_SECONDS - 60},
                {"fedramp_check_verified_timestamp_seconds": f"{-3 * DAY_SECONDS + 600}+60x150"},
                3 * DAY_SECONDS + 960,
            ),
        ),
        Alert(
            name="EvaluationStale",
            expr="time() - last_over_time(fedramp_evaluation_timestamp_seconds[1d]) > 7500",
            severity=TICKET,
            owner="sre",
            summary="A target has not been judged for two hours",
            description="The controls of {account_id}/{region} were last judged {value} ago (threshold {threshold}).",
            reason="Judged hourly (controls.interval): two runs in a row did not end. The daemon drops the series "
            "after three intervals, so the last value of a day is taken; a target that was removed keeps this up for "
            "a day.",
            unit=SECONDS,
            lasts=10 * MINUTE,
            resource=("account_id", "region"),
            runbook="EvaluationMissing",
            example=example(
                PLACE,
                {"fedramp_evaluation_timestamp_seconds": -7560},
                {"fedramp_evaluation_timestamp_seconds": "0+60x150"},
                7560 + 600,
            ),
        ),
        Alert(
            name="EvaluationAbsent",
            expr='absent(fedramp_evaluation_timestamp_seconds) and on () up{job="ppbe-observe"} == 1',
            severity=TICKET,
            owner="sre",
            summary="Nothing is judged at all",
            description="The daemon is up, but has not judged the controls of any target for two hours.",
            reason="Continuous monitoring (CA-7) has stopped, or controls.enabled is off. While the daemon is down "
            "ObserveDown tells.",
            lasts=2 * HOUR,
            resource=(),
            runbook="EvaluationMissing",
            example=example(
                {"instance": "127.0.0.1:9106", "job": "ppbe-observe"},
                {"up": 1},
                {"up": 1, "fedramp_evaluation_timestamp_seconds": 5},
                1,
                result={},
                minutes=300,
            ),
        ),
        Alert(
            name="EvaluationSlow",
            expr="fedramp_evaluation_duration_seconds > 480",
            severity=TICKET,
            owner="sre",
            summary="Judging a target takes nearly as long as it may",
            description="Judging {account_id}/{region} took {value} (threshold {threshold}); after ten minutes it is "
            "given up.",
            reason="80 % of controls.deadline (10 minutes by default): throttling, or an estate that has grown.",
            unit=SECONDS,
            lasts=2 * HOUR,
            resource=("account_id", "region"),
            runbook="EvaluationMissing",
        ),
        Alert(
            name="ControlsUnknown",
            expr=f'sum by (baseline) ({_STATE}{{state="unknown"}}) / '
            f'sum by (baseline) ({_STATE}{{state!="not_automated"}}) > 0.2',
            severity=TICKET,
            owner="isso",
            summary="The state of many controls is unknown",
            description="Of {value} of the automated controls of {baseline} nothing is known (threshold {threshold}).",
            reason="One service that cannot be read makes a few controls unknown; a fifth is an account, a region or "
            "the credentials. What is reported meanwhile proves little.",
            unit=RATIO,
            lasts=2 * HOUR,
            resource=("baseline",),
            runbook="FindingUnknown",
            example=example(
                _BASELINE,
                {f'{_STATE}{{state="unknown"}}': 30, f'{_STATE}{{state="pass"}}': 70},
                {f'{_STATE}{{state="unknown"}}': 20, f'{_STATE}{{state="pass"}}': 80},
                0.3,
                minutes=300,
            ),
        ),
        Alert(
            name="ControlsFailTogether",
            expr=f'{_STATE}{{state="fail"}} - {_STATE}{{state="fail"}} offset 1d > 5',
            severity=TICKET,
            owner="isso",
            summary="Many more controls fail than yesterday",
            description="{value} more controls of {baseline} fail than a day ago (threshold {threshold}).",
            reason="One finding touches two or three controls; more than five at once are one change that did much, "
            "or a new check: easier to see here than in the tickets of the single findings.",
            unit=COUNT,
            lasts=2 * HOUR,
            resource=("baseline",),
            runbook="CheckFails",
            example=example(
                _BASELINE,
                {f'{_STATE}{{state="fail"}}': "4x1440 12x600"},
                {f'{_STATE}{{state="fail"}}': "4x1440 9x240"},
                8,
                begins=DAY + 5 * MINUTE,
                result={**_BASELINE, "state": "fail"},
            ),
        ),
        Alert(
            name="CoverageFalls",
            expr="fedramp_baseline_automated_ratio - fedramp_baseline_automated_ratio offset 1d < 0",
            severity=TICKET,
            owner="isso",
            summary="Fewer controls are judged by checks than yesterday",
            description="The share of the controls of {baseline} that have a check has changed by {value} within a "
            "day.",
            reason="CA-7: a check was switched off or removed. The share is that of definitions and settings, it "
            "never changes by itself.",
            unit=RATIO,
            lasts=HOUR,
            resource=("baseline",),
            example=example(
                _BASELINE,
                {"fedramp_baseline_automated_ratio": "0.5x1440 0.375x600"},
                {"fedramp_baseline_automated_ratio": "0.5x1440 0.5x240"},
                -0.125,
                begins=DAY + 5 * MINUTE,
            ),
        ),
    ),
)
