"""A small dashboard that uses every kind of panel, and everything else that a dashboard has."""

from ppbe_observe.alerting import PAGE, TICKET
from ppbe_observe.grafana import (
    BAD,
    BARS,
    GOOD,
    NOTE,
    WARN,
    Annotation,
    Column,
    Dashboard,
    Link,
    Query,
    Row,
    Scope,
    Stat,
    State,
    StateTimeline,
    Table,
    Text,
    TimeSeries,
    Unit,
    above,
    alert_table,
    below,
    dashboard,
    firing,
    limits,
)
from ppbe_observe.grafana.links import Addresses
from support.alerts import alert

ADDRESSES = Addresses(
    runbooks="https://observe.agency.gov/runbooks",
    daemon="https://observe.agency.gov",
    prometheus="https://prometheus.agency.gov",
    alertmanager="https://alertmanager.agency.gov",
)
IN = Scope("info", ("account", "resource"))
ALERTS = (
    alert(name="CpuHigh", expr="cpu > 80", severity=TICKET),
    alert(name="CpuSpent", expr="cpu > 95", severity=PAGE),
    alert(name="MemoryLow", expr="memory < 1024", severity=TICKET),
)

EVERY_PANEL = Dashboard(
    slug="every_panel",
    title="Every panel",
    description="What each kind of panel becomes.",
    tags=("example",),
    variables=IN.variables,
    annotations=(
        Annotation("Deployments", Query(IN("version")), "{{version}}", "deployed", NOTE),
        firing('account_id=~"$account"'),
    ),
    links=(dashboard("overview", "Overview"), Link("Wiki", "https://wiki.agency.gov")),
    rows=(
        Row(
            "Now",
            (
                Text(title="Read this", content="**Numbers** below.", height=2),
                Stat(
                    title="Things",
                    description="How many there are.",
                    unit=Unit.COUNT,
                    queries=(Query(f"count({IN('info')})"),),
                ),
                Stat(
                    title="Busiest",
                    description="The most of a day.",
                    unit=Unit.PERCENT,
                    queries=(Query(IN("cpu"), "{{name}}"),),
                    thresholds=limits(ALERTS, "CpuHigh", "CpuSpent"),
                    calculation="max",
                    trend=True,
                    decimals=1,
                ),
                Table(
                    title="Each thing",
                    description="Its use.",
                    unit=Unit.COUNT,
                    queries=(Query(f"avg by (name) ({IN('cpu')})"), Query(f"avg by (name) ({IN('memory')})")),
                    columns=(
                        Column("name", "Thing"),
                        Column(0, "CPU, %", limits(ALERTS, "CpuHigh")),
                        Column(1, "Memory, bytes"),
                    ),
                    sort="CPU, %",
                    row_links=(Link("Thing", '{daemon}/things/${__data.fields["Thing"]}'),),
                    width=16,
                ),
                alert_table("Firing", "What fires.", 'name=~"$resource"'),
            ),
        ),
        Row(
            "Over time",
            (
                TimeSeries(
                    title="CPU",
                    description="In use.",
                    unit=Unit.PERCENT,
                    queries=(Query(IN("cpu"), "{{name}}"),),
                    thresholds=limits(ALERTS, "CpuHigh", "CpuSpent"),
                    links=(Link("Why", "https://wiki.agency.gov/cpu"),),
                    minimum=0,
                    maximum=100,
                ),
                TimeSeries(
                    title="Memory",
                    description="Free.",
                    unit=Unit.BYTES,
                    queries=(Query(IN("memory"), "{{name}}"),),
                    thresholds=limits(ALERTS, "MemoryLow"),
                    empty="nothing tells its memory.",
                ),
                TimeSeries(
                    title="Requests",
                    description="By code.",
                    unit=Unit.REQUESTS_PER_SECOND,
                    queries=(Query(f"rate({IN('requests_total')}[$__rate_interval])", "{{code}}"),),
                    draw=BARS,
                    stacked=True,
                    summary=(),
                ),
                StateTimeline(
                    title="State",
                    description="Of each thing.",
                    queries=(Query(IN("state"), "{{name}}"),),
                    states=(State(0, "ok", GOOD), State(1, "in alarm", BAD)),
                ),
                StateTimeline(
                    title="Level",
                    description="Of each thing.",
                    queries=(Query(IN("level"), "{{name}}"),),
                    thresholds=(below(1, WARN), above(9, BAD)),
                ),
            ),
            collapsed=True,
        ),
    ),
)
