"""What Prometheus has recorded, as records: how objectives stand, and what fires. I/O only in ``recorded``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.incidents import WATCHDOG, identity_of, named_resource, resource_of
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.alerting.rules import Severity
from ppbe_observe.alerting.slo.standing import QUERY, RATES, Standing, standings
from ppbe_observe.model import Identity, Incident
from ppbe_observe.peers.prometheus import Prometheus, Result
from ppbe_observe.telemetry.plain import text_of
from ppbe_observe.views.asking import Told
from ppbe_observe.web.records.objectives import Alert, Alerts, Objective, Slos

FIRING = 'ALERTS{alertstate="firing"}'
SINCE = "ALERTS_FOR_STATE"
"""Its values are when each alert became active (seconds since the epoch)."""
NOT_CONFIGURED = (
    "Nobody has said where Prometheus is: set prometheus.url in the settings, and the objectives and what fires are "
    "shown here."
)
_Named = tuple[str, str]
"""The alert, and the name of the resource."""
_OWN = frozenset({"__name__", "alertstate"})
_SEVERITIES = [each.value for each in Severity]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What Prometheus has told."""

    standings: tuple[Standing, ...] = ()
    firing: tuple[Result, ...] = ()
    since: tuple[Result, ...] = ()


def recorded(server: Prometheus) -> Recorded:
    """Ask for everything that pages need.

    Raises:
        PeerError: It does not answer.
    """
    standing = standings((each.labels, each.points[-1][1]) for each in server.query(QUERY))
    return Recorded(standing, server.query(FIRING), server.query(SINCE))


def slos(told: Told[Recorded] | None) -> Slos:
    """How the objectives stand; None where nobody has said where Prometheus is."""
    answer = told.answer if told else None
    return Slos(
        configured=told is not None,
        answered_at=told.at if told and answer else None,
        notice=_notice(told) or _nothing(answer),
        items=tuple(map(_objective, answer.standings)) if answer else (),
    )


def alerts(told: Told[Recorded] | None, known: Iterable[Incident]) -> Alerts:
    """What fires, pages before tickets; ``known`` are the open incidents, the newest first."""
    answer = told.answer if told else None
    return Alerts(
        configured=told is not None,
        answered_at=told.at if told and answer else None,
        notice=_notice(told),
        items=tuple(_alerts(answer, known)) if answer else (),
    )


def _notice(told: Told[Recorded] | None) -> str:
    if told is None:
        return NOT_CONFIGURED
    if not told.error:
        return ""
    old = f" What is shown is of {told.at:%H:%M:%S} UTC." if told.at else ""
    return f"Prometheus cannot tell: {told.error}.{old}"


def _nothing(answer: Recorded | None) -> str:
    if answer is None or answer.standings:
        return ""
    return (
        "Prometheus has recorded no objective: load the rules that ppbe-observe generate writes, and wait for their "
        "first evaluation."
    )


def _objective(standing: Standing) -> Objective:
    spent = standing.spent_in
    return Objective(
        slo=text_of(standing.slo),
        service=text_of(standing.service),
        labels={text_of(name): text_of(text) for name, text in standing.by.items()},
        outcome=standing.outcome.value,
        objective=standing.objective,
        window_seconds=int(standing.window.total_seconds()),
        good=standing.good,
        budget_left=standing.left,
        burn_rates={duration(window): standing.burns.get(window) for window in RATES},
        spent_in_seconds=None if spent is None else int(spent.total_seconds()),
    )


def _alerts(answer: Recorded, known: Iterable[Incident]) -> Sequence[Alert]:
    incidents: dict[_Named, list[Incident]] = defaultdict(list)
    for incident in known:
        incidents[_named(incident.identity)].append(incident)
    since = {_key(each.labels): each.points[-1][1] for each in answer.since}
    steps: dict[Identity, list[Result]] = {}
    for each in answer.firing:
        if each.labels.get("alertname") != WATCHDOG:
            steps.setdefault(identity_of(_labels(each.labels)), []).append(each)
    found = (_alert(identity, firing, since, incidents.get(_named(identity), ())) for identity, firing in steps.items())
    return sorted(found, key=lambda each: (_rank(each.severity), each.alert, each.resource))


def _alert(
    identity: Identity,
    firing: Sequence[Result],
    since: Mapping[tuple[tuple[str, str], ...], float],
    known: Iterable[Incident],
) -> Alert:
    began = (_moment(since[key]) for each in firing if (key := _key(each.labels)) in since)
    return Alert(
        alert=text_of(identity.alertname),
        severity=text_of(identity.get("severity")),
        resource=text_of(resource_of(identity)),
        steps=tuple(sorted(text_of(each.labels[ESCALATION]) for each in firing if each.labels.get(ESCALATION))),
        since=min(filter(None, began), default=None),
        incident=_known_as(identity, known),
    )


def _named(identity: Identity) -> _Named:
    return identity.alertname, named_resource(identity)


def _known_as(identity: Identity, known: Iterable[Incident]) -> str:
    """The id of the incident that shares most labels, the newest of several; empty where each differs in one.

    The labels need not be the same: on the way to Alertmanager, Prometheus adds its external ones and may drop others.
    """
    shared = ((_shared(dict(identity.labels), dict(each.identity.labels)), each.id) for each in known)
    return max((each for each in shared if each[0]), key=itemgetter(0), default=(0, ""))[1]


def _shared(mine: Mapping[str, str], others: Mapping[str, str]) -> int:
    """How many labels both have; 0 where one has another value."""
    both = mine.keys() & others.keys()
    return len(both) if all(mine[name] == others[name] for name in both) else 0


def _moment(seconds: float) -> datetime | None:
    """None where it is no time: what answers may be no Prometheus."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in labels.items() if name not in _OWN}


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(_labels(labels).items()))


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)
