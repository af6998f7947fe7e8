"""What the daemon sees of AWS: whether data comes, is allowed, and is new."""

from alerts._examples import example
from ppbe_observe.alerting import HOUR, INFO, MINUTE, PAGE, SECONDS, TICKET, Alert, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE

DAY_SECONDS = 86_400
SCRAPED = {"instance": "127.0.0.1:9106", "job": "ppbe-observe"}
PAIR = {**SCRAPED, "exporter": "rds", **PLACE}
OF_PAIR = ("exporter", "account_id", "region")
CALL = {**SCRAPED, **PLACE, "operation": "rds:DescribeDBInstances"}
OF_CALL = ("account_id", "region", "operation")
CALLED = {name: CALL[name] for name in OF_CALL}
AGE = "ppbe_observe_newest_datapoint_age_seconds"
CALLS = "ppbe_observe_aws_calls_total"

GROUP = RuleGroup(
    rules=(
        Alert(
            name="ObserveBlind",
            expr=f'min by (account_id, region) ({AGE}{{exporter!~"s3|sns|waf"}}) > 1800',
            severity=PAGE,
            owner="sre",
            summary="Nothing new is known of an account",
            description="The newest datapoint of {account_id}/{region} is {value} old (threshold {threshold}): its "
            "alerts cannot fire.",
            reason="CloudWatch is two to three minutes late, a value is held for ten. Half an hour without a "
            "datapoint of any exporter is no lateness; pages about production would not come.",
            unit=SECONDS,
            lasts=10 * MINUTE,
            keeps=5 * MINUTE,
            resource=("account_id", "region"),
            runbook="ObserveCollectFails",
            example=example(PAIR, {AGE: 2000}, {AGE: 1700}, 2000, result=PLACE),
        ),
        Alert(
            name="ObserveDataOld",
            expr=f'{AGE}{{exporter=~"alb|ecs|ecs_containerinsights|elasticache|nat|rds|vpn"}} > 1800',
            severity=TICKET,
            owner="sre",
            summary="An exporter gets no new datapoints",
            description="The newest datapoint of {exporter} in {account_id}/{region} is {value} old (threshold "
            "{threshold}).",
            reason="These services report as long as their resources exist, each minute or each five. Those that only "
            "report what happens (sns, waf, logs) are left out: silence is normal there.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            resource=OF_PAIR,
            runbook="ObserveCollectFails",
            example=example(PAIR, {AGE: 2000}, {AGE: 1700}, 2000),
        ),
        Alert(
            name="ObserveDailyDataOld",
            expr=f'{AGE}{{exporter="s3"}} > {3 * DAY_SECONDS}',
            severity=TICKET,
            owner="sre",
            summary="The daily metrics of S3 do not come",
            description="The newest datapoint of {exporter} in {account_id}/{region} is {value} old (threshold "
            "{threshold}).",
            reason="S3 reports a day some hours after its end: up to two days are normal. The alerts on backups need "
            "it.",
            unit=SECONDS,
            lasts=HOUR,
            resource=OF_PAIR,
            runbook="ObserveCollectFails",
        ),
        Alert(
            name="ObserveSeriesStale",
            expr="ppbe_observe_stale_series > 0",
            severity=INFO,
            owner="sre",
            summary="Series are withheld because they are too old",
            description="{value} series of {exporter} in {account_id}/{region} are not shown: their newest datapoint "
            "is too old.",
            reason="Usual for some hours after a resource was deleted or has fallen idle. Who looks for a missing "
            "series wants to see it.",
            lasts=2 * HOUR,
            resource=OF_PAIR,
            runbook="ObserveCollectFails",
        ),
        Alert(
            name="ObserveCollectFails",
            expr='ppbe_observe_collect_success{exporter!~"acm|s3|controls"} == 0',
            severity=TICKET,
            owner="sre",
            summary="An exporter does not see all that it asks for",
            description="{exporter} in {account_id}/{region} has not had a whole run for half an hour.",
            reason="It runs each minute or each five: half an hour is six runs at least. Those that run hourly are "
            "judged by ObserveNoSuccess.",
            lasts=30 * MINUTE,
            resource=OF_PAIR,
        ),
        Alert(
            name="ObserveNoSuccess",
            expr="time() - ppbe_observe_collect_last_success_timestamp_seconds > 11400",
            severity=TICKET,
            owner="sre",
            summary="An exporter has had no whole run for three hours",
            description="{exporter} in {account_id}/{region} last saw everything {value} ago.",
            reason="Three runs of those that run hourly, and ten minutes: certificates and bucket sizes may wait that "
            "long.",
            unit=SECONDS,
            lasts=10 * MINUTE,
            resource=OF_PAIR,
            runbook="ObserveCollectFails",
            example=example(
                PAIR,
                {"ppbe_observe_collect_last_success_timestamp_seconds": -11_460},
                {"ppbe_observe_collect_last_success_timestamp_seconds": "0+60x150"},
                11_460 + 600,
            ),
        ),
        Alert(
            name="ObserveThrottled",
            expr=f'sum by (account_id, region, operation) (increase({CALLS}{{outcome="throttled"}}[30m])) > 5',
            severity=TICKET,
            owner="sre",
            summary="AWS throttles ppbe-observe",
            description="{operation} in {account_id}/{region} was throttled {value} times in 30 minutes, after all "
            "its retries (threshold {threshold}).",
            reason="A call counts only when its four attempts failed. Five in half an hour are more than somebody's "
            "passing burst on the quota, which all callers of the account share.",
            lasts=15 * MINUTE,
            resource=OF_CALL,
            example=example(
                {**CALL, "outcome": "throttled"},
                {CALLS: "0+10x150"},
                {CALLS: "0x60 5x90"},
                160,
                begins=MINUTE,
                result=CALLED,
            ),
        ),
        Alert(
            name="ObserveDenied",
            expr=f'sum by (account_id, region, operation) (increase({CALLS}{{outcome=~"denied|expired"}}[3h])) > 0',
            severity=TICKET,
            owner="sre",
            summary="AWS denies ppbe-observe a call",
            description="{operation} in {account_id}/{region} was denied {value} times in three hours.",
            reason="Permissions do not heal by themselves, and what is denied is unknown to the checks. Three hours, "
            "since some calls are made hourly.",
            lasts=30 * MINUTE,
            resource=OF_CALL,
            example=example(
                {**CALL, "outcome": "denied"},
                {CALLS: "0+1x150"},
                {CALLS: 4},
                31,
                begins=MINUTE,
                result=CALLED,
            ),
        ),
        Alert(
            name="ObserveCredentialsExpire",
            expr="ppbe_observe_credentials_expiry_seconds < 300",
            severity=TICKET,
            owner="sre",
            summary="The credentials of a target are not renewed",
            description="The credentials for {account_id}/{region} are valid for {value} more (threshold {threshold}).",
            reason="botocore renews from 15 minutes before the end on and insists from ten: with five minutes left it "
            "has failed for five. When they expire the account is not seen any more.",
            unit=SECONDS,
            lasts=2 * MINUTE,
            resource=("account_id", "region"),
        ),
        Alert(
            name="ObserveClockSkew",
            expr="abs(ppbe_observe_clock_skew_seconds) > 60",
            severity=TICKET,
            owner="sre",
            summary="The clock is wrong",
            description="The clock of {instance} is {value} away from that of AWS in {region} (threshold {threshold}).",
            reason="AWS refuses signatures that are more than five minutes off (IAM user guide, 'Signature Version "
            "4'), and AU-8 wants right times in the evidence. A synchronised clock is off by milliseconds.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            resource=("instance", "account_id", "region"),
            example=example(
                {**SCRAPED, **PLACE},
                {"ppbe_observe_clock_skew_seconds": -90},
                {"ppbe_observe_clock_skew_seconds": -50},
                90,
            ),
        ),
    ),
)
