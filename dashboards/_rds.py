"""What every part of the dashboard of databases says: which they are, and which alerts watch them."""

from alerts import rds as rds_alerts
from alerts import rds_recovery, rds_storage
from exporters import rds
from ppbe_observe.cloudwatch import AVERAGE
from ppbe_observe.grafana import Query, Scope, limits

METRIC = rds.EXPORTER.series_name
FACTS = {each.name: rds.EXPORTER.fact_name(each) for each in rds.EXPORTER.facts}
INFO = rds_alerts.INFO_SERIES
IN = Scope(INFO)
DATABASE = "{{dimension_DBInstanceIdentifier}}"
ALERTS = (*rds_alerts.GROUP.alerts, *rds_storage.GROUP.alerts, *rds_recovery.GROUP.alerts)
SHARE = rds_storage.FREE_SHARE.name
STORAGE_LIMITS = limits(ALERTS, "RdsStorageLow", "RdsStorageCritical")


def of(metric: str, statistic: str = AVERAGE, legend: str = DATABASE) -> Query:
    """A CloudWatch metric of each database that is chosen."""
    return Query(IN(METRIC(metric, statistic)), legend)
