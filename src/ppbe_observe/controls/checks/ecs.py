"""Clusters, services and the task definitions that run now (ECS)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from math import ceil
from typing import Any

from ppbe_observe.controls.check import (
    CRITICAL,
    HIGH,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    unknown,
    verdict,
)
from ppbe_observe.controls.reading.plaintext import secret_in
from ppbe_observe.model import Reason, Verdict

_CLUSTER = "ecs:cluster"
_SERVICE = "ecs:service"
_TASK = "ecs:task-definition"
_IMAGE = "ecr:image"
_DESCRIBE_IMAGES = "ecr:DescribeImages"

_FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
_COMPLETED, _IN_PROGRESS = "COMPLETED", "IN_PROGRESS"
_MINUTE = timedelta(minutes=1)
_DIGEST = re.compile(r"@sha256:[0-9a-fA-F]{64}$")
_REGISTER = "Register a new revision of the task definition {} (aws ecs register-task-definition), and deploy it."


@check(
    "ecs_cluster_container_insights",
    on=_CLUSTER,
    severity=MEDIUM,
    title="Container Insights is on",
    controls=("ca-7", "si-2"),
    indicators=("KSI-MLA-LET",),
    remediation="Switch it on (aws ecs update-cluster-settings --settings name=containerInsights,value=enabled).",
)
def cluster_container_insights(cluster: Subject) -> Verdict:
    """Without it nobody sees the tasks, network and storage of a service. A cluster that does not set it has it off."""
    if (status := cluster.facts["status"]) in {"INACTIVE", "DEPROVISIONING"}:
        return not_applicable(f"the cluster is {status}")
    settings = {each["name"]: each["value"] for each in cluster.facts.get("settings", ())}
    value = settings.get("containerInsights", "disabled")
    return verdict(value in {"enabled", "enhanced"}, f"containerInsights is {value}")


@check(
    "ecs_task_logging_enabled",
    on=_TASK,
    severity=HIGH,
    title="Every container sends its log away",
    controls=("au-2", "au-3", "au-12"),
    indicators=("KSI-MLA-LET",),
    remediation=_REGISTER.format("with a logConfiguration of an allowed driver in every container"),
    drivers=("awslogs",),
)
def task_logging_enabled(task: Subject, drivers: tuple[str, ...]) -> Verdict:
    """What a container writes is lost with it unless a log driver sends it on.

    ``drivers`` are those that keep the log where it is looked after (with FireLens: ``awsfirelens`` too); any where
    empty.
    """

    def unlogged(container: Mapping[str, Any]) -> str | None:
        driver = (container.get("logConfiguration") or {}).get("logDriver")
        if driver is None:
            return "has no log driver"
        allowed = not drivers or driver in drivers
        return None if allowed else f"logs by {driver}; {' or '.join(drivers)} is required"

    return _each_container(task, unlogged, f"every container logs by {' or '.join(drivers) or 'a log driver'}")


@check(
    "ecs_task_no_privileged",
    on=_TASK,
    severity=HIGH,
    title="No container is privileged",
    controls=("ac-6", "ac-3"),
    indicators=("KSI-CNA-DFP",),
    remediation=_REGISTER.format("without privileged; give single capabilities (linuxParameters) where one is needed"),
)
def task_no_privileged(task: Subject) -> Verdict:
    """Who breaks into a privileged container is root on its host, and so in all other containers there."""

    def privileged(container: Mapping[str, Any]) -> str | None:
        return "is privileged" if container.get("privileged") else None

    return _each_container(task, privileged, "no container is privileged")


@check(
    "ecs_task_readonly_rootfs",
    on=_TASK,
    severity=HIGH,
    title="The root file system of every container is read-only",
    controls=("ac-6", "ac-3"),
    indicators=("KSI-CMT-RMV",),
    remediation=_REGISTER.format("with readonlyRootFilesystem true, and volumes for what must be written"),
)
def task_readonly_rootfs(task: Subject) -> Verdict:
    """What runs is what was built: nobody can change a program in place. Windows containers do not offer it."""
    family = task.facts.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    if family.startswith("WINDOWS"):
        return not_applicable(f"{family} containers have no read-only root file system")

    def writable(container: Mapping[str, Any]) -> str | None:
        return None if container.get("readonlyRootFilesystem") else "can write to its root file system"

    return _each_container(task, writable, "every container has a read-only root file system")


@check(
    "ecs_task_no_env_secrets",
    on=_TASK,
    severity=CRITICAL,
    title="No secret stands in the environment in plain text",
    controls=("ia-5.7", "sc-28"),
    indicators=("KSI-SVC-ASM",),
    remediation="Change the secret, since it has been read; keep it in Secrets Manager and name it in secrets by "
    "valueFrom. " + _REGISTER.format("without it"),
    ignore=(),
)
def task_no_env_secrets(task: Subject, ignore: tuple[str, ...]) -> Verdict:
    """Everyone who may describe a task definition reads its environment, and old revisions keep it for good.

    Judged by names (``DB_PASSWORD``) and by values (keys of AWS, private keys, URLs with a password). ``ignore`` are
    patterns of names that hold none.
    """

    def told(container: Mapping[str, Any]) -> str | None:
        found = [
            f"{each['name']} ({why})"
            for each in container.get("environment", ())
            if not any(fnmatchcase(each["name"], pattern) for pattern in ignore)
            and (why := secret_in(each["name"], each.get("value") or ""))
        ]
        return f"has what looks like a secret: {', '.join(found)}" if found else None

    return _each_container(task, told, "no container has a secret in its environment")


@check(
    "ecs_task_image_digest_pinned",
    on=_TASK,
    needs=(_DESCRIBE_IMAGES,),
    uses=(_IMAGE,),
    severity=MEDIUM,
    title="Images come from the account's registry, by digest",
    controls=("cm-2", "si-7", "cm-8"),
    remediation=_REGISTER.format("with REGISTRY/REPOSITORY@sha256:... for each image; mirror foreign ones first"),
    registry=(),
)
def task_image_digest_pinned(task: Subject, registry: tuple[str, ...]) -> Verdict:
    """A tag can be moved, a foreign registry can change or vanish: only a digest says what runs.

    ``registry`` are prefixes of the registries that are allowed (``public.ecr.aws/ppbe``); where empty, only the ECR
    of the account and region is. Whether the image exists is asked of that one alone.
    """
    images = {name: each for each in task.all(_IMAGE) for name in each.facts["images"]}
    names = sorted({each["image"] for each in task.facts["containerDefinitions"]})
    if not names:
        return not_applicable("it has no containers")
    if unlisted := [name for name in names if name not in images]:
        return unknown(Reason.PARTIAL, f"not among the images that were listed: {', '.join(unlisted)}")
    own = {name: images[name] for name in names if _is_own(images[name])}
    seen = {name: image.detail(_DESCRIBE_IMAGES) or {} for name, image in own.items()}  # first: unseen is unknown
    if wrong := [told for name in names if (told := _unpinned(name, registry, own=name in own))]:
        return failed("; ".join(wrong))
    if gone := [name for name, told in seen.items() if not told.get("imageDetails")]:
        return failed(f"not in the registry any more: {', '.join(gone)}")
    return passed(f"named by digest: {', '.join(names)}")


@check(
    "ecs_service_no_public_ip",
    on=_SERVICE,
    severity=HIGH,
    title="Tasks have no public IP address",
    controls=("ac-4", "sc-7"),
    indicators=("KSI-CNA-MAT",),
    remediation="Set assignPublicIp to DISABLED in the network configuration (aws ecs update-service), in private "
    "subnets with a NAT gateway or VPC endpoints.",
)
def service_no_public_ip(service: Subject) -> Verdict:
    """With a public address a task can be reached past the load balancer and its firewall.

    Tasks in bridge or host mode have no address of their own. While a deployment is under way, tasks of the one before
    count as well.
    """
    if idle := _out_of_service(service):
        return idle
    networks = (each.get("networkConfiguration") or {} for each in (*_set_ups(service), *_deployments(service.facts)))
    given = {
        each["awsvpcConfiguration"].get("assignPublicIp", "DISABLED")  # the default of CreateService
        for each in networks
        if each.get("awsvpcConfiguration")
    }
    if not given:
        return not_applicable("its tasks have no network interface of their own")
    return verdict(given == {"DISABLED"}, f"assignPublicIp is {' and '.join(sorted(given))}")


@check(
    "ecs_service_fargate_latest",
    on=_SERVICE,
    severity=MEDIUM,
    title="Fargate runs its latest platform version",
    controls=("si-2",),
    indicators=("KSI-CNA-IBP",),
    remediation="Let the service follow the platform (aws ecs update-service --platform-version LATEST "
    "--force-new-deployment).",
    version="LATEST",
    linux="1.4.0",
    windows="1.0.0",
)
def service_fargate_latest(service: Subject, version: str, linux: str, windows: str) -> Verdict:
    """Old platform versions miss mends of the kernel and the container runtime.

    ``version`` is accepted, and so is the current one by number: ``linux`` or ``windows``.
    """
    if idle := _out_of_service(service):
        return idle
    on_fargate = [each for each in _set_ups(service) if _is_on_fargate(each)]
    if not on_fargate:
        return not_applicable("it does not run on Fargate")
    on_windows = any(each.get("platformFamily", "").upper().startswith("WINDOWS") for each in on_fargate)
    accepted = {version, windows if on_windows else linux}
    used = {each.get("platformVersion", "LATEST") for each in on_fargate}  # LATEST where none was named
    return verdict(
        used <= accepted,
        f"the platform version is {' and '.join(sorted(used))}; {' or '.join(sorted(accepted))} is required",
    )


@check(
    "ecs_service_running_equals_desired",
    on=_SERVICE,
    severity=HIGH,
    title="Every desired task runs",
    controls=("cp-10",),
    remediation="See in the events of the service why tasks stop or do not start (aws ecs describe-services): image, "
    "secrets, health check, capacity. Else go back to the previous task definition.",
    grace_minutes=10,
)
def service_running_equals_desired(service: Subject, grace_minutes: int) -> Verdict:
    """Fewer tasks than desired, or a deployment that does not end, means that the service is not as available as meant.

    A deployment may take ``grace_minutes``, and what its own strategy waits while it shifts traffic.
    """
    if idle := _out_of_service(service):
        return idle
    running, desired = service.facts["runningCount"], service.facts["desiredCount"]
    told = f"{running} of {desired} desired tasks run"
    rollout = _rollout(service)
    if rollout.state == _COMPLETED:
        return verdict(running >= desired, f"{told}, and the deployment is completed")
    if rollout.state != _IN_PROGRESS:
        return failed(f"{told}, and the deployment is {rollout.state}{rollout.because}")
    taken = service.now - rollout.since
    granted = grace_minutes + _waits(service.facts.get("deploymentConfiguration", {}))
    return verdict(
        taken <= timedelta(minutes=granted),
        f"{told}, and the deployment has been under way for {taken // _MINUTE} minutes; {granted:g} are granted",
    )


def _each_container(task: Subject, wrong: Callable[[Mapping[str, Any]], str | None], right: str) -> Verdict:
    """Fails with what is wrong with each container, passes where nothing is."""
    containers = task.facts["containerDefinitions"]
    if not containers:
        return not_applicable("it has no containers")
    found = [f"{each['name']} {why}" for each in containers if (why := wrong(each))]
    names = ", ".join(each["name"] for each in containers)
    return failed("; ".join(found)) if found else passed(f"{right} ({names})")


def _is_own(image: Subject) -> bool:
    """Whether it lies in the ECR of the account and region."""
    target = image.resource.target
    return image.arn.startswith(f"arn:{target.partition}:ecr:{target.region}:{target.account_id}:repository/")


def _unpinned(name: str, registry: tuple[str, ...], *, own: bool) -> str | None:
    """What is wrong with the name of an image."""
    wrong = [] if _DIGEST.search(name) else ["is not named by digest"]
    if not registry and not own:
        wrong.append("is not of the account's registry in the region")
    if registry and not any(_full_name(name).startswith(f"{each.rstrip('/')}/") for each in registry):
        wrong.append(f"is not of {' or '.join(registry)}")
    return f"{name} {' and '.join(wrong)}" if wrong else None


def _full_name(image: str) -> str:
    """With the registry that Docker takes for granted."""
    host, slash, _ = image.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost"):
        return image
    return f"docker.io/{image}" if slash else f"docker.io/library/{image}"


def _out_of_service(service: Subject) -> Verdict | None:
    status = service.facts["status"]
    return None if status == "ACTIVE" else not_applicable(f"the service is {status}")


def _set_ups(service: Subject) -> Iterator[Mapping[str, Any]]:
    """How tasks are run: as the service says, and in blue/green deployments each task set for itself."""
    yield service.facts
    yield from service.facts.get("taskSets", ())


def _deployments(service: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those that have tasks."""
    return [each for each in service.get("deployments", ()) if each["status"] != "INACTIVE"]


