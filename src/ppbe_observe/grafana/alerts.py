"""What fires, as a table and as marks. Pure.

Grafana's own list of alerts shows those that Grafana evaluates; ours are Prometheus', which tells them as ``ALERTS``.
"""

from ppbe_observe.grafana.dashboard import Annotation
from ppbe_observe.grafana.levels import BAD, WARN, State
from ppbe_observe.grafana.links import Link
from ppbe_observe.grafana.panels import Column, Table
from ppbe_observe.grafana.queries import Query
from ppbe_observe.grafana.units import Unit

_BY = "severity, alertname, what, account_id, region, tag_Environment, owner"
_WHAT = ("instance", "exporter", "operation", "slo", "check", "resource", "name")
"""The labels that say what is wrong, the last that is there before all; a check is told with its resource."""
_NOT_INFO = 'severity!="info"'
_STATES = (State("page", "page", BAD), State("ticket", "ticket", WARN))


def alert_table(title: str, description: str, *matchers: str, height: int = 8) -> Table:
    """The alerts that fire now and want somebody, each with its runbook, and how many steps it has climbed.

    Args:
        title: Of the panel.
        description: Which alerts these are.
        matchers: Of ``ALERTS``: ``alertname=~"Rds.*"``.
        height: As of any panel.
    """
    return Table(
        title=title,
        description=f"{description} A click on a cell leads to the runbook.",
        unit=Unit.COUNT,
        queries=(Query(f"count by ({_BY}) (count by ({_BY}, escalation) ({_firing(_NOT_INFO, *matchers)}))"),),
        columns=(
            Column("severity", "Severity"),
            Column("alertname", "Alert"),
            Column("what", "What"),
            Column("account_id", "Account"),
            Column("region", "Region"),
            Column("tag_Environment", "Environment"),
            Column("owner", "Owner"),
            Column(0, "Steps climbed"),
        ),
        states=_STATES,
        sort="Severity",
        descending=False,
        row_links=(Link("Runbook", '{runbooks}/${__data.fields["Alert"]}'),),
        empty="nothing of this fires, which is good.",
        height=height,
    )


def firing(*matchers: str) -> Annotation:
    """Marks while an alert fires."""
    return Annotation(
        name="Alerts",
        query=Query(f"max by ({_BY}) ({_firing(_NOT_INFO, *matchers)})"),
        title="{{alertname}}",
        text="{{severity}}: {{what}}",
        level=BAD,
    )


def _firing(*matchers: str) -> str:
    wanted = ",".join(('alertstate="firing"', *matchers))
    found = f"ALERTS{{{wanted}}}"
    for label in _WHAT:
        found = f'label_replace({found}, "what", "$1", "{label}", "(.+)")'
    both = f'label_join({found}, "both", ": ", "check", "resource")'
    return f'label_replace({both}, "what", "$1", "both", "(.+: .+)")'
