"""A target without account_id: STS names it, now or when it answers again, and it holds up nobody meanwhile."""

from pathlib import Path

from ppbe_observe.simulate.faults import Effect, Fault
from support.daemon import daemon, only, settings, value, values
from support.simulated import simulated_estate

SUCCESS = "ppbe_observe_collect_success"
TARGETS = [{"regions": ["us-gov-east-1"]}, {"account_id": "123456789012", "regions": ["us-gov-west-1"]}]


def test_it_joins_when_sts_answers(tmp_path: Path) -> None:
    with simulated_estate(late=False) as estate:
        estate.faults.add(Fault("sts:GetCallerIdentity", Effect.UNAVAILABLE))
        given = settings(targets=TARGETS, exporters=only("rds"), aws={"max_attempts": 1})
        with daemon(tmp_path, given, estate.environ) as running:
            running.until(lambda series: value(series, SUCCESS, exporter="rds", region="us-gov-west-1") == 1.0)
            running.until(lambda series: values(series, SUCCESS, exporter="identity", region="us-gov-east-1") == [0.0])
            series = running.series()
            assert values(series, SUCCESS, exporter="rds", region="us-gov-east-1") == []
            reason = {"exporter": "identity", "account_id": "unknown", "reason": "server"}
            assert value(series, "ppbe_observe_collect_failures_total", **reason)
            status, body = running.readiness()
            assert status == 503
            waiting = body["checks"][0]
            assert (waiting["exporter"], waiting["ready"]) == ("identity", False)
            assert waiting["reason"].startswith("sts:GetCallerIdentity: server: ")
            estate.faults.clear()
            running.until(lambda series: value(series, SUCCESS, exporter="rds", region="us-gov-east-1") == 1.0)
            running.until(
                lambda series: values(series, "aws_rds_info", account_id="123456789012", region="us-gov-east-1")
            )
            running.until_ready()
            running.until(lambda series: not values(series, SUCCESS, exporter="identity"))
