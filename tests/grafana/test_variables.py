"""What can be chosen on a dashboard, and the filter that it is."""

import pytest

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana import Scope, Variable

IN = Scope("aws_rds_info")


def test_a_metric_of_what_is_chosen() -> None:
    assert IN("m") == 'm{account_id=~"$account",region=~"$region",tag_Environment=~"$environment",name=~"$resource"}'


def test_a_further_matcher() -> None:
    assert Scope("up", ("account",))("m", 'state="alarm"') == 'm{account_id=~"$account",state="alarm"}'


def test_less_of_it() -> None:
    assert IN.only("account", "region")("m") == 'm{account_id=~"$account",region=~"$region"}'


def test_a_metric_without_tags_is_joined_with_what_has_them() -> None:
    scope = Scope("info", ("account", "environment"))
    assert scope.joined("fact") == (
        '(fact{account_id=~"$account"} and on (name) info{account_id=~"$account",tag_Environment=~"$environment"})'
    )


def test_each_variable_offers_what_those_before_it_leave() -> None:
    assert [(each.name, each.label, each.series) for each in Scope("info").variables] == [
        ("account", "account_id", "info"),
        ("region", "region", 'info{account_id=~"$account"}'),
        ("environment", "tag_Environment", 'info{account_id=~"$account",region=~"$region"}'),
        (
            "resource",
            "name",
            'info{account_id=~"$account",region=~"$region",tag_Environment=~"$environment"}',
        ),
    ]


def test_what_is_no_part_of_a_scope_is_refused() -> None:
    with pytest.raises(DefinitionError, match="a scope has account, region, environment, resource, not zone"):
        Scope("info", ("zone",))


@pytest.mark.parametrize("name", ["", "Account", "2nd", "datasource"])
def test_a_variable_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(DefinitionError, match="give it a name of its own"):
        Variable(name, "x", "up", "job")
