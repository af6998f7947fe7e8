"""What the product publishes itself: the report queue, calls to other federal systems, budget lines.

There is one series for each environment and service, and no resource of AWS behind it: the dimensions name it. The
estate calls the load balancer of an environment ``ppbe-{env}-alb``: that joins the two.
"""

from alerts._examples import series
from alerts._shared import BALANCER, REQUESTS, SRE, collected, requests, seen
from exporters import api
from ppbe_observe.alerting import MINUTE, SECONDS, TICKET, Alert, Case, Example, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE
from ppbe_observe.cloudwatch import AVERAGE

EXPORTER = api.EXPORTER
QUEUE = EXPORTER.series_name("ReportQueueDepth", AVERAGE)
CALLS = EXPORTER.series_name("ExternalCallDuration", "p95")
LINES = EXPORTER.counter_name("BudgetLinesSubmitted")

WHICH = "{dimension_Service} of {dimension_Environment} in {region}"
RESOURCE = ("account_id", "region", "dimension_Environment", "dimension_Service")
ENVIRONMENT = "dimension_Environment"
JOINED = f"account_id, region, {ENVIRONMENT}"
HERE = {**PLACE, "name": "api", "dimension_Environment": "production", "dimension_Service": "ppbe-api"}


def traffic(window: str) -> str:
    """Requests of each environment in a window."""
    return requests(ENVIRONMENT, "$1", "app/ppbe-(.+)-alb/.+", window)


def balancer(values: str) -> dict[str, str]:
    """Requests that the example's load balancer got."""
    return series({REQUESTS: values}, BALANCER)


GROUP = RuleGroup(
    rules=(
        Alert(
            name="ApiReportQueueLong",
            expr=f"{QUEUE} > 50",
            severity=TICKET,
            owner=SRE,
            summary="Reports wait too long to be made",
            description=f"{{value}} reports of {WHICH} wait, more than {{threshold}}, for half an hour.",
            reason="The estate sets no limit. Its queue has ten at its busiest; five times as many for half an hour "
            "are more than a rush before a deadline that drains by itself.",
            lasts=30 * MINUTE,
            keeps=10 * MINUTE,
            resource=RESOURCE,
            example=Example(
                fires=series({QUEUE: "60x60"}, HERE), quiet=series({QUEUE: "50x60"}, HERE), labels=HERE, value=60
            ),
            cases=(Case("a rush that drains", series({QUEUE: "5x9 80-3x20 20x30"}, HERE), 45 * MINUTE),),
        ),
        Alert(
            name="ApiReportQueueStuck",
            expr=f"min_over_time({QUEUE}[30m]) > 20 and deriv({QUEUE}[30m]) > 0 and {QUEUE} offset 30m > 20",
            severity=TICKET,
            owner=SRE,
            summary="The report queue only grows: nothing is taken from it",
            description=f"At least {{value}} reports of {WHICH} have waited for half an hour, and they become more.",
            reason="A queue that is worked on falls now and then; one that is twice its usual length and rises for "
            "half an hour has no worker, or one that hangs. Earlier than ApiReportQueueLong where little is asked for. "
            "It looks back instead of waiting: a gap of some minutes would begin the wait anew.",
            lasts=5 * MINUTE,
            keeps=10 * MINUTE,
            resource=RESOURCE,
            example=Example(
                fires=series({QUEUE: "25+0.1x60"}, HERE),
                quiet=series({QUEUE: "30-0.1x60"}, HERE),
                labels=HERE,
                value=25.5,
                begins=30 * MINUTE,
            ),
        ),
        Alert(
            name="ApiExternalCallsSlow",
            expr=f"quantile_over_time(0.5, {CALLS}[10m]) > 2",
            severity=TICKET,
            owner=SRE,
            summary="Calls to other federal systems are slow",
            description=f"In half of the last 10 minutes 5 % of the calls of {WHICH} to other systems took longer than "
            "{value}; the limit is {threshold}.",
            reason="The estate sets no limit. Its usual p95 is 0.2 s; ten times that is another system in trouble, and "
            "two seconds of it reach whoever waits for the page. The median of ten minutes, so that one minute neither "
            "fires nor ends it; percentiles are never averaged.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            keeps=10 * MINUTE,
            resource=RESOURCE,
            example=Example(
                fires=series({CALLS: "3x60"}, HERE), quiet=series({CALLS: "2x60"}, HERE), labels=HERE, value=3
            ),
            cases=(
                Case(
                    "bad minutes now and then",
                    series({CALLS: "3 0.2 0.2 3 0.2 0.2 3 0.2 0.2 3 0.2x40"}, HERE),
                    16 * MINUTE,
                ),
            ),
        ),
        Alert(
            name="ApiMetricsMissing",
            expr=f"max_over_time({QUEUE}[6h]) >= 0 unless on ({JOINED}, dimension_Service) {QUEUE} "
            f"and on ({JOINED}) {traffic('30m')} > 100 {seen('api', '30m')}",
            severity=TICKET,
            owner=SRE,
            summary="The API publishes no metrics of its own any more",
            description=f"{WHICH} has requests, and published no length of its report queue: what watches the queue "
            "and the calls to other systems is blind.",
            reason="It did within six hours. A series is shown for ten minutes after its last datapoint, and twenty "
            "more are longer than a deployment; only with requests, and while the daemon sees everything.",
            lasts=20 * MINUTE,
            resource=RESOURCE,
            example=Example(
                fires={
                    **series({QUEUE: "5x9"}, HERE),
                    **balancer("0+100x60"),
                    **collected("api", "1x60"),
                },
                quiet={**series({QUEUE: "5x60"}, HERE), **balancer("0+100x60"), **collected("api", "1x60")},
                labels=HERE,
                value=5,
                begins=15 * MINUTE,
            ),
            cases=(
                Case(
                    "a night without requests",
                    {**series({QUEUE: "5x9"}, HERE), **balancer("9x60"), **collected("api", "1x60")},
                    50 * MINUTE,
                ),
            ),
        ),
        Alert(
            name="ApiNoSubmissions",
            expr=f"increase({LINES}[1h]) < 1 and increase({LINES}[2h] offset 1h) > 60 "
            f"and on ({JOINED}) {traffic('1h')} > 1000 {seen('api', '1h')}",
            severity=TICKET,
            owner=SRE,
            summary="Nobody has submitted a budget line for an hour, though the API is in use",
            description=f"{{value}} budget lines were submitted through {WHICH} in the last hour, after more than 60 "
            "in the two before, with more than 1,000 requests: submitting may be broken while all answers look good.",
            reason="What the system is for, seen from the user: an error in the browser or a 200 with an error inside "
            "is no 5xx. Compared with the hours just before, since seasons and nights differ.",
            lasts=5 * MINUTE,
            resource=RESOURCE,
            example=Example(
                fires={
                    **series({LINES: "0+10x60 600x75"}, HERE),
                    **balancer("0+100x140"),
                    **collected("api", "1x140"),
                },
                quiet={
                    **series({LINES: "0+10x60 600+0.1x75"}, HERE),
                    **balancer("0+100x140"),
                    **collected("api", "1x140"),
                },
                labels=HERE,
                value=0,
                begins=120 * MINUTE,
            ),
            cases=(
                Case(
                    "an evening",
                    {
                        **series({LINES: "0+10x60 600x75"}, HERE),
                        **balancer("0+100x60 6000+5x75"),
                        **collected("api", "1x140"),
                    },
                    130 * MINUTE,
                ),
            ),
        ),
    )
)
