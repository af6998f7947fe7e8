"""``iam-policy`` as a person runs it; its forms are judged by the tools that read them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from cfnlint.api import lint_all
from moto import mock_aws
from typer.testing import CliRunner, Result

from ppbe_observe.cli.app import app
from support.daemon import EXPORTERS, run

ROLE = "arn:aws-us-gov:iam::210987654321:role/ppbe-observe"
OTHER_ROLE = "arn:aws-us-gov:iam::123456789012:role/ppbe-observe"
OWN = {"account_id": "123456789012", "regions": ["us-gov-west-1"]}
BY_ROLE = {"regions": ["us-gov-west-1"], "role": {"arn": ROLE}}


@pytest.fixture(autouse=True)
def empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(**given: Any) -> None:
    Path("ppbe-observe.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")


def policy(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["iam-policy", *arguments])


def document(*arguments: str) -> dict[str, Any]:
    done = policy(*arguments)
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def actions(found: dict[str, Any]) -> set[str]:
    return {action for statement in found["Statement"] for action in statement["Action"]}


def test_without_settings_all_definitions_are_meant() -> None:
    done = run("iam-policy")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert {"cloudwatch:GetMetricData", "rds:DescribeDBInstances", "s3:GetEncryptionConfiguration"} <= actions(found)
    assert "sts:AssumeRole" not in actions(found)
    assert re.search(r"ppbe-observe-read: .* [\d,]+ of 6,144 characters", done.stderr)


def test_iam_takes_the_document() -> None:
    """moto judges documents by IAM's grammar, as IAM does when a policy is made."""
    done = policy()
    with mock_aws():
        iam = boto3.client("iam", region_name="us-gov-west-1")
        arn = iam.create_policy(PolicyName="ppbe-observe", PolicyDocument=done.stdout)["Policy"]["Arn"]
        assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == json.loads(
            done.stdout
        )


def test_what_is_switched_off_is_not_allowed() -> None:
    everything = document()
    write(targets=[OWN], exporters={"rds": {"enabled": False}})
    assert "rds:DescribeDBInstances" in actions(document())  # for the checks
    off = {each: {"enabled": False} for each in EXPORTERS if each != "sns"}
    write(targets=[OWN], exporters=off, controls={"enabled": False}, alarms={"enabled": False})
    assert actions(document()) == {
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "sns:ListTopics",
        "sts:GetCallerIdentity",
        "tag:GetResources",
    }
    write(targets=[OWN], controls={"checks": {"kms_key_not_public": {"enabled": False}}})
    assert actions(everything) - actions(document()) == {"kms:GetKeyPolicy"}


def test_what_alarms_ask_is_allowed_and_writing_them_is_not() -> None:
    off = {each: {"enabled": False} for each in EXPORTERS}
    write(targets=[OWN], exporters=off, controls={"enabled": False})
    allowed = actions(document())
    assert {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "rds:DescribeDBInstances"} <= allowed
    assert not {action for action in allowed if re.search(":(Put|Set|Delete|Enable|Disable)", action)}


@pytest.mark.parametrize(
    ("region", "option", "partition"),
    [
        ("us-gov-west-1", None, "aws-us-gov"),
        ("us-east-1", None, "aws"),
        ("cn-north-1", None, "aws-cn"),
        ("us-gov-west-1", "aws", "aws"),
    ],
)
def test_the_partition_is_that_of_the_targets_unless_it_is_named(
    region: str, option: str | None, partition: str
) -> None:
    write(targets=[{"account_id": "123456789012", "regions": [region]}])
    found = document(*(["--partition", option] if option else []))
    named = {each.split(":")[1] for part in found["Statement"] for each in part["Resource"] if each != "*"}
    assert named == {partition}


def test_several_partitions_want_one_to_be_named() -> None:
    write(targets=[OWN, {"account_id": "123456789012", "regions": ["us-east-1"]}])
    done = run("iam-policy")
    assert (done.returncode, done.stdout) == (3, "")
    assert "the targets are in several partitions (aws, aws-us-gov); name one with --partition" in done.stderr
    assert run("iam-policy", "--partition", "aws").returncode == 0
    assert run("iam-policy", "--format", "terraform").returncode == 0


def test_roles_of_the_settings_may_be_assumed_and_no_others() -> None:
    write(targets=[OWN, BY_ROLE])
    found = document()
    (assuming,) = [each for each in found["Statement"] if "sts:AssumeRole" in each["Action"]]
    assert assuming == {
        "Sid": "AssumeTargetRoles",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": [ROLE],
    }
    assert "sts:AssumeRole" not in actions(document("--for", "targets"))
    assert document("--for", "daemon") == found  # it reads its own account itself


def test_a_daemon_that_reads_by_roles_only_needs_nothing_but_them() -> None:
    write(targets=[BY_ROLE])
    assert actions(document("--for", "daemon")) == {"sts:AssumeRole"}
    assert actions(document()) == actions(document("--for", "targets")) | {"sts:AssumeRole"}


def test_roles_can_be_named_without_settings() -> None:
    found = document("--for", "daemon", "--role", ROLE, "--role", OTHER_ROLE)
    assert [each["Resource"] for each in found["Statement"]] == [[OTHER_ROLE, ROLE]]
    done = run("iam-policy", "--role", "ppbe-observe")
    assert (done.returncode, done.stdout) == (3, "")
    assert "--role ppbe-observe: not the ARN of a role" in done.stderr


