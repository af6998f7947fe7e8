"""Whether the exporters have succeeded lately, as records. Pure."""

from collections.abc import Iterator, Sequence

from ppbe_observe.telemetry.plain import text_of
from ppbe_observe.web.readiness import Check, Readiness
from ppbe_observe.web.records.overview import Fresh, FreshExporter, Freshness


def freshness(readiness: Readiness) -> Freshness:
    """All of them, what is late first."""
    ordered = sorted(readiness.checks, key=lambda each: (each.ready, each.exporter, each.target.name))
    return Freshness(ready=readiness.ready, reason=readiness.reason, items=tuple(map(_fresh, ordered)))


def by_exporter(readiness: Readiness) -> Iterator[FreshExporter]:
    """Each exporter on all of its targets, what is late first."""
    grouped: dict[str, list[Check]] = {}
    for each in readiness.checks:
        grouped.setdefault(each.exporter, []).append(each)
    found = [_exporter(name, checks) for name, checks in grouped.items()]
    yield from sorted(found, key=lambda each: (-each.late, each.exporter))


def _exporter(name: str, checks: Sequence[Check]) -> FreshExporter:
    times = [each.last_success for each in checks]
    known = [each for each in times if each is not None]
    return FreshExporter(
        exporter=name,
        targets=len(checks),
        late=sum(not each.ready for each in checks),
        oldest_success=min(known) if len(known) == len(times) else None,
    )


def _fresh(check: Check) -> Fresh:
    return Fresh(
        exporter=check.exporter,
        account_id=check.target.account_id,
        region=check.target.region,
        ready=check.ready,
        reason=text_of(check.reason),
        last_success=check.last_success,
    )
