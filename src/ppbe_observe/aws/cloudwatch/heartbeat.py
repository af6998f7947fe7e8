"""Writes the heartbeat to CloudWatch: the one thing that the daemon writes there, and only where it is switched on."""

from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from ppbe_observe.aws.failures import failure_of
from ppbe_observe.aws.identity.sessions import TargetSession
from ppbe_observe.errors import AwsError

NAMESPACE = "PPBE/Observe"
METRIC = "Heartbeat"
OPERATION = "cloudwatch:PutMetricData"


def write_heartbeat(session: TargetSession, at: datetime) -> None:
    """Write one heartbeat.

    Raises:
        AwsError: CloudWatch has not taken it.
    """
    datum = {"MetricName": METRIC, "Timestamp": at, "Value": 1.0, "Unit": "Count"}
    try:
        session.client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
    except (BotoCoreError, ClientError) as error:
        raise AwsError(failure_of(error, OPERATION)) from error