def test_what_does_not_fit_one_policy_is_a_list() -> None:
    roles = [f"arn:aws-us-gov:iam::{account:012}:role/ppbe-observe" for account in range(300)]
    found = json.loads(policy(*(word for role in roles for word in ("--role", role))).stdout)
    assert len(found) > 2
    assert all(len(json.dumps(each, separators=(",", ":"))) <= 6144 for each in found)
    assert {arn for each in found for part in each["Statement"] for arn in part["Resource"]} >= set(roles)


def test_a_named_settings_file_has_to_be_there(tmp_path: Path) -> None:
    done = run("iam-policy", "--config", str(tmp_path / "nowhere.yaml"))
    assert (done.returncode, done.stdout) == (3, "")
    assert "no such file" in done.stderr


def test_cloudformation_takes_the_template(tmp_path: Path) -> None:
    """cfn-lint knows the resource's schema, the grammar of policies, and every action of IAM."""
    write(targets=[OWN, BY_ROLE])
    text = policy("--format", "cloudformation").stdout
    assert lint(text) == []
    assert lint(text.replace("s3:GetBucketAcl", "s3:GetBucketAccess")) == ["W3037"]
    assert "E3510" in lint(text.replace("Effect: Allow", "Effect: Permit"))


def lint(template: str) -> list[str]:
    """The rules that it breaks; those that only inform (I...) ask for prose about the architecture."""
    return [each.rule.id for each in lint_all(template) if not each.rule.id.startswith("I")]


def test_cloudformation_means_the_same_in_its_own_partition() -> None:
    write(targets=[OWN, BY_ROLE])
    template = yaml.safe_load(policy("--format", "cloudformation").stdout)
    names = ["PpbeObserveRead", "PpbeObserveAssume"]
    assert list(template["Resources"]) == names
    assert list(template["Outputs"]) == [f"{name}Arn" for name in names]
    parts = [
        {**part, "Resource": [_substituted(each) for each in part["Resource"]]}
        for name in names
        for part in template["Resources"][name]["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert parts == document()["Statement"]


def _substituted(resource: str | dict[str, str]) -> str:
    return resource if isinstance(resource, str) else resource["Fn::Sub"].replace("${AWS::Partition}", "aws-us-gov")


def terraform(directory: Path, *arguments: str, stdin: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("there is no terraform binary here, and no registry of ours has one")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        [program, *arguments],
        cwd=directory,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_terraform_reads_it_and_would_format_it_so(tmp_path: Path) -> None:
    write(targets=[OWN, BY_ROLE])
    done = terraform(tmp_path, "fmt", "-check", "-diff", "-", stdin=policy("--format", "terraform").stdout)
    assert (done.returncode, done.stdout) == (0, "")


def test_terraform_understands_the_same_policies(tmp_path: Path) -> None:
    """Its provider cannot be had here: the partition is put in by hand, and what needs the provider is left out."""
    write(targets=[OWN, BY_ROLE])
    text = policy("--format", "terraform").stdout
    assert text.count("data.aws_partition.current.partition") >= 6
    local = text.replace("data.aws_partition.current.partition", "local.partition")
    local = local.replace('data "aws_partition" "current" {}', 'locals {\n  partition = "aws-us-gov"\n}')
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "main.tf").write_text(local.partition('resource "aws_iam_policy"')[0], encoding="utf-8")
    asked = "jsonencode([for policy in values(local.ppbe_observe_policies) : policy.document])\n"
    done = terraform(inside, "console", stdin=asked)
    assert done.returncode == 0, done.stderr
    found = json.loads(json.loads(done.stdout))
    # Terraform sorts the policies by name: assume before read.
    parts = [*found[1]["Statement"], *found[0]["Statement"]]
    assert parts == document()["Statement"]


HEARTBEAT = {
    "Sid": "Heartbeat",
    "Effect": "Allow",
    "Action": ["cloudwatch:PutMetricData"],
    "Resource": ["*"],
    "Condition": {"StringEquals": {"cloudwatch:namespace": "PPBE/Observe"}},
}


def test_the_heartbeat_is_allowed_only_where_it_is_switched_on() -> None:
    write(targets=[OWN])
    assert "cloudwatch:PutMetricData" not in actions(document())
    write(targets=[OWN], incidents={"heartbeat": True})
    found = document()
    assert [each for each in found["Statement"] if each["Sid"] == "Heartbeat"] == [HEARTBEAT]
    assert "PutMetricData" in policy().stdout
    assert "Writes the heartbeat" in policy().stderr


def test_the_heartbeat_is_allowed_to_who_reads_the_target() -> None:
    write(targets=[BY_ROLE], incidents={"heartbeat": True})
    assert HEARTBEAT in document("--for", "targets")["Statement"]
    assert HEARTBEAT not in document("--for", "daemon")["Statement"]


def test_terraform_and_cloudformation_know_the_condition() -> None:
    write(targets=[OWN], incidents={"heartbeat": True})
    assert '"cloudwatch:namespace" = "PPBE/Observe"' in policy("--format", "terraform").stdout
    template = yaml.safe_load(policy("--format", "cloudformation").stdout)
    (found,) = template["Resources"].values()
    assert HEARTBEAT in found["Properties"]["PolicyDocument"]["Statement"]
    assert lint(yaml.safe_dump(template)) == []
