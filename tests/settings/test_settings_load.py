"""One file, then the environment over it; every mistake is told at once, with its line and a fix."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Role, Target
from ppbe_observe.settings import Listen, Settings, load, load_settings
from ppbe_observe.settings.document import parse
from ppbe_observe.settings.load import EXAMPLE

TARGETS = "targets:\n  - regions: [us-gov-west-1]\n"


def written(directory: Path, text: str) -> Path:
    file = directory / "ppbe-observe.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(directory: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    """The lines of the error, each without the directory."""
    with pytest.raises(SettingsError) as caught:
        load_settings(written(directory, text), environ or {})
    return str(caught.value).replace(f"{directory}/", "").splitlines()


def test_the_least_file_has_sensible_defaults(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, EXAMPLE), {})
    assert settings.environment == "production"
    assert settings.definitions is None
    assert settings.targets[0].regions == ("us-gov-west-1",)
    assert settings.aws.connect_timeout == timedelta(seconds=3)
    assert settings.aws.read_timeout == timedelta(seconds=10)
    assert settings.aws.max_attempts == 4
    assert settings.aws.rates == {"cloudwatch:GetMetricData": 50, "cloudwatch:ListMetrics": 25, "*": 20}
    assert settings.discovery.max_age == settings.discovery.metrics_max_age == timedelta(minutes=10)
    assert settings.exporters == {}
    assert settings.labels.tags == ("Project", "Environment", "ManagedBy", "Compliance", "Name")
    assert (settings.labels.snake_case, settings.labels.max_length) == (False, 1024)
    assert (settings.limits.series_per_family, settings.limits.series_total) == (100_000, 500_000)
    assert settings.budget.monthly_dollars is None
    assert settings.budget.dollars_per_thousand_metrics == 0.01
    assert settings.state.url.get_secret_value() == "sqlite:///ppbe-observe.db"
    assert settings.web.listen == Listen("127.0.0.1", 9106)
    assert settings.schedule.workers == 16
    assert settings.schedule.jitter == timedelta(seconds=5)
    assert settings.schedule.deadline == timedelta(seconds=55)
    assert settings.schedule.stop_within == timedelta(seconds=20)
    assert (settings.logging.level, settings.logging.format) == ("info", "auto")


def test_a_variable_wins_over_the_file_key_by_key(tmp_path: Path) -> None:
    text = TARGETS + "aws: {read_timeout: 7s, connect_timeout: 2s, rates: {'*': 5}}\nexporters: {rds: {interval: 5m}}\n"
    environ = {
        "PPBE_OBSERVE__AWS__READ_TIMEOUT": "20s",
        "PPBE_OBSERVE__AWS__RATES": '{"rds:DescribeDBInstances": 2}',
        "PPBE_OBSERVE__EXPORTERS__RDS__ENABLED": "false",
        "PPBE_OBSERVE__LABELS__TAGS": '["Project"]',
        "ppbe_observe__logging__level": "DEBUG",
        "PPBE_OBSERVE_PORT_9106_TCP_ADDR": "10.0.0.1",
    }
    settings = load_settings(written(tmp_path, text), environ)
    assert settings.aws.read_timeout == timedelta(seconds=20)
    assert settings.aws.connect_timeout == timedelta(seconds=2)
    assert settings.aws.rates["rds:DescribeDBInstances"] == 2
    assert settings.aws.rates["*"] == 5
    assert settings.exporters["rds"].enabled is False
    assert settings.exporters["rds"].interval == timedelta(minutes=5)
    assert settings.labels.tags == ("Project",)
    assert settings.logging.level == "debug"


def test_lists_are_json_in_a_variable_and_null_unsets(tmp_path: Path) -> None:
    environ = {
        "PPBE_OBSERVE__TARGETS": '[{"regions": ["us-gov-east-1"]}]',
        "PPBE_OBSERVE__BUDGET__MONTHLY_DOLLARS": "null",
    }
    settings = load_settings(written(tmp_path, "budget: {monthly_dollars: 5}\n"), environ)
    assert settings.targets[0].regions == ("us-gov-east-1",)
    assert settings.budget.monthly_dollars is None


def test_every_mistake_is_told_at_once_with_line_and_fix(tmp_path: Path) -> None:
    text = """\
