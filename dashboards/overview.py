"""The estate on one page: is it healthy, what fires, what is left of the error budgets, what was deployed, who looks.

Each subject has a dashboard of its own; this one says to which to go.
"""

from datetime import timedelta

from alerts import compliance_detection, daemon_collection, elasticache, rds_storage
from alerts import ecs as ecs_alerts
from alerts import rds as rds_alerts
from dashboards._shared import ECS_INFO, MARKS, number, some
from dashboards._users import USERS
from exporters import vpn
from ppbe_observe.alerting.slo.burn import BURNS
from ppbe_observe.alerting.slo.recording import BUDGET, REMAINING, ratio_name
from ppbe_observe.cloudwatch import AVERAGE
from ppbe_observe.cloudwatch.alarm import STATE as ALARM_STATE
from ppbe_observe.grafana import (
    BAD,
    GOOD,
    NOTE,
    UNKNOWN,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    Scope,
    Stat,
    State,
    StateTimeline,
    Table,
    TimeSeries,
    Unit,
    Variable,
    above,
    alert_table,
    below,
    dashboard,
    limits,
)

HOUR = timedelta(hours=1)
COLLECTED = "ppbe_observe_collect_success"
AGE = daemon_collection.AGE
CONTROLS = "fedramp_baseline_controls"
PLACE = ("account", "region")
IN = Scope(COLLECTED, (*PLACE, "environment"))
SEEN = IN.only(*PLACE)
"""What the daemon says of itself has no environment."""
JUDGED = SEEN("fedramp_evaluation_timestamp_seconds")
CHOSEN = (
    *SEEN.variables,
    Variable("environment", "Environment", SEEN(rds_alerts.INFO_SERIES), "tag_Environment"),
)
DEFINED = 'task_definition!=""'
FIRING = 'alertstate="firing",account_id=~"$account|",region=~"$region|"'
SERVICE = "{{dimension_ServiceName}} of {{dimension_ClusterName}}"
OBJECTIVE = "{{slo}}, {{tag_Environment}}"
MEMORY = elasticache.EXPORTER.series_name("DatabaseMemoryUsagePercentage", AVERAGE)
TUNNELS = vpn.EXPORTER.series_name("TunnelState", AVERAGE)
OLDEST = SEEN(AGE, 'exporter=~"alb|ecs|ecs_containerinsights|elasticache|nat|rds|vpn"')
"""Of what always has data: others report only when something happens, or once a day."""
FAST, SLOW = BURNS[0], BURNS[-1]


def firing(severity: str) -> str:
    """How many alerts of a severity fire, each counted once however far it has climbed."""
    found = f'ALERTS{{{FIRING},severity="{severity}"}}'
    return f"count(count without (escalation) ({found})) or vector(0)"


GLANCE = Row(
    "At a glance",
    (
        number(
            "Pages",
            "Alerts that somebody must act on now. They are listed below, each with its runbook.",
            Unit.COUNT,
            firing("page"),
            above(1, BAD),
        ),
        number(
            "Tickets",
            "Alerts that wait for the morning.",
            Unit.COUNT,
            firing("ticket"),
            above(1, WARN),
        ),
        number(
            "Least error budget",
            "What is left of the worst objective's 30 days. Below 0 more failed than was promised.",
            Unit.RATIO,
            f"min({IN(REMAINING)})",
            below(0.25, WARN),
            below(0, BAD),
        ),
        number(
            "Controls that fail",
            "Controls of the baseline with a failed check. See the dashboard of compliance.",
            Unit.COUNT,
            f'sum({CONTROLS}{{state="fail"}})',
            above(1, WARN),
        ),
        number(
            "Oldest data",
            "How old the newest datapoint of the slowest exporter is. Old data looks healthy, whatever is wrong.",
            Unit.SECONDS,
            f"max({OLDEST})",
            *limits(daemon_collection.GROUP.alerts, "ObserveDataOld"),
        ),
        number(
            "Blind collectors",
            "Exporters that did not see all that they asked for. What nobody sees, nobody judges.",
            Unit.COUNT,
            some(f"{SEEN(COLLECTED)} == 0", SEEN(COLLECTED)),
            above(1, WARN),
        ),
    ),
)

