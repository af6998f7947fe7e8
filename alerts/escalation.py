"""Who is told of which alert, when, and how.

Account ids, addresses and paths are those of the simulated estate: edit them for yours. Secrets are in files on the
machine of Alertmanager, which only it may read. ``docs/guides/escalation.md`` explains it.
"""

from datetime import timedelta

from ppbe_observe.alerting import INFO, MINUTE, PAGE, TICKET
from ppbe_observe.alerting.escalation import (
    L1,
    L2,
    L3,
    NOBODY,
    Email,
    Escalation,
    Grouping,
    HttpAuth,
    Inhibition,
    Ladder,
    PagerDuty,
    Receiver,
    Route,
    Slack,
    Sns,
    Step,
    TimeInterval,
    Watchdog,
    Webhook,
)

TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
DAEMON = "http://127.0.0.1:9106/api/v1/alertmanager"
SECRETS = "/etc/alertmanager/secrets"

MAIL = {
    "sender": "ppbe-observe@ppbe.example.gov",
    "smarthost": "smtp.ppbe.example.gov:587",
    "username": "ppbe-observe",
    "password_file": f"{SECRETS}/smtp-password",
}
AS_ALERTMANAGER = HttpAuth(bearer_file=f"{SECRETS}/observe-token")

RECEIVERS = (
    Receiver(name="on-call", to=(Sns(topic=TOPIC),)),
    Receiver(name="second-on-call", to=(PagerDuty(routing_key_file=f"{SECRETS}/pagerduty-key"),)),
    Receiver(name="management", to=(Email(to="ppbe-management@ppbe.example.gov", **MAIL),)),
    Receiver(name="tickets", to=(Slack(url_file=f"{SECRETS}/slack-url", channel="#ppbe-tickets"),)),
    Receiver(name="compliance", to=(Email(to="ppbe-isso@ppbe.example.gov", **MAIL),)),
    Receiver(name="incidents", to=(Webhook(url=DAEMON, auth=AS_ALERTMANAGER),)),
    Receiver(name="heartbeat", to=(Webhook(url=DAEMON, auth=AS_ALERTMANAGER),), resolved=False),
)

SOON = Grouping(wait=timedelta(seconds=10), interval=MINUTE)
"""A page does not wait long for others to come with it, and its end is told within a minute."""

STAGING = ('tag_Environment="staging"', 'severity="page"')

ESCALATION = Escalation(
    receivers=RECEIVERS,
    ladders=(
        # 15 and 30 minutes: what was agreed with management for a system that people plan their day on.
        Ladder(
            severity=PAGE,
            steps=(
                Step(level=L1, receiver="on-call"),
                Step(level=L2, receiver="second-on-call", after=15 * MINUTE),
                Step(level=L3, receiver="management", after=30 * MINUTE),
            ),
            grouping=SOON,
        ),
        # Nobody reads tickets at night: those that still fire come in the morning.
        Ladder(severity=TICKET, steps=(Step(level=L1, receiver="tickets"),), during="working-hours"),
        # A control that fails is told at once: its deadline runs from now.
        Ladder(severity=TICKET, owner="isso", steps=(Step(level=L1, receiver="compliance"),)),
    ),
    # Nobody is woken for staging: what would page is a ticket, and climbs no further.
    routes=(
        Route(matchers=(*STAGING, f'escalation="{L1}"'), receiver="tickets", during=("working-hours",)),
        Route(matchers=STAGING, receiver=NOBODY),
    ),
    unsent=(INFO,),
    fallback="on-call",
    records="incidents",
    watchdog=Watchdog(receiver="heartbeat"),
    inhibitions=(
        # Whoever is paged for a resource needs no ticket of it; what the ISSO is told of is another matter.
        Inhibition(source=('severity="page"',), target=('severity="ticket"',), same=("name", "owner")),
        # An objective that burns fast burns slowly, too.
        Inhibition(
            source=('severity="page"',),
            target=('severity="ticket"',),
            same=("slo", "account_id", "region", "tag_Environment"),
        ),
        # Nothing is seen while the daemon is down: what misses its series says follows="ObserveDown".
        Inhibition(source=('alertname="ObserveDown"',), target=('alertname!="ObserveDown"', 'follows="ObserveDown"')),
    ),
    intervals=(
        TimeInterval(
            name="working-hours",
            weekdays=("monday:friday",),
            times=(("08:00", "18:00"),),
            location="America/New_York",
        ),
    ),
)
