"""The calls that change something: commands make them for a person, the daemon none. I/O.

What is not listed here cannot be called by any client: only the declared, reading operations are loaded.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.gather.context import ClientSource, GatherContext

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

PUT_ALARM = "cloudwatch:PutMetricAlarm"
WRITING: Mapping[str, frozenset[str]] = MappingProxyType({"cloudwatch": frozenset({"PutMetricAlarm"})})
"""Operations that change something, by service, for ``Sessions(also=...)``."""


def put_alarm(session: ClientSource, arguments: Mapping[str, Any], deadline: float) -> None:
    """Make an alarm, or make it what the arguments say, not later than the monotonic ``deadline``.

    Raises:
        AwsError: It was refused, or AWS could not be reached.
    """
    with within(deadline):
        context = GatherContext(session, deadline)
        cloudwatch: CloudWatchClient = context.client("cloudwatch")
        context.ask(PUT_ALARM, cloudwatch.put_metric_alarm, **arguments)
