"""``ppbe-observe check`` on the simulated estate: every filter, format and exit code."""

import csv
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.commands import Done, command
from support.simulated import remembering_estate

Entry = dict[str, Any]
Predicate = Callable[[Entry], bool]

TARGETS = [{"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]}]
FIELDS = {"check", "resource", "outcome", "reason", "severity", "controls", "account_id", "region"}
OUTCOMES = ("fail", "unknown", "exempt", "pass", "not_applicable")
SEVERITIES = ("critical", "high", "medium", "low")
SNS = [each.id for each in CHECKS if each.service == "sns"]


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedEstate]:
    with remembering_estate() as (running, _):
        yield running


@pytest.fixture(scope="module")
def whole(shared: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """One run of all checks on all targets, as JSON."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("whole"))
        for name, text in shared.environ.items():
            patch.setenv(name, text)
        write()
        return command("check", "--format", "json")


@pytest.fixture
def estate(shared: SimulatedEstate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedEstate]:
    """The estate, in the environment and in the settings of the working directory."""
    for name, text in shared.environ.items():
        monkeypatch.setenv(name, text)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)
    write()
    yield shared
    shared.faults.clear()


def write(**given: object) -> None:
    usual = {"targets": TARGETS, "aws": {"max_attempts": 1}}
    Path("ppbe-observe.yaml").write_text(yaml.safe_dump({**usual, **given}), encoding="utf-8")


def judged(*arguments: str) -> list[Entry]:
    """The findings of a run with these options."""
    found: list[Entry] = command("check", "--format", "json", *arguments).json["findings"]
    return found


def keys(findings: list[Entry]) -> set[tuple[str, ...]]:
    """Which findings they are, with what became of them."""
    assert findings, "nothing was found"
    return {(each["check"], each["resource"], each["region"], each["outcome"]) for each in findings}


def test_the_whole_estate_is_told_as_json(whole: Done) -> None:
    assert whole.code == 1
    assert whole.stderr == ""
    told = whole.json
    findings = told["findings"]
    assert all(each.keys() >= FIELDS for each in findings)
    assert all(each["resource"].startswith("arn:aws-us-gov:") and each["reason"] for each in findings)
    assert {each["check"] for each in findings} == {DETECTION.id, *(each.id for each in CHECKS)}
    assert told["summary"] == {each: Counter(f["outcome"] for f in findings)[each] for each in OUTCOMES}
    assert told["complete"] is True
    assert told["not_judged"] == []
    assert {each["region"] for each in findings} == {"us-gov-west-1", "us-gov-east-1"}


def test_the_worst_comes_first(whole: Done) -> None:
    ranks = [(OUTCOMES.index(each["outcome"]), SEVERITIES.index(each["severity"])) for each in whole.json["findings"]]
    assert ranks == sorted(ranks)


def test_what_is_not_regional_is_judged_once(whole: Done) -> None:
    iam = [each for each in whole.json["findings"] if each["resource"].startswith("arn:aws-us-gov:iam::")]
    users = [each for each in iam if ":user/" in each["resource"]]
    assert {each["region"] for each in users} == {"us-gov-west-1"}
    assert len(keys(users)) == len(users)


def test_every_control_of_the_baseline_has_one_state(whole: Done) -> None:
    told = whole.json
    assert told["baseline"]["name"] == "class-c"
    assert len(told["controls"]) == told["baseline"]["controls"] == 322
    states = Counter(each["state"] for each in told["controls"].values())
    assert {state: many for state, many in told["baseline"]["states"].items() if many} == states
    assert told["indicators"].keys() == catalog().indicators.keys()
    assert sum(states.values()) - states["not_automated"] == told["baseline"]["automated"]


def test_deadlines_of_failures_count_from_now(whole: Done) -> None:
    told = whole.json
    at = datetime.fromisoformat(told["evaluated_at"])
    days = {"critical": 30, "high": 30, "medium": 90, "low": 180}
    failing = [each for each in told["findings"] if each["outcome"] == "fail"]
    for each in failing:
        assert datetime.fromisoformat(each["due"]) == at + timedelta(days=days[each["severity"]])
        assert datetime.fromisoformat(each["accept_by"]) == at + timedelta(days=192)
        assert each["first_seen"] is None
    assert {each["due"] for each in told["findings"] if each["outcome"] == "pass"} == {None}


FILTERS: list[tuple[list[str], Predicate]] = [
    (["--service", "sns"], lambda each: each["service"] == "sns"),
    (["--service", "sns", "--service", "kms"], lambda each: each["service"] in {"sns", "kms"}),
    (["--service", "SNS"], lambda each: each["service"] == "sns"),
    (["--service", "iam"], lambda each: each["service"] == "iam"),
    (["--control", "sc-28"], lambda each: "sc-28" in each["controls"]),
    (["--control", "SC-28(01)"], lambda each: "sc-28.1" in each["controls"]),
    (["--control", "ca-7"], lambda each: "ca-7" in each["controls"]),
    (["--ksi", "ksi-svc-sin"], lambda each: "KSI-SVC-SIN" in each["indicators"]),
    (["--severity", "Critical"], lambda each: each["severity"] == "critical"),
    (["--severity", "critical"], lambda each: each["severity"] == "critical"),
    (["--severity", "critical", "--severity", "low"], lambda each: each["severity"] in {"critical", "low"}),
    (["--check", "SNS_TOPIC_KMS"], lambda each: each["check"] == "sns_topic_kms"),
    (["--check", "sns_topic_kms"], lambda each: each["check"] == "sns_topic_kms"),
    (["--check", "detection_operating"], lambda each: each["check"] == "detection_operating"),
    (["--control", "sc-28", "--service", "sns"], lambda each: each["check"] == "sns_topic_kms"),
    (
        ["--service", "sns", "--severity", "medium"],
        lambda each: each["service"] == "sns" and each["severity"] == "medium",
    ),
]


@pytest.mark.parametrize(("options", "wanted"), FILTERS, ids=[" ".join(options) for options, _ in FILTERS])
def test_a_filter_leaves_exactly_what_was_asked_for(
    estate: SimulatedEstate, whole: Done, options: list[str], wanted: Predicate
) -> None:
    assert keys(judged(*options)) == keys([each for each in whole.json["findings"] if wanted(each)])


def test_what_a_filter_leaves_out_is_unknown_and_never_passed(estate: SimulatedEstate, whole: Done) -> None:
    told = command("check", "-f", "json", "--check", "sns_topic_kms").json
    assert told["complete"] is False
    before = whole.json["controls"]
    for control, standing in told["controls"].items():
        assert (standing["state"] == "not_automated") == (before[control]["state"] == "not_automated")
        assert standing["state"] != "pass" or set(standing["checks"]) == {"sns_topic_kms"}
    assert told["controls"]["sc-28"]["state"] == "fail"
    assert told["controls"]["ac-2"]["state"] == "unknown"
    assert told["baseline"]["automated"] == whole.json["baseline"]["automated"]


def test_only_what_is_asked_for_is_called(estate: SimulatedEstate) -> None:
    estate.requests.clear()
    judged("--check", "sns_topic_kms", "--target", "us-gov-west-1")
    services = {call.partition(":")[0] for call in estate.requests.by_call()}
    assert services <= {"sns", "kms", "resourcegroupstaggingapi"}


@pytest.mark.parametrize("name", ["us-gov-east-1", "123456789012/us-gov-east-1"])
def test_a_target_is_named_by_region_or_with_its_account(estate: SimulatedEstate, whole: Done, name: str) -> None:
    done = command("check", "-f", "json", "--target", name, "--service", "kms", "--service", "iam")
    found = [each for each in done.json["findings"] if each["service"] == "kms"]
    there = [e for e in whole.json["findings"] if e["service"] == "kms" and e["region"] == "us-gov-east-1"]
    assert keys(found) == keys(there)
    assert {each["region"] for each in done.json["findings"]} == {"us-gov-east-1"}
    users = [each for each in done.json["findings"] if ":user/" in each["resource"]]
    assert users, "what is not regional is judged where somebody looks"


def test_a_target_that_is_left_out_is_unknown(estate: SimulatedEstate) -> None:
    """The recovery region alone proves nothing of the estate."""
    told = command("check", "-f", "json", "--target", "us-gov-east-1").json
    assert told["complete"] is False
    assert {each["state"] for each in told["controls"].values()} <= {"fail", "unknown", "not_automated"}
    assert "class-c" not in command("check", "--target", "us-gov-east-1", "--service", "sns").text


def test_an_account_names_all_its_regions(estate: SimulatedEstate) -> None:
    assert {each["region"] for each in judged("-t", "123456789012", "--check", "sns_topic_kms")} == {
        "us-gov-west-1",
        "us-gov-east-1",
    }


@pytest.mark.parametrize("baseline", ["low", "class-b"])
def test_another_baseline(estate: SimulatedEstate, baseline: str) -> None:
    done = command("check", "-f", "json", "--baseline", baseline, "-t", "us-gov-east-1", "--service", "sns")
    size = len(catalog().of(Baseline(baseline)))
    told = done.json
    assert (told["baseline"]["name"], told["baseline"]["controls"], len(told["controls"])) == (baseline, size, size)
    of_baseline = {each.id for each in catalog().of(Baseline(baseline))}
    assert all(of_baseline & set(each["controls"]) for each in told["findings"])


WRONG = [
    (["--check", "sns_topic_kmz"], "--check sns_topic_kmz: there is none of this name; did you mean sns_topic_kms"),
    (["--service", "s33"], "did you mean s3"),
    (["--service", "zzz"], "there is none of this name; there are accessanalyzer, acm, backup, "),
    (["--check", "zzz"], "ppbe-observe controls list --checks names them all"),
    (["--ksi", "zzz"], "ppbe-observe controls list --ksi names them all"),
    (["--control", "zz-99"], "--control zz-99: there is none of this name"),
    (["--ksi", "KSI-SVC-SNI"], "did you mean KSI-SVC-SIN"),
    (["--target", "eu-north-1"], "no target matches --target eu-north-1; there are 123456789012/us-gov-west-1, "),
    (["--check", "sns_topic_kms", "--service", "rds"], "no check is left: the filters exclude each other"),
    (["--severity", "terrible"], "--severity"),
    (["--format", "pdf"], "--format"),
    (["--fail-on", "never"], "--fail-on"),
    (["--timeout", "0"], "--timeout"),
    (["--timeout", "inf"], "less than or equal to 86400"),
    (["--output", "missing/out.json"], "--output missing/out.json: there is no directory missing"),
    (["--output", "."], "--output .: it is a directory"),
    (["--config", "missing.yaml"], "missing.yaml"),
    (["surplus"], "surplus"),
]


@pytest.mark.parametrize(("options", "named"), WRONG, ids=[" ".join(options) for options, _ in WRONG])
def test_wrong_usage_is_3_before_anything_is_asked(estate: SimulatedEstate, options: list[str], named: str) -> None:
    estate.requests.clear()
    done = command("check", *options)
    assert done.code == 3
    assert named in " ".join(done.stderr.split())
    assert done.stdout == b""
    assert estate.requests.by_call() == {}


SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"checks": {"sns_topic_kmz": {}}}, "controls.checks: no such check 'sns_topic_kmz'; did you mean sns_topic_kms?"),
    (
        {"checks": {"rds_instance_backup_retention": {"parameters": {"min_day": 3}}}},
        "parameters.min_day: rds_instance_backup_retention has no such parameter; it has min_days",
    ),
    (
        {"checks": {"rds_instance_backup_retention": {"parameters": {"min_days": "many"}}}},
        "controls.checks.rds_instance_backup_retention.parameters.min_days: must be of type int, is 'many'",
    ),
    (
        {"environments": {"staging": {"checks": {"nothing_at_all": {"enabled": False}}}}},
        "controls.environments.staging.checks: no such check 'nothing_at_all'",
    ),
    (
        {"exemptions": [{"check": "x", "resource": "*", "reason": "r", "owner": "o", "expires": "2027-01-01"}]},
        "controls.exemptions[0].check: no such check 'x'",
    ),
    ({"kev_catalog": "missing.json"}, "controls.kev_catalog: "),
    ({"baseline": "class-x"}, "controls.baseline"),
    ({"interval": "soon"}, "controls.interval"),
]


@pytest.mark.parametrize(("controls", "named"), SETTINGS, ids=[next(iter(each)) for each, _ in SETTINGS])
def test_wrong_settings_are_3_with_the_place(estate: SimulatedEstate, controls: dict[str, Any], named: str) -> None:
    write(controls=controls)
    done = command("check")
    assert done.code == 3
    assert named in done.stderr
    assert done.stdout == b""


def test_no_settings_at_all(estate: SimulatedEstate) -> None:
    Path("ppbe-observe.yaml").unlink()
    done = command("check")
    assert done.code == 3
    assert "regions: [us-gov-west-1]" in done.stderr


PASSING = ["--check", "sns_topic_not_public"]
FAILING = ["--check", "sns_topic_kms"]
DENIED = Fault("sns:GetTopicAttributes", Effect.DENIED, region="us-gov-east-1")


@pytest.mark.parametrize(
    ("faults", "options", "code"),
    [
        ((), PASSING, 0),
        ((), FAILING, 1),
        ((), [*FAILING, "--fail-on", "high"], 1),
        ((), [*FAILING, "--fail-on", "critical"], 0),
        ((DENIED,), PASSING, 2),
        ((DENIED,), [*PASSING, "--target", "us-gov-west-1"], 0),
        ((DENIED,), FAILING, 1),
        ((DENIED,), [*FAILING, "--fail-on", "critical"], 2),
        ((Fault("*", Effect.DENIED),), PASSING, 2),
        ((DENIED,), ["--check", "detection_operating"], 2),
    ],
    ids=["pass", "fail", "at", "below", "unknown", "unknown elsewhere", "both", "both, below", "refused", "detector"],
)
def test_exit_codes(estate: SimulatedEstate, faults: tuple[Fault, ...], options: list[str], code: int) -> None:
    estate.faults.add(*faults)
    assert command("check", *options).code == code


def test_a_refused_call_is_named_in_the_findings_that_need_it_and_in_one_of_the_detector(
    estate: SimulatedEstate,
) -> None:
    estate.faults.add(Fault("sns:ListTopics", Effect.DENIED, region="us-gov-east-1"))
    found = {each["check"]: each for each in judged("-t", "us-gov-east-1") if each["outcome"] in {"unknown", "fail"}}
    for check in SNS:
        assert found[check]["outcome"] == "unknown"
        assert found[check]["cause"] == "denied"
        assert found[check]["operation"] == "sns:ListTopics"
        assert found[check]["resource"] == "arn:aws-us-gov:sns:us-gov-east-1:123456789012:*"
    assert found["detection_operating"]["reason"] == "could not be seen: sns:ListTopics (denied)"


UNNAMED = [
    *TARGETS,
    {"regions": ["us-gov-west-1"], "role": {"arn": "arn:aws-us-gov:iam::210987654321:role/ppbe-observe"}},
]


def test_a_target_whose_account_nobody_tells_is_unknown_and_named(estate: SimulatedEstate) -> None:
    write(targets=[{"regions": ["us-gov-west-1"]}, {"account_id": "123456789012", "regions": ["us-gov-east-1"]}])
    estate.faults.add(Fault("sts:GetCallerIdentity", Effect.UNAVAILABLE))
    done = command("check", "-f", "json", *PASSING)
    assert done.code == 2
    assert "not judged targets[0]: sts:GetCallerIdentity: server: " in done.stderr
    (told,) = done.json["not_judged"]
    assert (told["target"], told["operation"], told["cause"]) == ("targets[0]", "sts:GetCallerIdentity", "server")
    assert {each["region"] for each in done.json["findings"]} == {"us-gov-east-1"}
    assert {each["state"] for each in done.json["controls"].values()} <= {"fail", "unknown", "not_automated"}
    alone = command("check", *PASSING, "-t", "us-gov-east-1")
    assert (alone.code, alone.stderr) == (0, "")


def test_nobody_can_be_judged(estate: SimulatedEstate) -> None:
    write(targets=[{"regions": ["us-gov-west-1"]}])
    estate.faults.add(Fault("sts:GetCallerIdentity", Effect.DENIED))
    done = command("check")
    assert done.code == 2
    assert "Nothing was judged." in done.text


def test_an_endpoint_that_is_down_is_2_and_quick(estate: SimulatedEstate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    began = time.monotonic()
    done = command("check", "-f", "json")
    assert done.code == 2
    assert time.monotonic() - began < 30
    causes = {each["cause"] for each in done.json["findings"] if each["outcome"] == "unknown"}
    assert causes == {"unreachable"}
    assert done.json["summary"]["pass"] == 0


def test_a_service_that_hangs_is_unknown_and_holds_up_no_other(estate: SimulatedEstate) -> None:
    write(aws={"max_attempts": 1, "read_timeout": "1s"})
    estate.faults.add(Fault("sns:*", Effect.HANG, seconds=60.0))
    done = command("check", "-f", "json", "--service", "sns", "--service", "kms")
    assert done.code == 2
    found = done.json["findings"]
    assert {(each["outcome"], each["cause"]) for each in found if each["service"] == "sns"} == {("unknown", "timeout")}
    assert "unknown" not in {each["outcome"] for each in found if each["service"] == "kms"}


def test_what_was_not_seen_in_time_is_unknown(estate: SimulatedEstate) -> None:
    write(aws={"max_attempts": 4, "read_timeout": "20s"})
    estate.faults.add(Fault("*", Effect.HANG, seconds=60.0))
    began = time.monotonic()
    done = command("check", "-f", "json", "--service", "sns", "--service", "kms", "--timeout", "1")
    assert time.monotonic() - began < 10
    assert done.code == 2
    assert {(each["outcome"], each["cause"]) for each in done.json["findings"]} == {("unknown", "timeout")}


def test_an_exemption_is_shown_and_does_not_fail(estate: SimulatedEstate) -> None:
    exempt = {"check": "sns_topic_kms", "resource": "*", "reason": "no secrets there", "owner": "isso@agency.gov"}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    write(controls={"exemptions": [{**exempt, "expires": tomorrow}]})
    done = command("check", "-f", "json", *FAILING)
    assert done.code == 0
    (found, *_) = [each for each in done.json["findings"] if each["outcome"] == "exempt"]
    assert found["exemption"] == {"reason": "no secrets there", "owner": "isso@agency.gov", "expires": str(tomorrow)}
    assert "accepted by isso@agency.gov" in command("check", *FAILING).text
    write(controls={"exemptions": [{**exempt, "expires": "2020-02-29"}]})
    done = command("check", "-f", "json", *FAILING)
    assert done.code == 1
    (found, *_) = [each for each in done.json["findings"] if each["outcome"] == "fail"]
    assert "(the exemption by isso@agency.gov expired on 2020-02-29)" in found["reason"]


def test_an_exemption_that_names_no_resource_is_told(estate: SimulatedEstate) -> None:
    exempt = {"check": "sns_topic_kms", "reason": "r", "owner": "isso@agency.gov", "expires": "2099-12-31"}
    slip = "arn:aws-us-gov:sns:*:ppbe-no-such-topic"
    write(controls={"exemptions": [{**exempt, "resource": "*"}, {**exempt, "resource": slip}]})
    told = f"exemption of nothing no resource of sns_topic_kms matches {slip}; correct or delete it"
    whole = command("check", "-f", "json")
    assert whole.stderr.count("exemption of nothing") == whole.stderr.count(told) == 1
    assert "exemption of nothing" not in command("check", "-f", "json", "--check", "sns_topic_kms").stderr


def test_the_severity_of_an_environment_is_that_of_its_findings(estate: SimulatedEstate) -> None:
    """A filter by severity goes by the finding, not by the check."""
    raised = {"staging": {"checks": {"sns_topic_not_public": {"severity": "critical"}}}}
    write(controls={"environments": raised})
    found = judged("--severity", "critical", "--service", "sns")
    assert {(each["check"], each["severity"]) for each in found} == {("sns_topic_not_public", "critical")}
    assert all("staging" in each["resource"] for each in found)
    assert judged("--severity", "high", "--check", "sns_topic_not_public")


def test_csv_has_a_row_for_each_finding(estate: SimulatedEstate, whole: Done) -> None:
    done = command("check", "-f", "csv", "--service", "sns")
    rows = list(csv.DictReader(io.StringIO(done.text, newline="")))
    wanted = [each for each in whole.json["findings"] if each["service"] == "sns"]
    assert {(row["check"], row["resource"], row["region"], row["outcome"]) for row in rows} == keys(wanted)
    assert len(rows) == len(wanted)
    failing = rows[0]
    assert failing["outcome"] == "fail"
    assert failing["due"]
    assert failing["remediation"]
    assert failing["controls"].split() == ["sc-28", "sc-28.1", "sc-13"]


@pytest.mark.parametrize(("form", "begins"), [("ocsf", b"[{"), ("asff", b"[{"), ("junit", b"<?xml")])
def test_formats_for_other_tools(estate: SimulatedEstate, form: str, begins: bytes) -> None:
    done = command("check", "-f", form, "--service", "sns")
    assert done.code == 1
    assert done.stdout.startswith(begins)


def test_in_a_pipe_the_table_is_one_line_a_finding(estate: SimulatedEstate) -> None:
    lines = command("check", "--service", "sns", "--all").text.splitlines()
    assert lines[0].split()[:2] == ["OUTCOME", "SEVERITY"]
    findings = judged("--service", "sns")
    for each, line in zip(findings, lines[1:], strict=False):
        assert line.startswith(each["outcome"])
        assert f" {each['resource']} " in line
        assert each["reason"] in line
    assert lines[len(findings) + 1].startswith(f"{len(findings)} findings: ")
    assert len(command("check", "--service", "sns").text.splitlines()) < len(lines)


def test_output_to_a_file_says_nothing_and_replaces_it_whole(estate: SimulatedEstate) -> None:
    file = Path("findings.json")
    file.write_text("x" * 1_000_000)
    file.chmod(0o640)
    done = command("check", "-f", "json", "--service", "sns", "-o", str(file))
    assert (done.code, done.stdout, done.stderr) == (1, b"", "")
    assert file.read_bytes().startswith(b'{\n  "version"')
    assert file.read_bytes().endswith(b"}\n")
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in Path().iterdir()) == ["findings.json", "ppbe-observe.yaml"]


def test_output_follows_a_link_and_takes_a_device(estate: SimulatedEstate, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    link = tmp_path / "latest.txt"
    link.symlink_to(tmp_path / "kept" / "findings.txt")
    assert command("check", *PASSING, "-o", str(link)).code == 0
    assert link.is_symlink()
    assert link.read_text().splitlines()[0] == "Nothing fails, nothing is unknown."
    assert command("check", *PASSING, "-o", "/dev/null").code == 0
    done = command("check", *PASSING, "-o", "/dev/full")
    assert done.code == 3
    assert "--output /dev/full: No space left on device; nothing was written" in done.stderr
