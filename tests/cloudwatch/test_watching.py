"""An alarm is on every resource that has its dimensions and the tags that its name wants."""

from ppbe_observe.cloudwatch.query import ListedMetric, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.cloudwatch.watching import Watched, settled, watched
from ppbe_observe.model import Labels, Resource, Target
from support.alarms import alarm

TARGET = Target("123456789012", "us-gov-west-1")


def database(name: str, kind: str = "rds:db", **tags: str) -> Resource:
    return Resource(f"arn:{name}", kind, TARGET, (("DBInstanceIdentifier", name),), tuple(tags.items()))


def found(*resources: Resource, listed: tuple[Labels, ...] = ()) -> tuple[Watched, ...]:
    metrics = [ListedMetric("CPUUtilization", each) for each in listed]
    return settled(watched(alarm(), TARGET, metrics, resources, Labelling(tags=("Environment",))))


def test_a_resource_is_watched_before_its_first_datapoint() -> None:
    (one,) = found(database("a", Environment="staging", Team="x"))
    assert one.stat == MetricStat("AWS/RDS", "CPUUtilization", (("DBInstanceIdentifier", "a"),), "Average", 60)
    assert (one.name, one.resource) == ("ppbe-staging-db-cpu", "arn:a")
    assert one.labels == (
        ("name", "arn:a"),
        ("account_id", "123456789012"),
        ("region", "us-gov-west-1"),
        ("dimension_DBInstanceIdentifier", "a"),
        ("tag_Environment", "staging"),
    )


def test_without_the_tags_of_its_name_there_is_no_alarm() -> None:
    assert found(database("a"), database("b", Environment=""), database("c", kind="rds:cluster", Environment="x")) == ()


def test_other_dimensions_and_vanished_resources_are_not_watched() -> None:
    listed = ((("DBInstanceIdentifier", "gone"),), (("DatabaseClass", "db.t4g.micro"),))
    assert [each.resource for each in found(database("a", Environment="x"), listed=listed)] == ["arn:a"]


def test_a_name_that_two_resources_want_is_nobodys() -> None:
    one, two, other = found(
        database("a", Environment="x"), database("b", Environment="x"), database("c", Environment="y")
    )
    assert (one.name, two.name, other.name) == ("", "", "ppbe-y-db-cpu")
    assert (one.wanted, one.contested, other.contested) == ("ppbe-x-db-cpu", True, False)