def _is_on_fargate(set_up: Mapping[str, Any]) -> bool:
    providers = {each["capacityProvider"] for each in set_up.get("capacityProviderStrategy", ())}
    return set_up.get("launchType") == "FARGATE" or not _FARGATE.isdisjoint(providers)


@dataclass(frozen=True, slots=True)
class _Rollout:
    """How far the deployment is whose tasks serve, when it began, and what ECS says of it."""

    state: str
    since: datetime
    because: str = ""


def _rollout(service: Subject) -> _Rollout:
    facts = service.facts
    if facts.get("deploymentController", {}).get("type", "ECS") != "ECS":
        return _rollout_of_task_sets(facts)
    deployments = _deployments(facts)
    primary = [each for each in deployments if each["status"] == "PRIMARY"][0]  # noqa: RUF015 - IndexError: undocumented
    # AWS gives no state behind a Classic Load Balancer; this is what its waiter "services stable" looks at.
    steady = len(deployments) == 1 and facts["runningCount"] >= facts["desiredCount"]
    state = primary.get("rolloutState") or (_COMPLETED if steady else _IN_PROGRESS)
    told = primary.get("rolloutStateReason")
    return _Rollout(state, primary["createdAt"], f": {told}" if told else "")


def _rollout_of_task_sets(facts: Mapping[str, Any]) -> _Rollout:
    """CodeDeploy and external controllers: there is no rollout state, but the task set that serves is stable or not."""
    for each in facts.get("taskSets", ()):
        if each["status"] == "PRIMARY":
            state = _COMPLETED if each["stabilityStatus"] == "STEADY_STATE" else _IN_PROGRESS
            return _Rollout(state, max(each["createdAt"], each["updatedAt"]))
    return _Rollout(_IN_PROGRESS if facts["desiredCount"] else _COMPLETED, facts["createdAt"])


def _waits(deployment: Mapping[str, Any]) -> float:
    """Minutes that a deployment waits on purpose while it shifts traffic; the defaults are those of the API."""
    minutes: float = deployment.get("bakeTimeInMinutes", 0)
    if (linear := deployment.get("linearConfiguration")) is not None:
        steps = ceil(100 / linear.get("stepPercent", 10.0)) - 1
        minutes += steps * linear.get("stepBakeTimeInMinutes", 6)
    if (canary := deployment.get("canaryConfiguration")) is not None:
        minutes += canary.get("canaryBakeTimeInMinutes", 10)
    return minutes


CHECKS: tuple[Check, ...] = (
    cluster_container_insights,
    task_logging_enabled,
    task_no_privileged,
    task_readonly_rootfs,
    task_no_env_secrets,
    task_image_digest_pinned,
    service_no_public_ip,
    service_fargate_latest,
    service_running_equals_desired,
)
