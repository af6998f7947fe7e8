"""Prometheus and Alertmanager: whether what watches, and what pages, works."""

from alerts._examples import example
from ppbe_observe.alerting import MINUTE, PAGE, TICKET, Alert, RuleGroup

PROMETHEUS = {"instance": "127.0.0.1:9090", "job": "prometheus"}
ALERTMANAGER = {"instance": "127.0.0.1:9093", "job": "alertmanager"}

GROUP = RuleGroup(
    rules=(
        Alert(
            name="MonitoringDown",
            expr='up{job=~"prometheus|alertmanager"} == 0',
            severity=PAGE,
            owner="sre",
            summary="A part of the monitoring is down",
            description="Prometheus cannot scrape {job} at {instance}.",
            reason="Of several Alertmanagers another one pages; a single one cannot, then the Watchdog does by its "
            "absence.",
            lasts=5 * MINUTE,
            keeps=5 * MINUTE,
            resource=("job", "instance"),
            example=example(ALERTMANAGER, {"up": 0}, {"up": 1}, 0),
        ),
        Alert(
            name="TargetDown",
            expr='up{job!~"ppbe-observe|prometheus|alertmanager"} == 0',
            severity=TICKET,
            owner="sre",
            summary="Prometheus cannot scrape a target",
            description="{job} at {instance} cannot be scraped.",
            reason="What is neither the daemon nor the monitoring itself pages by what it does for users, not by its "
            "metrics.",
            lasts=15 * MINUTE,
            resource=("job", "instance"),
            runbook="MonitoringDown",
        ),
        Alert(
            name="PrometheusNoAlertmanager",
            expr="prometheus_notifications_alertmanagers_discovered < 1",
            severity=PAGE,
            owner="sre",
            summary="Prometheus knows no Alertmanager",
            description="{instance} knows {value} Alertmanagers: no alert of it reaches anybody.",
            reason="Ten minutes leave out a reload. If it is the only Prometheus, this arrives at nobody: the "
            "Watchdog tells.",
            lasts=10 * MINUTE,
            resource=("instance",),
            runbook="NotificationsFail",
        ),
        Alert(
            name="PrometheusNotificationsFail",
            expr="increase(prometheus_notifications_errors_total[15m]) > 3",
            severity=PAGE,
            owner="sre",
            summary="Prometheus cannot send alerts to an Alertmanager",
            description="{instance} failed {value} times in 15 minutes to send alerts to {alertmanager} (threshold "
            "{threshold}).",
            reason="Alerts are sent again each minute: three are a restart of Alertmanager, more are alerts that do "
            "not arrive.",
            lasts=5 * MINUTE,
            keeps=5 * MINUTE,
            resource=("instance", "alertmanager"),
            runbook="NotificationsFail",
            example=example(
                {**PROMETHEUS, "alertmanager": "http://127.0.0.1:9093/api/v2/alerts"},
                {"prometheus_notifications_errors_total": "0+2x150"},
                {"prometheus_notifications_errors_total": "0x60 3x90"},
                14,
                begins=2 * MINUTE,
            ),
        ),
        Alert(
            name="PrometheusNotificationsDropped",
            expr="increase(prometheus_notifications_dropped_total[15m]) > 0",
            severity=PAGE,
            owner="sre",
            summary="Prometheus drops alerts that it could not send",
            description="{instance} dropped {value} alerts in 15 minutes.",
            reason="What is dropped reached no Alertmanager at all, while errors to one of several may still be "
            "harmless.",
            lasts=5 * MINUTE,
            keeps=5 * MINUTE,
            resource=("instance",),
            runbook="NotificationsFail",
            example=example(
                PROMETHEUS,
                {"prometheus_notifications_dropped_total": "0+1x150"},
                {"prometheus_notifications_dropped_total": 12},
                6,
                begins=MINUTE,
            ),
        ),
        Alert(
            name="AlertmanagerNotificationsFail",
            expr="sum by (instance, integration) (increase(alertmanager_notifications_failed_total[15m])) > 2",
            severity=PAGE,
            owner="sre",
            summary="Alertmanager cannot notify a receiver",
            description="{instance} failed {value} times in 15 minutes to notify by {integration} (threshold "
            "{threshold}).",
            reason="Each attempt is retried with growing pauses, so more than two failures are no hiccup: somebody is "
            "not woken. This one may still get through by another receiver.",
            lasts=5 * MINUTE,
            keeps=10 * MINUTE,
            resource=("instance", "integration"),
            runbook="NotificationsFail",
            example=example(
                {**ALERTMANAGER, "integration": "sns"},
                {"alertmanager_notifications_failed_total": "0+1x150"},
                {"alertmanager_notifications_failed_total": "0x60 2x90"},
                8,
                begins=3 * MINUTE,
                result={"instance": ALERTMANAGER["instance"], "integration": "sns"},
            ),
        ),
        Alert(
            name="PrometheusRulesFail",
            expr="increase(prometheus_rule_evaluation_failures_total[10m]) > 0",
            severity=PAGE,
            owner="sre",
            summary="Rules cannot be evaluated",
            description="{value} evaluations of {rule_group} at {instance} failed in 10 minutes: its alerts do not "
            "fire.",
            reason="A rule that fails is as good as none, and nothing else tells. Ours are tested by promtool, so it "
            "is mostly two series where one is expected, or a query that takes too long.",
            lasts=10 * MINUTE,
            keeps=10 * MINUTE,
            resource=("instance", "rule_group"),
            runbook="PrometheusRules",
            example=example(
                {**PROMETHEUS, "rule_group": "rules/rds.yml;rds"},
                {"prometheus_rule_evaluation_failures_total": "0+2x150"},
                {"prometheus_rule_evaluation_failures_total": 4},
                20,
                begins=MINUTE,
            ),
        ),
        Alert(
            name="PrometheusRulesLate",
            expr="increase(prometheus_rule_group_iterations_missed_total[30m]) > 2",
            severity=TICKET,
            owner="sre",
            summary="Rules are evaluated too late",
            description="{rule_group} at {instance} left out {value} evaluations in 30 minutes (threshold "
            "{threshold}).",
            reason="A group that takes longer than its interval leaves evaluations out: every alert of it is late.",
            lasts=10 * MINUTE,
            resource=("instance", "rule_group"),
            runbook="PrometheusRules",
            example=example(
                {**PROMETHEUS, "rule_group": "rules/rds.yml;rds"},
                {"prometheus_rule_group_iterations_missed_total": "0+1x150"},
                {"prometheus_rule_group_iterations_missed_total": "0x60 2x90"},
                13,
                begins=3 * MINUTE,
            ),
        ),
        Alert(
            name="PrometheusReloadRefused",
            expr="prometheus_config_last_reload_successful == 0",
            severity=TICKET,
            owner="sre",
            summary="Prometheus refused its configuration",
            description="{instance} runs with its old configuration and rules.",
            reason="New rules are not in force, and the next start fails.",
            lasts=10 * MINUTE,
            resource=("instance",),
            runbook="MonitoringReloadRefused",
        ),
        Alert(
            name="AlertmanagerReloadRefused",
            expr="alertmanager_config_last_reload_successful == 0",
            severity=TICKET,
            owner="sre",
            summary="Alertmanager refused its configuration",
            description="{instance} runs with its old routes and receivers.",
            reason="Who was added to the rota is not paged, and the next start fails.",
            lasts=10 * MINUTE,
            resource=("instance",),
            runbook="MonitoringReloadRefused",
        ),
        Alert(
            name="PrometheusWalCorrupt",
            expr="increase(prometheus_tsdb_wal_corruptions_total[1h]) > 0",
            severity=TICKET,
            owner="sre",
            summary="The write-ahead log of Prometheus was corrupt",
            description="{instance} found {value} corruptions within an hour: samples are lost.",
            reason="A disk that fails or was full. What an alert looks back at has a hole.",
            resource=("instance",),
            runbook="PrometheusRules",
            example=example(
                PROMETHEUS,
                {"prometheus_tsdb_wal_corruptions_total": "0+1x150"},
                {"prometheus_tsdb_wal_corruptions_total": 1},
                1,
                begins=MINUTE,
            ),
        ),
    )
)
