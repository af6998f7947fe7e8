"""The marks in every panel, and the table of what fires: their queries on series that are known, judged by promtool."""

from pathlib import Path

import pytest

from ppbe_observe.generate.estate import read_estate
from ppbe_observe.grafana import alert_table
from support.project import PROJECT
from support.promql import answers

SERVICE = 'account_id="1",region="west",name="api",dimension_ServiceName="ppbe-api",dimension_ClusterName="ppbe"'
OLD, NEW = (f'aws_ecs_info{{{SERVICE},task_definition="{each}"}}' for each in ("api:1", "api:2"))
MARKS = {each.name: each for each in read_estate(PROJECT).dashboards[0].annotations}
FIRES = 'ALERTS{alertstate="firing",alertname="A",severity="page",owner="sre",account_id="1",region="west"'


def test_a_deployment_is_marked_for_five_minutes(tmp_path: Path) -> None:
    """Above 0, or Grafana does not mark it."""
    shown = f"{NEW.removeprefix('aws_ecs_info')} 1"
    history = {OLD: "0x19 stale", NEW: "_x20 0x40"}
    assert answers(tmp_path, MARKS["Deployments"].query.expr, history, m19=[], m20=[shown], m24=[shown], m26=[]) == ""


def test_what_the_daemon_sees_for_the_first_time_is_no_deployment(tmp_path: Path) -> None:
    assert answers(tmp_path, MARKS["Deployments"].query.expr, {OLD: "0x40"}, m0=[], m3=[], m10=[]) == ""


def test_a_gap_in_what_is_seen_is_no_deployment(tmp_path: Path) -> None:
    history = {OLD: "0x10 _x10 0x20"}
    assert answers(tmp_path, MARKS["Deployments"].query.expr, history, m20=[], m21=[], m24=[], m30=[]) == ""


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        ('name="db",instance="1:1"', "db"),
        ('resource="bucket",check="public",instance="1:1"', "public: bucket"),
        ('check="public",instance="1:1"', "public"),
        ('exporter="rds",instance="1:1"', "rds"),
        ('slo="availability"', "availability"),
        ('instance="1:1"', "1:1"),
    ],
)
def test_the_table_says_what_an_alert_is_about(tmp_path: Path, labels: str, what: str) -> None:
    """However many steps it has climbed, it is one row, which counts them."""
    (query,) = alert_table("Firing", "d").queries
    steps = {f'{FIRES},{labels},escalation="{each}"}}': "1x10" for each in ("l1", "l2")}
    row = f'{{severity="page",alertname="A",what="{what}",account_id="1",region="west",owner="sre"}} 2'
    assert answers(tmp_path, query.expr, steps, m5=[row]) == ""


def test_the_steps_of_one_alert_are_counted_and_not_what_else_is_wrong(tmp_path: Path) -> None:
    (query,) = alert_table("Firing", "d").queries
    fires = {f'{FIRES},check="{each}",resource="bucket",escalation="l1"}}': "1x10" for each in ("logged", "public")}
    row = '{{severity="page",alertname="A",what="{}: bucket",account_id="1",region="west",owner="sre"}} 1'
    assert answers(tmp_path, query.expr, fires, m5=[row.format("logged"), row.format("public")]) == ""


def test_what_asks_nothing_of_anybody_is_not_in_the_table(tmp_path: Path) -> None:
    (query,) = alert_table("Firing", "d").queries
    assert answers(tmp_path, query.expr, {f'{FIRES},name="db"}}'.replace("page", "info"): "1x10"}, m5=[]) == ""


def test_alerts_of_other_accounts_are_no_marks(tmp_path: Path) -> None:
    expr = MARKS["Alerts"].query.expr.replace("$account", "2")
    assert answers(tmp_path, expr, {f'{FIRES},name="db"}}': "1x10"}, m5=[]) == ""
    own = '{severity="page",alertname="A",what="db",account_id="1",region="west",owner="sre"} 1'
    assert answers(tmp_path, MARKS["Alerts"].query.expr, {f'{FIRES},name="db"}}': "1x10"}, m5=[own]) == ""


def test_alerts_of_no_account_are_marked_whatever_is_chosen(tmp_path: Path) -> None:
    expr = MARKS["Alerts"].query.expr.replace("$account", "2")
    fires = 'ALERTS{alertstate="firing",alertname="A",severity="page",owner="sre",instance="1:1"}'
    shown = '{severity="page",alertname="A",what="1:1",owner="sre"} 1'
    assert answers(tmp_path, expr, {fires: "1x10"}, m5=[shown]) == ""