ALARMS = Row(
    "What fires",
    (
        alert_table(
            "Firing",
            "Every alert of the accounts and regions that are chosen, and those of the monitoring itself.",
            'alertname!="Watchdog"',
            'account_id=~"$account|"',
            'region=~"$region|"',
            height=9,
        ),
        StateTimeline(
            title="Alarms",
            description="The CloudWatch alarms, as the daemon judges them by CloudWatch's own rules.",
            queries=(Query(IN(ALARM_STATE, 'state="alarm"'), "{{alarm_name}}"),),
            states=(State(0, "ok", GOOD), State(1, "in alarm", BAD)),
            height=7,
            links=(dashboard("incidents", "Incidents"),),
        ),
    ),
)

OBJECTIVES = Row(
    "Objectives",
    (
        Stat(
            title="Error budget left",
            description="Of 30 days. Where it is spent, what is risky waits: no deployment but one that mends it.",
            unit=Unit.RATIO,
            queries=(Query(IN(REMAINING), OBJECTIVE),),
            thresholds=(below(0.25, WARN), below(0, BAD)),
            width=12,
            height=8,
            decimals=1,
            links=(dashboard("slo", "Objectives"),),
        ),
        TimeSeries(
            title="Burn rate",
            description="How many times faster than allowed it is spent, over the last hour. At 1 it lasts 30 days.",
            unit=Unit.COUNT,
            queries=(Query(f"{IN(ratio_name(HOUR))} / on (slo) group_left () {BUDGET}", OBJECTIVE),),
            thresholds=(above(SLOW.factor, WARN), above(FAST.factor, BAD)),
            width=12,
            minimum=0,
            links=(dashboard("slo", "Objectives"),),
        ),
        *USERS,
    ),
)

RESOURCES = Row(
    "How near to its limits",
    (
        TimeSeries(
            title="Tasks that run",
            description="Of those that should. Less than 1 for longer than a deployment is a lack of capacity.",
            unit=Unit.RATIO,
            queries=(Query(IN(ecs_alerts.RUNNING_SHARE.name), SERVICE),),
            thresholds=limits(ecs_alerts.GROUP.alerts, "EcsCapacityHalved"),
            minimum=0,
            links=(dashboard("ecs", "Services (ECS)"),),
        ),
        TimeSeries(
            title="CPU of the tasks",
            description="Of what the tasks of a service have.",
            unit=Unit.PERCENT,
            queries=(Query(IN(ecs_alerts.CPU, ecs_alerts.OF_SERVICE), SERVICE),),
            thresholds=limits(ecs_alerts.GROUP.alerts, "EcsCpuSaturated"),
            minimum=0,
            maximum=100,
        ),
        TimeSeries(
            title="Memory of the tasks",
            description="The fullest task of each service. At 100 the kernel kills it.",
            unit=Unit.PERCENT,
            queries=(Query(IN(ecs_alerts.MEMORY, ecs_alerts.OF_SERVICE), SERVICE),),
            thresholds=limits(ecs_alerts.GROUP.alerts, "EcsMemoryExhausted"),
            minimum=0,
            maximum=100,
        ),
        TimeSeries(
            title="Free storage of databases",
            description="Of what is allocated. At 0 a database takes no more writes.",
            unit=Unit.RATIO,
            queries=(Query(IN(rds_storage.FREE_SHARE.name), "{{dimension_DBInstanceIdentifier}}"),),
            thresholds=limits(rds_storage.GROUP.alerts, "RdsStorageLow", "RdsStorageCritical"),
            links=(dashboard("rds", "Databases"),),
            minimum=0,
            maximum=1,
        ),
        TimeSeries(
            title="Memory of caches",
            description="In use, of what a node may use for data. At 100 keys are evicted, or writes refused.",
            unit=Unit.PERCENT,
            queries=(Query(IN(MEMORY, 'dimension_CacheNodeId=""'), "{{dimension_CacheClusterId}}"),),
            thresholds=limits(elasticache.GROUP.alerts, "ElasticacheMemoryHigh", "ElasticacheMemoryFull"),
            minimum=0,
            maximum=100,
            links=(dashboard("elasticache", "Caches (ElastiCache)"),),
        ),
        TimeSeries(
            title="VPN tunnels up",
            description="Of the two of each connection. At 0 the agency's network is cut off.",
            unit=Unit.RATIO,
            queries=(Query(IN(TUNNELS, 'dimension_TunnelIpAddress=""'), "{{dimension_VpnId}}"),),
            thresholds=(below(1, WARN), below(0.5, BAD)),
            minimum=0,
            maximum=1,
            links=(dashboard("network", "Network"),),
        ),
    ),
)

