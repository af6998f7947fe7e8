"""PPBE/API: what the product publishes itself. The example of any other namespace, discovered by ListMetrics."""

from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, SUM, Exporter, Metric, percentiles

EXPORTER = Exporter(
    namespace="PPBE/API",
    metrics=(
        Metric("BudgetLinesSubmitted", SUM, nil_to_zero=True, help="Budget lines that users submitted."),
        Metric("ReportQueueDepth", AVERAGE, MAXIMUM, help="Reports that wait to be made."),
        Metric(
            "ExternalCallDuration",
            AVERAGE,
            *percentiles(50, 95, 99),
            scale=0.001,  # published in milliseconds
            help="Seconds that calls to other federal systems take.",
        ),
    ),
)
