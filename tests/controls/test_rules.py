"""Checks as the settings want them."""

from typing import Any

import pytest

from ppbe_observe.assessment.examiner import Examiner
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Exemption, Severity
from ppbe_observe.settings import Settings, TargetSettings
from support.findings import NOW, thing, thing_check

CHECK = thing_check("thing_kept", min_days=30, flags=("a", "b"), ports=(22,), strict=True, name="x", needs=("t:Get",))
OTHER = thing_check("thing_other", uses=("things:part",))


def rules(overrides: Any = None, environments: Any = None, exemptions: Any = ()) -> Rules:
    return Rules([CHECK, OTHER], overrides or {}, environments or {}, "production", exemptions)


def parameters(given: Rules, environment: str = "production") -> dict[str, Any]:
    rule = given.of(CHECK, environment)
    assert rule is not None
    return dict(rule.parameters)


def test_without_settings_it_is_as_declared() -> None:
    assert parameters(rules()) == {"min_days": 30, "flags": ("a", "b"), "ports": (22,), "strict": True, "name": "x"}


def test_parameters_are_merged_the_environment_last() -> None:
    given = rules(
        {"thing_kept": Override(parameters={"min_days": 35, "flags": ["c"]}, severity=Severity.LOW)},
        {"staging": {"thing_kept": Override(parameters={"min_days": 7})}},
    )
    assert parameters(given)["min_days"] == 35
    assert parameters(given, "staging") == {**parameters(given), "min_days": 7, "flags": ("c",)}
    rule = given.of(CHECK, "staging")
    assert rule is not None
    assert rule.severity is Severity.LOW


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("min_days", "30", "must be of type int, is '30'"),
        ("min_days", True, "must be of type int, is True"),
        ("min_days", 1.5, "must be of type int, is 1.5"),
        ("strict", 1, "must be of type bool, is 1"),
        ("flags", "a", "must be a list of str, is 'a'"),
        ("flags", [1], r"must be a list of str, is \[1\]"),
        ("ports", ["22"], r"must be a list of int, is \['22'\]"),
        ("ports", [True], r"must be a list of int, is \[True\]"),
    ],
)
def test_a_parameter_of_another_type_is_refused(name: str, value: Any, said: str) -> None:
    with pytest.raises(SettingsError, match=rf"controls\.checks\.thing_kept\.parameters\.{name}: {said}"):
        rules({"thing_kept": Override(parameters={name: value})})


def test_an_unknown_parameter_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match="thing_kept has no such parameter; it has min_days, flags, ports, strict"):
        rules(environments={"staging": {"thing_kept": Override(parameters={"days": 1})}})


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"overrides": {"thing_kep": Override()}}, "controls.checks"),
        ({"environments": {"dev": {"thing_kep": Override()}}}, "controls.environments.dev.checks"),
        (
            {"exemptions": [Exemption("thing_kep", "*", "r", "o", NOW.date())]},
            r"controls\.exemptions\[0\]\.check",
        ),
    ],
)
def test_an_unknown_check_is_refused_with_the_one_meant(given: dict[str, Any], place: str) -> None:
    with pytest.raises(SettingsError, match=f"{place}: no such check 'thing_kep'; did you mean thing_kept\\?"):
        rules(**given)


def test_only_what_is_needed_is_wanted() -> None:
    assert rules().wanted() == {"things:thing": {"t:Get"}, "things:part": set()}
    assert rules({"thing_kept": Override(enabled=False)}).wanted() == {"things:thing": set(), "things:part": set()}
    assert rules().narrowed(lambda check, _: check.id == "thing_kept").wanted() == {"things:thing": {"t:Get"}}


def test_a_check_that_one_environment_switches_on_is_wanted() -> None:
    off, on = {"thing_other": Override(enabled=False)}, {"dev": {"thing_other": Override(enabled=True)}}
    given = rules(off, on)
    assert [each.id for each in given.checks] == ["thing_kept", "thing_other"]
    assert given.of(OTHER, "production") is None


def test_narrowing_knows_the_severity_in_force() -> None:
    given = rules({"thing_other": Override(severity=Severity.CRITICAL)})
    kept = given.narrowed(lambda _, severity: severity is Severity.CRITICAL).checks
    assert [each.id for each in kept] == ["thing_other"]


def test_narrowing_knows_the_severity_of_one_environment() -> None:
    given = rules(environments={"dev": {"thing_other": Override(severity=Severity.CRITICAL)}})
    kept = given.narrowed(lambda _, severity: severity is Severity.CRITICAL).checks
    assert [each.id for each in kept] == ["thing_other"]


@pytest.mark.parametrize(("tags", "environment"), [({}, "production"), ({"Environment": "dev"}, "dev")])
def test_the_environment_is_that_of_the_tag_else_the_settings(tags: dict[str, str], environment: str) -> None:
    assert rules().environment_of(thing(tags=tags)) == environment


def test_the_regions_of_an_account_are_its_own_and_those_whose_account_nobody_tells() -> None:
    given = (("111111111111", "us-gov-west-1"), ("222222222222", "us-gov-east-1"))
    told = tuple(TargetSettings(account_id=account, regions=(region,)) for account, region in given)
    rules = Examiner(Settings(targets=told)).rules
    assert rules.regions_of("111111111111") == {"us-gov-west-1"}
    assert rules.regions_of("222222222222") == {"us-gov-east-1"}
    rules = Examiner(Settings(targets=(*told, TargetSettings(regions=("us-gov-east-1",))))).rules
    assert rules.regions_of("111111111111") == {"us-gov-west-1", "us-gov-east-1"}
