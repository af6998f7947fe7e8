"""The daemon itself: whether it runs, sees, spends and remembers as it should.

What it sees of AWS is in daemon_collection.py, Prometheus and Alertmanager in monitoring.py.
"""

from alerts._examples import example
from ppbe_observe.alerting import COUNT, HOUR, INFO, MINUTE, PAGE, RATIO, SECONDS, TICKET, Alert, Example, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE

JOB = '{job="ppbe-observe"}'
SCRAPED = {"instance": "127.0.0.1:9106", "job": "ppbe-observe"}
PAIR = {**SCRAPED, "exporter": "rds", **PLACE}
OF_PAIR = ("exporter", "account_id", "region")
EXPORTER = {**SCRAPED, "exporter": "rds"}
OF_EXPORTER = {"exporter": "rds", "instance": SCRAPED["instance"]}

FAILURES = "ppbe_observe_collect_failures_total"
RUNS = "ppbe_observe_job_runs_total"
SPENT, LIMIT = "ppbe_observe_budget_month_to_date_dollars", "ppbe_observe_budget_limit_dollars"


RUNNING = RuleGroup(
    name="daemon",
    rules=(
        Alert(
            name="ObserveDown",
            expr=f"up{JOB} == 0",
            severity=PAGE,
            owner="sre",
            summary="ppbe-observe is down",
            description="Prometheus cannot scrape {instance}: no alert about AWS can fire.",
            reason="Five minutes are ten scrapes, more than a restart takes (two seconds, and 30 to stop).",
            lasts=5 * MINUTE,
            keeps=5 * MINUTE,
            resource=("instance",),
        ),
        Alert(
            name="ObserveAbsent",
            expr=f"absent(up{JOB})",
            severity=PAGE,
            owner="sre",
            summary="Prometheus does not know of ppbe-observe",
            description="There is no target of the job {job}: no alert about AWS can fire.",
            reason="A target that was taken out of prometheus.yml, or a job that was renamed, is not down: it is not "
            "there.",
            lasts=10 * MINUTE,
            resource=("job",),
            runbook="ObserveDown",
            example=Example(
                fires={},
                quiet={'up{instance="127.0.0.1:9106",job="ppbe-observe"}': "1x60"},
                labels={"job": "ppbe-observe"},
                value=1,
                absent=True,
            ),
        ),
        Alert(
            name="ObserveRestarts",
            expr=f"changes(process_start_time_seconds{JOB}[1h]) > 3",
            severity=TICKET,
            owner="sre",
            summary="ppbe-observe restarts again and again",
            description="{instance} started {value} times within an hour (threshold {threshold}).",
            reason="Three are a deployment with its rollback. More is a crash or the memory limit of its container.",
            resource=("instance",),
            runbook="ObserveDown",
            keeps=15 * MINUTE,
            example=example(
                SCRAPED,
                {"process_start_time_seconds": "1x10 2x10 3x10 4x10 5x100"},
                {"process_start_time_seconds": "1x10 2x10 3x10 4x100"},
                4,
                begins=44 * MINUTE,
            ),
        ),
        Alert(
            name="ObserveFilesExhausted",
            expr="process_open_fds / process_max_fds > 0.8",
            severity=TICKET,
            owner="sre",
            summary="A process is near the limit of its open files",
            description="{job} at {instance} uses {value} of the files that it may open (threshold {threshold}).",
            reason="At the limit it accepts no scrape and opens no connection. A fifth is left for looking at it.",
            unit=RATIO,
            lasts=15 * MINUTE,
            resource=("job", "instance"),
            runbook="ObserveDown",
            example=example(
                SCRAPED,
                {"process_open_fds": 900, "process_max_fds": 1024},
                {"process_open_fds": 800, "process_max_fds": 1024},
                900 / 1024,
            ),
        ),
        Alert(
            name="ObservePageOld",
            expr="time() - ppbe_observe_render_timestamp_seconds > 600",
            severity=PAGE,
            owner="sre",
            summary="ppbe-observe shows an old page",
            description="The metrics at {instance} were rendered {value} ago (threshold {threshold}): they look alive "
            "and are not.",
            reason="Each run renders anew, and most exporters run each minute. A page of ten minutes ago is what "
            "every other alert takes for the present.",
            unit=SECONDS,
            lasts=5 * MINUTE,
            resource=("instance",),
            runbook="ObserveRender",
            example=example(
                SCRAPED,
                {"ppbe_observe_render_timestamp_seconds": -660},
                {"ppbe_observe_render_timestamp_seconds": "0+60x150"},
                660 + 300,
            ),
        ),
        Alert(
            name="ObserveRenderFails",
            expr="increase(ppbe_observe_render_failures_total[15m]) > 0",
            severity=TICKET,
            owner="sre",
            summary="ppbe-observe fails to render its page",
            description="{instance} failed {value} times in 15 minutes to render its metrics; the last good page "
            "stays.",
            reason="Rendering never fails unless something is wrong in the program; ObservePageOld pages when nothing "
            "succeeds.",
            resource=("instance",),
            runbook="ObserveRender",
            example=example(
                SCRAPED,
                {"ppbe_observe_render_failures_total": "0+1x150"},
                {"ppbe_observe_render_failures_total": 3},
                1,
                begins=MINUTE,
            ),
        ),
        Alert(
            name="ObserveReloadRefused",
            expr="ppbe_observe_config_last_reload_successful == 0",
            severity=TICKET,
            owner="sre",
            summary="ppbe-observe refused new settings",
            description="{instance} runs with its old settings: the new ones are wrong.",
            reason="A reload that is refused changes nothing, and nobody looks at the log of a reload. The next start "
            "would fail.",
            lasts=10 * MINUTE,
            resource=("instance",),
        ),
        Alert(
            name="ObserveStateQuarantined",
            expr="ppbe_observe_state_quarantined_files > 0",
            severity=TICKET,
            owner="sre",
            summary="A corrupt state database was moved aside",
            description="{value} corrupt databases of {instance} wait for a person.",
            reason="Counters began anew, and the dates of open findings are in the file that was moved: it has to be "
            "looked at before it is deleted.",
            lasts=5 * MINUTE,
            resource=("instance",),
            runbook="ObserveState",
        ),
        Alert(
            name="ObserveStateFails",
            expr=f'increase({FAILURES}{{reason="state"}}[30m]) > 0',
            severity=TICKET,
            owner="sre",
            summary="ppbe-observe cannot write its state",
            description="{exporter} could not keep its state {value} times in 30 minutes ({account_id}/{region}).",
            reason="Disk full, rights, or PostgreSQL unreachable: metrics go on, but after a restart counters begin "
            "anew and the history of findings has a gap.",
            lasts=10 * MINUTE,
            resource=OF_PAIR,
            runbook="ObserveState",
            example=example({**PAIR, "reason": "state"}, {FAILURES: "0+1x150"}, {FAILURES: 7}, 11, begins=MINUTE),
        ),
        Alert(
            name="ObserveSeriesDropped",
            expr="sum by (exporter, reason, instance) (increase(ppbe_observe_series_dropped_total[1h])) > 0",
            severity=TICKET,
            owner="sre",
            summary="ppbe-observe leaves series out",
            description="{value} series of {exporter} were not shown within an hour ({reason}).",
            reason="A cap (limits.*), a name that is twice or impossible: what is left out is not alerted on.",
            lasts=15 * MINUTE,
            resource=("exporter", "reason", "instance"),
            example=example(
                {**EXPORTER, "reason": "series_total"},
                {"ppbe_observe_series_dropped_total": "0+10x150"},
                {"ppbe_observe_series_dropped_total": 10},
                160,
                begins=MINUTE,
                result={**OF_EXPORTER, "reason": "series_total"},
            ),
        ),
    ),
)

