"""Numbers of dashboards that are reckoned, on series that are known: what they say, and when they say nothing."""

from pathlib import Path

import pytest

from ppbe_observe.generate.estate import read_estate
from ppbe_observe.grafana.panels import Panel
from support.project import PROJECT
from support.promql import answers

PANELS = {
    (dashboard.slug, panel.title): panel
    for dashboard in read_estate(PROJECT).dashboards
    for panel in dashboard.panels
    if isinstance(panel, Panel)
}
OF = 'slo="availability",account_id="1",region="west",tag_Environment="production"'
SHOWN = '{slo="availability",account_id="1",region="west",tag_Environment="production"}'
PLACE = 'account_id="1",region="west"'
DUE = f'fedramp_finding_due_timestamp_seconds{{check="c",resource="r",severity="high",{PLACE}}}'
SAW = f'ppbe_observe_collect_success{{exporter="rds",{PLACE}}}'
DAY = 86_400  # seconds


def states(label: str, **worst: str) -> dict[str, str]:
    """A series for each state of each control (``ac_2``), indicator or family."""
    every = ("fail", "unknown", "exempt", "pass", "not_applicable", "not_automated")
    return {
        f'fedramp_{label}_state{{{label}="{name.replace("_", "-")}",state="{state}"}}': f"{int(state == found)}x5"
        for name, found in worst.items()
        for state in every
    }


def of(label: str, **values: int) -> list[str]:
    """What is shown of each control or family."""
    return [f'{{{label}="{name}"}} {value}' for name, value in values.items()]


OBJECTIVE = {
    'slo:objective:ratio{slo="availability"}': "0.999x5",
    'slo:error_budget:ratio{slo="availability"}': "0.001x5",
}
BURNING = {
    **OBJECTIVE,
    f"slo:sli_error:ratio_rate1h{{{OF}}}": "0.02x5",
    f"slo:sli_error:ratio_rate5m{{{OF}}}": "0.016x5",
    f"slo:sli_error:ratio_rate6h{{{OF}}}": "0.0055x5",
    f"slo:sli_error:ratio_rate30m{{{OF}}}": "0.02x5",
    f"slo:sli_total:increase5m{{{OF}}}": "1000x5",
    f"slo:period_error_budget_remaining:ratio{{{OF}}}": "0.5x5",
}
JUDGED = {f"fedramp_evaluation_timestamp_seconds{{{PLACE}}}": "0x5"}
STATES = states("control", ac_2="fail", ac_3="pass", au_11="unknown", cp_9="exempt", at_1="not_automated")


@pytest.mark.parametrize(
    ("asked", "series", "shown"),
    [
        (("slo", "Without data", 0), OBJECTIVE, ["{} 1"]),
        (("slo", "Without data", 0), BURNING, ["{} 0"]),
        (("slo", "Outage that is left", 0), BURNING, ["{} 1296"]),
        (("slo", "Lasts", 0), BURNING, ["{} 64800"]),
        (("slo", "Lasts", 0), {**BURNING, f"slo:sli_error:ratio_rate1h{{{OF}}}": "0.0005x5"}, []),
        (("slo", "Limits exceeded", 0), BURNING, [f"{SHOWN} 2"]),
        (("slo", "Limits exceeded", 1), BURNING, [f"{SHOWN} 0"]),
        (("compliance", "Controls that do not pass", 0), STATES, of("control", **{"ac-2": 5, "au-11": 4, "cp-9": 3})),
        (("compliance", "Families", 0), STATES, of("family", ac=1, at=0, au=0, cp=0)),
        (("compliance", "Families", 5), STATES, of("family", ac=100, at=0, au=100, cp=100)),
        (("compliance", "Overdue", 0), {}, []),
        (("compliance", "Overdue", 0), JUDGED, ["{} 0"]),
        (("compliance", "Overdue", 0), {**JUDGED, DUE: "60x5"}, ["{} 1"]),
        (("compliance", "Due within a week", 0), {**JUDGED, DUE: f"{7 * DAY}x5"}, ["{} 1"]),
        (("compliance", "Due within a week", 0), {**JUDGED, DUE: f"{8 * DAY}x5"}, ["{} 0"]),
        (("incidents", "Open pages", 0), {}, []),
        (("incidents", "Open pages", 0), {"ppbe_incidents_reconciled_age_seconds": "30x5"}, ["{} 0"]),
        (("incidents", "Open pages", 0), {'ppbe_incidents_open{alertname="A",severity="page"}': "2x5"}, ["{} 2"]),
        (("daemon", "Blind collectors", 0), {}, []),
        (("daemon", "Blind collectors", 0), {SAW: "1x5"}, ["{} 0"]),
        (("daemon", "Blind collectors", 0), {SAW: "0x5"}, ["{} 1"]),
    ],
)
def test_a_number_is_exact_and_none_where_nobody_knows(
    tmp_path: Path, asked: tuple[str, str, int], series: dict[str, str], shown: list[str]
) -> None:
    slug, title, number = asked
    assert answers(tmp_path, PANELS[slug, title].queries[number].expr, series, m4=shown) == ""
