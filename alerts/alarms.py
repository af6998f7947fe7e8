"""The CloudWatch alarms that exist today, and the alerts of the same meaning.

The daemon counts their datapoints as CloudWatch does (docs/guides/alarms.md): an alert fires where the alarm does.
"""

from alerts._examples import example, resource, steady
from alerts._shared import BALANCER, SRE
from exporters import alb, ecs, rds
from ppbe_observe.alerting import MINUTE, PAGE, TICKET, Alert, Example, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE, series_of
from ppbe_observe.cloudwatch import AVERAGE, FIVE_MINUTES, GREATER, NOT_BREACHING, SUM, CloudWatchAlarm
from ppbe_observe.cloudwatch.alarm import BREACHING_DATAPOINTS, CLOUDWATCH_STATE, DISAGREEING, NEWEST, STATE

TOPIC = "ppbe-{Environment}-alerts"

# The errors that the API itself answered (HTTPCode_Target_5XX_Count), as the alarm that exists today. Those of the
# load balancer (HTTPCode_ELB_5XX_Count) mean that there was no good target: another fault with another remedy, and
# a sum of both would hide which it was. CloudWatch reports neither count where it is 0.
API_ERRORS = CloudWatchAlarm(
    name="ppbe-{Environment}-api-error-rate",
    exporter=alb.EXPORTER,
    metric="HTTPCode_Target_5XX_Count",
    statistic=SUM,
    comparison=GREATER,
    threshold=10,
    period=FIVE_MINUTES,
    datapoints=2,
    of=2,
    missing=NOT_BREACHING,
    level=alb.BALANCER,
    topic=TOPIC,
)
# A database that uses more than 80 percent of its CPU for ten minutes queues queries. One that reports nothing is
# another matter, and not this alarm's: it is stopped, or being replaced.
DB_CPU = CloudWatchAlarm(
    name="ppbe-{Environment}-db-cpu",
    exporter=rds.EXPORTER,
    metric="CPUUtilization",
    statistic=AVERAGE,
    comparison=GREATER,
    threshold=80,
    period=FIVE_MINUTES,
    datapoints=2,
    of=2,
    missing=NOT_BREACHING,
    level=("DBInstanceIdentifier",),
    topic=TOPIC,
)
# At 100 percent the kernel kills tasks; 85 for ten minutes leaves time to look. A service without a running task
# reports nothing: that is another alert, not this one.
API_MEMORY = CloudWatchAlarm(
    name="ppbe-{Environment}-api-memory",
    exporter=ecs.UTILIZATION,
    metric="MemoryUtilization",
    statistic=AVERAGE,
    comparison=GREATER,
    threshold=85,
    period=FIVE_MINUTES,
    datapoints=2,
    of=2,
    missing=NOT_BREACHING,
    level=ecs.SERVICE,
    topic=TOPIC,
)
ALARMS = (API_ERRORS, API_MEMORY, DB_CPU)

_DATABASE = resource("rds", "db:ppbe-production", DBInstanceIdentifier="ppbe-production")
_SERVICE = resource("ecs", "service/ppbe-production/ppbe-api", ClusterName="ppbe-production", ServiceName="ppbe-api")
_DATAPOINTS = "Two of two datapoints of five minutes, as the alarm that exists: estate.md."


def _example(alarm: CloudWatchAlarm, labels: dict[str, str], newest: float) -> Example:
    whole = {**labels, "alarm": alarm.key, "alarm_name": alarm.name.format(Environment="production")}
    return example(whole, {BREACHING_DATAPOINTS: 2, NEWEST: newest}, {BREACHING_DATAPOINTS: 1, NEWEST: newest}, newest)


def _states(ours: str, theirs: str) -> dict[str, str]:
    labels = {"alarm": DB_CPU.key, "alarm_name": "ppbe-production-db-cpu", "state": "alarm", **PLACE}
    return {
        series_of(STATE, {**labels, "name": _DATABASE["name"]}): steady(ours),
        series_of(CLOUDWATCH_STATE, labels): steady(theirs),
    }


GROUP = RuleGroup(
    rules=(
        Alert(
            name="ApiErrorRateHigh",
            expr=API_ERRORS.paging,
            severity=PAGE,
            owner=SRE,
            summary="The API answers with server errors",
            description="{name}: {value} answers 5xx in the latest five minutes, and more than 10 in each of two such "
            "periods ({alarm_name}).",
            reason=_DATAPOINTS,
            example=_example(API_ERRORS, BALANCER, 42),
        ),
        Alert(
            name="DbCpuHigh",
            expr=DB_CPU.paging,
            severity=PAGE,
            owner=SRE,
            summary="The CPU of a database is nearly used up",
            description="{name}: {value} % of its CPU was in use in the latest five minutes, more than 80 % in each "
            "of two such periods ({alarm_name}).",
            reason=_DATAPOINTS,
            example=_example(DB_CPU, _DATABASE, 96.5),
        ),
        Alert(
            name="ApiMemoryHigh",
            expr=API_MEMORY.paging,
            severity=PAGE,
            owner=SRE,
            summary="The API is nearly out of memory",
            description="{name}: {value} % of the memory of its tasks was in use in the latest five minutes, and more "
            "than 85 % in each of two such periods ({alarm_name}).",
            reason=_DATAPOINTS,
            example=_example(API_MEMORY, _SERVICE, 91),
        ),
        Alert(
            name="AlarmStatesDisagree",
            expr=DISAGREEING,
            severity=TICKET,
            owner=SRE,
            summary="CloudWatch and the daemon judge an alarm differently",
            description="{alarm_name}: is it {state}? The daemon says {value} (1 is yes), CloudWatch the opposite.",
            reason="Both count the same datapoints, but look at them at other minutes: two periods of five minutes and "
            "the delay of the datapoints pass before they must agree. After that one of them does not see.",
            lasts=20 * MINUTE,
            resource=("alarm_name", "state"),
            example=Example(
                fires=_states("1x150", "0x150"),
                quiet=_states("1x150", "1x150"),
                labels={
                    "alarm": DB_CPU.key,
                    "alarm_name": "ppbe-production-db-cpu",
                    "name": _DATABASE["name"],
                    "state": "alarm",
                    **PLACE,
                },
                value=1,
            ),
        ),
    )
)
