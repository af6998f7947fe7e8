"""CloudWatch's read path: GetMetricData and ListMetrics, all pages of them.

No server can make it ask for pages without end: a token that comes twice, or too many pages, is malformed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ppbe_observe.aws.cloudwatch.reading import Reading
from ppbe_observe.aws.cloudwatch.transport import Transport
from ppbe_observe.aws.cloudwatch.wire import (
    GET_METRIC_DATA,
    LIST_METRICS,
    DataPage,
    decode_metric_data,
    decode_metrics,
    encode_get_metric_data,
    encode_list_metrics,
    malformed,
)
from ppbe_observe.aws.identity.sessions import TargetSession
from ppbe_observe.cloudwatch.query import Answer, ListedMetric, MetricStat
from ppbe_observe.errors import AwsError

MOST_STATS = 500  # MetricDataQueries of one GetMetricData call (API reference)
MOST_DATA_PAGES = 100  # 500 queries with a day of minutes each are 8
MOST_LIST_PAGES = 10_000  # of 500 metrics each


class MetricsApi:
    """Reads metrics as one target. Thread-safe."""

    def __init__(self, session: TargetSession, transport: Transport | None = None) -> None:
        self._transport = transport or Transport(session)

    def get_metric_data(
        self, stats: Sequence[MetricStat], start: datetime, end: datetime, deadline: float
    ) -> list[Answer]:
        """One answer for each of at most 500 stats, in their order.

        Raises:
            AwsError: Not even the first page could be read.
            ValueError: More than 500 stats.
        """
        if len(stats) > MOST_STATS:
            raise ValueError(f"GetMetricData takes {MOST_STATS} queries, not {len(stats)}")
        if not stats:
            return []
        reading = Reading(len(stats))
        tokens = _Tokens(GET_METRIC_DATA, MOST_DATA_PAGES)
        while True:
            try:
                page = self._data_page(encode_get_metric_data(stats, start, end, tokens.current), len(stats), deadline)
            except AwsError as error:
                if tokens.current is None:
                    raise
                return reading.answers(error.failure)
            reading.add(page)
            try:
                tokens.turn(page.token)
            except AwsError as error:
                return reading.distrusted(error.failure)
            if tokens.current is None:
                return reading.answers()

    def list_metrics(self, namespace: str, deadline: float) -> Iterator[ListedMetric]:
        """Every metric of a namespace that had a datapoint in the last two weeks, page after page.

        Raises:
            AwsError: A page could not be read; the list is then not whole.
        """
        tokens = _Tokens(LIST_METRICS, MOST_LIST_PAGES)
        while True:
            body = encode_list_metrics(namespace, tokens.current)
            page = decode_metrics(self._transport.call(LIST_METRICS, body, deadline))
            yield from page.metrics
            tokens.turn(page.token)
            if tokens.current is None:
                return

    def _data_page(self, body: bytes, asked: int, deadline: float) -> DataPage:
        return decode_metric_data(self._transport.call(GET_METRIC_DATA, body, deadline), asked)


class _Tokens:
    """The NextTokens of one call; turns them like pages."""

    def __init__(self, operation: str, most: int) -> None:
        self.current: str | None = None
        self._operation = operation
        self._most = most
        self._seen: set[str] = set()

    def turn(self, token: str | None) -> None:
        """Go on with the token that a page gave.

        Raises:
            AwsError: The pages do not end (reason ``malformed``).
        """
        if token is not None:
            if token in self._seen:
                raise malformed(self._operation, "NextToken came twice: the pages go round in a circle")
            if len(self._seen) + 1 >= self._most:
                raise malformed(self._operation, f"more than {self._most} pages")
            self._seen.add(token)
        self.current = token