targets:
  - account_id: 12345678901
    regions: [us-gov-west1]
    profil: x
aws:
  read_timout: 10s
  connect_timeout: 10 sec
  max_attempts: 99
read_timeout: 5s
state: {url: "mysql://u:hunter2@h/d"}
web:
  listen: foo
  listen: 127.0.0.1:99999
limits: 7
"""
    problems = refusal(tmp_path, text, {"PPBE_OBSERVE__SCHEDULE__WORKERS": "zero"})
    assert problems == [
        (
            "PPBE_OBSERVE__SCHEDULE__WORKERS: schedule.workers: should be a whole number, not 'zero'; "
            "fix: Jobs that run at once; for example 16"
        ),
        (
            "ppbe-observe.yaml:2: targets[0].account_id: 12345678901 is not an account id; "
            "fix: write its 12 digits, leading zeros too: '012345678901'"
        ),
        (
            "ppbe-observe.yaml:3: targets[0].regions[0]: 'us-gov-west1' is not a region; "
            "fix: write it as AWS does: us-gov-west-1, us-gov-east-1, us-east-1"
        ),
        "ppbe-observe.yaml:4: targets[0].profil: unknown key; fix: did you mean targets[0].profile?",
        "ppbe-observe.yaml:6: aws.read_timout: unknown key; fix: did you mean aws.read_timeout?",
        (
            "ppbe-observe.yaml:7: aws.connect_timeout: '10 sec' is not a duration; "
            "fix: write a number with its unit: 500ms, 30s, 5m, 1h, 1d, 1h30m"
        ),
        (
            "ppbe-observe.yaml:8: aws.max_attempts: should be less than or equal to 10, not 99; "
            "fix: Attempts of one call, the first included; for example 4"
        ),
        "ppbe-observe.yaml:9: read_timeout: unknown key; fix: did you mean aws.read_timeout?",
        (
            "ppbe-observe.yaml:10: state.url: not a database URL; "
            "fix: write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
        ),
        (
            "ppbe-observe.yaml:13: web.listen: '127.0.0.1:99999' is not an address to listen on; "
            "fix: write host:port, such as 127.0.0.1:9106, [::1]:9106, or :9106 for every interface"
        ),
        "ppbe-observe.yaml:13: web.listen: is there twice, first on line 12; fix: keep one of them",
        "ppbe-observe.yaml:14: limits: should be a mapping, not 7; fix: Caps on series",
    ]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "PPBE_OBSERVE__AWS__READ_TIMEOT",
            "1",
            (
                "PPBE_OBSERVE__AWS__READ_TIMEOT: aws.read_timeot: unknown key; "
                "fix: did you mean PPBE_OBSERVE__AWS__READ_TIMEOUT?"
            ),
        ),
        (
            "PPBE_OBSERVE__ENVIROMENT",
            "x",
            "PPBE_OBSERVE__ENVIROMENT: names no setting; fix: did you mean PPBE_OBSERVE__ENVIRONMENT?",
        ),
        (
            "PPBE_OBSERVE__WORKERS",
            "3",
            "PPBE_OBSERVE__WORKERS: names no setting; fix: did you mean PPBE_OBSERVE__SCHEDULE__WORKERS?",
        ),
        (
            "PPBE_OBSERVE__ENVIRONMENT__NAME",
            "x",
            "PPBE_OBSERVE__ENVIRONMENT__NAME: names no setting; fix: remove it",
        ),
        (
            "PPBE_OBSERVE__LABELS",
            "junk",
            "PPBE_OBSERVE__LABELS: labels: should be a mapping, not 'junk'; fix: What series are labelled with",
        ),
        (
            "PPBE_OBSERVE__TARGETS__0__REGIONS",
            "x",
            (
                "PPBE_OBSERVE__TARGETS__0__REGIONS: targets: should be a list, not a mapping; "
                'fix: Accounts and regions to watch; for example [{"regions": ["us-gov-west-1"]}]'
            ),
        ),
    ],
)
def test_a_variable_that_is_wrong_is_named(tmp_path: Path, name: str, value: str, line: str) -> None:
    assert refusal(tmp_path, TARGETS, {name: value}) == [line]


@pytest.mark.parametrize(
    ("targets", "line"),
    [
        ("[]", ('ppbe-observe.yaml:1: targets: the list is empty; fix: Accounts and regions to watch; for example '
         '[{"regions": ["us-gov-west-1"]}]')),
        ("[{regions: []}]", ("ppbe-observe.yaml:1: targets[0].regions: the list is empty; fix: Regions to read; "
         'for example ["us-gov-west-1", "us-gov-east-1"]')),
        ("[{}]", ("ppbe-observe.yaml:1: targets[0].regions: is missing; fix: add it; "
         'for example ["us-gov-west-1", "us-gov-east-1"]')),
        ("[{regions: [us-east-1, us-east-1]}]", ("ppbe-observe.yaml:1: targets[0]: region us-east-1 is listed "
         "twice; fix: list it once")),
        ("[{regions: [us-east-1, us-gov-west-1]}]", ("ppbe-observe.yaml:1: targets[0]: regions of different "
         "partitions (aws, aws-us-gov); fix: make one target for each, credentials do not cross partitions")),
        ("[{account_id: '123456789012', regions: [us-east-1]}, {account_id: 123456789012, regions: [us-east-1]}]",
         ("ppbe-observe.yaml:1: targets: targets[1] names 123456789012 in us-east-1 again, as targets[0] does; "
         "fix: name each account and region once")),
        ("[{regions: [us-east-1]}, {regions: [us-east-1]}]",
         ("ppbe-observe.yaml:1: targets: targets[1] names the account of the default credentials in us-east-1 again, "
         "as targets[0] does; fix: name each account and region once")),
        ("[{regions: [us-east-1], role: {arn: 'arn:aws-us-gov:iam::123456789012:role/x'}}]",
         ("ppbe-observe.yaml:1: targets[0]: the role is in partition aws-us-gov, the regions in aws; "
         "fix: begin the role's ARN with arn:aws:")),
        ("[{account_id: '210987654321', regions: [us-east-1], role: {arn: 'arn:aws:iam::123456789012:role/x'}}]",
         ("ppbe-observe.yaml:1: targets[0]: account_id 210987654321 is not the account of the role (123456789012); "
         "fix: leave account_id out or correct one of them")),
    ],
)  # fmt: skip
def test_targets_that_contradict_are_refused(tmp_path: Path, targets: str, line: str) -> None:
    assert refusal(tmp_path, f"targets: {targets}\n") == [line]


def test_a_target_becomes_one_of_the_model_for_each_region(tmp_path: Path) -> None:
    text = """\
