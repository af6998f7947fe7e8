"""``collect``, ``plan``, ``doctor``, ``version``: run as a person runs them, against the simulated estate."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ppbe_observe.cli.app import app
from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.daemon import MAIN_TARGET, parse, run, values
from support.processes import promtool
from support.simulated import client, simulated_estate

TARGETS = [{"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]}]
COMMANDS = [
    [],
    ["run"],
    ["demo"],
    ["collect"],
    ["plan"],
    ["doctor"],
    ["iam-policy"],
    ["version"],
    ["config", "show"],
    ["config", "check"],
    ["config", "schema"],
    ["simulate", "serve"],
    ["simulate", "incidents"],
    ["simulate", "start"],
    ["simulate", "stop"],
]


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


@pytest.fixture
def estate(shared: SimulatedEstate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedEstate]:
    """The estate, in the environment and in the settings of the working directory."""
    for name, text in shared.environ.items():
        monkeypatch.setenv(name, text)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, targets=TARGETS)
    yield shared
    shared.faults.clear()


def write(directory: Path, **given: object) -> None:
    usual = {"aws": {"max_attempts": 1}, "state": {"url": f"sqlite:///{directory}/state.db"}}
    (directory / "ppbe-observe.yaml").write_text(yaml.safe_dump({**usual, **given}), encoding="utf-8")


def test_collect_prints_what_prometheus_can_read(estate: SimulatedEstate) -> None:
    done = run("collect", "--exporter", "rds", "--target", "us-gov-west-1")
    assert (done.returncode, done.stderr) == (0, "")
    series = parse(done.stdout)
    assert len(values(series, "aws_rds_cpuutilization_average")) >= 2
    assert {name.split("_")[1] for name, _ in series} == {"rds"}
    assert {dict(labels)["region"] for _, labels in series} == {"us-gov-west-1"}
    assert promtool("check", "metrics", stdin=done.stdout).returncode in {0, 3}


def test_collect_in_other_formats(estate: SimulatedEstate) -> None:
    done = run("collect", "-e", "sns", "-f", "openmetrics")
    assert done.returncode == 0
    assert done.stdout.endswith("# EOF\n")
    done = run("collect", "-e", "sns", "-f", "json")
    told = json.loads(done.stdout)
    assert told["failures"] == []
    assert {each["exporter"] for each in told["samples"]} == {"sns"}
    assert {each["labels"]["region"] for each in told["samples"]} == {"us-gov-west-1", "us-gov-east-1"}


def test_collect_that_cannot_see_everything_says_so_and_exits_2(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault("sns:ListTopics", Effect.DENIED, region="us-gov-east-1"))
    done = run("collect", "-e", "sns", "-e", "rds", "-f", "json")
    assert done.returncode == 2
    assert "incomplete sns 123456789012/us-gov-east-1: sns:ListTopics: denied: " in done.stderr
    told = json.loads(done.stdout)
    assert [(each["exporter"], each["reason"]) for each in told["failures"]] == [("sns", "denied")]
    assert {each["labels"]["region"] for each in told["samples"] if each["exporter"] == "sns"} == {"us-gov-west-1"}


def test_tags_may_hold_anything(estate: SimulatedEstate) -> None:
    """Quotes, backslashes, newlines and emoji in a tag reach its label, on a page that promtool can read."""
    text = 'the "old"\\ ledger\n\N{PILE OF POO}'
    sns = client(estate, "sns", "us-gov-east-1")
    topic = sns.create_topic(Name="nasty", Tags=[{"Key": "Name", "Value": text}])["TopicArn"]
    try:
        done = run("collect", "-e", "sns", "-t", "us-gov-east-1")
    finally:
        sns.delete_topic(TopicArn=topic)
    assert done.returncode == 0
    (labels,) = [
        dict(labels) for name, labels in parse(done.stdout) if name == "aws_sns_info" and ("name", topic) in labels
    ]
    assert labels["tag_Name"] == text
    assert "error while" not in promtool("check", "metrics", stdin=done.stdout).stderr


@pytest.mark.parametrize("wrong", [["--exporter", "nothing"], ["--target", "eu-north-1"]])
def test_collect_of_nothing_is_wrong_usage(estate: SimulatedEstate, wrong: list[str]) -> None:
    done = run("collect", *wrong)
    assert done.returncode == 3
    assert "no exporter and target match" in done.stderr


def test_wrong_settings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ppbe-observe.yaml").write_text("targets: []\n")
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 3
    assert "ppbe-observe.yaml:1: targets" in done.stderr
    assert "Traceback" not in done.stderr


def test_plan_tells_what_a_month_takes_and_asks_for_no_datapoint(estate: SimulatedEstate) -> None:
    estate.requests.clear()
    done = run("plan")
    assert (done.returncode, done.stderr) == (0, "")
    assert "123456789012/us-gov-west-1" in done.stdout
    assert "no budget" in done.stdout
    assert estate.requests.count("cloudwatch:GetMetricData") == 0


def test_plan_as_json_adds_up_and_a_budget_cuts(estate: SimulatedEstate) -> None:
    plan = json.loads(run("plan", "--json").stdout)
    loads = plan["loads"]
    assert len(loads) == len({(each["exporter"], each["target"]) for each in loads})
    assert all(each["dollars"] == pytest.approx(each["metrics"] / 1000 * 0.01) for each in loads)
    assert plan["kept_dollars"] == pytest.approx(sum(each["dollars"] for each in loads))
    half = plan["kept_dollars"] / 2
    cut = json.loads(run("plan", "--json", "--budget", str(half)).stdout)
    assert 0 < cut["kept_dollars"] <= half
    assert {each["kept"] for each in cut["loads"]} == {True, False}


def test_doctor_finds_nothing_wrong(estate: SimulatedEstate) -> None:
    done = run("doctor")
    assert done.returncode == 0
    assert "✗" not in done.stdout
    for named in ("state database", "identity", "clock", "CloudWatch endpoint", "rds:DescribeDBInstances", "allowed"):
        assert named in done.stdout
    told = json.loads(run("doctor", "--json").stdout)
    assert told["good"] is True
    assert done.stdout.splitlines()[-1] == f"All {len(told['examined'])} are well."


def test_doctor_names_a_denied_call_and_what_to_do(estate: SimulatedEstate) -> None:
    estate.faults.add(Fault("elasticache:DescribeCacheClusters", Effect.DENIED))
    done = run("doctor", "--json")
    assert done.returncode == 1
    bad = [each for each in json.loads(done.stdout)["examined"] if not each["good"]]
    assert {each["what"] for each in bad} == {"elasticache:DescribeCacheClusters"}
    assert {each["target"] for each in bad} == {"123456789012/us-gov-west-1", "123456789012/us-gov-east-1"}
    assert bad[0]["found"].startswith("denied: ")
    assert bad[0]["advice"] == "allow the action in the IAM policy of the role, or disable the exporter"


def test_doctor_calls_nothing_allowed_that_nobody_answered(
    estate: SimulatedEstate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    done = run("doctor", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)["examined"]
    assert [each for each in told if each["found"].startswith("allowed")] == []
    clocks = [(each["good"], each["found"]) for each in told if each["what"] == "clock"]
    assert clocks == [(False, "unknown: AWS answered no call")] * 2
    assert {each["what"] for each in told if each["good"]} == {"state database", "CloudWatch endpoint"}
    bad = sum(not each["good"] for each in told)
    assert run("doctor").stdout.splitlines()[-1] == f"{bad} of {len(told)} will not work: ✗"


def test_doctor_knows_what_to_do_without_credentials(
    estate: SimulatedEstate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    write(tmp_path, targets=[{"regions": ["us-gov-west-1"]}])
    bad = [each for each in json.loads(run("doctor", "--json").stdout)["examined"] if not each["good"]]
    assert [(each["what"], each["found"]) for each in bad] == [
        ("sts:GetCallerIdentity", "denied: Unable to locate credentials")
    ]
    assert bad[0]["advice"] == "give valid credentials: AWS_PROFILE, AWS_ACCESS_KEY_ID, or the role of the machine"


def test_doctor_sees_that_the_account_is_another(estate: SimulatedEstate, tmp_path: Path) -> None:
    write(tmp_path, targets=[{**MAIN_TARGET, "account_id": "999999999999"}])
    done = run("doctor", "--json")
    assert done.returncode == 1
    bad = [each for each in json.loads(done.stdout)["examined"] if not each["good"]]
    # That account's own settings cannot be read either.
    assert [each["what"] for each in bad] == ["identity", "s3control:GetPublicAccessBlock"]
    assert "account_id 999999999999 is not that of the credentials" in bad[0]["advice"]


def test_doctor_sees_a_state_database_that_cannot_be_made(estate: SimulatedEstate, tmp_path: Path) -> None:
    write(tmp_path, targets=[dict(MAIN_TARGET)], state={"url": "sqlite:////dev/null/state.db"})
    done = run("doctor", "--json")
    assert done.returncode == 1
    bad = [each for each in json.loads(done.stdout)["examined"] if not each["good"]]
    assert [each["what"] for each in bad] == ["state database"]


@pytest.mark.parametrize("command", ["collect", "plan", "doctor", "run"])
def test_an_unknown_region_is_refused(estate: SimulatedEstate, tmp_path: Path, command: str) -> None:
    write(tmp_path, targets=[{"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-wst-1"]}])
    done = run(command)
    assert done.returncode == 3
    assert "targets[0].regions[1]: unknown region 'us-gov-wst-1': did you mean us-gov-west-1?" in done.stderr
    assert done.stdout == ""


def test_version_names_what_it_is_built_on() -> None:
    told = json.loads(CliRunner().invoke(app, ["version", "--json"]).stdout)
    assert told["ppbe-observe"] == "0.1.0"
    assert {"python", "boto3", "prometheus-client", "apscheduler"} <= told.keys()
    assert CliRunner().invoke(app, ["version"]).stdout.splitlines()[0] == "ppbe-observe 0.1.0"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_help_has_examples(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--help"])
    assert done.exit_code == 0
    assert "Examples:" in done.stdout
    assert f"$ ppbe-observe {' '.join(command)}".rstrip() in done.stdout


@pytest.mark.parametrize(
    ("shell", "line"), [("bash", "complete -o "), ("zsh", "#compdef "), ("fish", "complete --command ")]
)
def test_completion_is_printed_for_the_shell(monkeypatch: pytest.MonkeyPatch, shell: str, line: str) -> None:
    """Typer asks the parent process which shell it is; here the shell is named instead."""
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    done = CliRunner().invoke(app, ["--show-completion", shell], prog_name="ppbe-observe")
    assert done.exit_code == 0
    assert line in done.stdout
    assert "_PPBE_OBSERVE_COMPLETE" in done.stdout


def test_completion_completes_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_PPBE_OBSERVE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "ppbe-observe d")
    monkeypatch.setenv("COMP_CWORD", "1")
    done = CliRunner().invoke(app, [], prog_name="ppbe-observe")
    assert done.stdout.split() == ["demo", "doctor", "dashboards"]
