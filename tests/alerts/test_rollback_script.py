"""docs/runbooks/rollback.sh on the simulated estate: what it changes, verifies and tells, and how it fails.

The estate is asked for real; only the ``aws`` program is a stand-in (see support/aws_command.py).
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.aws_command import AwsCommand, aws_command
from support.project import PROJECT
from support.simulated import client, simulated_estate

SCRIPT = PROJECT / "docs" / "runbooks" / "rollback.sh"
CLUSTER, SERVICE = "ppbe-production", "ppbe-api"


@dataclass(frozen=True)
class Scene:
    estate: SimulatedEstate
    aws: AwsCommand
    programs: Path

    def roll_back(self, *arguments: str, env: str = "production") -> subprocess.CompletedProcess[str]:
        """Run the script with nobody at the keyboard."""
        environment = {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.estate.url,
            "ROLLBACK_POLL_SECONDS": "1",
        }
        command = ["sh", str(SCRIPT), "--env", env, *arguments]
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
        )

    @property
    def url(self) -> str:
        return f"{self.estate.url}/_simulate/health"

    @property
    def runs(self) -> str:
        """The revision that the service is pointed at."""
        answer = client(self.estate, "ecs").describe_services(cluster=CLUSTER, services=[SERVICE])
        return str(answer["services"][0]["taskDefinition"]).rpartition("/")[2]

    @property
    def told(self) -> list[str]:
        return [str(given["Subject"]) for call, given in self.aws.calls if call == "sns publish"]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with simulated_estate() as estate, aws_command(estate, tmp_path) as aws:
        yield Scene(estate, aws, tmp_path)
        estate.faults.clear()
        estate.incidents.stop_all()
        _point_at(estate, "ppbe-api:2")


def test_it_goes_back_verifies_and_tells(scene: Scene) -> None:
    done = scene.roll_back("--url", scene.url, "--url", f"{scene.url}?again", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert scene.runs == "ppbe-api:1"
    assert "running 3 of 3, pending 0, deployments 1, rollout COMPLETED" in done.stdout
    assert "3 healthy targets, 3 tasks" in done.stdout
    assert f"200 {scene.url}?again" in done.stdout
    assert scene.told == ["Rolled back: ppbe-api in ppbe-production"]


def test_a_dry_run_shows_both_images_and_changes_nothing(scene: Scene) -> None:
    done = scene.roll_back("--url", scene.url, "--dry-run")
    assert done.returncode == 0
    assert done.stdout.count("@sha256:") == 2
    assert [call for call, _ in scene.aws.calls if call in {"ecs update-service", "sns publish"}] == []


def test_without_consent_nothing_is_changed(scene: Scene) -> None:
    done = scene.roll_back("--url", scene.url)
    assert (done.returncode, scene.runs) == (3, "ppbe-api:2")
    assert "nobody can be asked: give --yes" in done.stderr


def test_there_is_nothing_before_the_first_revision(scene: Scene) -> None:
    _point_at(scene.estate, "ppbe-api:1")
    done = scene.roll_back("--no-smoke-tests", "--yes")
    assert (done.returncode, scene.told) == (3, [])
    assert "ppbe-api has no active revision before 1" in done.stderr


def test_a_revision_that_is_named_may_be_a_later_one(scene: Scene) -> None:
    _point_at(scene.estate, "ppbe-api:1")
    done = scene.roll_back("--no-smoke-tests", "--yes", "--to", "2")
    assert (done.returncode, scene.runs) == (0, "ppbe-api:2")
    assert "none, as you said" in done.stdout


@pytest.mark.parametrize(
    ("operation", "named"),
    [
        ("sts:GetCallerIdentity", "aws sts get-caller-identity failed"),
        ("ecs:DescribeServices", "aws ecs describe-services failed"),
        ("ecs:ListTaskDefinitions", "aws ecs list-task-definitions failed"),
        ("ecs:DescribeTaskDefinition", "aws ecs describe-task-definition failed"),
        ("sns:ListTopics", "aws sns list-topics failed"),
        ("ecs:UpdateService", "aws ecs update-service failed"),
    ],
)
def test_what_is_denied_before_the_change_leaves_all_as_it_was(scene: Scene, operation: str, named: str) -> None:
    scene.estate.faults.add(Fault(operation, Effect.DENIED))
    done = scene.roll_back("--no-smoke-tests", "--yes")
    scene.estate.faults.clear()
    assert (done.returncode, scene.runs, scene.told) == (3, "ppbe-api:2", [])
    assert named in done.stderr
    assert "AccessDenied" in done.stderr


def test_a_service_that_does_not_become_stable_is_told_of(scene: Scene) -> None:
    scene.estate.incidents.start("api-down")
    done = scene.roll_back("--no-smoke-tests", "--yes", "--timeout", "1")
    assert (done.returncode, scene.runs) == (1, "ppbe-api:1")
    assert "not stable after 1 s" in done.stderr
    assert scene.told == ["FAILED: rollback of ppbe-api in ppbe-production"]


def test_targets_that_cannot_be_judged_are_not_taken_for_healthy(scene: Scene) -> None:
    scene.estate.faults.add(Fault("elbv2:DescribeTargetHealth", Effect.DENIED))
    done = scene.roll_back("--no-smoke-tests", "--yes")
    assert done.returncode == 1
    assert "aws elbv2 describe-target-health failed" in done.stderr
    assert scene.told == ["FAILED: rollback of ppbe-api in ppbe-production"]


def test_a_smoke_test_that_fails_is_told_of(scene: Scene) -> None:
    bad = f"{scene.estate.url}/_simulate/nothing"
    done = scene.roll_back("--url", scene.url, "--url", bad, "--yes")
    assert done.returncode == 1
    assert f"{bad} answers 404" in done.stderr
    assert scene.told == ["FAILED: rollback of ppbe-api in ppbe-production"]


def test_a_topic_that_cannot_be_told_is_no_success(scene: Scene) -> None:
    scene.estate.faults.add(Fault("sns:Publish", Effect.DENIED))
    done = scene.roll_back("--no-smoke-tests", "--yes")
    assert (done.returncode, scene.runs) == (1, "ppbe-api:1")
    assert "could not be told: tell people yourself" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--yes",), "give a --url for the smoke tests"),
        (("--no-smoke-tests", "--to", "two"), "--to takes the number of a revision, not two"),
        (("--no-smoke-tests", "--timeout", "5m"), "--timeout takes seconds, not 5m"),
        (("--no-smoke-tests", "--now"), "unknown option --now"),
        (("--url",), "--url needs a value"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_asked(scene: Scene, arguments: tuple[str, ...], named: str) -> None:
    done = scene.roll_back(*arguments)
    assert (done.returncode, scene.aws.calls) == (2, [])
    assert named in done.stderr


def test_an_environment_that_does_not_exist(scene: Scene) -> None:
    done = scene.roll_back("--no-smoke-tests", env="nowhere")
    assert done.returncode == 3
    assert "aws ecs describe-services failed" in done.stderr


def _point_at(estate: SimulatedEstate, revision: str) -> Any:
    return client(estate, "ecs").update_service(cluster=CLUSTER, service=SERVICE, taskDefinition=revision)