targets:
  - regions: [us-gov-west-1, us-gov-east-1]
    role: {arn: "arn:aws-us-gov:iam::123456789012:role/observe", external_id: abc}
  - {account_id: "012345670123", regions: [eu-central-1], profile: commercial}
"""
    governed, commercial = load_settings(written(tmp_path, text), {}).targets
    role = Role("arn:aws-us-gov:iam::123456789012:role/observe", "abc", "ppbe-observe")
    assert governed.known_account == "123456789012"
    assert governed.targets("123456789012") == (
        Target("123456789012", "us-gov-west-1", "aws-us-gov", role, None, fips=True),
        Target("123456789012", "us-gov-east-1", "aws-us-gov", role, None, fips=True),
    )
    assert commercial.known_account == "012345670123"
    assert commercial.targets("012345670123") == (
        Target("012345670123", "eu-central-1", "aws", None, "commercial", fips=False),
    )


def test_a_missing_file_is_named_and_the_example_shown_works(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    with pytest.raises(SettingsError) as caught:
        load_settings(missing, {})
    first, *example = str(caught.value).splitlines()
    assert first.startswith(f"{missing}: no such file; fix: write it, or name another with --config")
    shown = "\n".join(line.removeprefix("    ") for line in example)
    assert Settings(**parse(shown).data).targets[0].regions == ("us-gov-west-1",)


def test_without_a_path_the_variable_names_the_file_then_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, TARGETS + "environment: here\n")
    other = tmp_path / "other.yaml"
    other.write_text(TARGETS + "environment: there\n", encoding="utf-8")
    assert load_settings(None, {}).environment == "here"
    assert load_settings(None, {"PPBE_OBSERVE_CONFIG": str(other)}).environment == "there"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"targets: [\xc3(]"])
def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ppbe-observe.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"ppbe-observe.yaml:1: not UTF-8; fix: "):
        load_settings(file, {})


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory; fix: "):
        load_settings(tmp_path, {})


def test_an_empty_file_lacks_targets(tmp_path: Path) -> None:
    assert refusal(tmp_path, "") == [
        'ppbe-observe.yaml:1: targets: is missing; fix: add it; for example [{"regions": ["us-gov-west-1"]}]'
    ]


def test_a_section_whose_keys_are_commented_out_keeps_its_defaults(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, TARGETS + "aws:\n  # read_timeout: 20s\nexporters:\n  rds:\n"), {})
    assert settings.aws.read_timeout == timedelta(seconds=10)
    assert settings.exporters["rds"].enabled


def test_paths_in_the_file_are_relative_to_the_file_and_in_a_variable_to_the_directory(tmp_path: Path) -> None:
    file = written(tmp_path, TARGETS + "definitions: estate\nweb: {config_file: /etc/web.yaml}\n")
    settings = load_settings(file, {})
    assert settings.definitions == tmp_path / "estate"
    assert settings.web.config_file == Path("/etc/web.yaml")
    environ = {"PPBE_OBSERVE__WEB__CONFIG_FILE": "web.yaml"}
    assert load_settings(file, environ).web.config_file == Path("web.yaml")


def test_settings_are_frozen_and_show_no_password(tmp_path: Path) -> None:
    text = TARGETS + "state: {url: 'postgresql+psycopg://observe:hunter2@db/observe'}\n"
    settings = load_settings(written(tmp_path, text), {})
    assert "hunter2" not in repr(settings)
    assert settings.state.shown_url == "postgresql+psycopg://observe:***@db/observe"
    with pytest.raises(ValueError, match="frozen"):
        settings.environment = "other"  # type: ignore[misc] # that it cannot be done is the point


def test_the_origin_of_each_setting_is_known(tmp_path: Path) -> None:
    file = written(tmp_path, TARGETS + "aws: {read_timeout: 7s}\n")
    loaded = load(file, {"PPBE_OBSERVE__EXPORTERS": '{"rds": {"enabled": false}}'})
    assert loaded.origin(("aws", "read_timeout")) == f"{file}:3"
    assert loaded.origin(("aws", "connect_timeout")) == "default"
    assert loaded.origin(("targets", 0, "regions")) == f"{file}:2"
    assert loaded.origin(("exporters", "rds", "enabled")) == "PPBE_OBSERVE__EXPORTERS"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError):
        load_settings(file, {})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*Settings.model_fields, "other"]), _JSON, max_size=6))
def test_any_data_is_accepted_or_refused_with_a_fix_on_every_line(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, object]
) -> None:
    file = tmp_path_factory.getbasetemp() / "data.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    try:
        load_settings(file, {})
    except SettingsError as error:
        refused = str(error).splitlines()
    else:
        refused = []
    assert [line for line in refused if "; fix: " not in line] == []