DEPLOYED = Row(
    "Deployments",
    (
        Table(
            title="What runs",
            description="The task definition of each service; new ones are marked in every panel over time.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, tag_Environment, dimension_ClusterName, dimension_ServiceName, status, "
                    f"task_definition) ({IN(ECS_INFO, DEFINED)})"
                ),
            ),
            columns=(
                Column("tag_Environment", "Environment"),
                Column("dimension_ClusterName", "Cluster"),
                Column("dimension_ServiceName", "Service"),
                Column("status", "Status"),
                Column("task_definition", "Task definition"),
            ),
            descending=False,
            width=16,
        ),
        StateTimeline(
            title="Deployments under way",
            description="More than one deployment of a service: a new one is being rolled out, or it is stuck.",
            queries=(Query(IN(ecs_alerts.DEPLOYMENTS), SERVICE),),
            thresholds=(above(2, NOTE),),
            width=8,
        ),
    ),
)

COMPLIANCE = Row(
    "Compliance",
    (
        TimeSeries(
            title="Controls by state",
            description="Controls that a check speaks for. Unknown is not good: the check could not see.",
            unit=Unit.COUNT,
            queries=(Query(f'{CONTROLS}{{state=~"fail|unknown|exempt|pass"}}', "{{state}}"),),
            width=12,
            stacked=True,
            minimum=0,
            links=(dashboard("compliance", "Compliance"),),
        ),
        number(
            "Controls nobody could judge",
            "Controls whose checks could not see everything, of all that are automated.",
            Unit.RATIO,
            f'sum({CONTROLS}{{state="unknown"}}) / sum({CONTROLS}{{state!="not_automated"}})',
            *limits(compliance_detection.GROUP.alerts, "ControlsUnknown"),
        ),
        number(
            "Findings overdue",
            "Open findings past the date by which they had to be remedied.",
            Unit.COUNT,
            some(f"{SEEN('fedramp_finding_due_timestamp_seconds')} < time()", JUDGED),
            above(1, WARN),
        ),
        number(
            "Findings open",
            "Findings that fail and that no exemption accepts, in the accounts and regions that are chosen.",
            Unit.COUNT,
            some(SEEN("fedramp_finding_accept_by_timestamp_seconds"), JUDGED),
        ),
    ),
)

COLLECTION = Row(
    "Who looks",
    (
        StateTimeline(
            title="Collection",
            description="Whether the last run of each exporter saw all that it asked for.",
            queries=(Query(f"min by (exporter) ({SEEN(COLLECTED)})", "{{exporter}}"),),
            states=(State(1, "saw everything", GOOD), State(0, "did not", UNKNOWN)),
            width=16,
            height=10,
            links=(dashboard("daemon", "ppbe-observe"),),
        ),
        TimeSeries(
            title="Age of the newest datapoint",
            description="Per exporter, of what reports all the time. CloudWatch itself is a few minutes late.",
            unit=Unit.SECONDS,
            queries=(Query(f"max by (exporter) ({OLDEST})", "{{exporter}}"),),
            thresholds=limits(daemon_collection.GROUP.alerts, "ObserveDataOld"),
            height=10,
            minimum=0,
            links=(dashboard("daemon", "ppbe-observe"),),
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Overview",
    description="The page to keep open: whether the estate is healthy, what fires, and where to look next.",
    variables=CHOSEN,
    annotations=MARKS,
    rows=(GLANCE, ALARMS, OBJECTIVES, RESOURCES, DEPLOYED, COMPLIANCE, COLLECTION),
)
