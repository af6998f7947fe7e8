"""Families: names, kinds, labels and values, whatever the tags hold."""

from datetime import UTC, datetime

import pytest

from ppbe_observe.cloudwatch import AVERAGE, SUM, Exporter, Fact, Metric
from ppbe_observe.cloudwatch.query import Answer, Datapoint, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling, Wanted
from ppbe_observe.collect.families import families
from ppbe_observe.collect.tracks import Tracks
from ppbe_observe.exposition.formats import Format
from ppbe_observe.exposition.renderer import Renderer
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Facts, Family, Kind, Labels, Resource, Sample, Snapshot, Target

NOW = 1_800_000_065.0
TARGET = Target("123456789012", "us-gov-west-1")
ARN = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:a"
DIMENSIONS = (("DBInstanceIdentifier", "a"),)
BASE = (("name", ARN), ("account_id", "123456789012"), ("region", "us-gov-west-1"))
RDS = Exporter(
    namespace="AWS/RDS",
    resources="rds:db",
    metrics=(Metric("CPUUtilization", AVERAGE, help="CPU."), Metric("Errors", SUM, help="Errors.")),
    info={"engine": "Engine", "multi_az": "MultiAZ", "size": "Nested.Size"},
    facts=(Fact("AllocatedStorage", "allocated_storage_bytes", "Size.", scale=1024.0),),
    name="rds",
)
NASTY = 'quote " backslash \\ newline \n emoji \N{PILE OF POO} tab \t nul \x00'


def database(tags: Labels = (), dimensions: Labels = DIMENSIONS, **facts: object) -> Resource:
    return Resource(ARN, "rds:db", TARGET, dimensions, tags, facts=facts)


def of(*resources: Resource, tracks: Tracks | None = None, labelling: Labelling | None = None) -> dict[str, Family]:
    found = families(RDS, tracks or Tracks(RDS), resources, labelling or Labelling(tags=("Name",)), NOW)
    return {family.name: family for family in found}


def test_without_anything_seen_there_is_no_family() -> None:
    assert of() == {}


def test_info_carries_labels_and_facts_their_numbers() -> None:
    facts: Facts = {"Engine": "postgres", "MultiAZ": True, "Nested": {"Size": 3}, "AllocatedStorage": 2}
    found = of(database((("Name", "ledger"), ("Secret", "no")), **facts))
    labels = (*BASE, ("dimension_DBInstanceIdentifier", "a"))
    info = (*labels, ("tag_Name", "ledger"), ("engine", "postgres"), ("multi_az", "true"), ("size", "3"))
    assert found["aws_rds_info"].samples == (Sample(info, 0.0),)
    assert found["aws_rds_allocated_storage_bytes"].samples == (Sample(labels, 2048.0),)
    assert set(found) == {"aws_rds_info", "aws_rds_allocated_storage_bytes"}


def test_a_resource_of_another_namespace_has_no_info() -> None:
    assert of(database(dimensions=())) == {}


def test_gauges_and_counters_come_from_the_tracks() -> None:
    tracks = Tracks(RDS)
    stats = [MetricStat("AWS/RDS", metric.name, DIMENSIONS, metric.statistics[0], 60) for metric in RDS.metrics]
    tracks.select([Wanted(stat, metric, BASE) for stat, metric in zip(stats, RDS.metrics, strict=True)])
    for track, value in zip(tracks, (40.0, 3.0), strict=True):
        question = track.question(NOW)
        assert question is not None
        points = (Datapoint(question.window.end - 120, value), Datapoint(question.window.end - 60, value + 1))
        track.take(question.window, Answer(points), NOW)
    found = of(tracks=tracks)
    assert {name: (family.kind, family.samples) for name, family in found.items()} == {
        "aws_rds_cpuutilization_average": (Kind.GAUGE, (Sample(BASE, 41.0),)),
        "aws_rds_errors_sum": (Kind.GAUGE, (Sample(BASE, 4.0),)),
        "aws_rds_errors_total": (Kind.COUNTER, (Sample(BASE, 7.0),)),
    }
    assert found["aws_rds_errors_total"].help.startswith("Errors. Accumulated: ")


@pytest.mark.parametrize("text", [NASTY, "lone \ud800 surrogate", "", "x" * 100_000, "{}", 'a",b="c'])
def test_whatever_a_tag_holds_the_page_stays_whole(text: str) -> None:
    """Its line is one line, that says what UTF-8 can say; no label escapes from its quotes."""
    snapshot = Snapshot(
        "rds", TARGET, datetime.fromtimestamp(NOW, UTC), tuple(of(database((("Name", text),))).values())
    )
    store = SeriesStore()
    store.publish(snapshot)
    renderer = Renderer(store)
    renderer.update()
    page = b"".join(renderer.pages(()).page(Format.TEXT, gzip=False).chunks).decode("utf-8", "strict")
    (line,) = [each for each in page.split("\n") if each and not each.startswith("#")]
    assert line.startswith("aws_rds_info{")
    assert line.endswith(("} 0.0", "} 0"))
    assert len(line) < 2000


def test_of_a_million_tags_only_the_allowed_become_labels() -> None:
    tags = (*((f"key-{number}", "x") for number in range(1_000_000)), ("Name", "ledger"))
    (sample,) = of(database(tags))["aws_rds_info"].samples
    assert sample.labels == (*BASE, ("dimension_DBInstanceIdentifier", "a"), ("tag_Name", "ledger"))
