"""The dead man's switch: fires always, so that its absence tells that paging is broken."""

from ppbe_observe.alerting import INFO, Alert, Example, RuleGroup

GROUP = RuleGroup(
    rules=(
        Alert(
            name="Watchdog",
            expr="vector(1)",
            severity=INFO,
            owner="sre",
            summary="Alerting works, from the rules to the receivers",
            description="This alert always fires. Where it no longer arrives, no page arrives either.",
            reason="Rules, Prometheus, Alertmanager and the network to the receiver are all proven by one alert that "
            "is always there: who receives it (a heartbeat metric with a CloudWatch alarm) pages when it stops.",
            resource=(),
            always=True,
            example=Example(fires={}, quiet={}, labels={}, value=1),
        ),
    )
)