WORKING = RuleGroup(
    name="daemon-schedule",
    rules=(
        Alert(
            name="ObserveBudgetNear",
            expr=f"{SPENT} / {LIMIT} > 0.8 and on () day_of_month() < 24",
            severity=TICKET,
            owner="sre",
            summary="The month's budget for GetMetricData is nearly spent",
            description="{value} of the budget of this month is spent (threshold {threshold}).",
            reason="At the limit nothing is asked any more. Even spending reaches 80 % on the 25th: before the 24th "
            "it is too fast, and the month will end unwatched.",
            unit=RATIO,
            lasts=15 * MINUTE,
            resource=("instance",),
            runbook="ObserveBudget",
            example=example(SCRAPED, {SPENT: 85, LIMIT: 100}, {SPENT: 79, LIMIT: 100}, 0.85),
        ),
        Alert(
            name="ObserveBudgetSpent",
            expr=f"{SPENT} / {LIMIT} >= 1",
            severity=PAGE,
            owner="sre",
            summary="The month's budget for GetMetricData is spent",
            description="{value} of the budget of this month is spent: CloudWatch is not asked any more, its alerts "
            "cannot fire.",
            reason="A budget that was meant to save dollars makes production unwatched: somebody decides now.",
            unit=RATIO,
            lasts=5 * MINUTE,
            resource=("instance",),
            runbook="ObserveBudget",
            example=example(SCRAPED, {SPENT: 100, LIMIT: 100}, {SPENT: 99, LIMIT: 100}, 1),
        ),
        Alert(
            name="ObserveBudgetCuts",
            expr=f'increase({FAILURES}{{reason="budget"}}[30m]) > 0',
            severity=TICKET,
            owner="sre",
            summary="An exporter is cut to stay within the budget",
            description="{exporter} in {account_id}/{region} was left out {value} times in 30 minutes.",
            reason="The projected month costs more than budget.monthly_dollars, and the last exporters by name are "
            "cut: their alerts cannot fire. Usually new resources, or a shorter interval.",
            lasts=30 * MINUTE,
            resource=OF_PAIR,
            runbook="ObserveBudget",
            example=example({**PAIR, "reason": "budget"}, {FAILURES: "0+1x150"}, {FAILURES: 7}, 30, begins=MINUTE),
        ),
        Alert(
            name="ObserveRunsMissed",
            expr=f'sum by (exporter, instance) (increase({RUNS}{{outcome=~"missed|skipped"}}[30m])) > 5',
            severity=TICKET,
            owner="sre",
            summary="Runs of an exporter do not begin",
            description="{value} due runs of {exporter} never began in 30 minutes (threshold {threshold}).",
            reason="A few are a restart or a busy minute. More: the workers are all busy, or a run does not end.",
            lasts=10 * MINUTE,
            resource=("exporter", "instance"),
            runbook="ObserveRuns",
            example=example(
                {**EXPORTER, "outcome": "missed"},
                {RUNS: "0+1x150"},
                {RUNS: "0x60 5x90"},
                16,
                begins=6 * MINUTE,
                result=OF_EXPORTER,
            ),
        ),
        Alert(
            name="ObserveRunsFail",
            expr=f'sum by (exporter, instance) (increase({RUNS}{{outcome="failed"}}[30m])) > 3',
            severity=TICKET,
            owner="sre",
            summary="Runs of an exporter end in an error",
            description="{value} runs of {exporter} broke off in 30 minutes (threshold {threshold}).",
            reason="A run that AWS refuses ends with its failures told; one that breaks off is a defect of ours.",
            lasts=10 * MINUTE,
            resource=("exporter", "instance"),
            runbook="ObserveRuns",
            example=example(
                {**EXPORTER, "outcome": "failed"},
                {RUNS: "0+1x150"},
                {RUNS: "0x60 3x90"},
                14,
                begins=4 * MINUTE,
                result=OF_EXPORTER,
            ),
        ),
        Alert(
            name="ObserveRunsOverrun",
            expr="increase(ppbe_observe_job_overruns_total[1h]) > 3",
            severity=TICKET,
            owner="sre",
            summary="Runs of an exporter take longer than they may",
            description="{value} runs of {exporter} passed their deadline within an hour (threshold {threshold}).",
            reason="schedule.deadline is 55 seconds: a longer run makes the next one late, and data older than it "
            "seems.",
            lasts=10 * MINUTE,
            resource=("exporter", "instance"),
            runbook="ObserveRuns",
            example=example(
                EXPORTER,
                {"ppbe_observe_job_overruns_total": "0+1x150"},
                {"ppbe_observe_job_overruns_total": "0x60 2x90"},
                14,
                begins=4 * MINUTE,
            ),
        ),
        Alert(
            name="ObserveRunsLate",
            expr="increase(ppbe_observe_job_late_starts_total[1h]) > 30",
            severity=INFO,
            owner="sre",
            summary="Runs of an exporter wait for a worker",
            description="{value} runs of {exporter} waited for a free worker within an hour (threshold {threshold}).",
            reason="Half of the runs of an exporter that runs each minute: schedule.workers is too small for these "
            "targets.",
            unit=COUNT,
            lasts=HOUR,
            resource=("exporter", "instance"),
            runbook="ObserveRuns",
            example=example(
                EXPORTER,
                {"ppbe_observe_job_late_starts_total": "0+4x240"},
                {"ppbe_observe_job_late_starts_total": "0x60 29x90"},
                240,
                begins=8 * MINUTE,
                minutes=240,
            ),
        ),
    ),
)

GROUPS = (RUNNING, WORKING)
