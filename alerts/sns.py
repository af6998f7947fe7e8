"""Topics: whether what is published reaches somebody. Alarms and pages travel over ``ppbe-{env}-alerts``.

Source, as the reasons name it. SNS: SNS developer guide, "Monitoring Amazon SNS topics using CloudWatch".
"""

from alerts._examples import series
from alerts._shared import ARN, SRE, collected, seen
from exporters import sns
from ppbe_observe.alerting import MINUTE, PAGE, TICKET, Alert, Case, Example, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE
from ppbe_observe.cloudwatch import SUM

EXPORTER = sns.EXPORTER
PUBLISHED, DELIVERED, FAILED, REDRIVEN, LOST = (
    EXPORTER.counter_name(f"NumberOf{each}")
    for each in (
        "MessagesPublished",
        "NotificationsDelivered",
        "NotificationsFailed",
        "NotificationsRedrivenToDlq",
        "NotificationsFailedToRedriveToDlq",
    )
)
INVALID = EXPORTER.series_name("NumberOfNotificationsFilteredOut-InvalidAttributes", SUM)
FILTERED = EXPORTER.series_name("NumberOfNotificationsFilteredOut", SUM)

FOR_PAGES = 'dimension_TopicName=~".+-alerts"'
"""Topics that wake people, by the estate's names."""
OTHERS = 'dimension_TopicName!~".+-alerts"'


def topic(name: str) -> dict[str, str]:
    """Labels of a topic, for examples."""
    return {**PLACE, "name": f"{ARN}:sns:us-gov-west-1:123456789012:{name}", "dimension_TopicName": name}


ALERTS, REPORTS = topic("ppbe-production-alerts"), topic("ppbe-production-reports")

GROUP = RuleGroup(
    rules=(
        Alert(
            name="SnsPageNotDelivered",
            expr=f"increase({FAILED}{{{FOR_PAGES}}}[1h]) > 0",
            severity=PAGE,
            owner=SRE,
            summary="A page could not be delivered: somebody was not woken",
            description="{dimension_TopicName} in {region}: {value} notifications of the last hour could not be "
            "delivered. Look for what they told, and reach those people by other means.",
            reason="What SNS gives up after its retries is lost (SNS, NumberOfNotificationsFailed), and on this topic "
            "it was a page. One is one too many, and told at once; an accumulated counter has no false ones. It needs "
            "a second way to people: route it there.",
            example=Example(
                fires=series({FAILED: "0x4 1x60"}, ALERTS),
                quiet=series({FAILED: "1x60"}, ALERTS),
                labels=ALERTS,
                value=1,
                begins=5 * MINUTE,
            ),
            cases=(Case("a topic for other things", series({FAILED: "0x4 1x60"}, REPORTS), 10 * MINUTE),),
        ),
        Alert(
            name="SnsNobodyListens",
            expr=f"increase({PUBLISHED}{{{FOR_PAGES}}}[1h]) > 0 unless on (name) increase({DELIVERED}[1h]) > 0 "
            f"unless on (name) increase({FAILED}[1h]) > 0 unless on (name) max_over_time({FILTERED}[1h]) > 0 "
            f"{seen('sns', '15m')}",
            severity=PAGE,
            owner=SRE,
            summary="Pages are published, and nobody receives them",
            description="{value} messages were published to {dimension_TopicName} in {region} within the hour; none "
            "was delivered, none failed: it has no confirmed subscription.",
            reason="Each subscriber counts as delivered or as failed (SNS). An e-mail subscription that was not "
            "confirmed within three days is neither. Ten minutes, since delivery is counted after publishing.",
            lasts=10 * MINUTE,
            example=Example(
                fires={**series({PUBLISHED: "0x4 2x60", DELIVERED: "0x60"}, ALERTS), **collected("sns", "1x70")},
                quiet={**series({PUBLISHED: "0x4 2x60", DELIVERED: "0x6 1x60"}, ALERTS), **collected("sns", "1x70")},
                labels=ALERTS,
                value=2,
                begins=5 * MINUTE,
            ),
            cases=(
                Case(
                    "a filter policy that keeps them back",
                    {
                        **series({PUBLISHED: "0x4 2x60", DELIVERED: "0x60", FILTERED: "_x4 2x60"}, ALERTS),
                        **collected("sns", "1x70"),
                    },
                    30 * MINUTE,
                ),
            ),
        ),
        Alert(
            name="SnsDeliveryFailures",
            expr=f"increase({FAILED}{{{OTHERS}}}[30m]) > 0",
            severity=TICKET,
            owner=SRE,
            summary="Notifications could not be delivered",
            description="{dimension_TopicName} in {region}: {value} notifications of the last 30 minutes could not be "
            "delivered.",
            reason="SNS gives up only after its retries (SNS, NumberOfNotificationsFailed): each is lost unless the "
            "subscription has a dead-letter queue.",
            lasts=5 * MINUTE,
            example=Example(
                fires=series({FAILED: "0x4 3x60"}, REPORTS),
                quiet=series({FAILED: "3x60"}, REPORTS),
                labels=REPORTS,
                value=3,
                begins=5 * MINUTE,
            ),
        ),
        Alert(
            name="SnsDeadLettered",
            expr=f"increase({REDRIVEN}[1h]) > 0",
            severity=TICKET,
            owner=SRE,
            summary="Notifications wait in a dead-letter queue",
            description="{dimension_TopicName} in {region}: {value} notifications of the last hour were moved to the "
            "dead-letter queue, where they wait until somebody sends them on.",
            reason="They are safe, and undelivered (SNS, NumberOfNotificationsRedrivenToDlq), until the queue's "
            "retention ends.",
            lasts=5 * MINUTE,
            example=Example(
                fires=series({REDRIVEN: "0x4 3x90"}, REPORTS),
                quiet=series({REDRIVEN: "3x90"}, REPORTS),
                labels=REPORTS,
                value=3,
                begins=5 * MINUTE,
            ),
        ),
        Alert(
            name="SnsMessagesLost",
            expr=f"increase({LOST}[1h]) > 0",
            severity=TICKET,
            owner=SRE,
            summary="Notifications were lost: not even the dead-letter queue took them",
            description="{dimension_TopicName} in {region}: {value} notifications of the last hour could neither be "
            "delivered nor moved to the dead-letter queue.",
            reason="Nothing holds them any more (SNS, NumberOfNotificationsFailedToRedriveToDlq): the queue's policy "
            "or key does not let SNS in.",
            lasts=5 * MINUTE,
            example=Example(
                fires=series({LOST: "0x4 3x90"}, REPORTS),
                quiet=series({LOST: "3x90"}, REPORTS),
                labels=REPORTS,
                value=3,
                begins=5 * MINUTE,
            ),
        ),
        Alert(
            name="SnsInvalidAttributes",
            expr=f"{INVALID} > 0",
            severity=TICKET,
            owner=SRE,
            summary="A filter policy keeps notifications back since their attributes are malformed",
            description="{dimension_TopicName} in {region}: {value} notifications of the newest minute were kept back, "
            "their attributes being malformed: whoever publishes them has a defect.",
            reason="A filter that does not match is meant, a malformed attribute is not (SNS). A datapoint is shown "
            "for ten minutes: a quarter of an hour means that it goes on.",
            lasts=15 * MINUTE,
            example=Example(
                fires=series({INVALID: "2x60"}, REPORTS),
                quiet=series({INVALID: "0x60"}, REPORTS),
                labels=REPORTS,
                value=2,
            ),
        ),
    )
)
